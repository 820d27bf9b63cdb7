from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from trainer.config import DataOptions
from trainer.data.sources import open_source
from trainer.render.dataset import render
from trainer.render.shapes import FACTORS, SHAPES, ShapeFactors, ShapeRenderer, sample

PLAIN = ShapeFactors(stripes=0.5)


def _draw(pixels: int = 32, **changes) -> np.ndarray:
    return ShapeRenderer(pixels).render([dataclasses.replace(PLAIN, **changes)])[0].astype(int)


def test_every_factor_shows_at_both_ends_and_in_every_shape() -> None:
    for shape in SHAPES:
        for name, factor in FACTORS.items():
            if factor.kind == "categorical":
                ends = [_draw(shape=other) for other in SHAPES if other != shape]
            else:
                ends = [_draw(shape=shape, **{name: factor.low}), _draw(shape=shape, **{name: factor.high})]
            base = _draw(shape=shape) if factor.kind == "categorical" else ends.pop()
            for end in ends:
                assert np.abs(base - end).mean() > 1.5, (shape, name)


def test_no_two_rotations_look_alike() -> None:
    for shape in SHAPES:
        pictures = [_draw(shape=shape, rotation=angle) for angle in np.linspace(-40, 40, 9)]
        for i, a in enumerate(pictures):
            for b in pictures[i + 1 :]:
                assert np.abs(a - b).mean() > 1, shape


def test_positions_move_the_shape_and_the_background_is_plain() -> None:
    background = _draw()[0, 0]

    def centre(picture: np.ndarray) -> np.ndarray:
        rows, columns = np.nonzero(np.abs(picture - background).sum(axis=2) > 60)
        return np.array([columns.mean(), rows.mean()]) / len(picture)

    np.testing.assert_allclose(centre(_draw(x=0.36, y=0.6)), [0.36, 0.6], atol=0.04)
    np.testing.assert_allclose(centre(_draw(64, x=0.64, y=0.4)), [0.64, 0.4], atol=0.04)
    assert (_draw(background_hue=0.3)[[0, 0, -1, -1], [0, -1, 0, -1]] == _draw(background_hue=0.3)[0, 0]).all()


def test_nothing_leaves_the_picture_and_edges_are_soft() -> None:
    renderer = ShapeRenderer(32)
    pictures = renderer.render([sample(1, i) for i in range(100)])
    assert pictures.shape == (100, 32, 32, 3)
    assert pictures.dtype == np.uint8
    border = np.concatenate([pictures[:, 0], pictures[:, -1], pictures[:, :, 0], pictures[:, :, -1]], axis=1)
    assert (border == border[:, :1]).all(axis=(1, 2)).mean() > 0.95
    assert len(np.unique(_draw(rotation=20).reshape(-1, 3), axis=0)) > 20  # more than the three plain colours
    renderer.close()


def test_factors_are_drawn_evenly_and_independently() -> None:
    rows = [sample(0, i) for i in range(2000)]
    numbers = np.array([[getattr(row, name) for name in FACTORS if name != "shape"] for row in rows], float)
    kinds = np.array([[row.shape == shape for shape in SHAPES] for row in rows], float)
    together = np.corrcoef(np.concatenate([numbers, kinds[:, 1:]], axis=1).T)
    across = together[:8, 8:]
    assert np.abs(across).max() < 0.1
    assert np.abs(together[:8, :8] - np.eye(8)).max() < 0.1
    assert np.abs(kinds.mean(axis=0) - 0.25).max() < 0.05
    for i, name in enumerate(name for name in FACTORS if name != "shape"):
        low, high = FACTORS[name].low, FACTORS[name].high
        assert numbers[:, i].min() >= low
        assert numbers[:, i].max() <= high
        assert numbers[:, i].mean() == pytest.approx((low + high) / 2, abs=0.05 * (high - low))
    assert sample(0, 3) == rows[3] != sample(1, 3)


def test_a_folder_of_shapes_is_a_source_to_train_on(tmp_path: Path) -> None:
    render("shapes", 40, tmp_path / "out", size=32, seed=7, workers=1)
    record = json.loads((tmp_path / "out" / "render.json").read_text())
    assert record["kind"] == "shapes"
    assert record["factors"]["shape"] == {"kind": "categorical", "categories": list(SHAPES)}
    with (tmp_path / "out" / "factors.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[5]["shape"] == sample(7, 5).shape
    assert float(rows[5]["hue"]) == pytest.approx(sample(7, 5).hue, abs=1e-6)
    source = open_source(tmp_path / "out", 32, DataOptions())
    assert {"size", "outline", "shape=cross"} <= set(source.factors)
    np.testing.assert_array_equal(source.images[5], ShapeRenderer(32).render([sample(7, 5)])[0])


def test_processes_give_the_bytes_that_one_gives(tmp_path: Path) -> None:
    render("shapes", 70, tmp_path / "one", size=16, workers=1)
    render("shapes", 70, tmp_path / "two", size=16, workers=2)
    assert (tmp_path / "one" / "images.npy").read_bytes() == (tmp_path / "two" / "images.npy").read_bytes()
