"""The moments that a user feels, measured on the real window with real mouse events (no screen is needed)."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.machine import print_table

ROOT = Path(__file__).resolve().parents[1]
GOALS = {  # of the design, in ms, on a quiet machine with two cores
    "window shown to model loaded": None,
    "picture dropped to shown": 1500,
    "picture dropped to inverted": None,
    "slider moved to first changed pixels": 150,
    "last move to settled preview": 400,
    "release to finished picture": 2000,
    "undo of an edit already seen": 50,
    "longest gap between two events of the window": 30,
}
WAIT_S = 120
BEAT_MS = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--picture", type=Path, default=ROOT / "resources" / "samples" / "astronaut.jpg")
    parser.add_argument("--pack")
    parser.add_argument("--attribute", default="smile")
    parser.add_argument("--repeat", type=int, default=5)


def run(options: argparse.Namespace) -> None:
    """Neither reads nor writes the user's own settings and caches."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as own:
        for name in ("CONFIG", "CACHE", "STATE"):
            os.environ[f"XDG_{name}_HOME"] = own
        moments = _Drive(options).measure()
    rows = list[list[object]]()
    for name, goal in GOALS.items():
        times = [1000 * t for t in moments[name]]
        rows.append([name, median(times), min(times), max(times), goal or ""])
    print_table(("moment", "median ms", "min", "max", "goal"), rows)


class _Drive:
    """One window, driven as by hand."""

    def __init__(self, options: argparse.Namespace) -> None:
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        from diti_studio.ui import theme
        from diti_studio.ui.main_window import MainWindow
        from diti_studio.ui.preferences import Preferences

        self._options = options
        self._app = QApplication([])
        theme.apply(self._app)
        self._window = MainWindow(Preferences(), pack=options.pack, remember_layout=False)
        self._shown = 0
        self._finished = 0
        self._prepared = 0
        self._window.preview.shown.connect(self._count)
        self._window.worker.ended.connect(self._on_ended)
        self._last_beat = time.perf_counter()
        self._longest = 0.0
        self._beat = QTimer()
        self._beat.setInterval(BEAT_MS)
        self._beat.timeout.connect(self._on_beat)
        self._moments: dict[str, list[float]] = {name: [] for name in GOALS}

    def measure(self) -> dict[str, list[float]]:
        """All moments, in seconds."""
        from diti_studio.ui.jobs import (
            Source,
        )

        window = self._window
        window.resize(1280, 800)
        window.show()
        began = time.perf_counter()
        window.start()
        self._until(lambda: window.models.pack is not None)
        self._note("window shown to model loaded", began)
        began = time.perf_counter()
        window.open_source(Source.file(self._options.picture))
        self._until(lambda: self._shown > 0)
        self._note("picture dropped to shown", began)
        self._until(lambda: self._prepared > 0)
        self._note("picture dropped to inverted", began)
        for share in [0.1 + 0.25 * i / self._options.repeat for i in range(self._options.repeat)]:
            self._edit(share)
        window.close()
        return self._moments

    def _edit(self, share: float) -> None:
        """Drags the slider, lets go, takes it back. Gaps are counted while this goes on."""
        from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
        from PySide6.QtGui import QMouseEvent
        from PySide6.QtTest import QTest

        slider = self._window.workspace.attributes.row(self._options.attribute).slider
        left = Qt.MouseButton.LeftButton
        middle = slider.rect().center()
        self._until(lambda: not self._window.status.is_busy)
        self._last_beat, self._longest = time.perf_counter(), 0.0
        self._beat.start()
        QTest.mousePress(slider, left, pos=middle)
        count = self._shown
        began = time.perf_counter()
        for step in range(1, 9):
            place = QPointF(middle + QPoint(round(share * slider.width() * step / 8), 0))
            self._app.sendEvent(
                slider,
                QMouseEvent(
                    QEvent.Type.MouseMove, place, slider.mapToGlobal(place), Qt.MouseButton.NoButton, left,
                    Qt.KeyboardModifier.NoModifier,
                ),
            )  # fmt: skip
            if step == 1:
                self._until(lambda: self._shown > count)
                self._note("slider moved to first changed pixels", began)
        began = time.perf_counter()
        self._until(lambda: not self._window.preview.is_rendering)
        self._note("last move to settled preview", began)
        finished = self._finished
        began = time.perf_counter()
        QTest.mouseRelease(slider, left, pos=middle + QPoint(round(share * slider.width()), 0))
        self._until(lambda: self._finished > finished)
        self._note("release to finished picture", began)
        finished = self._finished
        began = time.perf_counter()
        self._window.undo()
        self._until(lambda: self._finished > finished)
        self._note("undo of an edit already seen", began)
        self._beat.stop()
        self._moments["longest gap between two events of the window"].append(self._longest)

    def _note(self, moment: str, began: float) -> None:
        self._moments[moment].append(time.perf_counter() - began)

    def _until(self, condition: Callable[[], bool]) -> None:
        end = time.perf_counter() + WAIT_S
        while not condition():
            if time.perf_counter() > end:
                raise TimeoutError("the window did not do what was waited for")
            self._app.processEvents()
            time.sleep(0.0005)

    def _count(self, shown: object, final: bool) -> None:
        self._shown += 1
        self._finished += final

    def _on_ended(self, job: object) -> None:
        from diti_studio.ui.jobs import (
            Prepare,
        )

        self._prepared += isinstance(job, Prepare)

    def _on_beat(self) -> None:
        now = time.perf_counter()
        self._longest = max(self._longest, now - self._last_beat - BEAT_MS / 1000)
        self._last_beat = now
