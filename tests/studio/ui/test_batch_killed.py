"""A window that is really killed in the middle of a batch: the next one offers to go on; nothing is lost or redone."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from diti_studio.core.batch import engine
from diti_studio.core.batch.job import Job
from diti_studio.core.batch.queue import Batch
from diti_studio.core.editor import Editor
from diti_studio.core.packs import Pack
from diti_studio.ui.preferences import Preferences
from tests.studio.packs_factory import picture
from tests.studio.ui.conftest import started

ROOT = Path(__file__).resolve().parents[3]
GO_ON = "Go On with the Export"
LONG_SECONDS = 120  # a batch runs at a low priority, and other tests run beside it

WINDOW = f"""
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from diti_studio.ui import app

def hand(window):
    timer = QTimer(window)
    dialog = None

    def begin(_):
        nonlocal dialog
        dialog = window.batches.dialog()
        dialog.open()
        dialog.load_job(Path(sys.argv[1]))

    def press():
        button = dialog.start if dialog is not None else window.message.action
        if button.isEnabled() and (dialog is not None or button.text() == {GO_ON!r}):
            timer.stop()
            button.click()

    if len(sys.argv) > 1:
        window.models.ready.connect(begin)
    timer.timeout.connect(press)
    timer.start(20)

app.run(pack="tiny", device="cpu", after_show=hand)
"""


@pytest.fixture
def job(own_folders: Path) -> Job:
    """Twelve results of three pictures, each of many network calls, with a contact sheet at the end."""
    for seed, name in enumerate(("a.png", "b.png", "deep/c.png")):
        path = own_folders / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture(seed)).save(path)
    sweep = {"attribute": "brightness", "start": -1, "stop": 1, "count": 4}
    return Job.make(
        inputs=[str(own_folders / "photos")], out=str(own_folders / "out"), sweeps=[sweep], sheet="pdf", rows=1,
        steps=100, invert_steps=20, pack="tiny",
    )  # fmt: skip


@pytest.fixture
def programs() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Programs that are ended with the test."""
    started = list[subprocess.Popen[bytes]]()
    yield started
    for program in started:
        program.kill()
        program.communicate()


def results(out: Path) -> dict[str, tuple[int, bytes]]:
    """What lies in the folder under its final name: when it was written, and its content."""
    paths = (path for path in out.rglob("*.p*") if ".diti-batch" not in path.parts and path.suffix != ".part")
    return {path.relative_to(out).as_posix(): (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def test_a_killed_window_offers_to_go_on(
    qtbot: QtBot, job: Job, tiny: Pack, own_folders: Path, programs: list[subprocess.Popen[bytes]]
) -> None:
    """Killed at a random moment while it exports, and the next one again while it goes on; a third one ends it."""
    file, out, chance = own_folders / "job.json", Path(job.out), random.Random(3)
    file.write_text(job.to_json())
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1",
        "XDG_CONFIG_HOME": f"{os.environ['HOME']}/.config",  # where this process's Qt keeps its settings
    }  # fmt: skip
    kept = dict[str, tuple[int, bytes]]()
    for arguments in ([str(file)], []):
        program = subprocess.Popen(
            [sys.executable, "-c", WINDOW, *arguments], cwd=own_folders, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )  # fmt: skip
        programs.append(program)
        aim, end = len(kept) + chance.randrange(1, 4), time.monotonic() + LONG_SECONDS
        while program.poll() is None and len(list(out.rglob("*.png"))) < aim and time.monotonic() < end:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.02))
        program.send_signal(signal.SIGKILL)
        _, errors = program.communicate()
        assert program.returncode == -signal.SIGKILL, errors.decode()
        found = results(out)
        assert found.items() >= kept.items()
        kept = found
        assert Preferences().batches == (out,)
    assert 2 <= len(kept) < 12

    with started(qtbot) as desk:
        window = desk.window
        desk.until(lambda: window.message.action.text() == GO_ON)
        assert window.message.text == "The export into out was left unfinished."
        (run,) = window.batches.runs.runs
        assert 13 - len(kept) <= run.left < 13  # what was being recorded counts as left
        window.message.action.click()
        qtbot.waitUntil(lambda: run.state == "done", timeout=1000 * LONG_SECONDS)

    after = results(out)
    assert after.items() >= kept.items()  # not one was written again
    log = (out / ".diti-batch" / "log.txt").read_text()
    assert all(log.count(f" done {name}\n") <= 1 for name in after)
    assert not list(out.rglob("*.part"))
    assert Preferences().batches == ()
    batch = Batch.queue(job.model_copy(update={"out": str(own_folders / "unbroken")}), tiny)
    engine.run(batch, Editor(tiny, "cpu", cache_folder=own_folders / "other"))
    batch.close()
    unbroken = results(own_folders / "unbroken")
    assert len(unbroken) == 13
    assert {name: data for name, (_, data) in after.items()} == {name: data for name, (_, data) in unbroken.items()}
