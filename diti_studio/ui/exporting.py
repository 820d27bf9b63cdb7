"""Copying the edited picture, and writing it to a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from diti_studio.core.resources import root
from diti_studio.ui.answers import (
    Exported,
)
from diti_studio.ui.jobs import (
    Export,
    ExportSeries,
)
from diti_studio.ui.save_dialog import ask_target

if TYPE_CHECKING:
    from diti_studio.core.packs import Pack
    from diti_studio.ui.export_dialog import ExportChoice
    from diti_studio.ui.preferences import Preferences
    from diti_studio.ui.preview import Preview
    from diti_studio.ui.session import Session, State
    from diti_studio.ui.sweep_dialog import SweepChoice
    from diti_studio.ui.worker import Worker


class Exporter(QObject):
    """Both render with all of the source's pixels, in the worker."""

    copied = Signal(int)
    """Pixels a side of what is now in the clipboard."""
    written = Signal(object)  # Path
    said = Signal(str)
    """A sentence for the user."""

    def __init__(
        self, worker: Worker, session: Session, preview: Preview, preferences: Preferences, window: QWidget
    ) -> None:
        super().__init__(window)
        self._worker = worker
        self._session = session
        self._preview = preview
        self._preferences = preferences
        self._window = window
        self._pack: Pack | None = None
        worker.exported.connect(self._take)

    def set_pack(self, pack: Pack) -> None:
        """The pack whose attributes can be swept."""
        self._pack = pack

    def copy(self) -> None:
        """Puts the edited picture into the clipboard."""
        state = self._session.state
        if state is None:
            return
        known = self._preview.finished_image()
        if known is not None and known.width() == state.opened.side and not self._preview.model_view:
            self._to_clipboard(known)
        else:
            self._worker.submit(self._job(state))

    def ask(self) -> None:
        """Asks where to and how, then writes."""
        from diti_studio.ui.export_dialog import ExportDialog  # after the window shows

        state = self._session.state
        if state is not None:
            dialog = ExportDialog(
                self._suggested(state), state.opened.side, self._photo_size(state), self._own_colours(state),
                self._window,
            )  # fmt: skip
            dialog.set_area(self._preferences.export_area)
            dialog.set_metadata(self._preferences.export_metadata)
            dialog.set_profile(self._preferences.export_profile)
            dialog.chosen.connect(self._write)
            dialog.open()

    def ask_sweep(self) -> None:
        """Asks which attribute, from where to where, and into which file, then writes an animation."""
        from diti_studio.ui.sweep_dialog import SweepDialog  # after the window shows

        state, pack = self._session.state, self._pack_with_attributes()
        if state is not None and pack is not None:
            suggested = self._suggested(state)
            stem = Path(state.opened.source.name).stem
            dialog = SweepDialog(pack, suggested.with_name(f"{stem}-sweep.webp"), state.opened.side, self._window)
            dialog.chosen.connect(self._write_sweep)
            dialog.open()

    def ask_sheet(self) -> None:
        """Asks for a file, then writes a sheet of all attributes."""
        state = self._session.state
        if state is not None and self._pack_with_attributes() is not None:
            suggested = self._suggested(state)
            suggested = suggested.with_name(f"{Path(state.opened.source.name).stem}-sheet.png")
            ask_target(
                self._window, self.tr("Export a Contact Sheet"), suggested,
                [self.tr("Pictures ({0})").format("*.png *.jpg *.webp *.tif *.avif")],
                lambda path: self.write_sheet(path, overwrite=True),
            )  # fmt: skip

    def write_sheet(self, path: Path, *, overwrite: bool = False) -> None:
        """Writes a sheet of what each attribute does to the picture as it is now."""
        if (state := self._session.state) is not None:
            self._worker.submit(replace(self._series(state, path), overwrite=overwrite))

    def _write_sweep(self, choice: SweepChoice) -> None:
        if (state := self._session.state) is not None:
            self._worker.submit(
                replace(
                    self._series(state, choice.path), sweep=choice.sweep, side=choice.side,
                    there_and_back=choice.there_and_back, overwrite=choice.overwrite,
                )
            )  # fmt: skip

    def _series(self, state: State, path: Path) -> ExportSeries:
        return ExportSeries(
            opened=state.opened,
            edit=state.edit,
            path=path,
            lender=state.lender if state.edit.needs_reference else None,
            detail="model" if self._preview.model_view else "keep",
        )

    def _suggested(self, state: State) -> Path:
        source = state.opened.source
        name = f"{Path(source.name).stem}-edited{self._preferences.export_format}"
        if folder := self._preferences.folder("export"):
            return Path(folder) / name
        if source.path is not None and not source.path.is_relative_to(root()):  # else it is a sample of ours
            return source.path.absolute().parent / name
        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)) / name

    def _photo_size(self, state: State) -> tuple[int, int] | None:
        """Width and height of the photo, where it is more than its framed square and the edit can be put back."""
        height, width = state.opened.subject.picture.pixels.shape[:2]
        whole = width == height == state.opened.side
        return None if whole or self._preview.model_view else (width, height)

    def _own_colours(self, state: State) -> str | None:
        """What the photo's own colours are called, where an export can keep them."""
        from diti_studio.core.colour import profile_name

        own = state.opened.subject.picture.own
        return None if own is None or self._preview.model_view else profile_name(own.profile)

    def _write(self, choice: ExportChoice) -> None:
        state = self._session.state
        if state is None:
            return
        self._preferences.export_format = choice.path.suffix.lower()
        self._preferences.export_area = choice.area
        self._preferences.export_metadata = choice.metadata
        if self._own_colours(state) is not None:  # else nothing was chosen
            self._preferences.export_profile = choice.profile
        self._worker.submit(
            replace(
                self._job(state), path=choice.path, area=choice.area, quality=choice.quality, recipe=choice.recipe,
                metadata=choice.metadata, profile=choice.profile, overwrite=choice.overwrite,
            )
        )  # fmt: skip

    def _job(self, state: State) -> Export:
        return Export(
            opened=state.opened,
            edit=state.edit,
            lender=state.lender if state.edit.needs_reference else None,
            detail="model" if self._preview.model_view else "keep",
        )

    def _pack_with_attributes(self) -> Pack | None:
        """The pack in use; where it has nothing to sweep, that is said."""
        if self._pack is not None and self._pack.manifest.attributes:
            return self._pack
        title = self._pack.manifest.title if self._pack is not None else self.tr("The model")
        self.said.emit(self.tr("{0} has no attributes: there is nothing to sweep.").format(title))
        return None

    def _take(self, exported: Exported) -> None:
        if exported.image is not None:
            self._to_clipboard(exported.image)
        elif exported.path is not None:
            self._preferences.set_folder("export", exported.path.parent)
            for photo in self._session.photos if isinstance(exported.job, Export) else ():
                if photo.state is not None and photo.state.opened is exported.job.opened:
                    photo.stack.setClean()
            self.written.emit(exported.path)

    def _to_clipboard(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        self.copied.emit(image.width())
