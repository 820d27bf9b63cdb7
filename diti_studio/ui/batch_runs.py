"""The batches that the window has begun or taken up: one runs, the others wait their turn, none is ever lost.

A batch is frozen into its folder's journal before it counts as begun. So the window can be closed or killed at any
time, and it or ``diti-studio batch --resume`` goes on where it was left.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal

from diti_studio.core.errors import DitiError
from diti_studio.ui.batch_thread import BatchThread, Ended, Standing

if TYPE_CHECKING:
    from diti_studio.core.batch.control import Control
    from diti_studio.core.batch.job import Job
    from diti_studio.core.cancel import CancelToken
    from diti_studio.core.packs import Pack
    from diti_studio.ui.clerk import Clerk
    from diti_studio.ui.preferences import Preferences
    from diti_studio.ui.worker import Worker

log = logging.getLogger(__name__)

REST_MS = 400
"""So long the worker must have nothing to do before a batch goes on: a drag is one burst of jobs."""

State = Literal["waiting", "running", "paused", "stopping", "done", "stopped", "broken", "unfinished"]
ACTIVE: tuple[State, ...] = ("running", "paused", "stopping")


class Run(QObject):
    """One batch as the window sees it.

    Attributes:
        out: its folder, which names it.
        state: ``unfinished`` was left by an earlier start, ``stopped`` by the user, ``broken`` by what ``sentence``
            says; all three can go on.
        standing: None until something is known.
        left: of an unfinished one, how many results are left to make.
    """

    changed = Signal()

    def __init__(self, out: Path, state: State, parent: QObject, *, left: int = 0) -> None:
        super().__init__(parent)
        self.out = out
        self.state: State = state
        self.standing: Standing | None = None
        self.left = left
        self.sentence = ""
        self.retry = False

    def become(self, state: State, sentence: str = "") -> None:
        """Takes another state."""
        self.state, self.sentence = state, sentence
        self.changed.emit()

    def move(self, standing: Standing) -> None:
        """Hears how far it is."""
        self.standing = standing
        self.changed.emit()


class BatchRuns(QObject):
    """Begins batches, runs them one after the other in a thread of their own, and remembers what is unfinished."""

    listed = Signal()
    """Runs came or went."""
    ended = Signal(object)
    """A Run has ended by itself."""
    noted = Signal(str)
    """A sentence about the device."""
    found = Signal(int)
    """So many batches were left unfinished by an earlier start."""

    def __init__(self, worker: Worker, clerk: Clerk, preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self._clerk = clerk
        self._preferences = preferences
        self._runs = list[Run]()
        self._current: Run | None = None
        self._thread: BatchThread | None = None
        self._control: Control | None = None
        self._courtesy = _Courtesy(worker, self)
        self._looked = False
        self.device = "auto"
        """What the next batch runs on."""

    @property
    def runs(self) -> tuple[Run, ...]:
        """All that are known, in the order of asking."""
        return tuple(self._runs)

    @property
    def current(self) -> Run | None:
        """The one that runs."""
        return self._current

    # -- beginning -------------------------------------------------------------------------------------

    def begin(self, job: Job, pack: Pack, then: Callable[[Run], object], refused: Callable[[str], object]) -> None:
        """Freezes a job into its folder's journal and runs it when its turn comes.

        ``refused`` hears in one sentence why it cannot be done; nothing is changed then.
        """
        out = Path(job.out)
        if any(run.out == out and run.state in ("waiting", *ACTIVE) for run in self._runs):
            refused(self.tr("Another batch is writing to {0}: wait for its end, or choose a folder.").format(out))
            return

        def freeze(_: CancelToken) -> Path:
            from diti_studio.core.batch.queue import Batch

            batch = Batch.queue(job, pack)
            try:
                return batch.out
            finally:
                batch.close()

        self._clerk.send(self, freeze, lambda frozen: then(self._add(frozen)), refused)

    def _add(self, out: Path) -> Run:
        for run in [run for run in self._runs if run.out == out]:
            self.forget(run)  # its job has given way to the new one in the folder's journal
        self._preferences.add_batch(out)
        run = Run(out, "waiting", self)
        self._runs.append(run)
        self.listed.emit()
        self._next()
        return run

    def look_for_leftovers(self) -> None:
        """Looks once whether batches of earlier starts were left unfinished."""
        if self._looked:
            return
        self._looked = True
        folders = self._preferences.batches
        if folders:
            self._clerk.send(self, lambda token: [_peek(out) for out in folders], self._on_leftovers, log.info)

    def _on_leftovers(self, found: list[_Found]) -> None:
        count = 0
        for one in found:
            if one.left == 0:
                self._preferences.remove_batch(one.out)
            elif one.left is not None and all(run.out != one.out for run in self._runs):
                self._runs.append(Run(one.out, "unfinished", self, left=one.left))
                count += 1
        if count:
            self.listed.emit()
            self.found.emit(count)

    # -- while it runs ---------------------------------------------------------------------------------

    def pause(self, run: Run) -> None:
        """Holds it at its next step."""
        if run is self._current and self._control is not None and run.state == "running":
            self._control.pause()
            run.become("paused")

    def go_on(self, run: Run) -> None:
        """Lets it go on: one that is paused, was stopped, broke off, or was left by an earlier start."""
        if run is self._current and self._control is not None:
            if run.state == "paused":
                self._control.go_on()
                run.become("running")
        elif run.state in ("stopped", "broken", "unfinished"):
            self._again(run, retry=False)

    def retry(self, run: Run) -> None:
        """Tries again what failed."""
        if run.state in ("done", "stopped", "broken"):
            self._again(run, retry=True)

    def cancel(self, run: Run) -> None:
        """Ends it at its next step, or takes it out of the line; what is done stays, and it can go on later."""
        if run.state == "waiting":
            run.become("stopped")
        elif run is self._current and self._thread is not None and run.state in ACTIVE:
            run.become("stopping")
            self._thread.stop()

    def forget(self, run: Run) -> None:
        """Takes it off the list; its folder keeps all that was written."""
        if run.state in ("waiting", *ACTIVE):
            return
        self._runs.remove(run)
        self._preferences.remove_batch(run.out)
        self.listed.emit()
        run.deleteLater()

    def stop(self) -> bool:
        """Ends what runs, to be taken up at the next start; False when it does not end in time."""
        self._courtesy.stop()
        if self._thread is None:
            return True
        self._thread.ended.disconnect(self._on_ended)
        self._thread.stop()
        return self._thread.wait(10_000)

    def _again(self, run: Run, *, retry: bool) -> None:
        run.retry = retry
        self._preferences.add_batch(run.out)
        run.become("waiting")
        self._next()

    def _next(self) -> None:
        from diti_studio.core.batch.control import Control

        run = next((run for run in self._runs if run.state == "waiting"), None)
        if self._current is not None or run is None:
            return
        self._current, self._control = run, Control()
        self._courtesy.attend(self._control)
        self._thread = thread = BatchThread(run.out, self.device, self._control, retry=run.retry, parent=self)
        run.retry = False
        thread.moved.connect(run.move)
        thread.noted.connect(self.noted)
        thread.ended.connect(self._on_ended)
        thread.finished.connect(thread.deleteLater)
        run.become("running")
        thread.start(QThread.Priority.LowPriority)

    def _on_ended(self, ended: Ended) -> None:
        run, thread = self._current, self._thread
        assert run is not None
        assert thread is not None
        thread.wait()
        self._current = self._thread = self._control = None
        self._courtesy.attend(None)
        if ended.standing is not None:
            run.standing = ended.standing
        if not ended.expected:
            log.error("a batch broke off: %s", ended.sentence)
        run.become(ended.how, ended.sentence)
        if ended.how == "done":
            self._preferences.remove_batch(run.out)
        if ended.how != "stopped":
            self.ended.emit(run)
        self._next()


class _Courtesy(QObject):
    """Holds the running batch while the worker has something to do for the person at the window, and a moment longer.

    The worker says so from its own thread, so that the batch makes no further step meanwhile.
    """

    def __init__(self, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._control: Control | None = None
        self._jobs = 0  # that have begun and not ended: one may have stepped aside for another
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self._rest)
        worker.began.connect(self._on_began, Qt.ConnectionType.DirectConnection)
        worker.ended.connect(self._on_ended, Qt.ConnectionType.DirectConnection)
        worker.ended.connect(self._start_rest)

    def attend(self, control: Control | None) -> None:
        """Holds this one from now on."""
        with self._lock:
            self._control = control
            if control is not None and self._jobs:
                control.pause("window")

    def stop(self) -> None:
        """The window closes."""
        self._timer.stop()
        self._timer.blockSignals(True)

    def _on_began(self) -> None:
        with self._lock:
            self._jobs += 1
            if self._control is not None:
                self._control.pause("window")

    def _on_ended(self) -> None:
        with self._lock:
            self._jobs -= 1

    def _start_rest(self) -> None:
        self._timer.start()

    def _rest(self) -> None:
        with self._lock:
            if not self._jobs and self._control is not None:
                self._control.go_on("window")


@dataclass(frozen=True)
class _Found:
    """A folder that had an unfinished batch; ``left`` is None where that cannot be told now."""

    out: Path
    left: int | None


def _peek(out: Path) -> _Found:
    """How many results a folder's last job has left to make; nothing is changed there."""
    from diti_studio.core.batch.journal import NAME, Journal
    from diti_studio.core.batch.templates import RESERVED

    if not (out / RESERVED / NAME).is_file():
        return _Found(out, None)  # its disk may be away
    try:
        journal = Journal(out)
        try:
            last = journal.last()
            outputs = journal.outputs(last.number) if last is not None else []
        finally:
            journal.close()
    except DitiError as error:  # in use by the command line, or damaged
        log.info("%s", error)
        return _Found(out, None)
    return _Found(out, sum(output.state in ("pending", "writing") for output in outputs))
