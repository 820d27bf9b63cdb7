"""Writes the pictures of the README and the guide: drives the real window and photographs it.

    python docs/screenshots.py [--pack P] [--picture FILE] [--reference FILE] [--out FOLDER]

QT_SCALE_FACTOR=2 makes them sharp on dense screens. Needs no display.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

ROOT = Path(__file__).resolve().parents[1]
SIZE = (1280, 800)
SECONDS = 300
TELLING = ("hair_red",)
IN_BOTH = ("window",)  # the other scenes are taken in the dark only


def main() -> None:
    """Takes all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack")
    parser.add_argument("--picture", type=Path, default=ROOT / "resources" / "samples" / "astronaut.jpg")
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as settings:
        os.environ["XDG_CONFIG_HOME"] = settings  # neither reads nor writes the user's own
        _take_all(options)


def _take_all(options: argparse.Namespace) -> None:
    from PySide6.QtWidgets import QApplication

    from diti_studio.ui import theme

    application = QApplication([])
    options.out.mkdir(parents=True, exist_ok=True)
    for scheme in ("dark", "light"):
        theme.apply(application, scheme)
        Photographer(options.pack, options.out, scheme).take(options.picture, options.reference)


class Photographer:
    """One window in one scheme."""

    def __init__(self, pack: str | None, out: Path, scheme: str) -> None:
        from diti_studio.ui.main_window import MainWindow
        from diti_studio.ui.preferences import Preferences

        self._out = out
        self._scheme = scheme
        self.window = MainWindow(Preferences(), pack=pack, remember_layout=False)
        self.window.resize(*SIZE)

    def take(self, picture: Path, reference: Path | None) -> None:
        """Goes through the scenes."""
        from diti_studio.ui.jobs import (
            Source,
        )

        window, space = self.window, self.window.workspace
        window.show()
        self._after(window.models.ready, window.start)
        self._rest()
        self._shoot("start")
        self._after(window.preview.assessed, lambda: window.open_source(Source.file(picture)))
        self._rest()
        name, amount = self._telling_attribute()
        self._finished(lambda: space.attributes.settled.emit(name, amount))
        self._rest()
        self._shoot("window")
        window.actions_by_id["split"].setChecked(True)
        self._shoot("split")
        window.actions_by_id["split"].setChecked(False)
        groups = len(space.equaliser.equaliser.amounts)
        amounts = tuple(1.2 if i >= groups * 3 // 4 else 0.0 for i in range(groups))
        self._finished(lambda: space.equaliser.settled.emit(amounts, 0))
        self._rest()
        self._shoot("equaliser")
        self._explain()
        if reference is not None:
            self._after(window.picture_opened, lambda: window.open_source(Source.file(reference), "reference"))
            self._borrow(groups)
        self._several([path for path in (picture, reference) if path is not None])
        window.close()

    def _explain(self) -> None:
        """The views beside the picture: its frame, its time, its change."""
        actions = self.window.actions_by_id
        for name, seconds in (("difference", 1), ("explorer", 20), ("frame", 4)):
            actions[name].setChecked(True)
            self._rest(seconds)
            self._shoot(name)
            actions[name].setChecked(False)
            self._rest()
        self._dialog("palette")
        self._dialog("manage_models")
        self._dialog("batch_export")

    def _dialog(self, name: str) -> None:
        """Opens a dialog by its command, photographs it alone and closes it."""
        from PySide6.QtWidgets import QApplication, QDialog

        self.window.actions_by_id[name].trigger()
        self._rest(3)
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                self._shoot(name, widget)
                widget.close()

    def _several(self, paths: list[Path]) -> None:
        """The film strip and the snapshots."""
        from diti_studio.ui.jobs import (
            Source,
        )

        window = self.window
        window.snapshots.take()
        samples = window.models.samples
        window.open_all([*samples[:5], *(Source.file(path) for path in paths)])
        self._rest(12)
        self._shoot("film-strip")

    def _borrow(self, groups: int) -> None:
        from diti_studio.core.edit import Blend

        blend = Blend(start=groups // 2, end=groups, alpha=0.6)
        self._finished(lambda: self.window.workspace.reference.settled.emit(blend, 0.0))
        self._rest()
        self._shoot("reference")

    def _telling_attribute(self) -> tuple[str, float]:
        """One whose effect is seen at a glance, and an amount near the end of its range."""
        pack = self.window.models.pack
        assert pack is not None
        ranges = {a.name: a.range for a in pack.manifest.attributes}
        name = next((n for n in TELLING if n in ranges), next(iter(ranges)))
        return name, 0.9 * ranges[name][1]

    def _shoot(self, name: str, widget: QWidget | None = None) -> None:
        from PySide6.QtWidgets import QApplication

        from diti_studio.core import pictures
        from diti_studio.ui.imaging import to_pixels

        if self._scheme != "dark" and name not in IN_BOTH:
            return
        QApplication.processEvents()
        pixels = to_pixels((widget or self.window).grab().toImage())
        pictures.save(pixels, self._out / f"{name}-{self._scheme}.png")

    def _finished(self, act: Callable[[], object]) -> None:
        """Does something and waits for the finished picture."""
        done = list[bool]()

        def take(_: object, final: bool) -> None:
            if final:
                done.append(True)

        self.window.preview.shown.connect(take)
        self._wait(act, lambda: bool(done))
        self.window.preview.shown.disconnect(take)

    def _after(self, signal: object, act: Callable[[], object]) -> None:
        """Does something and waits for a signal."""
        done = list[bool]()
        signal.connect(lambda *_: done.append(True))  # pyright: ignore[reportAttributeAccessIssue]
        self._wait(act, lambda: bool(done))

    def _rest(self, seconds: float = 1.5) -> None:
        """Gives the worker time to do what is left."""
        from PySide6.QtCore import QTimer

        done = list[bool]()
        QTimer.singleShot(round(1000 * seconds), lambda: done.append(True))
        self._wait(lambda: None, lambda: bool(done))

    def _wait(self, act: Callable[[], object], condition: Callable[[], bool]) -> None:
        from PySide6.QtCore import QDeadlineTimer, QEventLoop
        from PySide6.QtWidgets import QApplication

        act()
        deadline = QDeadlineTimer(SECONDS * 1000)
        while not condition():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 100)
            if deadline.hasExpired():
                raise SystemExit("The window did not come to rest: no picture was taken.")


if __name__ == "__main__":
    main()
