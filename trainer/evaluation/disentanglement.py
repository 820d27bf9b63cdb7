"""Measures of disentanglement for latents of pictures whose factors are known.

Each can be read in two ways: with single dims as the units of the code, as in the papers that define the measures, or
with time-step groups as units, which is what DiTi claims something about. A group is then represented by what a linear
layer reads off its dims alone (``linear.read_by_unit``): by the data-processing inequality a lower bound of what it
holds. Codes are therefore [N, U] (dims) or [N, U, F] (one reading a unit and factor). With a single unit a gap between
the best and the next is not defined: NaN.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LassoCV
from sklearn.metrics import balanced_accuracy_score, mutual_info_score
from sklearn.tree import DecisionTreeClassifier

from diti_studio.core.groups import TimestepGroups
from trainer.evaluation.factors import Factors, Floats, Mask, cut
from trainer.evaluation.linear import explained
from trainer.latents import Statistics

Units = npt.NDArray[np.int64]
Predictor = Literal["lasso", "forest"]

CAPTURED = 0.75
"""AUROC from which TAD counts an attribute as captured."""

_CODE_BINS = 20
_LASSO = tuple(np.geomspace(0.3, 0.003, 7).tolist())  # of standardised targets
_TREES = 30
_DEAD = 1e-6


def groups_of_dims(groups: TimestepGroups) -> Units:
    """[D] the time-step group of each dim."""
    return np.repeat(np.arange(len(groups)), groups.dims)


def stages_of_dims(groups: TimestepGroups) -> Units:
    """[D] the stage of each dim, counting only stages that own dims."""
    stages = np.repeat([group.stage for group in groups.groups], groups.dims)
    return np.unique(stages, return_inverse=True)[1]


# -- gaps between the best unit and the next ------------------------------------------------------------------


def mig(code: Floats, factors: Factors) -> float:
    """Mutual information gap (Chen et al., NeurIPS 2018, equation 6), the mean over factors, 0..1.

    1: each factor is known from one unit and no other says anything of it. About 0 for noise, and also where two units
    say the same. Code and factors are cut into quantiles (20 and 10), so that the figure does not depend on scales.
    """
    return _mean_gap(mutual_information(code, factors))


def mutual_information(code: Floats, factors: Factors) -> Floats:
    """[U, F]: I(unit; factor) / H(factor)."""
    classes = factors.classes()
    out = np.empty((code.shape[1], len(factors)))
    for f in range(len(factors)):
        entropy = mutual_info_score(classes[:, f], classes[:, f])
        for u, values in enumerate(_seen(code, f).T):
            out[u, f] = mutual_info_score(cut(values, _CODE_BINS), classes[:, f]) / max(entropy, 1e-12)
    return out


def sap(code: Floats, factors: Factors) -> float:
    """Separated attribute predictability (Kumar et al., ICLR 2018, section 3), the mean over factors, 0..1.

    The gap between the two units that predict a factor best: R^2 of a line for continuous factors, balanced accuracy of
    thresholds on the unit for classes. About 1 for one unit a factor (1 - 1/C for a factor of C classes, since guessing
    scores 1/C), about 0 for noise.
    """
    return _mean_gap(predictability(code, factors))


def predictability(code: Floats, factors: Factors) -> Floats:
    """[U, F]: how well one unit predicts one factor, as SAP has it."""
    out = np.empty((code.shape[1], len(factors)))
    for f, kind in enumerate(factors.kinds):
        values, seen = factors.values[:, f], _seen(code, f)
        if kind == "continuous":
            out[:, f] = _squared_correlations(seen, values)
            continue
        tree = DecisionTreeClassifier(
            max_leaf_nodes=max(2, len(np.unique(values))), class_weight="balanced", random_state=0
        )
        for u in range(code.shape[1]):
            out[u, f] = balanced_accuracy_score(
                values, tree.fit(seen[:, u : u + 1], values).predict(seen[:, u : u + 1])
            )
    return out


@dataclass(frozen=True)
class Tad:
    """Total AUROC difference: ``score`` 0..captured / 2, over the ``captured`` of ``labels`` labels."""

    score: float
    captured: int
    labels: int


def tad(code: Floats, labels: Factors) -> Tad:
    """Total AUROC difference (Yeats et al., ECCV 2022, "NashAE", section 4): over the yes-or-no labels that some unit
    tells apart with an AUROC of CAPTURED or more, the sum of the gaps between the best unit and the next.

    A perfect code of L labels gives L / 2, noise 0 with none captured. The paper drops labels that say the same as
    others beforehand; so should the caller.
    """
    scores = auroc(code, labels)
    captured = scores.max(axis=0) >= CAPTURED
    gaps = _gaps(scores)[captured]
    return Tad(float(gaps.sum()), int(captured.sum()), len(labels))


def auroc(code: Floats, labels: Factors) -> Floats:
    """[U, L]: area under the ROC curve with the unit's value as the score, whichever way it points: 0.5..1.

    Labels that are never, or always, true of the pictures in which they are known score 0.5.
    """
    out = np.full((code.shape[1], len(labels)), 0.5)
    for i, values in enumerate(labels.values.T):
        known = ~np.isnan(values)
        positive = values[known] > 0.5
        count = int(positive.sum())
        if 0 < count < len(positive):
            ranks = rankdata(_seen(code, i)[known], axis=0)
            area = (ranks[positive].sum(axis=0) - count * (count + 1) / 2) / (count * (len(positive) - count))
            out[:, i] = np.maximum(area, 1 - area)
    return out


# -- DCI ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dci:
    """Disentanglement (a unit serves one factor), completeness (a factor sits in one unit), informativeness, each 0..1.

    Disentanglement and completeness are 1 for one unit a factor, near 0 for importance spread evenly. Informativeness
    is R^2 (for classes, accuracy above chance), the mean over factors: 0 where nothing is predicted.
    """

    disentanglement: float
    completeness: float
    informativeness: float


def importances(
    z: Floats, factors: Factors, fit: Mask, predictor: Predictor = "lasso", seed: int = 0
) -> tuple[Floats, Floats]:
    """How much each dim counts in the prediction of each factor, and how good it is.

    Args:
        predictor: as in the paper, "lasso" (|coefficient| on normalised z; categories as 0/1 columns; the penalty by
            three-fold cross-validation) or "forest" (impurity importance of 30 bagged trees that try all dims at a
            split: a forest that tries some gives importance to dims that hold nothing). The forest also follows what
            is not linear; it takes many minutes at 512 dims.

    Returns:
        [D, F] importances and [F] informativeness on pictures that are not in ``fit``.
    """
    x = Statistics.of(z[fit]).normalise(z)
    weights, quality = np.zeros((z.shape[1], len(factors))), np.zeros(len(factors))
    for f, kind in enumerate(factors.kinds):
        own = factors.chosen(np.arange(len(factors)) == f)
        if predictor == "forest":
            weights[:, f], read = _forest(x, own, fit, seed)
        else:
            weights[:, f], read = _lasso(x, own, fit)
        truth = own.values[~fit, 0]
        quality[f] = explained(read, truth[:, None]) if kind == "continuous" else _above_chance(truth, read[:, 0])
    return weights, quality


def dci(weights: Floats, quality: Floats, units: Units | None = None) -> Dci:
    """The three figures (Eastwood and Williams, ICLR 2018, section 2) from importances [D, F], the means weighted by
    importance.

    ``units`` [D]: importances of the dims of one unit are added up first; by default each dim is a unit.
    """
    summed = weights
    if units is not None:
        summed = np.zeros((int(units.max()) + 1, weights.shape[1]))
        np.add.at(summed, units, weights)
    total = summed.sum()
    if total <= 0:
        return Dci(0.0, 0.0, float(quality.mean()))
    share = summed.sum(axis=1) / total
    disentanglement = float(share @ _concentration(summed))
    completeness = float((summed.sum(axis=0) / total) @ _concentration(summed.T))
    return Dci(disentanglement, completeness, float(quality.mean()))


def _concentration(rows: Floats) -> Floats:
    """1 - entropy of each row, taken as a distribution, over that of the uniform one."""
    if rows.shape[1] < 2:
        return np.full(len(rows), np.nan)
    p = rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-12)
    return 1 + (p * np.log(np.maximum(p, 1e-12))).sum(axis=1) / np.log(rows.shape[1])


def _lasso(x: Floats, factor: Factors, fit: Mask) -> tuple[Floats, Floats]:
    targets, _ = factor.targets()
    weights, read = np.zeros(x.shape[1]), np.empty((int((~fit).sum()), targets.shape[1]))
    for i, target in enumerate(targets.T):
        normal = Statistics.of(target[fit, None])
        model = cast(Any, LassoCV)(alphas=_LASSO, cv=3, precompute=True, max_iter=3_000)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # at the weakest penalty; the last digits do not matter
            model.fit(x[fit], normal.normalise(target[fit, None])[:, 0])
        weights += np.abs(model.coef_) / targets.shape[1]
        read[:, i] = model.predict(x[~fit]) * normal.std + normal.mean
    if factor.kinds[0] == "categorical":
        return weights, np.unique(factor.values)[read.argmax(axis=1)][:, None]
    return weights, (read > 0.5).astype(np.float64) if factor.kinds[0] == "binary" else read


def _forest(x: Floats, factor: Factors, fit: Mask, seed: int) -> tuple[Floats, Floats]:
    kind: Any = RandomForestRegressor if factor.kinds[0] == "continuous" else RandomForestClassifier
    model = kind(_TREES, max_features=1.0, min_samples_leaf=3, random_state=seed)
    model.fit(x[fit], factor.values[fit, 0])
    return model.feature_importances_, model.predict(x[~fit])[:, None]


def _above_chance(truth: Floats, read: Floats) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a class that was read and is not there
        return max(0.0, float(balanced_accuracy_score(truth, read, adjusted=True)))


# -- FactorVAE ------------------------------------------------------------------------------------------------


def factor_vae(
    z: Floats, factors: Factors, units: Units | None = None, *, votes: int = 1000, batch: int = 64, seed: int = 0
) -> float:
    """The FactorVAE score (Kim and Mnih, ICML 2018, section 4) from pictures whose factors are known.

    A vote takes ``batch`` pictures that agree in one factor (for continuous ones: in a tenth of its range by counts)
    and says which unit varies least among them, relative to its variance over all pictures. Half of the votes teach a
    majority classifier which factor a unit stands for, on the other half its accuracy is measured: 1 is perfect,
    1 / number of factors is chance. The mildest of the measures: among many dims that each mix all factors, some will
    mix them unevenly enough to be told by it. A unit of several dims varies by the mean over them; dims that never
    vary do not count.
    """
    variance = z.var(axis=0)
    alive = variance > _DEAD
    if not alive.any():
        return 1 / len(factors)
    normal = z[:, alive] / np.sqrt(variance[alive])
    owner = (np.arange(z.shape[1]) if units is None else units)[alive]
    present, owner = np.unique(owner, return_inverse=True)
    counts = np.bincount(owner)
    classes = factors.classes()
    members = [[np.flatnonzero(column == c) for c in np.unique(column)] for column in classes.T]
    rng = np.random.default_rng(seed)
    cast = np.empty((votes, 2), np.int64)
    for vote in cast:
        factor = int(rng.integers(len(factors)))
        agreeing = members[factor][int(rng.integers(len(members[factor])))]
        chosen = rng.choice(agreeing, min(batch, len(agreeing)), replace=False)
        spread = np.bincount(owner, normal[chosen].var(axis=0)) / counts
        vote[:] = spread.argmin(), factor
    table = np.zeros((len(present), len(factors)))
    np.add.at(table, tuple(cast[::2].T), 1)
    return float((table.argmax(axis=1)[cast[1::2, 0]] == cast[1::2, 1]).mean())


# -- shared ---------------------------------------------------------------------------------------------------


def _seen(code: Floats, factor: int) -> Floats:
    """[N, U]: the code as it is, or each unit's own reading of the factor."""
    return code if code.ndim == 2 else code[:, :, factor]


def _gaps(scores: Floats) -> Floats:
    """[F]: the best unit's score less the next one's."""
    if len(scores) < 2:
        return np.full(scores.shape[1], np.nan)
    best = np.sort(scores, axis=0)
    return best[-1] - best[-2]


def _mean_gap(scores: Floats) -> float:
    return float(_gaps(scores).mean())


def _squared_correlations(seen: Floats, values: Floats) -> Floats:
    a, b = seen - seen.mean(axis=0), values - values.mean()
    power = np.square(a).sum(axis=0) * np.square(b).sum()
    return np.where(power > _DEAD, np.square(b @ a) / np.where(power > _DEAD, power, 1), 0.0)
