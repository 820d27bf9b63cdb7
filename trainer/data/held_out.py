"""Which pictures are never trained on: the same ones at every run and on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]

HELD_RENDERS = 1000
"""So many pictures at the end of a folder of renders are held out; a fifth of a folder with fewer than 5000."""
HELD_PORTRAIT = 8
"""Every eighth picture of a hand-made table is held out."""
HELD_PHOTO = 10
"""About every tenth of other photos is held out."""

_LEAST = 5  # pictures: a verdict on fewer says little


def held_renders(count: int) -> Mask:
    """[count]: the last pictures of a rendered folder, a fifth of a small one."""
    return np.arange(count) >= count - min(HELD_RENDERS, count // 5)


def held_rows(count: int) -> Mask:
    """[count]: every eighth picture of a hand-made table, from the first on."""
    return np.arange(count) % HELD_PORTRAIT == 0


def held_names(names: Sequence[str]) -> Mask:
    """[N]: about every tenth picture of a folder, by its name, so that pictures that join later move none across.

    Of few pictures at least a tenth is held out, up to five, and at least one of two or more; only then may one that
    joins take the place of another.
    """
    digests = [hashlib.sha256(name.encode()).digest() for name in names]
    count = sum(digest[0] * HELD_PHOTO < 256 for digest in digests)
    least = min(max(len(names) // HELD_PHOTO, 1), _LEAST)
    held = np.zeros(len(names), np.bool_)
    order = sorted(range(len(names)), key=digests.__getitem__)
    held[order[: min(max(count, least), len(names) - 1)]] = True
    return held


def held_groups(groups: Sequence[str]) -> Mask:
    """[N]: all pictures of about every tenth group, such as a person, so that nobody is on both sides."""
    names = sorted(set(groups))
    held = {name for name, out in zip(names, held_names(names), strict=True) if out}
    return np.array([group in held for group in groups], np.bool_)
