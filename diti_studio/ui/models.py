"""Which pack and device are in use, and what becomes of the open picture when another one is chosen.

A picture that another pack has seen is opened again for the one in use, as a step that can be undone; undoing it brings
the pack back that has seen the state before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from diti_studio.ui.answers import (
    Failed,
    InstalledPack,
    Opened,
    PackReady,
)
from diti_studio.ui.jobs import (
    Job,
    LoadPack,
    OpenPicture,
    Source,
)
from diti_studio.ui.sentences import told
from diti_studio.ui.session import Photo, State

if TYPE_CHECKING:
    from diti_studio.core.packs import Pack
    from diti_studio.ui.models_menu import ModelsMenu
    from diti_studio.ui.preferences import Preferences
    from diti_studio.ui.session import Session
    from diti_studio.ui.worker import Worker


@dataclass(frozen=True, eq=False)
class _Carried:
    """A picture that is being opened again for another pack.

    Attributes:
        job: what is waited for: the picture or, once that is here, the one that lends.
        subject: the picture, once it is here.
        lender: which picture lends under the pack before; None where none does.
    """

    photo: Photo
    job: OpenPicture
    lender: Opened | None
    subject: Opened | None = None


class Models(QObject):
    """Loads what was chosen, and sees to it that the open picture is one that the pack in use has seen."""

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
        self._carried: _Carried | None = None
        self._loading: LoadPack | None = None  # what was asked for last, until it is there
        self._wanted = ""  # the identity that is loaded for a state that was undone or put back; empty after a choice
        menu.pack_chosen.connect(self.choose_pack)
        menu.device_chosen.connect(self.choose_device)
        worker.pack_ready.connect(self._on_ready)
        worker.failed.connect(self._on_failed)
        worker.ended.connect(self._on_ended)
        session.entered.connect(self._carry)
        session.changed.connect(self._follow)

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
        self._load()

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
        """True when this picture was opened again for another pack; it is shown once the one that lends is here too."""
        carried = self._carried
        if carried is None or opened.job is not carried.job:
            return False
        if carried.subject is not None:
            self._arrive(carried.photo, carried.subject, carried.lender, opened)
        elif carried.lender is None:
            self._arrive(carried.photo, opened, None, None)
        else:
            lender = _again(carried.lender)
            self._carried = replace(carried, subject=opened, job=lender)
            self._worker.submit(lender)
        return True

    # -- inside ----------------------------------------------------------------------------------------

    def _on_ready(self, ready: PackReady) -> None:
        self._in_use = ready
        if self._chosen:
            self._preferences.pack, self._preferences.device = ready.job.name, ready.job.device
        self._fill(ready)
        if ready.notes or self._went_back:
            self.said.emit(" ".join(part for part in (self._went_back, *map(told, ready.notes)) if part))
        self._went_back = ""
        self._seen[ready.pack.identity] = ready
        self.ready.emit(ready)
        if ready.job is not self._loading:
            return  # yet another one was asked for
        self._loading = None
        if ready.pack.identity == self._wanted:
            self._follow()  # the present state may be another one by now
        else:
            self._carry(self._session.current)

    def _load(self, wanted: str = "") -> None:
        self._loading, self._wanted = LoadPack(name=self._name, device=self._device), wanted
        self._worker.submit(self._loading)

    def _fill(self, ready: PackReady) -> None:
        self._menu.fill(ready, self._device)
        self.listed.emit(ready)

    def _carry(self, photo: Photo | None) -> None:
        """Opens a picture again that another pack has seen."""
        if photo is None or photo.state is None or self.pack is None or photo.state.opened.pack == self.pack.identity:
            return
        job = _again(photo.state.opened)
        self._carried = _Carried(photo, job, photo.state.lender if photo.state.edit.needs_reference else None)
        self._worker.submit(job)

    def _arrive(self, photo: Photo, subject: Opened, lent: Opened | None, lender: Opened | None) -> None:
        """Shows the picture as the pack in use sees it, with what of its present edit has a meaning there."""
        from diti_studio.core.document import PackEntry, fit_edit

        self._carried = None
        state, after = photo.state, self.pack
        if after is None or subject.pack != after.identity:
            self._carry(photo)  # yet another one came meanwhile
            return
        if state is None or state.opened.pack == subject.pack or photo not in self._session.photos:
            return
        edit, lost = fit_edit(state.edit, PackEntry.of(self._seen[state.opened.pack].pack), PackEntry.of(after))
        if lender is None or state.lender is not lent:
            if edit.needs_reference:
                lost = (*lost, self.tr("what was borrowed"))
            edit, lender = edit.with_reference(None), None
        self._session.replace(State(subject, edit, lender), self.tr("Model {0}").format(after.manifest.title), photo)
        if lost:
            self.said.emit(self.tr("{0} has no counterpart for: {1}.").format(after.manifest.title, ", ".join(lost)))

    def _follow(self) -> None:
        """Loads the pack that has seen the present state, where that was undone or put back."""
        state = self._session.state
        if state is None or self.pack is None or self._loading is not None or self._is_carrying:
            return
        seen = self._seen.get(state.opened.pack)
        if seen is not None and state.opened.pack != self.pack.identity:
            self._name = seen.job.name or seen.name
            self._load(state.opened.pack)

    @property
    def _is_carrying(self) -> bool:
        """False once all work was stopped, for which there is no answer."""
        return self._carried is not None and self._worker.holds(self._carried.job)

    def _on_ended(self, job: Job) -> None:
        """Once no picture is on its way any more: the present one may have been stopped, or not waited for."""
        if self._is_carrying:
            return
        if self._carried is not None or (isinstance(job, OpenPicture) and job.role == "carried"):
            self._carried = None
            self._follow()

    def _go_back(self, photo: Photo, reason: str) -> None:
        """The pack in use cannot take a picture: the one that knows it is loaded again, and nothing of it is lost."""
        before = self._seen.get(photo.state.opened.pack) if photo.state is not None else None
        if before is None or self.pack is None or photo is not self._session.current:
            return
        self._went_back = self.tr("{0} cannot take {1}: {2} Back to {3}; the edit is as it was.").format(
            self.pack.manifest.title, photo.source.name, reason, before.pack.manifest.title
        )
        self._name, self._device = before.job.name, before.job.device
        self.load()

    def _on_failed(self, failed: Failed) -> None:
        """Goes on with what is in use; at the start, a remembered pack that is gone gives way to another one."""
        carried = self._carried
        if carried is not None and failed.job is carried.job:
            self._carried = None
            if carried.subject is None:
                self._go_back(carried.photo, failed.text)
            else:
                self._arrive(carried.photo, carried.subject, None, None)
        if failed.job is not self._loading:
            return
        self._loading = None
        if self._in_use is not None:
            self._name, self._device = self._in_use.job.name, self._in_use.job.device
            self._fill(self._in_use)
            if not self._went_back:  # else neither can show it
                self._carry(self._session.current)
            self._went_back = ""
        elif self._name is not None and self._name == self._preferences.pack:
            self._name = self._preferences.pack = None
            self.load()


def _again(opened: Opened) -> OpenPicture:
    """What opens a picture again for the pack in use, framed as it was chosen to be."""
    return OpenPicture(
        source=opened.source, choice=opened.job.choice, picture=opened.subject.picture, origin=opened.origin,
        role="carried", lane="carry",
    )  # fmt: skip
