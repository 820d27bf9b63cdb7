"""Small pictures of what could be done next: several edits in one batch, made when nothing else is, and remembered."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from diti_studio.ui.answers import (
    Failed,
    Swept,
)
from diti_studio.ui.jobs import (
    Job,
    Sweep,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diti_studio.core.edit import Edit
    from diti_studio.ui.session import State
    from diti_studio.ui.worker import Worker

SIDE = 256  # pixels of a picture
KEPT_BYTES = 48 << 20

Key = tuple[object, ...]
Images = tuple[QImage, ...]


class Sweeps(QObject):
    """One wish at a time: a newer one takes the place of the last, and one that gave way is asked for again."""

    made = Signal()
    """What was wished for last is there: ``ask`` returns it now."""

    def __init__(self, worker: Worker, lane: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._lane = lane
        self._kept = OrderedDict[Key, Images]()
        self._wish: tuple[Key, Sweep] | None = None
        self._failed = set[Key]()
        worker.swept.connect(self._take)
        worker.failed.connect(self._on_failed)
        worker.ended.connect(self._on_ended)

    def ask(self, state: State, edits: Sequence[Edit]) -> Images | None:
        """The pictures of a state's photo under these edits, one an edit; None while they are being made."""
        lender = state.lender if any(edit.needs_reference for edit in edits) else None
        key = (state.opened.job.serial, lender.job.serial if lender else None, *edits)
        if (images := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            self.cancel()
            return images
        if key not in self._failed and (self._wish is None or self._wish[0] != key):
            job = Sweep(opened=state.opened, edits=tuple(edits), lender=lender, side=SIDE, lane=self._lane)
            self._wish = key, job
            self._worker.submit(job)
        return None

    def cancel(self) -> None:
        """Nothing is wished for any more."""
        if self._wish is not None:
            self._wish = None
            self._worker.cancel(lambda job: job.lane == self._lane)

    def _take(self, swept: Swept) -> None:
        job = swept.job
        if job.lane != self._lane:
            return
        self._kept[job.opened.job.serial, job.lender.job.serial if job.lender else None, *job.edits] = swept.images
        while sum(image.sizeInBytes() for images in self._kept.values() for image in images) > KEPT_BYTES:
            self._kept.popitem(last=False)
        if self._wish is not None and self._wish[1] is job:
            self._wish = None
            self.made.emit()

    def _on_failed(self, failed: Failed) -> None:
        if self._wish is not None and failed.job is self._wish[1]:
            self._failed.add(self._wish[0])
            self._wish = None

    def _on_ended(self, _: Job) -> None:
        if self._wish is not None and not self._worker.holds(self._wish[1]):
            key, job = self._wish
            fresh = Sweep(opened=job.opened, edits=job.edits, lender=job.lender, side=SIDE, lane=self._lane)
            self._wish = key, fresh
            self._worker.submit(fresh)
