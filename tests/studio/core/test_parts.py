"""Edits switched off and on again, part by part, and what becomes of them in files."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diti_studio.core import recipes
from diti_studio.core.document import PackEntry, fit_edit
from diti_studio.core.edit import Blend, Edit, GroupMove, Moves
from diti_studio.core.errors import UsageError
from diti_studio.core.packs import Pack
from diti_studio.core.parts import parts, switched, without

FULL = Edit(
    attributes={"smile": 1.5, "warmth": -1},
    groups=(GroupMove(start=0, end=2, amount=1), GroupMove(start=3, end=4, amount=-2, component=1)),
    blends=(Blend(start=0, end=4, alpha=0.5),),
    blend_noise=0.25,
    reference="lender.png",
)


def test_every_part_is_listed_once() -> None:
    listed = parts(FULL)
    assert [part.on for part in listed] == [True] * 6
    assert [part.moves.attributes for part in listed[:2]] == [{"smile": 1.5}, {"warmth": -1}]
    assert [part.moves.groups for part in listed[2:4]] == [FULL.groups[:1], FULL.groups[1:]]
    assert listed[4].moves.blends == FULL.blends
    assert listed[5].moves.blend_noise == 0.25


@pytest.mark.parametrize("index", range(6))
def test_a_part_switched_off_is_not_applied_and_comes_back_as_it_was(index: int, tiny: Pack) -> None:
    part = parts(FULL)[index]
    off = switched(FULL, part)
    listed = parts(off)
    assert [p.on for p in listed] == [i != index for i in range(6)]
    assert [p.moves for p in listed] == [p.moves for p in parts(FULL)]
    assert switched(off, listed[index]) == FULL
    z, lender = np.zeros(48, np.float32), np.ones(48, np.float32)
    np.testing.assert_array_equal(off.apply(z, tiny, lender), without(FULL, part).apply(z, tiny, lender))


def test_all_off_changes_nothing_and_is_yet_no_empty_edit() -> None:
    off = FULL
    for _ in range(6):
        off = switched(off, next(part for part in parts(off) if part.on))
    assert off.is_identity
    assert not off.needs_reference
    assert not off.is_empty
    for _ in range(6):
        off = without(off, parts(off)[0])
    assert off == Edit(reference="lender.png")


def test_moving_an_attribute_that_is_off_sets_it_anew() -> None:
    off = switched(FULL, parts(FULL)[0])
    assert off.with_attribute("smile", 0.5).attributes["smile"] == 0.5
    assert "smile" not in off.with_attribute("smile", 0.5).off.attributes
    assert Edit(attributes={"smile": 1}, off=Moves(attributes={"smile": 2})) == Edit(attributes={"smile": 1})


def test_without_a_reference_nothing_borrowed_waits_either() -> None:
    off = switched(FULL, parts(FULL)[4])
    assert off.with_reference(None).off.is_identity


def test_bars_painted_meanwhile_add_up_when_the_others_come_back() -> None:
    edit = Edit(groups=(GroupMove(start=0, end=2, amount=1),))
    painted = switched(edit, parts(edit)[0]).with_group_amounts((0.0, 0.5, 0.0))
    assert [part.on for part in parts(painted)] == [True, False]
    both = switched(painted, parts(painted)[1])
    assert both.group_amounts(3).tolist() == [1, 1.5, 0]


def test_a_recipe_says_what_is_off_and_is_of_version_1_where_nothing_is() -> None:
    off = switched(FULL, parts(FULL)[0])
    assert json.loads(FULL.to_json())["version"] == 1
    assert json.loads(off.to_json())["version"] == 2
    assert json.loads(off.to_json())["off"] == {"attributes": {"smile": 1.5}}
    assert Edit.from_json(off.to_json()) == off
    with pytest.raises(UsageError, match="no recipe"):
        Edit.from_json('{"version": 2, "off": {"attributes": {"smile": 1000}}}')


def test_what_another_pack_lacks_is_left_out_of_what_is_off_too(tiny: Pack) -> None:
    edit = Edit(off=Moves(attributes={"beard": 1, "smile": 2}, groups=(GroupMove(start=60, end=64, amount=1),)))
    fitted, lost = recipes.fitted(edit, tiny)
    assert fitted == Edit(off=Moves(attributes={"smile": 2}))
    assert lost == ("beard", "some time-step groups")
    entry = PackEntry.of(tiny)
    kept, gone = fit_edit(edit, entry.model_copy(update={"identity": "0" * 64}), entry)
    assert kept == Edit(off=Moves(attributes={"smile": 2}))
    assert gone == ("beard", "time-step groups")


@given(st.lists(st.integers(0, 7), max_size=12))
def test_any_row_of_switches_can_be_taken_back(order: list[int]) -> None:
    edit, stack = FULL, list[Edit]()
    for index in order:
        listed = parts(edit)
        stack.append(edit)
        edit = switched(edit, listed[index % len(listed)])
        assert len(parts(edit)) == 6
    for part in [p for p in parts(edit) if not p.on]:
        edit = switched(edit, part)
    assert sorted(map(repr, edit.groups)) == sorted(map(repr, FULL.groups))
    assert (edit.attributes, edit.blends, edit.blend_noise) == (FULL.attributes, FULL.blends, FULL.blend_noise)
