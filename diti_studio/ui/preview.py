"""Decides what to render and what to show: few steps while a control moves, all of them when it rests, none twice."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from diti_studio.ui.answers import (
    Failed,
    Formed,
    Opened,
)
from diti_studio.ui.imaging import to_image
from diti_studio.ui.jobs import (
    Export,
    Job,
    Prepare,
    Priority,
    Render,
)
from diti_studio.ui.worker import SCREEN_SIDE

if TYPE_CHECKING:
    from diti_studio.core.edit import Edit
    from diti_studio.core.packs import Pack
    from diti_studio.ui.session import Session, State
    from diti_studio.ui.worker import Worker

PREVIEW_SIDE = 768
CACHE_BYTES = 384 << 20
COARSE = 0.6
"""This share of a refinement is not shown where a finished preview already is: it would look worse at first."""

Key = tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Shown:
    """What the canvas shows: the photo's pixels with the change, and the network's own picture."""

    opened: Opened
    image: QImage
    model_image: QImage

    @property
    def nbytes(self) -> int:
        """Memory that the two hold."""
        return self.image.sizeInBytes() + self.model_image.sizeInBytes()


class Preview(QObject):
    """Follows the session and keeps the picture on the canvas up to date with it."""

    shown = Signal(object, bool)
    """Shown; True when it is the finished picture of the present state."""
    assessed = Signal(float)
    """PSNR in dB with which the network rebuilds the open picture."""

    def __init__(self, worker: Worker, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._session = session
        self._model_view = False
        self._heard: frozenset[int] | None = None
        self._pack: Pack | None = None
        self._opened: Opened | None = None
        self._finished = OrderedDict[Key, Shown]()
        self._last = 0  # serial of the latest render
        self._asked: tuple[int, Key, str] | None = None  # serial, key and quality of what waits or runs
        self._barrier = 0  # renders up to this serial no longer matter
        self._previewed: Key | None = None
        self._latest: Shown | None = None
        self._assess = False
        self._assessment: Render | None = None
        self._fidelities = dict[int, float]()  # by the serial of the job that opened the picture
        self.shown.connect(self._note)
        session.changed.connect(self._follow)
        session.settled.connect(self._refine)
        worker.formed.connect(self._take)
        worker.failed.connect(self._on_failed)
        worker.ended.connect(self._on_ended)

    @property
    def model_view(self) -> bool:
        """True while the network's own picture is shown."""
        return self._model_view

    @property
    def is_rendering(self) -> bool:
        """True while a picture that was asked for is waited for."""
        return self._asked is not None

    @property
    def latest(self) -> Shown | None:
        """What was shown last, if it is of the open picture."""
        latest, state = self._latest, self._session.state
        return latest if latest is not None and state is not None and latest.opened is state.opened else None

    def latest_image(self) -> QImage | None:
        """The picture of the present state, or as far as it has come."""
        return self.finished_image() or (self.latest.image if self.latest is not None else None)

    def finished_image(self) -> QImage | None:
        """The picture of the present state, where it is known already."""
        state = self._session.state
        known = self._known(state, state_key(state)) if state is not None else None
        return known.image if known is not None else None

    def fidelity(self) -> float | None:
        """PSNR in dB with which the network rebuilds the open picture, once that is known."""
        return self._fidelities.get(self._opened.job.serial) if self._opened is not None else None

    def set_pack(self, pack: Pack) -> None:
        """The pack in use is another one; what waited for it is made now."""
        self._pack = pack
        self.resume()

    def set_model_view(self, on: bool) -> None:
        """Shows the network's own picture, or the photo's pixels with the change."""
        self._model_view = on
        self._follow(moving=False)

    def set_heard(self, groups: frozenset[int] | None) -> None:
        """Shows what these groups do to the picture, None all of them; of the edit nothing changes."""
        self._heard = groups
        self._follow(moving=False)

    def _shown_key(self, state: State) -> Key:
        return state_key(state) if self._heard is None else (*state_key(state), self._heard)

    def make_way(self) -> None:
        """Ends the work on the open picture, as another one is about to be opened; ``resume`` takes it up again."""
        self._worker.cancel(_is_ours)
        self._asked = None  # one that still waited ends unheard

    def resume(self) -> None:
        """The open picture stays."""
        self._refine()

    def stop(self) -> None:
        """Ends all work on the open picture; the next change asks anew."""
        self._assess, self._asked = False, None
        self._worker.cancel_all()

    def _note(self, shown: Shown, final: bool) -> None:
        self._latest = shown

    # -- asking ----------------------------------------------------------------------------------------

    def _follow(self, moving: bool) -> None:
        state = self._session.state
        if (state.opened if state else None) is not self._opened:
            self._enter(state.opened if state else None)
        if state is not None:
            self._ask(state, "preview" if moving else "standard")

    def _refine(self) -> None:
        if self._session.state is not None:
            self._ask(self._session.state, "standard")

    def _enter(self, opened: Opened | None) -> None:
        """Another picture is open: work on the last one is dropped, and the new one is inverted."""
        self._worker.cancel(_is_ours)
        self._opened, self._asked, self._previewed, self._assess = opened, None, None, False
        self._barrier = self._last
        if opened is not None:
            self._worker.submit(Prepare(opened=opened))

    def _ask(self, state: State, quality: Literal["preview", "standard"]) -> None:
        key = self._shown_key(state)
        if (known := self._known(state, key)) is not None:
            self._barrier, self._asked = self._last, None
            self._worker.cancel(lambda job: isinstance(job, Render) and not job.idle)
            self.shown.emit(known, True)
        elif self._asked is None or self._asked[1:] not in ((key, quality), (key, "standard")):
            job = Render(
                opened=state.opened,
                edit=state.edit,
                lender=state.lender if state.edit.needs_reference else None,
                key=key,
                quality=quality,
                detail="model" if state.edit.is_identity else "keep",
                max_side=PREVIEW_SIDE if quality == "preview" else SCREEN_SIDE,
                patient=quality == "preview",
                heard=self._heard,
            )
            self._last, self._asked = job.serial, (job.serial, key, quality)
            self._worker.submit(job)

    def _known(self, state: State, key: Key) -> Shown | None:
        known = self._finished.get(key)
        if known is not None:
            self._finished.move_to_end(key)
        elif state.edit.is_identity and not self._model_view:  # the photo itself: no network is needed
            known = Shown(state.opened, state.opened.image, to_image(state.opened.subject.model_square))
        return known

    # -- answers ---------------------------------------------------------------------------------------

    def _take(self, formed: Formed) -> None:
        job, state = formed.job, self._session.state
        if state is None or not isinstance(job, Render) or job.opened is not state.opened or formed.image is None:
            return
        shown = Shown(state.opened, state.opened.image if job.edit.is_identity else formed.image, formed.model_image)
        standard = job.quality == "standard"
        if formed.final and standard:
            self._remember(job.key, shown)
        if formed.fidelity is not None and standard:
            self._fidelities[state.opened.job.serial] = formed.fidelity
            self.assessed.emit(formed.fidelity)
        present = job.key == self._shown_key(state)
        if job.idle or job.serial <= self._barrier or (standard and not present):
            return
        if formed.final and present:
            self._previewed = job.key
        elif standard and self._previewed == job.key and formed.step <= COARSE * formed.of:
            return
        self.shown.emit(shown, formed.final and standard)

    def _remember(self, key: Key, shown: Shown) -> None:
        self._finished[key] = shown
        while sum(s.nbytes for s in self._finished.values()) > CACHE_BYTES and len(self._finished) > 1:
            self._finished.popitem(last=False)

    def _on_failed(self, failed: Failed) -> None:
        if isinstance(failed.job, Render | Prepare):
            self._assess = False

    def _on_ended(self, job: Job) -> None:
        if self._asked is not None and job.serial == self._asked[0]:
            self._asked = None
        if isinstance(job, Prepare) and job.opened is self._opened:
            self._assess = True
        if self._assess and isinstance(job, Prepare | Render | Export):
            self._submit_assessment()

    def _submit_assessment(self) -> None:
        """Rebuilds the unedited picture when nothing else is to be done: it tells how well the pack knows it."""
        from diti_studio.core.edit import Edit

        state = self._session.state
        if state is None or self._pack is None or state.opened.pack != self._pack.identity:
            return
        blank = Edit()
        key = state_key(state, blank)
        if key in self._finished:
            self._assess = False
            return
        if self._assessment is not None and self._assessment.key == key and self._worker.holds(self._assessment):
            return  # another one would only end it, to be ended by the next
        self._assessment = Render(
            opened=state.opened, edit=blank, key=key, quality="standard", detail="model", max_side=SCREEN_SIDE,
            lane="assessment", priority=Priority.IDLE, idle=True,
        )  # fmt: skip
        self._worker.submit(self._assessment)


def _is_ours(job: Job) -> bool:
    """Not what draws a snapshot: that is idle work, which gives way by itself."""
    return isinstance(job, Prepare) or (isinstance(job, Render) and job.lane in ("render", "assessment"))


def state_key(state: State, edit: Edit | None = None) -> Key:
    """Equal keys give equal pictures; what the reference is called does not matter, which picture it is does."""
    recipe = edit or state.edit
    lender = state.lender.job.serial if recipe.needs_reference and state.lender else None
    return state.opened.job.serial, lender, recipe.with_reference("").to_json()
