"""What a pack's attributes do to pictures, as a network reads it that was trained on pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from trainer.attributes import AttributeSpec
from trainer.evaluation.calibration import other_side, rest
from trainer.evaluation.engine import Bench
from trainer.evaluation.identity import identity_kept
from trainer.evaluation.metrics import selectivity
from trainer.evaluation.readers import Reader

AMOUNT = 2.0
MOVED = 0.3
"""A picture counts as moved when the attribute changes by this many standard deviations the right way."""

_LEAKS = 3


@dataclass(frozen=True)
class EditScore:
    """One attribute on pictures of one kind, in standard deviations as read.

    Every picture is moved by AMOUNT towards the other side of the mean: who wears glasses cannot put on more.

    Attributes:
        effect: mean change of the attribute itself, in the wanted direction.
        selectivity: effect over the mean absolute change of attributes of other families.
        moved: share of the pictures on which +AMOUNT moves the attribute by MOVED or more.
        leaks: the attributes that change most beside it: name and mean change along with it.
        reader: Pearson's r of the reader for this attribute on held-out pictures of this kind; NaN where unknown.
        identity: mean cosine of the identities before and after (``identity``); NaN where none was read.
    """

    kind: str
    name: str
    pictures: int
    effect: float
    selectivity: float
    moved: float
    leaks: tuple[tuple[str, float], ...]
    reader: float
    identity: float


def score_edits(
    bench: Bench, kind: str, reader: Reader, specs: Sequence[AttributeSpec],
    progress: Callable[[str], None] = lambda _: None, *, identities: Reader | None = None,
) -> list[EditScore]:  # fmt: skip
    """Every attribute of the pack on the pictures of the bench. ``specs`` are the reader's attributes, in order."""
    pack = bench.engine.pack
    base = reader.read(bench.images)
    names = [spec.name for spec in specs]
    out = list[EditScore]()
    for row, attribute in enumerate(pack.manifest.attributes):
        if attribute.name not in names:
            continue
        own = names.index(attribute.name)
        move = AMOUNT * pack.latents.attribute_directions[row]
        higher, lower = bench.edited(move), bench.edited(-move)
        up, down = reader.read(higher) - base, base - reader.read(lower)
        upwards = other_side(base[:, own]) > 0
        change = np.where(upwards, up, down)
        kept = float("nan")
        if identities is not None:
            seen = np.where(upwards[:, :, None, None], higher, lower)
            kept = float(identity_kept(identities, bench.images, seen).mean())
        others = rest(specs, own)
        mean = change.mean(axis=0)
        beside = [i for i in np.argsort(-np.abs(mean)).tolist() if i != own][:_LEAKS]
        score = EditScore(
            kind, attribute.name, len(bench), float(mean[own]), selectivity(change, own, others),
            float((up[:, own] >= MOVED).mean()), tuple((names[i], round(float(mean[i]), 3)) for i in beside),
            float(reader.correlation[kind][own]) if kind in reader.correlation else float("nan"),
            kept,
        )  # fmt: skip
        progress(f"{kind} {score.name}: effect {score.effect:.2f}, selectivity {score.selectivity:.1f}")
        out.append(score)
    return out
