"""Edits that travel: copied from one picture to others, kept as presets, read from and written to files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from diti_studio.core.errors import UsageError
from diti_studio.ui.answers import (
    Opened,
    PackReady,
    RecipeRead,
)
from diti_studio.ui.jobs import (
    ReadRecipe,
    WriteRecipe,
)
from diti_studio.ui.save_dialog import ask_target
from diti_studio.ui.sentences import told

if TYPE_CHECKING:
    from diti_studio.core.edit import Edit
    from diti_studio.core.packs import Pack
    from diti_studio.ui.preferences import Preferences
    from diti_studio.ui.session import Photo, Session
    from diti_studio.ui.worker import Worker

MIME = "application/x-diti-recipe+json"


class Recipes(QObject):
    """Applies recipes to the current picture, as one step; what the model cannot do is said and left out."""

    said = Signal(str)
    """A sentence for the user."""

    def __init__(self, worker: Worker, session: Session, preferences: Preferences, window: QWidget) -> None:
        super().__init__(window)
        self._worker = worker
        self._session = session
        self._pack: Pack | None = None
        self._preferences = preferences
        self._window = window
        self._copied: tuple[str, Opened | None] = ("", None)  # a recipe and the picture it borrows from
        worker.pack_ready.connect(self._on_pack)
        worker.recipe_read.connect(self._take)
        worker.recipe_written.connect(lambda done: self.said.emit(self.tr("Written to {0}").format(done.job.path)))

    # -- from picture to picture -----------------------------------------------------------------------

    def copy(self) -> None:
        """Puts the current edit into the clipboard, as text that other programs may keep."""
        state = self._session.state
        if state is None:
            return
        text = state.edit.to_json()
        self._copied = text, state.lender
        data = QMimeData()
        data.setData(MIME, text.encode())
        data.setText(text)
        QGuiApplication.clipboard().setMimeData(data)

    def paste(self) -> None:
        """Applies the edit in the clipboard to the current picture."""
        from diti_studio.core.edit import Edit

        data = QGuiApplication.clipboard().mimeData()
        text = (bytes(data.data(MIME).data()).decode(errors="replace") or data.text()) if data is not None else ""
        try:
            edit = Edit.from_json(text)
        except UsageError:
            self.said.emit(self.tr("There is no edit in the clipboard: copy one from a picture first."))
            return
        self.apply(edit, self.tr("Paste the edit"), self._copied[1] if text == self._copied[0] else None)

    def apply(self, edit: Edit, text: str, lender: Opened | None = None) -> None:
        """Gives the current picture an edit, as one step of its history."""
        from diti_studio.core import recipes
        from diti_studio.core.document.fitting import BORROWED_NOTE

        state, pack = self._session.state, self._pack
        if state is None or pack is None:
            return
        edit, lost = recipes.fitted(edit, pack)
        lender = lender or state.lender
        if lender is not None and lender.pack != state.opened.pack:
            lender = None
        if edit.needs_reference and lender is None:
            lost = (*lost, BORROWED_NOTE)
        edit = edit.with_reference(lender.source.reference if lender is not None else None)
        self._session.replace(replace(state, edit=edit, lender=lender), text)
        self._session.settled.emit()
        if lost:
            names = ", ".join(map(told, lost))
            self.said.emit(self.tr("{0} cannot do: {1}.").format(pack.manifest.title, names))

    def apply_to(self, photo: Photo, edit: Edit) -> None:
        """Goes to an opened picture and gives it an edit."""
        if photo in self._session.photos and photo.state is not None:
            self._session.go_to(photo)
            self.apply(edit, self.tr("Apply a recipe"))

    # -- presets ---------------------------------------------------------------------------------------

    def ask_preset(self) -> None:
        """Asks for a name and keeps the current edit under it."""
        state = self._session.state
        if state is None:
            return
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(self.tr("Save as Preset"))
        dialog.setLabelText(self.tr("Name:"))
        edit = state.edit.with_reference(None)
        dialog.textValueSelected.connect(lambda name: self._keep(name, edit))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def apply_preset(self, name: str) -> None:
        """Applies a kept edit."""
        from diti_studio.core.edit import Edit

        try:
            edit = Edit.from_json(self._preferences.presets[name])
        except (KeyError, UsageError):
            self.said.emit(self.tr("The preset {0} cannot be read.").format(name))
            return
        self.apply(edit, self.tr("Preset {0}").format(name))

    def _keep(self, name: str, edit: Edit) -> None:
        if name := name.strip():
            self._preferences.set_preset(name, edit.to_json())
            self.said.emit(self.tr("The preset {0} is in the Edit menu.").format(name))

    # -- files -----------------------------------------------------------------------------------------

    def ask_load(self) -> None:
        """Asks for a file with a recipe and applies it."""
        path, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Load a Recipe"), self._preferences.folder("recipe"),
            self.tr("Recipes and exported pictures ({0});;All files (*)").format(
                "*.json *.png *.jpg *.jpeg *.webp *.tif *.tiff *.avif"
            ),
        )  # fmt: skip
        if path:
            self.load(Path(path))

    def load(self, path: Path) -> None:
        """Reads the recipe in a file and applies it to the current picture."""
        self._preferences.set_folder("recipe", path.parent)
        self._worker.submit(ReadRecipe(path=path))

    def ask_save(self) -> None:
        """Asks where to and writes the current edit as a file."""
        state = self._session.state
        if state is None:
            return
        suggested = Path(self._preferences.folder("recipe") or ".") / f"{Path(state.opened.source.name).stem}.json"
        ask_target(
            self._window, self.tr("Save the Recipe"), suggested, [self.tr("Recipes ({0})").format("*.json")],
            lambda path: self._save(path, state.edit),
        )  # fmt: skip

    def _save(self, path: Path, edit: Edit) -> None:
        self._preferences.set_folder("recipe", path.parent)
        self._worker.submit(WriteRecipe(path=path, edit=edit))

    def _on_pack(self, ready: PackReady) -> None:
        self._pack = ready.pack

    def _take(self, read: RecipeRead) -> None:
        if self._session.state is None:
            self.said.emit(self.tr("Open a picture first; then load the recipe for it."))
        else:
            self.apply(read.edit, self.tr("Recipe {0}").format(read.job.path.name))
