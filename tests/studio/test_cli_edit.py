"""``diti-studio edit``, in this process through the program's own door, and a few times as a real one."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from diti_studio.__main__ import main
from diti_studio.core import framing, pictures, video
from diti_studio.core.colour import written_profile
from diti_studio.core.edit import Blend, Edit
from diti_studio.core.resources import resource
from tests.studio.pack_surgery import change_manifest, zipped
from tests.studio.packs_factory import make_pack, picture
from tests.studio.photographs import take_photo, tells
from tests.studio.profiles import rgb_profile

ROOT = Path(__file__).resolve().parents[2]
FEW = ("--steps", "5", "--invert-steps", "10")

pytestmark = pytest.mark.usefixtures("own_folders")


@dataclass
class Outcome:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Outcome]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs the command line in a folder of its own."""

    def go(*arguments: object) -> Outcome:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as left:  # argparse's way
            status = int(left.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Outcome(status, out, err)

    return go


def pixels(path: Path) -> np.ndarray[Any, np.dtype[np.uint8]]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


# -- doing what is asked -----------------------------------------------------------------------------------


def test_a_picture_is_edited_and_the_path_printed(run: Run, photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    done = run("edit", photo, "-o", out, "--set", "brightness=2", *FEW)
    assert (done.status, done.out, done.err) == (0, f"{out}\n", "")
    assert pixels(out).shape == (96, 96, 3)
    assert pixels(out).mean() > pixels(photo).mean() + 5


def test_no_edit_is_the_picture_bit_for_bit(run: Run, photo: Path, tmp_path: Path) -> None:
    assert run("edit", photo, "-o", tmp_path / "out.png").status == 0
    assert np.array_equal(pixels(tmp_path / "out.png"), pixels(photo))
    assert run("edit", photo, "-o", tmp_path / "zero.png", "--set", "smile=0").status == 0
    assert np.array_equal(pixels(tmp_path / "zero.png"), pixels(photo))


def test_the_networks_own_picture_has_its_size(run: Run, photo: Path, tmp_path: Path) -> None:
    assert run("edit", photo, "-o", tmp_path / "out.png", "--detail", "model").status == 0
    model = pixels(tmp_path / "out.png")
    assert model.shape == (32, 32, 3)
    shrunk = framing.cut(pixels(photo), framing.Frame(48, 48, 96), 32)
    assert np.abs(model.astype(int) - shrunk).max() < 12


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_formats(run: Run, photo: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out{suffix}"
    assert run("edit", photo, "-o", out, "--set", "smile=1", *FEW).status == 0
    assert pixels(out).shape == (96, 96, 3)
    assert Edit.from_json(pictures.read_recipe(out) or "") == Edit(attributes={"smile": 1})


def test_json_tells_what_was_done(run: Run, photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    done = run("edit", photo, "-o", out, "--set", "warmth=-1.5", "--group", "2-4=0.5", "--json", *FEW)
    assert done.status == 0
    report = done.json
    assert report["output"] == str(out)
    assert (report["pack"], report["device"]) in {("tiny", "cpu"), ("tiny", "cuda")}
    assert (report["steps"], report["invert_steps"]) == (5, 10)
    assert report["frame"] == {"cx": 48.0, "cy": 48.0, "size": 96.0, "angle": 0.0}
    assert report["edit"]["attributes"] == {"warmth": -1.5}
    assert report["edit"]["groups"] == [{"start": 2, "end": 4, "amount": 0.5}]
    assert isinstance(report["notes"], list)
    assert report["seconds"] >= 0


def test_the_recipe_inside_the_output_makes_the_same_pixels(run: Run, photo: Path, tmp_path: Path) -> None:
    moves = ("--set", "brightness=1", "--set", "warmth=-1", "--group", "0-3=1.5", "--group", "7=-1")
    first, second, third = (tmp_path / f"{n}.png" for n in ("first", "second", "third"))
    assert run("edit", photo, "-o", first, *moves, *FEW).status == 0
    assert run("edit", photo, "-o", second, "--recipe", first, *FEW).status == 0
    assert np.array_equal(pixels(first), pixels(second))
    recipe = tmp_path / "recipe.json"
    recipe.write_text(pictures.read_recipe(first) or "")
    assert run("edit", photo, "-o", third, "--recipe", recipe, *FEW).status == 0
    assert np.array_equal(pixels(first), pixels(third))


def test_options_add_to_a_recipe(run: Run, photo: Path, tmp_path: Path) -> None:
    recipe, out = tmp_path / "recipe.json", tmp_path / "out.png"
    recipe.write_text(Edit(attributes={"smile": 1, "warmth": 2}).to_json())
    done = run("edit", photo, "-o", out, "--recipe", recipe, "--set", "warmth=-1", "--set", "smile=0", "--json", *FEW)
    assert done.json["edit"]["attributes"] == {"warmth": -1.0}


def test_the_recipe_can_be_left_out(run: Run, photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    assert run("edit", photo, "-o", out, "--set", "smile=1", "--no-recipe", *FEW).status == 0
    assert pictures.read_recipe(out) is None


def test_the_photo_outside_the_frame_stays_bit_for_bit(run: Run, tmp_path: Path) -> None:
    source = np.concatenate([picture(1, 128), picture(2, 128)], axis=1)
    Image.fromarray(source).save(tmp_path / "wide.png")
    out = tmp_path / "out.png"
    done = run(
        "edit", tmp_path / "wide.png", "-o", out, "--frame", "100,60,64", "--output", "photo",
        "--set", "brightness=3", *FEW,
    )  # fmt: skip
    assert done.status == 0
    after = pixels(out)
    assert after.shape == source.shape
    inside = np.zeros(source.shape[:2], bool)
    inside[28:92, 68:132] = True
    assert np.array_equal(after[~inside], source[~inside])
    assert np.abs(after[40:80, 80:120].astype(int) - source[40:80, 80:120]).mean() > 5


def test_the_whole_photo_without_an_edit_is_the_photo(run: Run, tmp_path: Path) -> None:
    source = np.concatenate([picture(1, 64), picture(2, 64)], axis=0)
    Image.fromarray(source).save(tmp_path / "tall.png")
    run("edit", tmp_path / "tall.png", "-o", tmp_path / "out.png", "--output", "photo", "--frame", "30,50,40,12")
    assert np.array_equal(pixels(tmp_path / "out.png"), source)


def test_a_frame_is_cut_as_it_is_named(run: Run, photo: Path, tmp_path: Path) -> None:
    assert run("edit", photo, "-o", tmp_path / "out.png", "--frame", "40,44,48").status == 0
    assert np.array_equal(pixels(tmp_path / "out.png"), pixels(photo)[20:68, 16:64])


def test_a_second_picture_lends(run: Run, photo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    Image.fromarray(picture(2)).save(other)
    alone, lent = tmp_path / "alone.png", tmp_path / "lent.png"
    assert run("edit", other, "-o", alone, "--detail", "model", *FEW).status == 0
    done = run(
        "edit", photo, "-o", lent, "--reference", other, "--blend", "0-8=1", "--blend-noise", "--detail", "model",
        "--json", *FEW,
    )  # fmt: skip
    assert done.status == 0
    assert done.json["edit"]["blend_noise"] == 1
    assert np.abs(pixels(alone).astype(int) - pixels(lent)).max() <= 1


def test_the_noise_goes_as_far_as_it_is_told(run: Run, photo: Path, tmp_path: Path) -> None:
    reference = ("--reference", str(photo), "--blend", "0-4=0.5", "--blend", "4-8=0.25", *FEW, "--json")
    out = tmp_path / "out.png"
    Image.fromarray(picture(2)).save(tmp_path / "b.png")
    for option, noise in ((("--blend-noise",), 0.5), (("--blend-noise", "0.7"), 0.7), ((), None)):
        done = run("edit", tmp_path / "b.png", "-o", out, *reference, *option)
        assert done.json["edit"].get("blend_noise") == noise


def test_a_recipe_finds_its_reference_from_any_folder(
    run: Run, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "results").mkdir()
    Image.fromarray(picture(2)).save(tmp_path / "pictures" / "other.png")
    monkeypatch.chdir(tmp_path)
    first, second = Path("results", "first.png"), tmp_path / "second.png"
    done = run("edit", photo, "-o", first, "--reference", "pictures/other.png", "--blend", "0-8=1", *FEW)
    assert done.status == 0
    written = Edit.from_json(pictures.read_recipe(first) or "")
    assert written.reference == "../pictures/other.png"  # and not where the user's home is
    monkeypatch.chdir("/")
    assert run("edit", photo, "-o", second, "--recipe", tmp_path / first, *FEW).status == 0
    assert np.array_equal(pixels(tmp_path / first), pixels(second))


def test_a_ditipack_file_is_a_pack(run: Run, photo: Path, tmp_path: Path, tiny_folder: Path) -> None:
    pack = zipped(tiny_folder, tmp_path / "other.ditipack")
    done = run("edit", photo, "-o", tmp_path / "out.png", "--pack", pack, "--set", "smile=1", "--json", *FEW)
    assert done.status == 0
    assert done.json["pack"] == "tiny"


def test_a_device_that_is_not_here_is_told_and_the_work_done(run: Run, photo: Path, tmp_path: Path) -> None:
    done = run("edit", photo, "-o", tmp_path / "out.png", "--device", "coreml", "--json")
    if sys.platform == "darwin":
        pytest.skip("CoreML is here")
    assert done.status == 0
    assert "The device coreml is not available here" in done.err
    assert done.json["notes"]


def test_metadata_is_carried_over(run: Run, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif[0x0112] = 6
    Image.fromarray(picture(1)).save(tmp_path / "in.jpg", exif=exif)
    assert run("edit", tmp_path / "in.jpg", "-o", tmp_path / "out.jpg").status == 0
    with Image.open(tmp_path / "out.jpg") as image:
        kept = image.getexif()
    assert kept.get(0x010F) == "A camera"
    assert kept.get(0x0112, 1) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), {"camera", "moment", "place", "profile"}),
        (("--metadata", "no-location"), {"camera", "moment", "profile"}),
        (("--metadata", "none"), {"profile"}),
    ],
)
def test_the_place_or_all_metadata_is_left_out(
    run: Run, tmp_path: Path, options: tuple[str, ...], told: set[str]
) -> None:
    source = take_photo(tmp_path / "in.jpg")
    assert run("edit", source, "-o", tmp_path / "out.webp", *options).status == 0
    assert tells(tmp_path / "out.webp") == told


def test_the_colours_of_a_photo_are_kept_or_converted_for_the_web(run: Run, tmp_path: Path) -> None:
    vivid = np.random.default_rng(3).integers(0, 256, (96, 96, 3), np.uint8)
    Image.fromarray(vivid).save(tmp_path / "wide.png", icc_profile=rgb_profile())
    kept = run("edit", tmp_path / "wide.png", "-o", tmp_path / "kept.png")
    assert kept.status == 0
    assert "its own colours (Display P3)" in kept.err
    assert np.array_equal(pixels(tmp_path / "kept.png"), vivid)
    converted = run("edit", tmp_path / "wide.png", "-o", tmp_path / "web.png", "--profile", "srgb")
    assert converted.status == 0
    assert np.array_equal(pixels(tmp_path / "web.png"), pictures.load(tmp_path / "wide.png").pixels)
    for name, profile in (("kept", rgb_profile()), ("web", written_profile())):
        with Image.open(tmp_path / f"{name}.png") as image:
            assert image.info["icc_profile"] == profile


@pytest.mark.parametrize("name", ["sweep.webp", "sweep.gif"])
def test_a_sweep_is_written_as_an_animation(run: Run, photo: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    done = run("edit", photo, "--sweep", "brightness=-2:2:5", "--out", out, "--size", "64", *FEW)
    assert (done.status, done.out, done.err) == (0, f"{out}\n", "")
    with Image.open(out) as image:
        assert image.size == (64, 64)
        assert getattr(image, "n_frames", 1) == 8
        levels = list[float]()
        for i in range(8):
            image.seek(i)
            levels.append(float(np.asarray(image.convert("RGB")).mean()))
    assert levels[0] < levels[2] < levels[4]
    assert abs(levels[1] - levels[7]) < 1


def test_a_sweep_is_written_as_a_film(run: Run, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    av: Any = pytest.importorskip("av")
    out = tmp_path / "sweep.mp4"
    sweep = ("edit", photo, "--sweep", "brightness=-2:2:3", "-o", out, "--size", "64", *FEW)
    assert run(*sweep).status == 0
    with av.open(str(out)) as film:
        assert [frame.width for frame in film.decode(video=0)] == [64] * 4
    out.unlink()
    monkeypatch.setattr(video, "is_available", lambda: False)
    refused = run(*sweep)
    assert refused.status == 3
    assert "pip install 'diti-studio[video]'" in refused.err
    assert not out.exists()


def test_a_sheet_shows_all_attributes(run: Run, photo: Path, tmp_path: Path) -> None:
    done = run("edit", photo, "--sheet", "-o", tmp_path / "sheet.png", *FEW)
    assert (done.status, done.err) == (0, "")
    assert min(pixels(tmp_path / "sheet.png").shape[:2]) > 300


@pytest.mark.parametrize(
    ("status", "options", "words"),
    [
        (2, ("--sweep", "brightnes", "-o", "out.webp"), "did you mean brightness?"),
        (2, ("--sweep", "brightness=1:2", "-o", "out.webp"), "NAME=FROM:TO:N"),
        (1, ("--sweep", "brightness", "-o", "out.png"), "suffix of an animation"),
        (2, ("--sweep", "brightness", "-o", "out.webp", "--size", "9"), "--size"),
        (2, ("--sweep", "brightness", "-o", "out.webp", "--output", "photo"), "--output photo"),
        (2, ("--sheet", "-o", "out.png", "--metadata", "none"), "--metadata and --no-recipe"),
        (1, ("--sweep", "brightness", "-o", "none/out.webp"), "no folder"),
        (1, ("--sheet", "-o", "out.gif"), "suffix"),
    ],
)
def test_a_sweep_or_sheet_that_cannot_be_had(
    run: Run, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    status: int, options: tuple[str, ...], words: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    done = run("edit", photo, *options)
    assert done.status == status
    assert words in done.err
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("out")]


def test_an_animation_gives_its_first_frame_and_says_so(run: Run, tmp_path: Path) -> None:
    frames = [Image.fromarray(picture(n)) for n in (1, 2)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    done = run("edit", tmp_path / "a.gif", "-o", tmp_path / "out.png")
    assert done.status == 0
    assert "a.gif: the first frame of an animation" in done.err


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """A pack that frames faces."""
    return make_pack(tmp_path / "facing", name="facing", domain="face", recipe="ffhq")


def test_a_face_is_found_and_framed(run: Run, faces: Path, tmp_path: Path) -> None:
    portrait = resource("samples", "astronaut.jpg")
    done = run("edit", portrait, "-o", tmp_path / "out.png", "--pack", faces, "--set", "smile=1", "--json", *FEW)
    assert done.status == 0
    with Image.open(portrait) as image:
        width, height = image.size
    frame = done.json["frame"]
    assert frame["size"] < min(width, height) * 0.9
    assert not any("no face" in note for note in done.json["notes"])
    assert pixels(tmp_path / "out.png").shape[0] == round(frame["size"])


def test_a_picture_without_a_face_says_so_and_is_centred(run: Run, faces: Path, photo: Path, tmp_path: Path) -> None:
    done = run("edit", photo, "-o", tmp_path / "out.png", "--pack", faces)
    notes = (
        "photo.png: no face found: the centre of the picture is used\n"
        "photo.png: the pack tiny needs no face: --pack tiny\n"
    )
    assert (done.status, done.err) == (0, notes)
    assert np.array_equal(pixels(tmp_path / "out.png"), pixels(photo))


# -- bad input ---------------------------------------------------------------------------------------------


def files_below(folder: Path) -> dict[str, bytes]:
    """What lies there, but for the cache of inversions."""
    files = {str(p.relative_to(folder)): p for p in sorted(folder.rglob("*")) if p.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if not name.startswith("cache")}


@pytest.fixture
def fails(run: Run, tmp_path: Path) -> Callable[..., str]:
    """Runs what must fail: one sentence, that status, nothing written, nothing changed."""

    def go(status: int, *arguments: object, words: str = "") -> str:
        before = files_below(tmp_path)
        done = run(*arguments)
        assert done.status == status, done.err
        assert done.out == ""
        assert done.err.startswith("diti-studio: ")
        assert done.err.count("\n") == 1
        assert done.err.rstrip()[-1] in ".?"
        assert words in done.err
        assert files_below(tmp_path) == before
        return done.err

    return go


Fails = Callable[..., str]


def png_of(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.png", None, "was not found"),
        ("empty.png", b"", "is empty"),
        ("text.png", b"this is no picture" * 10, "not a picture"),
        ("script.jpg", b"#!/bin/sh\necho hello\n", "not a picture"),
        ("huge.png", png_of(20_000, 10_001), "megapixels"),
        ("flat.png", png_of(0, 10), ""),
        ("hollow.png", png_of(64, 64), "damaged"),
    ],
)
def test_what_is_no_picture(fails: Fails, tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    fails(1, "edit", tmp_path / name, "-o", tmp_path / "out.png", words=words)


def test_truncated_pictures(fails: Fails, photo: Path, tmp_path: Path) -> None:
    Image.fromarray(picture(1)).save(tmp_path / "whole.jpg")
    for source in (photo, tmp_path / "whole.jpg"):
        data = source.read_bytes()
        cut = tmp_path / f"cut{source.suffix}"
        cut.write_bytes(data[: len(data) // 2])
        fails(1, "edit", cut, "-o", tmp_path / "out.png", words="cut short")


def test_a_folder_and_a_picture_too_small(fails: Fails, tmp_path: Path) -> None:
    fails(1, "edit", tmp_path, "-o", tmp_path / "out.png", words="is a folder")
    Image.fromarray(picture(1)[:10, :10]).save(tmp_path / "small.png")
    fails(1, "edit", tmp_path / "small.png", "-o", tmp_path / "out.png", words="small.png: The picture is 10×10")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_picture(fails: Fails, photo: Path, tmp_path: Path) -> None:
    photo.chmod(0)
    try:
        with pytest.raises(PermissionError):
            photo.read_bytes()
    finally:
        photo.chmod(0o600)
    locked = tmp_path / "locked"
    locked.mkdir()
    (locked / "photo.png").write_bytes(photo.read_bytes())
    locked.chmod(0)
    try:
        fails(1, "edit", locked / "photo.png", "-o", tmp_path / "out.png", words="may not be read")
    finally:
        locked.chmod(0o700)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--set", "smlie=2"), "did you mean smile?"),
        (("--set", "smile=much"), "--set smile=much is not understood"),
        (("--set", "smile=nan"), "smile=nan"),
        (("--set", "smile=1e999"), "between -100 and 100"),
        (("--set", "smile"), "write NAME=NUMBER"),
        (("--set", "=2"), "write NAME=NUMBER"),
        (("--group", "5-99=1"), "0 to 7"),
        (("--group", "8=1"), "0 to 7"),
        (("--group", "5-5=1"), "does not fit"),
        (("--group", "a-b=1"), "no range of groups"),
        (("--group", "9" * 5000 + "=1"), "0 to 7"),
        (("--group", "3=lots"), "--group"),
        (("--blend", "0-8=1"), "--reference"),
        (("--blend", "0-9=1", "--reference", "photo.png"), "0 to 7"),
        (("--blend", "0-8=1.5", "--reference", "photo.png"), "from 0 to 1"),
        (("--blend-noise", "2", "--reference", "photo.png"), "from 0 to 1"),
        (("--blend-noise", "-1", "--blend", "0=1", "--reference", "photo.png"), "from 0 to 1"),
        (("--blend-noise", "nan", "--reference", "photo.png"), "from 0 to 1"),
        (("--steps", "0"), "0 steps"),
        (("--steps", "-3"), "-3 steps"),
        (("--steps", "1001"), "1001 steps"),
        (("--invert-steps", "0"), "0 steps"),
        (("--frame", "sideways"), "no framing"),
        (("--frame", "1,2"), "no frame"),
        (("--frame", "nan,2,32"), "finite"),
        (("--frame", "500,500,20"), "outside"),
        (("--frame", "48,48,2"), "too small"),
        (("--frame", "48,48,100000"), "too large"),
        (("--device", "abacus"), "no device called"),
        (("--output", "photo", "--detail", "model"), "--detail model"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_wrong_usage(
    fails: Fails, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    fails(2, "edit", photo, "-o", tmp_path / "out.png", *options, words=words)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("photo.png",),
        ("-o", "out.png"),
        ("photo.png", "-o", "out.png", "--steps", "many"),
        ("photo.png", "-o", "out.png", "--output", "poster"),
        ("photo.png", "-o", "out.png", "--unknown"),
        ("photo.png", "other.png", "-o", "out.png"),
    ],
)
def test_arguments_that_are_missing_or_unknown(
    run: Run, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("edit", *arguments)
    assert done.status == 2
    assert "diti-studio edit: error: " in done.err or "diti-studio: error: " in done.err
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.json", None, "cannot be read"),
        ("bad.json", "not json", "no recipe"),
        ("nan.json", '{"attributes": {"smile": NaN}}', "no recipe"),
        ("deep.json", '{"attributes":' * 9999, "no recipe"),
        ("later.json", '{"version": 9}', "version"),
        ("unknown.json", '{"attributes": {"smlie": 1}}', "did you mean smile?"),
        ("range.json", '{"groups": [{"start": 0, "end": 99, "amount": 1}]}', "0 to 7"),
        ("large.json", " " * (2 << 20), "1 MiB"),
        ("lends.json", '{"blend_noise": 1}', "--reference"),
    ],
)
def test_recipes_that_cannot_be_followed(
    fails: Fails, photo: Path, tmp_path: Path, name: str, content: str | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    fails(2, "edit", photo, "-o", tmp_path / "out.png", "--recipe", tmp_path / name, words=words)


def test_a_picture_without_a_recipe(fails: Fails, photo: Path, tmp_path: Path) -> None:
    fails(2, "edit", photo, "-o", tmp_path / "out.png", "--recipe", photo, words="carries no recipe")
    (tmp_path / "folder.json").mkdir()
    fails(2, "edit", photo, "-o", tmp_path / "out.png", "--recipe", tmp_path / "folder.json", words="is not a file")


def test_a_recipe_whose_reference_is_gone(fails: Fails, photo: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text(Edit(blends=(Blend(start=0, end=8, alpha=1),), reference="gone.png").to_json())
    fails(1, "edit", photo, "-o", tmp_path / "out.png", "--recipe", recipe, words="gone.png was not found")


def spoil_hash(pack: Path) -> None:
    data = bytearray((pack / "unet.onnx").read_bytes())
    data[99] ^= 1
    (pack / "unet.onnx").write_bytes(data)


def lead_out(pack: Path) -> None:
    entry = {"sha256": "0" * 64, "size": 1}
    change_manifest(pack, lambda m: m["files"].update({"../../photo.png": entry}))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(spoil_hash, "hash of unet.onnx is wrong", id="wrong hash"),
        pytest.param(lambda p: (p / "encoder.onnx").unlink(), "incomplete", id="missing file"),
        pytest.param(lambda p: change_manifest(p, lambda m: m.update(format=2)), "format 1", id="other format"),
        pytest.param(lead_out, "not allowed", id="escaping path"),
        pytest.param(lambda p: (p / "manifest.json").write_text("{"), "not JSON", id="no manifest"),
        pytest.param(lambda p: (p / "latents.safetensors").write_bytes(b"x" * 999), "bytes", id="other size"),
    ],
)
def test_a_pack_that_cannot_be_used(
    fails: Fails, photo: Path, copied: Path, tmp_path: Path, spoil: Callable[[Path], object], words: str
) -> None:
    spoil(copied)
    fails(3, "edit", photo, "-o", tmp_path / "out.png", "--pack", copied, "--set", "smile=1", words=words)


@pytest.mark.parametrize("name", ["nothing", "no/such/folder", "n" * 300])
def test_a_pack_that_is_not_there(fails: Fails, photo: Path, tmp_path: Path, name: str) -> None:
    fails(3, "edit", photo, "-o", tmp_path / "out.png", "--pack", name, words="no model pack")


def test_the_source_is_never_replaced(fails: Fails, photo: Path, tmp_path: Path) -> None:
    fails(1, "edit", photo, "-o", photo, "--set", "smile=1", *FEW, words="is the source picture")
    (tmp_path / "link.png").symlink_to(photo)
    fails(1, "edit", photo, "-o", tmp_path / "link.png", *FEW, words="is the source picture")
    other = tmp_path / "other.png"
    Image.fromarray(picture(2)).save(other)
    lends = ("--reference", other, "--blend", "0=1", *FEW)
    fails(1, "edit", photo, "-o", other, *lends, words="is the source picture")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("out", "suffix"),
        ("out.docx", "suffix"),
        ("none/out.png", "no folder"),
        ("photo.png/out.png", "no folder"),
        ("folder.png", "is a folder"),
    ],
)
def test_where_nothing_can_be_written(fails: Fails, photo: Path, tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder.png").mkdir()
    fails(1, "edit", photo, "-o", tmp_path / name, words=words)


# -- as a program ------------------------------------------------------------------------------------------


def program(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "DISPLAY": ""}
    return subprocess.run(
        [sys.executable, "-m", "diti_studio", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        env={**os.environ, **environment, "PYTHONIOENCODING": "utf-8:strict"},
        check=False,
    )


def test_the_program_edits_without_a_display(photo: Path, tmp_path: Path) -> None:
    done = program("edit", photo, "-o", "out.png", "--set", "brightness=2", *FEW, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"out.png\n", b"")
    assert pixels(tmp_path / "out.png").mean() > pixels(photo).mean() + 5


def test_the_program_names_the_nearest_attribute(photo: Path, tmp_path: Path) -> None:
    done = program("edit", photo, "-o", "out.png", "--set", "smlie=2", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"diti-studio: The pack tiny has no attribute called 'smlie': did you mean smile?\n"
    assert not (tmp_path / "out.png").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow no such names")
def test_names_that_are_no_text_can_be_read_and_written(photo: Path, tmp_path: Path) -> None:
    source, out = tmp_path / os.fsdecode(b"in-\xff.png"), tmp_path / os.fsdecode(b"out-\xff.png")
    source.write_bytes(photo.read_bytes())
    done = program("edit", source, "-o", out, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, os.fsencode(out) + b"\n", b"")
    assert np.array_equal(pixels(out), pixels(photo))

    for options, word in (
        (["--set", "\udcff=1"], b"NAME=NUMBER"),
        (["--blend", "0=1", "--reference", source], b"rename"),
    ):
        done = program("edit", photo, "-o", "never.png", *options, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert word in done.stderr
        assert done.stderr.count(b"\n") == 1
        assert not (tmp_path / "never.png").exists()
