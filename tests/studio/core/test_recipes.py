"""Recipes in files, and how their reference is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from diti_studio.core import document, pictures, recipes
from diti_studio.core.document import Seen, StoredState
from diti_studio.core.edit import Blend, Edit
from diti_studio.core.errors import PictureError, UsageError
from diti_studio.core.packs import Pack

EDIT = Edit(attributes={"smile": 1.5}, blends=(Blend(start=0, end=2, alpha=0.5),))


def test_a_recipe_and_its_reference_can_be_moved_together(tmp_path: Path) -> None:
    first = tmp_path / "first"
    (first / "sub").mkdir(parents=True)
    lender, out = first / "sub" / "lender.png", first / "out.json"
    out.write_text(recipes.seen_from(EDIT.with_reference(str(lender)), out).to_json())
    first.rename(tmp_path / "second")
    read = recipes.read(tmp_path / "second" / "out.json")
    assert read.reference is not None
    assert Path(read.reference) == tmp_path / "second" / "sub" / "lender.png"


def test_a_recipe_is_read_from_the_picture_that_carries_it(tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    pictures.save(np.zeros((8, 8, 3), np.uint8), out, recipe=EDIT.to_json())
    assert recipes.read(out) == EDIT


@pytest.mark.parametrize(("name", "says"), [("gone.json", "cannot be read"), ("gone.png", "gone.png")])
def test_a_missing_recipe_is_named(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises((UsageError, PictureError), match=says):
        recipes.read(tmp_path / name)


def test_a_file_that_is_too_large_for_a_recipe_or_none_is_not_read(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(recipes.MAX_TEXT_BYTES + 1)
    folder = tmp_path / "folder.json"
    folder.mkdir()
    for path in (large, folder):
        with pytest.raises(UsageError, match=path.name):
            recipes.read(path)


def test_a_picture_without_a_recipe_is_named(tmp_path: Path) -> None:
    pictures.save(np.zeros((8, 8, 3), np.uint8), tmp_path / "plain.png")
    with pytest.raises(UsageError, match="carries no recipe"):
        recipes.read(tmp_path / "plain.png")


def test_what_cannot_be_written_is_told_before_there_are_pixels(tmp_path: Path) -> None:
    source = tmp_path / "source.png"
    pictures.save(np.zeros((8, 8, 3), np.uint8), source)
    for target, says in ((tmp_path / "out.psd", "no suffix"), (source, "source picture"), (tmp_path, "no suffix")):
        with pytest.raises(PictureError, match=says):
            pictures.check_target(target, [source])
    assert pictures.check_target(tmp_path / "out.jpg", [source]) == "JPEG"


def test_a_recipe_is_read_from_a_document(tmp_path: Path, tiny: Pack) -> None:
    found = []
    for n, name in enumerate(("own.png", "lender.png")):
        pictures.save(np.full((8, 8, 3), 40 * n, np.uint8), tmp_path / name)
        found.append(document.Found.of_file(tmp_path / name))
    state = StoredState(subject=Seen(picture=0), edit=EDIT, reference=Seen(picture=1))
    made = document.Document(
        version=1, pack=document.PackEntry.of(tiny), pictures=tuple(f.entry for f in found),
        history=(document.Step(text="Open", state=state),), current=0,
    )  # fmt: skip
    document.write(tmp_path / "one.diti", document.Bundle(made))
    read = recipes.read(tmp_path / "one.diti")
    assert read == EDIT.with_reference(str(tmp_path / "lender.png"))
    (tmp_path / "lender.png").unlink()
    assert recipes.read(tmp_path / "one.diti") == EDIT
    (tmp_path / "bad.diti").write_bytes(b"no document")
    with pytest.raises(UsageError):
        recipes.read(tmp_path / "bad.diti")
