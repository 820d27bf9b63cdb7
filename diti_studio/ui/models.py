"""Which pack and device are in use, and what becomes of the open picture when another one is chosen.

When another pack is chosen, the open picture is opened again for it, as a step that can be undone; undoing it brings
the pack back that has seen the state before. So does going to a picture that was edited with another pack; one that
nothing was done to follows the pack in use.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

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
    Role,
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
        state: what of it is carried.
        job: what is waited for: the picture or, once that is here, the one that lends.
        subject: the picture, once it is here.
        chosen: False where nobody asked for it: the picture was gone to, and nothing was done to it yet.
    """

    photo: Photo
    state: State
    job: OpenPicture
    subject: Opened | None = None
    chosen: bool = True


@dataclass(frozen=True, eq=False)
class _Load:
    """A pack that is being loaded.

    Attributes:
        wanted: its identity, where a state asks for it that was undone, put back or gone to; empty after a choice.
        reason: why the pack before is loaded again, as a sentence; empty where it is another one.
        remembered: the next start is to use it.
    """

    job: LoadPack
    wanted: str = ""
    reason: str = ""
    remembered: bool = True


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
        self._carried: _Carried | None = None
        self._loading: _Load | None = None  # what was asked for last, until it is there
        self._change = QTimer(self)  # a jump in the history passes many states, of which the last counts
        self._change.setSingleShot(True)
        self._change.setInterval(0)
        self._change.timeout.connect(self._follow)
        menu.pack_chosen.connect(self.choose_pack)
        menu.device_chosen.connect(self.choose_device)
        worker.pack_ready.connect(self._on_ready)
        worker.failed.connect(self._on_failed)
        worker.ended.connect(self._on_ended)
        session.changed.connect(lambda _: self._change.start())

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

    def take(self, opened: Opened, borrower: Photo | None = None) -> bool:
        """True when this picture was opened again for another pack, or has to be: nothing else is to be done with it.

        What is carried is shown once the picture that lends is here too.

        Args:
            borrower: the picture that a reference was asked for.
        """
        carried = self._carried
        if carried is None or opened.job is not carried.job:
            return self._came_between(opened, borrower if borrower in self._session.photos else self._session.current)
        if carried.subject is not None:
            self._arrive(carried, carried.subject, opened)
        elif carried.state.lender is None:
            self._arrive(carried, opened, None)
        else:
            lender = _again(carried.state.lender)
            self._carried = replace(carried, subject=opened, job=lender)
            self._worker.submit(lender)
        return True

    # -- inside ----------------------------------------------------------------------------------------

    def _on_ready(self, ready: PackReady) -> None:
        self._in_use = ready
        loading = self._loading if self._loading is not None and self._loading.job is ready.job else None
        if self._chosen and (loading is None or loading.remembered):
            self._preferences.pack, self._preferences.device = ready.job.name, ready.job.device
        self._fill(ready)
        if said := " ".join(part for part in (loading.reason if loading else "", *map(told, ready.notes)) if part):
            self.said.emit(said)
        self._seen[ready.pack.identity] = ready
        self.ready.emit(ready)
        if loading is None:
            return  # yet another one was asked for
        self._loading = None
        if ready.pack.identity == loading.wanted:
            self._follow()  # the present state may be another one by now
        else:
            self._carry(self._session.current)

    def _load(self, wanted: str = "", reason: str = "", remembered: bool = True) -> None:
        self._loading = _Load(LoadPack(name=self._name, device=self._device), wanted, reason, remembered)
        self._worker.submit(self._loading.job)

    def _return_to(self, before: PackReady, *, reason: str = "", remembered: bool) -> None:
        self._name = before.job.name or before.name
        self._load(before.pack.identity, reason, remembered)

    def _fill(self, ready: PackReady) -> None:
        self._menu.fill(ready, self._device)
        self.listed.emit(ready)

    def _carry(self, photo: Photo | None, *, chosen: bool = True) -> None:
        """Opens a picture again that another pack has seen."""
        if photo is None or photo.state is None or self.pack is None or photo.state.opened.pack == self.pack.identity:
            return
        self._carried = _Carried(photo, photo.state, _again(photo.state.opened), chosen=chosen)
        self._worker.submit(self._carried.job)

    def _came_between(self, opened: Opened, borrower: Photo | None) -> bool:
        """Has a reference opened once more that was asked for before a change of the pack, and came after it."""
        state, role = borrower.state if borrower is not None else None, opened.job.role
        if role != "reference" or state is None or state.opened.pack == opened.pack:
            return False
        if self._loading is not None or self._is_carrying or self._change.isActive():
            self._worker.submit(_again(opened, role, opened.job.lane))
        return True

    def _arrive(self, carried: _Carried, subject: Opened, lender: Opened | None) -> None:
        """Shows the picture as the pack in use sees it, with what of its present edit has a meaning there."""
        from diti_studio.core.document import PackEntry, fit_edit
        from diti_studio.core.document.fitting import BORROWED_NOTE

        self._carried = None
        photo, after = carried.photo, self.pack
        state = photo.state
        if state is None or after is None or photo not in self._session.photos:
            return
        same = state.opened is carried.state.opened and state.lender is carried.state.lender
        if subject.pack != after.identity or not same:
            self._carry(photo, chosen=carried.chosen)  # yet another pack came meanwhile, or what is shown has changed
            return
        edit, lost = fit_edit(state.edit, PackEntry.of(self._seen[state.opened.pack].pack), PackEntry.of(after))
        if lender is None:
            if edit.needs_reference:
                lost = (*lost, BORROWED_NOTE)
            edit = edit.with_reference(None)
        if not carried.chosen and _is_untouched(photo):
            photo.begin(State(subject, edit, lender))
        else:
            text = self.tr("Model {0}").format(after.manifest.title)
            self._session.replace(State(subject, edit, lender), text, photo)
        if lost:
            names = ", ".join(map(told, lost))
            self.said.emit(self.tr("{0} has no counterpart for: {1}.").format(after.manifest.title, names))

    def _follow(self, *, stopped: bool = False) -> None:
        """Loads the pack that has seen the present state, where that was undone, put back or gone to.

        Args:
            stopped: a change of the pack was taken back on its way.
        """
        photo = self._session.current
        if photo is None or photo.state is None or self.pack is None or self._loading is not None or self._is_carrying:
            return
        seen = self._seen.get(photo.state.opened.pack)
        if seen is None or seen.pack.identity == self.pack.identity:
            return
        if _is_untouched(photo) and not stopped:
            self._carry(photo, chosen=False)
        else:
            self._return_to(seen, remembered=stopped)

    def _stay(self) -> None:
        """The pack of the present state is gone: the picture is opened again for the one in use.

        As that would be a step, and cost those that can be redone, the nearest one that the pack in use has seen is
        gone to where there are such.
        """
        photo, pack = self._session.current, self.pack
        if photo is None or pack is None:
            return
        place = photo.stack.index()
        known = [i for i, (_, state) in enumerate(photo.history()) if state.opened.pack == pack.identity]
        if known and photo.stack.canRedo():
            photo.stack.setIndex(min(known, key=lambda i: abs(i - place)))
        else:
            self._carry(photo)

    @property
    def _is_carrying(self) -> bool:
        """False once all work was stopped, for which there is no answer."""
        return self._carried is not None and self._worker.holds(self._carried.job)

    def _on_ended(self, job: Job) -> None:
        """Once no picture is on its way any more: the present one may have been stopped, or not waited for."""
        if self._is_carrying:
            return
        stopped = self._carried is not None and self._carried.chosen
        if self._carried is not None or (isinstance(job, OpenPicture) and job.role == "carried"):
            self._carried = None
            self._follow(stopped=stopped)

    def _go_back(self, photo: Photo, reason: str) -> None:
        """The pack in use cannot take a picture: the one that knows it is loaded again, and nothing of it is lost."""
        before = self._seen.get(photo.state.opened.pack) if photo.state is not None else None
        if before is None or self.pack is None or photo is not self._session.current:
            return
        text = self.tr("{0} cannot take {1}: {2} Back to {3}; the edit is as it was.")
        titles = self.pack.manifest.title, before.pack.manifest.title
        self._return_to(before, reason=text.format(titles[0], photo.source.name, reason, titles[1]), remembered=True)

    def _on_failed(self, failed: Failed) -> None:
        """Goes on with what is in use; at the start, a remembered pack that is gone gives way to another one."""
        carried = self._carried
        if carried is not None and failed.job is carried.job:
            self._carried = None
            if carried.subject is None:
                self._go_back(carried.photo, failed.text)
            else:
                self._arrive(carried, carried.subject, None)
        loading = self._loading
        if loading is None or failed.job is not loading.job:
            return
        self._loading = None
        if self._in_use is not None:
            self._name, self._device = self._in_use.job.name, self._in_use.job.device
            self._fill(self._in_use)
            if loading.reason:
                pass  # neither can show it
            elif loading.wanted:
                self._stay()
            else:
                self._carry(self._session.current)
        elif self._name is not None and self._name == self._preferences.pack:
            self._name = self._preferences.pack = None
            self.load()


def _again(opened: Opened, role: Role = "carried", lane: str | None = "carry") -> OpenPicture:
    """What opens a picture again for the pack in use, framed as it was chosen to be."""
    return OpenPicture(
        source=opened.source, choice=opened.job.choice, picture=opened.subject.picture, origin=opened.origin,
        role=role, lane=lane,
    )  # fmt: skip


def _is_untouched(photo: Photo) -> bool:
    """True where nothing was done to a picture: there is no step to take back, and no document."""
    return photo.stack.count() == 0 and photo.document is None
