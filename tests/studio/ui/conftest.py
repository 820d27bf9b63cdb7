"""The real window on the tiny pack, and a hand that waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from diti_studio.ui.answers import (
    Failed,
    Opened,
    PackReady,
)
from diti_studio.ui.jobs import (
    Job,
    Source,
)
from diti_studio.ui.main_window import MainWindow
from diti_studio.ui.preferences import Preferences
from diti_studio.ui.preview import Shown
from tests.studio.packs_factory import picture

WAIT_MS = 20_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the screenless platform says when a window limits its size, comes to the front or shows a menu."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(
                pytest.mark.qt_log_ignore("^This plugin does not support (propagateSizeHints|raise|grabbing the)")
            )


class Desk:
    """A window, what it has reported, and ways to wait for it."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot
        self.packs: list[PackReady] = []
        self.opened: list[Opened] = []
        self.failures: list[Failed] = []
        self.shown: list[tuple[Shown, bool]] = []
        self.running: list[Job] = []
        window.models.ready.connect(self.packs.append)
        window.picture_opened.connect(self.opened.append)
        window.failed.connect(self.failures.append)
        window.preview.shown.connect(lambda shown, final: self.shown.append((shown, final)))
        window.worker.began.connect(self.running.append)
        window.worker.ended.connect(self.running.remove)

    def until(self, condition: Callable[[], object]) -> None:
        """Lets the window work until something is so."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)

    def open(self, path: Path) -> Opened:
        """Opens a picture and waits until it is known to the pack."""
        count = len(self.opened)
        self.window.open_source(Source.file(path))
        self.until(lambda: len(self.opened) > count)
        return self.opened[-1]

    def finish(self, act: Callable[[], object]) -> QImage:
        """Does something and waits for the finished picture; returns what the canvas then shows."""
        count = len(self.shown)
        act()
        self.until(lambda: any(final for _, final in self.shown[count:]))
        return self.canvas_image()

    def canvas_image(self) -> QImage:
        """What the canvas shows now."""
        image = self.window.workspace.canvas.shown_image()
        assert image is not None
        return image


@contextmanager
def started(qtbot: QtBot, pack: str | None = "tiny") -> Iterator[Desk]:
    """A window, shown and begun; it is closed at the end."""
    window = MainWindow(Preferences(), pack=pack)
    window.show()
    desk = Desk(window, qtbot)
    window.start()
    try:
        yield desk
    finally:
        window.close()
        window.deleteLater()
        QApplication.clipboard().clear()  # off screen, Qt frees what was copied when Python is gone


@pytest.fixture
def desk(qtbot: QtBot, own_folders: Path) -> Iterator[Desk]:
    """The window, shown, with the tiny pack loaded."""
    with started(qtbot) as desk:
        desk.until(lambda: desk.packs)
        yield desk


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application, whose look may be changed: it is put back."""
    colours, sheet, style = qapp.palette(), qapp.styleSheet(), qapp.style().objectName()
    yield qapp
    qapp.setStyleSheet(sheet)
    qapp.setPalette(colours)
    qapp.setStyle(style)


@pytest.fixture
def other_photo(tmp_path: Path) -> Path:
    """A second square photo."""
    path = tmp_path / "other.png"
    Image.fromarray(picture(2)).save(path)
    return path
