"""Takes snapshots of the current picture, goes back to one, and compares with one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from diti_studio.ui.jobs import Job, Priority, Render
from diti_studio.ui.preview import state_key
from diti_studio.ui.session import Photo, Session, Snapshot
from diti_studio.ui.worker import SCREEN_SIDE

if TYPE_CHECKING:
    from diti_studio.core.packs import Pack
    from diti_studio.ui.answers import Failed, Formed
    from diti_studio.ui.preview import Preview
    from diti_studio.ui.worker import Worker
    from diti_studio.ui.workspace import Workspace


class Snapshots(QObject):
    """Binds the snapshots of a photo to their panel."""

    compare_changed = Signal()
    """Another picture stands for before, or for after."""
    pair_chosen = Signal()
    """Two pictures are to be compared."""
    offered = Signal(str, str, object)
    """A sentence, the name of what can be done about it, and the function that does it."""

    def __init__(self, worker: Worker, session: Session, preview: Preview, space: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._session = session
        self._drawing: Render | None = None
        self._failed = set[Snapshot]()  # of this photo: they are left as they are
        self._pack: Pack | None = None
        self._preview = preview
        self._space = space
        self._photo: Photo | None = None
        self._compared: Snapshot | None = None
        self._after: Snapshot | None = None
        panel, grid = space.snapshots, space.grid
        panel.restored.connect(self._restore)
        panel.compared.connect(self.compare)
        grid.restored.connect(self._restore_from_grid)
        grid.compared.connect(self._compare_pair)
        grid.shown.connect(self._show_grid)
        preview.shown.connect(self._show_now)
        session.changed.connect(self._on_changed)
        panel.renamed.connect(self._rename)
        panel.deleted.connect(self._delete)
        session.entered.connect(self._enter)
        worker.formed.connect(self._take)
        worker.failed.connect(self._on_failed)
        worker.ended.connect(self._on_ended)

    @property
    def compared(self) -> Snapshot | None:
        """What stands for before instead of the original."""
        return self._compared

    @property
    def after(self) -> Snapshot | None:
        """What stands for after instead of the present state."""
        return self._after

    def set_pack(self, pack: Pack) -> None:
        """Draws what this pack has seen; the others wait until theirs is back."""
        self._pack = pack
        self._draw_next()

    def take(self) -> None:
        """Keeps the present state under a name that can be changed in the panel; its picture may still form."""
        photo, image = self._session.current, self._preview.latest_image()
        if photo is None or photo.state is None or image is None:
            return
        number = 1
        while any(kept.name == self._name(number) for kept in photo.snapshots):
            number += 1
        drawn = self._preview.finished_image() is not None
        photo.set_snapshots((*photo.snapshots, Snapshot(self._name(number), photo.state, image, drawn)))
        self._space.show_snapshots()

    def compare(self, snapshot: Snapshot | None) -> None:
        """Puts a snapshot, or with None the original, in the place of before."""
        self._stand_in(snapshot, None)
        if snapshot is not None:
            self.offered.emit(
                self.tr("Before and After, Difference and the hold key now compare with {0}.").format(snapshot.name),
                self.tr("Compare with the Original"),
                lambda: self.compare(None),
            )

    def _compare_pair(self, before: Snapshot, after: Snapshot) -> None:
        """Shows two on both sides of the line, until something is moved."""
        self._stand_in(before, after)
        self._space.show_view(self._space.canvas)
        self.pair_chosen.emit()
        self.offered.emit(
            self.tr("{0} beside {1}. The next change shows the picture itself again.").format(before.name, after.name),
            self.tr("Show the Picture"),
            lambda: self.compare(None),
        )

    def _stand_in(self, before: Snapshot | None, after: Snapshot | None) -> None:
        self._compared, self._after = before, after
        self._space.canvas.set_names(before.name if before is not None else "", after.name if after is not None else "")
        self.compare_changed.emit()

    def _on_changed(self) -> None:
        if self._after is not None:
            self.compare(None)

    def _show_now(self) -> None:
        """The present state is shown as it forms: in the grid, and where it is compared with another."""
        self._show_grid()
        state, image, photo = self._session.state, self._preview.latest_image(), self._photo
        if self._after is None or image is None or photo is None:
            return
        now = [one for one in (self._compared, self._after) if one is not None and one.state is state]
        for old in now:
            if old not in photo.snapshots and old.image.cacheKey() != image.cacheKey():
                self._exchange(old, replace(old, image=image))

    # -- the grid --------------------------------------------------------------------------------------

    def _show_grid(self) -> None:
        """Shows the original, the present state and the snapshots, while the grid is seen."""
        from diti_studio.core.edit import Edit  # the worker has loaded it by the time there is a picture

        state, image = self._session.state, self._preview.latest_image()
        if self._photo is None or state is None or not self._space.grid.isVisible():
            return
        unedited = replace(state, edit=Edit(reference=state.edit.reference))
        original = Snapshot(self.tr("Original"), unedited, state.opened.image)
        now = Snapshot(self.tr("Now"), state, image if image is not None else state.opened.image)
        self._space.grid.show_snapshots((original, now, *self._photo.snapshots))

    def _restore_from_grid(self, snapshot: Snapshot) -> None:
        self._restore(snapshot)
        self._space.show_view(self._space.canvas)

    def _name(self, number: int) -> str:
        return self.tr("Snapshot {0}").format(number)

    def _enter(self, photo: Photo | None) -> None:
        if self._photo is not None:
            self._photo.kept.disconnect(self._follow)
        self._photo = photo
        self._failed.clear()
        if photo is not None:
            photo.kept.connect(self._follow)
        self.compare(None)
        self._follow()

    def _follow(self) -> None:
        self._space.snapshots.show_snapshots(self._photo.snapshots if self._photo is not None else ())
        self._show_grid()
        self._draw_next()

    # -- drawing those that have no picture yet, as from a document, or a coarse one ---------------------

    def _undrawn(self) -> Snapshot | None:
        if self._photo is None or self._pack is None:
            return None
        pack = self._pack.identity  # another cannot draw what it has not seen
        wanted = (s for s in self._photo.snapshots if not s.drawn and s.state.opened.pack == pack)
        return next((s for s in wanted if s not in self._failed), None)

    def _draw_next(self) -> None:
        """Asks for the picture of one that lacks it, when nothing else is to be done."""
        shot = self._undrawn()
        if shot is None or (self._drawing is not None and self._worker.holds(self._drawing)):
            return
        state = shot.state
        self._drawing = Render(
            opened=state.opened, edit=state.edit, lender=state.lender if state.edit.needs_reference else None,
            key=state_key(state), quality="standard", max_side=SCREEN_SIDE,
            lane="snapshot", priority=Priority.IDLE, idle=True,
        )  # fmt: skip
        self._worker.submit(self._drawing)

    def _take(self, formed: Formed) -> None:
        """Takes what was drawn for a snapshot, or what has formed on the canvas meanwhile."""
        job, drawing = formed.job, self._drawing
        if not isinstance(job, Render) or job.quality != "standard" or job.detail != "keep":
            return
        if not formed.final or formed.image is None:
            return
        for shot in self._photo.snapshots if self._photo is not None else ():
            if not shot.drawn and state_key(shot.state) == job.key:
                self._replace(shot, replace(shot, image=formed.image, drawn=True))
        if drawing is not None and drawing is not job and drawing.key == job.key:
            self._worker.cancel(lambda waiting: waiting is drawing)

    def _on_failed(self, failed: Failed) -> None:
        job = self._drawing
        if job is not None and failed.job is job and self._photo is not None:
            self._failed |= {shot for shot in self._photo.snapshots if state_key(shot.state) == job.key}

    def _on_ended(self, job: Job) -> None:
        if self._undrawn() is not None:
            QTimer.singleShot(0, self, self._draw_next)  # once the worker has let go of this one

    def _restore(self, snapshot: Snapshot) -> None:
        state = self._session.state
        if state is None or snapshot.state == state:
            return
        self._session.replace(snapshot.state, snapshot.name)
        self._session.settled.emit()

    def _rename(self, snapshot: Snapshot, name: str) -> None:
        self._replace(snapshot, replace(snapshot, name=name.strip() or snapshot.name))

    def _delete(self, snapshot: Snapshot) -> None:
        photo = self._photo
        if photo is None:
            return
        place = photo.snapshots.index(snapshot)
        self._replace(snapshot, None)
        self.offered.emit(
            self.tr("{0} is deleted.").format(snapshot.name),
            self.tr("Put It Back"),
            lambda: photo.set_snapshots((*photo.snapshots[:place], snapshot, *photo.snapshots[place:])),
        )

    def _replace(self, old: Snapshot, new: Snapshot | None) -> None:
        if self._photo is not None:
            kept = [new if one is old else one for one in self._photo.snapshots]
            self._photo.set_snapshots([one for one in kept if one is not None])
        self._exchange(old, new)

    def _exchange(self, old: Snapshot, new: Snapshot | None) -> None:
        """Where a snapshot is compared, another version of it is from now on."""
        if old in (self._compared, self._after):
            before, after = (new if one is old else one for one in (self._compared, self._after))
            self._stand_in(before, after)
