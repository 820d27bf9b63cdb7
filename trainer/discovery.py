"""From the pictures of a run to what a pack knows of its latent: statistics, directions, probes, attributes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from diti_studio.core.editor import Settings
from diti_studio.core.packs import Attribute
from trainer.attributes import AttributeSpec
from trainer.directions import Differences, Labelled, Probes, cleared, confined, fit_probes, regressions
from trainer.evaluation.calibration import Calibrated, Calibrator, calibrate, rest
from trainer.evaluation.engine import Bench, Engine
from trainer.evaluation.heldout import Pictures
from trainer.evaluation.readers import reader
from trainer.latents import COMPONENTS, Floats, Statistics, principal_directions
from trainer.promask import KEPT, learn_masks

ENCODED = 8_000
"""So many pictures of a set are encoded; more would not change statistics or directions visibly."""
BENCH = 4
"""So many pictures of each set are edited to judge directions, where there is no GPU."""
SETTINGS = Settings(10, 6)
"""Fewer calls than a user's, since directions are compared with each other only."""

_LEGIBLE = 0.3  # correlation of a probe below which it says nothing of what a direction leaks
_UNMEASURED_RANGE = (-3.0, 3.0)


@dataclass(frozen=True, eq=False)
class Discovered:
    """What latents.safetensors and the manifest's attributes are written from; shapes as in ``core.packs.Latents``."""

    mean: Floats
    std: Floats
    principal: Floats
    directions: Floats
    weights: Floats
    bias: Floats
    attributes: tuple[Attribute, ...]

    @classmethod
    def none(cls, latent_dim: int) -> Discovered:
        """Of a latent of which nothing is known."""
        row = np.zeros((0, latent_dim))
        principal = np.zeros((COMPONENTS, latent_dim))
        return cls(np.zeros(latent_dim), np.ones(latent_dim), principal, row, row, np.zeros(0), ())


def discover(
    engine: Engine, sets: Sequence[Pictures], specs: Sequence[AttributeSpec], *, measured: bool = True,
    bench: int = BENCH, progress: Callable[[str], None] = lambda _: None,
) -> Discovered:  # fmt: skip
    """Encodes the pictures that are not held out and finds what can be known from them.

    Directions are chosen by what they do to pictures, which needs rendered ones among ``sets`` to train a reader on;
    hand-labelled ones better them, and counterfactual pairs beside single renders do most. Attributes that cannot be
    moved are left out. With hand-labelled pictures alone, directions are the partial regressions, unmeasured, of what
    a probe reads on pictures that it was not fitted on.

    Args:
        bench: so many pictures of each set are edited to judge directions.
    """
    groups, latent_dim = engine.pack.groups, engine.pack.manifest.latent_dim
    sets, pairs = _told_apart(sets)
    training = [pictures.spread(~pictures.held, ENCODED) for pictures in sets]
    if not training:
        return Discovered.none(latent_dim)
    progress(f"encoding {sum(len(pictures.images) for pictures in training)} pictures")
    if not specs:
        z = np.concatenate([engine.encode(pictures.images[:]) for pictures in training]).astype(np.float64)
        statistics, none = Statistics.of(z), Discovered.none(latent_dim)
        return replace(none, mean=statistics.mean, std=statistics.std, principal=principal_directions(z, groups))
    encoded = [
        Labelled(engine.encode(pictures.images[:]).astype(np.float64), pictures.values(specs), pictures.others(specs))
        for pictures in training
    ]
    z = np.concatenate([part.z for part in encoded])
    statistics = Statistics.of(z)
    principal = principal_directions(z, groups)
    rendered = [part for part, pictures in zip(encoded, training, strict=True) if pictures.kind == "rendered"]
    hand = [part for part, pictures in zip(encoded, training, strict=True) if pictures.kind == "labelled"]
    if pairs:
        progress(f"encoding {sum(len(pictures.images) for pictures in pairs)} pictures of pairs")
    candidates = regressions(
        specs, _joined(rendered or hand), _joined(hand) if rendered and hand else None,
        _differences(engine, pairs, specs) if pairs else None,
    )  # fmt: skip
    probes = fit_probes(specs, statistics, encoded)
    if measured and rendered:
        candidates = _refined(specs, candidates, probes, statistics, encoded)
        found = _measure(engine, sets, specs, candidates, statistics, z, bench, progress)
    else:
        found = [_taken_as_is(spec, candidates["partial"][i], engine, statistics) for i, spec in enumerate(specs)]
        if not rendered:  # nobody will look at what they do, so what cannot be read is left out
            legible = np.nan_to_num(probes.correlation) >= _LEGIBLE
            found = [replace(f, useful=f.useful and ok) for f, ok in zip(found, legible.tolist(), strict=True)]
    kept = [i for i, calibrated in enumerate(found) if calibrated.useful]
    return Discovered(
        statistics.mean, statistics.std, principal, np.stack([found[i].direction for i in kept])
        if kept else np.zeros((0, latent_dim)), probes.weights[kept], probes.bias[kept],
        tuple(_attribute(specs[i], found[i]) for i in kept),
    )  # fmt: skip


def _refined(
    specs: Sequence[AttributeSpec], candidates: dict[str, Floats], probes: Probes, statistics: Statistics,
    encoded: Sequence[Labelled],
) -> dict[str, Floats]:  # fmt: skip
    """Further candidates, made from the best of the regressions: without leaks that probes see, and on few dims.

    Beside those of pairs only the best regression is still tried: to look at a candidate costs many pictures.
    """
    best = "pooled" if "pooled" in candidates else "partial"
    directions = candidates[best]
    legible = np.nan_to_num(probes.correlation) >= _LEGIBLE
    others = np.stack([rest(specs, own) & legible for own in range(len(specs))])
    z, values = (np.concatenate([getattr(part, name) for part in encoded]) for name in ("z", "values"))
    if "paired" in candidates:
        paired = candidates["paired"]
        clear = cleared(paired, probes.weights, others, statistics, z)
        return {"paired": paired, "paired, cleared": clear, best: directions}
    binary = np.array([spec.kind == "binary" for spec in specs])
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0).sum(axis=0) / count
    spread = np.sqrt(np.where(known, np.square(values - mean), 0).sum(axis=0) / count)
    targets = np.where(binary, values, (values - mean) / np.where(spread > 0, spread, 1))
    keep = max(1, round(KEPT * z.shape[1]))
    masks = learn_masks(statistics.normalise(z), targets, binary, keep)
    return candidates | {
        "cleared": cleared(directions, probes.weights, others, statistics, z),
        "promask": confined(directions, masks, statistics),
    }


def _measure(
    engine: Engine, sets: Sequence[Pictures], specs: Sequence[AttributeSpec], candidates: dict[str, Floats],
    statistics: Statistics, z: Floats, count: int, progress: Callable[[str], None],
) -> list[Calibrated]:  # fmt: skip
    read = reader(sets, specs, progress=progress)
    images = np.concatenate([pictures.spread(~pictures.held, count).images[:] for pictures in sets])
    spread = float(np.quantile(np.square(statistics.normalise(z)).mean(axis=1), 0.99))
    bench = Bench(engine, images, SETTINGS)
    calibrator = Calibrator(bench, read, specs, engine.pack.groups, statistics, spread)
    return calibrate(calibrator, specs, candidates, progress)


def _taken_as_is(spec: AttributeSpec, direction: Floats, engine: Engine, statistics: Statistics) -> Calibrated:
    groups = engine.pack.groups
    energy = np.square(direction / statistics.std)
    shares = np.array([energy[g.dim_start : g.dim_end].sum() for g in groups.groups])
    profile = shares / max(shares.sum(), 1e-12)
    return Calibrated(
        spec.name, direction, "partial", _UNMEASURED_RANGE, profile, 0, 0, experimental=True, useful=bool(shares.any())
    )


def _attribute(spec: AttributeSpec, found: Calibrated) -> Attribute:
    return Attribute(
        name=spec.name,
        title=spec.title,
        kind=spec.kind,
        range=found.range,
        minus=spec.minus,
        plus=spec.plus,
        profile=tuple(float(round(share, 5)) for share in found.profile),
        selectivity=round(found.selectivity, 3) if found.selectivity else None,
        experimental=found.experimental,
    )


def _told_apart(sets: Sequence[Pictures]) -> tuple[list[Pictures], list[Pictures]]:
    """Single pictures, and folders of counterfactual pairs; alone, the latter are taken for single pictures too."""
    pairs = [pictures for pictures in sets if pictures.changes]
    single = [pictures for pictures in sets if not pictures.changes]
    return (single if any(pictures.kind == "rendered" for pictures in single) else list(sets)), pairs


def _differences(engine: Engine, sets: Sequence[Pictures], specs: Sequence[AttributeSpec]) -> Differences:
    """Of all pairs that are not held out."""
    out = list[Differences]()
    for pictures in sets:
        before, after = (pictures.take(indices) for indices in pictures.pairs(held=False).T)
        z = engine.encode(after.images[:]).astype(np.float64) - engine.encode(before.images[:])
        out.append(Differences(z, after.values(specs) - before.values(specs)))
    return Differences(np.concatenate([part.z for part in out]), np.concatenate([part.values for part in out]))


def _joined(parts: Sequence[Labelled]) -> Labelled:
    """Several sets of one kind as one; further factors are kept only where they are the same ones."""
    width = min(part.others.shape[1] for part in parts)
    others = [part.others if part.others.shape[1] == width else part.others[:, :0] for part in parts]
    width = min(part.shape[1] for part in others)
    return Labelled(
        np.concatenate([part.z for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part[:, :width] for part in others]),
    )
