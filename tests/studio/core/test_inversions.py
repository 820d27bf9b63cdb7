from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from diti_studio.core.inversions import InversionCache

SHAPE = (3, 8, 8)
BYTES = 3 * 8 * 8 * 4


def noise(seed: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(seed).standard_normal(SHAPE).astype(np.float32)


def test_what_was_put_comes_back(tmp_path: Path) -> None:
    cache = InversionCache(tmp_path)
    cache.put("a", noise(0))
    got = cache.get("a", SHAPE)
    assert got is not None
    assert np.array_equal(got, noise(0))
    assert not got.flags.writeable
    assert cache.get("b", SHAPE) is None


def test_it_comes_back_from_disk_after_a_restart(tmp_path: Path) -> None:
    InversionCache(tmp_path / "deep" / "folder").put("a", noise(0))
    got = InversionCache(tmp_path / "deep" / "folder").get("a", SHAPE)
    assert got is not None
    assert np.array_equal(got, noise(0))
    assert not got.flags.writeable
    assert [p.name for p in (tmp_path / "deep" / "folder").iterdir()] == ["a.npy"]


def test_without_a_folder_it_lives_in_memory() -> None:
    cache = InversionCache(None)
    cache.put("a", noise(0))
    assert cache.get("a", SHAPE) is not None
    assert cache.get("b", SHAPE) is None


def test_memory_is_bounded_and_the_least_used_goes_first() -> None:
    cache = InversionCache(None, memory_bytes=3 * BYTES)
    for key in "abc":
        cache.put(key, noise(0))
    cache.get("a", SHAPE)
    cache.put("d", noise(0))
    assert [key for key in "abcd" if cache.get(key, SHAPE) is not None] == ["a", "c", "d"]


def test_one_that_is_larger_than_the_memory_bound_is_still_kept() -> None:
    cache = InversionCache(None, memory_bytes=1)
    cache.put("a", noise(0))
    cache.put("b", noise(1))
    assert [key for key in "ab" if cache.get(key, SHAPE) is not None] == ["b"]


def test_disk_is_bounded_and_the_least_used_goes_first(tmp_path: Path) -> None:
    size = BYTES + 128  # with the file's header
    cache = InversionCache(tmp_path, disk_bytes=3 * size)
    for age, key in enumerate("abc"):
        cache.put(key, noise(age))
        os.utime(tmp_path / f"{key}.npy", (1000 + age, 1000 + age))
    assert InversionCache(tmp_path).get("a", SHAPE) is not None  # read, so used now
    cache.put("d", noise(3))
    assert sorted(p.stem for p in tmp_path.iterdir()) == ["a", "c", "d"]


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_bytes(b"x" * 10_000)
    cache = InversionCache(tmp_path, disk_bytes=1)
    cache.put("a", noise(0))
    assert [p.name for p in tmp_path.iterdir()] == ["readme.txt"]


def npy(array: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


def npz() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, noise(0))
    return buffer.getvalue()


def claiming(shape: str) -> bytes:
    """An array file whose header tells that shape."""
    data = npy(noise(0))
    text = repr(SHAPE).encode()
    changed = data.replace(text + b", }" + b" " * (len(shape) - len(text)), shape.encode() + b", }")
    assert len(changed) == len(data)
    assert changed != data
    return changed


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no array" * 40, id="other bytes"),
        pytest.param(npy(noise(0))[:60], id="cut in the header"),
        pytest.param(npy(noise(0))[:-4], id="cut in the numbers"),
        pytest.param(b"PK\x03\x04" + b"x" * 100, id="a broken zip"),
        pytest.param(npz(), id="a zip of arrays"),
        pytest.param(claiming("(3, 8, 1099511627776)"), id="a huge shape"),
        pytest.param(claiming("(3, 8, 99999999999999999999)"), id="an impossible shape"),
        pytest.param(claiming("(3, 8, -8)"), id="a negative shape"),
        pytest.param(npy(noise(0).astype(np.float64)), id="other numbers"),
        pytest.param(npy(noise(0)[:, :4]), id="another shape"),
        pytest.param(npy(np.full(SHAPE, np.nan, np.float32)), id="no numbers"),
        pytest.param(npy(np.array([{"a": 1}], object), allow_pickle=True), id="pickled objects"),
        pytest.param(npy(np.zeros((300, 300), np.float32)), id="much larger"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_absent(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npy").write_bytes(content)
    cache = InversionCache(tmp_path)
    assert cache.get("a", SHAPE) is None
    cache.put("a", noise(0))  # and is replaced
    assert InversionCache(tmp_path).get("a", SHAPE) is not None


def test_a_folder_that_cannot_be_made_is_harmless(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = InversionCache(tmp_path / "file" / "inversions")
    cache.put("a", noise(0))
    assert cache.get("a", SHAPE) is not None
    assert cache.get("b", SHAPE) is None


@pytest.mark.parametrize("failing", ["open", "replace", "unlink"])
def test_a_folder_that_cannot_be_written_is_harmless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, failing, refuse)
        cache = InversionCache(tmp_path, disk_bytes=1)
        cache.put("a", noise(0))
        assert cache.get("a", SHAPE) is not None
    assert not list(tmp_path.glob(".*"))
