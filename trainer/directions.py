"""Directions of the latent that move one named attribute, and probes that read it.

Several ways to find a direction are fitted; which one is used for an attribute is decided by what it does to pictures
(``trainer.evaluation.calibration``), since how well a direction reads a latent says little about what moving along it
does.

- *covariance*: the regression of z on the attribute alone: how the mean of z moves with it. It carries along what
  goes with the attribute in the data (beards with men).
- *partial*: the regression of z on all attributes and other known factors at once: what moves with this attribute
  while the others stand still.
- *pooled*: the partial regression over rendered and hand-labelled real pictures together.
- *cleared*: the best of the regressions less what the probes of the other attributes see of it.
- *promask*: the same regression on a few dims alone, which a learnt mask chose (``trainer.promask``).
- *paired*: how z changes with the attribute in counterfactual pairs of renders, in which nothing else changes
  (``trainer.render.pairs``): no other attribute has to be told apart from it. It too can be cleared.

The probe's own weight vector is no candidate: it points where the attribute is told apart best, across the directions
in which latents vary most, and so leaves the data (Haufe et al., NeuroImage 87, 2014, show the difference).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trainer.attributes import AttributeSpec
from trainer.latents import Floats, Statistics

LABEL_WEIGHT = 4.0
"""How much more a hand-labelled picture counts than a rendered one: there are few, and they are what users bring."""

_RIDGE = 1e-3  # of the mean diagonal of X'X: only against exact collinearity
_PROBE_RIDGES = (1e-2, 1e-1, 1.0)  # per picture; chosen on a fifth that is held out
_NEWTON_STEPS = 8


@dataclass(frozen=True, eq=False)
class Labelled:
    """Latents of pictures with what is known about them.

    Attributes:
        z: [N, D] latents.
        values: [N, A] values of the attributes, NaN where unknown.
        others: [N, F] further known factors that are kept apart from the attributes; F may be 0.
    """

    z: Floats
    values: Floats
    others: Floats


@dataclass(frozen=True, eq=False)
class Differences:
    """What changes between the two pictures of counterfactual pairs.

    Attributes:
        z: [P, D] changes of the latent.
        values: [P, A] changes of the attributes; NaN where unknown.
    """

    z: Floats
    values: Floats


def regressions(
    specs: Sequence[AttributeSpec], rendered: Labelled, labelled: Labelled | None = None,
    pairs: Differences | None = None,
) -> dict[str, Floats]:  # fmt: skip
    """Candidate directions by method: each [A, D], in raw latent units, one unit of the attribute long.

    Attributes without a value in the data get a zero row.
    """
    units = np.array([spec.unit(values) for spec, values in zip(specs, rendered.values.T, strict=True)])
    units = np.nan_to_num(units)
    out = {
        "covariance": np.stack([_slope(rendered.z, values) for values in rendered.values.T]),
        "partial": _partial(rendered.z, rendered.values, rendered.others),
    }
    if labelled is not None and len(labelled.z) >= 50:
        out["pooled"] = _pooled(rendered, labelled)
    if pairs is not None and len(pairs.z):
        out["paired"] = _paired(pairs)
    return {method: directions * units[:, None] for method, directions in out.items()}


def _slope(z: Floats, values: Floats) -> Floats:
    """d E[z] / d value, [D]; zero where the value never varies."""
    known = ~np.isnan(values)
    centred = values[known] - values[known].mean() if known.any() else np.zeros(1)
    power = np.square(centred).sum()
    return centred @ z[known] / power if power > 0 else np.zeros(z.shape[1])


def _partial(z: Floats, values: Floats, others: Floats, weights: Floats | None = None) -> Floats:
    """Coefficients [A, D] of the values in the regression of z on values and others together.

    Unknown values stand at their mean: they say nothing then, neither for nor against.
    """
    means = np.array([np.nanmean(v) if not np.isnan(v).all() else 0.0 for v in values.T])
    design = np.concatenate([np.where(np.isnan(values), means, values), others], axis=1)
    w = np.ones(len(z)) if weights is None else weights
    design = design - np.average(design, axis=0, weights=w)
    spread = np.sqrt(np.average(np.square(design), axis=0, weights=w))
    alive = spread > 1e-9
    design = design[:, alive] / spread[alive]
    gram = design.T @ (design * w[:, None])
    gram += _RIDGE * np.trace(gram) / max(len(gram), 1) * np.eye(len(gram))
    solved = np.linalg.solve(gram, design.T @ ((z - np.average(z, axis=0, weights=w)) * w[:, None]))
    out = np.zeros((values.shape[1] + others.shape[1], z.shape[1]))
    out[alive] = solved / spread[alive, None]
    return out[: values.shape[1]]


def _pooled(rendered: Labelled, labelled: Labelled) -> Floats:
    """The partial regression over both kinds of pictures, each about its own mean, so that the kind is no factor."""
    counts = len(rendered.z), len(labelled.z)
    z = np.concatenate([part.z - part.z.mean(axis=0) for part in (rendered, labelled)])
    values = np.concatenate([_centred(part.values) for part in (rendered, labelled)])
    others = rendered.others - rendered.others.mean(axis=0)
    others = np.concatenate([others, np.zeros((counts[1], others.shape[1]))])
    weights = np.concatenate([np.ones(counts[0]), np.full(counts[1], LABEL_WEIGHT)])
    return _partial(z, values, others, weights)


def _paired(pairs: Differences) -> Floats:
    """Coefficients [A, D] of the regression of changes of z on those of all values together, through zero.

    Attributes that are made of the same factors (warmth and tint of a wall) change together and are told apart here.
    """
    changes = np.nan_to_num(pairs.values)
    spread = np.sqrt(np.square(changes).mean(axis=0))
    alive = spread > 1e-9
    design = changes[:, alive] / spread[alive]
    gram = design.T @ design
    gram += _RIDGE * np.trace(gram) / max(len(gram), 1) * np.eye(len(gram))
    out = np.zeros((pairs.values.shape[1], pairs.z.shape[1]))
    out[alive] = np.linalg.solve(gram, design.T @ pairs.z) / spread[alive, None]
    return out


def _centred(values: Floats) -> Floats:
    """Values about their mean; unknown ones stay unknown."""
    known = ~np.isnan(values)
    sums = np.where(known, values, 0).sum(axis=0)
    return values - sums / np.maximum(known.sum(axis=0), 1)


def cleared(
    directions: Floats, weights: Floats, others: npt.NDArray[np.bool_], statistics: Statistics, z: Floats
) -> Floats:
    """Directions [A, D] of which the probes of other attributes see nothing, each as long as before.

    What is taken off is the combination of the other attributes' patterns, covariance times probe (Haufe et al., 2014),
    that cancels their readings: the smallest change in the metric of the data, so that the direction stays among them.

    Args:
        directions: [A, D] in raw latent units.
        weights: [A, D] of the probes, on normalised latents.
        others: [A, A]; row a says which attributes direction a is to leave alone.
        z: [N, D] latents, for their covariance.
    """
    normal = statistics.normalise(z)
    covariance = normal.T @ normal / len(normal)
    out = np.zeros_like(directions)
    for own, direction in enumerate(directions / statistics.std):
        probes = weights[others[own]]
        probes = probes / np.maximum(np.linalg.norm(probes, axis=1, keepdims=True), 1e-12)
        patterns = covariance @ probes.T
        seen = probes @ patterns
        seen += _RIDGE * np.trace(seen) / max(len(seen), 1) * np.eye(len(seen))
        left = direction - patterns @ np.linalg.solve(seen, probes @ direction)
        if weights[own] @ left * (weights[own] @ direction) > 0:  # else nothing of its own would be left
            out[own] = _as_long(left, direction) * statistics.std
    return out


def confined(directions: Floats, masks: npt.NDArray[np.bool_], statistics: Statistics) -> Floats:
    """Directions [A, D] on the dims of masks [A, D] alone, each as long in normalised units as before."""
    normal = directions / statistics.std
    return np.stack([_as_long(d * m, d) for d, m in zip(normal, masks, strict=True)]) * statistics.std


def _as_long(vector: Floats, other: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return vector * (float(np.linalg.norm(other)) / length) if length > 0 else vector


# -- probes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Probes:
    """Linear readers: normalised z . weights + bias is the value in standard deviations, or the logit.

    Attributes:
        weights, bias: [A, D], [A].
        correlation: [A] between reading and truth on pictures that were not used for fitting; NaN where unknown.
    """

    weights: Floats
    bias: Floats
    correlation: Floats


def fit_probes(specs: Sequence[AttributeSpec], statistics: Statistics, data: Sequence[Labelled]) -> Probes:
    """Ridge probes for continuous attributes, logistic ones for binary, over all the data together.

    Every fifth picture is held out: it chooses the ridge and gives the correlation.
    """
    normal = statistics.normalise(np.concatenate([part.z for part in data]))
    values = np.concatenate([part.values for part in data])
    weights, bias = np.zeros((len(specs), normal.shape[1])), np.zeros(len(specs))
    correlation = np.full(len(specs), np.nan)
    for i, spec in enumerate(specs):
        known = ~np.isnan(values[:, i])
        x, y = normal[known], values[known, i]
        if len(y) < 10 or y.std() < 1e-9:
            continue
        target = y >= 0.5 if spec.kind == "binary" else (y - y.mean()) / y.std()
        held = np.arange(len(y)) % 5 == 4
        best = -np.inf
        for ridge in _PROBE_RIDGES:
            fit = _logistic if spec.kind == "binary" else _ridge
            w, b = fit(x[~held], target[~held].astype(np.float64), ridge)
            r = correlate(x[held] @ w + b, target[held].astype(np.float64))
            if r > best:
                best, weights[i], bias[i], correlation[i] = r, w, b, r
    return Probes(weights, bias, correlation)


def correlate(a: Floats, b: Floats) -> float:
    """Pearson's r; 0 where one of the two never varies."""
    a, b = a - a.mean(), b - b.mean()
    power = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / power if power > 0 else 0.0


def _ridge(x: Floats, y: Floats, ridge: float) -> tuple[Floats, float]:
    mean = x.mean(axis=0)
    centred = x - mean
    gram = centred.T @ centred + ridge * len(x) * np.eye(x.shape[1])
    w = np.linalg.solve(gram, centred.T @ (y - y.mean()))
    return w, float(y.mean() - mean @ w)


def _logistic(x: Floats, y: Floats, ridge: float) -> tuple[Floats, float]:
    """Newton's method (iteratively reweighted least squares) on the ridge-penalised log-likelihood."""
    design = np.concatenate([x, np.ones((len(x), 1))], axis=1)
    penalty = np.full(design.shape[1], ridge * len(x) / 4)  # / 4: the largest weight of a picture below
    penalty[-1] = 1e-6 * len(x)
    w = np.zeros(design.shape[1])
    for _ in range(_NEWTON_STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ w, -30, 30)))
        gradient = design.T @ (p - y) + penalty * w
        hessian = design.T @ (design * (p * (1 - p))[:, None]) + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        w = w - step
        if np.abs(step).max() < 1e-3:
            break
    return w[:-1], float(w[-1])
