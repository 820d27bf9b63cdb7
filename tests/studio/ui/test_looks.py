"""Every view in dark, light and high contrast: no text is cut off, all of it can be read, nothing lies on another."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from diti_studio.ui import theme
from diti_studio.ui.jobs import OpenPicture, Source
from diti_studio.ui.model_manager import ModelManager
from tests.studio.ui import looks
from tests.studio.ui.conftest import Desk

ROOT = Path(__file__).resolve().parents[3]
SCHEMES: tuple[theme.Scheme, ...] = ("dark", "light", "contrast")
DIALOGS = ("palette", "shortcuts", "about", "manage_models", "batch_export", "export")
VIEWS = ("explorer", "grid", "frame", "difference", "split")


@pytest.fixture(params=SCHEMES)
def scheme(request: pytest.FixtureRequest, dressed: QApplication) -> str:
    """The look."""
    theme.apply(dressed, request.param)
    return request.param


def check(name: str, widget: QWidget) -> list[str]:
    """What is wrong with a view. With DITI_LOOKS, a folder, it is also kept as a picture there."""
    QApplication.processEvents()
    image = widget.grab().toImage()
    if folder := os.environ.get("DITI_LOOKS"):
        image.save(f"{folder}/{name}-{widget.palette().window().color().name()[1:]}-{image.devicePixelRatio():g}.png")
    found = {
        "cut off": looks.clipped(widget),
        "faint": looks.faint(widget, image),
        "overlap": looks.overlapping(widget),
    }
    return [f"{name}, {what}: {line}" for what, lines in found.items() for line in lines]


def test_the_start_page_and_every_view_can_be_read(scheme: str, desk: Desk, photo: Path) -> None:
    window, actions = desk.window, desk.window.actions_by_id
    problems = check("start", window)
    desk.finish(lambda: desk.open(photo))
    window.snapshots.take()
    desk.until(lambda: not window.status.is_busy)
    problems += check("window", window)
    for name in VIEWS:
        actions[name].setChecked(True)
        if name in ("explorer", "grid", "frame"):
            desk.until(lambda: window.workspace.views.currentWidget() is not window.workspace.canvas)
            desk.until(lambda: not desk.running)
        if name == "explorer":
            desk.until(window.workspace.explorer.time.strip.accessibleDescription)  # it has looked at the picture
        problems += check(name, window)
        actions[name].setChecked(False)
    assert problems == []


def test_every_dialog_can_be_read(scheme: str, desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    problems = list[str]()
    for name in DIALOGS:
        desk.window.actions_by_id[name].trigger()
        desk.until(lambda: shown(desk))
        for dialog in shown(desk):
            if isinstance(dialog, ModelManager):
                desk.until(dialog.list.currentItem)
            problems += check(name, dialog)
            dialog.reject()
        desk.until(lambda: not shown(desk))
    assert problems == []


def shown(desk: Desk) -> list[QDialog]:
    """The dialogs that are open."""
    return [d for d in desk.window.findChildren(QDialog) if d.isVisible()]


@pytest.mark.skipif("QT_SCALE_FACTOR" in os.environ, reason="it is the one that is run")
def test_all_can_be_read_at_200_percent(tmp_path: Path) -> None:
    """Qt reads the factor once a process."""
    options = (
        "-q",
        "-vv",
        "-p",
        "no:cacheprovider",
        f"--basetemp={tmp_path / 'inner'}",
        "-k",
        "can_be_read and not contrast",
    )
    command = [sys.executable, "-m", "pytest", *options, str(Path(__file__))]
    done = subprocess.run(
        command, env={**os.environ, "QT_SCALE_FACTOR": "2"}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_a_long_name_in_the_status_line_does_not_widen_the_window(desk: Desk) -> None:
    """And the button beside it stays where it is."""
    status = desk.window.status
    cancel = status.findChild(QToolButton, "cancelButton")
    assert cancel is not None
    cancel.show()
    QApplication.processEvents()
    narrow, place = desk.window.minimumSizeHint().width(), cancel.pos()
    status.begin(OpenPicture(source=Source.file(Path("long " * 100 + ".jpg"))))
    cancel.show()
    QApplication.processEvents()
    assert desk.window.minimumSizeHint().width() == narrow
    assert cancel.pos() == place
    assert "long " * 100 in status.work


# -- what looks: does it see what is wrong? ----------------------------------------------------------------------------


def test_a_text_without_room_is_found(qtbot: QtBot) -> None:
    window, label, button = holder(qtbot)
    assert looks.clipped(window) == []
    label.setFixedWidth(label.sizeHint().width() // 2)
    button.setFixedWidth(button.sizeHint().width() // 2)
    QApplication.processEvents()
    assert [line.split()[0] for line in looks.clipped(window)] == ["QLabel", "QPushButton"]


def test_a_faint_text_is_found(qtbot: QtBot) -> None:
    window, label, _ = holder(qtbot)
    assert looks.faint(window, window.grab().toImage()) == []
    label.setStyleSheet("color: #808080; background: #909090")
    assert [line.split()[0] for line in looks.faint(window, window.grab().toImage())] == ["QLabel"]


def test_neither_a_frame_nor_a_spot_makes_a_faint_text_readable(qtbot: QtBot) -> None:
    window, label, button = holder(qtbot)
    button.setStyleSheet("color: #808080; background: #909090; border: 2px solid black")
    label.setStyleSheet("color: #808080; background: #909090")
    image = window.grab().toImage()
    image.setPixelColor(label.geometry().center() * image.devicePixelRatio(), Qt.GlobalColor.black)
    assert [line.split()[0] for line in looks.faint(window, image)] == ["QLabel", "QPushButton"]


def test_a_button_on_a_label_is_found(qtbot: QtBot) -> None:
    window, label, button = holder(qtbot)
    assert looks.overlapping(window) == []
    button.move(label.pos())
    assert looks.overlapping(window) != []


def holder(qtbot: QtBot) -> tuple[QWidget, QLabel, QPushButton]:
    """A window with a label and a button."""
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    label, button = QLabel("A text of some length"), QPushButton("&Press it")
    layout.addWidget(label)
    layout.addWidget(button)
    window.show()
    return window, label, button
