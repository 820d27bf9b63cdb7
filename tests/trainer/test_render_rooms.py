"""Rooms: reproducible, furnished without collisions, and each factor changes what it names."""

from __future__ import annotations

import csv
import dataclasses
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("moderngl")

from diti_studio.core.errors import DitiError
from trainer.attributes import specs_for
from trainer.config import DataOptions
from trainer.data.sources import open_pictures, open_source
from trainer.render.dataset import render
from trainer.render.rooms import furniture, renderer
from trainer.render.rooms.camera import Camera
from trainer.render.rooms.colours import paint
from trainer.render.rooms.factors import BEDS, FACTORS, SOFAS, RoomFactors, sample
from trainer.render.rooms.layout import plan
from trainer.render.rooms.scene import Material

SIZE = 64
PLAIN = RoomFactors(wall_colour="beige", window_wall="left", camera_side=0.4, camera_turn=-6)


@pytest.fixture(scope="module")
def drawn() -> list[RoomFactors]:
    return [sample(11, i) for i in range(400)]


@pytest.fixture(scope="module")
def rooms(egl: None) -> Iterator[renderer.RoomRenderer]:
    made = renderer.RoomRenderer(SIZE)
    yield made
    made.close()


def _change(rooms: renderer.RoomRenderer, **changes: object) -> np.ndarray:
    """Largest difference over the channels that a change of PLAIN makes, [SIZE, SIZE] in 0..255."""
    a, b = rooms.render([PLAIN, dataclasses.replace(PLAIN, **changes)]).astype(int)
    return np.abs(a - b).max(-1)


def _lamps(f: RoomFactors) -> list[tuple[float, float, float]]:
    return renderer.furnish(f)[0].lamps


def _seen_at(f: RoomFactors, place: tuple[float, float, float]) -> np.ndarray:
    """The row and column, in pixels, of a place in the room."""
    x, y, _, w = Camera.of(f).matrix @ np.array([*place, 1.0])
    return SIZE * np.array([1 - y / w, 1 + x / w]) / 2


# ---- factors


def test_a_sample_depends_on_seed_and_index_alone(drawn: list[RoomFactors]) -> None:
    assert sample(11, 7) == drawn[7]
    assert sample(12, 7) != drawn[7] != sample(11, 8)


def test_every_value_is_in_its_domain_and_every_category_occurs(drawn: list[RoomFactors]) -> None:
    assert list(FACTORS) == [f.name for f in dataclasses.fields(RoomFactors)]
    for name, domain in FACTORS.items():
        seen = [getattr(f, name) for f in drawn]
        if domain.kind == "categorical":
            assert set(seen) == set(domain.categories), name
        elif domain.kind == "binary":
            assert set(seen) == {0, 1}, name
        else:
            assert domain.low <= min(seen) < max(seen) <= domain.high, name


def test_rooms_are_plausible(drawn: list[RoomFactors]) -> None:
    for f in drawn:
        assert f.main_piece in (SOFAS if f.living_room else BEDS)
        assert f.ceiling_lamp != "none" or not f.ceiling_on
        assert f.daylight >= 0.35 or f.lamp_on or f.ceiling_on
        assert f.table == "none" or f.living_room
        assert f.window_wall != f.main_wall or not f.pictures


def test_colour_of_walls_and_covers_daylight_and_lamp_are_independent(drawn: list[RoomFactors]) -> None:
    names = ("wall_lightness", "cover_lightness", "daylight", "floor_lightness", "rug", "camera_height", "room_width")
    together = np.corrcoef([[getattr(f, name) for f in drawn] for name in names])
    assert np.abs(together - np.eye(len(names))).max() < 0.2


def test_hues_are_what_they_are_called_and_lightness_is_even() -> None:
    red, green, blue = (paint(word, 0.6, 1.0) for word in ("red", "green", "blue"))
    assert [int(c.argmax()) for c in (red, green, blue)] == [0, 1, 2]
    grey = paint("neutral", 0.6, 1.0)
    assert grey.max() - grey.min() < 0.05
    lights = [float(paint("blue", lightness, 0.5).mean()) for lightness in np.linspace(0.3, 0.95, 8)]
    assert lights == sorted(lights)


# ---- layout


def test_nothing_overlaps_and_all_that_is_asked_for_has_its_place(drawn: list[RoomFactors]) -> None:
    for f in drawn:
        spots = plan(f).spots
        for a, b in itertools.combinations(spots.values(), 2):
            assert not a.overlaps(b, -0.005), (f, a.name, b.name)
        for spot in spots.values():
            across, along = spot.reach
            assert abs(spot.x) + across <= f.room_width / 2 + 0.01, (f, spot)
            assert spot.z - along >= -0.01, (f, spot)
            assert spot.z + along <= f.room_depth - 0.6, (f, spot)
        for name in ("storage", "chair", "plant", "table"):
            assert (name in spots) == (getattr(f, name) != "none"), (f, name)
        assert ("bedside_left" in spots) == ("bedside_right" in spots) == bool(f.bedside_tables)


def test_adding_a_piece_moves_no_other() -> None:
    bare = plan(dataclasses.replace(PLAIN, bedside_tables=1)).spots
    full = plan(dataclasses.replace(PLAIN, bedside_tables=1, plant="tall", storage="desk", chair="chair")).spots
    assert {"plant", "storage", "chair"} <= set(full)
    assert all(full[name] == spot for name, spot in bare.items())


# ---- pictures


def test_same_factors_give_the_same_bytes_in_any_company(rooms: renderer.RoomRenderer) -> None:
    some = [sample(3, i) for i in range(4)]
    together = rooms.render(some)
    apart = np.concatenate([rooms.render([f]) for f in reversed(some)])[::-1]
    assert together.shape == (4, SIZE, SIZE, 3)
    assert together.dtype == np.uint8
    np.testing.assert_array_equal(together, apart)


def test_pictures_are_neither_dark_nor_burnt(rooms: renderer.RoomRenderer) -> None:
    means = rooms.render([sample(5, i) for i in range(24)]).mean(axis=(1, 2, 3))
    assert means.min() > 25
    assert means.max() < 215
    assert means.std() > 10


def test_bed_and_sofa_are_seen(rooms: renderer.RoomRenderer) -> None:
    for i in range(12):
        f = sample(6, i)
        scene, _ = renderer.furnish(f)
        assert Material.COVER in scene.surfaces().vertices[:, 12]
        cover = "blue" if f.cover_colour != "blue" else "red"
        lightness = 0.9 if f.cover_lightness < 0.65 else 0.4
        a, b = rooms.render([f, dataclasses.replace(f, cover_colour=cover, cover_lightness=lightness)]).astype(int)
        assert (np.abs(a - b).max(-1) > 6).mean() > 0.02, f


def test_colour_of_walls_leaves_bed_and_floor_alone(rooms: renderer.RoomRenderer) -> None:
    change = _change(rooms, wall_colour="blue")
    assert change[8:24].mean() > 3 * change[44:60, 16:40].mean()


def test_daylight_brightens_the_room(rooms: renderer.RoomRenderer) -> None:
    levels = [dataclasses.replace(PLAIN, daylight=d) for d in (0.25, 0.5, 0.75, 1.0)]
    means = rooms.render(levels).mean(axis=(1, 2, 3))
    assert (np.diff(means) > 2).all()


def test_light_of_the_lamp_is_warm_and_near_it(rooms: renderer.RoomRenderer) -> None:
    dim = dataclasses.replace(PLAIN, daylight=0.25, bedside_tables=1, lamp_warmth=1.0)
    off, on = rooms.render([dim, dataclasses.replace(dim, lamp_on=1)]).astype(int)
    assert on.mean() > off.mean()
    assert (on[..., 0] - on[..., 2]).mean() > (off[..., 0] - off[..., 2]).mean() + 5
    brighter = (on - off).mean(-1)
    pixels = np.stack(np.meshgrid(np.arange(SIZE), np.arange(SIZE), indexing="ij"), -1)
    away = np.min([np.linalg.norm(pixels - _seen_at(dim, lamp), axis=-1) for lamp in _lamps(dim)], axis=0)
    assert brighter[away < SIZE / 6].mean() > 3 * brighter[away > SIZE / 2].mean()


@pytest.mark.parametrize("name", sorted(set(FACTORS) - {"living_room"}))
def test_every_factor_shows(rooms: renderer.RoomRenderer, name: str) -> None:
    """From a room in which it can be seen, each factor changes the picture between its extremes."""
    base = dataclasses.replace(
        PLAIN, room_width=5.0, room_depth=4.6, daylight=0.6, sun=0.8, curtains=1, curtains_open=0.4, lamp_on=1,
        bedside_tables=1, rug=1, rug_pattern="border", pictures=2, cover_pattern="stripes", wrinkles=0.5, throw=1,
        pillows=4, ceiling_lamp="pendant", clutter=0.6, camera_tilt=2, zoom=0, storage="bookshelf", window_width=1.6,
    )  # fmt: skip
    if name == "table":
        base = dataclasses.replace(base, living_room=1, main_piece="three_seater")
    domain = FACTORS[name]
    ends = domain.categories if domain.kind == "categorical" else (domain.low, domain.high)
    if domain.kind == "binary":
        ends = (0, 1)
    a, b = rooms.render([dataclasses.replace(base, **{name: end}) for end in (ends[0], ends[-1])]).astype(int)
    assert (np.abs(a - b).max(-1) >= 8).mean() >= 0.002


def test_large_pictures_are_drawn_with_more_detail(rooms: renderer.RoomRenderer) -> None:
    large = renderer.RoomRenderer(2 * SIZE)
    try:
        wide = large.render([PLAIN])[0].astype(float)
    finally:
        large.close()
    small = rooms.render([PLAIN])[0]
    assert np.abs(wide.reshape(SIZE, 2, SIZE, 2, 3).mean(axis=(1, 3)) - small).mean() < 6
    enlarged = np.asarray(Image.fromarray(small).resize((2 * SIZE, 2 * SIZE), Image.Resampling.BICUBIC), float)
    assert _finest(wide) > 1.5 * _finest(enlarged)


def _finest(picture: np.ndarray) -> float:
    """Mean difference between pixels and the mean of their neighbours on both sides."""
    return float(np.abs(picture[:, 1:-1] - (picture[:, 2:] + picture[:, :-2]) / 2).mean())


# ---- files


def test_a_folder_of_rooms_is_a_source_to_train_on(rooms: renderer.RoomRenderer, tmp_path: Path) -> None:
    render("rooms", 24, tmp_path / "out", size=SIZE, seed=7, workers=1)
    record = json.loads((tmp_path / "out" / "render.json").read_text())
    assert record["kind"] == "rooms"
    assert record["factors"]["floor_kind"] == {"kind": "categorical", "categories": ["wood", "tiles", "carpet"]}
    with (tmp_path / "out" / "factors.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[5]["main_piece"] == sample(7, 5).main_piece
    source = open_source(tmp_path / "out", SIZE, DataOptions())
    assert {"daylight", "lamp_on", "floor_kind=tiles"} <= set(source.factors)
    np.testing.assert_array_equal(source.images[5], rooms.render([sample(7, 5)])[0])
    known = {spec.name for spec in specs_for("room", [open_pictures(tmp_path / "out", SIZE)])}
    assert known >= {"daylight", "lamp", "wall_lightness", "living_room", "carpet", "window", "plant", "camera_height"}
    assert not any("seed" in name for name in known)


def test_missing_furniture_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(furniture, "_FILE", tmp_path / "furniture.npz")
    furniture.load_furniture.cache_clear()
    try:
        with pytest.raises(DitiError, match="install DiTi Studio anew"):
            furniture.load_furniture()
    finally:
        furniture.load_furniture.cache_clear()


def test_furniture_is_small_whole_and_named_with_its_licence() -> None:
    models = furniture.load_furniture()
    licences = (Path(__file__).parents[2] / "resources" / "LICENCES.md").read_text(encoding="utf-8")
    assert furniture._FILE.stat().st_size < 2_000_000
    for name, model in models.items():
        assert f"| `{name}` |" in licences, name
        assert model.mesh.triangles.max() < len(model.mesh.position)
        assert len(model.slot) == len(model.mesh.position)
        assert model.slot.max() < len(model.colours)
        reach = np.ptp(model.mesh.position, axis=0)
        np.testing.assert_allclose(reach, model.size, rtol=0.4, atol=0.05)
