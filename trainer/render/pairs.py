"""Counterfactual pairs: every second picture is the one before it with one thing changed, and nothing else.

What an attribute does to a latent, or should do to a picture, can be seen in such a pair alone; pictures that differ in
everything only tell it on average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from trainer.render.domains import Domain, Sample

Changes = Sequence[Sequence[str]]
"""Sets of factors that change together, each of which belongs to one thing: a hue is a colour and its saturation."""

_TRIES = 32  # pictures that are looked through for one that differs
_FAR = 1_000_003  # from one seed to the next that is tried


def paired(what: Domain, changes: Changes) -> Domain:
    """The domain whose pictures 2i and 2i + 1 differ in ``changes[i % len(changes)]`` alone.

    The new values are those of another picture, so that they are as likely as any. A few pairs are equal: where a
    hardly varying factor is the same in every picture that was looked at.
    """
    return replace(what, sample=partial(_sample, what.sample, changes))


def _sample(sample: Sample, changes: Changes, seed: int, index: int) -> Any:
    source = sample(seed, index // 2)
    if index % 2 == 0:
        return source
    names = changes[index // 2 % len(changes)]
    for attempt in range(1, _TRIES + 1):
        other = sample(seed + attempt * _FAR, index // 2)
        changed = replace(source, **{name: getattr(other, name) for name in names})
        if changed != source:
            return changed
    return source
