"""Decoded pictures on disk, so that none is decoded or searched for a face twice.

One file for all pictures of a source at a size, in the user's cache folder. A record is a checksum and the pixels; one
that was not written, or not wholly, has a wrong checksum and counts as absent, so a crash costs nothing.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import threading
import weakref
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import platformdirs

Pixels = npt.NDArray[np.uint8]

_SUFFIX = ".pixels"
_CHECK = 4  # bytes of a checksum
_SPARE = 1 << 30  # bytes of the disk that are left to others


def folder() -> Path:
    """Where decoded pictures are kept."""
    return platformdirs.user_cache_path("diti-studio", appauthor=False) / "training"


class Store:
    """Pictures of one shape [S,S,3] by number. Safe with several threads, and with several processes of one source."""

    def __init__(self, path: Path, shape: tuple[int, ...]) -> None:
        self._shape, self._bytes = shape, math.prod(shape)
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        weakref.finalize(self, os.close, self._file)

    @classmethod
    def open(cls, key: str, count: int, shape: tuple[int, ...], limit: int) -> Store | None:
        """The store of a source, new or as it was left.

        Args:
            key: names the source, the state of its files and the way they are cut.
            limit: bytes that all stores together may take; those used longest ago are removed for a new one.

        Returns:
            None when there is no room for it.
        """
        size = count * (math.prod(shape) + _CHECK)
        path = folder() / f"{key}{_SUFFIX}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                if size > limit:
                    return None
                _make_room(path.parent, limit - size)
                if shutil.disk_usage(path.parent).free < size + _SPARE:
                    return None
            store = cls(path, shape)
            os.utime(path)
        except OSError:  # a cache folder that cannot be written: everything is decoded again
            return None
        return store

    def get(self, index: int) -> Pixels | None:
        """The picture, or None when it has not been put."""
        size = _CHECK + self._bytes
        with self._lock:
            os.lseek(self._file, index * size, os.SEEK_SET)
            data = os.read(self._file, size)
        if len(data) < size or zlib.crc32(data[_CHECK:]).to_bytes(_CHECK, "big") != data[:_CHECK]:
            return None
        return np.frombuffer(data, np.uint8, offset=_CHECK).reshape(self._shape)

    def put(self, index: int, pixels: Pixels) -> None:
        """Keeps a picture; a full disk is no failure, it is decoded again then."""
        data = np.ascontiguousarray(pixels).tobytes()
        with contextlib.suppress(OSError), self._lock:
            os.lseek(self._file, index * (_CHECK + self._bytes), os.SEEK_SET)
            os.write(self._file, zlib.crc32(data).to_bytes(_CHECK, "big") + data)


def _make_room(where: Path, limit: int) -> None:
    """Removes the stores that were used longest ago until all take at most ``limit`` bytes."""
    found = [(path, path.stat()) for path in where.glob(f"*{_SUFFIX}")]
    total = sum(status.st_size for _, status in found)
    for path, status in sorted(found, key=lambda entry: entry[1].st_mtime):
        if total <= limit:
            return
        with contextlib.suppress(OSError):  # another process holds it open, on Windows
            path.unlink()
            total -= status.st_size
