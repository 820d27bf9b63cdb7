"""Pictures in an LMDB of Diff-AE's layout: RESOLUTION-INDEX -> the bytes of a JPEG or PNG, and "length"."""

from __future__ import annotations

import importlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from diti_studio.core import pictures
from diti_studio.core.errors import PictureError, UsageError
from trainer.data.celeba import ALIGNED_SIZE, BOX
from trainer.data.decoded import Pixels, Undecoded

_KEY = re.compile(rb"([A-Za-z0-9]+)-(\d+)")
_LENGTH = b"length"


def is_archive(path: Path) -> bool:
    """Whether a path is an LMDB: a folder with data.mdb, or such a file."""
    return (path / "data.mdb").is_file() or (path.is_file() and path.suffix in (".mdb", ".lmdb"))


def archive(path: Path, size: int) -> Undecoded:
    """The pictures of the smallest resolution that is not below ``size``, else of the largest.

    The file is opened read-only and mapped, so that memory holds what is being read and no more. Aligned pictures of
    CelebA (178x218) are cropped as CelebA64 is.

    Raises:
        UsageError: it cannot be read or has another layout.
    """
    lmdb: Any = importlib.import_module("lmdb")
    try:
        environment = _environment(path.resolve())
        with environment.begin() as transaction:
            length = transaction.get(_LENGTH)
            count = int(length) if length is not None else 0
            prefix, digits = _resolution(transaction, size)
            first = transaction.get(_key(prefix, digits, 0)) if count else None
    except (lmdb.Error, ValueError, OSError) as error:
        raise UsageError(f"{path} cannot be read as an LMDB: {error}.") from error
    if not count or first is None:
        raise UsageError(f"{path} has another layout: keys like 256-00000 and a length above 0 are needed.")

    def name(i: int) -> str:
        return f"{path.name}/{_key(prefix, digits, i).decode()}"

    def load(i: int) -> Pixels:
        try:
            with environment.begin() as transaction:
                data = transaction.get(_key(prefix, digits, i))
        except lmdb.Error as error:
            raise PictureError(f"{name(i)} cannot be read: {error}.") from error
        if data is None:
            raise PictureError(f"{name(i)} is missing.")
        return pictures.decode(bytes(data), name(i)).pixels

    with pictures.open_image(bytes(first), name(0)) as image:
        box = BOX if image.size == ALIGNED_SIZE else None
    status = (path / "data.mdb" if path.is_dir() else path).stat()
    identity = f"{path.resolve()} {status.st_size} {status.st_mtime_ns} {prefix!r}"
    return Undecoded(count, load, name, identity, box)


@cache
def _environment(path: Path) -> Any:
    """The open file: a process may open it only once."""
    lmdb: Any = importlib.import_module("lmdb")
    return lmdb.open(str(path), subdir=path.is_dir(), readonly=True, lock=False, readahead=False, create=False)


def _key(prefix: bytes, digits: int, index: int) -> bytes:
    return prefix + b"-" + str(index).zfill(digits).encode()


def _resolution(transaction: Any, size: int) -> tuple[bytes, int]:
    """The prefix of the keys that are used, and how many digits follow it."""
    found = dict[bytes, int]()
    cursor = transaction.cursor()
    more = cursor.first()
    while more and len(found) < 64:
        match = _KEY.fullmatch(cursor.key())
        if match:
            found[match[1]] = len(match[2])
            more = cursor.set_range(match[1] + b"-\xff")  # behind the last key of this resolution
        else:
            more = cursor.next()
    if not found:
        return b"", 0
    sides = {int(prefix): prefix for prefix in found if prefix.isdigit()}
    large = [side for side in sides if side >= size]
    prefix = sides[min(large) if large else max(sides)] if sides else min(found)
    return prefix, found[prefix]
