"""Derived arrays kept on disk between runs, because parsing 140 text files takes seconds and a worker starts often."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Callable

import numpy as np
import platformdirs

from trainer.render.files import write_whole

Arrays = dict[str, np.ndarray]


def cached_arrays(key: str, build: Callable[[], Arrays]) -> Arrays:
    """Arrays of ``key`` from the user's cache, built and stored when absent or unreadable.

    The key must name every version that the arrays depend on. Two processes may build at once: each writes its
    own temporary file and the last rename wins. A cache that cannot be written costs time, nothing else.
    """
    path = platformdirs.user_cache_path("diti-studio", appauthor=False) / "render" / f"{key}.npz"
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        arrays = build()
    with contextlib.suppress(OSError):
        # savez's stub takes no stream of bytes beside named arrays
        write_whole(path, lambda file: np.savez(file, **arrays))  # pyright: ignore[reportArgumentType]
    return arrays
