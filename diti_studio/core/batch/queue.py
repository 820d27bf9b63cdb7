"""A job in its output folder's journal: queued or taken up again, and what is done, left to do and failed."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from diti_studio.core import packs, pictures
from diti_studio.core.atomic import TEMPORARIES
from diti_studio.core.batch.errors import BatchStopped
from diti_studio.core.batch.inputs import Input, collect
from diti_studio.core.batch.job import Job
from diti_studio.core.batch.journal import ALL_INPUTS, NAME, SHEET, Frozen, Journal, Output
from diti_studio.core.batch.plan import FOREIGN, file_digest, names, plan, recipe_hashes
from diti_studio.core.batch.templates import RESERVED, Template, usual
from diti_studio.core.errors import PictureError, UsageError
from diti_studio.core.packs import Pack

# What a full disk or a share that went away answers: no picture's fault, and the next would fare no better.
_PLACE_GONE = frozenset(
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EROFS", "EIO", "ESTALE", "ENOTCONN", "ENODEV", "ENXIO", "EHOSTDOWN", "ETIMEDOUT")
    if hasattr(errno, name)
)
LATER = "continue later with --resume"

Key = tuple[int, int]


@dataclass(frozen=True)
class Failure:
    """A picture, or a result, that could not be had: where it lies and why, one sentence."""

    path: Path
    reason: str


class Batch:
    """A job being done in its folder. One at a time has a folder; ``close`` lets go of it."""

    def __init__(self, journal: Journal, frozen: Frozen, job: Job, pack: Pack) -> None:
        self.job, self.pack = job, pack
        self.out = Path(job.out)
        self.queued = datetime.fromisoformat(frozen.queued)
        self.inputs: list[Input] = journal.inputs(frozen.number)
        self.rows = job.rows or frozen.rows
        self.variants = job.variants
        self._journal, self._number = journal, frozen.number
        self._lock = threading.RLock()
        self._outputs: dict[Key, Output] = {(o.input, o.variant): o for o in journal.outputs(frozen.number)}
        self._counts = Counter(output.state for output in self._outputs.values())

    # -- beginning -------------------------------------------------------------------------------------

    @classmethod
    def queue(cls, job: Job, pack: Pack | None = None, now: datetime | None = None) -> Batch:
        """Freezes a job into its folder's journal. Nothing is written there, but the journal, before all is checked.

        Raises:
            UsageError: what the pack lacks, an input that is not there, a template that makes two results the same...
            PictureError: a reference that cannot be read.
            BatchStopped: the output folder cannot be written.
        """
        job = job.seen_from(Path.cwd())
        pack = pack or packs.find(job.pack)
        job = job.model_copy(update={"pack": str(pack.path.absolute())})
        job.check(pack)
        Template(job.template or usual(len(job.sweeps), len(job.references)))
        lenders = {path: _lender_digest(path) for path in dict.fromkeys(v.reference for v in job.variants) if path}
        queued = now or datetime.now().astimezone()
        out = Path(job.out)
        journal = Journal(out) if (out / RESERVED / NAME).is_file() else None
        try:
            written = journal.written() if journal else {}
            results = {Path(os.path.abspath(out / path)) for path in written}  # noqa: PTH100
            inputs = collect(job.inputs, recursive=job.recursive, leave_out=results)
            for _ in names(
                job, pack.manifest.name, inputs, queued
            ):  # refuses what it must while there is no folder yet
                pass
            if journal is None:
                _make_folder(out)
                journal = Journal(out)
            sources = [*(entry.path for entry in inputs), *map(Path, lenders)]
            recipes = recipe_hashes(job, pack.identity, lenders)
            outputs = plan(job, pack.manifest.name, inputs, queued, out, written, recipes, sources)
            journal.add(queued.isoformat(), job.to_json(), pack.identity, json.dumps(lenders), inputs, outputs)
            frozen = journal.last()
            assert frozen is not None
            return cls(journal, frozen, job, pack)
        except BaseException:
            if journal:
                journal.close()
            raise

    @classmethod
    def reopen(cls, out: Path, *, retry: bool = False) -> Batch:
        """Takes up the last job of a folder where it was left: nothing is done twice, nothing left out.

        Args:
            retry: what failed is to be tried again.

        Raises:
            UsageError: there is none, or its pack or a reference has changed.
        """
        out = Path(os.path.abspath(out))  # noqa: PTH100
        if not (out / RESERVED / NAME).is_file():
            raise UsageError(f"There is no batch in {out} that could be continued.")
        journal = Journal(out)
        try:
            frozen = journal.last()
            if frozen is None:
                raise UsageError(f"There is no batch in {out} that could be continued.")
            job = Job.from_json(frozen.job).model_copy(update={"out": str(out)})  # the folder may have been moved
            pack = packs.find(job.pack)
            if pack.identity != frozen.pack:
                raise UsageError(f"The model pack {pack.manifest.name} is not the one with which the batch was begun.")
            for path, digest in json.loads(frozen.lenders).items():
                if _lender_digest(path) != digest:
                    raise UsageError(f"The reference {path} was changed since the batch was begun: put it back.")
            batch = cls(journal, frozen, job, pack)
            batch._recover(retry)
            return batch
        except BaseException:
            journal.close()
            raise

    def close(self) -> None:
        """Lets go of the folder."""
        self._journal.close()

    def is_of(self, job: Job) -> bool:
        """True when this is the batch that such a job would begin."""
        pack = packs.find(job.pack).path.absolute()
        return job.seen_from(Path.cwd()).model_copy(update={"out": self.job.out, "pack": str(pack)}) == self.job

    def _recover(self, retry: bool) -> None:
        changed = list[Output]()
        for output in self._outputs.values():
            target = self.out / output.path
            if output.state == "writing":
                whole = file_digest(target) == output.sha256
                changed.append(replace(output, state="done" if whole else "pending"))
            elif output.state == "done" and not _has_size(target, output.size):
                changed.append(replace(output, state="pending"))
            elif output.state == "failed" and retry:
                changed.append(replace(output, state="pending", reason=None))
        for folder in {(self.out / o.path).parent for o in self._outputs.values() if o.state == "writing"}:
            for left in folder.glob(TEMPORARIES):  # of a killed run; nobody else has this folder
                with contextlib.suppress(OSError):
                    left.unlink()
        if retry:
            for i, entry in enumerate(self.inputs):
                if not entry.path.is_dir():  # what was not found may be there now; what it holds was never listed
                    self.inputs[i] = replace(entry, problem=None)
        self._set(changed)

    # -- asking ----------------------------------------------------------------------------------------

    def count(self, *states: str) -> int:
        """How many outputs are in one of these states."""
        with self._lock:
            return sum(self._counts[state] for state in states)

    @property
    def total(self) -> int:
        """How many outputs the job has."""
        return len(self._outputs)

    def todo(self) -> list[int]:
        """Numbers of the pictures that have results to be made, in order."""
        with self._lock:
            return sorted({o.input for o in self._outputs.values() if o.state == "pending" and o.variant != SHEET})

    def wanted(self, number: int, digest: str) -> list[Output]:
        """The outputs to be made of a picture whose file has this sha256.

        Those that were made of other content under the same name are wanted again.
        """
        with self._lock:
            own = self._of(number)
            stale = [o for o in own if o.state == "done" and o.input_sha256 not in (None, digest)]
            if stale:
                sheets = [o for o in self._outputs.values() if o.variant == SHEET and o.input in (number, ALL_INPUTS)]
                stale += [o for o in sheets if o.state == "done"]
                self._set([replace(o, state="pending", replaces=o.sha256) for o in stale])
            return [o for o in self._of(number) if o.state == "pending" and o.variant != SHEET]

    def sheets(self) -> list[Output]:
        """The contact sheets that are to be made; asked when all pictures are done."""
        with self._lock:
            return [o for o in self._outputs.values() if o.variant == SHEET and o.state == "pending"]

    def results(self, number: int) -> list[Path] | None:
        """Where the results of a picture lie, by variant; None unless all are there."""
        with self._lock:
            own = [o for o in self._of(number) if o.variant != SHEET]
        paths = [self.out / o.path for o in own]
        there = all(o.state in ("done", "skipped") for o in own) and all(path.is_file() for path in paths)
        return paths if own and there else None

    def failures(self) -> list[Failure]:
        """What failed, each picture and reason once."""
        with self._lock:
            failed = [o for o in self._outputs.values() if o.state == "failed"]
        out = dict[Failure, None]()
        for output in failed:
            path = self.out / output.path if output.input == ALL_INPUTS else self.inputs[output.input].path
            out[Failure(path, output.reason or "It failed.")] = None
        return list(out)

    def place(self, number: int) -> str:
        """A picture's name as its folder's owner would say it."""
        entry = self.inputs[number]
        return f"{entry.folder}/{entry.path.name}" if entry.folder else entry.path.name

    def _of(self, number: int) -> list[Output]:
        return [self._outputs[number, v] for v in (*range(len(self.variants)), SHEET) if (number, v) in self._outputs]

    # -- doing -----------------------------------------------------------------------------------------

    def set_rows(self, rows: int) -> None:
        """Remembers how many pictures go into one network call."""
        self.rows = rows
        self._journal.set_rows(self._number, rows)

    def read(self, number: int) -> bytes:
        """The content of a picture's file.

        Raises:
            PictureError: it cannot be read.
            BatchStopped: the folder it was in has gone.
        """
        entry = self.inputs[number]
        if entry.problem:
            raise PictureError(entry.problem)
        try:
            return pictures.read_bytes(entry.path)
        except PictureError as error:
            cause = error.__cause__
            if not entry.root.is_dir() or (isinstance(cause, OSError) and cause.errno in _PLACE_GONE):
                raise BatchStopped(f"The folder {entry.root} cannot be reached any more: {LATER}.") from None
            raise

    def fail(self, number: int, reason: str) -> None:
        """Gives up a picture; the reason is one sentence."""
        with self._lock:
            self._set([replace(o, state="failed", reason=reason) for o in self._of(number) if o.state == "pending"])

    def fail_output(self, output: Output, reason: str) -> None:
        """Gives up one result."""
        self._set([replace(output, state="failed", reason=reason)])

    def store(self, output: Output, data: bytes, input_sha256: str | None, sources: Sequence[Path]) -> Output:
        """Writes a result under its name, whole or not at all, and records it. May be called from several threads.

        Returns:
            The output as it was recorded: done, or skipped or failed because a stranger's file is in the way.

        Raises:
            BatchStopped: the disk is full, or the output folder has gone.
        """
        digest = hashlib.sha256(data).hexdigest()
        output = replace(output, input_sha256=input_sha256, sha256=digest, size=len(data))
        try:
            self._check_folder()
            for folder in [*reversed(output.path.parents)][1:]:
                (self.out / folder).mkdir(exist_ok=True)
            output = self._make_way(output)
            if output.state == "pending":
                self._set([replace(output, state="writing")])
                pictures.write(data, self.out / output.path, sources, check=self._check_folder)
                output = replace(output, state="done")
        except (OSError, PictureError) as error:
            cause = error if isinstance(error, OSError) else error.__cause__
            self._check_folder()
            if isinstance(cause, OSError) and cause.errno in _PLACE_GONE:
                raise BatchStopped(f"Nothing more can be written to {self.out} ({cause.strerror}): {LATER}.") from None
            reason = str(error) if isinstance(error, PictureError) else f"{output.path}: {error.strerror}."
            output = replace(output, state="failed", reason=reason)
        self._set([output])
        return output

    def _make_way(self, output: Output) -> Output:
        """Looks whether something has come in the way since the job was queued."""
        target = self.out / output.path
        if not os.path.lexists(target):
            return output
        found = file_digest(target)
        if found == output.sha256:  # written before, and the journal did not live to hear of it
            return replace(output, state="done")
        if found is not None and found == output.replaces:
            return output
        if self.job.collision == "skip":
            return replace(output, state="skipped", reason="exists already")
        if self.job.collision == "number":
            with self._lock:
                taken = {o.path for o in self._outputs.values()}
                number, path = 1, output.path
                while path in taken or os.path.lexists(self.out / path):
                    number += 1
                    path = output.path.with_stem(f"{output.path.stem}-{number}")
                output = replace(output, path=path)
                self._set([output])
                return output
        return replace(output, state="failed", reason=FOREIGN.format(output.path))

    def _check_folder(self) -> None:
        """Nothing is written where the folder was once it has gone, and it is never made anew."""
        if not self._journal.in_place:
            raise BatchStopped(f"The folder {self.out} cannot be reached any more: {LATER}.")

    def _set(self, outputs: Sequence[Output]) -> None:
        if not outputs:
            return
        with self._lock:
            self._journal.update(self._number, outputs)
            for output in outputs:
                key = (output.input, output.variant)
                self._counts[self._outputs[key].state] -= 1
                self._counts[output.state] += 1
                self._outputs[key] = output


def _lender_digest(path: str) -> str:
    data = pictures.read_bytes(Path(path))
    pictures.open_image(data, Path(path).name).close()
    return hashlib.sha256(data).hexdigest()


def _has_size(path: Path, size: int | None) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BatchStopped(f"The folder {out} cannot be made: {error.strerror}.") from None
