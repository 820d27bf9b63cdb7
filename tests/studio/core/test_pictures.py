from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import threading
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

from diti_studio.core import pictures
from diti_studio.core.errors import PictureError
from diti_studio.core.pictures import Picture, decode, from_pixels, load, read_recipe, save

RECIPE = json.dumps({"moves": [{"name": "smile", "amount": 1.5}], "title": 'a < b & "ü" > c'})
SUFFIXES = sorted(pictures.WRITTEN_FORMATS)


def smooth(width: int = 48, height: int = 32) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 255 // width, y * 255 // height, 255 - x * 255 // width], axis=-1).astype(np.uint8)


def encoded(image: Image.Image, format_: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


def png_with_size(width: int, height: int) -> bytes:
    """A PNG whose header tells any size, with no pixels behind it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def png_of_16_bits(level: int) -> bytes:
    """A 4x4 RGB PNG of 16 bits a colour, which Pillow cannot write."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    row = b"\0" + struct.pack(">H", level) * 12
    header = struct.pack(">IIBBBBB", 4, 4, 16, 2, 0, 0, 0)
    body = zlib.compress(row * 4)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def assert_refused(data: bytes, *words: str) -> None:
    with pytest.raises(PictureError) as caught:
        decode(data, "it.png")
    message = str(caught.value)
    assert "it.png" in message
    assert message.count("\n") == 0
    assert message.endswith(".")
    for word in words:
        assert word in message


# Reading


def test_pixels_of_a_lossless_file_are_kept_and_may_not_be_written(tmp_path: Path) -> None:
    path = tmp_path / "bild ä 写真.png"
    Image.fromarray(smooth()).save(path)
    picture = load(path)
    assert np.array_equal(picture.pixels, smooth())
    assert (picture.path, picture.format, picture.notes, picture.exif) == (path, "PNG", (), None)
    assert not picture.pixels.flags.writeable


def test_digest_follows_pixels_and_shape_only(tmp_path: Path) -> None:
    Image.fromarray(smooth()).save(tmp_path / "a.png")
    Image.fromarray(smooth()).save(tmp_path / "b.bmp")
    assert load(tmp_path / "a.png").digest == load(tmp_path / "b.bmp").digest == from_pixels(smooth()).digest
    other = smooth()
    other[3, 4, 1] ^= 1
    assert from_pixels(other).digest != from_pixels(smooth()).digest
    assert from_pixels(smooth().reshape(48, 32, 3)).digest != from_pixels(smooth()).digest


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_orientation_is_applied_and_taken_from_the_kept_metadata(format_: str, orientation: int) -> None:
    upright = smooth()
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright, 2).transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "A camera"
    options = {"quality": 100, "lossless": True} if format_ == "WEBP" else {"quality": 100}
    picture = decode(encoded(Image.fromarray(np.ascontiguousarray(stored)), format_, exif=exif, **options), "a")
    assert np.abs(picture.pixels.astype(int) - upright).max() <= (0 if format_ != "JPEG" else 24)
    assert picture.exif is not None
    kept = Image.Exif()
    kept.load(picture.exif)
    assert ExifTags.Base.Orientation not in kept
    assert kept[ExifTags.Base.Make] == "A camera"


def test_lab_colours_are_converted_to_srgb() -> None:
    picture = decode(encoded(Image.new("LAB", (8, 8), (128, 128, 128)), "TIFF"), "lab.tif")
    assert np.ptp(picture.pixels) <= 3  # neutral stays neutral
    assert abs(picture.pixels.mean() - 119) <= 2  # L* = 50
    assert "colours converted to sRGB" in picture.notes


def test_an_embedded_profile_is_converted_to_srgb() -> None:
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for k in range(struct.unpack_from(">I", data, 128)[0]):  # exchange red and green: no eye could miss it
        name = bytes(data[132 + 12 * k : 136 + 12 * k])
        data[132 + 12 * k : 136 + 12 * k] = {b"rXYZ": b"gXYZ", b"gXYZ": b"rXYZ"}.get(name, name)
    image = Image.new("RGB", (8, 8), (250, 20, 20))
    picture = decode(encoded(image, "PNG", icc_profile=bytes(data)), "a.png")
    assert np.abs(picture.pixels.astype(int) - (20, 250, 20)).max() <= 3
    assert any("sRGB" in note for note in picture.notes)


def test_an_srgb_profile_changes_no_pixel() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = decode(encoded(Image.fromarray(smooth()), "PNG", icc_profile=profile), "a.png")
    assert np.array_equal(picture.pixels, smooth())
    assert picture.notes == ()


def test_a_broken_profile_is_noted_and_ignored() -> None:
    picture = decode(encoded(Image.fromarray(smooth()), "PNG", icc_profile=b"no profile at all"), "a.png")
    assert np.array_equal(picture.pixels, smooth())
    assert picture.notes == ("unreadable colour profile ignored",)


def test_broken_metadata_is_noted_and_left_out() -> None:
    picture = decode(encoded(Image.fromarray(smooth()), "PNG", exif=b"Exif\0\0MM rubbish"), "a.png")
    assert np.array_equal(picture.pixels, smooth())
    assert picture.exif is None
    assert picture.notes == ("unreadable metadata left out",)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_put_on_white(mode: str) -> None:
    rgba = np.zeros((4, 4, 4), np.uint8)
    rgba[:2, :, 3] = 255
    image = Image.fromarray(rgba)
    image = image.quantize(4) if mode == "P" else image.convert(mode)
    picture = decode(encoded(image, "PNG"), "a.png")
    assert (picture.pixels[:2] == 0).all()
    assert (picture.pixels[2:] == 255).all()
    assert "transparent parts put on white" in picture.notes


def test_a_transparent_palette_colour_is_put_on_white() -> None:
    image = Image.fromarray(np.array([[0, 1]], np.uint8).repeat(4, 0), "P")
    image.putpalette([10, 20, 30, 40, 50, 60])
    picture = decode(encoded(image, "GIF", transparency=1), "a.gif")
    assert (picture.pixels[:, 0] == (10, 20, 30)).all()
    assert (picture.pixels[:, 1] == 255).all()


def test_half_transparent_black_is_grey() -> None:
    picture = decode(encoded(Image.new("RGBA", (4, 4), (0, 0, 0, 51)), "PNG"), "a.png")
    assert (picture.pixels == 204).all()


@pytest.mark.parametrize(
    ("image", "level"),
    [
        (Image.fromarray(np.full((4, 4), 40000, np.uint16)), 156),
        (Image.fromarray(np.full((4, 4), 0.5, np.float32)), 128),
        (Image.fromarray(np.full((4, 4), 200.0, np.float32)), 200),
        (Image.new("CMYK", (4, 4), (0, 0, 0, 100)), 155),
        (Image.new("L", (4, 4), 77), 77),
        (Image.new("1", (4, 4), 1), 255),
    ],
    ids=["16 bit", "float 0..1", "float 0..255", "CMYK", "grey", "bilevel"],
)
def test_other_kinds_of_pixels_become_rgb(image: Image.Image, level: int) -> None:
    picture = decode(encoded(image, "TIFF"), "a.tif")
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape == (4, 4, 3)
    assert np.abs(picture.pixels.astype(int) - level).max() <= 1


def test_16_bits_a_colour_are_noted() -> None:
    picture = decode(png_of_16_bits(0x8000), "a.png")
    assert (picture.pixels == 0x80).all()
    assert picture.notes == ("16 bits a colour reduced to 8",)


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG", "TIFF"])
def test_first_frame_of_several_is_used_and_noted(format_: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue", "lime")]
    options = {"lossless": True} if format_ == "WEBP" else {}
    picture = decode(encoded(frames[0], format_, save_all=True, append_images=frames[1:], **options), "a")
    assert (picture.pixels == (255, 0, 0)).all()
    assert any("first" in note for note in picture.notes)


def test_heic_is_read() -> None:
    import pillow_heif

    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "A telephone"
    pillow_heif.from_pillow(Image.fromarray(smooth(64, 48))).save(buffer, quality=95, exif=exif.tobytes())
    picture = decode(buffer.getvalue(), "a.heic")
    assert picture.format == "HEIF"
    assert picture.pixels.shape == (48, 64, 3)
    assert np.abs(picture.pixels.astype(int) - smooth(64, 48)).mean() < 4
    assert picture.exif is not None
    assert b"A telephone" in picture.exif
    assert_refused(buffer.getvalue()[:400])


# What is refused


def test_missing_folder_empty_and_pipe_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    for name, word in [
        ("none.png", "not found"),
        ("empty.jpg", "empty"),
        ("folder.png", "folder"),
        ("pipe.png", "not a file"),
        ("empty.jpg/inner.png", "not found"),
    ]:
        with pytest.raises(PictureError, match=word) as caught:
            load(tmp_path / name)
        assert Path(name).name in str(caught.value)
    with pytest.raises(PictureError):
        load("a\0b.png")


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.png"
    Image.fromarray(smooth()).save(path)
    load(path)  # whatever is imported lazily is imported now
    path.chmod(0)
    tmp_path.chmod(0o755)
    was = os.geteuid()
    if was == 0:  # nothing is unreadable for root
        for folder in [tmp_path, *tmp_path.parents][:3]:
            folder.chmod(folder.stat().st_mode | 0o011)
        os.seteuid(65534)
    try:
        with pytest.raises(PictureError, match=r"secret\.png may not be read"):
            load(path)
    finally:
        os.seteuid(was)


def test_a_file_beyond_the_size_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(pictures.MAX_BYTES + 1)  # sparse: takes no room
    with pytest.raises(PictureError, match="larger than 512 MiB"):
        load(path)


@pytest.mark.parametrize("data", [b"", b"x", b"hello world" * 50, b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\xff\xd8\xff"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    assert_refused(data)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "GIF", "BMP", "JPEG2000"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_truncated_files_are_refused(format_: str, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (96, 96, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), format_)
    assert_refused(data[: int(len(data) * share)])


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (0, 0)])
def test_zero_sized_pictures_are_refused(size: tuple[int, int]) -> None:
    assert_refused(png_with_size(*size))


@pytest.mark.parametrize("size", [(20_000, 10_000), (12_000, 9_000), (60_000, 60_000)])
def test_too_many_pixels_are_refused_from_the_header_alone(size: tuple[int, int]) -> None:
    assert_refused(png_with_size(*size), "megapixels")


@given(st.binary(max_size=400), st.sampled_from(["PNG", "JPEG", "WEBP", "TIFF", "GIF"]), st.integers(0, 300))
def test_damaged_bytes_give_a_picture_or_one_sentence(noise: bytes, format_: str, at: int) -> None:
    data = bytearray(encoded(Image.fromarray(smooth(16, 16)), format_))
    data[at : at + len(noise)] = noise
    with contextlib.suppress(PictureError):  # anything else fails the test
        assert decode(bytes(data), "it.png").pixels.ndim == 3


def test_pictures_are_read_on_many_threads_at_once(recwarn: pytest.WarningsRecorder) -> None:
    data = encoded(Image.fromarray(smooth()), "PNG")
    seen: list[Picture] = []
    threads = [threading.Thread(target=lambda: seen.append(decode(data, "a.png"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({picture.digest for picture in seen}) == 1
    assert len(seen) == 8


@pytest.mark.parametrize(
    "array", [np.zeros((0, 4, 3), np.uint8), np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)]
)
def test_pixels_of_the_wrong_kind_are_refused(array: np.ndarray) -> None:
    with pytest.raises(PictureError):
        from_pixels(array)


def test_from_pixels_copies() -> None:
    array = smooth()
    picture = from_pixels(array)
    array[:] = 0
    assert picture.pixels.any()


# Writing


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_saved_pictures_come_back_with_profile_metadata_and_recipe(tmp_path: Path, suffix: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Me"
    exif[ExifTags.IFD.Exif] = {ExifTags.Base.ISOSpeedRatings: 400}
    source = decode(encoded(Image.fromarray(smooth()), "JPEG", exif=exif), "a.jpg")
    path = save(smooth(), tmp_path / f"out{suffix}", recipe=RECIPE, exif=source.exif)
    picture = load(path)
    lossless = suffix in (".png", ".tif", ".tiff")
    assert np.abs(picture.pixels.astype(int) - smooth()).max() <= (0 if lossless else 30)
    assert picture.notes == ()
    recipe = read_recipe(path)
    assert recipe is not None
    assert json.loads(recipe) == json.loads(RECIPE)
    with Image.open(path) as image:
        assert image.info["icc_profile"]
        assert image.getexif()[ExifTags.Base.Artist] == "Me"
        assert image.getexif().get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ISOSpeedRatings] == 400
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_without_a_recipe_there_is_none(tmp_path: Path, suffix: str) -> None:
    assert read_recipe(save(smooth(), tmp_path / f"out{suffix}")) is None


def test_a_recipe_that_another_program_rewrote_as_an_attribute_is_read(tmp_path: Path) -> None:
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:d="urn:diti-studio:1:" d:recipe="{&quot;a&quot;:1}"/></rdf:RDF></x:xmpmeta>'
    )
    Image.fromarray(smooth()).save(tmp_path / "a.jpg", xmp=packet)
    assert read_recipe(tmp_path / "a.jpg") == '{"a":1}'


@pytest.mark.parametrize(
    "packet",
    [
        b"<broken",
        b'<!DOCTYPE a [<!ENTITY e "x">]><a xmlns:d="urn:diti-studio:1:" d:recipe="&e;"/>',
        b'<a xmlns:d="urn:diti-studio:1:" d:recipe="no json"/>',
        b'<a xmlns:d="urn:diti-studio:1:" d:recipe="' + b"[" * 50_000 + b'"/>',
    ],
    ids=["broken", "entity", "no json", "nested"],
)
def test_hostile_metadata_holds_no_recipe(tmp_path: Path, packet: bytes) -> None:
    Image.fromarray(smooth()).save(tmp_path / "a.jpg", xmp=packet)
    assert read_recipe(tmp_path / "a.jpg") is None


def test_a_recipe_too_large_for_a_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="recipe"):
        save(smooth(), tmp_path / "a.jpg", recipe=json.dumps("x" * 70_000))
    assert not list(tmp_path.iterdir())


def test_the_source_is_never_replaced_under_any_name(tmp_path: Path) -> None:
    source = tmp_path / "source.png"
    Image.fromarray(smooth()).save(source)
    before = source.read_bytes()
    (tmp_path / "link.png").symlink_to(source)
    (tmp_path / "hard.png").hardlink_to(source)
    (tmp_path / "loop").symlink_to(tmp_path)
    for name in ("source.png", "link.png", "hard.png", "loop/source.png", "loop/loop/source.png"):
        with pytest.raises(PictureError, match="source picture"):
            save(255 - smooth(), tmp_path / name, sources=[tmp_path / "none.png", source])
        with pytest.raises(PictureError, match="source picture"):
            save(255 - smooth(), source, sources=[tmp_path / name])
    assert source.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 4


def test_another_file_is_replaced_only_where_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    save(smooth(), path)
    with pytest.raises(PictureError, match="exists already"):
        save(255 - smooth(), path, overwrite=False)
    assert np.array_equal(load(path).pixels, smooth())
    save(255 - smooth(), path)
    assert np.array_equal(load(path).pixels, 255 - smooth())


def test_a_link_to_another_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "a.png"
    link.symlink_to(tmp_path / "elsewhere" / "b.png")
    save(smooth(), link)
    assert link.is_symlink()
    assert np.array_equal(load(tmp_path / "elsewhere" / "b.png").pixels, smooth())


@pytest.mark.parametrize(
    ("name", "word"),
    [("a.xyz", r"\.png, \.jpg"), ("a", "suffix"), ("none/a.png", "no folder"), ("folder.png", "is a folder")],
)
def test_targets_that_cannot_be_written_are_refused(tmp_path: Path, name: str, word: str) -> None:
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(PictureError, match=word):
        save(smooth(), tmp_path / name)
    assert [p.name for p in tmp_path.iterdir()] == ["folder.png"]


def test_a_side_too_long_for_the_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="16383"):
        save(np.zeros((1, 16_384, 3), np.uint8), tmp_path / "a.webp")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failing_disk_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = save(smooth(), tmp_path / "a.png")
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fail)
    with pytest.raises(PictureError, match="No space left"):
        save(255 - smooth(), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


def test_a_name_as_long_as_the_file_system_allows_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 251 + ".png")
    assert np.array_equal(load(save(smooth(), path)).pixels, smooth())


def test_metadata_too_large_for_a_jpeg_is_left_out(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "x" * 70_000
    path = save(smooth(), tmp_path / "a.jpg", exif=exif.tobytes())
    assert load(path).exif is None


def test_equal_pictures_give_equal_files_at_any_moment(tmp_path: Path) -> None:
    """LittleCMS writes the second of making into a profile; files are compared by their bytes."""
    pixels = np.full((8, 8, 3), 90, np.uint8)
    saved = pictures.save(pixels, tmp_path / "a.png").read_bytes()
    with Image.open(tmp_path / "a.png") as image:
        embedded = image.info["icc_profile"]
    assert embedded[24:36] == bytes([0x07, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
    assert pictures.encode(pixels, "b.png") == saved
