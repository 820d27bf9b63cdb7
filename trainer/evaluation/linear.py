"""What a linear layer reads off a latent: the papers' way to say how much a representation holds.

All functions take latents [N, D], what is known about the same N pictures, and a mask ``fit`` [N] of the pictures that
a reader may be fitted on; figures are of the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.metrics import average_precision_score

from trainer.evaluation.factors import Factors, Floats, Mask
from trainer.latents import Statistics

_RIDGES = (1.0, 10.0, 100.0, 1_000.0, 10_000.0)  # chosen for each target by leave-one-out
_INVERSE_PENALTY = 0.1
_FEWEST = 2  # of a class, that a label needs on either side of the split


@dataclass(frozen=True, eq=False)
class Regression:
    """Linear regression of F values.

    Attributes:
        r: [F] Pearson's r, 1 perfect, about 0 where nothing is read.
        mse: [F] mean squared error in units of the value's variance over the fitted pictures: 0 perfect, about 1
            where nothing is read.
    """

    r: Floats
    mse: Floats


def average_precision(z: Floats, labels: Factors, fit: Mask) -> Floats:
    """[L] average precision of a logistic probe for each yes-or-no label (Yue et al., ICLR 2024, section 5: over 40
    attributes of CelebA).

    1 is perfect; the share of the positives is what a reader without any information gets. NaN where one of the two
    answers is too rare.
    """
    x = Statistics.of(z[fit]).normalise(z)
    out = np.full(len(labels), np.nan)
    for i, values in enumerate(labels.values.T):
        known = ~np.isnan(values)
        answers = [values[known & part] > 0.5 for part in (fit, ~fit)]
        if any(min(a.sum(), (~a).sum()) < _FEWEST for a in answers):
            continue
        probe = LogisticRegression(C=_INVERSE_PENALTY, max_iter=2_000).fit(x[known & fit], answers[0])
        out[i] = average_precision_score(answers[1], probe.decision_function(x[known & ~fit]))
    return out


def regression(z: Floats, factors: Factors, fit: Mask) -> Regression:
    """How well a linear layer reads values (the LFW protocol of Yue et al., ICLR 2024, section 5).

    The paper trains the layer by Adam; here it is the ridge solution, which that approaches. Categories have no r.
    """
    r, mse = np.full(len(factors), np.nan), np.full(len(factors), np.nan)
    whole = ~np.isnan(factors.values).any(axis=0)
    numbers = np.array([kind != "categorical" for kind in factors.kinds])
    parts = [np.flatnonzero(whole & numbers), *np.flatnonzero(~whole & numbers)[:, None]]  # all known: solved together
    for columns in parts:
        known = ~np.isnan(factors.values[:, columns]).any(axis=1)
        if not len(columns) or min((known & fit).sum(), (known & ~fit).sum()) < 10:
            continue
        truth = factors.values[known][:, columns]
        target = Statistics.of(truth[fit[known]]).normalise(truth)
        read = read_linearly(z[known], target, fit[known])
        truth = target[~fit[known]]
        mse[columns] = np.square(read - truth).mean(axis=0)
        r[columns] = _correlations(read, truth)
    return Regression(r, mse)


class LinearReader:
    """The ridge solution for targets [N, T] from latents [N, D]; the ridge of each target by leave-one-out."""

    def __init__(self, z: Floats, targets: Floats) -> None:
        self._statistics, self._count = Statistics.of(z), targets.shape[1]
        self._model = RidgeCV(_RIDGES, alpha_per_target=self._count > 1).fit(self._statistics.normalise(z), targets)

    def read(self, z: Floats) -> Floats:
        """[M, T] of other latents [M, D]."""
        return self._model.predict(self._statistics.normalise(z)).reshape(-1, self._count)


def read_linearly(z: Floats, targets: Floats, fit: Mask) -> Floats:
    """[M, T]: linear read-outs of targets [N, T] on the M pictures not in ``fit``."""
    return LinearReader(z[fit], targets[fit]).read(z[~fit])


def read_by_unit(z: Floats, factors: Factors, fit: Mask, units: npt.NDArray[np.int64]) -> Floats:
    """[M, U, F]: what each unit of the latent, by itself, says linearly of each factor, on pictures not in ``fit``.

    Args:
        units: [D] the unit, 0..U-1, of each dim, such as its time-step group.

    Returns:
        Estimates of continuous and binary factors; for categories the likeliest code.
    """
    targets, owners = factors.targets()
    target = Statistics.of(targets[fit]).normalise(targets)
    out = np.empty((int((~fit).sum()), int(units.max()) + 1, len(factors)))
    for unit in range(out.shape[1]):
        read = read_linearly(z[:, units == unit], target, fit)
        for i, kind in enumerate(factors.kinds):
            own = read[:, owners == i]
            out[:, unit, i] = own.argmax(axis=1) if kind == "categorical" else own[:, 0]
    return out


def explained(read: Floats, truth: Floats) -> float:
    """Share of the variance of the columns of ``truth`` that ``read`` explains, 0..1; worse than the mean is 0."""
    total = np.square(truth - truth.mean(axis=0)).sum()
    return max(0.0, 1 - float(np.square(read - truth).sum() / total)) if total > 0 else 0.0


def _correlations(a: Floats, b: Floats) -> Floats:
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    power = np.sqrt(np.square(a).sum(axis=0) * np.square(b).sum(axis=0))
    return np.where(power > 0, (a * b).sum(axis=0) / np.where(power > 0, power, 1), 0.0)
