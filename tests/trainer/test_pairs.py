"""Counterfactual pairs: the second picture is the first with one thing changed."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.tiny import FACES
from trainer.attributes import changes, table
from trainer.attributes.choice import _DOMAINS
from trainer.render.pairs import paired

CHANGES = (("smile",), ("hair_color",), ("bg0_r", "bg1_r"))


def test_one_set_of_factors_changes_from_each_picture_to_the_next() -> None:
    draw = paired(FACES, CHANGES).sample
    for i in range(30):
        before, after = asdict(draw(3, 2 * i)), asdict(draw(3, 2 * i + 1))
        assert {name for name in before if before[name] != after[name]} == set(CHANGES[i % 3])


def test_the_first_pictures_are_those_that_are_drawn_singly() -> None:
    draw = paired(FACES, CHANGES).sample
    assert [draw(3, 2 * i) for i in range(5)] == [FACES.sample(3, i) for i in range(5)]
    assert draw(3, 9) == draw(3, 9)
    assert draw(3, 9) != draw(4, 9)


@pytest.mark.parametrize("kind", ["face", "room"])
def test_every_attribute_is_changed_by_the_factors_that_it_names(kind: str) -> None:
    """Changing all of its factors changes its value, in some picture; changing the others never does."""
    pytest.importorskip("moderngl")
    from trainer.render.domains import domain

    what, (specs, _) = domain(f"{kind}s"), _DOMAINS[kind]
    assert {name for names in changes(f"{kind}s") for name in names} <= set(what.factors)
    for names in changes(f"{kind}s"):
        draw = paired(what, [names]).sample
        rows = [asdict(draw(0, i)) for i in range(200)]
        columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
        values = table(specs, columns)
        changed = (values[1::2] != values[::2]).any(axis=0)
        own = {spec.name for spec in specs if spec.factor is not None and spec.factor.columns == names}
        assert {spec.name for spec, moved in zip(specs, changed, strict=True) if moved} == own


@pytest.mark.usefixtures("egl")
def test_a_folder_of_pairs_says_so_and_is_not_mixed_with_single_pictures(tmp_path: Path) -> None:
    pytest.importorskip("moderngl")
    from diti_studio.core.errors import DitiError
    from trainer.render.dataset import render

    render("faces", 4, tmp_path / "pairs", size=32, changes=CHANGES, workers=1)
    record = json.loads((tmp_path / "pairs" / "render.json").read_text())
    assert record["changes"] == [list(names) for names in CHANGES]
    with (tmp_path / "pairs" / "factors.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {name for name in rows[2] if rows[2][name] != rows[3][name]} == {"index", "hair_color"}
    with pytest.raises(DitiError, match="does not hold single pictures"):
        render("faces", 4, tmp_path / "pairs", size=32, workers=1)
    with pytest.raises(DitiError, match="changes another, not this one"):
        render("faces", 4, tmp_path / "pairs", size=32, changes=CHANGES[:1], workers=1)
