"""Does what the model manager asks for: lists packs, verifies, installs and removes them; the clerk does the work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

from diti_studio.ui.answers import (
    InstalledPack,
    PackReady,
)
from diti_studio.ui.model_manager import SAMPLE_SIDE, ModelManager
from diti_studio.ui.pack_shelf import Shelved, checked, is_pack, memory, samples, shelf, size_of, verify
from diti_studio.ui.pack_words import translated, word

if TYPE_CHECKING:
    from diti_studio.core.packs import Pack
    from diti_studio.ui.clerk import Clerk
    from diti_studio.ui.models import Models

LONGEST = 300
"""Letters of a stranger's text that a question shows."""


class PackKeeper(QObject):
    """The packs from the window's side."""

    said = Signal(str)
    """A sentence for the user."""
    offered = Signal(str, str, object)
    """A sentence, the name of what can be done about it, and the function that does it."""

    def __init__(self, clerk: Clerk, models: Models, window: QWidget) -> None:
        super().__init__(window)
        self._clerk = clerk
        self._models = models
        self._shelf: list[Shelved] = []
        self._window = window
        self._dialog: ModelManager | None = None
        models.ready.connect(self._on_ready)

    @property
    def dialog(self) -> ModelManager:
        """The manager, made when it is first wanted."""
        if self._dialog is None:
            self._dialog = dialog = ModelManager(self._window)
            dialog.chosen.connect(self._look_at_samples)
            dialog.use_asked.connect(lambda shelved: self._models.choose_pack(shelved.name))
            dialog.verify_asked.connect(self._verify)
            dialog.remove_asked.connect(self._ask_remove)
            dialog.folder_asked.connect(_open_folder)
            dialog.install_asked.connect(self.install)
        return self._dialog

    def show(self) -> None:
        """Shows the manager."""
        self._reveal()
        self._list()

    def take(self, path: Path | None) -> bool:
        """True when this is a model pack, which is then about to be installed, and no picture."""
        if path is None or not is_pack(path):
            return False
        self.install(path)
        return True

    def install(self, path: Path) -> None:
        """Checks a pack, asks once, and copies it into the user's own folder."""
        self._reveal()
        self._list(say=self.tr("Checking {0}…").format(path.name), busy=True)
        self._clerk.send(
            self.dialog, lambda token: checked(path, token), lambda pack: self._ask_install(path, pack), self._refuse
        )

    # -- listing ---------------------------------------------------------------------------------------

    def _reveal(self) -> None:
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _list(self, select: str | None = None, say: str = "", busy: bool = False) -> None:
        device = self._models.in_use.device.name if self._models.in_use is not None else ""

        def take(found: tuple[list[Shelved], str]) -> None:
            self._shelf, held = found
            pack = self._models.pack
            self.dialog.show_shelf(self._shelf, pack.path if pack is not None else None, select)
            self.dialog.show_device(self._models.in_use, held)
            self.dialog.set_busy(busy)
            if say:
                self.dialog.say(say)
            self._models.set_installed(tuple(InstalledPack(s.name, s.title) for s in self._shelf if s.pack is not None))

        self._clerk.send(self.dialog, lambda _: (shelf(), memory(device)), take, self._refuse)

    def _look_at_samples(self, shelved: Shelved) -> None:
        pack = shelved.pack
        if pack is not None:
            side = round(SAMPLE_SIDE * self.dialog.devicePixelRatioF())
            self._clerk.send(
                self.dialog,
                lambda token: samples(pack, side, token),
                lambda images: self.dialog.show_samples(shelved, images),
                self._refuse,
                lane="samples",
            )

    def _on_ready(self, _: PackReady) -> None:
        if self._dialog is not None and self._dialog.isVisible():
            self._list()

    def _refuse(self, sentence: str) -> None:
        self.dialog.set_busy(False)
        self.dialog.say(sentence, "warning")

    # -- verifying and installing ----------------------------------------------------------------------

    def _verify(self, shelved: Shelved) -> None:
        pack = shelved.pack
        if pack is None:
            return
        self.dialog.say(self.tr("Checking the files of {0}…").format(shelved.title))
        self.dialog.set_busy(True)

        def take(count: int) -> None:
            self.dialog.set_busy(False)
            self.dialog.say(self.tr("{0}: all {1} files are as they should be.").format(shelved.title, count))

        self._clerk.send(self.dialog, lambda token: verify(pack, token), take, self._refuse)

    def _ask_install(self, path: Path, pack: Pack) -> None:
        self.dialog.set_busy(False)
        self.dialog.say("")
        manifest = pack.manifest
        size = QLocale().formattedDataSize(size_of(pack), 1)
        lines = [
            self.tr("For {0}, {1} × {1} pixels, {2}, {3} attributes.").format(
                word(manifest, manifest.domain), manifest.image_size, size, len(manifest.attributes)
            ),
            self.tr("From: {0}").format(path),
            self.tr("Trained on: {0}").format(_short(manifest.training.data) or self.tr("not said")),
            self.tr("Licence: {0}").format(_short(manifest.licence) or self.tr("not said")),
            self.tr("All {0} files are as the pack says; none of them was run.").format(len(manifest.files)),
        ]
        if any(s.own and s.name == manifest.name for s in self._shelf):
            lines.append(self.tr("It replaces the model of that name that you installed before."))
        box = self._question(
            self.tr("Install the model {0}?").format(_short(manifest.title)), "\n".join(lines),
            self.tr("Install"),
        )  # fmt: skip
        box.accepted.connect(lambda: self._install(path))
        box.open()

    def _install(self, path: Path) -> None:
        self.dialog.say(self.tr("Installing {0}…").format(path.name))
        self.dialog.set_busy(True)

        def copy() -> Pack:
            from diti_studio.core import packs

            return translated(packs.install(path))

        self._clerk.send(self.dialog, lambda _: copy(), self._on_installed, self._refuse)

    def _on_installed(self, pack: Pack) -> None:
        name, title = pack.manifest.name, pack.manifest.title
        text = self.tr("{0} is installed.").format(title)
        self._list(name, text)
        used = self._models.pack
        if used is not None and used.path == pack.path:
            self._models.load()  # what was in use is another one now
        else:
            self.offered.emit(text, self.tr("Use It"), lambda: self._models.choose_pack(name))

    # -- removing --------------------------------------------------------------------------------------

    def _ask_remove(self, shelved: Shelved) -> None:
        box = self._question(
            self.tr("Remove the model {0}?").format(_short(shelved.title)),
            self.tr("Its folder is deleted: {0}").format(shelved.path), self.tr("Remove"),
        )  # fmt: skip
        box.accepted.connect(lambda: self._remove(shelved))
        box.open()

    def _remove(self, shelved: Shelved) -> None:
        in_use = self._models.pack is not None and self._models.pack.path == shelved.path

        def delete() -> Path:
            from diti_studio.core import packs

            return packs.remove(shelved.name)

        def take(_: Path) -> None:
            self.said.emit(self.tr("{0} was removed.").format(shelved.title))
            if in_use:
                self._models.choose_pack(None)
            self._list()

        self.dialog.set_busy(True)
        self._clerk.send(self.dialog, lambda _: delete(), take, self._refuse)

    def _question(self, text: str, details: str, action: str) -> QMessageBox:
        box = QMessageBox(QMessageBox.Icon.Question, self.tr("Models"), text, parent=self.dialog)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(details)
        for label in box.findChildren(QLabel):  # a stranger's text is no markup
            label.setTextFormat(Qt.TextFormat.PlainText)
        button = box.addButton(action, QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(button)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return box


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _open_folder(shelved: Shelved) -> None:
    folder = shelved.path if shelved.path.is_dir() else shelved.path.parent
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
