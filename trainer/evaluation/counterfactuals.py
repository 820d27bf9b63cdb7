"""How near an edit comes to the truth: renders in which one thing changed show what its counterfactual is.

The picture before the change is edited by as much as the attribute changes, and compared with the picture after it.
Readers of pictures have no part in this, so that it says what they cannot: whether the right pixels change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from diti_studio.core.editor import Settings
from trainer.attributes import AttributeSpec
from trainer.data.pictures import Pictures
from trainer.evaluation.engine import Bench, Engine

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Counterfactual:
    """One thing that changes. Shares are of the squared change of all pixels: 1 is the truth, 0 as far off as no edit.

    Attributes:
        names: the pack's attributes that change with it.
        pairs: that were looked at, all held out.
        change: root mean squared, in grey levels, from before to after.
        share: what the pack's directions make of the change.
        lent: the same with the latent of the picture after it: what the decoder alone would allow.
    """

    names: tuple[str, ...]
    pairs: int
    change: float
    share: float
    lent: float


def score_counterfactuals(
    engine: Engine, sets: Sequence[Pictures], specs: Sequence[AttributeSpec], units: Floats, count: int,
    settings: Settings, progress: Callable[[str], None] = lambda _: None,
) -> list[Counterfactual]:  # fmt: skip
    """Every thing that changes in held-out pairs of ``sets`` and that the pack has attributes for.

    Args:
        units: [A], what amount 1 of each of ``specs`` stands for.
        count: pairs of each thing, at most.
    """
    attributes = engine.pack.manifest.attributes
    rows = {spec.name: i for i, spec in enumerate(specs)}
    known = [(row, rows[a.name], a) for row, a in enumerate(attributes) if a.name in rows]
    directions = engine.pack.latents.attribute_directions
    out = list[Counterfactual]()
    for before, after in _things(sets, count):
        changes = (after.values(specs) - before.values(specs)) / units
        move, names = np.zeros((len(changes), directions.shape[1])), list[str]()
        for row, column, attribute in known:
            amounts = np.clip(np.nan_to_num(changes[:, column]), *attribute.range)
            if amounts.any():
                names.append(attribute.name)
                move += amounts[:, None] * directions[row]
        if not names:
            continue
        bench, truth = Bench(engine, before.images, settings), after.images
        shares = [share(bench.images, shown, truth) for shown in
                  (bench.edited(move), bench.edited(engine.encode(truth) - bench.z))]  # fmt: skip
        change = float(np.sqrt(np.square(truth.astype(np.float64) - bench.images).mean()))
        out.append(Counterfactual(tuple(names), len(truth), change, *shares))
        progress(f"{', '.join(names)}: {out[-1].share:.2f} of the true change, {out[-1].lent:.2f} at best")
    return out


def share(source: Pixels, edited: Pixels, truth: Pixels) -> float:
    """1 less the squared error of the edited pictures over that of the unedited; below 0 where the edit does harm."""
    errors = [np.square(shown.astype(np.float64) - truth).sum() for shown in (edited, source)]
    return float(1 - errors[0] / max(errors[1], 1e-9))


def _things(sets: Sequence[Pictures], count: int) -> Iterator[tuple[Pictures, Pictures]]:
    """For each thing that changes, the pictures before and after, of the first of the held-out pairs that differ."""
    for pictures in sets:
        pairs = pictures.pairs(held=True)
        things = pictures.columns["index"][pairs[:, 0]].astype(np.int64) // 2 % len(pictures.changes)
        for thing, names in enumerate(pictures.changes):
            columns = [pictures.columns[name] for name in names]
            differing = [p for p in pairs[things == thing] if any(c[p[0]] != c[p[1]] for c in columns)][:count]
            if differing:
                before, after = np.array(differing).T
                yield pictures.take(before), pictures.take(after)
