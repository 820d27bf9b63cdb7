"""Copies of unsaved work, and how the next start finds what a killed program left.

In the folder are, for each open document, ``ID.lock``, which is locked while the document is open and tells where it
is, and ``ID.diti`` once there is something unsaved: an ordinary document. What nobody has locked was left by a crash.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from diti_studio.core.document.archive import SUFFIX, Bundle, read, write
from diti_studio.core.document.entries import DocumentError, NewerDocumentError
from diti_studio.core.document.lock import FileLock, Holder, Occupied, read_holder

_LOCK = ".lock"
_DAMAGED = ".damaged"


class Autosave:
    """The place for the unsaved work of one open document. From any thread, one at a time."""

    def __init__(self, lock: FileLock) -> None:
        self._lock = lock
        self.path = lock.path.with_suffix(SUFFIX)
        """Where the work is kept."""

    @property
    def document(self) -> Path | None:
        """Where the user has saved the document; None before that."""
        written = self._lock.holder.document
        return Path(written) if written is not None else None

    def write(self, bundle: Bundle) -> None:
        """Keeps the work as it is now, in place of what was kept before, which stays if this raises DocumentError."""
        write(self.path, bundle)

    def saved(self, document: Path) -> None:
        """The user has saved: nothing is unsaved any more, and this is where the document is. Raises DocumentError."""
        with _told(self.path.parent):
            self._lock.rewrite(Holder.this(document.absolute()))
            self.path.unlink(missing_ok=True)

    def discard(self) -> None:
        """The document is closed, its work saved or given up: nothing is kept."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        self._lock.release()

    def leave(self) -> None:
        """Lets go of the work and keeps it, to be offered again at the next start."""
        self._lock.release(keep_file=True)


@dataclass(frozen=True, eq=False)
class Leftover:
    """What a program that was killed had open.

    Attributes:
        autosave: its place, which is now this process's: to go on with, ``discard`` or ``leave``.
        bundle: the unsaved work; None where all was saved, and ``autosave.document`` is simply to be opened again.
        when: the moment of the work, or of the document's opening.
        overtaken: True when the document was saved by somebody after that.
    """

    autosave: Autosave
    bundle: Bundle | None
    when: datetime
    overtaken: bool = False

    @property
    def name(self) -> str:
        """What to call it: the document's file, or its picture where it was never saved."""
        if self.autosave.document is not None:
            return self.autosave.document.name
        assert self.bundle is not None
        document = self.bundle.document
        return document.pictures[document.state.subject.picture].name


@dataclass(frozen=True, eq=False)
class Recovery:
    """What was left, newest first, and a sentence for each file that could not be read; those are kept aside."""

    found: tuple[Leftover, ...]
    problems: tuple[str, ...]


class Autosaves:
    """The folder of unsaved work, shared by all windows and programs of the user. From any thread."""

    def __init__(self, folder: Path | None = None) -> None:
        """``folder`` None means the user's own, among the state that survives restarts; it is made when needed."""
        self.folder = folder or platformdirs.user_state_path("diti-studio", appauthor=False) / "autosave"

    def begin(self, document: Path | None = None) -> Autosave:
        """A place for an opened document; ``document`` is its file, if it has one. Raises DocumentError."""
        with _told(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            holder = Holder.this(document.absolute() if document is not None else None)
            return Autosave(FileLock.take(self.folder / f"{secrets.token_hex(8)}{_LOCK}", holder))

    def recover(self) -> Recovery:
        """What killed programs left. Each is then this process's: another start is not offered the same.

        What other windows have open is not touched. A file that cannot be read gets another ending and is told of once.
        """
        found = list[Leftover]()
        problems = list[str]()
        for name in self._names():
            try:
                lock = self._take(name)
            except (Occupied, OSError):
                continue
            autosave = Autosave(lock)
            try:
                leftover = _leftover(autosave)
            except NewerDocumentError as error:  # for the later program that wrote it
                problems.append(str(error))
                autosave.leave()
                continue
            except DocumentError as error:
                problems.append(_put_aside(autosave, error))
                continue
            if leftover is None:
                autosave.discard()
            else:
                found.append(leftover)
        found.sort(key=lambda leftover: leftover.when, reverse=True)
        return Recovery(tuple(found), tuple(problems))

    def _names(self) -> list[str]:
        try:
            names = {path.stem for path in self.folder.iterdir() if path.suffix in (_LOCK, SUFFIX)}
        except OSError:  # nothing was ever kept
            return []
        return sorted(name for name in names if not name.startswith("."))

    def _take(self, name: str) -> FileLock:
        path = self.folder / f"{name}{_LOCK}"
        return FileLock.take(path, read_holder(path))


def _leftover(autosave: Autosave) -> Leftover | None:
    """What is in an abandoned place; None when there is nothing to offer. Raises DocumentError."""
    document = autosave.document
    with _told(autosave.path):
        if not autosave.path.exists():
            if document is None or not document.exists():
                return None
            return Leftover(autosave, None, _modified(autosave.path.with_suffix(_LOCK)))
        when = _modified(autosave.path)
        overtaken = document is not None and document.exists() and _modified(document) > when
        return Leftover(autosave, read(autosave.path), when, overtaken)


def _put_aside(autosave: Autosave, error: DocumentError) -> str:
    aside = autosave.path.with_suffix(_DAMAGED)
    try:
        autosave.path.replace(aside)
    except OSError:
        autosave.leave()
        return f"Unsaved work could not be read and stays at {autosave.path}: {error}"
    autosave.discard()
    return f"Unsaved work could not be read and was kept as {aside}: {error}"


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


@contextlib.contextmanager
def _told(where: Path) -> Generator[None]:
    """Turns what the file system raises into one sentence."""
    try:
        yield
    except OSError as error:
        raise DocumentError(f"Unsaved work cannot be kept in {where}: {error.strerror or error}.") from error
