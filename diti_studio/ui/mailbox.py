"""The jobs that wait for the worker: newer ones replace older ones, and end the one that runs where that is right."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from diti_studio.core.cancel import CancelToken
from diti_studio.ui.jobs import (
    Job,
)


@dataclass(frozen=True, eq=False)
class Ticket:
    """A job that runs, and the two ways in which it is asked to end.

    Attributes:
        replaced: a newer job of its lane waits, or one that comes before this one, where this one is idle work.
        stopped: the user or the program's end says stop.
    """

    job: Job
    replaced: CancelToken = field(default_factory=CancelToken)
    stopped: CancelToken = field(default_factory=CancelToken)


class Mailbox:
    """Jobs by priority, then in the order of asking. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[Job] = []
        self._running: Ticket | None = None
        self._unheard = set[int]()  # serials of jobs that were taken
        self._closed = False

    def put(self, job: Job) -> None:
        """Adds a job and replaces those that it makes useless."""
        with self._changed:
            if self._closed:
                return
            if job.lane is not None:
                self._waiting = [other for other in self._waiting if other.lane != job.lane]
            self._waiting.append(job)
            running = self._running
            if running is not None and _gives_way(running.job, job):
                running.replaced.cancel()
            self._changed.notify()

    def take(self) -> Ticket | None:
        """Waits for the next job; None once the box is closed. What was taken before counts as done."""
        with self._changed:
            self._running = None
            self._changed.wait_for(lambda: self._closed or self._waiting)
            if self._closed:
                return None
            job = min(self._waiting, key=lambda waiting: waiting.priority)
            self._waiting.remove(job)
            self._running = Ticket(job)
            self._unheard.add(job.serial)
            return self._running

    def cancel(self, which: Callable[[Job], bool]) -> bool:
        """Drops the waiting jobs that ``which`` names and stops the running one if it does; True if it runs."""
        with self._changed:
            self._waiting = [job for job in self._waiting if not which(job)]
            running = self._running
            if running is None or not which(running.job):
                return False
            running.stopped.cancel()
            running.replaced.cancel()
            return True

    def holds(self, job: Job) -> bool:
        """True while a job waits or runs, and until ``hear`` is told that it has ended."""
        with self._changed:
            return job in self._waiting or job.serial in self._unheard

    def hear(self, job: Job) -> None:
        """Whoever asked for a job knows by now that it has ended."""
        with self._changed:
            self._unheard.discard(job.serial)

    def close(self) -> None:
        """Drops everything, stops the running job and takes no more."""
        self.cancel(lambda _: True)
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def _gives_way(running: Job, newer: Job) -> bool:
    """Idle jobs do not end one another for nothing: who is ended asks again, and neither would ever be done."""
    if newer.lane is not None and running.lane == newer.lane:
        return True
    return running.idle and (not newer.idle or newer.priority < running.priority)
