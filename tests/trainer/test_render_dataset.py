"""A folder of rendered pictures: complete, resumable, and never mixed with another."""

from __future__ import annotations

import csv
import dataclasses
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("moderngl")

from diti_studio.core.errors import DitiError
from trainer.render import dataset
from trainer.render.domains import domain
from trainer.render.faces import FaceRenderer
from trainer.render.factors import FACTORS, sample

needs_egl = pytest.mark.usefixtures("egl")
COUNT, SIZE, SEED = 6, 32, 5


class Killed(Exception):
    """Stands for the end of the process between two batches."""


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "_BATCH", 2)


def _render(out: Path, **changes) -> None:
    arguments = {"count": COUNT, "size": SIZE, "seed": SEED, "workers": 1} | changes
    dataset.render("faces", arguments.pop("count"), out, **arguments)


@needs_egl
def test_a_folder_holds_pictures_factors_and_record(tmp_path: Path, small_batches: None) -> None:
    reports: list[tuple[int, int]] = []
    _render(tmp_path / "out", progress=lambda done, total: reports.append((done, total)))
    assert reports == [(0, 6), (2, 6), (4, 6), (6, 6)]
    images = np.load(tmp_path / "out" / "images.npy", allow_pickle=False)
    assert images.shape == (COUNT, SIZE, SIZE, 3)
    assert images.dtype == np.uint8
    assert (images.std(axis=(1, 2, 3)) > 5).all()

    with (tmp_path / "out" / "factors.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["index", *FACTORS]
    assert [row["index"] for row in rows] == [str(i) for i in range(COUNT)]
    for name, factor in FACTORS.items():
        value = getattr(sample(SEED, 3), name)
        assert (
            rows[3][name] == value
            if factor.kind == "categorical"
            else float(rows[3][name]) == pytest.approx(value, abs=1e-6)
        )

    record = json.loads((tmp_path / "out" / "render.json").read_text())
    assert (record["kind"], record["count"], record["size"], record["seed"]) == ("faces", COUNT, SIZE, SEED)
    assert record["factors"]["smile"] == {"kind": "continuous", "range": [-0.3, 1]}
    assert set(record["factors"]) == set(FACTORS)


@needs_egl
def test_a_killed_run_goes_on_and_repeats_nothing(
    tmp_path: Path, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    _render(tmp_path / "whole")

    def die(done: int, total: int) -> None:
        if done == 2:
            raise Killed

    with pytest.raises(Killed):
        _render(tmp_path / "killed", progress=die)
    images = np.lib.format.open_memmap(tmp_path / "killed" / "images.npy", mode="r+")
    images[3, : SIZE // 2] = 99  # a picture half written when the process died
    images.flush()

    rendered: list[int] = []
    real = FaceRenderer.render

    def counting(self, factors):
        rendered.append(len(factors))
        return real(self, factors)

    monkeypatch.setattr(FaceRenderer, "render", counting)
    _render(tmp_path / "killed")
    assert sum(rendered) == COUNT - 2
    _render(tmp_path / "killed")  # finished: nothing is left to do
    assert sum(rendered) == COUNT - 2
    for name in ("images.npy", "factors.csv", "render.json"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


@needs_egl
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="lists processes through /proc")
def test_a_killed_run_leaves_no_process_and_a_folder_that_can_go_on(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\nfrom trainer.render import dataset\ndataset._BATCH = 2\nif __name__ == '__main__':\n"
        "  dataset.render('faces', 200, pathlib.Path(sys.argv[1]), size=16, workers=2, progress=print)\n"
    )
    script = tmp_path / "render_some.py"
    script.write_text(code)
    root = Path(dataset.__file__).parents[2]
    run = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1"},
    )
    assert run.stdout is not None
    with run.stdout:
        assert run.stdout.readline() == "0 200\n"
        assert run.stdout.readline()  # the first batch is on the disk
        workers = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
        run.kill()
        run.wait()
    assert len(workers) >= 2
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() and _is_python(pid) for pid in workers):
        assert time.monotonic() < deadline, "a worker outlived the run that started it"
        time.sleep(0.1)

    images = np.load(tmp_path / "out" / "images.npy", mmap_mode="r")
    done = np.load(tmp_path / "out" / "done.npy")
    assert 0 < done.sum() < 200
    renderer = FaceRenderer(16)
    some = np.flatnonzero(done)[:4]
    np.testing.assert_array_equal(images[some], renderer.render([sample(0, int(i)) for i in some]))
    renderer.close()


def _is_python(pid: str) -> bool:
    """Whether the process still runs: one that waits to be reaped has no command line."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


@needs_egl
def test_processes_give_the_bytes_that_one_gives(tmp_path: Path, small_batches: None) -> None:
    _render(tmp_path / "one", count=4)
    _render(tmp_path / "two", count=4, workers=2)
    assert (tmp_path / "one" / "images.npy").read_bytes() == (tmp_path / "two" / "images.npy").read_bytes()


@needs_egl
def test_a_picture_depends_on_its_index_alone(tmp_path: Path) -> None:
    _render(tmp_path / "few", count=1)
    _render(tmp_path / "more", count=3)
    few, more = (np.load(tmp_path / name / "images.npy") for name in ("few", "more"))
    np.testing.assert_array_equal(few[0], more[0])


@needs_egl
@pytest.mark.parametrize("change", [{"seed": 6}, {"size": 64}, {"count": 2}], ids=["seed", "size", "count"])
def test_a_folder_of_another_run_is_refused(tmp_path: Path, change: dict[str, int]) -> None:
    _render(tmp_path, count=1)
    before = (tmp_path / "images.npy").read_bytes()
    with pytest.raises(DitiError, match=rf"with {next(iter(change))} .* choose another folder"):
        _render(tmp_path, **({"count": 1} | change))
    assert (tmp_path / "images.npy").read_bytes() == before


@needs_egl
def test_a_folder_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _render(tmp_path, count=1)
    faces = domain("faces")
    monkeypatch.setattr(dataset, "domain", lambda _: dataclasses.replace(faces, version=faces.version + 1))
    with pytest.raises(DitiError, match="with renderer"):
        _render(tmp_path, count=1)


@needs_egl
def test_a_folder_with_anything_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"mine")
    with pytest.raises(DitiError, match="something else"):
        _render(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["holiday.jpg"]


def test_an_absent_renderer_names_what_exists(tmp_path: Path) -> None:
    with pytest.raises(DitiError, match="use one of faces, rooms, shapes"):
        dataset.render("cats", 1, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("change", [{"count": 0}, {"size": 8}, {"size": 5000}, {"seed": -1}])
def test_numbers_out_of_range_are_refused(tmp_path: Path, change: dict[str, int]) -> None:
    with pytest.raises(DitiError, match="Ask for"):
        _render(tmp_path / "out", **change)
    assert not (tmp_path / "out").exists()


def test_factors_are_plain_values() -> None:
    assert all(isinstance(v, int | float | str) for v in dataclasses.astuple(sample(0, 0)))
