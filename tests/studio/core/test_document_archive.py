"""The document's file: what is saved comes back, a failing save keeps the old one, a hostile one gets one sentence."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from diti_studio.core import atomic
from diti_studio.core.document import (
    Bundle,
    ChangedOnDiskError,
    Document,
    DocumentError,
    Found,
    NewerDocumentError,
    Seen,
    Stamp,
    Step,
    StoredState,
    archive,
    find_picture,
    make_thumbnail,
    read,
    read_thumbnail,
    write,
)
from diti_studio.core.document.model import MAX_JSON_BYTES
from tests.studio.core.document_samples import PACK, make_document, make_photo, picture


def save(folder: Path, *, inside: bool = False) -> tuple[Path, Bundle]:
    """A document over pictures of ``folder``, saved there as d.diti."""
    path = folder / "d.diti"
    document = make_document(folder).keeping_inside(inside)
    return path, write(path, Bundle(document, thumbnail=make_thumbnail(picture(1))))


def rezip(path: Path, change: Callable[[dict[str, bytes]], object], compression: int = zipfile.ZIP_STORED) -> None:
    """Writes the file's members again after ``change`` has had its way with them."""
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", compression) as target:
        for name, data in members.items():
            target.writestr(name, data)


def only_files(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.is_file())


# -- there and back ----------------------------------------------------------------------------------------


def test_a_document_beside_its_pictures_comes_back(tmp_path: Path) -> None:
    path, saved = save(tmp_path)
    again = read(path)
    assert again.document == saved.document == make_document(tmp_path).tidied()
    assert again.copies == {}
    assert again.notes == saved.notes == ()
    assert path.stat().st_size < 40_000
    assert only_files(tmp_path) == ["d.diti"]


def test_a_document_with_its_pictures_inside_needs_nothing_else(tmp_path: Path) -> None:
    path, saved = save(tmp_path, inside=True)
    originals = [p.path.read_bytes() for p in saved.document.pictures if p.path]
    moved = tmp_path / "far" / "away.diti"
    moved.parent.mkdir()
    path.replace(moved)
    for name in "ab":
        (tmp_path / "photos" / f"{name}.png").unlink()
    again = read(moved)
    found = [find_picture(entry, again.copies) for entry in again.document.pictures]
    assert [f.data for f in found if isinstance(f, Found)] == originals
    with zipfile.ZipFile(moved) as members:
        assert sorted(members.namelist()) == sorted(
            ["document.json", "thumbnail.png", *(p.member for p in again.document.pictures)]
        )


def test_a_folder_may_be_moved_as_a_whole(tmp_path: Path) -> None:
    path, _ = save(tmp_path / "one")
    (tmp_path / "one").replace(tmp_path / "two")
    again = read(tmp_path / "two" / path.name)
    assert [p.path for p in again.document.pictures] == [tmp_path / "two" / "photos" / f"{n}.png" for n in "ab"]


def test_saving_elsewhere_computes_the_paths_anew(tmp_path: Path) -> None:
    path, saved = save(tmp_path)
    elsewhere = tmp_path / "deep" / "er" / "e.diti"
    elsewhere.parent.mkdir(parents=True)
    write(elsewhere, saved)
    assert b"../../photos/a.png" in zipfile.ZipFile(elsewhere).read("document.json")
    assert read(elsewhere).document == read(path).document


def test_a_picture_that_cannot_be_named_from_there_travels_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_drive(path: object, start: object) -> str:
        raise ValueError("path is on mount 'C:', start on mount 'D:'")

    document = make_document(tmp_path)
    monkeypatch.setattr(os.path, "relpath", other_drive)
    saved = write(tmp_path / "d.diti", Bundle(document))
    assert all(p.copy_inside for p in saved.document.pictures)
    assert len(read(tmp_path / "d.diti").copies) == 2


@pytest.mark.parametrize("name", ["back\\slash.png", os.fsdecode(b"not-\xff-unicode.png"), "ü 写真.png", "C:x.png"])
def test_any_file_name_of_a_picture_can_be_saved(tmp_path: Path, name: str) -> None:
    photo = make_photo(tmp_path / name)
    document = Document.of(PACK, [Found.of_file(photo).entry], [Step(text="", state=STATE)], 0)
    write(tmp_path / "d.diti", Bundle(document))
    again = read(tmp_path / "d.diti")
    found = find_picture(again.document.pictures[0], again.copies)
    assert isinstance(found, Found)
    assert found.data == photo.read_bytes()


STATE = StoredState(subject=Seen(picture=0))


def test_equal_documents_are_equal_files(tmp_path: Path) -> None:
    path, saved = save(tmp_path, inside=True)
    write(tmp_path / "e.diti", saved)
    assert path.read_bytes() == (tmp_path / "e.diti").read_bytes()


def test_the_thumbnail_is_small_and_can_be_had_alone(tmp_path: Path) -> None:
    data = make_thumbnail(np.zeros((900, 1200, 3), np.uint8))
    path = tmp_path / "d.diti"
    write(path, Bundle(make_document(tmp_path), thumbnail=data))
    pixels = read_thumbnail(path)
    assert pixels is not None
    assert pixels.shape == (192, 256, 3)
    write(path, Bundle(make_document(tmp_path)))
    assert read_thumbnail(path) is None


def test_a_history_too_large_for_the_file_loses_its_oldest_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_JSON_BYTES", 20_000)
    document = make_document(tmp_path, steps=400)
    assert len(document.to_json(tmp_path)) > 20_000
    saved = write(tmp_path / "d.diti", Bundle(document))
    assert 20 < len(saved.document.history) < 400
    again = read(tmp_path / "d.diti").document
    assert again.state == document.state
    assert again.history[-1] == document.tidied().history[-1]
    with pytest.raises(DocumentError, match="history and snapshots are larger"):
        write(tmp_path / "d.diti", Bundle(document.model_copy(update={"current": 0})))
    assert read(tmp_path / "d.diti").document == again


# -- saving safely -----------------------------------------------------------------------------------------


def test_no_picture_of_the_document_is_ever_replaced(tmp_path: Path) -> None:
    document = make_document(tmp_path)
    photo = tmp_path / "photos" / "a.png"
    before = photo.read_bytes()
    (tmp_path / "link.diti").symlink_to(photo)
    (tmp_path / "hard.diti").hardlink_to(photo)
    for path in (tmp_path / "link.diti", tmp_path / "hard.diti"):
        with pytest.raises(DocumentError, match="is a picture of this document"):
            write(path, Bundle(document))
    assert photo.read_bytes() == before
    with pytest.raises(DocumentError, match=r"has to end in \.diti"):
        write(photo, Bundle(document))


def test_a_path_that_leads_nowhere_does_not_keep_the_document_from_being_saved(tmp_path: Path) -> None:
    path, saved = save(tmp_path)
    lost = saved.document.pictures[1].model_copy(update={"path": tmp_path / ("x" * 3_000) / "b.png"})
    write(path, replace(saved, document=saved.document.with_picture(1, lost)))
    entry = read(path).document.pictures[1]
    assert entry == lost
    assert not isinstance(find_picture(entry, {}, tmp_path), Found)


def test_a_link_to_a_document_stays_a_link_and_paths_start_at_the_file(tmp_path: Path) -> None:
    path, saved = save(tmp_path / "real")
    link = tmp_path / "link.diti"
    link.symlink_to(path)
    write(link, saved)
    assert link.is_symlink()
    assert read(link).document == read(path).document


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("none/d.diti", "no folder"),
        ("folder.diti", "is a folder"),
        ("n" * 300 + ".diti", "too long"),
        ("a\0b.diti", "null"),
    ],
)
def test_targets_that_cannot_be_written_are_refused(tmp_path: Path, name: str, word: str) -> None:
    (tmp_path / "folder.diti").mkdir()
    with pytest.raises(DocumentError, match=word):
        write(tmp_path / name, Bundle(make_document(tmp_path)))


def test_a_write_protected_document_is_kept(tmp_path: Path) -> None:
    path, saved = save(tmp_path)
    before = path.read_bytes()
    path.chmod(0o444)
    with pytest.raises(DocumentError, match="write-protected"):
        write(path, saved)
    assert path.read_bytes() == before


def test_the_mode_of_the_file_stays(tmp_path: Path) -> None:
    path, saved = save(tmp_path)
    path.chmod(0o640)
    write(path, saved)
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failing_disk_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path, saved = save(tmp_path)
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fail)
    with pytest.raises(DocumentError, match="No space left"):
        write(path, replace(saved, thumbnail=None))
    assert path.read_bytes() == before
    assert only_files(tmp_path) == ["d.diti"]


def test_what_a_killed_save_left_is_cleared_once_it_is_old(tmp_path: Path) -> None:
    path, saved = save(tmp_path)
    stem = []

    def interrupted(file: object) -> None:
        stem.extend(only_files(tmp_path))
        raise OSError("stop")

    with pytest.raises(OSError, match="stop"):
        atomic.replace_file(path, interrupted)
    part = next(name for name in stem if name.endswith(".part"))
    left, other = tmp_path / part, tmp_path / ".diti-000000000000-x.part"
    left.touch()
    other.touch()
    write(path, saved)
    assert left.exists()  # another window may be at it
    old = time.time() - atomic.ABANDONED_AFTER - 60
    os.utime(left, (old, old))
    os.utime(other, (old, old))
    write(path, saved)
    assert not left.exists()
    assert other.exists()  # of another document


def test_a_file_that_another_window_saved_is_noticed(tmp_path: Path) -> None:
    path, saved = save(tmp_path)
    stamp = Stamp.of(path)
    assert stamp is not None
    write(path, replace(saved, thumbnail=None))
    with pytest.raises(ChangedOnDiskError, match="another window or program"):
        write(path, saved, unless_changed_since=stamp)
    assert read(path).thumbnail is None
    write(path, saved, unless_changed_since=Stamp.of(path))
    assert read(path).thumbnail is not None
    assert Stamp.of(tmp_path / "none.diti") is None


def test_a_picture_that_is_gone_does_not_keep_the_work_from_being_saved(tmp_path: Path) -> None:
    document = make_document(tmp_path).keeping_inside(True)
    (tmp_path / "photos" / "b.png").unlink()
    saved = write(tmp_path / "d.diti", Bundle(document))
    assert len(saved.notes) == 1
    assert saved.notes[0].startswith("b.png is not inside the document: b.png was not found")
    again = read(tmp_path / "d.diti")
    assert again.document == document.tidied()
    assert len(again.copies) == 1
    assert again.notes == ("The copy of b.png inside d.diti is missing or damaged.",)


def test_a_picture_that_changed_is_not_put_inside_under_the_old_ones_name(tmp_path: Path) -> None:
    document = make_document(tmp_path).keeping_inside(True)
    make_photo(tmp_path / "photos" / "b.png", seed=7)
    saved = write(tmp_path / "d.diti", Bundle(document))
    assert "b.png is not the picture" in saved.notes[0]
    assert len(read(tmp_path / "d.diti").copies) == 1


# -- hostile and damaged files -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../evil.png", "a/../../evil", "/etc/evil", "C:/evil", "..\\evil", "\\\\server\\evil", "//server/evil"]
)
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    path, _ = save(tmp_path)
    rezip(path, lambda members: members.update({name: b"x"}))
    with pytest.raises(DocumentError, match="outside itself"):
        read(path)


def test_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path, _ = save(tmp_path)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as members:
        members.writestr("document.json", b"{}")
    with pytest.raises(DocumentError, match=r"holds document\.json twice"):
        read(path)


@pytest.mark.filterwarnings("default")
def test_unknown_members_are_ignored(tmp_path: Path) -> None:
    path, saved = save(tmp_path, inside=True)
    rezip(path, lambda members: members.update({"__MACOSX/x": b"x", "sources/": b"", "readme.txt": b"x"}))
    assert read(path).document == saved.document
    assert len(read(path).copies) == 2


def test_a_description_that_unpacks_to_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    path, _ = save(tmp_path)
    bomb = b" " * (MAX_JSON_BYTES + 1)
    rezip(path, lambda members: members.update({"document.json": bomb}), zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 200_000
    with pytest.raises(DocumentError, match=r"document\.json is larger"):
        read(path)


def test_a_size_that_lies_is_not_trusted(tmp_path: Path) -> None:
    path, _ = save(tmp_path)
    bomb = b" " * (MAX_JSON_BYTES + 1)
    rezip(path, lambda members: members.update({"document.json": bomb}), zipfile.ZIP_DEFLATED)
    data = path.read_bytes().replace(struct.pack("<L", len(bomb)), struct.pack("<L", 100))
    path.write_bytes(data)
    with pytest.raises(DocumentError):
        read(path)


def test_a_compressed_picture_inside_is_not_unpacked(tmp_path: Path) -> None:
    path, saved = save(tmp_path, inside=True)
    rezip(path, lambda members: None, zipfile.ZIP_DEFLATED)
    again = read(path)
    assert again.document == saved.document
    assert again.copies == {}
    assert len(again.notes) == 2


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(tmp_path: Path, method: int) -> None:
    path, _ = save(tmp_path)
    rezip(path, lambda members: None, method)
    with pytest.raises(DocumentError, match="packed in an unknown way"):
        read(path)


def test_an_encrypted_document_is_refused(tmp_path: Path) -> None:
    path, _ = save(tmp_path)
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(DocumentError, match="packed in an unknown way"):
        read(path)


def test_a_long_list_of_members_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "d.diti"
    with zipfile.ZipFile(path, "w") as members:
        for i in range(2_000):
            members.writestr(str(i), b"")
    with pytest.raises(DocumentError, match="lists more files"):
        read(path)


@pytest.mark.parametrize("field", ["members", "bytes"])
def test_the_end_record_alone_decides_before_the_list_is_read(tmp_path: Path, field: str) -> None:
    end = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, *((0xFFFF,) * 2 if field == "members" else (1, 1)), 1 << 30, 0, 0
    )
    path = tmp_path / "d.diti"
    path.write_bytes(b"PK\x03\x04" + bytes(100) + end)
    with pytest.raises(DocumentError, match="lists more files"):
        read(path)


@pytest.mark.parametrize("change", ["comment", "zip64"])
def test_other_forms_of_zip_are_refused(tmp_path: Path, change: str) -> None:
    path, _ = save(tmp_path)
    if change == "comment":
        with zipfile.ZipFile(path, "a") as members:
            members.comment = b"x"
    else:
        data = path.read_bytes()
        path.write_bytes(data[:-22] + b"PK\x06\x07" + bytes(16) + data[-22:])
    with pytest.raises(DocumentError):
        read(path)


def test_a_thumbnail_that_is_none_is_left_out(tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    Image.fromarray(np.zeros((2000, 2000, 3), np.uint8)).save(large)
    jpeg = tmp_path / "small.jpg"
    Image.fromarray(np.zeros((20, 20, 3), np.uint8)).save(jpeg)
    for data in (b"no picture", large.read_bytes(), jpeg.read_bytes(), b"\0" * (2 << 20)):
        path, saved = save(tmp_path)
        rezip(path, lambda members, data=data: members.update({"thumbnail.png": data}))
        assert read(path).thumbnail is None
        assert read_thumbnail(path) is None
        assert read(path).document == saved.document


def test_a_damaged_copy_does_not_cost_the_history(tmp_path: Path) -> None:
    path, saved = save(tmp_path, inside=True)
    member = saved.document.pictures[0].member
    rezip(path, lambda members: members.update({member: members[member][:-1] + b"x"}))
    again = read(path)
    assert again.document == saved.document
    assert set(again.copies) == {saved.document.pictures[1].sha256}
    assert again.notes == ("The copy of a.png inside d.diti is missing or damaged.",)


def test_a_document_without_a_description_is_none(tmp_path: Path) -> None:
    path, _ = save(tmp_path)
    rezip(path, lambda members: members.pop("document.json"))
    with pytest.raises(DocumentError, match="is no document"):
        read(path)


def test_a_later_version_is_told_apart(tmp_path: Path) -> None:
    path, _ = save(tmp_path)

    def later(members: dict[str, bytes]) -> None:
        members["document.json"] = json.dumps(json.loads(members["document.json"]) | {"version": 9}).encode()

    rezip(path, later)
    with pytest.raises(NewerDocumentError, match="format 9"):
        read(path)


@pytest.mark.parametrize("kind", ["missing", "folder", "empty", "text", "pipe", "null"])
def test_what_is_no_file_of_ours_is_one_sentence(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "d.diti"
    match kind:
        case "folder":
            path.mkdir()
        case "empty":
            path.touch()
        case "text":
            path.write_text("hello" * 100)
        case "pipe":
            os.mkfifo(path)
        case "null":
            path = tmp_path / "a\0b.diti"
        case _:
            pass
    with pytest.raises(DocumentError) as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_a_file_beyond_the_limit_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "d.diti"
    with path.open("wb") as file:
        file.truncate(archive.MAX_FILE_BYTES + 1)  # sparse
    with pytest.raises(DocumentError, match="larger than 1 GiB"):
        read(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(noise=st.binary(min_size=1, max_size=40), where=st.floats(0, 1), cut=st.booleans())
def test_damaged_bytes_give_a_document_or_one_sentence(tmp_path: Path, noise: bytes, where: float, cut: bool) -> None:
    good = tmp_path / "good.diti"
    if not good.exists():
        write(good, Bundle(make_document(tmp_path).keeping_inside(True), thumbnail=make_thumbnail(picture(1))))
    data = bytearray(good.read_bytes())
    at = int(where * len(data))
    if cut:
        del data[at:]
    else:
        data[at : at + len(noise)] = noise
    bad = tmp_path / "bad.diti"
    bad.write_bytes(data)
    with contextlib.suppress(DocumentError):  # anything else fails the test
        assert read(bad).document.history
