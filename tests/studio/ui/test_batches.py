"""Batch export through the window: filled in by hand, run beside the window's own work, stopped and taken up again."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QThread, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from diti_studio.__main__ import main
from diti_studio.core import pictures
from diti_studio.core.batch.job import Job, Sweep
from diti_studio.core.batch.queue import Batch
from diti_studio.core.edit import Edit
from diti_studio.core.packs import Pack
from diti_studio.core.pictures import read_recipe
from diti_studio.core.runtime import Network
from diti_studio.ui.batch_dialog import BatchDialog
from diti_studio.ui.batch_runs import Run
from diti_studio.ui.jobs import (
    Source,
)
from diti_studio.ui.preferences import Preferences
from tests.studio.packs_factory import picture
from tests.studio.ui.conftest import Desk, started
from tests.studio.ui.test_main_window import drop
from tests.studio.ui.views_fixtures import name_file

BRIGHT = Edit(attributes={"brightness": 1.5})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures, one of them in a subfolder."""
    out = tmp_path / "photos"
    (out / "deep").mkdir(parents=True)
    for seed, name in enumerate(("a.png", "b.png", "deep/c.png")):
        Image.fromarray(picture(seed)).save(out / name)
    return out


def edited(desk: Desk, photo: Path) -> None:
    """Opens a photo and brightens it."""
    desk.finish(lambda: desk.open(photo))
    desk.finish(lambda: desk.window.session.settle(BRIGHT, "Brighter", "test"))


def ask(desk: Desk) -> BatchDialog:
    """The dialog, opened from the menu."""
    desk.window.actions_by_id["batch_export"].trigger()
    dialog = desk.window.findChild(BatchDialog)
    assert dialog is not None
    return dialog


def filled(desk: Desk, inputs: Path, out: Path) -> BatchDialog:
    """The dialog with these pictures and this folder, ready to start."""
    dialog = ask(desk)
    dialog.pictures.set_paths([str(inputs)])
    dialog.results.folder.setText(str(out))
    desk.until(dialog.start.isEnabled)
    return dialog


def click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def run_to_the_end(desk: Desk, dialog: BatchDialog) -> Run:
    """Starts it and waits for its end."""
    before = len(desk.window.batches.runs.runs)
    click(dialog.start)
    desk.until(lambda: len(desk.window.batches.runs.runs) > before)
    run = desk.window.batches.runs.runs[-1]
    desk.until(lambda: run.state in ("done", "broken"))
    return run


def files(out: Path) -> list[str]:
    """The results, journal left out."""
    found = (path.relative_to(out) for path in out.rglob("*.*") if path.is_file())
    return sorted(path.as_posix() for path in found if path.parts[0] != ".diti-batch")


@pytest.fixture
def job(folder: Path, tmp_path: Path) -> Job:
    """A job of twelve results, as the command line would queue it."""
    sweep = {"attribute": "brightness", "start": -1, "stop": 1, "count": 4}
    return Job.make(
        inputs=[str(folder)], out=str(tmp_path / "out"), sweeps=[sweep], rows=1, steps=3, invert_steps=3, pack="tiny"
    )


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Semaphore]:
    """Every network call of a batch waits for a permission; the window's own calls do not."""
    gate = threading.Semaphore(0)
    denoise = Network.denoise

    def gated(self: Network, *arguments: object) -> object:
        if QThread.currentThread().objectName() == "batch":
            gate.acquire()
        return denoise(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Network, "denoise", gated)
    yield gate
    gate.release(100_000)


def test_names_are_shown_before_there_is_an_edit(desk: Desk, folder: Path, tmp_path: Path) -> None:
    dialog = ask(desk)
    desk.until(lambda: dialog.results.names.text() == "none yet")
    assert dialog.results.verdict == "Add pictures or a folder, or drop them here."
    dialog.pictures.set_paths([str(folder)])
    dialog.results.folder.setText(str(tmp_path / "out"))
    desk.until(lambda: dialog.results.names.text().splitlines() == ["a.png", "b.png", "deep/c.png"])
    assert dialog.results.verdict.startswith("This recipe changes nothing")
    assert not dialog.start.isEnabled()
    dialog.sweep.set_sweeps([Sweep(attribute="brightness", start=-1, stop=1, count=2)])
    desk.until(dialog.start.isEnabled)
    assert dialog.results.names.text().splitlines()[0] == "a_brightness-1.png"


def test_the_current_edit_is_done_to_a_folder(desk: Desk, photo: Path, folder: Path, tmp_path: Path) -> None:
    edited(desk, photo)
    out = tmp_path / "out"
    dialog = ask(desk)
    assert dialog.pictures.paths == [str(photo)]  # the film strip
    assert "photo.png" in dialog.recipe.choice.currentText()
    assert dialog.recipe.summary.text() == "Brightness +1.50"
    dialog.pictures.set_paths([str(folder)])
    dialog.results.folder.setText(str(out))
    desk.until(dialog.start.isEnabled)
    assert dialog.results.names.text().splitlines() == ["a.png", "b.png", "deep/c.png"]
    assert dialog.results.verdict == "3 results of 3 pictures."
    run = run_to_the_end(desk, dialog)
    assert run.state == "done"
    assert files(out) == ["a.png", "b.png", "deep/c.png"]
    assert json.loads(read_recipe(out / "a.png") or "")["attributes"] == {"brightness": 1.5}
    assert "3 results" in desk.window.message.text
    click(desk.window.message.action)
    card = desk.window.batches.progress.card(run)
    assert card.isVisible()
    assert card.state.text() == "Done · 3 of 3 results"
    assert not desk.window.batches.button.isVisible()
    assert "end 3 done" in (out / ".diti-batch" / "log.txt").read_text()
    assert Preferences().batches == ()


def test_a_result_is_what_the_command_line_writes(
    desk: Desk, photo: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited(desk, photo)
    run_to_the_end(desk, filled(desk, folder, tmp_path / "window"))
    arguments = ["batch", str(folder), "-o", str(tmp_path / "command"), "--set", "brightness=1.5", "--pack", "tiny"]
    assert main([*arguments, "--device", "cpu"]) == 0
    capsys.readouterr()
    for name in ("a.png", "deep/c.png"):
        ours, theirs = (pictures.load(tmp_path / side / name).pixels for side in ("window", "command"))
        assert (ours == theirs).all()


def test_dropped_files_and_a_sweep_with_a_contact_sheet(desk: Desk, photo: Path, folder: Path, tmp_path: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    dialog = ask(desk)
    dialog.pictures.set_paths([])
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder / name)) for name in ("a.png", "b.png")])
    assert drop(dialog, data)
    dialog.results.folder.setText(str(tmp_path / "out"))
    desk.until(lambda: "changes nothing" in dialog.results.verdict)
    assert not dialog.start.isEnabled()
    assert not dialog.results.sheet.isEnabled()
    first = dialog.sweep.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    combo = next(w for w in first if w.accessibleName() == "First swept attribute")
    QTest.keyClick(combo, Qt.Key.Key_Down)  # Brightness, the model's first
    assert dialog.sweep.sweeps == [{"attribute": "brightness", "start": -3, "stop": 3, "count": 5}]
    dialog.results.sheet.setCurrentIndex(dialog.results.sheet.findData("png"))
    desk.until(dialog.start.isEnabled)
    assert dialog.results.names.text().splitlines()[0] == "a_brightness-3.png"
    assert dialog.results.names.text().splitlines()[-1] == "… and 6 more"
    run_to_the_end(desk, dialog)
    assert len([name for name in files(tmp_path / "out") if name.startswith("b_brightness")]) == 5
    assert (tmp_path / "out" / "a_sheet.png").is_file()


def test_clashes_are_seen_before_the_start(desk: Desk, photo: Path, folder: Path, tmp_path: Path) -> None:
    edited(desk, photo)
    dialog = filled(desk, folder, tmp_path / "out")
    dialog.results.template.setFocus()
    QTest.keyClicks(dialog.results.template, "same")
    desk.until(lambda: "would both be written as same.png" in dialog.results.verdict)
    assert not dialog.start.isEnabled()
    dialog.results.collision.setCurrentIndex(dialog.results.collision.findData("number"))
    desk.until(dialog.start.isEnabled)
    dialog.results.template.setText("{nonsense}")
    desk.until(lambda: "unknown field {nonsense}" in dialog.results.verdict)
    dialog.results.template.setText("../{stem}")
    desk.until(lambda: "leaves the output folder" in dialog.results.verdict)
    dialog.results.template.setText("")
    dialog.results.folder.setText(str(folder))
    dialog.results.collision.setCurrentIndex(dialog.results.collision.findData("skip"))
    desk.until(lambda: "3 names are taken; those are skipped" in dialog.results.verdict)
    click(dialog.start)  # sources are never replaced; the start refuses, and the dialog stays
    desk.until(lambda: "would replace the source picture" in dialog.results.verdict)
    assert dialog.isVisible()
    assert dialog.isEnabled()
    dialog.reject()


def test_a_job_file_goes_from_the_dialog_to_the_command_line_and_back(
    desk: Desk, photo: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited(desk, photo)
    dialog = filled(desk, folder, tmp_path / "out")
    dialog.results.show_fields({"format": "webp", "quality": 70, "size": 48, "metadata": "none"})
    saved = tmp_path / "job.json"
    dialog.save.click()
    name_file(dialog, saved.with_suffix(""))
    desk.until(lambda: "Written to" in dialog.results.verdict)
    assert main(["batch", "--job", str(saved), "--device", "cpu"]) == 0
    capsys.readouterr()
    assert files(tmp_path / "out") == ["a.webp", "b.webp", "deep/c.webp"]
    with Image.open(tmp_path / "out" / "a.webp") as image:
        assert image.size == (48, 48)
    dialog.results.show_fields({"format": "png", "quality": 92, "size": None, "metadata": "keep"})
    dialog.pictures.set_paths([])
    dialog.load_job(saved)
    desk.until(lambda: dialog.pictures.paths)
    assert dialog.job() == Job.load(saved)
    dialog.load_job(photo)
    desk.until(lambda: "no batch job" in dialog.results.verdict or "cannot be read" in dialog.results.verdict)
    dialog.reject()


def test_what_fails_is_named_and_tried_again(desk: Desk, photo: Path, folder: Path, tmp_path: Path) -> None:
    edited(desk, photo)
    (folder / "bad.png").write_bytes(b"no picture")
    run = run_to_the_end(desk, filled(desk, folder, tmp_path / "out"))
    card = desk.window.batches.progress.card(run)
    desk.until(lambda: "1 failed" in card.state.text())
    item = card.failures.topLevelItem(0)
    assert item is not None
    assert item.text(0) == "bad.png"
    assert "bad.png" in item.text(1)
    assert "Failed: 1." in desk.window.message.text
    Image.fromarray(picture(9)).save(folder / "bad.png")
    click(card.retry)
    desk.until(lambda: run.state == "done" and card.state.text() == "Done · 4 of 4 results")
    assert not card.failures.isVisible()
    assert (tmp_path / "out" / "bad.png").is_file()


def test_pause_cancel_and_going_on(desk: Desk, slow: threading.Semaphore, job: Job, tiny: Pack) -> None:
    runs = desk.window.batches.runs
    begun = list[Run]()
    runs.begin(job, tiny, begun.append, pytest.fail)
    desk.until(lambda: begun and begun[0].state == "running" and begun[0].standing is not None)
    (run,) = begun
    desk.window.actions_by_id["batch_progress"].trigger()
    card = desk.window.batches.progress.card(run)
    click(card.pause)
    assert run.state == "paused"
    slow.release(100_000)
    assert card.pause.text() == "Resume"
    assert run.standing is not None
    assert run.standing.progress.done == 0
    click(card.pause)
    desk.until(lambda: run.standing is not None and run.standing.progress.done > 0)
    if run.state != "done":
        click(card.stop)
        desk.until(lambda: run.state in ("stopped", "done"))
    if run.state == "stopped":
        click(card.go_on)
        desk.until(lambda: run.state == "done")
    assert len(files(Path(job.out))) == 12
    assert (Path(job.out) / ".diti-batch" / "log.txt").read_text().count(" done ") == 12  # nothing twice


def test_the_window_goes_first(desk: Desk, photo: Path, slow: threading.Semaphore, job: Job, tiny: Pack) -> None:
    runs = desk.window.batches.runs
    begun = list[Run]()
    runs.begin(job, tiny, begun.append, pytest.fail)
    desk.until(lambda: begun and begun[0].standing is not None)
    edited(desk, photo)  # while the batch hangs in a network call
    control = runs._control
    assert control is not None
    held = list[bool]()
    desk.window.worker.began.connect(lambda _: held.append(control.paused))
    desk.finish(lambda: desk.window.session.settle(Edit(attributes={"brightness": 2}), "More", "test"))
    assert held
    assert all(held)
    desk.until(lambda: not control.paused)  # and lets go when it is at rest
    slow.release(100_000)
    desk.until(lambda: begun[0].state == "done")


def test_two_batches_run_one_after_the_other(desk: Desk, slow: threading.Semaphore, job: Job, tiny: Pack) -> None:
    runs = desk.window.batches.runs
    begun, refused = list[Run](), list[str]()
    runs.begin(job, tiny, begun.append, refused.append)
    other = job.model_copy(update={"out": job.out + "-2"})
    desk.until(lambda: len(begun) == 1)
    runs.begin(other, tiny, begun.append, refused.append)
    desk.until(lambda: len(begun) == 2)
    assert [run.state for run in begun] == ["running", "waiting"]
    runs.begin(other, tiny, begun.append, refused.append)
    assert "Another batch is writing" in refused[0]
    assert desk.window.batches.button.isVisible()
    slow.release(100_000)
    desk.until(lambda: [run.state for run in begun] == ["done", "done"])
    assert len(files(Path(other.out))) == 12


def test_what_a_closed_window_left_is_offered_at_the_next_start(
    desk: Desk, qtbot: QtBot, slow: threading.Semaphore, job: Job, tiny: Pack
) -> None:
    begun = list[Run]()
    desk.window.batches.runs.begin(job, tiny, begun.append, pytest.fail)
    desk.until(lambda: begun and begun[0].standing is not None)
    desk.until(lambda: slow.release() or files(Path(job.out)))  # call by call, until something is done
    closing = threading.Timer(0.2, lambda: slow.release(100_000))
    closing.start()
    desk.window.close()
    closing.join()
    done = {name: (Path(job.out) / name).stat().st_mtime_ns for name in files(Path(job.out))}
    assert 0 < len(done) < 12
    assert Preferences().batches == (Path(job.out),)
    with started(qtbot) as second:
        window = second.window
        second.until(lambda: "left unfinished" in window.message.text)
        assert window.batches.button.text() == "Batch unfinished"
        click(window.message.action)
        (run,) = window.batches.runs.runs
        second.until(lambda: run.state == "done")
        assert len(files(Path(job.out))) == 12
        assert {name: (Path(job.out) / name).stat().st_mtime_ns for name in done} == done  # none was made twice


@pytest.mark.skipif(sys.platform == "win32", reason="the journal is locked otherwise there")
def test_the_command_line_takes_over_and_the_window_hears_of_it(
    desk: Desk, qtbot: QtBot, job: Job, tiny: Pack, capsys: pytest.CaptureFixture[str]
) -> None:
    Batch.queue(job, tiny).close()  # as a killed window leaves it
    Preferences().add_batch(Path(job.out))
    runs = desk.window.batches.runs
    runs._looked = False
    runs.look_for_leftovers()
    desk.until(lambda: [run.state for run in runs.runs] == ["unfinished"])
    card = desk.window.batches.progress.card(runs.runs[0])
    assert "12 results are to be made" in card.state.text()
    assert main(["batch", "--resume", "-o", job.out, "--device", "cpu"]) == 0
    capsys.readouterr()
    run = runs.runs[0]
    runs.go_on(run)
    desk.until(lambda: run.state == "done")
    assert card.state.text() == "Done · 12 of 12 results"
    assert Preferences().batches == ()


def test_a_folder_that_is_gone_is_one_sentence(desk: Desk, job: Job, tiny: Pack) -> None:
    Batch.queue(job, tiny).close()
    Preferences().add_batch(Path(job.out))
    runs = desk.window.batches.runs
    runs._looked = False
    runs.look_for_leftovers()
    desk.until(lambda: runs.runs)
    Path(job.out).rename(job.out + "-moved")
    run = runs.runs[0]
    runs.go_on(run)
    desk.until(lambda: run.state == "broken")
    assert run.sentence == f"There is no batch in {job.out} that could be continued."
    assert "broke off" in desk.window.message.text
    runs.forget(run)
    assert Preferences().batches == ()


def test_the_film_strip_leaves_out_what_has_no_file(desk: Desk, photo: Path, other_photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    image = desk.canvas_image()
    desk.window.open_source(Source("Pasted", image=image))
    desk.until(lambda: len(desk.window.session.photos) == 2)
    dialog = ask(desk)
    assert dialog.pictures.paths == [str(photo)]
    assert "1 of them have no file" in dialog.pictures.from_strip.toolTip()
    dialog.reject()
