"""Which pack and device are in use, and what becomes of the open picture when another one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from diti_studio.ui.carry import carried
from diti_studio.ui.jobs import Failed, LoadPack, Opened, OpenPicture, PackReady
from diti_studio.ui.session import State

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
        self._carrying: tuple[int, Edit] | None = None  # serial of the job that opens the picture again, and its edit
        menu.pack_chosen.connect(self.choose_pack)
        menu.device_chosen.connect(self.choose_device)
        worker.pack_ready.connect(self._on_ready)
        worker.failed.connect(self._on_failed)

    @property
    def pack(self) -> Pack | None:
        """The pack in use."""
        return self._in_use.pack if self._in_use is not None else None

    def load(self) -> None:
        """Loads the chosen pack on the chosen device."""
        self._worker.submit(LoadPack(name=self._name, device=self._device))

    def choose_pack(self, name: str) -> None:
        """Uses another pack, now and at the next start."""
        self._name, self._chosen = name, True
        self.load()

    def choose_device(self, name: str) -> None:
        """Uses another device, now and at the next start."""
        self._device, self._chosen = name, True
        self.load()

    def take(self, opened: Opened) -> bool:
        """True when this picture was opened again for another pack, and is now shown with its edit."""
        if self._carrying is None or self._carrying[0] != opened.job.serial:
            return False
        self._session.restart(State(opened, self._carrying[1]))
        self._carrying = None
        return True

    # -- inside ----------------------------------------------------------------------------------------

    def _on_ready(self, ready: PackReady) -> None:
        before, self._in_use = self.pack, ready
        if self._chosen:
            self._preferences.pack, self._preferences.device = self._name, self._device
        self._menu.fill(ready, self._device)
        if ready.notes:
            self.said.emit(" ".join(ready.notes))
        self.ready.emit(ready)
        if before is not None and before.identity != ready.pack.identity:
            self._carry(self._session.state, before, ready.pack)

    def _carry(self, state: State | None, before: Pack, after: Pack) -> None:
        if state is None:
            self._session.restart(None)  # what could be redone was seen by the pack before
            return
        edit, lost = carried(state.edit, before, after)
        opened = state.opened
        job = OpenPicture(source=opened.source, choice=opened.job.choice, picture=opened.subject.picture)
        self._carrying = (job.serial, edit)
        self._worker.submit(job)
        if lost:
            self.said.emit(self.tr("{0} has no counterpart for: {1}.").format(after.manifest.title, ", ".join(lost)))

    def _on_failed(self, failed: Failed) -> None:
        """Goes on with what is in use; at the start, a remembered pack that is gone gives way to another one."""
        if self._carrying is not None and self._carrying[0] == failed.job.serial:
            self._carrying = None
            self._session.restart(None)  # the new pack cannot take this picture
        if not isinstance(failed.job, LoadPack):
            return
        if self._in_use is not None:
            self._name, self._device = self._in_use.job.name, self._in_use.job.device
            self._menu.fill(self._in_use, self._device)
        elif failed.job.name is not None and failed.job.name == self._preferences.pack:
            self._name = self._preferences.pack = None
            self.load()
