"""Who has a file open: a lock that the operating system lifts when its holder ends, however it ends.

The number of a process tells nothing after a crash, since numbers are given again, and nothing on a share, where it is
another computer's. So the lock itself is the system's (flock, or LockFile on Windows), which network file systems carry
as well, and what is written into the file only tells people who holds it.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import os
import platform
import stat
import sys
import threading
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

_MAX_BYTES = 16 << 10
_REGION = 1 << 30  # locked byte, far behind the text: Windows keeps others from reading what is locked
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)

_Short = Annotated[str, Field(max_length=255)]


class Holder(BaseModel):
    """Who holds a lock, in words for a message, and the file that it stands for.

    Attributes:
        boot: which start of the computer this was; empty where that cannot be told.
        since: when the lock was taken, ISO 8601 with time zone.
        document: the absolute path of the document, if it has one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    user: _Short = ""
    host: _Short = ""
    pid: int = 0
    boot: _Short = ""
    since: _Short = ""
    document: Annotated[str, Field(max_length=8_192)] | None = None

    @classmethod
    def this(cls, document: Path | None = None) -> Holder:
        """This process, now."""
        return cls(
            user=_clean(_user()),
            host=_clean(platform.node()),
            pid=os.getpid(),
            boot=_boot(),
            since=datetime.now(UTC).isoformat(timespec="seconds"),
            document=os.fsencode(document).decode("utf-8", "replace") if document is not None else None,
        )

    @property
    def words(self) -> str:
        """``ada on studio-3``, or as much of it as is known."""
        return " on ".join(part for part in (self.user, self.host) if part) or "another window"


class Occupied(Exception):
    """Another window, here or on another computer, holds the lock."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(holder.words)
        self.holder = holder


class FileLock:
    """A lock that is held until ``release`` or the end of the process. From any thread, one at a time."""

    def __init__(self, path: Path, descriptor: int, holder: Holder) -> None:
        self.path = path
        self.holder = holder
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path, holder: Holder) -> FileLock:
        """Takes the lock of that name.

        Raises:
            Occupied: somebody else holds it.
            OSError: the folder cannot be written, or the file system knows no locks.
        """
        path = Path(os.path.realpath(path.parent)) / path.name
        with _guard:
            # A file system may lend its locks to the process as a whole: two windows of one process ask here.
            if path in _held:
                raise Occupied(read_holder(path))
            descriptor = _locked(path)
            try:
                lock = cls(path, descriptor, holder)
                lock.rewrite(holder)
            except OSError:
                os.close(descriptor)
                raise
            _held.add(path)
            return lock

    def rewrite(self, holder: Holder) -> None:
        """Writes down who holds it. Raises OSError."""
        assert self._descriptor is not None, "the lock was released"
        self.holder = holder
        if not _is_ours(self._descriptor):  # another file that somebody linked there: locked, but never written into
            return
        text = holder.model_dump_json().encode()
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, text)
        os.ftruncate(self._descriptor, len(text))
        os.fsync(self._descriptor)

    def release(self, *, keep_file: bool = False) -> None:
        """Gives the lock back; once is enough."""
        with _guard:
            if self._descriptor is None:
                return
            _held.discard(self.path)
            if not keep_file:
                with contextlib.suppress(OSError):
                    self.path.unlink()  # while still locked: whoever opened it meanwhile sees that it is gone
            _unlock(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None
            if not keep_file and sys.platform == "win32":  # where an open file has to stay
                with contextlib.suppress(OSError):
                    self.path.unlink()


class Claim:
    """What came of marking a document as open in this window.

    Attributes:
        other: who has it open already; None where nobody is known to.
        held: False also where a lock cannot be had: the folder may not be written, or its file system knows none.
    """

    def __init__(self, lock: FileLock | None, other: Holder | None = None) -> None:
        self._lock = lock
        self.other = other

    @classmethod
    def of(cls, document: Path) -> Claim:
        """Marks a document as open, for other windows to notice. It is advice: nothing is forbidden by it."""
        try:
            return cls(FileLock.take(lock_path(document), Holder.this(document)))
        except Occupied as error:
            return cls(None, error.holder)
        except OSError:
            return cls(None)

    @property
    def held(self) -> bool:
        """True while others are told that it is open here."""
        return self._lock is not None

    @property
    def sentence(self) -> str:
        """What to tell the user when another one has it open; empty otherwise."""
        if self.other is None:
            return ""
        return f"This document is open already ({self.other.words}): what both save, the later one overwrites."

    def release(self) -> None:
        """To be called when the document is closed or saved under another name; once is enough."""
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()


def lock_path(document: Path) -> Path:
    """The lock beside a document: hidden, and the same for every spelling of the document's path."""
    document = Path(os.path.realpath(document))
    digest = hashlib.sha256(document.name.encode("utf-8", "surrogateescape")).hexdigest()
    return document.with_name(f".diti-{digest[:16]}.lock")


def read_holder(path: Path) -> Holder:
    """Who is written down in a lock's file; nobody where it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        try:
            return Holder.model_validate_json(os.read(descriptor, _MAX_BYTES))
        finally:
            os.close(descriptor)
    except (OSError, ValidationError):
        return Holder()


_guard = threading.Lock()
_held = set[Path]()


def _locked(path: Path) -> int:
    """A descriptor of the lock's file, locked. Raises Occupied and OSError."""
    for _ in range(100):
        descriptor = os.open(path, _FLAGS, 0o644)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(f"{path} is not a file")
            try:
                _lock(descriptor)
            except BlockingIOError:
                raise Occupied(read_holder(path)) from None
            # The one before may have removed the file between our opening and locking it: then nobody meets us here.
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(status, path.stat()):
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    raise OSError(f"{path} is removed again and again")


def _is_ours(descriptor: int) -> bool:
    """True for an empty file and for one that a lock wrote."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    text = os.read(descriptor, _MAX_BYTES + 1)
    return not text or (text.startswith(b'{"user":') and len(text) <= _MAX_BYTES)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _REGION, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _REGION, os.SEEK_SET)
        with contextlib.suppress(OSError):
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        with contextlib.suppress(OSError):  # closing alone would leave it to a child that inherited the descriptor
            fcntl.flock(descriptor, fcntl.LOCK_UN)


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:64]
    except (OSError, ValueError):
        return ""


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user without a name, as in a container
        return ""


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()[:255]
