from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from diti_studio.core.edit import (
    MAX_RECIPE_BYTES,
    Blend,
    Edit,
    GroupMove,
    find_attribute,
    parse_assignments,
    parse_range,
)
from diti_studio.core.errors import UsageError
from diti_studio.core.packs import Pack

AMOUNTS = st.floats(-100, 100)
SHARES = st.floats(0, 1)
RANGES = st.tuples(st.integers(0, 7), st.integers(1, 8)).filter(lambda r: r[0] < r[1])


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    moves = draw(st.lists(st.tuples(RANGES, AMOUNTS, st.integers(0, 1)), max_size=3))
    blends = draw(st.lists(st.tuples(RANGES, SHARES), max_size=3))
    return Edit(
        attributes=draw(st.dictionaries(st.sampled_from(["brightness", "warmth", "smile"]), AMOUNTS)),
        groups=tuple(GroupMove(start=r[0], end=r[1], amount=a, component=c) for r, a, c in moves),
        blends=tuple(Blend(start=r[0], end=r[1], alpha=a) for r, a in blends),
        blend_noise=draw(SHARES),
        reference=draw(st.none() | st.text(max_size=20)),
    )


def z_of(seed: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(seed).standard_normal(48).astype(np.float32)


# -- identity and travel -----------------------------------------------------------------------------------


@given(edits())
def test_json_brings_the_same_edit_back(edit: Edit) -> None:
    again = Edit.from_json(edit.to_json())
    assert again == edit
    assert hash(again) == hash(edit)
    assert again.to_json() == edit.to_json()
    assert Edit.from_json(edit.to_json().encode()) == edit


def test_the_json_is_compact_and_says_its_version() -> None:
    assert json.loads(Edit().to_json()) == {"version": 1}
    assert json.loads(Edit(attributes={"smile": 2}).to_json()) == {"version": 1, "attributes": {"smile": 2.0}}
    assert "ü" in Edit(reference="ü.png").to_json()


def test_edits_that_do_the_same_are_equal() -> None:
    a = Edit(attributes={"smile": 2, "warmth": 0, "brightness": 1})
    b = Edit(attributes={"brightness": 1.0, "smile": 2.0})
    assert a == b
    assert hash(a) == hash(b)
    assert a.to_json() == b.to_json()
    assert list(a.attributes) == list(b.attributes)  # so that sums are rounded alike
    assert Edit(groups=(GroupMove(start=0, end=2, amount=0),)) == Edit()
    assert Edit(blends=(Blend(start=0, end=2, alpha=0),)) == Edit()
    assert Edit(attributes={"smile": -0.0}) == Edit()
    assert a != Edit(attributes={"smile": 2})


def test_identity_and_the_need_of_a_reference() -> None:
    assert Edit().is_identity
    assert Edit(reference="b.png").is_identity
    assert Edit(attributes={"smile": 0}).is_identity
    assert not Edit(attributes={"smile": 0.01}).is_identity
    assert not Edit(groups=(GroupMove(start=0, end=1, amount=1),)).needs_reference
    for borrowing in (Edit(blends=(Blend(start=0, end=1, alpha=0.1),)), Edit(blend_noise=0.1)):
        assert borrowing.needs_reference
        assert not borrowing.is_identity


def test_an_edit_cannot_be_changed() -> None:
    edit = Edit(attributes={"smile": 1})
    with pytest.raises(ValidationError):
        edit.blend_noise = 1.0  # type: ignore[misc]


def test_changed_copies_leave_the_original() -> None:
    edit = Edit(attributes={"smile": 1})
    assert edit.with_attribute("warmth", 2).attributes == {"smile": 1.0, "warmth": 2.0}
    assert edit.with_attribute("smile", 0) == Edit()
    assert edit.attributes == {"smile": 1.0}
    blended = edit.with_blends([Blend(start=1, end=2, alpha=0.5)], 0.3).with_reference("b.png")
    assert (blended.blend_noise, blended.reference, len(blended.blends)) == (0.3, "b.png", 1)
    assert blended.with_reference(None) == edit


@given(st.lists(st.sampled_from([-1.0, 0.0, 2.5]), min_size=8, max_size=8))
def test_equaliser_amounts_come_back_as_they_were_set(amounts: list[float]) -> None:
    edit = Edit(groups=(GroupMove(start=0, end=3, amount=9), GroupMove(start=1, end=2, amount=4, component=1)))
    changed = edit.with_group_amounts(amounts)
    assert changed.group_amounts(8).tolist() == amounts
    assert changed.group_amounts(8, component=1).tolist() == [0, 4, 0, 0, 0, 0, 0, 0]
    runs = 1 + sum(a != b for a, b in pairwise(amounts))
    assert len(changed.groups) - 1 <= runs


# -- doing -------------------------------------------------------------------------------------------------


def test_attributes_add_their_directions(tiny: Pack) -> None:
    z = z_of(0)
    expected = z + 2 * tiny.latents.attribute_directions[0] - 1.5 * tiny.latents.attribute_directions[1]
    got = Edit(attributes={"warmth": -1.5, "brightness": 2}).apply(z, tiny)
    assert np.allclose(got, expected, atol=1e-6)
    assert got.dtype == np.float32


def test_group_moves_touch_their_dims_only(tiny: Pack) -> None:
    z = z_of(0)
    got = Edit(groups=(GroupMove(start=2, end=4, amount=-3), GroupMove(start=7, end=8, amount=2, component=1))).apply(
        z, tiny
    )
    change = got - z
    assert np.allclose(change[12:24], -3 * 0.2, atol=1e-6)
    assert np.allclose(change[42:48:2], 2 * 0.3, atol=1e-6)
    assert not change[:12].any()
    assert not change[24:42].any()
    assert not change[43:48:2].any()


def test_blends_come_last(tiny: Pack) -> None:
    z, other = z_of(0), z_of(1)
    edit = Edit(
        attributes={"brightness": 1},
        groups=(GroupMove(start=0, end=8, amount=1),),
        blends=(Blend(start=1, end=3, alpha=0.25), Blend(start=2, end=4, alpha=1)),
    )
    moved = z + tiny.latents.attribute_directions[0] + tiny.latents.principal[0]
    expected = moved.copy()
    expected[6:18] = 0.75 * moved[6:18] + 0.25 * other[6:18]
    expected[12:24] = other[12:24]
    assert np.allclose(edit.apply(z, tiny, other), expected, atol=1e-6)


def test_apply_leaves_its_input_alone(tiny: Pack) -> None:
    z = z_of(0)
    z.flags.writeable = False
    out = Edit().apply(z, tiny)
    assert np.array_equal(out, z)
    assert not np.shares_memory(out, z)


@given(edits())
def test_every_edit_in_range_applies(tiny: Pack, edit: Edit) -> None:
    out = edit.apply(z_of(0), tiny, z_of(1))
    assert out.shape == (48,)
    assert np.isfinite(out).all()
    if edit.is_identity:
        assert np.array_equal(out, z_of(0))


def test_a_blend_without_reference_is_refused(tiny: Pack) -> None:
    with pytest.raises(UsageError, match="second picture"):
        Edit(blends=(Blend(start=0, end=1, alpha=1),)).apply(z_of(0), tiny)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit(attributes={"smlie": 1}), "did you mean smile"),
        (Edit(attributes={"Brightnes": 1}), "did you mean brightness"),
        (Edit(attributes={"zzz": 1}), "brightness, warmth, smile"),
        (Edit(groups=(GroupMove(start=0, end=9, amount=1),)), "0 to 7"),
        (Edit(groups=(GroupMove(start=3, end=3, amount=1),)), "0 to 7"),
        (Edit(blends=(Blend(start=8, end=9, alpha=1),)), "0 to 7"),
        (Edit(groups=(GroupMove(start=0, end=1, amount=1, component=2),)), "Component 2"),
    ],
)
def test_what_the_pack_lacks_is_named(tiny: Pack, edit: Edit, words: str) -> None:
    for refused in (lambda: edit.check(tiny), lambda: edit.apply(z_of(0), tiny, z_of(1))):
        with pytest.raises(UsageError, match=words):
            refused()


def test_attributes_are_found_by_name(tiny: Pack) -> None:
    assert [find_attribute(tiny, name) for name in ("brightness", "warmth", "smile")] == [0, 1, 2]


# -- hostile recipes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "1",
        '"version"',
        "{",
        "\x00",
        '{"version": 3}',
        '{"version": null}',
        '{"script": "rm"}',
        '{"attributes": {"smile": NaN}}',
        '{"attributes": {"smile": Infinity}}',
        '{"attributes": {"smile": 1e999}}',
        '{"attributes": {"smile": 101}}',
        '{"attributes": {"smile": "much"}}',
        '{"attributes": {"smile": [1]}}',
        '{"attributes": ["smile"]}',
        '{"groups": [{"start": 0, "end": 1}]}',
        '{"groups": [{"start": -1, "end": 1, "amount": 1}]}',
        '{"groups": [{"start": 0, "end": 1e30, "amount": 1}]}',
        '{"groups": [{"start": 0.5, "end": 1, "amount": 1}]}',
        '{"groups": [{"start": 0, "end": 1, "amount": 1, "component": -1}]}',
        '{"groups": [{"start": 0, "end": 1, "amount": 1, "more": 1}]}',
        '{"groups": [{"start": 0, "end": ' + "9" * 6000 + ', "amount": 1}]}',
        '{"blends": [{"start": 0, "end": 1, "alpha": 1.5}]}',
        '{"blends": [{"start": 0, "end": 1, "alpha": NaN}]}',
        '{"blend_noise": -0.1}',
        '{"blend_noise": NaN}',
        '{"reference": 7}',
        '{"reference": "\\ud800"}',
        '{"attributes": ' + "[" * 50_000,
        '{"attributes": ' * 50_000,
    ],
    ids=lambda text: text[:40],
)
def test_hostile_recipes_get_one_sentence(text: str) -> None:
    for form in (text, text.encode()):
        with pytest.raises(UsageError, match="no recipe") as caught:
            Edit.from_json(form)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 300


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(UsageError, match="no recipe"):
        Edit.from_json(b'{"reference": "\xff\xfe"}')


def test_a_huge_recipe_is_refused_unread() -> None:
    with pytest.raises(UsageError, match="1 MiB"):
        Edit.from_json(" " * (MAX_RECIPE_BYTES + 1))


# -- what people type --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "expected"), [("7", (7, 8)), ("0-8", (0, 8)), ("16-24", (16, 24)), ("0", (0, 1))])
def test_ranges_are_read(text: str, expected: tuple[int, int]) -> None:
    assert parse_range(text, 64) == expected


@pytest.mark.parametrize(
    "text",
    ["", "-", "a", "1-", "-1", "1-b", "1.5", "5-5", "6-5", "64", "0-65", "1-2-3", "²", " ", "1 - 2", "9" * 5000],
    ids=lambda text: text[:10],
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_range(text, 64)
    assert len(str(caught.value)) < 300


@given(st.text())
def test_any_text_is_a_range_or_a_usage_error(text: str) -> None:
    try:
        start, end = parse_range(text, 64)
    except UsageError:
        return
    assert 0 <= start < end <= 64


def test_assignments_are_read() -> None:
    assert parse_assignments(["smile=2", "age=-1.5", "a=b=1e1", "smile=3"], "--set") == {
        "smile": 3.0,
        "age": -1.5,
        "a=b": 10.0,
    }


@pytest.mark.parametrize(
    "text", ["", "smile", "smile=", "=2", " =2", "smile=x", "smile=nan", "smile=1e999", "s=101", "\udcff=1"]
)
def test_what_is_no_assignment_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--set"):
        parse_assignments([text], "--set")


@given(st.text())
def test_any_text_is_an_assignment_or_a_usage_error(text: str) -> None:
    try:
        ((name, value),) = parse_assignments([text], "--set").items()
    except UsageError:
        return
    assert abs(value) <= 100
    assert Edit(attributes={name: value})  # any name that was read can stand in a recipe
