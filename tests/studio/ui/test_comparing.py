"""Difference, snapshots, and comparing with one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from diti_studio.core.edit import Edit
from diti_studio.ui.compare import difference
from diti_studio.ui.imaging import to_image, to_pixels
from diti_studio.ui.jobs import Job
from diti_studio.ui.session import Snapshot
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
