"""Documents through the window: saved and opened again with their history, kept when the program is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from diti_studio.core import document, pictures
from diti_studio.core.edit import Blend, Edit
from diti_studio.ui.jobs import (
    Source,
)
from tests.studio.packs_factory import picture
from tests.studio.ui.conftest import Desk, started

BRIGHT = Edit(attributes={"brightness": 1.5})
WARM = Edit(attributes={"brightness": 1.5, "warmth": 1})


def settle(desk: Desk, edit: Edit, text: str = "Test") -> QImage:
    """Gives the picture an edit; returns a copy of what the canvas then shows."""
    return desk.finish(lambda: desk.window.session.settle(edit, text, "test")).copy()


def save(desk: Desk, path: Path) -> None:
    """Saves the current picture and waits for it."""
    photo = desk.window.session.current
    assert photo is not None
    desk.window.documents.save_to(photo, path)
    desk.until(lambda: "Saved to" in desk.window.message.text)
    desk.window.message.clear()


def test_a_document_brings_back_the_picture_its_history_and_its_snapshots(
    desk: Desk, photo: Path, other_photo: Path, tmp_path: Path
) -> None:
    window = desk.window
    desk.finish(lambda: desk.open(photo))
    bright = settle(desk, BRIGHT, "Brighter")
    window.snapshots.take()
    window.open_source(Source.file(other_photo), "reference")
    desk.until(lambda: window.session.state is not None and window.session.state.lender is not None)
    assert window.session.state is not None
    edit = window.session.state.edit.with_blends([Blend(start=0, end=8, alpha=0.5)])
    blended = settle(desk, edit, "Borrow")
    settle(desk, Edit(reference=edit.reference), "Reset")
    desk.finish(window.undo)
    assert window.isWindowModified()
    target = tmp_path / "work.diti"
    save(desk, target)
    assert not window.isWindowModified()
    window.close_picture()

    assert desk.finish(lambda: window.documents.open(target)) == blended
    current = window.session.current
    assert current is not None
    assert current.document == target
    assert [shot.name for shot in current.snapshots] == ["Snapshot 1"]
    assert current.stack.redoText() == "Reset"
    assert not window.isWindowModified()
    desk.finish(window.undo)
    assert desk.finish(window.undo) == bright
    assert window.session.state is not None
    assert window.session.state.edit == BRIGHT


def test_a_snapshot_from_a_document_is_drawn_as_it_was(desk: Desk, photo: Path, tmp_path: Path) -> None:
    window = desk.window
    desk.finish(lambda: desk.open(photo))
    bright = settle(desk, BRIGHT)
    window.snapshots.take()
    settle(desk, WARM)
    save(desk, tmp_path / "work.diti")
    window.close_picture()
    desk.finish(lambda: window.documents.open(tmp_path / "work.diti"))
    current = window.session.current
    assert current is not None
    desk.until(lambda: all(shot.drawn for shot in current.snapshots))
    assert [shot.image == bright for shot in current.snapshots] == [True]


def test_saving_again_asks_nothing_and_a_dropped_document_opens(desk: Desk, photo: Path, tmp_path: Path) -> None:
    window = desk.window
    desk.finish(lambda: desk.open(photo))
    settle(desk, BRIGHT)
    target = tmp_path / "work.diti"
    save(desk, target)
    warm = settle(desk, WARM)
    window.actions_by_id["save"].trigger()
    desk.until(lambda: "Saved to" in window.message.text)
    window.close_picture()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(target))])
    from tests.studio.ui.test_main_window import drop

    assert desk.finish(lambda: drop(window, data)) == warm


def test_pasted_pixels_travel_inside(desk: Desk, tmp_path: Path) -> None:
    from diti_studio.ui.imaging import to_image

    desk.finish(lambda: desk.window.open_source(Source("Pasted picture", image=to_image(picture(4)))))
    bright = settle(desk, BRIGHT)
    save(desk, tmp_path / "pasted.diti")
    desk.window.close_picture()
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    (tmp_path / "pasted.diti").rename(moved / "pasted.diti")
    assert desk.finish(lambda: desk.window.documents.open(moved / "pasted.diti")) == bright


def test_pictures_travel_inside_when_one_chooses_so_and_on_later_saves(desk: Desk, photo: Path, tmp_path: Path) -> None:
    window = desk.window
    desk.finish(lambda: desk.open(photo))
    bright = settle(desk, BRIGHT)
    window.documents.save_as()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    dialog.selectNameFilter(dialog.nameFilters()[1])
    dialog.fileSelected.emit(str(tmp_path / "work.diti"))
    dialog.close()
    desk.until(lambda: "Saved to" in window.message.text)
    window.message.clear()
    settle(desk, WARM)
    window.documents.save()
    desk.until(lambda: "Saved to" in window.message.text)
    window.close_picture()
    photo.unlink()
    desk.finish(lambda: window.documents.open(tmp_path / "work.diti"))
    assert desk.finish(window.undo) == bright


def test_a_missing_picture_is_asked_for_and_located(desk: Desk, photo: Path, tmp_path: Path) -> None:
    window = desk.window
    desk.finish(lambda: desk.open(photo))
    bright = settle(desk, BRIGHT)
    target = tmp_path / "work.diti"
    save(desk, target)
    window.close_picture()
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    photo.rename(hidden / "renamed.png")
    window.documents.open(target)
    desk.until(lambda: window.message.action.text() == "Locate It…")
    assert "photo.png" in window.message.text
    window.message.action.click()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    assert desk.finish(lambda: dialog.fileSelected.emit(str(hidden / "renamed.png"))) == bright
    dialog.close()


def test_a_document_that_another_program_changed_is_not_saved_over_unasked(
    desk: Desk, photo: Path, tmp_path: Path
) -> None:
    window = desk.window
    desk.finish(lambda: desk.open(photo))
    settle(desk, BRIGHT)
    target = tmp_path / "work.diti"
    save(desk, target)
    document.write(target, document.read(target))  # as another window would
    settle(desk, WARM)
    window.documents.save()
    desk.until(lambda: window.message.action.text() == "Save Over It")
    window.message.action.click()
    desk.until(lambda: "Saved to" in window.message.text)
    assert document.read(target).document.state.edit == WARM


def test_a_failing_save_is_said_and_leaves_the_old_file(desk: Desk, photo: Path, tmp_path: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    current = desk.window.session.current
    assert current is not None
    desk.window.documents.save_to(current, tmp_path / "no folder" / "work.diti")
    desk.until(lambda: desk.failures)
    assert desk.window.message.kind == "error"


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_a_damaged_document_is_said_and_changes_nothing(
    desk: Desk, photo: Path, tmp_path: Path, content: bytes
) -> None:
    desk.finish(lambda: desk.open(photo))
    bad = tmp_path / "bad.diti"
    bad.write_bytes(content)
    desk.window.documents.open(bad)
    desk.until(lambda: desk.failures)
    assert "bad.diti" in desk.window.message.text
    assert len(desk.window.session.photos) == 1


EDITING = """
import sys
from PySide6.QtWidgets import QApplication
from diti_studio.core.edit import Edit
from diti_studio.ui.jobs import (
    SaveDocument,
    Source,
)
from diti_studio.ui.main_window import MainWindow
from diti_studio.ui.preferences import Preferences

app = QApplication([])
window = MainWindow(Preferences(), pack="tiny")

def edit(opened):
    window.session.settle(Edit(attributes={"brightness": 1.5}), "Brighter", "test")
    window.documents.keep()

window.picture_opened.connect(edit)
window.worker.document_saved.connect(lambda saved: print("kept", flush=True))
window.start()
window.open_source(Source.file(sys.argv[1]))
app.exec()
"""


def test_work_of_a_killed_program_is_offered_to_the_next(qtbot: QtBot, own_folders: Path, photo: Path) -> None:
    command = [sys.executable, "-c", EDITING, str(photo)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "kept\n"
        program.send_signal(signal.SIGKILL)
    with started(qtbot) as desk:
        window = desk.window
        desk.until(lambda: window.message.action.text() == "Go On with It")
        assert "photo.png" in window.message.text
        desk.finish(window.message.action.click)
        assert window.session.state is not None
        assert window.session.state.edit == BRIGHT
        desk.finish(window.undo)
        assert window.session.state.edit.is_identity


def test_closing_with_unsaved_work_keeps_it_for_the_next_start(desk: Desk, photo: Path, qtbot: QtBot) -> None:
    desk.finish(lambda: desk.open(photo))
    warm = settle(desk, WARM)
    desk.window.close()
    with started(qtbot) as other:
        message = other.window.message
        other.until(lambda: message.action.text() == "Go On with It")
        assert other.finish(message.action.click) == warm
        save(other, photo.with_name("kept.diti"))
    assert not list(document.Autosaves().folder.glob("*.diti"))


def test_a_closed_picture_is_brought_back_until_the_message_goes(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    bright = settle(desk, BRIGHT)
    desk.window.close_picture()
    assert desk.window.pages.currentWidget() is desk.window.welcome
    assert desk.finish(desk.window.message.action.click) == bright
    assert pictures.load(photo).pixels.shape == (96, 96, 3)  # and the photo is what it was


def test_a_picture_that_was_changed_is_used_only_when_one_says_so(desk: Desk, photo: Path, tmp_path: Path) -> None:
    window = desk.window
    desk.finish(lambda: desk.open(photo))
    settle(desk, BRIGHT)
    save(desk, tmp_path / "work.diti")
    window.close_picture()
    pictures.save(picture(7), photo)
    window.documents.open(tmp_path / "work.diti")
    desk.until(lambda: window.message.action.text() == "Use It Anyway")
    assert window.session.state is None
    desk.finish(window.message.action.click)
    assert window.session.state is not None
    assert window.session.state.edit == BRIGHT
    assert (window.session.state.opened.subject.square == picture(7)).all()
