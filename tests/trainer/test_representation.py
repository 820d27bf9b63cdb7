from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from diti_studio.core.groups import TimestepGroups
from trainer.evaluation.disentanglement import (
    auroc,
    dci,
    factor_vae,
    groups_of_dims,
    importances,
    mig,
    sap,
    stages_of_dims,
    tad,
)
from trainer.evaluation.factors import Factors, cut
from trainer.evaluation.heatmap import colour, heat_map
from trainer.evaluation.linear import average_precision, read_by_unit, regression
from trainer.evaluation.representation import measure_disentanglement, read_representation
from trainer.evaluation.timesteps import time_map

COUNT, DIMS = 2000, 12
FIT = np.arange(COUNT) < 1200
GROUPS = TimestepGroups(1000, (2, 2, 2, 2, 2, 2), (500, 1000))  # two stages of three groups


def _factors() -> Factors:
    rng = np.random.default_rng(0)
    columns = [rng.random(COUNT), rng.random(COUNT), rng.random(COUNT) < 0.4, rng.integers(0, 3, COUNT)]
    return Factors(("x", "y", "flag", "kind"), ("continuous", "continuous", "binary", "categorical"),
                   np.stack(columns, axis=1).astype(np.float64))  # fmt: skip


FACTORS = _factors()


def _aligned(noise: float = 0.01) -> np.ndarray:
    """One factor in each of the groups 0, 1, 3, 4 (dims 0, 2, 6, 8); noise in all other dims."""
    rng = np.random.default_rng(1)
    z = rng.normal(size=(COUNT, DIMS))
    values = (FACTORS.values - FACTORS.values.mean(axis=0)) / FACTORS.values.std(axis=0)
    z[:, [0, 2, 6, 8]] = values + noise * z[:, [0, 2, 6, 8]]
    return z


def _rotated() -> np.ndarray:
    turn, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(DIMS, DIMS)))
    return _aligned() @ turn


def _noise() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(COUNT, DIMS))


# -- with dims as units ------------------------------------------------------------------------------------


def test_a_code_of_one_dim_a_factor_is_perfect() -> None:
    z = _aligned()
    assert mig(z, FACTORS) > 0.9
    assert sap(z, FACTORS) > 0.7  # two factors of classes, where guessing scores 1/2 and 1/3
    assert factor_vae(z, FACTORS) > 0.98
    for predictor in ("lasso", "forest"):
        found = dci(*importances(z, FACTORS, FIT, predictor))
        assert found.disentanglement > 0.9, predictor
        assert found.completeness > 0.9, predictor
    assert found.informativeness > 0.95


def test_a_random_rotation_holds_the_same_and_keeps_nothing_apart() -> None:
    z = _rotated()
    assert regression(z, FACTORS, FIT).r[:2].min() > 0.99
    assert mig(z, FACTORS) < 0.1
    assert sap(z, FACTORS) < 0.2
    assert factor_vae(z, FACTORS) < 0.9  # the mildest of the measures
    found = dci(*importances(z, FACTORS, FIT))
    assert found.informativeness > 0.7
    assert found.disentanglement < 0.5
    assert found.completeness < 0.5


def test_noise_scores_nothing() -> None:
    z = _noise()
    assert mig(z, FACTORS) < 0.02
    assert sap(z, FACTORS) < 0.05
    assert factor_vae(z, FACTORS) < 0.45  # chance is 1/4
    assert dci(*importances(z, FACTORS, FIT, "forest")).informativeness < 0.1
    assert tad(z, FACTORS.labels()).captured == 0
    assert tad(z, FACTORS.labels()).score == 0


def test_tad_counts_what_one_unit_alone_tells_apart() -> None:
    labels = FACTORS.labels().chosen(np.arange(6) < 3)  # x, y, flag
    assert tad(_aligned(), labels).score == pytest.approx(1.5, abs=0.1)
    twice = np.concatenate([_aligned(), _aligned()], axis=1)  # each unit has a double
    found = tad(twice, labels)
    assert (found.captured, found.labels) == (3, 3)
    assert found.score == pytest.approx(0, abs=1e-9)
    assert mig(twice, FACTORS) == pytest.approx(0, abs=1e-9)


def test_auroc_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import roc_auc_score

    z, labels = _rotated(), FACTORS.labels()
    labels.values[::7, 1] = np.nan
    known = ~np.isnan(labels.values[:, 1])
    expected = roc_auc_score(labels.values[known, 1], z[known, 4])
    assert auroc(z, labels)[4, 1] == pytest.approx(max(expected, 1 - expected))


def test_dci_of_known_importances() -> None:
    quality = np.array([1.0, 0.5])
    assert dci(np.eye(2), quality) == dci(np.eye(2), quality, np.array([0, 1]))
    assert dci(np.eye(2), quality).disentanglement == pytest.approx(1)
    assert dci(np.eye(2), quality).informativeness == pytest.approx(0.75)
    spread = dci(np.ones((4, 2)), quality)
    assert spread.disentanglement == pytest.approx(0, abs=1e-9)
    assert spread.completeness == pytest.approx(0, abs=1e-9)
    modular = dci(np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]]), quality, np.array([0, 0, 1, 1]))
    assert modular.completeness == pytest.approx(1)
    assert dci(np.zeros((4, 2)), quality).disentanglement == 0


def test_dims_that_never_vary_are_no_units_of_factor_vae() -> None:
    z = _aligned()
    z[:, 1] = 3.0
    assert factor_vae(z, FACTORS) > 0.98
    assert factor_vae(np.ones_like(z), FACTORS) == pytest.approx(0.25)


# -- with groups as units ----------------------------------------------------------------------------------


def test_a_turn_inside_each_group_is_seen_by_dims_and_not_by_groups() -> None:
    z = _aligned()
    turn = np.kron(np.eye(6), np.array([[1, -1], [1, 1]]) / np.sqrt(2))
    by_dims, by_groups, by_stages = measure_disentanglement(z @ turn, FACTORS, FIT, GROUPS)
    assert (by_dims.units, by_groups.units, by_stages.units) == ("dims", "groups", "stages")
    assert (by_dims.count, by_groups.count, by_stages.count) == (12, 6, 2)
    assert by_groups.mig > 0.8
    assert by_dims.mig < 0.3
    assert by_groups.sap > by_dims.sap + 0.3
    assert by_groups.dci.completeness > 0.9
    assert by_groups.tad.score > 2 > by_dims.tad.score
    assert by_stages.dci.completeness > 0.9  # x and y in the first stage, the others in the second
    assert by_stages.dci.disentanglement < 0.6


def test_what_a_unit_reads_is_a_code_of_its_own() -> None:
    read = read_by_unit(_aligned(), FACTORS, FIT, groups_of_dims(GROUPS))
    assert read.shape == (800, 6, 4)
    truth = FACTORS.values[~FIT]
    assert np.corrcoef(read[:, 0, 0], truth[:, 0])[0, 1] > 0.99
    assert abs(np.corrcoef(read[:, 1, 0], truth[:, 0])[0, 1]) < 0.15
    assert set(np.unique(read[:, 4, 3])) <= {0, 1, 2}


def test_a_single_unit_has_no_gap() -> None:
    assert np.isnan(mig(_aligned()[:, :1], FACTORS))
    assert [d.units for d in measure_disentanglement(_aligned(), FACTORS, FIT, TimestepGroups.single(DIMS))] == ["dims"]


def test_units_of_groups_and_stages() -> None:
    assert groups_of_dims(GROUPS).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert stages_of_dims(GROUPS).tolist() == [0] * 6 + [1] * 6


# -- linear reading ----------------------------------------------------------------------------------------


def test_linear_figures_of_what_is_there_and_what_is_not() -> None:
    here, absent = (read_representation(z, FACTORS, FIT) for z in (_rotated(), _noise()))
    assert here.pictures == 800
    assert set(here.average_precision) == {"x", "y", "flag", "kind=0", "kind=1", "kind=2"}
    assert here.average_precision["flag"] > 0.99
    assert here.r["x"] > 0.99
    assert here.mse["x"] < 0.01
    assert np.isnan(here.r["kind"])
    assert absent.average_precision["flag"] == pytest.approx(absent.positives["flag"], abs=0.1)
    assert abs(absent.mean_r) < 0.15
    assert absent.mean_mse == pytest.approx(1, abs=0.1)
    assert here.mean_average_precision > absent.mean_average_precision


def test_unknown_values_are_left_out_of_their_attribute_only() -> None:
    values = FACTORS.values.copy()
    values[::3, 0] = np.nan
    values[:, 2] = np.nan
    holes = Factors(FACTORS.names, FACTORS.kinds, values)
    found = regression(_rotated(), holes, FIT)
    assert found.r[0] > 0.99
    assert found.r[1] == pytest.approx(regression(_rotated(), FACTORS, FIT).r[1])
    assert np.isnan(found.r[2])
    labels = Factors(("flag", "x"), ("binary", "binary"), np.stack([values[:, 2], values[:, 0] > 0.5], axis=1))
    assert np.isnan(average_precision(_rotated(), labels, FIT)[0])
    assert holes.complete().names == ("y", "kind")


def test_classes_are_categories_or_quantiles() -> None:
    assert cut(np.array([5.0, 7, 5, 9]), 10).tolist() == [0, 1, 0, 2]
    counts = np.bincount(cut(np.random.default_rng(0).random(1000) ** 3, 10))
    assert counts.tolist() == [100] * 10


def test_factors_come_from_a_table_and_its_domains() -> None:
    found = Factors.of(
        {"kind": np.array(["b", "a"]), "x": np.array([1.0, 2.0]), "seed": np.array([4.0, 5.0])},
        {"kind": {"kind": "categorical", "categories": ["a", "b"]}, "x": {"kind": "continuous", "range": [0, 3]}},
    )
    assert found.names == ("kind", "x")
    assert found.values.tolist() == [[1, 1], [0, 2]]


# -- attribute against time-step ---------------------------------------------------------------------------


def test_the_time_map_finds_where_a_factor_lives() -> None:
    found = time_map(_aligned(), FACTORS, FIT, GROUPS)
    assert found.titles == ("t 0–500", "t 500–1000")
    assert found.names == FACTORS.names
    x, kind = found.names.index("x"), found.names.index("kind")
    assert found.whole[x] > 0.99
    assert found.only[x].tolist() == pytest.approx([1, 0], abs=0.05)
    assert found.without[x].tolist() == pytest.approx([0, 1], abs=0.05)
    assert found.only[kind, 1] > 0.4 > 0.1 > found.only[kind, 0]  # a line reads a third of three codes badly
    assert found.groups[x].argmax() == 0
    assert found.groups.shape == (4, 6)
    assert time_map(_aligned(), FACTORS, FIT, GROUPS, each_group=False).groups.shape == (4, 0)


def test_a_heat_map_is_dark_where_there_is_much(tmp_path: Path) -> None:
    values = np.array([[0, 0.5, 1], [1, 0, np.nan]])
    heat_map(tmp_path / "docs" / "map.png", "A title", ("one", "two"), ("a", "b", "c"), values)
    with Image.open(tmp_path / "docs" / "map.png") as image:
        pixels = np.asarray(image.convert("RGB"))
    assert (pixels == colour(1.0)).all(axis=2).sum() > 2000
    assert (pixels == colour(0.0)).all(axis=2).sum() > 2000
    assert sum(colour(0.2)) > sum(colour(0.4)) > sum(colour(0.9))
    heat_map(tmp_path / "narrow.png", "Groups", ("one",), [""] * 64, np.random.default_rng(0).random((1, 64)), cell=8)
    with Image.open(tmp_path / "narrow.png") as image:
        assert image.width < 64 * 8 + 200
