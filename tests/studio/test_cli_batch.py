"""``diti-studio batch``: in this process through the program's own door, and as a real one that is killed."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from diti_studio.__main__ import main
from diti_studio.core import pictures
from diti_studio.core.batch.job import Job
from diti_studio.core.batch.templates import RESERVED
from diti_studio.core.edit import Edit
from tests.studio.packs_factory import picture

ROOT = Path(__file__).resolve().parents[2]
FEW = ("--steps", "4", "--invert-steps", "5", "--rows", "2")

pytestmark = pytest.mark.usefixtures("own_folders")


@dataclass
class Outcome:
    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def go(*arguments: object) -> Outcome:
        capsys.readouterr()
        try:
            status = main(["batch", *map(str, arguments)])
        except SystemExit as left:  # argparse's way
            status = int(left.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Outcome(status, out, err)

    return go


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A folder as people have it: twelve files, of which some cannot be read."""
    pillow_heif = pytest.importorskip("pillow_heif")
    root = tmp_path / "mixed"
    (root / "a").mkdir(parents=True)
    (root / "b" / "deeper").mkdir(parents=True)
    for n in range(3):
        Image.fromarray(picture(n)).save(root / f"good{n}.png")
    Image.fromarray(picture(3)).save(root / "a" / "same.jpg")
    Image.fromarray(picture(4)).save(root / "b" / "same.jpg")
    Image.fromarray(picture(5)).save(root / "b" / "deeper" / "snow ☃.webp")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.concatenate([picture(6), picture(7)[:32]])).save(root / "a" / "rotated.jpg", exif=exif)
    pillow_heif.from_pillow(Image.fromarray(picture(8))).save(root / "phone.heic")
    data = (root / "a" / "same.jpg").read_bytes()
    (root / "a" / "cut.jpg").write_bytes(data[: len(data) // 2])
    (root / "text.jpg").write_text("this is no picture")
    (root / "empty.png").write_bytes(b"")
    Image.fromarray(picture(9)).save(root / "locked.png")
    (root / "locked.png").chmod(0)
    return root


BAD = ("a/cut.jpg", "text.jpg", "empty.png")
GOOD = ("good0", "good1", "good2", "a/same", "b/same", "b/deeper/snow ☃", "a/rotated", "phone")


def made(out: Path) -> dict[str, bytes]:
    paths = (p for p in out.rglob("*") if p.is_file() and RESERVED not in p.parts)
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(paths)}


# -- doing what is asked -----------------------------------------------------------------------------------


def test_a_mixed_folder(run: Run, mixed: Path, tmp_path: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in mixed.rglob("*")}
    done = run(mixed, "-o", "out", "--set", "brightness=2", *FEW)
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # who may read everything
    bad, good = (BAD, (*GOOD, "locked")) if root else ((*BAD, "locked.png"), GOOD)
    assert done.status == 1
    assert sorted(made(tmp_path / "out")) == sorted(f"{name}.png" for name in good)
    assert f"{len(good)} results in {tmp_path / 'out'}, {len(bad)} pictures failed" in done.out
    lines = done.err.splitlines()
    assert len(lines) == len(bad) + 1
    for name in bad:
        assert sum(f"{mixed / name}: " in line for line in lines) == 1
    assert f"--retry -o {tmp_path / 'out'}" in lines[-1]
    assert before == {p: p.stat().st_mtime_ns for p in mixed.rglob("*")}
    with Image.open(tmp_path / "out" / "a" / "rotated.png") as image:
        assert image.getexif().get(0x0112, 1) == 1
    log = (tmp_path / "out" / RESERVED / "log.txt").read_text()
    assert "begin" in log
    assert all(f"done {name}.png" in log for name in good)
    again = run("--resume", "-o", "out", "--json")
    report = json.loads(again.out)
    assert (again.status, report["done"], len(report["failures"])) == (1, len(good), len(bad))


def test_a_recipe_from_an_exported_picture_a_list_and_a_sweep(run: Run, photo: Path, tmp_path: Path) -> None:
    assert main(["edit", str(photo), "-o", "first.png", "--set", "warmth=1", "--steps", "4"]) == 0
    Image.fromarray(picture(2)).save(tmp_path / "with\nbreak.png")
    (tmp_path / "list.bin").write_bytes(b"photo.png\0with\nbreak.png")
    done = run(
        "--list", "list.bin", "-o", "out", "--recipe", "first.png", "--sweep", "brightness=-1:1:2", "--format", "jpg",
        "--template", "{recipe}/{index:02}{amount}", *FEW,
    )  # fmt: skip
    assert (done.status, done.err) == (0, "")
    assert list(made(tmp_path / "out")) == [f"first/{n}.jpg" for n in ("01+1", "01-1", "02+1", "02-1")]


def test_failures_are_one_line_whatever_the_name(run: Run, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a\nb\x1b[31m.png").write_text("no picture")
    photo.rename(tmp_path / "in" / "good.png")
    done = run("in", "-o", "out", "--set", "smile=1", *FEW)
    assert done.status == 1
    assert len(done.err.splitlines()) == 2
    assert "\\n" in done.err
    assert "\x1b" not in done.err


def test_a_job_file_there_and_back(run: Run, photo: Path, tmp_path: Path) -> None:
    options = ("--set", "smile=1", "--sweep", "warmth=0:1:2", "--format", "webp", "--size", "48", *FEW)
    saved = run(photo.name, "-o", "out", *options, "--save-job", "job.json")
    assert (saved.status, saved.out) == (0, "job.json\n")
    assert not (tmp_path / "out").exists()
    job = Job.load(tmp_path / "job.json")
    assert (job.edit, job.size, job.inputs) == (Edit(attributes={"smile": 1}), 48, (str(photo),))
    assert run("--job", "job.json").status == 0
    from_job = made(tmp_path / "out")
    assert run(photo.name, "-o", "other", *options).status == 0
    assert made(tmp_path / "other") == from_job
    assert run("--job", "job.json", "--resume").status == 0
    assert run("--job", "job.json", "-o", "third").status == 0
    assert made(tmp_path / "third") == from_job


def test_results_are_not_made_twice(run: Run, photo: Path, tmp_path: Path) -> None:
    command = (photo, "-o", "out", "--set", "smile=1", *FEW)
    assert run(*command).status == 0
    assert "1 skipped because they exist" in run(*command).out
    assert run(*command, "--resume").status == 0
    assert list(made(tmp_path / "out")) == ["photo.png"]


def test_a_lower_priority(run: Run, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[int]()
    monkeypatch.setattr(os, "nice", asked.append)
    assert run(photo, "-o", "out", "--set", "smile=1", "--nice", "5", *FEW).status == 0
    assert asked == [5]


# -- bad input ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "arguments", "words"),
    [
        (2, ("photo.png", "-o", "out"), "Say what to do"),
        (2, ("-o", "out", "--set", "smile=1"), "Say which pictures"),
        (2, ("photo.png", "--set", "smile=1"), "Say where"),
        (2, ("--resume",), "Say where"),
        (2, ("--resume", "-o", "nowhere"), "no batch in"),
        (2, ("gone.png", "-o", "out", "--set", "smile=1"), "gone.png was not found"),
        (2, ("empty", "-o", "out", "--set", "smile=1"), "There is no picture in"),
        (2, ("*.bmp", "-o", "out", "--set", "smile=1"), "There is no picture in"),
        (2, ("photo.png", "-o", "out", "--set", "smlie=1"), "did you mean smile?"),
        (2, ("photo.png", "-o", "out", "--sweep", "smile=0:1:0"), "N goes from 1 to 99"),
        (2, ("photo.png", "-o", "out", "--sweep", "smlie=0:1:2"), "did you mean smile?"),
        (2, ("photo.png", "-o", "out", "--sweep", "smile=0:1:2", "--template", "{stem}"), "would both be written"),
        (2, ("photo.png", "-o", "out", "--set", "smile=1", "--template", "../{stem}"), "leaves the output folder"),
        (2, ("photo.png", "-o", "out", "--set", "smile=1", "--template", "{stm}"), "unknown field {stm}"),
        (2, ("photo.png", "-o", "out", "--set", "smile=1", "--template", "{stem:>250}-{stem}"), "bytes long"),
        (2, ("photo.png", "-o", ".", "--set", "smile=1"), "would replace the source picture"),
        (3, ("photo.png", "-o", "photo.png", "--set", "smile=1"), "cannot be made"),
        (3, ("photo.png", "-o", "out", "--set", "smile=1", "--pack", "nothing"), "no model pack called"),
        (2, ("photo.png", "-o", "out", "--blend", "0=1"), "no reference is named"),
        (1, ("photo.png", "-o", "out", "--blend", "0=1", "--reference", "gone.png"), "gone.png was not found"),
        (2, ("photo.png", "-o", "out", "--set", "smile=1", "--reference", "photo.png"), "borrows nothing"),
        (2, ("photo.png", "-o", "out", "--set", "smile=1", "--quality", "0"), "quality"),
        (2, ("photo.png", "-o", "out", "--set", "smile=1", "--nice", "99"), "--nice 99 is out of bounds"),
        (2, ("photo.png", "-o", "out", "--set", "smile=1", "--sheet", "png"), "contact sheet"),
        (2, ("photo.png", "-o", "out", "--set", "smile=1", "--device", "abacus"), "no device called"),
        (2, ("photo.png", "--job", "job.json"), "leave INPUT out"),
        (2, ("--job", "job.json"), "cannot be read"),
        (2, ("--list", "gone.txt", "-o", "out", "--set", "smile=1"), "list gone.txt cannot be read"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else "",
)
def test_one_sentence_before_the_work(
    run: Run, photo: Path, tmp_path: Path, status: int, arguments: tuple[str, ...], words: str
) -> None:
    (tmp_path / "empty").mkdir()
    source = photo.read_bytes()
    done = run(*arguments)
    assert (done.status, done.out) == (status, "")
    assert done.err.startswith("diti-studio: ")
    assert done.err.count("\n") == 1
    assert words in done.err
    assert photo.read_bytes() == source
    assert made(tmp_path / "out") == {}


def test_a_batch_that_was_begun_otherwise(run: Run, photo: Path) -> None:
    assert run(photo, "-o", "out", "--set", "smile=1", *FEW).status == 0
    done = run(photo, "-o", "out", "--set", "smile=2", *FEW, "--resume")
    assert done.status == 2
    assert "was begun with other inputs or settings" in done.err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(run: Run, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    done = run(photo, "-o", "out", "--set", "smile=1", *FEW)
    assert done.status == 3
    assert "Permission denied" in done.err
    assert done.err.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow no such names")
def test_names_that_are_no_text(run: Run, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    photo.rename(tmp_path / "in" / os.fsdecode(b"p\xff.png"))
    assert run("in", "-o", "out", "--set", "smile=1", *FEW).status == 0
    assert run("--resume", "-o", "out").status == 0
    assert list(made(tmp_path / "out")) == [os.fsdecode(b"p\xff.png")]
    done = run(tmp_path / "in" / os.fsdecode(b"p\xff.png"), "-o", "other", "--set", "smile=1")
    assert done.status == 2
    assert "name its folder" in done.err


# -- as a program that is killed ---------------------------------------------------------------------------


def program(*arguments: object, cwd: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "diti_studio", "batch", *map(str, arguments)],
        cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_killed_at_random_moments_it_ends_with_the_same_files(mixed: Path, run: Run, tmp_path: Path) -> None:
    """Each run is killed at a random moment between the first sign of work and its end; then one may finish."""
    options = ("--sweep", "brightness=-1:1:3", "--sheet", "pdf", "--steps", "30", "--invert-steps", "30", "--rows", "2")
    assert run(mixed, "-o", "whole", *options).status == 1
    whole = made(tmp_path / "whole")
    out, chance, arguments = tmp_path / "out", random.Random(6), (mixed, "-o", "out", *options)
    for _ in range(4):
        process = program(*arguments, cwd=tmp_path)
        before = len(made(out)) if out.exists() else 0
        aim = before + chance.randrange(1, max(2, len(whole) // 4))
        with contextlib.suppress(FileNotFoundError):
            while process.poll() is None and (not out.exists() or len(list(out.rglob("*.png"))) < aim):
                time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.02))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        half_written = [p for p in out.rglob("*.png") if p.read_bytes() != whole[p.relative_to(out).as_posix()]]
        assert half_written == []
        arguments = ("--resume", "-o", "out")
    assert len(list(out.rglob("*.png"))) < len(whole)
    assert run("--resume", "-o", "out").status == 1
    assert made(out) == whole


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_an_interrupt_finishes_what_is_being_written(mixed: Path, tmp_path: Path) -> None:
    process = program(mixed, "-o", "out", "--sweep", "brightness=-1:1:20", "--steps", "50", cwd=tmp_path)
    while process.poll() is None and not list((tmp_path / "out").rglob("*.png")):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130
    assert out == b""
    assert err.decode() == f"diti-studio: Stopped; continue with: diti-studio batch --resume -o {tmp_path / 'out'}\n"
    assert not [name for name in made(tmp_path / "out") if name.endswith(".part")]


def test_help_names_the_fields_of_templates(run: Run) -> None:
    done = run("--help")
    assert done.status == 0
    assert all(word in done.out for word in ("{stem}", "--resume", "--cluster", "--sweep"))


def test_the_guides_examples_make_jobs(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line of docs/guide-batch.md that begins a batch is understood, with the bundled pack."""
    monkeypatch.delenv("DITI_PACKS")
    for name in ("holiday/anna.jpg", "portraits/tom.jpg"):
        (tmp_path / name).parent.mkdir()
        Image.fromarray(picture(1)).save(tmp_path / name)
    recipe = Edit(attributes={"smile": 1, "hair_grey": 0.5}).to_json()
    pictures.save(picture(2), tmp_path / "anna.png", recipe=recipe)
    text = (ROOT / "docs" / "guide-batch.md").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line.startswith("    diti-studio batch")]
    begun = [line for line in lines if not {"--resume", "--retry", "--job"} & set(line.split())]
    assert len(begun) >= 5
    for line in begun:
        words = shlex.split(line)[2:]
        done = run(*[word for word in words if word not in ("--save-job", "smile.json")], "--save-job", "job.json")
        assert (done.status, done.err) == (0, ""), line
        assert Job.load(tmp_path / "job.json").variants
