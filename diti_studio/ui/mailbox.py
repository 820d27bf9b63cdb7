"""The jobs that wait for the worker: newer ones replace older ones, and end the one that runs where that is right."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from diti_studio.core.cancel import CancelToken
from diti_studio.ui.jobs import (
    Job,
    Priority,
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
        self._running = list[Ticket]()  # the last one; those before it have stepped aside
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
            for running in self._running:
                if _gives_way(running.job, job):
                    running.replaced.cancel()
            self._changed.notify_all()

    def take(self) -> Ticket | None:
        """Waits for the next job; None once the box is closed. What was taken before counts as done."""
        with self._changed:
            self._running.clear()
            self._changed.wait_for(lambda: self._closed or self._waiting)
            if self._closed:
                return None
            return self._start(self._waiting)

    def take_before(self, ticket: Ticket, over: Callable[[], bool] = lambda: True) -> Ticket | None:
        """The next job that comes before a running one, which steps aside for it; None where there is none.

        A change of the pack is not stepped aside for, and nothing else is while it waits: what comes after it may be
        meant for the new pack, while the running job needs the old one to its end.

        Args:
            over: waits for such a job until this is so; ``wake`` has it looked at again.
        """
        with self._changed:
            del self._running[self._running.index(ticket) + 1 :]  # what was taken meanwhile is done
            self._changed.wait_for(lambda: self._closed or over() or self._before(ticket.job))
            jobs = self._before(ticket.job)
            return self._start(jobs) if jobs and not self._closed else None

    def wake(self) -> None:
        """Lets who waits look again."""
        with self._changed:
            self._changed.notify_all()

    def _before(self, running: Job) -> list[Job]:
        if any(job.priority == Priority.PACK for job in self._waiting):
            return []
        return [job for job in self._waiting if job.priority < running.priority]

    def _start(self, jobs: list[Job]) -> Ticket:
        job = min(jobs, key=lambda waiting: waiting.priority)
        self._waiting.remove(job)
        self._running.append(Ticket(job))
        self._unheard.add(job.serial)
        return self._running[-1]

    def cancel(self, which: Callable[[Job], bool]) -> bool:
        """Drops the waiting jobs that ``which`` names and stops those that run, or stepped aside; True if one does."""
        with self._changed:
            self._waiting = [job for job in self._waiting if not which(job)]
            stopped = [running for running in self._running if which(running.job)]
            for running in stopped:
                running.stopped.cancel()
                running.replaced.cancel()
            return bool(stopped)

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
