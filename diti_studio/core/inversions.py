"""Keeps the noise x_T of pictures that were inverted: in memory, and on disk so that the next start is fast."""

from __future__ import annotations

import contextlib
import math
import os
from collections import OrderedDict
from pathlib import Path

import numpy as np
import numpy.typing as npt

from diti_studio.core.atomic import replace_file

Array = npt.NDArray[np.floating]

MEMORY_BYTES = 256 << 20
DISK_BYTES = 512 << 20


class InversionCache:
    """A bounded store of arrays by key; the least recently used goes first.

    Keys are hex digests. What cannot be read or written is treated as absent: a cache never fails its user.
    """

    def __init__(self, folder: Path | None, memory_bytes: int = MEMORY_BYTES, disk_bytes: int = DISK_BYTES) -> None:
        """``folder`` None keeps everything in memory only."""
        self._folder = folder
        self._memory_bytes = memory_bytes
        self._disk_bytes = disk_bytes
        self._memory = OrderedDict[str, Array]()

    def get(self, key: str, shape: tuple[int, ...]) -> Array | None:
        """The array of that key, when it is there, finite and of that shape (float32)."""
        if key in self._memory:
            self._memory.move_to_end(key)
            return self._memory[key]
        if self._folder is None:
            return None
        array = _read(self._folder / f"{key}.npy", shape)
        if array is None:
            return None
        self._remember(key, array)
        return array

    def put(self, key: str, array: Array) -> None:
        """Keeps an array, float32."""
        self._remember(key, array)
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(
                self._folder / f"{key}.npy", lambda file: np.save(file, array, allow_pickle=False), durable=False
            )
            self._prune()

    def _remember(self, key: str, array: Array) -> None:
        array.flags.writeable = False
        self._memory[key] = array
        self._memory.move_to_end(key)
        while sum(a.nbytes for a in self._memory.values()) > self._memory_bytes and len(self._memory) > 1:
            self._memory.popitem(last=False)

    def _prune(self) -> None:
        assert self._folder is not None
        entries = [(s.st_mtime, s.st_size, p) for p in self._folder.glob("*.npy") if (s := p.stat())]
        total = sum(size for _, size, _ in entries)
        for _, size, path in sorted(entries):
            if total <= self._disk_bytes:
                break
            path.unlink(missing_ok=True)
            total -= size


def _read(path: Path, shape: tuple[int, ...]) -> Array | None:
    """The float32 array of a file, and marks it as used; None for a file that holds anything else."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > 4 * math.prod(shape) + 1024:  # a header is far shorter
                return None
            array = np.lib.format.read_array(file, allow_pickle=False)
        with contextlib.suppress(OSError):
            os.utime(path)
    except (OSError, ValueError, EOFError, MemoryError, OverflowError):  # the last two: a header may claim any shape
        return None
    if array.shape != shape or array.dtype != np.float32 or not np.isfinite(array).all():
        return None
    return array
