"""The renderer's pictures: one factor changes what it names, in its place, and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest

pytest.importorskip("moderngl")

import moderngl

from diti_studio.core.errors import DitiError
from trainer.render import faces, meshes
from trainer.render.factors import FACTORS, FaceFactors, sample

SIZE = 64
PLAIN = FaceFactors(light_az=20, light_el=35)


@pytest.fixture(scope="module")
def renderer(egl: None) -> Iterator[faces.FaceRenderer]:
    made = faces.FaceRenderer(SIZE)
    yield made
    made.close()


def _change(renderer: faces.FaceRenderer, a: FaceFactors, b: FaceFactors) -> np.ndarray:
    """Largest difference over the channels, [SIZE, SIZE] in 0..255."""
    first, second = renderer.render([a, b]).astype(int)
    return np.abs(first - second).max(-1)


def test_same_factors_give_the_same_bytes_in_any_company(renderer: faces.FaceRenderer) -> None:
    some = [sample(3, i) for i in range(4)]
    together = renderer.render(some)
    apart = np.concatenate([renderer.render([f]) for f in reversed(some)])[::-1]
    assert together.shape == (4, SIZE, SIZE, 3)
    assert together.dtype == np.uint8
    np.testing.assert_array_equal(together, apart)


def test_pictures_differ_from_person_to_person(renderer: faces.FaceRenderer) -> None:
    a, b = renderer.render([sample(0, 0), sample(0, 1)]).astype(int)
    assert np.abs(a - b).mean() > 10


def test_background_leaves_the_face_alone(renderer: faces.FaceRenderer) -> None:
    change = _change(renderer, PLAIN, dataclasses.replace(PLAIN, bg_kind="horizon", bg0_r=0.9, bg1_b=0.9))
    assert change[20:50, 22:42].max() == 0
    assert change[:8, :4].mean() > 20


def test_smile_moves_the_mouth_and_not_the_background(renderer: faces.FaceRenderer) -> None:
    change = _change(renderer, dataclasses.replace(PLAIN, smile=0.0), dataclasses.replace(PLAIN, smile=1.0))
    mouth = change[38:52, 20:44]
    assert mouth.mean() > 8
    assert change[:20, :6].mean() < 2
    assert mouth.mean() > 2 * change[:24].mean()


def test_mirrored_yaw_puts_the_nose_on_the_other_side(renderer: faces.FaceRenderer) -> None:
    bald = dataclasses.replace(PLAIN, hair_style="bald", light_az=0)
    left, right = renderer.render([dataclasses.replace(bald, yaw=y) for y in (-25, 25)]).astype(int)
    assert np.abs(left - right[:, ::-1]).mean() < 0.5 * np.abs(left - right).mean()


def test_smooth_factors_change_the_picture_gradually(renderer: faces.FaceRenderer) -> None:
    values = np.linspace(0.3, 0.34, 3)
    for name in ("smile", "age", "hair_length", "light_az", "yaw"):
        domain = FACTORS[name]
        steps = [dataclasses.replace(PLAIN, **{name: domain.low + v * (domain.high - domain.low)}) for v in values]
        a, b, _ = renderer.render(steps).astype(int)
        assert 0 < np.abs(a - b).mean() < 8, name


@pytest.mark.parametrize("name", sorted(FACTORS))
def test_every_factor_shows(renderer: faces.FaceRenderer, name: str) -> None:
    """From a face on which it can be seen, each factor changes the picture between its extremes."""
    base = dataclasses.replace(
        PLAIN, gender=0.8, glasses=1, fringe=0.4, bg_kind="bokeh", hair_style="medium", hair_wave=0.5, eth_african=0.3,
        lips_strength=0.6, mouth_open=0.3, beard=0.5, clothes_pattern=0.6, light_el=20, hairline=0.6,
    )  # fmt: skip
    domain = FACTORS[name]
    ends = domain.categories if domain.kind == "categorical" else (domain.low, domain.high)
    if name == "bg_angle":
        ends = (0, 180)  # a whole turn is the same picture
    if domain.kind == "binary":
        ends = (0, 1)
    change = _change(renderer, *(dataclasses.replace(base, **{name: end}) for end in (ends[0], ends[-1])))
    assert change.max() >= 8


def test_missing_egl_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise Exception("libEGL.so not loaded")

    monkeypatch.setattr(moderngl, "create_context", fail)
    with pytest.raises(DitiError, match=r"libegl1 and libgl1-mesa-dri.*not loaded"):
        faces.FaceRenderer(SIZE)


def test_missing_mesh_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meshes.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DitiError, match=r"pip install 'diti-studio\[train\]'"):
        meshes.assets_folder()
