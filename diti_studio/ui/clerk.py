"""A second thread beside the inference worker, for errands on the disk that may take long and need no network.

Looking through folders, checking hashes or copying a pack must neither stop the window nor make an edit wait. The
thread starts with the first errand.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal
from shiboken6 import isValid

from diti_studio.core.cancel import CancelToken
from diti_studio.core.errors import Cancelled, DitiError
from diti_studio.ui.jobs import (
    Job,
)
from diti_studio.ui.mailbox import Mailbox
from diti_studio.ui.sentences import told

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, eq=False)
class Errand(Job):
    """A piece of work and who hears of it.

    Attributes:
        owner: while it lives, it is told; an errand whose owner is gone is still done.
        do: called in the clerk's thread with a token that says when to stop.
        then: called in the window's thread with what ``do`` returned.
        refused: called there with one sentence when ``do`` raised.
    """

    owner: QObject
    do: Callable[[CancelToken], Any]
    then: Callable[[Any], object]
    refused: Callable[[str], object]


class Clerk(QThread):
    """Does errands, one after the other; a newer one of a lane replaces the one that waits or runs."""

    _answered = Signal(object, object)  # Errand, result
    _failed = Signal(object, object)  # Errand, Exception

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("clerk")
        self._mailbox = Mailbox()
        self._closed = False
        self._answered.connect(self._tell)
        self._failed.connect(self._tell_failure)

    def send(
        self,
        owner: QObject,
        do: Callable[[CancelToken], Any],
        then: Callable[[Any], object],
        refused: Callable[[str], object],
        *,
        lane: str | None = None,
    ) -> None:
        """Hands in an errand; see ``Errand``. A lane belongs to its owner."""
        if self._closed:
            return
        named = f"{lane} {id(owner)}" if lane is not None else None
        self._mailbox.put(Errand(owner=owner, do=do, then=then, refused=refused, lane=named))
        if not self.isRunning():
            self.start()

    def stop(self, timeout_ms: int = 10_000) -> bool:
        """Ends the running errand and the thread; False when it does not end in time."""
        self._closed = True
        self._mailbox.close()
        return self.wait(timeout_ms)

    def run(self) -> None:
        """The thread's life."""
        while (ticket := self._mailbox.take()) is not None:
            errand = ticket.job
            assert isinstance(errand, Errand)
            try:
                self._answered.emit(errand, errand.do(ticket.replaced))
            except Cancelled:
                log.debug("an errand was given up")
            except Exception as error:  # a defect must not end the thread
                if not isinstance(error, DitiError):
                    log.exception("an errand failed")
                self._failed.emit(errand, error)
            del errand, ticket  # what an errand holds belongs to the window: this thread must not be the last to let go

    def _tell(self, errand: Errand, result: object) -> None:
        if isValid(errand.owner):
            errand.then(result)

    def _tell_failure(self, errand: Errand, error: Exception) -> None:
        if isValid(errand.owner):
            known = isinstance(error, DitiError)
            errand.refused(told(str(error)) if known else f"{type(error).__name__}: {error}")
