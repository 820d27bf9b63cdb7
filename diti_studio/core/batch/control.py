"""Pause, go on and cancel, from any thread; and what a watcher is told meanwhile."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from diti_studio.core.cancel import CancelToken


@dataclass(frozen=True)
class Progress:
    """How far a batch is.

    Attributes:
        total: results that the job has.
        done, failed, skipped: of them, in all runs of the job together.
        now: the picture that is being worked on.
        seconds: since this run began, pauses left out.
        seconds_left: at the present rate; None until a result is done.
    """

    total: int
    done: int
    failed: int
    skipped: int
    now: str
    seconds: float
    seconds_left: float | None


class Control(CancelToken):
    """A cancel token that can also hold the work between two network calls.

    Who holds it gives a reason, so that a user's pause and, say, a window that renders a picture at the same time do
    not undo one another: the work goes on when nobody holds it any more.
    """

    def __init__(self) -> None:
        super().__init__()
        self._free = threading.Condition()
        self._held = set[str]()
        self.seconds_held = 0.0

    @property
    def paused(self) -> bool:
        """True while somebody holds the work."""
        return bool(self._held)

    def pause(self, reason: str = "user") -> None:
        """Holds the work at its next step."""
        with self._free:
            self._held.add(reason)

    def go_on(self, reason: str = "user") -> None:
        """Lets go; the work continues when nobody else holds it."""
        with self._free:
            self._held.discard(reason)
            self._free.notify_all()

    def cancel(self) -> None:
        """Asks the work to end at its next step, paused or not."""
        super().cancel()
        with self._free:
            self._free.notify_all()

    def check(self) -> None:
        """Waits while the work is held; raises Cancelled once it is cancelled."""
        with self._free:
            began = time.monotonic()
            while self._held and not self.cancelled:
                self._free.wait(0.5)  # a signal's handler runs between two waits
            self.seconds_held += time.monotonic() - began
        super().check()
