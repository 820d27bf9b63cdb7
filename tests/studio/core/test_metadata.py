from __future__ import annotations

from pathlib import Path

import pytest

from diti_studio.core import metadata, pictures
from diti_studio.core.metadata import Metadata
from tests.studio.photographs import take_photo, tells

ALL = {"camera", "moment", "place", "profile"}


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".avif"])
@pytest.mark.parametrize(
    ("policy", "told"),
    [("keep", ALL), ("no-location", ALL - {"place"}), ("none", {"profile"})],
)
def test_files_tell_what_the_policy_lets_through(tmp_path: Path, suffix: str, policy: Metadata, told: set[str]) -> None:
    photo = pictures.load(take_photo(tmp_path / "photo.jpg"))
    out = pictures.save(photo.pixels, tmp_path / f"out{suffix}", exif=metadata.kept(photo.exif, policy))
    assert tells(out) == told


def test_without_a_place_nothing_is_rewritten(tmp_path: Path) -> None:
    exif = pictures.load(take_photo(tmp_path / "photo.jpg", place=False)).exif
    assert metadata.kept(exif, "no-location") is exif


@pytest.mark.parametrize("policy", ["keep", "no-location", "none"])
def test_a_picture_without_metadata_stays_so(policy: Metadata) -> None:
    assert metadata.kept(None, policy) is None


def test_what_cannot_be_read_tells_no_place() -> None:
    assert metadata.kept(b"Exif\0\0II*\0\xff\xff\xff\xff", "no-location") is None
    assert metadata.kept(b"no exif at all", "no-location") is None
