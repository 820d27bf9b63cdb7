"""Writes the pictures of the README and the guide: drives the real window and photographs it.

    python docs/screenshots.py [--pack P] [--picture FILE] [--reference FILE] [--out FOLDER] [--only SCENE ...]

Needs no display. QT_SCALE_FACTOR=2 makes the pictures sharp on dense screens, and four times as large.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL import Image
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QWidget

    from diti_studio.ui.theme import Scheme

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "resources" / "packs" / "faces" / "samples"
SIZE = (1280, 800)
SECONDS = 300
TELLING = ("hair_red",)
DIFFERENT = ("smile", "glasses", "hair_dark")
DIALOGS = ("export", "export_sweep", "batch_export", "manage_models", "shortcuts", "palette")
FLAT = 40  # colours of surfaces and letters that a picture keeps exactly


def main() -> None:
    """Takes all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack")
    parser.add_argument("--picture", type=Path, default=ROOT / "resources" / "samples" / "astronaut.jpg")
    parser.add_argument("--reference", type=Path, default=SAMPLES / "face-19666.jpg")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--only", nargs="*", default=(), help="write these pictures alone, as window-dark")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as own:
        for kind in ("CONFIG", "DATA", "STATE", "CACHE"):  # neither reads nor writes the user's own
            os.environ[f"XDG_{kind}_HOME"] = own
        _take_all(options)


def _take_all(options: argparse.Namespace) -> None:
    from PySide6.QtWidgets import QApplication

    from diti_studio.ui import language, theme

    application = QApplication([])
    options.out.mkdir(parents=True, exist_ok=True)

    def photographer(scheme: Scheme, name: str = "") -> Photographer:
        theme.apply(application, scheme)
        return Photographer(options, name or scheme)

    photographer("dark").take_all(options.picture, options.reference)
    photographer("light").take_window(options.picture)
    photographer("contrast").take_window(options.picture)
    language.apply(application, "de")
    photographer("dark", "german").take_window(options.picture)


class Photographer:
    """One window in one look, whose pictures are called SCENE-NAME.png."""

    def __init__(self, options: argparse.Namespace, name: str) -> None:
        from diti_studio.ui.main_window import MainWindow
        from diti_studio.ui.preferences import Preferences

        self._options, self._name = options, name
        self.window = MainWindow(Preferences(), pack=options.pack, remember_layout=False)
        self.window.resize(*SIZE)

    def take_window(self, picture: Path) -> None:
        """The window with an edited picture."""
        self._begin()
        self._edit(picture)
        self._shoot("window")
        self.window.close()

    def take_all(self, picture: Path, reference: Path) -> None:
        """Goes through the scenes."""
        from diti_studio.ui.jobs import Source

        self._begin()
        self._shoot("start")
        self._edit(picture)
        self._shoot("window")
        self._beside()
        self._move()
        self._look()
        self._after(self.window.picture_opened, lambda: self.window.open_source(Source.file(reference), "reference"))
        self._borrow()
        for name in DIALOGS:
            self._dialog(name)
        self._menus()
        self._tour()
        self._several([picture, reference])
        self.window.close()
        self._go_on()

    # -- scenes ----------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self.window.show()
        self._after(self.window.models.ready, self.window.start)
        self._rest()
        self.window.message.clear()

    def _edit(self, picture: Path) -> None:
        from diti_studio.ui.jobs import Source

        self._after(self.window.preview.assessed, lambda: self.window.open_source(Source.file(picture)))
        self._rest()
        name, amount = self._telling_attribute()
        self._finished(lambda: self.window.workspace.attributes.settled.emit(name, amount))
        self._rest()

    def _beside(self) -> None:
        """What stands beside the picture: what a slider would do, what the model makes of the picture."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        window, space = self.window, self.window.workspace
        name, _ = self._different_attributes()[0]
        row = space.attributes.row(name)
        row.slider.setFocus()
        glance = window.glances.popup
        QTest.keyClick(row.slider, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
        self._wait(lambda: None, lambda: bool(glance.cards) and all(card.image is not None for card in glance.cards))
        self._shoot("glance", glance)
        window.glances.close()
        window.status.verdict.click()
        self._shoot("verdict", window.message)
        window.message.clear()

    def _move(self) -> None:
        """The equaliser, its single groups, and what was done."""
        space = self.window.workspace
        groups = len(space.equaliser.equaliser.amounts)
        amounts = tuple(1.2 if i >= groups * 3 // 4 else 0.0 for i in range(groups))
        self._finished(lambda: space.equaliser.settled.emit(amounts, 0))
        self._rest()
        self._shoot("equaliser")
        everything = frozenset(stage.index for stage in space.equaliser.equaliser.stages)
        space.equaliser.equaliser.set_opened(everything)
        wave = tuple(round(1.2 - abs(2 * i - groups) / groups * 2.4, 2) for i in range(groups))
        self._finished(lambda: space.equaliser.settled.emit(wave, 0))
        self._rest()
        self._shoot("groups", space.equaliser)
        self._tab("edits", space.edits)
        self._tab("history", space.history)
        self._finished(self.window.undo)
        space.equaliser.equaliser.set_opened(frozenset())

    def _look(self) -> None:
        """The views in the picture's place, and its comparisons."""
        from diti_studio.core.edit import Edit

        window, space = self.window, self.window.workspace
        window.actions_by_id["split"].setChecked(True)
        self._rest()
        self._shoot("split", space.canvas)
        window.actions_by_id["split"].setChecked(False)
        for name, seconds in (("difference", 1), ("explorer", 20), ("frame", 4)):
            window.actions_by_id[name].setChecked(True)
            self._rest(seconds)
            self._shoot(name, space.explorer if name == "explorer" else None)
            if name == "explorer":
                space.explorer.tabs.setCurrentWidget(space.explorer.heat)
                self._rest()
                self._shoot("heat-map", space.explorer)
            window.actions_by_id[name].setChecked(False)
            self._rest()
        before = window.session.state
        assert before is not None
        for name, amount in self._different_attributes():
            edit = Edit(attributes={name: amount})
            self._finished(lambda edit=edit: window.session.settle(edit, "", "scene"))
            self._rest()
            window.snapshots.take()
        self._finished(lambda: window.session.settle(before.edit, "", "scene"))
        window.actions_by_id["grid"].setChecked(True)
        self._rest()
        for cell, mark in zip(space.grid.cells[::3], "AB", strict=False):
            cell.marked.emit(mark)
        self._shoot("grid", space.grid)
        window.actions_by_id["grid"].setChecked(False)

    def _borrow(self) -> None:
        from diti_studio.core.edit import Blend, Edit

        space = self.window.workspace
        space.show_reference()
        stage = space.equaliser.equaliser.stages[-2]
        blend = Blend(start=stage.start, end=stage.end, alpha=1.0)
        self._finished(lambda: self.window.session.settle(Edit(), "", "scene"))
        self._finished(lambda: space.reference.settled.emit(blend, 0.0))
        self._wait(lambda: None, lambda: space.reference.strip.images is not None)
        self._shoot("reference")

    def _tab(self, scene: str, panel: QWidget) -> None:
        """Photographs a panel of the lower right, with its tabs."""
        from PySide6.QtWidgets import QTabWidget

        tabs = next(tabs for tabs in self.window.findChildren(QTabWidget) if tabs.indexOf(panel) >= 0)
        tabs.setCurrentWidget(panel)
        self._rest(0.2)
        self._shoot(scene, tabs)

    def _dialog(self, name: str) -> None:
        """Opens a dialog by its command, photographs it alone and closes it."""
        from PySide6.QtWidgets import QApplication, QDialog

        self.window.actions_by_id[name].trigger()
        self._rest(3)
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                self._shoot(name, widget)
                widget.close()

    def _menus(self) -> None:
        """All menus side by side: what can be done is in one of them."""
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtGui import QPainter, QPixmap
        from PySide6.QtWidgets import QMenu

        shots = list[QPixmap]()
        for menu in self.window.menuBar().findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if not menu.title():  # what has no room in the bar
                continue
            menu.popup(QPoint())
            self._rest(0.2)
            shots.append(menu.grab())
            menu.close()
        ratio = self.window.devicePixelRatioF()
        page = QPixmap(sum(shot.width() for shot in shots), max(shot.height() for shot in shots))
        page.setDevicePixelRatio(ratio)
        page.fill(self.window.palette().window().color())
        left = 0
        with QPainter(page) as painter:
            for shot in shots:
                painter.drawPixmap(QPoint(left, 0), shot)
                left += round(shot.width() / ratio)
        self._save("menus", page)

    def _tour(self) -> None:
        self.window.actions_by_id["tour"].trigger()
        page = self.window.tour.page
        assert page is not None
        for _ in range(2):
            page.next.click()
        self._shoot("tour")
        page.close()

    def _several(self, paths: list[Path]) -> None:
        """The film strip."""
        from diti_studio.ui.jobs import Source

        self.window.open_all([*self.window.models.samples[:5], *(Source.file(path) for path in paths)])
        self._rest(12)
        self._shoot("film-strip")

    def _go_on(self) -> None:
        """What the next start offers after work that was not saved."""
        again = Photographer(self._options, self._name)
        again.window.show()
        again._after(again.window.models.ready, again.window.start)
        again._wait(lambda: None, lambda: again.window.message.isVisible())
        again._shoot("go-on", again.window.message)
        again.window.close()

    # -- helpers ---------------------------------------------------------------------------------------

    def _telling_attribute(self) -> tuple[str, float]:
        """One whose effect is seen at a glance, and an amount near the end of its range."""
        pack = self.window.models.pack
        assert pack is not None
        ranges = {a.name: a.range for a in pack.manifest.attributes}
        name = next((n for n in TELLING if n in ranges), next(iter(ranges)))
        return name, 0.9 * ranges[name][1]

    def _different_attributes(self) -> list[tuple[str, float]]:
        """Some, with an amount of each."""
        pack = self.window.models.pack
        assert pack is not None
        attributes = sorted(pack.manifest.attributes, key=lambda a: a.name not in DIFFERENT)
        return [(a.name, 0.8 * a.range[1]) for a in attributes[: len(DIFFERENT)]]

    def _shoot(self, scene: str, widget: QWidget | None = None) -> None:
        from PySide6.QtWidgets import QApplication

        QApplication.processEvents()
        self._save(scene, (widget or self.window).grab())

    def _save(self, scene: str, pixmap: QPixmap) -> None:
        from diti_studio.ui.imaging import to_pixels

        name = f"{scene}-{self._name}"
        if not self._options.only or name in self._options.only:
            _few_colours(to_pixels(pixmap.toImage())).save(self._options.out / f"{name}.png", optimize=True)

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


def _few_colours(pixels: npt.NDArray[np.uint8]) -> Image.Image:
    """A picture in 256 colours, photos in it dithered: a third of the file, and surfaces stay as they are."""
    import numpy as np
    from PIL import Image

    image = Image.fromarray(pixels)
    colours, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    flat = colours[counts.argsort()[::-1][:FLAT]].ravel().tolist()
    found = image.quantize(256 - FLAT, Image.Quantize.FASTOCTREE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette(flat + found[: 3 * (256 - FLAT)])
    return image.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)


if __name__ == "__main__":
    main()
