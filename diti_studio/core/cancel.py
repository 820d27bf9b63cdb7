"""A way to say stop, from any thread, to work that looks between its steps."""

from __future__ import annotations

import threading

from diti_studio.core.errors import Cancelled


class CancelToken:
    """Set once by whoever wants the work to end; the work calls ``check`` between two steps."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Asks the work to end at its next step."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """True once ``cancel`` was called."""
        return self._event.is_set()

    def check(self) -> None:
        """Raises Cancelled once ``cancel`` was called."""
        if self._event.is_set():
            raise Cancelled
