"""Runs a batch on this machine: reading, inferring and writing overlap.

Readers decode and frame a few pictures ahead; this thread owns the networks and feeds them full batches; writers
compose, encode and record. What is in flight is bounded, so that memory does not grow with the job.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

from diti_studio.core import pictures, recipes
from diti_studio.core.batch import contact_sheet
from diti_studio.core.batch.control import Control, Progress
from diti_studio.core.batch.errors import BatchStopped
from diti_studio.core.batch.journal import Output
from diti_studio.core.batch.queue import Batch
from diti_studio.core.batch.rows import fastest_rows
from diti_studio.core.batch.work import Read, Rendered, Work, reason
from diti_studio.core.editor import Editor
from diti_studio.core.errors import DitiError, PictureError

THREADS = max(2, min(4, os.cpu_count() or 1))  # of readers, and of writers
HELD_BYTES = 512 << 20  # pixels of pictures that wait for the network, and as much of those that are read ahead
COMPOSED_PIXELS = 16_000_000  # of results that are composed at once; each takes some 60 bytes while it is
FEW = 8  # pictures' network calls below which measuring the best batch costs more than it brings

Watch = Callable[[Progress], None]
Log = Callable[[str], None]


def silent(_: object) -> None:
    """Nobody watches."""


class Reporter:
    """Tells a watcher and a log how far a batch is."""

    def __init__(self, batch: Batch, control: Control, watch: Watch = silent, log: Log = silent) -> None:
        self.log = log
        self._batch, self._control, self._watch = batch, control, watch
        self._began, self._held_before = time.monotonic(), control.seconds_held
        self._done_before = batch.count("done", "failed")

    def progress(self, now: str = "") -> Progress:
        """How far it is."""
        batch = self._batch
        seconds = time.monotonic() - self._began - (self._control.seconds_held - self._held_before)
        finished = batch.count("done", "failed") - self._done_before
        left = seconds / finished * batch.count("pending", "writing") if finished else None
        return Progress(
            batch.total, batch.count("done"), batch.count("failed"), batch.count("skipped"), now, seconds, left
        )

    def tell(self, now: str = "") -> None:
        """Tells the watcher."""
        self._watch(self.progress(now))

    def stored(self, output: Output) -> None:
        """A result was written, or was not."""
        self.log(f"{output.state} {output.path}" + (f": {output.reason}" if output.reason else ""))

    def failed(self, number: int, why: str) -> None:
        """A picture was given up."""
        self._batch.fail(number, why)
        self.log(f"failed {self._batch.place(number)}: {why}")


def run(
    batch: Batch, editor: Editor, control: Control | None = None, watch: Watch = silent, log: Log = silent
) -> Progress:
    """Makes what a batch has left to make. Returns how far it is then: all is done, skipped or failed.

    Args:
        watch: called in this thread after each result.
        log: called with one line for each event, from several threads.

    Raises:
        Cancelled: through ``control``, at the next network call; what was done is kept.
        BatchStopped: the disk is full, a folder has gone. ``Batch.reopen`` takes it up later.
    """
    control = control or Control()
    report = Reporter(batch, control, watch, log)
    todo = batch.todo()
    if todo:
        lenders = {v.reference: pictures.read_bytes(Path(v.reference)) for v in batch.variants if v.reference}
        work = Work(batch.job, editor, lenders)
        _Run(batch, work, control, report).go(todo)
    make_sheets(batch, control, report)
    report.tell()
    return report.progress()


def make_sheets(batch: Batch, control: Control, report: Reporter) -> None:
    """Makes the contact sheets that are left to make, from the results on the disk."""
    for output in batch.sheets():
        control.check()
        try:
            data = contact_sheet.make(batch, output.input)
        except PictureError as error:
            batch.fail_output(output, str(error))
            report.log(f"failed {output.path}: {error}")
            continue
        report.stored(batch.store(output, data, None, [entry.path for entry in batch.inputs]))
        report.tell(output.path.name)


def recipe_for(batch: Batch, output: Output) -> str | None:
    """The recipe that a result carries, its reference named from where the result lies."""
    if not batch.job.keep_recipe:
        return None
    return recipes.seen_from(batch.variants[output.variant].edit, batch.out / output.path).to_json()


def sources_of(batch: Batch, output: Output) -> list[Path]:
    """The files that a result is made of, which it never replaces."""
    lender = batch.variants[output.variant].reference
    return [batch.inputs[output.input].path, *([Path(lender)] if lender else [])]


class _Run:
    def __init__(self, batch: Batch, work: Work, control: Control, report: Reporter) -> None:
        self._batch, self._work, self._control, self._report = batch, work, control, report
        self._reading = deque[tuple[int, Future[Read]]]()
        self._writing = set[Future[Output]]()
        self._sizes = deque[int](maxlen=64)  # bytes of the pictures that were read last
        self._composing = _Budget(COMPOSED_PIXELS)

    def go(self, todo: list[int]) -> None:
        rows = self._rows(len(todo))
        with (
            ThreadPoolExecutor(THREADS, "batch-read") as readers,
            ThreadPoolExecutor(THREADS, "batch-write") as writers,
        ):
            try:
                for group in self._groups(todo, readers, rows):
                    self._make(group, writers, rows)
                while self._writing:
                    self._harvest()
            finally:  # what is being written is finished and recorded, whatever happened
                for _, future in self._reading:
                    future.cancel()
                writers.shutdown(wait=True)

    def _rows(self, pictures_left: int) -> int:
        """The size of a network call: as asked, as measured when the job was begun, or measured now."""
        if self._batch.rows:
            return self._batch.rows
        if pictures_left < FEW:
            return 1
        rows = fastest_rows(self._work.editor, pictures_left)
        self._batch.set_rows(rows)
        self._report.log(f"{rows} pictures in one network call on {self._work.editor.device.title}")
        return rows

    def _groups(self, todo: list[int], readers: ThreadPoolExecutor, rows: int) -> Iterator[list[tuple[int, Read]]]:
        """Pictures that were read, at most ``rows`` at once; the next ones are read meanwhile."""
        waiting = deque(todo)
        group, held = list[tuple[int, Read]](), 0
        while waiting or self._reading:
            ahead = min(rows + THREADS, max(THREADS, HELD_BYTES // max(self._sizes, default=HELD_BYTES)))
            while waiting and len(self._reading) < ahead:
                number = waiting.popleft()
                self._reading.append((number, readers.submit(self._read, number)))
            number, future = self._reading.popleft()
            self._control.check()
            try:
                read = future.result()
            except BatchStopped:
                raise
            except DitiError as error:
                self._report.failed(number, reason(error, self._batch.inputs[number].path.name))
                self._report.tell(self._batch.place(number))
                continue
            for note in read.cut.notes:
                self._report.log(f"note {self._batch.place(number)}: {note}")
            self._sizes.append(read.bytes)
            group.append((number, read))
            held = sum(read.bytes for _, read in group)
            if len(group) >= rows or held >= HELD_BYTES:
                yield group
                group, held = [], 0
        if group:
            yield group

    def _read(self, number: int) -> Read:
        name = self._batch.inputs[number].path.name
        data = self._batch.read(number)
        try:
            return self._work.read(data, name)
        except MemoryError:
            raise PictureError(f"{name} needs more memory than this machine has.") from None

    def _make(self, group: list[tuple[int, Read]], writers: ThreadPoolExecutor, rows: int) -> None:
        self._report.tell(self._batch.place(group[0][0]))
        wanted = [self._batch.wanted(number, read.digest) for number, read in group]
        asked = [[output.variant for output in outputs] for outputs in wanted]
        rendered = self._work.render([read for _, read in group], asked, rows, self._control)
        for (_, read), outputs, picture in zip(group, wanted, rendered, strict=True):
            for output in outputs:
                while len(self._writing) >= 2 * THREADS:
                    self._harvest()
                self._writing.add(writers.submit(self._write, picture, output, read.digest))

    def _write(self, rendered: Rendered, output: Output, digest: str) -> Output:
        try:
            with self._composing.share(rendered.pixels):
                data = self._work.finish(rendered, output.variant, recipe_for(self._batch, output))
        except PictureError as error:
            self._batch.fail_output(output, str(error))
            self._report.log(f"failed {output.path}: {error}")
            return output
        stored = self._batch.store(output, data, digest, sources_of(self._batch, output))
        self._report.stored(stored)
        return stored

    def _harvest(self) -> None:
        """Waits for a result and hears of what went wrong with it."""
        finished, self._writing = wait(self._writing, return_when=FIRST_COMPLETED)
        for future in finished:
            output = future.result()
            self._report.tell(self._batch.place(output.input))


class _Budget:
    """Lets threads share a bounded amount; one that asks for more than all of it waits until it is alone."""

    def __init__(self, amount: int) -> None:
        self._amount, self._used = amount, 0
        self._changed = threading.Condition()

    @contextmanager
    def share(self, amount: int) -> Generator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._used or self._used + amount <= self._amount)
            self._used += amount
        try:
            yield
        finally:
            with self._changed:
                self._used -= amount
                self._changed.notify_all()
