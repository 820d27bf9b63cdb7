"""The thread in which a batch runs, beside the worker: the window's own edits are never behind it in a queue.

It has networks of its own. That takes the memory of the pack's weights a second time, and buys that a batch keeps the
pack and the device with which it was begun, whatever is chosen in the window meanwhile.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QThread, Signal

from diti_studio.core.errors import Cancelled, DitiError
from diti_studio.ui.sentences import told

if TYPE_CHECKING:
    from pathlib import Path

    from diti_studio.core.batch.control import Control, Progress
    from diti_studio.core.batch.queue import Batch, Failure
    from diti_studio.core.editor import Editor

log = logging.getLogger(__name__)

NICE = 10
TELL_SECONDS = 0.15
"""The window hears of results no more often than this."""

Ending = Literal["done", "stopped", "broken"]


@dataclass(frozen=True, eq=False)
class Standing:
    """How far a batch is, and what failed so far."""

    progress: Progress
    failures: tuple[Failure, ...]


@dataclass(frozen=True, eq=False)
class Ended:
    """A batch has ended and its folder is free: all was tried, the user stopped it, or something broke it off.

    Attributes:
        sentence: what broke it off.
        expected: False where the program is at fault.
        standing: None where it did not even begin.
    """

    how: Ending
    standing: Standing | None
    sentence: str = ""
    expected: bool = True


class BatchThread(QThread):
    """Takes up the last job of a folder's journal and does what is left of it, at a low priority."""

    moved = Signal(object)  # Standing
    noted = Signal(str)
    ended = Signal(object)  # Ended

    def __init__(
        self, out: Path, device: str, control: Control, *, retry: bool = False, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("batch")
        self._out, self._device, self._retry = out, device, retry
        self._control = control
        self._editor: Editor | None = None
        self._standing: Standing | None = None
        self._told = 0.0

    def stop(self) -> None:
        """Ends it within its step; what is done is kept."""
        self._control.cancel()
        editor = self._editor
        if editor is not None:
            editor.network.interrupt()

    def run(self) -> None:
        """The thread's life: one batch."""
        try:
            how, sentence, expected = self._do(), "", True
        except Cancelled:
            how, sentence, expected = "stopped", "", True
        except Exception as error:
            expected = isinstance(error, DitiError)
            if not expected:
                log.exception("the batch in %s failed", self._out)
            how, sentence = "broken", _sentence(error)
        self.ended.emit(Ended(how, self._standing, sentence, expected))

    def _do(self) -> Ending:
        from diti_studio.core.batch import priority
        from diti_studio.core.batch.queue import Batch

        priority.lower_thread(NICE)
        batch = Batch.reopen(self._out, retry=self._retry)
        try:
            self._run(batch)
        finally:
            self._editor = None
            batch.close()
        return "done"

    def _run(self, batch: Batch) -> None:
        from diti_studio.core.batch import engine
        from diti_studio.core.editor import Editor

        journal = _LogFile(batch.out)
        report = engine.Reporter(batch, self._control, log=journal)
        self._tell(batch, report.progress())
        journal(f"begin {batch.count('pending')} of {batch.total} results in {batch.out}")

        def watch(progress: Progress) -> None:
            if time.monotonic() - self._told > TELL_SECONDS:
                self._tell(batch, progress)

        try:
            if batch.todo():
                self._editor = editor = Editor(batch.pack, self._device)
                if editor.notes:
                    self.noted.emit(" ".join(map(told, editor.notes)))
                end = engine.run(batch, editor, self._control, watch, journal)
            else:  # a contact sheet may be left to make, which needs no networks
                engine.make_sheets(batch, self._control, report)
                end = report.progress()
            journal(f"end {end.done} done, {end.failed} failed, {end.skipped} skipped")
        except BaseException as error:
            journal(f"stopped: {str(error) or type(error).__name__}")
            raise
        finally:
            self._tell(batch, report.progress())
            journal.close()

    def _tell(self, batch: Batch, progress: Progress) -> None:
        failures = self._standing.failures if self._standing is not None else ()
        if self._standing is None or progress.failed != self._standing.progress.failed:
            failures = tuple(batch.failures())
        self._standing = Standing(progress, failures)
        self._told = time.monotonic()
        self.moved.emit(self._standing)


class _LogFile:
    """The file beside the journal, to which the command line writes too; a full disk does not end the batch here."""

    def __init__(self, out: Path) -> None:
        from diti_studio.core.batch.templates import RESERVED

        self._handler = logging.FileHandler(
            out / RESERVED / "log.txt", encoding="utf-8", errors="surrogateescape", delay=True
        )
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
        self._handler.handleError = lambda record: None  # type: ignore[method-assign]

    def __call__(self, line: str) -> None:
        text = "".join(c if c.isprintable() or "\ud800" <= c <= "\udfff" else repr(c)[1:-1] for c in line)
        self._handler.handle(logging.LogRecord("batch", logging.INFO, "", 0, text, (), None))

    def close(self) -> None:
        self._handler.close()


def _sentence(error: Exception) -> str:
    """What to tell; the command line's advice on how to go on is not the window's."""
    from diti_studio.core.batch.queue import LATER

    if not isinstance(error, DitiError):
        return f"{type(error).__name__}: {error}"
    return told(str(error)).removesuffix(f": {LATER}.").rstrip(".") + "."
