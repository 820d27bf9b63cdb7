"""Photos that name their colour space in metadata alone are seen as a colour-managed program would show them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags, Image, ImageCms

from diti_studio.core import pictures
from diti_studio.core.named_colours import named_profile

PATCHES = np.array([[[200, 100, 50], [128, 128, 128], [10, 200, 30], [255, 255, 255], [60, 70, 200]]], np.uint8)
SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
ADOBE_RGB = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
DISPLAY_P3 = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
Primaries = tuple[tuple[float, float], ...]


def to_xyz(primaries: Primaries) -> np.ndarray:
    """The matrix of a space whose white is D65, from the definition (SMPTE RP 177)."""
    columns = np.array([(x / y, 1, (1 - x - y) / y) for x, y in primaries]).T
    return columns * np.linalg.solve(columns, np.array([0.3127 / 0.3290, 1, (1 - 0.3127 - 0.3290) / 0.3290]))


def seen(primaries: Primaries, gamma: float | None) -> np.ndarray:
    """The patches in sRGB, by the formulas."""
    level = PATCHES / 255
    linear = level**gamma if gamma else np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ (np.linalg.inv(to_xyz(SRGB)) @ to_xyz(primaries)).T, 0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def camera_photo(index: str = "R03", profile: bytes | None = None, space: int = 0xFFFF) -> bytes:
    """A PNG of the patches whose metadata names a colour space, as a camera's JPEG does."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ColorSpace] = space
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.IFD.Interop] = {1: index}
    data = io.BytesIO()
    Image.fromarray(PATCHES.repeat(8, axis=0)).save(data, "PNG", exif=exif, icc_profile=profile)
    return data.getvalue()


def telephone_photo() -> bytes:
    """A HEIC of one colour that says P3 by its numbers alone."""
    data = io.BytesIO()
    image = Image.new("RGB", (64, 64), tuple(int(n) for n in PATCHES[0, 0]))
    heif = pillow_heif.from_pillow(image)
    heif.save(data, quality=-1, color_primaries=12, transfer_characteristics=13, matrix_coefficients=0, chroma=444)
    return data.getvalue()


def test_adobe_rgb_that_only_the_metadata_names_is_converted() -> None:
    picture = pictures.decode(camera_photo(), "a.png")
    assert np.abs(picture.pixels[:1] - seen(ADOBE_RGB, 563 / 256)).max() <= 1
    assert picture.notes == ("edited in sRGB; an export can keep its own colours (Adobe RGB (1998))",)


def test_p3_that_only_the_coding_names_is_converted() -> None:
    picture = pictures.decode(telephone_photo(), "a.heic")
    assert np.abs(picture.pixels[32, 32] - seen(DISPLAY_P3, None)[0, 0]).max() <= 2
    assert "Display P3" in picture.notes[0]


def test_an_export_keeps_the_values_and_carries_the_profile(tmp_path: Path) -> None:
    picture = pictures.decode(camera_photo(), "a.png")
    assert picture.own is not None
    assert np.array_equal(picture.own.pixels(), PATCHES.repeat(8, axis=0))
    path = pictures.save(picture.own.pixels(), tmp_path / "out.jpg", exif=picture.exif, profile=picture.own.profile)
    with Image.open(path) as image:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        assert ImageCms.getProfileName(profile).strip() == "Adobe RGB (1998)"
        assert ExifTags.Base.ColorSpace not in image.getexif().get_ifd(ExifTags.IFD.Exif)


@pytest.mark.parametrize("index", ["R98", "R03x", ""])
def test_other_names_are_srgb(index: str) -> None:
    assert pictures.decode(camera_photo(index), "a.png").own is None


def test_a_photo_that_says_srgb_itself_is_srgb() -> None:
    assert pictures.decode(camera_photo(space=1), "a.png").own is None


def test_a_profile_of_its_own_counts_more_than_a_name() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert pictures.decode(camera_photo(profile=srgb), "a.png").own is None


def test_greys_have_no_named_colours() -> None:
    assert named_profile(Image.new("L", (4, 4)), Image.Exif()) is None
