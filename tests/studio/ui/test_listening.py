"""Solo and mute, which change what is seen and not what is done; variations by seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSpinBox, QToolButton

from diti_studio.core.editor import Editor
from diti_studio.ui.equaliser_layout import varied
from diti_studio.ui.imaging import to_pixels
from tests.studio.ui.conftest import Desk
from tests.studio.ui.test_main_window import history
from tests.studio.ui.views_fixtures import drag

Shift = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def edited(desk: Desk, photo: Path) -> Desk:
    """The window with a picture whose first and last stage are moved."""
    desk.finish(lambda: desk.open(photo))
    desk.finish(lambda: desk.window.workspace.equaliser.settled.emit((2.0, 2.0, 0, 0, 0, -2.0, -2.0, -2.0), 0))
    return desk


def click_switch(desk: Desk, stage: int, which: int) -> None:
    bars = desk.window.workspace.equaliser.equaliser
    switches = bars.switches(bars.stages[stage])
    assert switches is not None
    QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=switches[which].center().toPoint())


def test_solo_shows_one_stages_part_and_changes_nothing(edited: Desk, editor: Editor) -> None:
    whole = edited.canvas_image().copy()
    state = edited.window.session.state
    assert state is not None
    note = edited.window.workspace.heard_note
    alone = edited.finish(lambda: click_switch(edited, 0, 0)).copy()
    assert alone != whole
    assert note.isVisible()
    assert note.text() == "Solo: Texture — show all"
    only = state.edit.with_group_amounts((2.0, 2.0, *[0.0] * 6))
    *_, view = editor.render(edited.opened[0].subject, only)
    np.testing.assert_array_equal(to_pixels(alone), view.pixels)
    assert edited.window.session.state is state
    assert history(edited).count() == 1
    assert edited.window.preview.finished_image() == whole  # what is copied and exported
    assert edited.finish(lambda: QTest.mouseClick(note, Qt.MouseButton.LeftButton)) == whole
    assert not note.isVisible()


def test_mute_leaves_one_stage_out(edited: Desk) -> None:
    alone = edited.finish(lambda: click_switch(edited, 0, 0)).copy()
    edited.finish(lambda: click_switch(edited, 0, 0))
    bars = edited.window.workspace.equaliser.equaliser
    bars.setFocus()
    QTest.keyClick(bars, Qt.Key.Key_End)
    muted = edited.finish(lambda: QTest.keyClick(bars, Qt.Key.Key_M, Shift))
    assert muted == alone  # the stage between the two moves nothing
    assert bars.accessibleDescription().endswith(", muted")


def test_an_attribute_is_heard_in_its_part_only(desk: Desk, photo: Path, editor: Editor) -> None:
    desk.finish(lambda: desk.open(photo))
    desk.finish(lambda: desk.window.workspace.attributes.settled.emit("brightness", 2.0))
    seen = desk.finish(lambda: click_switch(desk, 1, 0))
    state = desk.window.session.state
    assert state is not None
    *_, view = editor.render(desk.opened[0].subject, state.edit, heard=range(2, 5))
    np.testing.assert_array_equal(to_pixels(seen), view.pixels)


def test_the_switches_do_not_open_the_stage(edited: Desk) -> None:
    bars = edited.window.workspace.equaliser.equaliser
    switches = bars.switches(bars.stages[1])
    assert switches is not None
    QTest.mouseDClick(bars, Qt.MouseButton.LeftButton, pos=switches[1].center().toPoint())
    assert not bars.opened


# -- variations ------------------------------------------------------------------------------------------------


def test_vary_draws_amounts_in_one_step_and_a_typed_seed_draws_the_same(desk: Desk, photo: Path) -> None:
    plain = desk.finish(lambda: desk.open(photo)).copy()
    panel = desk.window.workspace.equaliser
    vary = next(b for b in panel.findChildren(QToolButton) if b.text() == "Vary")
    seed = panel.findChild(QSpinBox)
    first = desk.finish(lambda: QTest.mouseClick(vary, Qt.MouseButton.LeftButton)).copy()
    drawn, amounts = seed.value(), panel.equaliser.amounts
    assert first != plain
    assert all(amounts)
    assert history(desk).count() == 1
    assert history(desk).undoText() == f"Variation {drawn}"
    desk.finish(lambda: QTest.mouseClick(vary, Qt.MouseButton.LeftButton))
    assert panel.equaliser.amounts != amounts
    seed.selectAll()
    QTest.keyClicks(seed, str(drawn))
    assert desk.finish(lambda: QTest.keyClick(seed, Qt.Key.Key_Return)) == first
    assert panel.equaliser.amounts == amounts
    desk.finish(desk.window.undo)
    assert panel.equaliser.amounts != amounts
    desk.finish(lambda: QTest.keyClick(seed, Qt.Key.Key_Return))  # the number that is there already
    assert panel.equaliser.amounts == amounts


def test_only_the_chosen_range_is_varied(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    panel = desk.window.workspace.equaliser
    bars = panel.equaliser
    y = bars.axis().center().y()
    drag(bars, QPointF(bars.bars()[0].left + 5, y), QPointF(bars.bars()[0].right - 5, y))
    desk.finish(lambda: panel.findChild(QSpinBox).setValue(7))
    assert all(bars.amounts[:2])
    assert not any(bars.amounts[2:])


def test_a_group_is_drawn_alike_whatever_the_range() -> None:
    whole = varied((0.0,) * 64, 0, 64, 3)
    part = varied((1.0,) * 64, 20, 32, 3)
    assert part == ((1.0,) * 20 + whole[20:32] + (1.0,) * 32)
    assert max(map(abs, whole)) <= 3
    assert varied((0.0,) * 64, 0, 64, 4) != whole
