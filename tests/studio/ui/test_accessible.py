"""What a screen reader finds in the real window: names of everything that takes the focus, values of what is drawn."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.studio.ui.conftest import Desk


def spoken(widget: QWidget, what: QAccessible.Text = QAccessible.Text.Name) -> str:
    """A text of a widget, as assistive technology asks for it."""
    return QAccessible.queryAccessibleInterface(widget).text(what)


def test_every_widget_of_ours_that_takes_the_focus_has_a_name(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    nameless = [
        type(widget).__name__
        for widget in desk.window.findChildren(QWidget)
        if not widget.isHidden()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and type(widget).__module__.startswith("diti_studio")
        and not spoken(widget)
    ]
    assert nameless == []


def test_the_bar_at_the_keys_tells_its_stage_its_time_steps_and_its_value(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    bars = desk.window.workspace.equaliser.equaliser
    bars.setFocus()
    QTest.keyClick(bars, Qt.Key.Key_Home)
    told = list[str]()
    for stage in bars.stages:
        told.append(spoken(bars, QAccessible.Text.Description))
        assert told[-1].startswith(f"{stage.name}, time-steps {stage.t_start} to {stage.t_end - 1}: ")
        QTest.keyClick(bars, Qt.Key.Key_Right)
    assert len(set(told)) == len(bars.stages)
    bars.set_opened(frozenset(stage.index for stage in bars.stages))
    QTest.keyClick(bars, Qt.Key.Key_End)
    desk.finish(lambda: QTest.keyClick(bars, Qt.Key.Key_Up))
    last = spoken(bars, QAccessible.Text.Description)
    assert last.startswith(bars.stages[-1].name)
    assert "+0.10 sd" in last
    assert last.count("time-steps") == 1


def test_an_attribute_tells_its_value(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    row = desk.window.workspace.attributes.row("brightness")
    desk.finish(lambda: QTest.keyClick(row.slider, Qt.Key.Key_Right))
    assert spoken(row.slider) == "Brightness"
    assert spoken(row.slider, QAccessible.Text.Description) == row.field.text() != "0.00"
