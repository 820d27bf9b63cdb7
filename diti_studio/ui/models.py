"""Which pack and device are in use, and what becomes of the open picture when another one is chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from diti_studio.ui.answers import (
    Failed,
    InstalledPack,
    Opened,
    PackReady,
)
from diti_studio.ui.jobs import (
    LoadPack,
    OpenPicture,
    Source,
)
from diti_studio.ui.session import Photo, State

if TYPE_CHECKING:
    from diti_studio.core.edit import Edit
    from diti_studio.core.packs import Pack
    from diti_studio.ui.models_menu import ModelsMenu
    from diti_studio.ui.preferences import Preferences
    from diti_studio.ui.session import Session
    from diti_studio.ui.worker import Worker


class Models(QObject):
    """Loads what was chosen; the picture is then opened again, as the new pack sees it."""

    ready = Signal(object)  # PackReady
    said = Signal(str)
    """A sentence for the user."""
    listed = Signal(object)
    """What is in use, a PackReady, was told anew: after a choice, whether it could be loaded or not, and when packs
    came or went."""

    def __init__(
        self,
        worker: Worker,
        session: Session,
        preferences: Preferences,
        menu: ModelsMenu,
        *,
        pack: str | None = None,
        device: str | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._worker = worker
        self._session = session
        self._preferences = preferences
        self._menu = menu
        self._name = pack or preferences.pack
        self._device = device or preferences.device
        self._chosen = False  # in the menu, and so to be remembered
        self._in_use: PackReady | None = None
        self._seen: dict[str, PackReady] = {}  # by identity: what opened pictures may still be known to
        self._went_back = ""  # why the pack before is being loaded again
        # Serial of the job that opens a picture again, the picture, and its edit.
        self._carrying: tuple[int, Photo, Edit] | None = None
        menu.pack_chosen.connect(self.choose_pack)
        menu.device_chosen.connect(self.choose_device)
        worker.pack_ready.connect(self._on_ready)
        worker.failed.connect(self._on_failed)
        session.entered.connect(self._carry)

    @property
    def pack(self) -> Pack | None:
        """The pack in use."""
        return self._in_use.pack if self._in_use is not None else None

    @property
    def in_use(self) -> PackReady | None:
        """What is loaded, and on what."""
        return self._in_use

    @property
    def device(self) -> str:
        """The device that was chosen: auto, or a name."""
        return self._device

    @property
    def samples(self) -> tuple[Source, ...]:
        """The pictures to try that come with the pack in use."""
        return self._in_use.samples if self._in_use is not None else ()

    def load(self) -> None:
        """Loads the chosen pack on the chosen device."""
        self._worker.submit(LoadPack(name=self._name, device=self._device))

    def choose_pack(self, name: str | None) -> None:
        """Uses another pack, now and at the next start; None leaves it to the program."""
        self._name, self._chosen = name, True
        self.load()

    def choose_device(self, name: str) -> None:
        """Uses another device, now and at the next start."""
        self._device, self._chosen = name, True
        self.load()

    def set_installed(self, installed: tuple[InstalledPack, ...]) -> None:
        """Offers these packs in the menu."""
        if self._in_use is not None and installed != self._in_use.installed:
            self._in_use = replace(self._in_use, installed=installed)
            self._fill(self._in_use)

    def take(self, opened: Opened) -> bool:
        """True when this picture was opened again for another pack, and is now shown with its edit."""
        if self._carrying is None or self._carrying[0] != opened.job.serial:
            return False
        _, photo, edit = self._carrying
        self._carrying = None
        photo.begin(State(opened, edit))
        return True

    # -- inside ----------------------------------------------------------------------------------------

    def _on_ready(self, ready: PackReady) -> None:
        self._in_use = ready
        if self._chosen:
            self._preferences.pack, self._preferences.device = self._name, self._device
        self._fill(ready)
        if ready.notes or self._went_back:
            self.said.emit(" ".join(part for part in (self._went_back, *ready.notes) if part))
        self._went_back = ""
        self.ready.emit(ready)
        self._seen[ready.pack.identity] = ready
        self._carry(self._session.current)

    def _fill(self, ready: PackReady) -> None:
        self._menu.fill(ready, self._device)
        self.listed.emit(ready)

    def _carry(self, photo: Photo | None) -> None:
        """Opens a picture again that another pack has seen."""
        after = self.pack
        if photo is None or photo.state is None or after is None or photo.state.opened.pack == after.identity:
            return
        opened = photo.state.opened
        edit, lost = self._fitted(photo.state.edit, self._seen[opened.pack].pack, after)
        job = OpenPicture(
            source=opened.source, choice=opened.job.choice, picture=opened.subject.picture, origin=opened.origin
        )
        self._carrying = (job.serial, photo, edit)
        self._worker.submit(job)
        if lost:
            self.said.emit(self.tr("{0} has no counterpart for: {1}.").format(after.manifest.title, ", ".join(lost)))

    def _fitted(self, edit: Edit, before: Pack, after: Pack) -> tuple[Edit, list[str]]:
        """What of an edit has a meaning under the new pack; the reference was read by the one before."""
        from diti_studio.core.document import PackEntry, fit_edit

        kept, lost = fit_edit(edit.with_reference(None), PackEntry.of(before), PackEntry.of(after))
        return kept, [*lost, *([self.tr("what was borrowed")] if edit.needs_reference else [])]

    def _go_back(self, photo: Photo, reason: str) -> None:
        """The pack in use cannot take a picture: the one that knows it is loaded again, and nothing of it is lost."""
        before = self._seen.get(photo.state.opened.pack) if photo.state is not None else None
        if before is None or self.pack is None:
            return
        self._went_back = self.tr("{0} cannot take {1}: {2} Back to {3}; the edit is as it was.").format(
            self.pack.manifest.title, photo.source.name, reason, before.pack.manifest.title
        )
        self._name, self._device = before.job.name, before.job.device
        self.load()

    def _on_failed(self, failed: Failed) -> None:
        """Goes on with what is in use; at the start, a remembered pack that is gone gives way to another one."""
        if self._carrying is not None and self._carrying[0] == failed.job.serial:
            photo, self._carrying = self._carrying[1], None
            self._go_back(photo, failed.text)
        if not isinstance(failed.job, LoadPack):
            return
        if self._in_use is not None:
            self._name, self._device = self._in_use.job.name, self._in_use.job.device
            self._fill(self._in_use)
        elif failed.job.name is not None and failed.job.name == self._preferences.pack:
            self._name = self._preferences.pack = None
            self.load()
