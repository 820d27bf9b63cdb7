"""Where the equaliser's bars stand: pure arithmetic between time-step groups, bars and pixels."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from diti_studio.core.packs import Manifest

LIMIT = 3.0
"""A bar moves from -LIMIT to +LIMIT standard deviations."""

_OPENED_SHARE = 3.0  # how much wider a stage becomes when it shows its groups beside closed ones


@dataclass(frozen=True)
class Stage:
    """A named run of groups, start..end-1, and its time-steps t_start..t_end-1."""

    index: int
    name: str
    start: int
    end: int
    t_start: int
    t_end: int

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Bar:
    """What one handle moves: groups start..end-1, a whole stage or a single group of it."""

    start: int
    end: int
    stage: int
    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    def __len__(self) -> int:
        return self.end - self.start


def stages_of(manifest: Manifest) -> tuple[Stage, ...]:
    """The stages that own groups. One that is shorter than a group owns none and is left out."""
    groups = manifest.timestep_groups
    out = list[Stage]()
    for i, entry in enumerate(manifest.stages):
        inside = groups.stage_groups(i)
        if inside:
            first, last = groups[inside.start], groups[inside.stop - 1]
            out.append(Stage(i, entry.name, inside.start, inside.stop, first.t_start, last.t_end))
    return tuple(out)


def stage_edges(stages: tuple[Stage, ...], opened: Collection[int], left: float, right: float) -> list[float]:
    """Where stages begin and end between ``left`` and ``right``, ascending; one number more than there are stages.

    With every stage open the axis is linear in time. Otherwise the short fine stages are drawn wider than they are, so
    that they can be grasped and named, and open ones get more room.
    """
    if all(stage.index in opened for stage in stages):
        weights = [float(len(stage)) for stage in stages]
    else:
        weights = [
            len(stage) ** 0.4 * (_OPENED_SHARE if stage.index in opened and len(stage) > 1 else 1) for stage in stages
        ]
    edges, total = [left], sum(weights)
    for weight in weights:
        edges.append(edges[-1] + (right - left) * weight / total)
    return edges


def bars_of(stages: tuple[Stage, ...], opened: Collection[int], left: float, right: float) -> tuple[Bar, ...]:
    """One bar for a closed stage, one for each group of an open one, side by side from ``left`` to ``right``."""
    edges = stage_edges(stages, opened, left, right)
    out = list[Bar]()
    for stage, a, b in zip(stages, edges, edges[1:], strict=False):
        count = len(stage) if stage.index in opened else 1
        step = len(stage) // count
        width = (b - a) / count
        out += [
            Bar(stage.start + i * step, stage.start + (i + 1) * step, stage.index, a + i * width, a + (i + 1) * width)
            for i in range(count)
        ]
    return tuple(out)


def varied(before: tuple[float, ...], start: int, end: int, seed: int) -> tuple[float, ...]:
    """The amounts with those of groups start..end-1 drawn anew, each normal with the spread of the training pictures.

    Equal seeds give a group equal amounts, whatever the range.
    """
    draw = random.Random(seed)
    fresh = [round(min(max(draw.gauss(0, 1), -LIMIT), LIMIT), 2) for _ in before]
    return (*before[:start], *fresh[start:end], *before[end:])


def shifted(before: tuple[float, ...], start: int, end: int, target: float) -> tuple[float, ...]:
    """The amounts with the mean of groups start..end-1 brought to ``target``.

    Differences inside the range are kept, as a group fader of a mixing desk does, until a group meets the limit.
    """
    mean = sum(before[start:end]) / (end - start)
    moved = [round(min(max(a + target - mean, -LIMIT), LIMIT), 2) for a in before[start:end]]
    return (*before[:start], *moved, *before[end:])
