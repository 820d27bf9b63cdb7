"""The time explorer by hand: stations of the real picture, and the map of attributes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from diti_studio.core.editor import Editor
from diti_studio.ui.answers import (
    Failed,
)
from diti_studio.ui.equaliser_layout import stages_of
from diti_studio.ui.explorer_strip import lost_by
from diti_studio.ui.heat_map import HeatMapPage
from diti_studio.ui.imaging import to_pixels
from diti_studio.ui.jobs import (
    Explore,
)
from tests.studio.ui.conftest import Desk
from tests.studio.ui.test_main_window import drag_attribute
from tests.studio.ui.views_fixtures import view_pack


@pytest.fixture
def explored(desk: Desk, photo: Path) -> Desk:
    """The window with a picture, the explorer open and filled."""
    desk.finish(lambda: desk.open(photo))
    QTest.keyClick(desk.window, Qt.Key.Key_T)
    desk.until(lambda: desk.window.workspace.explorer.time.strip.accessibleDescription())
    return desk


def test_t_shows_the_picture_along_its_diffusion_and_the_canvas_again(explored: Desk) -> None:
    space = explored.window.workspace
    assert space.explorer.isVisible()
    assert not space.canvas.isVisible()
    assert explored.window.actions_by_id["explorer"].isChecked()
    QTest.keyClick(explored.window, Qt.Key.Key_T)
    assert space.canvas.isVisible()
    explored.window.actions_by_id["explorer"].trigger()
    back = next(b for b in space.explorer.findChildren(QToolButton) if "Back" in b.text())
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert space.canvas.isVisible()
    assert not explored.window.actions_by_id["explorer"].isChecked()


def test_the_mouse_over_a_station_and_keys_enlarge_it(explored: Desk) -> None:
    page = explored.window.workspace.explorer.time
    strip = page.strip
    assert strip.hasFocus()
    QTest.keyClick(strip, Qt.Key.Key_Home)
    assert strip.shown == 0
    assert page.headline.text().startswith("Nothing is lost yet")
    QTest.keyClick(strip, Qt.Key.Key_End)
    assert "All is lost to noise: Texture · Colour · Shape." in page.headline.text()
    assert page.headline.text() in strip.accessibleDescription()
    first = strip.column(1).center().toPoint()
    QTest.mouseMove(strip, first)
    explored.until(lambda: strip.shown == 1)
    assert page.headline.text() == "Going: Texture. Still there: Colour · Shape."
    QTest.keyClick(strip, Qt.Key.Key_Left)
    assert strip.shown == 6
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.column(2).center().toPoint())
    assert strip.shown == 2


def test_the_mark_of_the_chosen_time_leaves_the_names_of_the_stages_free(explored: Desk) -> None:
    strip = explored.window.workspace.explorer.time.strip
    drawn = list[QImage]()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_End):
        QTest.keyClick(strip, key)
        drawn.append(strip.grab().toImage())
    names = [image.copy(0, image.height() - 18, image.width(), 18) for image in drawn]
    assert all(name == names[0] for name in names)
    assert len({image.copy(0, image.height() - 30, image.width(), 6).bits().tobytes() for image in drawn}) == 4


def test_what_is_shown_is_what_the_editor_says(explored: Desk, editor: Editor) -> None:
    exploring = explored.window.exploring
    (shown,) = exploring._kept.values()
    expected = editor.trajectory(explored.opened[0].subject)
    assert shown.times == tuple(station.t for station in expected)
    pixels = to_pixels(shown.known[-1]).astype(int)
    assert np.abs(pixels.mean(axis=(0, 1)) - expected[-1].known.mean(axis=(0, 1))).max() < 1


def test_another_picture_is_looked_at_and_the_first_is_remembered(explored: Desk, other_photo: Path) -> None:
    jobs = list[Explore]()
    explored.window.worker.began.connect(lambda job: jobs.append(job) if isinstance(job, Explore) else None)
    first = explored.window.session.photos[0]
    explored.finish(lambda: explored.open(other_photo))
    kept = explored.window.exploring._kept
    explored.until(lambda: len(kept) == 2)
    count = len(jobs)
    explored.finish(lambda: explored.window.go_to(first))
    explored.finish(lambda: drag_attribute(explored, "brightness", 0.2))
    explored.until(lambda: not explored.running)
    assert len(jobs) == count


def test_a_look_that_fails_is_said_once(
    desk: Desk, photo: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr("diti_studio.core.editor.Editor.trajectory", broken)
    failed = list[Failed]()
    desk.window.failed.connect(failed.append)
    desk.finish(lambda: desk.open(photo))
    QTest.keyClick(desk.window, Qt.Key.Key_T)
    desk.until(lambda: failed)
    desk.finish(lambda: drag_attribute(desk, "brightness", 0.2))
    desk.until(lambda: not desk.running)
    assert len(failed) == 1
    assert "a defect" in caplog.text


def test_words_for_every_time() -> None:
    stages = stages_of(view_pack().manifest)
    for t in range(1000):
        lost, going, known = lost_by(stages, t)
        assert [*lost, *going, *known] == list(stages)
        assert len(going) <= 1


# -- attributes by time ----------------------------------------------------------------------------------------


@pytest.fixture
def page(qtbot: QtBot) -> HeatMapPage:
    made = HeatMapPage()
    qtbot.addWidget(made)
    made.map.set_manifest(view_pack(4).manifest)
    made.resize(700, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_rows_go_by_time(desk: Desk) -> None:
    assert desk.window.workspace.explorer.heat.map.attributes == ("brightness", "warmth")  # smile does not tell


def test_hovering_tells_the_share(page: HeatMapPage, qtbot: QtBot) -> None:
    QTest.mouseMove(page.map, page.map.cell(2, 63).center().toPoint())
    qtbot.waitUntil(lambda: "75.0 %" in page.readout.text())
    assert page.readout.text() == ("Attribute 2: 75.0 % of it lives in time-steps 985 to 999, 75 % in all of “Shape”")
    QTest.mouseMove(page.map, QPoint(2, 2))
    qtbot.waitUntil(lambda: page.readout.text().startswith("Where in time"))


def test_keys_walk_the_map_and_enter_chooses(page: HeatMapPage, qtbot: QtBot) -> None:
    page.map.setFocus()
    QTest.keyClick(page.map, Qt.Key.Key_Down)
    QTest.keyClick(page.map, Qt.Key.Key_End)
    QTest.keyClick(page.map, Qt.Key.Key_Left)
    assert page.map.accessibleDescription().startswith("Attribute 1: 0.0 %")
    with qtbot.waitSignal(page.attribute_chosen) as told:
        QTest.keyClick(page.map, Qt.Key.Key_Return)
    assert told.args == ["a1"]


def test_a_click_on_a_row_goes_to_its_slider(explored: Desk) -> None:
    space = explored.window.workspace
    space.explorer.tabs.setCurrentIndex(1)
    heat = space.explorer.heat.map
    QTest.mouseClick(heat, Qt.MouseButton.LeftButton, pos=heat.cell(1, 3).center().toPoint())
    assert QApplication.focusWidget() is space.attributes.row("warmth").slider


def test_a_pack_without_profiles_says_so(page: HeatMapPage) -> None:
    page.map.set_manifest(view_pack(0).manifest)
    assert "does not tell" in page.readout.text()
