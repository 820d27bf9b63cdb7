"""Where a document's pictures are: found, changed or missing, and taken instead only when the user says so."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from diti_studio.core.document import (
    Bundle,
    Changed,
    Document,
    Found,
    Missing,
    PictureEntry,
    Seen,
    Step,
    StoredState,
    find_picture,
    look_at,
    read,
    write,
)
from diti_studio.core.errors import PictureError
from tests.studio.core.document_samples import PACK, make_document, make_photo, picture


def entry_of(folder: Path) -> PictureEntry:
    return Found.of_file(make_photo(folder / "a.png")).entry


def test_a_picture_where_it_was_is_read_once_and_decoded(tmp_path: Path) -> None:
    entry = entry_of(tmp_path)
    found = find_picture(entry, {})
    assert isinstance(found, Found)
    assert found.entry == entry
    (tmp_path / "a.png").unlink()
    seen = found.picture()
    assert np.array_equal(seen.pixels, picture(1))
    assert seen.path == tmp_path / "a.png"  # an export is kept from replacing it
    assert seen.format == "PNG"


def test_the_copy_inside_comes_first(tmp_path: Path) -> None:
    entry = entry_of(tmp_path)
    data = (tmp_path / "a.png").read_bytes()
    make_photo(tmp_path / "a.png", seed=9)
    found = find_picture(entry, {entry.sha256: data})
    assert isinstance(found, Found)
    assert np.array_equal(found.picture().pixels, picture(1))


def test_a_changed_picture_is_used_only_when_accepted(tmp_path: Path) -> None:
    entry = entry_of(tmp_path)
    make_photo(tmp_path / "a.png", seed=9)
    changed = find_picture(entry, {}, tmp_path)
    assert isinstance(changed, Changed)
    assert "a.png is not the picture that a.png was" in changed.sentence
    taken = changed.accept()
    assert taken.entry.sha256 != entry.sha256
    assert np.array_equal(taken.picture().pixels, picture(9))


def test_a_changed_picture_of_the_same_size_in_bytes_is_noticed(tmp_path: Path) -> None:
    entry = entry_of(tmp_path)
    data = bytearray((tmp_path / "a.png").read_bytes())
    data[-1] ^= 1
    (tmp_path / "a.png").write_bytes(data)
    assert isinstance(find_picture(entry, {}), Changed)


def test_a_missing_picture_can_be_located(tmp_path: Path) -> None:
    document = make_document(tmp_path)
    path = tmp_path / "d.diti"
    write(path, Bundle(document))
    (tmp_path / "photos").replace(tmp_path / "moved")
    bundle = read(path)
    entry = bundle.document.pictures[0]
    missing = find_picture(entry, bundle.copies, path.parent)
    assert isinstance(missing, Missing)
    assert missing.sentence.startswith("a.png was not found")

    wrong = look_at(entry, tmp_path / "moved" / "b.png")
    assert isinstance(wrong, Changed)
    right = look_at(entry, tmp_path / "moved" / "a.png")
    assert isinstance(right, Found)
    mended = bundle.document.with_picture(0, right.entry)
    write(path, Bundle(mended))
    assert isinstance(find_picture(read(path).document.pictures[0], {}), Found)


def test_a_picture_sent_along_in_the_same_folder_is_found_by_its_name(tmp_path: Path) -> None:
    entry = entry_of(tmp_path / "sender")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "sender" / "a.png").replace(tmp_path / "inbox" / "a.png")
    found = find_picture(entry, {}, tmp_path / "inbox")
    assert isinstance(found, Found)
    assert found.entry.path == tmp_path / "inbox" / "a.png"

    make_photo(tmp_path / "inbox" / "a.png", seed=9)  # another one of that name is not what was looked for
    assert isinstance(find_picture(entry, {}, tmp_path / "inbox"), Missing)


def test_a_replacement_keeps_whether_it_travels_inside(tmp_path: Path) -> None:
    entry = entry_of(tmp_path).model_copy(update={"copy_inside": True})
    other = look_at(entry, make_photo(tmp_path / "other.png", seed=5))
    assert isinstance(other, Changed)
    taken = other.accept()
    assert taken.entry.copy_inside
    assert taken.entry.name == "other.png"


def test_a_lost_copy_without_a_file_is_missing(tmp_path: Path) -> None:
    entry = PictureEntry.of_bytes(b"pixels", "Pasted picture.png")
    missing = find_picture(entry, {}, tmp_path)
    assert isinstance(missing, Missing)
    assert "own copy of Pasted picture.png is missing or damaged" in missing.sentence


def test_pixels_without_a_file_travel_inside(tmp_path: Path) -> None:
    pasted = Found.of_pixels(picture(3), "Pasted picture")
    assert pasted.entry.name == "Pasted picture.png"
    assert pasted.entry.copy_inside
    document = Document.of(PACK, [pasted.entry], [Step(text="", state=StoredState(subject=Seen(picture=0)))], 0)
    write(tmp_path / "d.diti", Bundle(document, {pasted.entry.sha256: pasted.data}))
    bundle = read(tmp_path / "d.diti")
    found = find_picture(bundle.document.pictures[0], bundle.copies, tmp_path)
    assert isinstance(found, Found)
    assert np.array_equal(found.picture().pixels, picture(3))
    assert found.picture().path is None


def test_a_path_through_a_link_is_saved_as_it_really_is(tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(tmp_path / "real")
    make_photo(tmp_path / "real" / "a.png")
    entry = Found.of_file(tmp_path / "alias" / "a.png").entry
    document = Document.of(PACK, [entry], [Step(text="", state=StoredState(subject=Seen(picture=0)))], 0)
    write(tmp_path / "alias" / "d.diti", Bundle(document))
    (tmp_path / "real").replace(tmp_path / "moved")
    again = read(tmp_path / "moved" / "d.diti").document.pictures[0]
    assert again.path == tmp_path / "moved" / "a.png"


@pytest.mark.parametrize("kind", ["folder", "pipe", "loop", "null"])
def test_what_is_no_file_is_missing_in_one_sentence(tmp_path: Path, kind: str) -> None:
    entry = entry_of(tmp_path)
    path = tmp_path / "x"
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "loop":
            path.symlink_to(path)
        case _:
            path = tmp_path / "a\0b"
    missing = look_at(entry, path)
    assert isinstance(missing, Missing)
    assert "\n" not in missing.sentence


def test_an_accepted_file_that_is_no_picture_says_so(tmp_path: Path) -> None:
    entry = entry_of(tmp_path)
    (tmp_path / "a.png").write_bytes(b"no picture")
    changed = find_picture(entry, {})
    assert isinstance(changed, Changed)
    taken = changed.accept()
    with pytest.raises(PictureError, match="not a picture"):
        taken.picture()
    (tmp_path / "a.png").unlink()
    with pytest.raises(PictureError, match="not found"):
        changed.accept()
