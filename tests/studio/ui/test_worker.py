"""The worker with the real editor: what is cancelled, when, and what is kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from diti_studio.core import pictures
from diti_studio.core.batch.job import Sweep
from diti_studio.core.edit import Edit
from diti_studio.core.editor import Quality
from diti_studio.core.runtime import Network
from diti_studio.ui.answers import (
    Exported,
    Failed,
    Formed,
    Opened,
)
from diti_studio.ui.imaging import to_pixels
from diti_studio.ui.jobs import (
    Export,
    ExportSeries,
    Job,
    LoadPack,
    OpenPicture,
    Prepare,
    Priority,
    Render,
    Source,
)
from diti_studio.ui.worker import Worker
from tests.studio.packs_factory import picture
from tests.studio.profiles import rgb_profile

WAIT_MS = 20_000


class Bench:
    """A worker and what it said, in order."""

    def __init__(self, qtbot: QtBot) -> None:
        self.worker = Worker()
        self.qtbot = qtbot
        self.ended: list[Job] = []
        self.opened: list[Opened] = []
        self.formed: list[Formed] = []
        self.failed: list[Failed] = []
        self.exported: list[Exported] = []
        self.resumed: list[Job] = []
        for name in ("ended", "opened", "formed", "failed", "exported", "resumed"):
            getattr(self.worker, name).connect(getattr(self, name).append)
        self.worker.submit(LoadPack(name="tiny", device="cpu"))
        self.worker.start()

    def do(self, job: Job) -> None:
        self.worker.submit(job)
        self.until(job)

    def until(self, job: Job) -> None:
        """Waits until a job has ended."""
        self.qtbot.waitUntil(lambda: job in self.ended, timeout=WAIT_MS)

    def open(self, path: Path) -> Opened:
        self.do(OpenPicture(source=Source.file(path)))
        return self.opened[-1]

    def views(self, job: Job) -> list[Formed]:
        return [formed for formed in self.formed if formed.job is job]


@pytest.fixture
def bench(qtbot: QtBot, own_folders: Path) -> Iterator[Bench]:
    bench = Bench(qtbot)
    yield bench
    assert bench.worker.stop()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Makes each call of the denoiser take its time; the list holds the time-steps of the calls."""
    calls = list[int]()
    original = Network.denoise

    def denoise(self: Network, x: Any, t: int, z: Any) -> Any:
        calls.append(t)
        time.sleep(0.05)
        return original(self, x, t, z)

    monkeypatch.setattr(Network, "denoise", denoise)
    return calls


def render(opened: Opened, amount: float, quality: str = "standard", **how: Any) -> Render:
    return Render(
        opened=opened,
        edit=Edit(attributes={"brightness": amount}),
        key=(amount,),
        quality="preview" if quality == "preview" else "standard",
        max_side=256,
        patient=quality == "preview",
        **how,
    )


def test_a_newer_render_ends_the_running_one_at_its_next_step(bench: Bench, photo: Path, slow: list[int]) -> None:
    opened = bench.open(photo)
    bench.do(Prepare(opened=opened))
    first, second = render(opened, 1), render(opened, 2)
    bench.worker.submit(first)
    bench.qtbot.waitUntil(lambda: bool(bench.views(first)), timeout=WAIT_MS)
    bench.worker.submit(second)
    bench.until(second)
    assert not bench.views(first)[-1].final
    assert len(bench.views(first)) <= 4
    assert bench.views(second)[-1].final


def test_a_replaced_preview_still_shows_something(bench: Bench, photo: Path, slow: list[int]) -> None:
    opened = bench.open(photo)
    bench.do(Prepare(opened=opened))
    previews = [render(opened, i / 10, "preview") for i in range(1, 9)]
    for one in previews:  # a drag that never rests
        bench.worker.submit(one)
        bench.qtbot.wait(30)
    bench.until(previews[-1])
    began = [one for one in previews if one in bench.ended]
    assert len(began) >= 2
    assert all(bench.views(one) for one in began)
    assert not bench.failed


def test_the_inversion_survives_a_newer_render(bench: Bench, photo: Path, slow: list[int]) -> None:
    opened = bench.open(photo)
    first, second = render(opened, 1), render(opened, 2)
    bench.worker.submit(first)
    bench.qtbot.waitUntil(lambda: bool(bench.views(first)), timeout=WAIT_MS)
    bench.worker.submit(second)
    bench.until(second)
    phases = [formed.phase for formed in bench.views(first)]
    calls = Quality.STANDARD.value.invert_steps
    assert phases.count("inverting") == calls  # it was not given up when the second one came
    assert {formed.phase for formed in bench.views(second)} == {"rendering"}


def test_stop_ends_at_once_and_drops_what_waits(bench: Bench, photo: Path, slow: list[int]) -> None:
    opened = bench.open(photo)
    running = Prepare(opened=opened)
    bench.worker.submit(running)
    bench.qtbot.waitUntil(lambda: bool(bench.views(running)), timeout=WAIT_MS)
    bench.worker.submit(render(opened, 1))
    assert bench.worker.stop()
    assert len(slow) < 8
    assert not bench.failed


def test_what_is_stopped_is_not_the_choice_of_a_pack(bench: Bench, photo: Path, slow: list[int]) -> None:
    running, pack = Prepare(opened=bench.open(photo)), LoadPack(name="tiny", device="cpu")
    bench.worker.submit(running)
    bench.qtbot.waitUntil(lambda: bool(bench.views(running)), timeout=WAIT_MS)
    bench.worker.submit(pack)
    bench.worker.cancel_all()
    bench.until(pack)
    assert not bench.views(running)[-1].final


def test_idle_work_gives_way(bench: Bench, photo: Path, slow: list[int]) -> None:
    opened = bench.open(photo)
    bench.do(Prepare(opened=opened))
    idle = render(opened, 1, lane="assessment", priority=Priority.IDLE, idle=True)
    bench.worker.submit(idle)
    bench.qtbot.waitUntil(lambda: bool(bench.views(idle)), timeout=WAIT_MS)
    bench.do(render(opened, 2, "preview"))
    assert not bench.views(idle)[-1].final


def test_a_picture_of_another_pack_is_not_rendered(bench: Bench, photo: Path) -> None:
    opened = replace(bench.open(photo), pack="another")
    job = render(opened, 1)
    bench.do(job)
    assert not bench.views(job)
    assert not bench.failed


def test_an_export_is_as_large_as_the_source(bench: Bench, photo: Path, tmp_path: Path) -> None:
    opened = bench.open(photo)
    bench.do(Export(opened=opened, edit=Edit(attributes={"warmth": 1}), path=tmp_path / "out.webp", recipe=False))
    assert bench.exported[0].path == tmp_path / "out.webp"
    bench.do(Export(opened=opened, edit=Edit(attributes={"warmth": 1}), path=tmp_path / "out.webp"))
    assert "exists already" in bench.failed[0].text


def test_pixels_that_are_handed_back_are_srgb_whatever_the_colours_of_the_photo(bench: Bench, tmp_path: Path) -> None:
    Image.fromarray(picture(1)).save(tmp_path / "wide.png", icc_profile=rgb_profile())
    opened = bench.open(tmp_path / "wide.png")
    for area in ("square", "photo"):
        bench.do(Export(opened=opened, edit=Edit(), area=area))
        image = bench.exported[-1].image
        assert image is not None
        assert np.array_equal(to_pixels(image), opened.subject.square)


def test_results_cannot_be_changed_by_who_gets_them(bench: Bench, photo: Path) -> None:
    opened = bench.open(photo)
    with pytest.raises(ValueError, match="read-only"):
        opened.subject.square[0, 0] = 0


def series(opened: Opened, path: Path) -> ExportSeries:
    return ExportSeries(
        opened=opened, edit=Edit(), path=path, side=64, sweep=Sweep(attribute="brightness", start=-2, stop=2, count=20)
    )


def test_a_sweep_steps_aside_for_a_render_and_is_written_as_without(
    bench: Bench, photo: Path, tmp_path: Path, slow: list[int]
) -> None:
    opened = bench.open(photo)
    bench.do(Prepare(opened=opened))
    alone, disturbed = series(opened, tmp_path / "alone.webp"), series(opened, tmp_path / "disturbed.webp")
    bench.do(alone)
    renders = [render(opened, 0.5, "preview"), render(opened, 1.5), render(opened, 0, lane="another")]
    bench.worker.submit(disturbed)
    for k, one in enumerate(renders):  # before its first chunk has ended, while it is rendered, and in the next
        bench.qtbot.waitUntil(lambda k=k: len(bench.views(disturbed)) > 12 * k, timeout=WAIT_MS)
        bench.do(one)
        assert disturbed not in bench.ended
        assert bench.views(one)[-1].final
    bench.until(disturbed)
    assert [exported.job for exported in bench.exported] == [alone, disturbed]
    assert (tmp_path / "alone.webp").read_bytes() == (tmp_path / "disturbed.webp").read_bytes()
    assert bench.resumed == [disturbed] * 3
    assert not bench.failed


def test_an_export_steps_aside_while_its_file_is_encoded(
    bench: Bench, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = bench.open(photo)
    encoding, go_on = threading.Event(), threading.Event()
    original = pictures.encode

    def encode(*arguments: Any, **options: Any) -> bytes:
        encoding.set()
        assert go_on.wait(WAIT_MS / 1000)
        return original(*arguments, **options)

    monkeypatch.setattr(pictures, "encode", encode)
    export = Export(opened=opened, edit=Edit(attributes={"warmth": 1}), path=tmp_path / "out.png")
    bench.worker.submit(export)
    bench.qtbot.waitUntil(encoding.is_set, timeout=WAIT_MS)
    preview = render(opened, 1, "preview")
    bench.do(preview)
    assert bench.views(preview)[-1].final
    assert not (tmp_path / "out.png").exists()
    go_on.set()
    bench.until(export)
    assert (tmp_path / "out.png").exists()


def test_a_stop_ends_an_export_that_has_stepped_aside(
    bench: Bench, photo: Path, tmp_path: Path, slow: list[int]
) -> None:
    opened = bench.open(photo)
    bench.do(Prepare(opened=opened))
    sweep, newer = series(opened, tmp_path / "out.webp"), render(opened, 1)
    bench.worker.submit(sweep)
    bench.qtbot.waitUntil(lambda: bool(bench.views(sweep)), timeout=WAIT_MS)
    bench.worker.submit(newer)
    bench.qtbot.waitUntil(lambda: bool(bench.views(newer)), timeout=WAIT_MS)
    bench.worker.cancel_all()
    bench.until(sweep)
    assert newer in bench.ended
    assert not (tmp_path / "out.webp").exists()
    assert not bench.failed
    bench.do(render(opened, 2, "preview"))  # it lives on
    assert bench.formed[-1].final


def test_a_failed_render_does_not_end_the_sweep_that_stepped_aside(
    bench: Bench, photo: Path, tmp_path: Path, slow: list[int]
) -> None:
    opened = bench.open(photo)
    sweep = series(opened, tmp_path / "out.webp")
    bench.worker.submit(sweep)
    bench.qtbot.waitUntil(lambda: bool(bench.views(sweep)), timeout=WAIT_MS)
    bad = replace(render(opened, 1), edit=Edit(attributes={"nothing": 1}))
    bench.do(bad)
    assert [failed.job for failed in bench.failed] == [bad]
    bench.until(sweep)
    assert (tmp_path / "out.webp").exists()
