"""What minus and plus would do, asked by resting the mouse and by a key, on the real window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from diti_studio.core.editor import Editor, Quality
from diti_studio.ui.glance_popup import GlancePopup
from diti_studio.ui.imaging import to_pixels
from diti_studio.ui.jobs import (
    Sweep,
)
from tests.studio.ui.conftest import Desk
from tests.studio.ui.test_main_window import drag_attribute

Shift = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def sweeps(desk: Desk, photo: Path) -> list[Sweep]:
    """A picture is open; the list holds the sweeps that the worker began."""
    begun = list[Sweep]()
    desk.window.worker.began.connect(lambda job: begun.append(job) if isinstance(job, Sweep) else None)
    desk.finish(lambda: desk.open(photo))
    return begun


def popup(desk: Desk) -> GlancePopup:
    return desk.window.glances.popup


def filled(desk: Desk) -> bool:
    return popup(desk).isVisible() and all(card.image is not None for card in popup(desk).cards)


def over_bar(desk: Desk, index: int) -> None:
    bars = desk.window.workspace.equaliser.equaliser
    for height in (2.5, 1.5):  # a mouse that is there already does not move
        QTest.mouseMove(bars, QPoint(round(bars.bars()[index].middle), round(bars.place(height))))


def test_a_resting_mouse_shows_minus_and_plus_of_a_bar(desk: Desk, sweeps: list[Sweep], editor: Editor) -> None:
    over_bar(desk, 2)
    desk.until(lambda: filled(desk))
    cards = popup(desk).cards
    assert [card.caption for card in cards] == ["−2.00", "+2.00"]
    subject = desk.opened[0].subject
    edits = sweeps[-1].edits
    assert [set(edit.group_amounts(8)) for edit in edits] == [{0, -2}, {0, 2}]
    for views in editor.sweep(subject, edits, Quality.PREVIEW):
        expected = [view.pixels for view in views]
    for card, pixels in zip(cards, expected, strict=True):
        assert card.image is not None
        np.testing.assert_array_equal(to_pixels(card.image), pixels)
    assert desk.window.session.group.activeStack().count() == 0  # nothing was done


def test_leaving_ends_it_and_coming_back_costs_nothing(desk: Desk, sweeps: list[Sweep]) -> None:
    over_bar(desk, 1)
    desk.until(lambda: filled(desk))
    count = len(sweeps)
    canvas = desk.window.workspace.canvas.viewport()
    for place in (QPoint(20, 20), QPoint(30, 40)):  # a mouse that is there already does not move
        QTest.mouseMove(canvas, place)
    desk.until(lambda: not popup(desk).isVisible())
    over_bar(desk, 1)
    desk.until(lambda: filled(desk))
    assert len(sweeps) == count


def test_a_change_ends_it(desk: Desk, sweeps: list[Sweep]) -> None:
    over_bar(desk, 1)
    desk.until(lambda: popup(desk).isVisible())
    desk.finish(lambda: drag_attribute(desk, "brightness", 0.2))
    assert not popup(desk).isVisible()


def test_a_press_paints_and_asks_nothing(desk: Desk, sweeps: list[Sweep]) -> None:
    bars = desk.window.workspace.equaliser.equaliser
    place = QPoint(round(bars.bars()[0].middle), round(bars.place(1)))
    QTest.mouseMove(bars, place)
    desk.finish(lambda: QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=place))
    assert not popup(desk).isVisible()


def test_an_attributes_title_tells_too(desk: Desk, sweeps: list[Sweep]) -> None:
    row = desk.window.workspace.attributes.row("warmth")
    title = row.findChild(type(row._title))
    QTest.mouseMove(desk.window.workspace.canvas, QPoint(20, 20))
    QTest.mouseMove(title, title.rect().center())
    desk.until(lambda: filled(desk))
    assert [card.caption for card in popup(desk).cards] == ["cool  −2.00", "warm  +2.00"]
    assert "times as much" in row.hint
    red = [to_pixels(card.image)[..., 0].mean() for card in popup(desk).cards if card.image is not None]
    assert red[0] < red[1]


def test_keys_ask_walk_and_end_it(desk: Desk, sweeps: list[Sweep]) -> None:
    bars = desk.window.workspace.equaliser.equaliser
    bars.setFocus()
    QTest.keyClick(bars, Qt.Key.Key_F10, Shift)
    desk.until(lambda: filled(desk))
    first = popup(desk).accessibleName()
    QTest.keyClick(bars, Qt.Key.Key_Right)
    assert popup(desk).isVisible()
    assert popup(desk).accessibleName() != first
    desk.until(lambda: filled(desk))
    QTest.keyClick(bars, Qt.Key.Key_F10, Shift)
    assert not popup(desk).isVisible()
    slider = desk.window.workspace.attributes.row("brightness").slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Menu)
    desk.until(lambda: filled(desk))
    assert popup(desk).accessibleName() == "Brightness"
    bars.setFocus()
    assert not popup(desk).isVisible()


def test_at_its_end_a_bar_says_so(desk: Desk, sweeps: list[Sweep]) -> None:
    panel = desk.window.workspace.equaliser
    desk.finish(lambda: panel.settled.emit((3.0,) * 8, 0))
    bars = panel.equaliser
    bars.setFocus()
    QTest.keyClick(bars, Qt.Key.Key_F10, Shift)
    desk.until(lambda: filled(desk))
    assert [card.caption for card in popup(desk).cards] == ["+1.00", "already at its end"]


def test_without_a_picture_nothing_is_asked(desk: Desk) -> None:
    bars = desk.window.workspace.equaliser.equaliser
    bars.asked.emit(0)
    assert not popup(desk).isVisible()
