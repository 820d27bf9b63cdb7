"""What a folder's batches were told to do and have done: SQLite, beside the results, so that it goes where they go.

The write-ahead log is kept without shared memory (exclusive locking), which also works on network shares and lets only
one batch at a time write to a folder. A commit survives a killed process at once and a power failure within seconds;
what such a failure takes back is noticed when it is done again, because the same bytes lie there already.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from diti_studio.core.batch.errors import BatchStopped
from diti_studio.core.batch.inputs import Input
from diti_studio.core.batch.templates import RESERVED
from diti_studio.core.errors import UsageError

NAME = "journal.sqlite"
VERSION = 1
ALL_INPUTS = -1  # the input number of what is made of all pictures: the one contact sheet
SHEET = -1  # the variant number of a contact sheet

State = Literal["pending", "writing", "done", "skipped", "failed"]

_SCHEMA = """
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY, queued TEXT NOT NULL, job TEXT NOT NULL, pack TEXT NOT NULL, rows INTEGER,
    lenders TEXT NOT NULL
);
CREATE TABLE inputs (
    job INTEGER, number INTEGER, path BLOB NOT NULL, root BLOB NOT NULL, folder BLOB NOT NULL, problem TEXT,
    PRIMARY KEY (job, number)
) WITHOUT ROWID;
CREATE TABLE outputs (
    job INTEGER, input INTEGER, variant INTEGER, path BLOB NOT NULL, recipe TEXT NOT NULL, replaces TEXT,
    state TEXT NOT NULL, input_sha256 TEXT, sha256 TEXT, bytes INTEGER, reason TEXT,
    PRIMARY KEY (job, input, variant)
) WITHOUT ROWID;
CREATE INDEX outputs_by_path ON outputs (path);
"""


@dataclass(frozen=True)
class Output:
    """One file that a job makes.

    Attributes:
        input: number of the picture, or ``ALL_INPUTS``.
        variant: index in ``Job.variants``, or ``SHEET``.
        path: relative to the output folder.
        recipe: sha256 over all that decides the result but the picture.
        replaces: sha256 of the file that may be overwritten, which this program wrote.
        sha256, size: of the written file.
        reason: why it failed or was skipped.
    """

    input: int
    variant: int
    path: Path
    recipe: str
    replaces: str | None = None
    state: State = "pending"
    input_sha256: str | None = None
    sha256: str | None = None
    size: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Frozen:
    """A job as it was queued: its JSON, the pack's identity, the day and time, the lenders' hashes by path."""

    number: int
    queued: str
    job: str
    pack: str
    rows: int | None
    lenders: str


class Journal:
    """The journal of one output folder. May be used from several threads."""

    def __init__(self, out: Path) -> None:
        """Opens the folder's journal, or makes one.

        Raises:
            UsageError: another batch is writing there, or the file is no journal of this program.
            BatchStopped: the folder cannot be written.
        """
        self.folder = out / RESERVED
        self._lock = threading.Lock()
        try:
            self.folder.mkdir(exist_ok=True)
            self._db = sqlite3.connect(self.folder / NAME, timeout=0.5, check_same_thread=False, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise BatchStopped(f"The folder {out} cannot be written: {_text(error)}.") from None
        try:
            self._prepare()
        except BaseException as error:
            self._db.close()
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise UsageError(f"Another batch is writing to {out}: wait for its end, or choose a folder.") from None
            if isinstance(error, sqlite3.OperationalError):
                raise BatchStopped(f"The journal in {out} cannot be written: {_text(error)}.") from None
            if isinstance(error, sqlite3.Error):
                raise UsageError(f"The journal in {self.folder} is damaged: move that folder away.") from None
            raise

    @property
    def in_place(self) -> bool:
        """True while the folder is where it was; a share that went away leaves nothing, or an empty mount point."""
        try:
            return os.path.samestat((self.folder / NAME).stat(), self._status)
        except OSError:
            return False

    def _prepare(self) -> None:
        db = self._db
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("BEGIN IMMEDIATE")  # takes the lock, or hears that another has it
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            raise UsageError(f"The journal in {self.folder} was written by another version of this program.")
        if version == 0:
            for statement in _SCHEMA.split(";")[:-1]:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
        self._status = (self.folder / NAME).stat()  # its number lasts: the file is open

    def close(self) -> None:
        """Folds the log into the journal and lets go of the folder."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._db.close()

    @contextlib.contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                except BaseException:
                    self._db.execute("ROLLBACK")
                    raise
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                raise BatchStopped(
                    f"The journal in {self.folder} cannot be written ({_text(error)}): continue later with --resume."
                ) from None

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        with self._lock:
            try:
                return self._db.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise BatchStopped(f"The journal in {self.folder} cannot be read ({_text(error)}).") from None

    # -- jobs ------------------------------------------------------------------------------------------

    def add(
        self, queued: str, job: str, pack: str, lenders: str, inputs: Iterable[Input], outputs: Iterable[Output]
    ) -> int:
        """Freezes a job, whole or not at all, and returns its number."""
        with self._transaction() as db:
            number = db.execute(
                "INSERT INTO jobs (queued, job, pack, lenders) VALUES (?, ?, ?, ?)", (queued, job, pack, lenders)
            ).lastrowid
            assert number is not None
            db.executemany(
                "INSERT INTO inputs (job, number, path, root, folder, problem) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (number, i, os.fsencode(e.path), os.fsencode(e.root), os.fsencode(e.folder), e.problem)
                    for i, e in enumerate(inputs)
                ),
            )
            db.executemany(
                "INSERT INTO outputs (job, input, variant, path, recipe, replaces, state, reason)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (number, o.input, o.variant, _path_bytes(o.path), o.recipe, o.replaces, o.state, o.reason)
                    for o in outputs
                ),
            )
        return number

    def last(self) -> Frozen | None:
        """The job that was queued last."""
        rows = self._rows("SELECT number, queued, job, pack, rows, lenders FROM jobs ORDER BY number DESC LIMIT 1")
        return Frozen(*rows[0]) if rows else None

    def set_rows(self, job: int, rows: int) -> None:
        """Remembers the measured size of a network call."""
        with self._transaction() as db:
            db.execute("UPDATE jobs SET rows = ? WHERE number = ?", (rows, job))

    def inputs(self, job: int) -> list[Input]:
        """The job's pictures, in order."""
        rows = self._rows("SELECT path, root, folder, problem FROM inputs WHERE job = ? ORDER BY number", (job,))
        return [Input(Path(os.fsdecode(p)), Path(os.fsdecode(r)), os.fsdecode(f), problem) for p, r, f, problem in rows]

    # -- outputs ---------------------------------------------------------------------------------------

    def outputs(self, job: int) -> list[Output]:
        """All outputs of a job, by picture and variant."""
        rows = self._rows(
            "SELECT input, variant, path, recipe, replaces, state, input_sha256, sha256, bytes, reason FROM outputs"
            " WHERE job = ? ORDER BY input, variant",
            (job,),
        )
        return [Output(i, v, Path(os.fsdecode(p)), *rest) for i, v, p, *rest in rows]

    def written(self) -> dict[Path, str]:
        """Every path that a batch has written in this folder, relative, with the sha256 of what it wrote last."""
        rows = self._rows("SELECT path, sha256 FROM outputs WHERE state IN ('writing', 'done') ORDER BY job")
        return {Path(os.fsdecode(path)): digest for path, digest in rows}

    def update(self, job: int, changed: Iterable[Output]) -> None:
        """Writes the present state of outputs, all or none."""
        with self._transaction() as db:
            db.executemany(
                "UPDATE outputs SET path = ?, replaces = ?, state = ?, input_sha256 = ?, sha256 = ?, bytes = ?,"
                " reason = ? WHERE job = ? AND input = ? AND variant = ?",
                [
                    (
                        _path_bytes(o.path), o.replaces, o.state, o.input_sha256, o.sha256, o.size, o.reason,
                        job, o.input, o.variant,
                    )
                    for o in changed
                ],
            )  # fmt: skip


def _path_bytes(path: Path) -> bytes:
    return os.fsencode(path.as_posix())


def _text(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
