"""Chooses each attribute's direction, its scale, its range and its profile by what it does to pictures.

Everything is measured through the sampler and read by a network that was trained on pictures (``readers``), on pictures
that the encoder was trained on: the held-out ones are left for the evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from diti_studio.core.groups import TimestepGroups
from trainer.attributes import AttributeSpec
from trainer.evaluation.engine import Bench
from trainer.evaluation.metrics import selectivity
from trainer.evaluation.readers import Reader
from trainer.latents import Floats, Statistics

TRIAL = 2.0
"""The amount, up and down, at which directions are compared."""
LADDER = (1.0, 2.0, 3.0)
"""Amounts of the scaled direction that the range is sought on."""

_STAGE_SHARE = 0.12  # of the effect, below which a stage is tried without
_TRIED = 0.01  # of the squared length of a direction, below which a stage is not tried alone
_KEPT = 0.7  # of the effect, that must be left when only the strong stages are moved
_GAIN = (0.5, 4.0)  # how far a direction may be scaled to make amount 1 one standard deviation
_STALLED = 0.2  # of the first step's slope: below it the attribute no longer follows the amount
_MEMBER = 1.2  # how far an edited picture's latent may leave the largest that data have
_LEGIBLE = 0.3  # correlation of the reader below which nothing can be said of an attribute
_WEAKEST = 0.25  # of what amount TRIAL stands for, that it must move at least: below, it is not worth a slider
_LEAKY = 0.5  # selectivity below which other attributes move twice as much: not offered
_CLEAN = 1.5  # selectivity below which an attribute is marked as experimental


@dataclass(frozen=True, eq=False)
class Calibrated:
    """A direction that is ready for use.

    Attributes:
        direction: [D], one standard deviation (or half of no-to-yes) long.
        method: how it was found.
        range: amounts between which the attribute follows and pictures stay like the data.
        profile: [k], each group's share of the effect; sums to 1.
        selectivity: own change over the others' mean absolute change, at TRIAL towards the other side.
        effect: change of the attribute at amount TRIAL, in standard deviations as read.
        experimental: it works, but not cleanly.
        useful: whether it should be offered at all.
    """

    name: str
    direction: Floats
    method: str
    range: tuple[float, float]
    profile: Floats
    selectivity: float
    effect: float
    experimental: bool
    useful: bool


@dataclass(frozen=True, eq=False)
class _Trial:
    """What a direction did: selectivity, and the mean own change in the wanted direction, in standard deviations."""

    direction: Floats
    selectivity: float
    effect: float


class Calibrator:
    """Measures directions on a bench of pictures."""

    def __init__(
        self, bench: Bench, reader: Reader, specs: Sequence[AttributeSpec], groups: TimestepGroups,
        statistics: Statistics, spread: float,
    ) -> None:  # fmt: skip
        """Args:
        statistics: of z over the training pictures.
        spread: the largest mean squared normalised latent that is usual in the data (say, its 99th percentile).
        """
        self._bench, self._reader, self._specs, self._groups = bench, reader, specs, groups
        self._statistics, self._spread = statistics, spread
        self._base = reader.read(bench.images)

    def calibrate(self, own: int, candidates: Mapping[str, Floats]) -> Calibrated:
        """The best of the candidate directions [D] for attribute ``own``, scaled and bounded."""
        trials = {method: self._try(move, own) for method, move in candidates.items() if move.any()}
        # What amount TRIAL should move the reading by: a reader shows less of a change than there is.
        wanted = TRIAL * self._unit(own) * self._truth(own)
        weakest = _WEAKEST * wanted / _GAIN[1]
        legible = {m: t for m, t in trials.items() if t.effect >= weakest and t.selectivity >= _LEAKY}
        if not legible or self._correlation(own) < _LEGIBLE:
            best = max(trials.values(), key=lambda t: t.selectivity, default=_Trial(np.zeros(0), 0.0, 0.0))
            return self._useless(own, best)
        method = max(legible, key=lambda m: legible[m].selectivity)
        best = legible[method]

        effects = self._stage_effects(best.direction, own)
        strong = effects >= _STAGE_SHARE * effects.sum()
        if effects.sum() > 0 and not strong.all():
            own_stages = self._try(best.direction * self._stage_mask(strong), own)
            if own_stages.selectivity > best.selectivity and own_stages.effect > _KEPT * best.effect:
                best, method = own_stages, f"{method}, own stages"
                effects = np.where(strong, effects, 0.0)

        gain = float(np.clip(wanted / best.effect, *_GAIN))
        direction = gain * best.direction
        low, high = self._range(direction, own)
        return Calibrated(
            self._specs[own].name, direction, method, (-low, high), self._profile(direction, effects),
            best.selectivity, best.effect * gain,
            experimental=best.selectivity < _CLEAN or min(low, high) < TRIAL, useful=True,
        )  # fmt: skip

    # -- measuring -------------------------------------------------------------------------------------

    def _read(self, images: npt.NDArray[np.uint8]) -> Floats:
        """[N, A] change of what is read, in standard deviations."""
        return self._reader.read(images) - self._base

    def _try(self, direction: Floats, own: int) -> _Trial:
        """Moves every picture by TRIAL towards the other side of the mean: who wears glasses cannot put on more."""
        way = other_side(self._base[:, own])
        change = way * self._read(self._bench.edited(TRIAL * way * direction))
        return _Trial(direction, selectivity(change, own, rest(self._specs, own)), float(change[:, own].mean()))

    def _stage_effects(self, direction: Floats, own: int) -> Floats:
        """[stages] own change at amount TRIAL when only one stage's dims move.

        Negative effects count as none, and stages that hold next to nothing of the direction are not tried.
        """
        stages = len(self._groups.stage_ends)
        effects = np.zeros(stages)
        length = np.square(direction / self._statistics.std)
        way = other_side(self._base[:, own])
        for stage in range(stages):
            mask = self._stage_mask(np.arange(stages) == stage)
            if (length * mask).sum() >= _TRIED * length.sum():
                change = way * self._read(self._bench.edited(TRIAL * way * direction * mask))
                effects[stage] = change[:, own].mean()
        return np.maximum(effects, 0.0)

    def _stage_mask(self, stages: npt.NDArray[np.bool_]) -> Floats:
        mask = np.zeros(self._groups.latent_dim)
        for group in self._groups.groups:
            mask[group.dim_start : group.dim_end] = stages[group.stage]
        return mask

    def _profile(self, direction: Floats, effects: Floats) -> Floats:
        """[k]: each stage's effect, shared among its groups by the energy of the direction in their dims."""
        energy = np.square(direction / self._statistics.std)
        shares = np.array([energy[g.dim_start : g.dim_end].sum() for g in self._groups.groups])
        profile = np.zeros(len(shares))
        for stage, effect in enumerate(effects):
            inside = [i for i, g in enumerate(self._groups.groups) if g.stage == stage]
            if inside and shares[inside].sum() > 0:
                profile[inside] = effect * shares[inside] / shares[inside].sum()
        return profile / profile.sum() if profile.sum() > 0 else shares / max(shares.sum(), 1e-12)

    def _range(self, direction: Floats, own: int) -> tuple[float, float]:
        """(low, high): how far down and up. A side that no picture of the bench has room on is taken as the other."""
        way = other_side(self._base[:, own])[:, 0]
        reach = {sign: self._reach(direction, own, sign, way == sign) for sign in (-1, 1) if (way == sign).any()}
        return reach.get(-1, reach.get(1, 1.0)), reach.get(1, reach.get(-1, 1.0))

    def _reach(self, direction: Floats, own: int, sign: int, room: npt.NDArray[np.bool_]) -> float:
        """The largest amount on LADDER up to which the attribute follows, where it can, and latents stay usual."""
        before, at, reached, first = 0.0, 0.0, LADDER[0], 0.0
        for amount in LADDER:
            images = self._bench.edited(sign * amount * direction)
            read = sign * float(self._read(images)[room, own].mean())
            slope = (read - before) / (amount - at)
            first = first or slope
            usual = np.median(self._unusual(images)) <= self._spread * _MEMBER
            if slope <= 0 or slope < _STALLED * first or not usual:
                break
            before, at, reached = read, amount, amount
        return reached

    def _unusual(self, images: npt.NDArray[np.uint8]) -> Floats:
        """[N] mean squared normalised latent of pictures."""
        return np.square(self._statistics.normalise(self._bench.engine.encode(images))).mean(axis=1)

    def _correlation(self, own: int) -> float:
        return float(np.nan_to_num(self._reader.correlation["rendered"][own]))

    def _truth(self, own: int) -> float:
        """What of a true change the reader shows, on average: its correlation squared, as a least-squares reader's."""
        return max(self._correlation(own) ** 2, _LEGIBLE**2)

    def _unit(self, own: int) -> float:
        """What amount 1 stands for, in the reader's standard deviations."""
        return 0.5 / float(self._reader.std[own]) if self._specs[own].kind == "binary" else 1.0

    def _useless(self, own: int, best: _Trial) -> Calibrated:
        dims, groups = self._groups.latent_dim, len(self._groups)
        return Calibrated(
            self._specs[own].name, np.zeros(dims), "none", (-1.0, 1.0), np.full(groups, 1 / groups),
            best.selectivity, best.effect, experimental=True, useful=False,
        )  # fmt: skip


def calibrate(
    calibrator: Calibrator, specs: Sequence[AttributeSpec], candidates: Mapping[str, Floats],
    progress: Callable[[str], None] | None = None,
) -> list[Calibrated]:  # fmt: skip
    """All attributes; ``candidates`` are [A, D] by method."""
    out = list[Calibrated]()
    for i, spec in enumerate(specs):
        found = calibrator.calibrate(i, {method: rows[i] for method, rows in candidates.items()})
        if progress:
            progress(
                f"{spec.name}: {found.method}, selectivity {found.selectivity:.1f}, amount 2 moves {found.effect:.2f}, "
                f"range {found.range[0]:g} to {found.range[1]:g}{'' if found.useful else ' (left out)'}"
            )
        out.append(found)
    return out


def other_side(read: Floats) -> Floats:
    """[N, 1]: +1 for pictures below the mean of the data (0), -1 for those above."""
    return np.where(read < 0, 1.0, -1.0)[:, None]


def rest(specs: Sequence[AttributeSpec], own: int) -> npt.NDArray[np.bool_]:
    """[A]: the attributes that an edit of ``own`` should leave alone: all of other families."""
    family = specs[own].family
    return np.array([i != own and not (family and spec.family == family) for i, spec in enumerate(specs)])
