"""Difference, snapshots, and comparing with one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from diti_studio.core.edit import Edit
from diti_studio.ui.compare import difference
from diti_studio.ui.imaging import to_image, to_pixels
from diti_studio.ui.jobs import Job
from diti_studio.ui.session import Snapshot
from diti_studio.ui.snapshot_grid import SMALLEST, SnapshotGrid
from tests.studio.packs_factory import picture
from tests.studio.ui.conftest import Desk

BRIGHT = Edit(attributes={"brightness": 1.5})


def settle(desk: Desk, edit: Edit) -> QImage:
    """Gives the picture an edit; returns a copy of what the canvas then shows."""
    return desk.finish(lambda: desk.window.session.settle(edit, "Test", "test")).copy()


def test_the_difference_is_the_change_times_the_gain() -> None:
    before, after = picture(1), picture(2)
    shown = to_pixels(difference(to_image(before), to_image(after), 4))
    wanted = np.minimum(4 * np.abs(before.astype(int) - after), 255)
    np.testing.assert_array_equal(shown, wanted)


def test_the_canvas_shows_the_difference_and_its_gain_turns(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    canvas = desk.window.workspace.canvas
    desk.window.actions_by_id["difference"].trigger()
    centre = canvas.viewport().rect().center()
    assert canvas.grab().toImage().pixelColor(centre).lightness() == 0  # nothing is changed
    settle(desk, BRIGHT)
    dim = canvas.grab().toImage().pixelColor(centre).lightness()
    desk.window.actions_by_id["gain"].trigger()
    assert canvas.grab().toImage().pixelColor(centre).lightness() > dim > 0
    desk.window.actions_by_id["difference"].trigger()
    desk.window.actions_by_id["gain"].trigger()  # alone, it does not switch the difference on
    assert canvas.grab().toImage().pixelColor(centre).lightness() > 0


def test_a_snapshot_is_gone_back_to_as_one_step(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    bright = settle(desk, BRIGHT)
    desk.window.actions_by_id["snapshot"].trigger()
    panel = desk.window.workspace.snapshots
    assert panel.list.item(0).text() == "Snapshot 1"
    plain = settle(desk, Edit())
    panel.list.setCurrentRow(0)
    assert desk.finish(lambda: QTest.keyClick(panel.list, Qt.Key.Key_Return)) == bright
    assert desk.finish(desk.window.undo) == plain


def test_a_snapshot_stands_for_before(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    bright = settle(desk, BRIGHT)
    desk.window.snapshots.take()
    settle(desk, Edit(attributes={"warmth": 2}))
    (kept,) = desk.window.session.photos[0].snapshots
    desk.window.snapshots.compare(kept)
    canvas = desk.window.workspace.canvas
    QTest.keyPress(desk.window, Qt.Key.Key_B)
    held = canvas.grab().toImage()
    QTest.keyRelease(desk.window, Qt.Key.Key_B)
    settle(desk, BRIGHT)
    desk.window.message.action.click()  # back to the original
    assert desk.window.snapshots.compared is None
    colour = held.pixelColor(held.rect().center())
    wanted = bright.pixelColor(bright.rect().center())
    assert abs(colour.lightness() - wanted.lightness()) <= 3


def test_snapshots_belong_to_their_picture_and_are_renamed_and_put_back(
    desk: Desk, photo: Path, other_photo: Path
) -> None:
    desk.finish(lambda: desk.open(photo))
    desk.window.snapshots.take()
    desk.window.snapshots.take()
    panel = desk.window.workspace.snapshots
    panel.list.item(0).setText("The first")
    panel.list.setCurrentRow(1)
    QTest.keyClick(panel, Qt.Key.Key_Delete)
    assert [s.name for s in desk.window.session.photos[0].snapshots] == ["The first"]
    desk.window.message.action.click()
    assert [s.name for s in desk.window.session.photos[0].snapshots] == ["The first", "Snapshot 2"]
    desk.finish(lambda: desk.open(other_photo))
    assert panel.list.count() == 0
    desk.finish(lambda: desk.window.go_to(desk.window.session.photos[0]))
    assert panel.list.count() == 2


def test_one_is_put_back_among_those_that_there_are_by_then(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    window = desk.window
    panel = window.workspace.snapshots
    for _ in range(2):
        window.snapshots.take()
    panel.list.setCurrentRow(0)
    QTest.keyClick(panel, Qt.Key.Key_Delete)
    panel.list.item(0).setText("Renamed since")
    window.snapshots.take()
    window.message.action.click()
    names = ["Snapshot 1", "Renamed since", "Snapshot 1"]
    assert [s.name for s in window.session.photos[0].snapshots] == names
    assert [panel.list.item(row).text() for row in range(panel.list.count())] == names


# -- while a picture forms -------------------------------------------------------------------------------------


class Held:
    """A network's session that answers once the gate is open."""

    def __init__(self, session: Any) -> None:
        self.gate = threading.Event()
        self._session = session

    def run(self, *arguments: Any) -> Any:
        self.gate.wait()
        return self._session.run(*arguments)


@pytest.fixture
def gate(desk: Desk, photo: Path) -> Iterator[threading.Event]:
    """Holds the network, with a picture open, until it is set."""
    desk.finish(lambda: desk.open(photo))
    desk.until(lambda: not desk.running)
    editor = desk.window.worker._editor
    assert editor is not None
    editor.network._unet = held = Held(editor.network._unet)
    yield held.gate
    held.gate.set()


def begin(desk: Desk, edit: Edit) -> None:
    """Gives the picture an edit; what it looks like waits for the gate."""
    desk.window.session.settle(edit, "Test", "test")
    desk.until(lambda: desk.window.worker.seconds_left() is not None)


def snapshot(desk: Desk) -> Snapshot:
    """The only one of the picture."""
    (kept,) = desk.window.session.photos[0].snapshots
    return kept


@pytest.mark.parametrize("stays", [True, False])
def test_a_snapshot_of_a_picture_that_still_forms_gets_the_finished_one(
    desk: Desk, gate: threading.Event, stays: bool
) -> None:
    begin(desk, BRIGHT)
    desk.window.snapshots.take()
    assert not snapshot(desk).drawn
    if not stays:
        desk.window.session.settle(Edit(attributes={"warmth": 2}), "Test", "test")
    gate.set()
    desk.until(lambda: snapshot(desk).drawn)
    assert snapshot(desk).image == settle(desk, BRIGHT)


@pytest.mark.parametrize("sides", [("A", "B"), ("B", "A")])
def test_the_present_that_is_compared_becomes_as_fine_as_it_does_alone(
    desk: Desk, gate: threading.Event, sides: tuple[str, str]
) -> None:
    begin(desk, BRIGHT)
    window, grid = desk.window, desk.window.workspace.grid
    window.actions_by_id["grid"].trigger()
    for cell, side in zip(grid.cells, sides, strict=True):
        QTest.keyClicks(cell, side.lower())
    grid.compare.click()
    desk.finish(gate.set)
    compared, after = window.snapshots.compared, window.snapshots.after
    assert compared is not None
    assert after is not None
    now = after if sides == ("A", "B") else compared
    assert now.name == "Now"
    assert now.image == window.preview.finished_image()
    assert desk.canvas_image() == after.image


def test_a_name_that_is_being_typed_outlasts_the_drawing(desk: Desk, gate: threading.Event) -> None:
    begin(desk, BRIGHT)
    desk.window.snapshots.take()
    names = desk.window.workspace.snapshots.list
    names.editItem(names.item(0))
    field = names.findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, "Dawn")
    gate.set()
    desk.until(lambda: snapshot(desk).drawn)
    assert field.text() == "Dawn"
    QTest.keyClick(field, Qt.Key.Key_Return)
    desk.until(lambda: snapshot(desk).name == "Dawn")
    assert names.item(0).toolTip().startswith("Dawn: double-click")


@pytest.mark.parametrize("command", ["&Rename", "&Delete"])
def test_the_menu_of_a_snapshot_outlasts_its_drawing(desk: Desk, gate: threading.Event, command: str) -> None:
    begin(desk, BRIGHT)
    desk.window.snapshots.take()
    panel = desk.window.workspace.snapshots
    panel.list.customContextMenuRequested.emit(panel.list.visualItemRect(panel.list.item(0)).center())
    menu = panel.findChild(QMenu)
    assert menu is not None
    gate.set()
    desk.until(lambda: snapshot(desk).drawn)
    next(action for action in menu.actions() if action.text() == command).trigger()
    menu.close()
    if command == "&Rename":
        assert panel.list.findChild(QLineEdit) is not None
    else:
        assert desk.window.session.photos[0].snapshots == ()
        assert panel.list.count() == 0


def test_a_snapshot_that_cannot_be_drawn_is_tried_once(desk: Desk, photo: Path) -> None:
    window, jobs = desk.window, list[Job]()
    desk.finish(lambda: desk.open(photo))
    current = window.session.current
    assert current is not None
    assert current.state is not None
    window.worker.began.connect(lambda job: jobs.append(job))
    unknown = replace(current.state, edit=Edit(attributes={"unknown": 1}))
    current.set_snapshots([Snapshot("Never", unknown, current.state.opened.image, drawn=False)])
    desk.until(lambda: desk.failures)
    settle(desk, BRIGHT)
    desk.until(lambda: not desk.running)
    assert [job.lane for job in jobs].count("snapshot") == 1


# -- the grid --------------------------------------------------------------------------------------------------


@pytest.fixture
def grid(desk: Desk, photo: Path) -> SnapshotGrid:
    """The grid, shown, with two snapshots; the picture is warm now."""
    desk.finish(lambda: desk.open(photo))
    for edit in (BRIGHT, Edit(attributes={"brightness": -1.5})):
        settle(desk, edit)
        desk.window.snapshots.take()
    settle(desk, Edit(attributes={"warmth": 2}))
    QTest.keyClick(desk.window, Qt.Key.Key_G)
    shown = desk.window.workspace.grid
    assert shown.isVisible()
    return shown


def middle(widget: QWidget, place: QPoint | None = None) -> QColor:
    """A colour of a widget as it is drawn."""
    return widget.grab().toImage().pixelColor((place or widget.rect().center()) * widget.devicePixelRatioF())


def present_edit(desk: Desk) -> Edit:
    """What is done to the picture now."""
    state = desk.window.session.state
    assert state is not None
    return state.edit


def test_the_grid_shows_the_original_the_present_and_every_snapshot(desk: Desk, grid: SnapshotGrid) -> None:
    assert [cell.accessibleName() for cell in grid.cells] == ["Original", "Now", "Snapshot 1", "Snapshot 2"]
    assert desk.window.actions_by_id["grid"].isChecked()
    lights = [middle(cell).lightness() for cell in grid.cells]
    assert lights[2] > lights[0] > lights[3]
    assert all(grid.rect().contains(QRect(cell.mapTo(grid, QPoint()), cell.size())) for cell in grid.cells)
    desk.window.workspace.snapshots.list.item(0).setText("Bright")
    assert grid.cells[2].accessibleName() == "Bright"
    settle(desk, Edit(attributes={"brightness": 2}))
    assert middle(grid.cells[1]).lightness() > lights[1]
    QTest.keyClick(desk.window, Qt.Key.Key_G)
    assert desk.window.workspace.canvas.isVisible()


def test_a_click_takes_a_picture_of_the_grid_as_one_step(desk: Desk, grid: SnapshotGrid) -> None:
    desk.finish(lambda: QTest.mouseClick(grid.cells[2], Qt.MouseButton.LeftButton))
    assert not grid.isVisible()
    assert not desk.window.actions_by_id["grid"].isChecked()
    assert present_edit(desk) == BRIGHT
    desk.window.actions_by_id["grid"].trigger()
    desk.finish(lambda: QTest.keyClick(grid.cells[0], Qt.Key.Key_Return))
    assert present_edit(desk) == Edit()
    assert desk.window.session.group.undoText() == "Original"
    desk.finish(desk.window.undo)
    assert present_edit(desk) == BRIGHT


def test_two_marked_pictures_are_compared_until_something_is_moved(desk: Desk, grid: SnapshotGrid) -> None:
    bright, dark = grid.cells[2], grid.cells[3]
    QTest.mouseClick(bright, Qt.MouseButton.LeftButton, pos=bright.switch("A").center().toPoint())
    assert not grid.compare.isEnabled()
    dark.setFocus()
    QTest.keyClick(dark, Qt.Key.Key_A)  # which takes the mark from the other
    assert (bright.mark, dark.mark) == ("", "A")
    QTest.keyClick(dark, Qt.Key.Key_B)
    QTest.mouseClick(bright, Qt.MouseButton.LeftButton, pos=bright.switch("A").center().toPoint())
    assert (bright.mark, dark.mark) == ("A", "B")
    spoken = QAccessible.queryAccessibleInterface(dark)
    assert spoken.text(QAccessible.Text.Description) == "B, on the right of the comparison"
    state = desk.window.session.state
    QTest.mouseClick(grid.compare, Qt.MouseButton.LeftButton)
    canvas = desk.window.workspace.canvas
    assert canvas.isVisible()
    assert desk.window.session.state is state  # looking changes nothing
    line, height = round(canvas.split_x()), canvas.viewport().height() // 4
    left, right = (middle(canvas, QPoint(line + way, height)).lightness() for way in (-12, 12))
    assert left > right + 40
    shown = desk.window.snapshots
    assert (shown.compared, shown.after) == desk.window.session.photos[0].snapshots
    warm = settle(desk, Edit(attributes={"warmth": 1}))
    assert (shown.compared, shown.after) == (None, None)
    assert desk.canvas_image() == warm


def test_arrow_keys_walk_through_the_grid(desk: Desk, grid: SnapshotGrid) -> None:
    desk.window.activateWindow()
    grid.resize(grid.width(), 900)
    focused = grid.cells[1]
    assert focused.hasFocus()
    QTest.keyClick(focused, Qt.Key.Key_Right)
    assert grid.cells[2].hasFocus()
    QTest.keyClick(grid.cells[2], Qt.Key.Key_Left)
    QTest.keyClick(focused, Qt.Key.Key_Left)
    QTest.keyClick(grid.cells[0], Qt.Key.Key_Left)
    assert grid.cells[0].hasFocus()


def test_many_snapshots_are_scrolled_and_stay_large_enough(desk: Desk, grid: SnapshotGrid) -> None:
    for _ in range(20):
        desk.window.snapshots.take()
    assert len(grid.cells) == 24
    assert min(cell.width() for cell in grid.cells) >= SMALLEST
    grid.cells[-1].setFocus()
    QTest.keyClick(grid.cells[-1], Qt.Key.Key_Left)
    desk.until(lambda: not grid.cells[-2].visibleRegion().isEmpty())
    places = [cell.geometry() for cell in grid.cells]
    assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[i + 1 :])
