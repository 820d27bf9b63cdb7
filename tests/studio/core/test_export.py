"""In which colours an edited picture is written, and what of the photo's own stays to the bit."""

from __future__ import annotations

import io
import random
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from diti_studio.core import colour, pictures
from diti_studio.core.edit import Edit
from diti_studio.core.editor import Editor, Settings, result
from diti_studio.core.errors import PictureError
from diti_studio.core.export import develop
from diti_studio.core.pictures import Picture
from tests.studio.packs_factory import picture
from tests.studio.profiles import grey_profile, one_way_profile, rgb_profile

FEW = Settings(10, 5)
WIDE = ["Display P3", "Adobe RGB (1998)"]


def encoded(image: Image.Image, profile: bytes | None, format_: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_, icc_profile=profile, **options)
    return buffer.getvalue()


def vivid(width: int = 96, height: int = 96) -> np.ndarray:
    """Pixels of any values: most of them are outside sRGB when they are those of a wide profile."""
    return np.random.default_rng(7).integers(0, 256, (height, width, 3), np.uint8)


def photo(pixels: np.ndarray, name: str = "Display P3") -> Picture:
    return pictures.decode(encoded(Image.fromarray(pixels), rgb_profile(name)), "photo.png")


def in_srgb(pixels: np.ndarray, profile: bytes) -> np.ndarray:
    """What a colour-managed viewer shows."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    shown = ImageCms.profileToProfile(
        Image.fromarray(pixels), source, colour.profile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    return np.asarray(shown)


def test_profiles_are_what_they_say() -> None:
    for name in WIDE:
        assert colour.profile_name(rgb_profile(name)) == name
        assert np.abs(in_srgb(np.full((1, 1, 3), 128, np.uint8), rgb_profile(name)).astype(int) - 128).max() <= 2
    assert (in_srgb(np.uint8([[[0, 255, 0]]]), rgb_profile()) == (0, 255, 0)).all()  # as far as sRGB goes
    assert colour.profile_name(b"none at all") == "an RGB profile"


@pytest.mark.parametrize("name", WIDE)
def test_a_photo_keeps_its_values_in_its_own_profile(editor: Editor, name: str) -> None:
    pixels = vivid()
    subject = editor.open(photo(pixels, name))
    assert subject.notes == (f"edited in sRGB; an export can keep its own colours ({name})",)
    assert not np.array_equal(subject.square, pixels)  # it is seen in sRGB
    for area in ("square", "photo"):
        made = develop(subject, subject.square, area=area)
        assert np.array_equal(made.pixels, pixels)
        assert made.profile == rgb_profile(name)
        plain = develop(subject, subject.square, area=area, profile="srgb")
        assert np.array_equal(plain.pixels, subject.square)
        assert plain.profile is None


def test_what_is_not_edited_stays_to_the_bit_and_what_is_looks_as_edited(editor: Editor) -> None:
    pixels = picture(1)  # inside of sRGB, so that nothing but rounding parts the two ways
    subject = editor.open(photo(pixels))
    edited = subject.square.copy()
    edited[20:60, 30:70] = np.clip(edited[20:60, 30:70].astype(int) + np.array([30, -20, 10]), 0, 255)
    made = develop(subject, edited)
    same = (edited == subject.square).all(axis=2)
    assert np.array_equal(made.pixels[same], pixels[same])
    assert np.abs(in_srgb(made.pixels, rgb_profile()).astype(int) - edited).max() <= 3


def test_a_colour_beyond_srgb_stays_so_under_a_small_change_and_goes_with_a_large_one(editor: Editor) -> None:
    subject = editor.open(photo(np.full((96, 96, 3), (20, 250, 30), np.uint8)))
    assert tuple(subject.square[0, 0]) == (0, subject.square[0, 0, 1], 0)  # clipped
    clipped = np.zeros_like(subject.square) + subject.square[0, 0]
    darker = clipped.copy()
    darker[:, :, 1] -= 8
    little = develop(subject, darker).pixels[0, 0].astype(int)
    through_srgb = develop(subject, clipped, profile="srgb").pixels
    assert little[1] < 250
    assert little[0] < 60  # through sRGB it would be near 110: far less green
    assert in_srgb(develop(subject, clipped).pixels, rgb_profile())[0, 0].tolist() == through_srgb[0, 0].tolist()
    grey = develop(subject, np.full_like(subject.square, 128)).pixels
    assert np.abs(in_srgb(grey, rgb_profile()).astype(int) - 128).max() <= 1


def test_the_real_edit_is_put_back_into_the_whole_photo(editor: Editor) -> None:
    pixels = np.concatenate([vivid(40), picture(1), vivid(40)], axis=1)
    subject = editor.open(photo(pixels), "88,48,96")
    view = result(editor.render(subject, Edit(attributes={"brightness": 2}), FEW))
    made = develop(subject, view.pixels, area="photo")
    assert made.pixels.shape == pixels.shape
    assert np.array_equal(made.pixels[:, :39], pixels[:, :39])
    assert np.array_equal(made.pixels[:, -39:], pixels[:, -39:])
    assert made.pixels[:, 80:100].mean() > pixels[:, 80:100].mean() + 5


def test_orientation_and_transparency_are_as_in_the_picture_itself() -> None:
    exif = Image.Exif()
    exif[274] = 6
    stored = np.rot90(vivid(20, 30), 1)
    turned = pictures.decode(encoded(Image.fromarray(np.ascontiguousarray(stored)), rgb_profile(), exif=exif), "a.png")
    assert turned.own is not None
    assert np.array_equal(turned.own.pixels(), vivid(20, 30))
    assert turned.pixels.shape == (30, 20, 3)
    see_through = np.dstack([vivid(20, 30), np.zeros((30, 20), np.uint8)])
    clear = pictures.decode(encoded(Image.fromarray(see_through), rgb_profile()), "a.png")
    assert clear.own is not None
    assert (clear.own.pixels() == 255).all()


@pytest.mark.parametrize(
    ("image", "profile"),
    [
        (Image.fromarray(vivid()), None),
        (Image.fromarray(vivid()), colour.written_profile()),
        (Image.fromarray(vivid()), b"no profile at all"),
        (Image.fromarray(vivid()), rgb_profile()[:200]),
        (Image.fromarray(vivid()), one_way_profile()),
        (Image.fromarray(vivid()), rgb_profile(padding=colour.MAX_PROFILE)),
        (Image.fromarray(vivid()[:, :, 0]), grey_profile()),
        (Image.fromarray(vivid()[:, :, 0]), rgb_profile()),
    ],
    ids=["none", "sRGB", "broken", "cut short", "one way", "huge", "grey", "of another kind"],
)
def test_what_has_no_colours_to_keep_is_written_in_srgb(
    editor: Editor, image: Image.Image, profile: bytes | None
) -> None:
    subject = editor.open(pictures.decode(encoded(image, profile, "TIFF"), "a.tif"))
    assert subject.picture.own is None
    made = develop(subject, subject.square)
    assert made.profile is None
    assert np.array_equal(made.pixels, subject.picture.pixels)


def test_cmyk_is_written_in_srgb_and_said_so(editor: Editor) -> None:
    image = Image.fromarray(vivid()).convert("CMYK")
    found = pictures.decode(encoded(image, None, "JPEG"), "a.jpg")
    assert found.own is None
    assert found.notes == ("colours converted to sRGB",)
    assert develop(editor.open(found), found.pixels).profile is None


def test_the_networks_own_picture_is_written_in_srgb(editor: Editor) -> None:
    subject = editor.open(photo(vivid()))
    view = result(editor.render(subject, Edit(attributes={"warmth": 1}), FEW, detail="model"))
    made = develop(subject, view.pixels, detail="model")
    assert made.profile is None
    assert np.array_equal(made.pixels, view.pixels)


@pytest.mark.parametrize("suffix", sorted(pictures.WRITTEN_FORMATS))
def test_every_format_carries_the_profile(suffix: str) -> None:
    data = pictures.encode(vivid(), f"a{suffix}", profile=rgb_profile(), quality=100)
    with Image.open(io.BytesIO(data)) as image:
        assert image.info["icc_profile"] == rgb_profile()
    again = pictures.decode(data, f"a{suffix}")
    assert again.own is not None
    if suffix in (".png", ".tif", ".tiff"):
        assert np.array_equal(again.own.pixels(), vivid())


def test_a_photo_that_cannot_be_decoded_again_says_so(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = editor.open(photo(vivid()))

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Image.Image, "load", fail)
    with pytest.raises(PictureError, match=r"photo\.png"):
        develop(subject, subject.square)


@pytest.mark.parametrize(
    "whole", [rgb_profile(), one_way_profile(), colour.written_profile()], ids=["wide", "one", "s"]
)
def test_a_damaged_profile_never_stops_a_picture(whole: bytes) -> None:
    chance = random.Random(1)
    for _ in range(60):
        profile = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(profile) - 8)
            profile[at : at + chance.randint(0, 8)] = chance.randbytes(chance.randint(0, 8))
        found = pictures.decode(encoded(Image.fromarray(vivid(16, 16)), bytes(profile), "TIFF"), "a.tif")
        if found.own is not None:
            own = found.own.pixels()
            assert not colour.change_in(found.own.profile, own, found.pixels, found.pixels).any()
            assert colour.change_in(found.own.profile, own, found.pixels, 255 - found.pixels).shape == own.shape
        else:
            assert found.pixels.shape == (16, 16, 3)
