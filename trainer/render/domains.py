"""The kinds of pictures that can be rendered, each with its factors, their distribution and its renderer.

What a kind needs (OpenGL, a head mesh) is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from diti_studio.core.errors import DitiError
from trainer.render.factor_tables import Factor

Sample = Callable[[int, int], Any]
"""(seed, index) -> a dataclass of factors, the same on every machine and in every order."""


class Renderer(Protocol):
    """Draws pictures at one size; used in the thread that made it."""

    def render(self, factors: Sequence[Any], /) -> np.ndarray:
        """[N, size, size, 3] uint8."""
        ...

    def close(self) -> None:
        """Gives back what it holds."""
        ...


@dataclass(frozen=True)
class Domain:
    """A kind of pictures.

    Attributes:
        version: raised whenever the same factors give other bytes.
        factors: names and domains, in the order of the fields of what ``sample`` gives.
        sample: draws the factors of a picture.
        renderer: size -> a renderer.
        prepare: tells what is missing (a DitiError), and fills caches that workers share.
    """

    version: int
    factors: Mapping[str, Factor]
    sample: Sample
    renderer: Callable[[int], Renderer]
    prepare: Callable[[], object]


def domain(kind: str) -> Domain:
    """The domain of that name. Raises DitiError when there is none."""
    if kind not in _DOMAINS:
        raise DitiError(f"There is no renderer for {kind!r}: use one of {', '.join(_DOMAINS)}.")
    return _DOMAINS[kind]()


def _faces() -> Domain:
    from trainer.render.faces import VERSION, FaceRenderer
    from trainer.render.factors import FACTORS, sample
    from trainer.render.meshes import load_head
    from trainer.render.scalp import load_scalp

    return Domain(VERSION, FACTORS, sample, FaceRenderer, lambda: (load_head(), load_scalp()))


def _shapes() -> Domain:
    from trainer.render.shapes import FACTORS, VERSION, ShapeRenderer, sample

    return Domain(VERSION, FACTORS, sample, ShapeRenderer, lambda: None)


def _rooms() -> Domain:
    from trainer.render.rooms.factors import FACTORS, sample
    from trainer.render.rooms.furniture import load_furniture
    from trainer.render.rooms.renderer import VERSION, RoomRenderer

    return Domain(VERSION, FACTORS, sample, RoomRenderer, load_furniture)


_DOMAINS: dict[str, Callable[[], Domain]] = {"faces": _faces, "rooms": _rooms, "shapes": _shapes}
