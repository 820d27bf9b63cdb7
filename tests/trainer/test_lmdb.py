"""Diff-AE's LMDB layout, and pictures that are decoded as they are drawn."""

from __future__ import annotations

import io
import os
from pathlib import Path

import lmdb
import numpy as np
import pytest
from PIL import Image

from diti_studio.core.errors import UsageError
from trainer.config import DataOptions
from trainer.data import Mixture, Prefetched, open_pictures, open_source, store
from trainer.data.archive import archive
from trainer.data.decoded import OnDemand
from trainer.data.store import Store

PLAIN = DataOptions(replace_background=0, gamma=0, colour=0, flip=False)
NO_MEMORY = PLAIN.model_copy(update={"memory_mib": 0})


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setattr(store, "folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def _bytes(level: int, size: tuple[int, int], format_: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (level, level, level)).save(out, format_, quality=95)
    return out.getvalue()


def _write(path: Path, entries: dict[bytes, bytes]) -> Path:
    with lmdb.open(str(path), map_size=1 << 24) as environment, environment.begin(write=True) as transaction:
        for key, value in entries.items():
            transaction.put(key, value)
    return path


def _archive(path: Path, count: int = 12, *, digits: int = 5, sides: tuple[int, ...] = (16, 32)) -> Path:
    entries = {
        f"{side}-{str(i).zfill(digits)}".encode(): _bytes(10 * i + side // 16, (side, side), "JPEG")
        for side in sides
        for i in range(count)
    }
    return _write(path, entries | {b"length": str(count).encode()})


# -- the layout ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "side"), [(8, 16), (16, 16), (24, 32), (32, 32)])
def test_the_smallest_resolution_that_is_large_enough_is_read(tmp_path: Path, size: int, side: int) -> None:
    pictures = open_pictures(_archive(tmp_path / "a.lmdb"), size, PLAIN)
    assert pictures.images.shape == (12, size, size, 3)
    for i in range(12):
        assert abs(int(pictures.images[i][0, 0, 0]) - (10 * i + side // 16)) <= 1


@pytest.mark.parametrize("digits", [5, 7])
def test_keys_may_have_any_number_of_digits(tmp_path: Path, digits: int) -> None:
    found = archive(_archive(tmp_path / "a", digits=digits, sides=(16,)), 16)
    assert found.count == 12
    assert found.name(3).endswith("16-" + "3".zfill(digits))


def test_the_last_pictures_are_held_out(tmp_path: Path) -> None:
    source = open_source(_archive(tmp_path / "a", sides=(16,)), 16, PLAIN)
    assert np.flatnonzero(source.held).tolist() == [10, 11]


def test_it_may_be_opened_twice_and_is_not_written(tmp_path: Path) -> None:
    path = _archive(tmp_path / "a", sides=(16,))
    before = {file.name: file.read_bytes() for file in path.iterdir()}
    open_source(path, 16, PLAIN)
    open_source(path, 16, NO_MEMORY)
    assert (path / "data.mdb").read_bytes() == before["data.mdb"]


def test_aligned_pictures_of_celeba_are_cropped_as_celeba64_is(tmp_path: Path) -> None:
    picture = np.zeros((218, 178, 3), np.uint8)
    picture[57:185, 25:153] = 200
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    path = _write(tmp_path / "a", {b"None-0000000": out.getvalue(), b"None-0000001": out.getvalue(), b"length": b"2"})
    images = open_pictures(path, 64, PLAIN).images
    assert (images[0] == 200).all()


@pytest.mark.parametrize(
    "entries",
    [{b"length": b"2"}, {b"16-00000": b"x"}, {b"a": b"b", b"length": b"3"}, {b"length": b"many"}, {b"length": b"0"}],
)
def test_another_layout_is_refused(tmp_path: Path, entries: dict[bytes, bytes]) -> None:
    with pytest.raises(UsageError, match="db") as caught:
        open_pictures(_write(tmp_path / "db", entries), 16, PLAIN)
    assert "\n" not in str(caught.value)


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    (tmp_path / "db/data.mdb").write_bytes(b"no database" * 1000)
    with pytest.raises(UsageError, match="LMDB"):
        open_pictures(tmp_path / "db", 16, PLAIN)


# -- decoding as pictures are drawn -------------------------------------------------------------------------


def _photos(folder: Path, count: int = 30) -> Path:
    folder.mkdir()
    for i in range(count):
        (folder / f"{i:03d}.png").write_bytes(_bytes(5 * i, (20, 20)))
    return folder


def test_what_memory_does_not_hold_is_decoded_when_it_is_drawn(tmp_path: Path, cache: Path) -> None:
    folder = _photos(tmp_path / "p")
    at_once, drawn = (open_source(folder, 16, options) for options in (PLAIN, NO_MEMORY))
    assert isinstance(drawn.images, OnDemand)
    np.testing.assert_array_equal(drawn.held, at_once.held)
    which = np.array([3, 29, 3, 0])
    np.testing.assert_array_equal(drawn.images[which], at_once.images[which])
    np.testing.assert_array_equal(drawn.images[drawn.held], at_once.images[at_once.held])
    np.testing.assert_array_equal(drawn.images[5], at_once.images[5])
    assert len(list(cache.iterdir())) == 1


def test_a_picture_is_decoded_once_in_all_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _photos(tmp_path / "p")
    first = open_source(folder, 16, NO_MEMORY).images[np.arange(30)]
    monkeypatch.setattr("trainer.data.decoded._Squares.__call__", lambda *_: pytest.fail("decoded again"))
    np.testing.assert_array_equal(open_source(folder, 16, NO_MEMORY).images[np.arange(30)], first)


def test_a_changed_file_is_decoded_anew(tmp_path: Path) -> None:
    folder = _photos(tmp_path / "p")
    assert open_source(folder, 16, NO_MEMORY).images[1][0, 0, 0] == 5
    (folder / "001.png").write_bytes(_bytes(200, (21, 21)))
    assert open_source(folder, 16, NO_MEMORY).images[1][0, 0, 0] == 200


def test_a_bad_file_is_noted_and_the_next_stands_in(tmp_path: Path) -> None:
    folder = _photos(tmp_path / "p")
    (folder / "007.png").write_bytes(b"no picture")
    (folder / "008.png").write_bytes(_bytes(1, (9, 30)))
    source = open_source(folder, 16, NO_MEMORY)
    assert [int(level) for level in source.images[np.arange(6, 10)][:, 0, 0, 0]] == [30, 45, 45, 45]
    assert len(source.notes) == 2
    assert any("007.png" in note for note in source.notes)
    assert any("008.png is 9×30: smaller than the 16 pixels" in note for note in source.notes)


def test_a_stream_of_drawn_pictures_is_that_of_decoded_ones(tmp_path: Path) -> None:
    folder = str(_photos(tmp_path / "p"))
    streams = list[list[np.ndarray]]()
    for options in (PLAIN, NO_MEMORY):
        mixture = Mixture.open(options.model_copy(update={"sources": (folder,)}), 16)
        with Prefetched(mixture, 4, 1) as stream:
            streams.append([stream.take().images for _ in range(4)])
    np.testing.assert_array_equal(streams[0], streams[1])


# -- the store ----------------------------------------------------------------------------------------------


def test_a_record_that_was_not_wholly_written_counts_as_absent(cache: Path) -> None:
    kept = Store.open("k", 3, (4, 4, 3), 1 << 20)
    assert kept is not None
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    kept.put(2, pixels)
    assert kept.get(0) is None
    np.testing.assert_array_equal(kept.get(2), pixels)
    path = cache / "k.pixels"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    again = Store.open("k", 3, (4, 4, 3), 1 << 20)
    assert again is not None
    assert again.get(2) is None
    path.write_bytes(content[:-5])
    assert again.get(2) is None


def test_stores_take_no_more_room_than_they_may(cache: Path) -> None:
    for i, name in enumerate(("old", "new")):
        kept = Store.open(name, 10, (4, 4, 3), 2000)
        assert kept is not None
        for j in range(10):
            kept.put(j, np.full((4, 4, 3), j, np.uint8))
        os.utime(cache / f"{name}.pixels", (i, i))
    assert Store.open("newest", 20, (4, 4, 3), 2000) is not None  # 1040 bytes: the oldest has to go
    assert {path.name for path in cache.iterdir()} == {"new.pixels", "newest.pixels"}
    assert Store.open("vast", 1000, (4, 4, 3), 2000) is None
    assert (cache / "new.pixels").exists()


def test_a_cache_folder_that_cannot_be_made_is_done_without(cache: Path) -> None:
    cache.write_text("a file is in the way")
    assert Store.open("k", 3, (4, 4, 3), 1 << 20) is None


def test_a_full_disk_is_no_failure(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Store.open("k", 3, (4, 4, 3), 1 << 20)
    assert kept is not None

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        kept.put(0, np.zeros((4, 4, 3), np.uint8))
    assert kept.get(0) is None
