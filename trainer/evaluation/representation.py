"""How good a latent is as a representation: what can be read off it, and how neatly it is kept apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diti_studio.core.groups import TimestepGroups
from trainer.evaluation import disentanglement as measures
from trainer.evaluation.disentanglement import Dci, Predictor, Tad, Units
from trainer.evaluation.factors import Factors, Floats, Mask
from trainer.evaluation.linear import average_precision, read_by_unit, regression


@dataclass(frozen=True)
class Disentanglement:
    """The measures of ``disentanglement`` with one kind of units: dims, groups or stages."""

    units: str
    count: int
    dci: Dci
    mig: float
    sap: float
    factor_vae: float
    tad: Tad


@dataclass(frozen=True)
class Representation:
    """Figures of a latent on held-out pictures; names are the factors' or labels'.

    Attributes:
        average_precision: of each label; ``positives``: the share of its positives, which is what chance gives.
        r, mse: of each number's linear regression.
        disentangled: by units; empty where factors are not known throughout.
    """

    pictures: int
    average_precision: dict[str, float]
    positives: dict[str, float]
    r: dict[str, float]
    mse: dict[str, float]
    disentangled: tuple[Disentanglement, ...] = ()

    @property
    def mean_average_precision(self) -> float:
        """Over the labels that could be measured."""
        return _mean(self.average_precision)

    @property
    def mean_r(self) -> float:
        """Over the numbers that could be measured."""
        return _mean(self.r)

    @property
    def mean_mse(self) -> float:
        """Over the numbers that could be measured."""
        return _mean(self.mse)


def read_representation(z: Floats, factors: Factors, fit: Mask) -> Representation:
    """What linear layers fitted on the pictures of ``fit`` [N] read off the latents [N, D] of the others."""
    labels, numbers = factors.labels(), regression(z, factors, fit)
    shares = [float(np.nanmean(v)) if not np.isnan(v).all() else np.nan for v in labels.values[~fit].T]
    return Representation(
        int((~fit).sum()),
        dict(zip(labels.names, average_precision(z, labels, fit).tolist(), strict=True)),
        dict(zip(labels.names, shares, strict=True)),
        dict(zip(factors.names, numbers.r.tolist(), strict=True)),
        dict(zip(factors.names, numbers.mse.tolist(), strict=True)),
    )


def measure_disentanglement(
    z: Floats, factors: Factors, fit: Mask, groups: TimestepGroups, predictor: Predictor = "lasso"
) -> tuple[Disentanglement, ...]:
    """The measures with dims, groups and stages as units, on pictures that are not in ``fit``.

    Only factors that are known of all pictures take part. A latent with one group is measured by dims alone: give it
    the groups of another to compare with.
    """
    factors = factors.complete()
    labels = factors.labels()
    tested, labelled = factors.take(~fit), labels.take(~fit)
    weights, quality = measures.importances(z, factors, fit, predictor)

    def by(name: str, units: Units | None) -> Disentanglement:
        code, label_code = z[~fit], z[~fit]
        if units is not None:
            code, label_code = read_by_unit(z, factors, fit, units), read_by_unit(z, labels, fit, units)
        return Disentanglement(
            name,
            code.shape[1],
            measures.dci(weights, quality, units),
            measures.mig(code, tested),
            measures.sap(code, tested),
            measures.factor_vae(z[~fit], tested, units),
            measures.tad(label_code, labelled),
        )

    out = [by("dims", None)]
    if len(groups) > 1:
        out += [by("groups", measures.groups_of_dims(groups)), by("stages", measures.stages_of_dims(groups))]
    return tuple(out)


def _mean(values: dict[str, float]) -> float:
    known = [value for value in values.values() if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")
