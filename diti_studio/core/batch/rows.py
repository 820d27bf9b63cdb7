"""How many pictures to put into one network call: measured on the device, bounded by its memory."""

from __future__ import annotations

import os
import time

import numpy as np

from diti_studio.core.batch.job import MAX_ROWS
from diti_studio.core.editor import Editor

WORTH = 0.9  # a larger batch must bring a picture's time below this share, or the smaller one is kept
MEMORY_SHARE = 0.25  # of what is free, that one call may take


def fastest_rows(editor: Editor, limit: int) -> int:
    """Doubles the batch for as long as each picture gets clearly faster and memory allows; at most ``limit``.

    One doubling that brings nothing may be another program's doing; it takes two in a row to end the search. That
    costs a few network calls: of 14 pictures in all where large batches gain nothing.
    Pictures do not depend on it: on a CPU they are the same bit for bit.
    """
    best, seconds, rows = 1, _seconds_a_row(editor, 1), 1
    while rows < 4 * best and (rows := rows * 2) <= min(limit, MAX_ROWS):
        free, before = _free_bytes(), _peak_bytes()
        now = _seconds_a_row(editor, rows)
        grown = _peak_bytes() - before
        if now <= WORTH * seconds:
            best, seconds = rows, now
        if free is not None and 2 * grown > MEMORY_SHARE * free:  # the next would take twice what this one took
            break
    return best


def _seconds_a_row(editor: Editor, rows: int) -> float:
    """The faster of two calls, the first of which may still set things up."""
    side = editor.pack.manifest.image_size
    x = np.zeros((rows, 3, side, side), np.float32)
    z = np.zeros((rows, editor.pack.manifest.latent_dim), np.float32)
    took = list[float]()
    for _ in range(2):
        began = time.perf_counter()
        editor.network.denoise(x, editor.pack.schedule.timesteps // 2, z)
        took.append(time.perf_counter() - began)
    return min(took) / rows


def _free_bytes() -> int | None:
    """Memory that is free now, where the system tells."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def _peak_bytes() -> int:
    """The most memory that this process has held; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
