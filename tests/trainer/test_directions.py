from __future__ import annotations

import numpy as np
import pytest

from diti_studio.core.groups import TimestepGroups
from trainer.attributes import FACES, AttributeSpec, confounders, number, table
from trainer.directions import Differences, Labelled, cleared, confined, correlate, fit_probes, regressions
from trainer.latents import Statistics, principal_directions
from trainer.render.factors import FACTORS, sample

SPECS = (
    AttributeSpec("a", "A", "", "", number("a")),
    AttributeSpec("b", "B", "", "", number("b")),
    AttributeSpec("c", "C", "", "", number("c"), kind="binary"),
)


def _data(count: int = 4000, noise: float = 0.3) -> tuple[Labelled, np.ndarray]:
    """Latents that are a known linear mixture of three factors, of which a and b go together."""
    rng = np.random.default_rng(0)
    a = rng.normal(0, 2, count)
    b = 0.8 * a + rng.normal(0, 1, count)
    c = (rng.random(count) < 0.3).astype(float)
    other = rng.normal(size=count)
    values = np.stack([a, b, c], axis=1)
    mixing = rng.normal(size=(4, 24))
    z = values @ mixing[:3] + other[:, None] * mixing[3] + rng.normal(0, noise, (count, 24)) + 5
    return Labelled(z, values, other[:, None]), mixing


def test_partial_directions_leave_out_what_merely_goes_along() -> None:
    data, mixing = _data()
    found = regressions(SPECS, data)
    units = [data.values[:, 0].std(), data.values[:, 1].std(), 0.5]
    for i, unit in enumerate(units):
        np.testing.assert_allclose(found["partial"][i], mixing[i] * unit, atol=0.06)
    # the covariance of a with z carries b along: a's rise of one comes with b's of 0.8
    np.testing.assert_allclose(found["covariance"][0], units[0] * (mixing[0] + 0.8 * mixing[1]), atol=0.2)


def test_unknown_values_do_not_disturb_the_others() -> None:
    data, mixing = _data()
    values = data.values.copy()
    values[:, 1] = data.values[:, 1] - 0.8 * data.values[:, 0]  # independent of a, so that not knowing it is harmless
    z = data.z - 0.8 * data.values[:, :1] * mixing[1]
    values[::2, 1] = np.nan
    found = regressions(SPECS, Labelled(z, values, data.others))
    np.testing.assert_allclose(found["partial"][0], mixing[0] * data.values[:, 0].std(), atol=0.15)
    np.testing.assert_allclose(found["partial"][2], mixing[2] * 0.5, atol=0.15)


def test_an_attribute_without_values_gets_no_direction() -> None:
    data, _ = _data(300)
    values = data.values.copy()
    values[:, 2] = np.nan
    with np.errstate(all="raise"):
        found = regressions(SPECS, Labelled(data.z, values, data.others))
    assert not found["covariance"][2].any()
    assert not found["partial"][2].any()


def test_hand_labels_are_pooled_without_the_offset_between_the_two_kinds() -> None:
    data, mixing = _data()
    hand = Labelled(data.z[:400] + 30, data.values[:400], np.zeros((400, 0)))
    found = regressions(SPECS, Labelled(data.z[400:], data.values[400:], data.others[400:]), hand)
    np.testing.assert_allclose(found["pooled"][0], mixing[0] * data.values[400:, 0].std(), atol=0.15)


def test_pairs_tell_apart_what_pictures_never_show_apart() -> None:
    """b follows a in every picture, but not from one picture of a pair to the other."""
    data, mixing = _data()
    values = data.values.copy()
    values[:, 1] = 0.8 * values[:, 0]
    together = Labelled(values @ mixing[:3] + data.others * mixing[3], values, data.others)
    changes = np.zeros((90, 3))
    rng = np.random.default_rng(1)
    for i in range(90):
        changes[i, i % 3] = rng.normal()
    changes[::9, :2] = rng.normal(size=(10, 2))  # made of the same factors: both change
    noise = rng.normal(0, 0.1, (90, 24))
    found = regressions(SPECS, together, pairs=Differences(changes @ mixing[:3] + noise, changes))
    units = [values[:, 0].std(), values[:, 1].std(), 0.5]
    for i, unit in enumerate(units):
        np.testing.assert_allclose(found["paired"][i], mixing[i] * unit, atol=0.2)
    assert np.abs(found["partial"][1] - mixing[1] * units[1]).max() > 0.5


def test_an_attribute_that_no_pair_changes_gets_no_direction() -> None:
    data, mixing = _data(300)
    changes = np.stack([np.ones(20), np.zeros(20), np.full(20, np.nan)], axis=1)
    with np.errstate(all="raise"):
        found = regressions(SPECS, data, pairs=Differences(np.tile(mixing[0], (20, 1)), changes))
    assert found["paired"][0].any()
    assert not found["paired"][1:].any()


def test_probes_read_what_is_there_and_say_how_well() -> None:
    data, _ = _data()
    probes = fit_probes(SPECS, Statistics.of(data.z), [data])
    assert (probes.correlation[:2] > 0.98).all()
    normal = Statistics.of(data.z).normalise(data.z)
    a = normal @ probes.weights[0] + probes.bias[0]
    np.testing.assert_allclose(a, (data.values[:, 0] - data.values[:, 0].mean()) / data.values[:, 0].std(), atol=0.5)
    logit = normal @ probes.weights[2] + probes.bias[2]
    assert ((logit > 0) == (data.values[:, 2] > 0.5)).mean() > 0.97


def test_a_cleared_direction_is_not_seen_by_the_others_probes() -> None:
    data, mixing = _data()
    statistics = Statistics.of(data.z)
    probes = fit_probes(SPECS, statistics, [data])
    leaking = np.stack([mixing[0] + 0.5 * mixing[1], mixing[1], mixing[2]])
    others = ~np.eye(3, dtype=bool)
    found = cleared(leaking, probes.weights, others, statistics, data.z)
    before, after = ((d / statistics.std) @ probes.weights.T for d in (leaking, found))
    assert abs(before[0, 1]) > 0.2
    assert abs(after[0, 1]) < 0.02
    assert after[0, 0] > 0.5 * before[0, 0]
    np.testing.assert_allclose(*(np.linalg.norm(d / statistics.std, axis=1) for d in (leaking, found)))
    # what is left is the mixture's own direction: the others' patterns were taken off, not their probes
    own = mixing[0] / np.linalg.norm(mixing[0] / statistics.std)
    left = found[0] / np.linalg.norm(found[0] / statistics.std)
    assert (own / statistics.std) @ (left / statistics.std) > 0.98
    untouched = cleared(leaking, probes.weights, np.zeros((3, 3), bool), statistics, data.z)
    np.testing.assert_allclose(untouched, leaking)


def test_a_confined_direction_keeps_its_length_and_leaves_other_dims_alone() -> None:
    data, mixing = _data(300)
    statistics = Statistics.of(data.z)
    masks = np.zeros((3, 24), bool)
    masks[:2, :5] = True
    found = confined(mixing[:3], masks, statistics)
    assert not found[:, 5:].any()
    assert not found[2].any()
    np.testing.assert_allclose(
        np.linalg.norm(found[:2] / statistics.std, axis=1), np.linalg.norm(mixing[:2] / statistics.std, axis=1)
    )


def test_probes_of_noise_do_not_correlate() -> None:
    rng = np.random.default_rng(0)
    data = Labelled(rng.normal(size=(1000, 20)), rng.normal(size=(1000, 3)), np.zeros((1000, 0)))
    assert (
        np.abs(
            fit_probes(
                SPECS[:2], Statistics.of(data.z), [Labelled(data.z, data.values[:, :2], data.others)]
            ).correlation
        )
        < 0.25
    ).all()


def test_correlation_of_a_constant_is_zero() -> None:
    assert correlate(np.ones(5), np.arange(5.0)) == 0
    assert correlate(np.arange(5.0), -np.arange(5.0)) == pytest.approx(-1)


def test_principal_directions_stay_in_their_group_and_have_its_spread() -> None:
    groups = TimestepGroups(1000, (3, 1, 4), (300, 1000))
    rng = np.random.default_rng(0)
    z = rng.normal(size=(5000, 8))
    z[:, :3] = rng.normal(0, 3, (5000, 1)) * np.array([1, -2, 2]) / 3 + 0.1 * z[:, :3]
    found = principal_directions(z, groups)
    assert found.shape == (4, 8)
    np.testing.assert_allclose(np.abs(found[0, :3]), [1, 2, 2], atol=0.1)
    assert found[0, :3].max() == np.abs(found[0, :3]).max()
    np.testing.assert_allclose(np.linalg.norm(found[0, 3:4]), z[:, 3].std(), rtol=1e-3)
    assert not found[1:, 3].any()
    assert not found[3, :3].any()
    for group in groups.groups:
        own = found[:, group.dim_start : group.dim_end]
        overlap = own @ own.T - np.diag(np.diag(own @ own.T))
        np.testing.assert_allclose(overlap, 0, atol=1e-6)


def test_a_dim_that_never_varies_is_not_blown_up() -> None:
    z = np.random.default_rng(0).normal(size=(50, 3))
    z[:, 1] = 7
    assert np.isfinite(Statistics.of(z).normalise(z)).all()
    assert not Statistics.of(z).normalise(z)[:, 1].any()


def test_every_face_attribute_varies_in_rendered_factors_and_beside_known_others() -> None:
    rows = [sample(0, i) for i in range(400)]
    columns = {name: np.array([getattr(row, name) for row in rows]) for name in FACTORS}
    values = table(FACES, columns)
    assert values.shape == (400, len(FACES))
    assert (values.std(axis=0) > 0).all()
    others = confounders(columns)
    together = np.concatenate([values, others], axis=1)
    together = (together - together.mean(0)) / np.maximum(together.std(0), 1e-9)
    # no attribute is a linear function of what stands beside it
    for i, spec in enumerate(FACES):
        rest = np.delete(together, i, axis=1)
        residual = together[:, i] - rest @ np.linalg.lstsq(rest, together[:, i], rcond=None)[0]
        assert residual.std() > 0.3, spec.name


def test_hand_labels_come_to_the_scale_of_the_factors() -> None:
    labels = {
        "smiling": np.array([0.0, 1, 2]), "eyeglasses": np.array([0.0, 1, 0]), "beard": np.array([0.0, 1, 2]),
        "bald": np.array([0.0, 1, 2]), "hair_length": np.array([0.0, 1, 2]), "hair_colour": np.array([2.0, -1, 4]),
        "bangs": np.array([0.0, 1, 0]), "male": np.array([0.0, 1, 1]), "age_group": np.array([0.0, 1, 2]),
        "lipstick": np.array([0.0, 1, 0]),
    }  # fmt: skip
    values = dict(zip([spec.name for spec in FACES], table(FACES, labels, labels=True).T, strict=True))
    assert np.all(np.diff(values["smile"]) > 0)
    assert np.all((values["smile"] >= -0.3) & (values["smile"] <= 1))
    np.testing.assert_array_equal(values["glasses"], [0, 1, 0])
    np.testing.assert_array_equal(values["hair_blond"], [1, np.nan, 0])
    np.testing.assert_array_equal(values["hair_grey"], [0, np.nan, 1])
    assert np.isnan(values["yaw"]).all()
