"""How a change that is known at the network's size is best scaled up to the photo: renders tell the truth.

A picture is rendered twice, without and with an edit. Both are made small, as a perfect network would see and draw
them; what is put together of the large picture and the two small ones is compared with the large edited one.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from benchmarks.machine import print_table
from diti_studio.core import detail, framing, guided
from diti_studio.core.framing import Frame
from trainer.render.domains import domain

SIDE = 512
NOISE = 2.0  # grey levels that a real network is off by
INSIDE = slice(SIDE // 2 - 110, SIDE // 2 + 110)  # both frames, turned or not, without their feathered edges
FRAMES = (Frame(256, 256, 340, 12), Frame(250.3, 256.8, 340.6))
PARTINGS = ((1e9, 2e9), (24.0, 60.0), (12.0, 36.0), (6.0, 18.0), (4.0, 12.0), (2.0, 6.0))
STEADINESS = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)

Floats = np.ndarray
Way = Callable[[Floats, Floats, Floats], Floats]
"""source [S,S,3], before and after [s,s,3], all in grey levels -> [S,S,3]"""


@dataclass(frozen=True)
class Pair:
    """A picture without and with an edit, uint8 [S,S,3]."""

    source: np.ndarray
    edited: np.ndarray


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 128], help="of the network, in pixels")
    parser.add_argument("--count", type=int, default=4, help="pictures an edit")


def run(options: argparse.Namespace) -> None:
    """PSNR in dB, the mean over pictures and edits."""
    pairs = {
        "faces, colour": _pairs("faces", _FACE_COLOURS, options.count),
        "faces, shape": _pairs("faces", _FACE_SHAPES, options.count),
        "rooms": _pairs("rooms", _ROOMS, options.count),
    }
    heads = [f"{kind}, {size} px" for size in options.sizes for kind in pairs]
    cells = [(some, size) for size in options.sizes for some in pairs.values()]
    print(f"{SIDE} pixels, {options.count} pictures an edit\n")

    ways: dict[str, Way] = {
        "bicubic": _bicubic,
        "guided by grey": _guided_by_grey,
        "guided by colour": _guided_by_colour,
        "guided by colour, parted (chosen)": _chosen,
    }
    rows = list[list[object]]()
    for name, way in ways.items():
        rows.append([name, "sRGB", *(_score(way, some, size) for some, size in cells)])
        if way is not _chosen:
            rows.append([name, "linear light", *(_score(partial(_linear, way), some, size) for some, size in cells)])
    print_table(("scaled up", "added in", *heads), rows)

    chosen = guided.STEADINESS
    rows = []
    for steadiness in STEADINESS:
        guided.STEADINESS = steadiness
        mark = " (chosen)" if steadiness == chosen else ""
        rows.append([f"{steadiness:g}{mark}", *(_score(_chosen, some, size, NOISE) for some, size in cells)])
    guided.STEADINESS = chosen
    print_table((f"steadiness, with noise of {NOISE:g} grey levels", *heads), rows)

    chosen = detail.PARTING
    rows = []
    for parting in PARTINGS:
        detail.PARTING = parting
        name = "never" if parting[0] > 1e6 else f"{parting[0]:g} to {parting[1]:g}"
        mark = " (chosen)" if parting == chosen else ""
        rows.append([name + mark, *(_score(_chosen, some, size, NOISE) for some, size in cells)])
    detail.PARTING = chosen
    print_table((f"parting, with noise of {NOISE:g} grey levels", *heads), rows)

    rows = []
    for frame in FRAMES:
        turned = f"{frame.size:g} pixels, turned {frame.angle:g}°"
        for name, put in (("sRGB", framing.put_back), ("linear light", _put_back_linear)):
            rows.append([turned, name, *(float(np.mean([_back(put, p, frame) for p in ps])) for ps in pairs.values())])
    print_table(("a perfect square put back into the photo", "added in", *pairs), rows)


# -- the pictures ------------------------------------------------------------------------------------------


def _flip(name: str, low: float, high: float) -> Callable[[Any], Any]:
    """To the end of a factor's range that is further away."""
    return lambda f: replace(f, **{name: low if getattr(f, name) > (low + high) / 2 else high})


def _other(name: str, one: str, two: str) -> Callable[[Any], Any]:
    return lambda f: replace(f, **{name: two if getattr(f, name) == one else one})


_FACE_COLOURS = (
    _flip("skin_tone", 0.15, 0.85),
    _other("hair_color", "blond", "brown"),
    _flip("light_warmth", -0.9, 0.9),
    _flip("light_az", -50, 50),
    _flip("makeup", 0, 1),
    _flip("bg0_r", 0.1, 0.9),
)
_FACE_SHAPES = (
    _flip("smile", -0.2, 1),
    _flip("age", 25, 75),
    _flip("yaw", -15, 15),
    _flip("glasses", 0, 1),
    _flip("gender", 0, 1),
    _other("hair_style", "long", "short"),
)
_ROOMS = (
    _flip("lamp_on", 0, 1),
    _flip("daylight", 0.1, 0.9),
    _flip("wall_lightness", 0.5, 0.95),
    _other("wall_colour", "teal", "beige"),
    _other("cover_colour", "red", "blue"),
    _flip("floor_lightness", 0.1, 0.9),
)


def _pairs(kind: str, edits: tuple[Callable[[Any], Any], ...], count: int) -> list[Pair]:
    what = domain(kind)
    what.prepare()
    renderer = what.renderer(SIDE)
    try:
        people = [what.sample(7, i) for i in range(count)]
        plain = renderer.render(people)
        return [
            Pair(a, b) for edit in edits for a, b in zip(plain, renderer.render([edit(f) for f in people]), strict=True)
        ]
    finally:
        renderer.close()


# -- the ways ----------------------------------------------------------------------------------------------


def _bicubic(source: Floats, before: Floats, after: Floats) -> Floats:
    return source + detail.enlarge(after - before, len(source))


def _guided(guide: Callable[[Floats], Floats], source: Floats, before: Floats, after: Floats) -> Floats:
    side = len(source)
    fit = guided.fit(after - before, detail.enlarge(guide(source), len(after)))
    gain = detail.enlarge(fit.gain.reshape(*after.shape[:2], 9), side).reshape(side, side, 3, 3)
    return source + guided.apply(gain, guide(source)) + detail.enlarge(fit.offset, side)


def _grey(picture: Floats) -> Floats:
    return np.repeat((picture @ np.array([0.299, 0.587, 0.114], np.float32))[:, :, None], 3, axis=2)


def _guided_by_grey(source: Floats, before: Floats, after: Floats) -> Floats:
    return _guided(_grey, source, before, after)


def _guided_by_colour(source: Floats, before: Floats, after: Floats) -> Floats:
    return _guided(lambda picture: picture, source, before, after)


def _chosen(source: Floats, before: Floats, after: Floats) -> Floats:
    return detail.keep_detail(source.astype(np.uint8), before, after).astype(np.float32)


def _linear(way: Way, source: Floats, before: Floats, after: Floats) -> Floats:
    """In light, scaled to 0..255."""
    return _levels(way(_light(source), _light(before), _light(after)))


def _light(levels: Floats) -> Floats:
    """IEC 61966-2-1: sRGB's levels to light, both 0..255."""
    x = np.clip(levels, 0, 255) / 255
    return (255 * np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)).astype(np.float32)


def _levels(light: Floats) -> Floats:
    x = np.clip(light, 0, 255) / 255
    return (255 * np.where(x <= 0.0031308, x * 12.92, 1.055 * x ** (1 / 2.4) - 0.055)).astype(np.float32)


def _put_back_linear(photo: Floats, change: Floats, frame: Frame) -> Floats:
    """As ``framing.put_back``, in light; only ``INSIDE`` the square, where its mask is 1."""
    square = framing.cut(photo, frame).astype(np.float32)
    light = _light(square + change) - _light(square)
    area = (INSIDE.start, INSIDE.start, INSIDE.stop, INSIDE.stop)
    warped = [framing._warp_back(framing._spread(light[:, :, c], frame), frame, area) for c in range(3)]
    out = photo.astype(np.float32)
    out[INSIDE, INSIDE] = np.rint(_levels(_light(out[INSIDE, INSIDE]) + np.stack(warped, axis=2)))
    return out


# -- the scores --------------------------------------------------------------------------------------------


def _score(way: Way, pairs: list[Pair], size: int, noise: float = 0) -> float:
    random = np.random.default_rng(0)
    scores = list[float]()
    for pair in pairs:
        source = pair.source.astype(np.float32)
        before, after = (detail.enlarge(p.astype(np.float32), size) for p in (pair.source, pair.edited))
        after = after + random.normal(0, noise, after.shape).astype(np.float32)
        out = np.rint(np.clip(way(source, *(np.clip(p, 0, 255) for p in (before, after))), 0, 255))
        scores.append(_psnr(out, pair.edited))
    return float(np.mean(scores))


def _back(put: Callable[..., np.ndarray], pair: Pair, frame: Frame) -> float:
    change = framing.cut(pair.edited, frame).astype(np.float32) - framing.cut(pair.source, frame)
    return _psnr(put(pair.source, change, frame)[INSIDE, INSIDE], pair.edited[INSIDE, INSIDE])


def _psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(np.mean((a.astype(np.float64) - b) ** 2), 1e-3)))
