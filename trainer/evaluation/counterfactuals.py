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
    """One thing that changes.

    Attributes:
        names: the pack's attributes that change with it.
        pairs: that were looked at, all held out.
        change: root mean squared, in grey levels, from before to after.
        alignment: cosine between the change of all pixels that the pack's directions make and the true one, mean over
            the pairs: 1 where the right pixels change the right way, however strongly.
        share: of the true change that is made, by squared errors: 1 is the truth, 0 as far off as no edit. It asks for
            the right strength too, below 0 where the edit goes further than the truth.
        lent: the alignment with the latent of the picture after it: what the decoder alone would allow.
    """

    names: tuple[str, ...]
    pairs: int
    change: float
    alignment: float
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
        edited, lent = bench.edited(move), bench.edited(engine.encode(truth) - bench.z)
        change = float(np.sqrt(np.square(truth.astype(np.float64) - bench.images).mean()))
        out.append(
            Counterfactual(
                tuple(names), len(truth), change, alignment(bench.images, edited, truth),
                share(bench.images, edited, truth), alignment(bench.images, lent, truth),
            )
        )  # fmt: skip
        progress(f"{', '.join(names)}: along the truth {out[-1].alignment:.2f}, {out[-1].lent:.2f} at best")
    return out


def alignment(source: Pixels, edited: Pixels, truth: Pixels) -> float:
    """Mean cosine between the changes of pictures and the true ones; 0 where nothing changes."""
    made, wanted = ((shown.astype(np.float64) - source).reshape(len(source), -1) for shown in (edited, truth))
    lengths = np.linalg.norm(made, axis=1) * np.linalg.norm(wanted, axis=1)
    return float(np.mean((made * wanted).sum(axis=1) / np.maximum(lengths, 1e-9)))


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
