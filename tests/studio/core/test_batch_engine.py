"""A batch in this process: what is written, what fails, what collides, and what a stop leaves for later."""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image

from diti_studio.core import framing, pictures
from diti_studio.core.batch import engine, rows
from diti_studio.core.batch.control import Control, Progress
from diti_studio.core.batch.errors import BatchStopped
from diti_studio.core.batch.job import Job, Sweep
from diti_studio.core.batch.journal import NAME
from diti_studio.core.batch.queue import Batch
from diti_studio.core.batch.templates import RESERVED
from diti_studio.core.batch.work import Work
from diti_studio.core.edit import Blend, Edit
from diti_studio.core.editor import Editor, result
from diti_studio.core.errors import Cancelled, PackError, PictureError, UsageError
from diti_studio.core.export import develop
from diti_studio.core.packs import Pack
from diti_studio.core.runtime import Network
from tests.studio.pack_surgery import change_manifest
from tests.studio.packs_factory import picture
from tests.studio.profiles import rgb_profile

BRIGHTER = Edit(attributes={"brightness": 2})
SWEEP = Sweep.parse("brightness=-1:1:3")

pytestmark = pytest.mark.usefixtures("own_folders")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures, one in a subfolder."""
    for n, name in enumerate(("one.png", "two.jpg", "sub/one.png")):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture(n)).save(path)
    return tmp_path / "in"


Queue = Callable[..., Batch]


@pytest.fixture
def queue(folder: Path, tmp_path: Path, tiny: Pack) -> Iterator[Queue]:
    """Queues a job on the three pictures; closes what a test leaves open."""
    opened = list[Batch]()

    def go(opened_pack: Pack = tiny, **fields: Any) -> Batch:
        fields = {
            "inputs": [str(folder)], "out": str(tmp_path / "out"), "edit": BRIGHTER, "invert_steps": 5, "steps": 4,
            "rows": 2, **fields,
        }  # fmt: skip
        batch = Batch.queue(Job.make(**fields), opened_pack)
        opened.append(batch)
        return batch

    yield go
    for batch in opened:
        batch.close()


def reopen(out: Path, **options: bool) -> Batch:
    return Batch.reopen(out, **options)


def made(out: Path) -> dict[str, bytes]:
    """The results in a folder."""
    paths = (p for p in out.rglob("*") if p.is_file() and RESERVED not in p.parts)
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(paths)}


def pixels(path: Path) -> np.ndarray[Any, np.dtype[np.uint8]]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


# -- doing what is asked -----------------------------------------------------------------------------------


def test_results_are_those_of_single_edits_bit_for_bit(
    queue: Queue, folder: Path, tmp_path: Path, editor: Editor
) -> None:
    batch = queue(sweeps=[SWEEP], rows=5)
    seen = list[Progress]()
    end = engine.run(batch, editor, watch=seen.append)
    assert (end.total, end.done, end.failed, end.skipped) == (9, 9, 0, 0)
    assert sorted(made(tmp_path / "out")) == sorted(
        f"{stem}_brightness{amount}.png" for stem in ("one", "two", "sub/one") for amount in ("-1", "+0", "+1")
    )
    alone = Editor(editor.pack, "cpu", cache_folder=tmp_path / "other")
    for name in ("one.png", "two.jpg", "sub/one.png"):
        subject = alone.open(pictures.load(folder / name))
        for amount in (-1, 0, 1):
            edit = Edit(attributes={"brightness": amount})
            expected = result(alone.render(subject, edit, batch.job.settings)).pixels
            out = (tmp_path / "out" / name).with_suffix("")
            path = out.with_name(f"{out.name}_brightness{amount:+g}.png")
            assert np.array_equal(pixels(path), expected)
            assert Edit.from_json(pictures.read_recipe(path) or "") == edit
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert seen[0].seconds_left is None
    assert seen[-1].seconds_left == 0


class Counted:
    """Counts rows of the denoiser's calls."""

    def __init__(self, pack: Pack) -> None:
        self.network = Network(pack, "cpu")
        self.calls = list[int]()
        denoise = self.network.denoise

        def noted(x: Any, t: int, z: Any) -> Any:
            self.calls.append(len(x))
            return denoise(x, t, z)

        self.network.denoise = noted  # type: ignore[method-assign]


def test_pictures_share_calls_and_inversions_are_made_once(queue: Queue, tiny: Pack, tmp_path: Path) -> None:
    counted = Counted(tiny)
    editor = Editor(tiny, network=counted.network, cache_folder=tmp_path / "kept")
    engine.run(queue(sweeps=[SWEEP], rows=3), editor)
    # three inversions in 5 calls; then before, -1 and +1 of each picture (0 is the source) in 4 calls for each three
    assert sorted(counted.calls) == [3] * 5 + [3] * 12
    counted.calls.clear()
    engine.run(queue(sweeps=[SWEEP], rows=3, out=str(tmp_path / "again")), editor)
    assert len(counted.calls) == 12  # the inversions were cached


def test_an_edit_of_nothing_asks_the_network_nothing(queue: Queue, tiny: Pack, folder: Path, tmp_path: Path) -> None:
    counted = Counted(tiny)
    engine.run(queue(edit=Edit()), Editor(tiny, network=counted.network, cache_folder=tmp_path / "kept"))
    assert counted.calls == []
    assert np.array_equal(pixels(tmp_path / "out" / "one.png"), pixels(folder / "one.png"))


def test_the_batch_is_measured_once_and_remembered(queue: Queue, editor: Editor, folder: Path, tmp_path: Path) -> None:
    for n in range(engine.FEW):
        Image.fromarray(picture(n)).save(folder / f"more{n}.png")
    batch = queue(rows=None)
    assert batch.rows is None
    engine.run(batch, editor)
    rows = batch.rows
    assert rows in (1, 2, 4, 8)
    batch.close()
    again = reopen(tmp_path / "out")
    assert again.rows == rows
    again.close()


def test_references_lend_one_after_the_other(queue: Queue, editor: Editor, folder: Path, tmp_path: Path) -> None:
    lends = Edit(blends=(Blend(start=0, end=8, alpha=1),), blend_noise=1)
    for n, name in ((7, "red"), (8, "blue")):
        Image.fromarray(picture(n)).save(tmp_path / f"{name}.png")
    lenders = [str(tmp_path / "red.png"), str(tmp_path / "blue.png")]
    batch = queue(edit=lends, references=lenders, detail="model", steps=20, invert_steps=20)
    assert engine.run(batch, editor).done == 6
    of = {n: pixels(tmp_path / "out" / f"one_{n}.png").astype(int) for n in ("red", "blue")}
    assert np.array_equal(of["red"], pixels(tmp_path / "out" / "two_red.png"))
    lender = editor.open(pictures.load(tmp_path / "red.png"))
    assert np.abs(of["red"] - lender.model_square).mean() < 8 < np.abs(of["blue"] - lender.model_square).mean()
    written = Edit.from_json(pictures.read_recipe(tmp_path / "out" / "sub" / "one_red.png") or "")
    assert written.reference == "../../red.png"


def test_form_of_the_results(queue: Queue, editor: Editor, folder: Path, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "A camera"
    exif[ExifTags.IFD.GPSInfo] = {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (50.0, 1.0, 2.0)}
    Image.fromarray(np.concatenate([picture(4), picture(5)], axis=1)).save(folder / "wide.jpg", exif=exif)

    def run(**fields: Any) -> Path:
        out = tmp_path / "-".join(map(str, fields.values()))
        batch = queue(inputs=[str(folder / "wide.jpg")], out=str(out), **{"format": "jpg", **fields})
        assert engine.run(batch, editor).done == 1
        return next(out.glob("wide.*"))

    photo = run(output="photo", frame="48,48,96", size=64)
    with Image.open(photo) as image:
        assert image.size == (64, 32)
        kept = image.getexif()
    assert kept[ExifTags.Base.Make] == "A camera"
    assert kept.get_ifd(ExifTags.IFD.GPSInfo)
    with Image.open(run(metadata="no-location", quality=50)) as image:
        assert image.size == (96, 96)
        assert image.getexif()[ExifTags.Base.Make] == "A camera"
        assert not image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    bare = run(metadata="none", keep_recipe=False)
    with Image.open(bare) as image:
        assert not image.getexif()
    assert pictures.read_recipe(bare) is None
    assert pixels(run(detail="model", format="png")).shape == (32, 32, 3)


@pytest.mark.parametrize("output", ["square", "photo"])
def test_results_are_in_the_photos_own_colours_or_in_srgb(
    queue: Queue, folder: Path, tmp_path: Path, editor: Editor, output: str
) -> None:
    vivid = np.random.default_rng(3).integers(0, 256, (12, 15, 3), np.uint8).repeat(8, axis=0).repeat(8, axis=1)
    Image.fromarray(vivid).save(folder / "wide.png", icc_profile=rgb_profile())
    for profile in ("own", "srgb"):
        batch = queue(
            inputs=[str(folder / "wide.png")], out=str(tmp_path / profile), frame="60.5,48,90", output=output,
            profile=profile, sweeps=[SWEEP], sheet="png",
        )  # fmt: skip
        assert engine.run(batch, editor).failed == 0
        subject = editor.open(pictures.load(folder / "wide.png"), "60.5,48,90")
        for amount in (-1, 0, 1):
            view = result(editor.render(subject, Edit(attributes={"brightness": amount}), batch.job.settings))
            expected = develop(subject, view.pixels, area=batch.job.output, profile=batch.job.profile)
            path = tmp_path / profile / f"wide_brightness{amount:+g}.png"
            assert np.array_equal(pixels(path), expected.pixels)
            with Image.open(path) as image:
                assert (image.info["icc_profile"] == rgb_profile()) == (profile == "own")
        batch.close()
    if output == "photo":
        assert np.array_equal(pixels(tmp_path / "own" / "wide_brightness+0.png"), vivid)
    own, plain = (pixels(tmp_path / profile / "wide_sheet.png").astype(int) for profile in ("own", "srgb"))
    assert np.abs(own - plain).mean() < 1.5  # a sheet shows both as they look


@pytest.mark.parametrize(
    ("profile", "detail", "held"), [("own", "keep", 96 * 96 * 3), ("srgb", "keep", 0), ("own", "model", 0)]
)
def test_a_photos_own_colours_are_held_only_where_they_are_written(
    editor: Editor, tmp_path: Path, profile: str, detail: str, held: int
) -> None:
    Image.fromarray(picture(1)).save(tmp_path / "wide.png", icc_profile=rgb_profile())
    job = Job.make(inputs=["wide.png"], out="out", edit=BRIGHTER, profile=profile, detail=detail)
    read = Work(job, editor, {}).read((tmp_path / "wide.png").read_bytes(), "wide.png")
    assert read.bytes - 2 * read.cut.square.nbytes == held


def test_a_photo_with_several_results_is_decoded_in_its_own_colours_once(editor: Editor, tmp_path: Path) -> None:
    Image.fromarray(picture(1)).save(tmp_path / "wide.png", icc_profile=rgb_profile())
    job = Job.make(inputs=["wide.png"], out="out", edit=BRIGHTER, output="photo", sweeps=[SWEEP])
    own = Work(job, editor, {}).read((tmp_path / "wide.png").read_bytes(), "wide.png").cut.picture.own
    assert own is not None
    assert own.pixels() is own.pixels()
    assert own.held == own.pixels().nbytes


def test_a_result_that_is_too_large_for_the_memory_costs_one_line(
    queue: Queue, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = framing.put_back
    calls = itertools.count()

    def put_back(*how: Any) -> Any:
        if next(calls) == 0:
            raise MemoryError
        return whole(*how)

    monkeypatch.setattr(framing, "put_back", put_back)
    batch = queue(output="photo")
    end = engine.run(batch, editor)
    assert (end.failed, end.done) == (1, batch.total - 1)
    assert "more memory" in batch.failures()[0].reason


@pytest.mark.parametrize(
    ("seconds_a_picture", "best", "tried"),
    [
        ({1: 1.0, 2: 1.0, 4: 1.0}, 1, [1, 2, 4]),
        ({1: 1.0, 2: 0.8, 4: 0.8, 8: 0.8}, 2, [1, 2, 4, 8]),
        ({1: 1.0, 2: 0.95, 4: 0.6, 8: 0.58, 16: 0.57}, 4, [1, 2, 4, 8, 16]),
        ({1: 1.0, 2: 0.8, 4: 0.6, 8: 0.4, 16: 0.3}, 16, [1, 2, 4, 8, 16]),
    ],
)
def test_the_size_of_a_call_is_doubled_until_two_in_a_row_bring_nothing(
    editor: Editor, monkeypatch: pytest.MonkeyPatch, seconds_a_picture: dict[int, float], best: int, tried: list[int]
) -> None:
    asked = list[int]()

    def seconds(_: Editor, count: int) -> float:
        asked.append(count)
        return seconds_a_picture[count]

    monkeypatch.setattr(rows, "_seconds_a_row", seconds)
    assert rows.fastest_rows(editor, 16) == best
    assert asked == tried


# -- what fails --------------------------------------------------------------------------------------------


def test_a_bad_picture_costs_one_line(queue: Queue, editor: Editor, folder: Path, tmp_path: Path) -> None:
    (folder / "text.jpg").write_text("this is no picture")
    (folder / "sub" / "cut.png").write_bytes((folder / "one.png").read_bytes()[:500])
    Image.fromarray(picture(1)[:9, :9]).save(folder / "small.png")
    lines = list[str]()
    batch = queue(sweeps=[SWEEP], sheet="png")
    end = engine.run(batch, editor, log=lines.append)
    assert (end.done, end.failed) == (12, 12)
    failures = {failure.path.name: failure.reason for failure in batch.failures()}
    assert failures.keys() == {"text.jpg", "cut.png", "small.png"}
    assert all(name in why for name, why in failures.items())
    assert sum(line.startswith("failed") for line in lines) == 3
    assert len(made(tmp_path / "out")) == 12


def test_what_failed_can_be_tried_again(queue: Queue, editor: Editor, folder: Path, tmp_path: Path) -> None:
    (folder / "bad.png").write_text("not yet")
    batch = queue()
    assert engine.run(batch, editor).failed == 1
    batch.close()
    before = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in made(tmp_path / "out")}
    Image.fromarray(picture(3)).save(folder / "bad.png")
    still = reopen(tmp_path / "out")
    assert still.todo() == []
    still.close()
    again = reopen(tmp_path / "out", retry=True)
    end = engine.run(again, editor)
    again.close()
    assert (end.done, end.failed, again.failures()) == (4, 0, [])
    assert {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in before} == before


def test_a_picture_changed_in_between_is_done_anew(queue: Queue, editor: Editor, folder: Path, tmp_path: Path) -> None:
    batch = queue(sweeps=[SWEEP])
    engine.run(batch, editor)
    old = made(tmp_path / "out")
    batch.close()
    (tmp_path / "out" / "two_brightness+1.png").unlink()  # one result is lost, and its picture has changed
    Image.fromarray(picture(40)).save(folder / "two.jpg")
    again = reopen(tmp_path / "out")
    assert engine.run(again, editor).done == 9
    again.close()
    new = made(tmp_path / "out")
    assert {name for name in new if new[name] != old[name]} == {f"two_brightness{a}.png" for a in ("-1", "+0", "+1")}


# -- collisions --------------------------------------------------------------------------------------------


def test_what_is_there_is_skipped(queue: Queue, editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "one.png").write_text("mine")
    batch = queue()
    end = engine.run(batch, editor)
    assert (end.done, end.skipped, end.failed) == (2, 1, 0)
    assert (tmp_path / "out" / "one.png").read_text() == "mine"


def test_what_is_there_is_numbered(queue: Queue, editor: Editor, tmp_path: Path) -> None:
    for _ in range(2):
        batch = queue(collision="number", template="{stem}")
        assert engine.run(batch, editor).done == 3
        batch.close()
    assert list(made(tmp_path / "out")) == [
        "one-2.png", "one-3.png", "one-4.png", "one.png", "two-2.png", "two.png",
    ]  # fmt: skip


def test_only_what_this_program_wrote_is_overwritten(queue: Queue, editor: Editor, tmp_path: Path) -> None:
    first = queue()
    engine.run(first, editor)
    first.close()
    out = tmp_path / "out"
    retouched = (out / "two.png").read_bytes() + b"by hand"
    (out / "two.png").write_bytes(retouched)
    batch = queue(edit=Edit(attributes={"brightness": -2}), collision="overwrite")
    end = engine.run(batch, editor)
    assert (end.done, end.failed) == (2, 1)
    assert (out / "two.png").read_bytes() == retouched
    assert "was not written by this program, or was changed since" in batch.failures()[0].reason
    assert pixels(out / "one.png").mean() < picture(0).mean()


def test_a_file_that_comes_in_the_way_later(queue: Queue, editor: Editor, tmp_path: Path) -> None:
    for policy, expected in (("skip", "skipped"), ("number", "done"), ("overwrite", "failed")):
        out = tmp_path / policy
        batch = queue(out=str(out), collision=policy)
        (out / "one.png").write_text("mine")
        end = engine.run(batch, editor)
        assert (out / "one.png").read_text() == "mine"
        assert getattr(end, expected) >= 1
        assert ("one-2.png" in made(out)) == (policy == "number")


def test_names_that_would_meet(queue: Queue, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"one\.png and Number 3, one\.png would both be written as one\.png") as told:
        queue(template="{stem}")
    assert "{index}" in str(told.value)
    with pytest.raises(UsageError, match="would both be written"):
        queue(sweeps=[SWEEP], template="{folder}/{stem}")


def test_sources_are_never_written(queue: Queue, folder: Path, tmp_path: Path, editor: Editor) -> None:
    before = made(folder)
    for collision in ("skip", "overwrite"):
        with pytest.raises(UsageError, match="would replace the source picture"):
            queue(out=str(folder), collision=collision)
    (tmp_path / "linked").mkdir()
    os.link(folder / "one.png", tmp_path / "linked" / "one.png")
    with pytest.raises(UsageError, match="would replace the source picture"):
        queue(out=str(tmp_path / "linked"), collision="overwrite")
    assert made(folder) == before


def test_results_among_the_sources_are_not_edited_again(queue: Queue, folder: Path, editor: Editor) -> None:
    for _ in range(2):
        batch = queue(out=str(folder), template="{folder}/{stem}_new")
        engine.run(batch, editor)
        assert len(batch.inputs) == 3
        batch.close()


def test_a_link_in_the_output_folder_leads_nowhere_else(queue: Queue, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "sub").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="leads out of it"):
        queue()


# -- stopping and going on ---------------------------------------------------------------------------------


def test_cancelled_at_any_result_it_goes_on_to_the_same_end(queue: Queue, editor: Editor, tmp_path: Path) -> None:
    whole = queue(out=str(tmp_path / "whole"), sweeps=[SWEEP], sheet="pdf")
    engine.run(whole, editor)
    batch, stops = queue(sweeps=[SWEEP], sheet="pdf"), 0
    for _ in range(40):
        control = Control()

        def stop(progress: Progress, control: Control = control, least: int = stops) -> None:
            if progress.done > least:
                control.cancel()

        try:
            engine.run(batch, editor, control, watch=stop)
            break
        except Cancelled:
            stops += 1
            batch.close()
            batch = reopen(tmp_path / "out")
    batch.close()
    assert stops > 1
    assert made(tmp_path / "out") == made(tmp_path / "whole")
    assert "contact-sheet.pdf" in made(tmp_path / "out")


def test_a_full_disk_stops_the_batch_and_costs_nothing(
    queue: Queue, editor: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, room = queue(sweeps=[SWEEP]), 4
    lock = threading.Lock()

    def fsync(number: int) -> None:
        nonlocal room
        if not stat.S_ISREG(os.fstat(number).st_mode):  # a folder takes no room
            return
        with lock:
            room -= 1
            if room < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(BatchStopped, match=r"No space left on device.*--resume"):
            engine.run(batch, editor)
    batch.close()
    assert len(made(tmp_path / "out")) == 4
    assert not list(tmp_path.rglob("*.part"))
    again = reopen(tmp_path / "out")
    assert engine.run(again, editor).done == 9
    assert again.failures() == []
    again.close()


@pytest.mark.parametrize("which", ["in", "out"])
def test_a_share_that_goes_away_stops_the_batch(queue: Queue, editor: Editor, tmp_path: Path, which: str) -> None:
    for n in range(12):
        Image.fromarray(picture(n)).save(tmp_path / "in" / f"more{n}.png")
    batch = queue(rows=1)
    share, away = tmp_path / which, tmp_path / "away"

    def leave(progress: Progress) -> None:
        if progress.done and not away.exists():
            share.rename(away)

    with pytest.raises(BatchStopped, match=r"cannot be reached any more.*--resume"):
        engine.run(batch, editor, watch=leave)
    batch.close()
    assert not share.exists() or not list(share.rglob("*.png"))  # nothing was written beside the share
    shutil.rmtree(share, ignore_errors=True)
    away.rename(share)
    again = reopen(tmp_path / "out")
    end = engine.run(again, editor)
    assert (end.done, end.failed) == (15, 0)
    again.close()


@pytest.mark.parametrize("mount_point", [False, True])
@pytest.mark.parametrize("moment", ["mkdir", "open", "replace"])
def test_a_share_that_goes_away_while_a_result_is_written(
    queue: Queue, editor: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, mount_point: bool
) -> None:
    """Just before each step of writing a file; a share that was mounted leaves an empty folder."""
    batch = queue(rows=1)
    share, away = tmp_path / "out", tmp_path / "away"
    step, lock = getattr(Path, moment), threading.RLock()

    def leave(path: Path, *arguments: Any, **named: Any) -> Any:
        with lock:
            if not away.exists() and path.is_relative_to(share):
                share.rename(away)
                if mount_point:
                    share.mkdir()
        return step(path, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, moment, leave)
        with pytest.raises(BatchStopped, match=r"cannot be reached any more.*--resume"):
            engine.run(batch, editor)
    batch.close()
    assert share.exists() == mount_point
    assert [path for path in share.rglob("*") if path.is_file()] == []
    shutil.rmtree(share, ignore_errors=True)
    away.rename(share)
    again = reopen(share)
    assert engine.run(again, editor).done == 3
    again.close()
    assert len(list(share.rglob("*.png"))) == 3
    assert not list(share.rglob("*.part"))


def test_a_result_that_was_renamed_but_not_recorded_is_not_made_again(
    queue: Queue, editor: Editor, tmp_path: Path, tiny: Pack
) -> None:
    batch = queue()
    engine.run(batch, editor)
    batch.close()
    with sqlite3.connect(tmp_path / "out" / RESERVED / NAME) as db:
        db.execute("UPDATE outputs SET state = 'writing' WHERE input < 2")
    db.close()
    (tmp_path / "out" / "two.png").unlink()
    counted = Counted(tiny)
    again = reopen(tmp_path / "out")
    assert [again.place(n) for n in again.todo()] == ["two.jpg"]
    engine.run(again, Editor(tiny, network=counted.network, cache_folder=editor._inversions._folder))
    assert len(counted.calls) == 4
    again.close()


def test_pause_holds_and_lets_go(queue: Queue, editor: Editor) -> None:
    batch, control, seen = queue(rows=1), Control(), list[Progress]()
    began = threading.Event()

    def watch(progress: Progress) -> None:
        seen.append(progress)
        began.set()

    control.pause()
    control.pause("the window renders")
    thread = threading.Thread(target=engine.run, args=(batch, editor, control, watch))
    thread.start()
    control.go_on()
    began.wait(0.2)
    assert control.paused
    assert batch.count("done") == 0
    control.go_on("the window renders")
    thread.join()
    assert seen[-1].done == 3
    assert control.seconds_held > 0


def test_cancel_ends_a_pause(queue: Queue, editor: Editor) -> None:
    control = Control()
    control.pause()
    timer = threading.Timer(0.1, control.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        engine.run(queue(), editor, control)
    timer.join()


# -- what cannot begin -------------------------------------------------------------------------------------


def test_two_batches_in_one_folder(queue: Queue, tmp_path: Path) -> None:
    queue()
    with pytest.raises(UsageError, match="Another batch is writing"):
        queue()
    with pytest.raises(UsageError, match="Another batch is writing"):
        reopen(tmp_path / "out")


def test_a_journal_that_is_none(queue: Queue, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no batch in"):
        reopen(tmp_path / "out")
    (tmp_path / "out" / RESERVED).mkdir(parents=True)
    (tmp_path / "out" / RESERVED / NAME).write_bytes(b"this is no database" * 100)
    for go in (queue, lambda: reopen(tmp_path / "out")):
        with pytest.raises(UsageError, match="is damaged: move that folder away"):
            go()


def test_a_pack_or_a_reference_that_changed(queue: Queue, copied: Path, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "in" / "one.png", tmp_path / "lender.png")
    lends = Edit(blends=(Blend(start=0, end=8, alpha=1),))
    queue(Pack.open(copied), edit=lends, references=[str(tmp_path / "lender.png")]).close()
    Image.fromarray(picture(9)).save(tmp_path / "lender.png")
    with pytest.raises(UsageError, match=r"reference .*lender.png was changed"):
        reopen(tmp_path / "out")
    shutil.copy(tmp_path / "in" / "one.png", tmp_path / "lender.png")
    change_manifest(copied, lambda m: m["diffusion"].update(beta_end=0.021))
    with pytest.raises(UsageError, match="is not the one with which the batch was begun"):
        reopen(tmp_path / "out")
    shutil.rmtree(copied)
    with pytest.raises(PackError):
        reopen(tmp_path / "out")


def test_settings_are_frozen_and_known_again(queue: Queue, tmp_path: Path) -> None:
    batch = queue(sweeps=[SWEEP])
    job = batch.job
    batch.close()
    again = reopen(tmp_path / "out")
    assert again.job == job
    assert again.is_of(job)
    assert not again.is_of(job.model_copy(update={"steps": 5}))
    again.close()


def test_nothing_is_made_when_a_job_cannot_begin(queue: Queue, folder: Path, tmp_path: Path) -> None:
    Image.fromarray(picture(1)).save(folder / ("x" * 251 + ".png"))
    for fields, words in (
        ({"edit": Edit(attributes={"smlie": 1})}, "did you mean smile"),
        ({"template": "../{stem}"}, "leaves the output folder"),
        ({"sweeps": [SWEEP]}, "bytes long"),
        ({"steps": 1001}, "1001 steps"),
    ):
        with pytest.raises(UsageError, match=words):
            queue(**fields)
    lends = Edit(blends=(Blend(start=0, end=8, alpha=1),))
    (tmp_path / "text.png").write_text("no picture")
    for name in ("gone.png", "text.png"):
        with pytest.raises(PictureError, match=name):
            queue(edit=lends, references=[str(tmp_path / name)])
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made(queue: Queue, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BatchStopped, match="cannot be made"):
        queue(out=str(tmp_path / "file" / "out"))
    with pytest.raises(BatchStopped, match="cannot be made"):
        queue(out=str(tmp_path / "file"))


# -- contact sheets ----------------------------------------------------------------------------------------


def test_a_sheet_shows_a_sweep_by_rows_and_columns(queue: Queue, editor: Editor, tmp_path: Path) -> None:
    sweeps = [Sweep.parse("brightness=-3:3:2"), Sweep.parse("warmth=-1:1:3")]
    batch = queue(sweeps=sweeps, sheet="png", steps=20, invert_steps=20)
    assert engine.run(batch, editor).done == 3 * 7
    page = pixels(tmp_path / "out" / "sub" / "one_sheet.png")
    rows, columns = 2, 3
    height, width = (page.shape[0] - 34) // rows, (page.shape[1] - 12) // columns
    means = [
        page[34 + r * height : 34 + (r + 1) * height - 40, 12 + c * width : 12 + (c + 1) * width].mean()
        for r in range(rows) for c in range(columns)
    ]  # fmt: skip
    assert max(means[:columns]) < min(means[columns:])  # the first attribute goes down the rows


def test_a_sheet_of_two_pictures_with_one_stem(queue: Queue, editor: Editor, folder: Path, tmp_path: Path) -> None:
    Image.fromarray(picture(5)).save(folder / "one.jpg")
    batch = queue(sweeps=[SWEEP], sheet="png", template="{folder}/{index}_{amount}")
    engine.run(batch, editor)
    sheets = [name for name in made(tmp_path / "out") if "sheet" in name]
    assert sheets == ["one_sheet_1.png", "one_sheet_2.png", "sub/one_sheet.png", "two_sheet.png"]


def test_a_journal_tells_hashes(queue: Queue, editor: Editor, folder: Path, tmp_path: Path) -> None:
    batch = queue()
    engine.run(batch, editor)
    batch.close()
    db = sqlite3.connect(tmp_path / "out" / RESERVED / NAME)
    rows = db.execute("SELECT path, input_sha256, sha256, recipe FROM outputs ORDER BY input").fetchall()
    db.close()
    by_name = {os.fsdecode(row[0]): row[1:] for row in rows}
    for source, name in (("one.png", "one.png"), ("two.jpg", "two.png"), ("sub/one.png", "sub/one.png")):
        digests = [hashlib.sha256(p.read_bytes()).hexdigest() for p in (folder / source, tmp_path / "out" / name)]
        assert list(by_name[name][:2]) == digests
    assert len({row[3] for row in rows}) == 1


def test_no_more_is_held_than_is_allowed(
    queue: Queue, editor: Editor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many fit into a network call: pictures wait, and are composed, as memory allows."""
    for n in range(12):
        Image.fromarray(picture(n)).save(folder / f"more{n}.png")
    size = 2 * 96 * 96 * 3
    monkeypatch.setattr(engine, "HELD_BYTES", 3 * size)
    monkeypatch.setattr(engine, "COMPOSED_PIXELS", 1)
    composing, most, groups, lock = 0, 0, list[int](), threading.Lock()
    finish, render = Work.finish, Work.render

    def finished(work: Work, *arguments: Any) -> bytes:
        nonlocal composing, most
        with lock:
            composing += 1
            most = max(most, composing)
        data = finish(work, *arguments)
        with lock:
            composing -= 1
        return data

    def rendered(work: Work, reads: Any, *arguments: Any) -> Any:
        groups.append(len(reads))
        return render(work, reads, *arguments)

    monkeypatch.setattr(Work, "finish", finished)
    monkeypatch.setattr(Work, "render", rendered)
    assert engine.run(queue(rows=64), editor).done == 15
    assert groups == [3] * 5
    assert most == 1


def test_unexpected_faults_are_not_swallowed(queue: Queue, editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(pictures, "encode", broken)
    with pytest.raises(ZeroDivisionError):
        engine.run(queue(), editor)


def test_progress_is_a_value() -> None:
    progress = Progress(3, 1, 0, 0, "a.png", 1.0, 2.0)
    assert replace(progress, done=2) != progress
