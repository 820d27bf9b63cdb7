"""What each stage of time-steps carries: what pictures take over of others that lend them one stage of the latent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from skimage.color import rgb2lab

from trainer.evaluation.engine import Bench
from trainer.evaluation.factors import Factors, Floats, Mask
from trainer.evaluation.linear import LinearReader, explained
from trainer.evaluation.metrics import Pixels
from trainer.latents import Statistics

LOOKS = ("brightness", "colours", "layout", "texture")
"""What is measured of pictures without knowing what they show; see ``looks``."""
BANDS = (4, 16)
"""Borders between coarse, medium and fine, in periods over the picture's side."""

_LEGIBLE = 0.3  # of a factor's variance that must be read for it to be told
_CELLS, _LAYOUT = 4, 16  # a side


@dataclass(frozen=True, eq=False)
class Lending:
    """Shares are of the way from a picture to the one that lends: 0 stays as it is, 1 becomes the lender's.

    Attributes:
        names: [F] LOOKS, then the factors that can be read.
        ends: [S] the stages' ends in time.
        taken: [F, S] share of the way that a picture goes, mean over the pairs, as least squares see it.
        moved: [S] root mean squared change of the pictures, in grey levels.
        bands: [S, 3] how much of the change is coarse, medium, fine (BANDS); sums to 1 for each stage.
    """

    pictures: int
    names: tuple[str, ...]
    ends: tuple[int, ...]
    taken: Floats
    moved: Floats
    bands: Floats


class FactorReader:
    """Reads those factors off the encoder's latents of pictures that a linear layer can read."""

    def __init__(self, z: Floats, factors: Factors, fit: Mask) -> None:
        """Fitted on the pictures of ``fit`` [N], of z [N, D]; all factors must be known throughout."""
        targets = Statistics.of(factors.values[fit]).normalise(factors.values)
        self._reader = LinearReader(z[fit], targets[fit])
        read, truth = self._reader.read(z[~fit]), targets[~fit]
        told = [explained(read[:, [i]], truth[:, [i]]) for i in range(len(factors))]
        self._legible = np.array(told) >= _LEGIBLE
        self.names = factors.chosen(self._legible).names

    def read(self, z: Floats) -> Floats:
        """[N, F] in standard deviations, of latents [N, D]."""
        return self._reader.read(z)[:, self._legible]


def lend(bench: Bench, reader: FactorReader) -> Lending:
    """Every picture of the bench borrows from the next one, one stage at a time, and keeps its own noise."""
    groups = bench.engine.pack.groups
    owned = [stage for stage in range(len(groups.stage_ends)) if groups.stage_groups(stage)]
    lenders = np.roll(bench.z, -1, axis=0)
    before = _measured(bench, bench.images, reader)
    way = [np.roll(values, -1, axis=0) - values for values in before]
    taken, moved, bands = list[list[float]](), list[float](), list[Floats]()
    for stage in owned:
        inside = groups.stage_groups(stage)
        dims = groups.dims_of(inside[0], inside[-1] + 1)
        move = np.zeros_like(bench.z)
        move[:, dims] = lenders[:, dims] - bench.z[:, dims]
        after = bench.edited(move)
        gone = [b - a for a, b in zip(before, _measured(bench, after, reader), strict=True)]
        taken.append([_share(g, w) for g, w in zip(gone, way, strict=True)])
        change = after.astype(np.float64) - bench.images
        moved.append(float(np.sqrt(np.square(change).mean())))
        bands.append(_by_band(change.mean(axis=-1)))
    return Lending(
        len(bench), (*LOOKS, *reader.names), tuple(groups.stage_ends[stage] for stage in owned),
        np.array(taken).T, np.array(moved), np.array(bands),
    )  # fmt: skip


def looks(images: Pixels) -> tuple[Floats, ...]:
    """What LOOKS names, each [N, K], of pictures [N,s,s,3].

    brightness: mean lightness. colours: mean a and b of CIELAB in 4 by 4 cells. layout: lightness in 16 by 16 cells,
    less its mean and over its spread. texture: logarithm of how much lightness varies between neighbours, in 4 by 4
    cells.
    """
    lab = rgb2lab(images)
    light = lab[..., 0]
    layout = _cells(light, _LAYOUT)
    layout = layout - layout.mean(axis=1, keepdims=True)
    layout = layout / np.maximum(layout.std(axis=1, keepdims=True), 1e-6)
    fine = np.abs(light[:, :, 1:] - light[:, :, :-1])[:, 1:] + np.abs(light[:, 1:] - light[:, :-1])[:, :, 1:]
    fine = np.pad(fine, ((0, 0), (1, 0), (1, 0)), "edge")
    return (
        light.mean(axis=(1, 2))[:, None],
        np.concatenate([_cells(lab[..., 1], _CELLS), _cells(lab[..., 2], _CELLS)], axis=1),
        layout,
        np.log(_cells(fine, _CELLS) + 0.1),
    )


def _measured(bench: Bench, images: Pixels, reader: FactorReader) -> list[Floats]:
    """[N, K] for each of LOOKS and for each factor."""
    factors = reader.read(bench.engine.encode(images).astype(np.float64))
    return [*looks(images), *factors.T[..., None]]


def _share(gone: Floats, way: Floats) -> float:
    """The least-squares factor between two sets of changes [N, K]."""
    return float((gone * way).sum() / max(np.square(way).sum(), 1e-12))


def _cells(values: Floats, count: int) -> Floats:
    """[N, count * count] means of [N,s,s]; s is a multiple of count."""
    side = values.shape[1] // count
    return values.reshape(len(values), count, side, count, side).mean(axis=(2, 4)).reshape(len(values), -1)


def _by_band(change: Floats) -> Floats:
    """[3] shares of the energy of changes [N,s,s], by BANDS."""
    size = change.shape[1]
    power = np.square(np.abs(np.fft.fft2(change))).sum(axis=0)
    line = np.fft.fftfreq(size, 1 / size)
    band = np.digitize(np.hypot(line[:, None], line), BANDS)
    shares = np.bincount(band.ravel(), power.ravel(), len(BANDS) + 1)
    return shares / max(shares.sum(), 1e-12)
