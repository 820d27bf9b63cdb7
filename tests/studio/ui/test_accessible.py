"""What a screen reader finds in the real window: names of everything that takes the focus, values of what is drawn."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from diti_studio.ui.equaliser import Equaliser
from tests.studio.ui.conftest import Desk
from tests.studio.ui.views_fixtures import view_pack

Reader = QAccessibleInterface
NOT_OF_A_SLIDER = (
    Reader.textInterface, Reader.editableTextInterface, Reader.tableCellInterface, Reader.selectionInterface,
    Reader.attributesInterface,
)  # fmt: skip


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


def test_every_bar_is_a_slider_of_its_own_with_name_value_and_place(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    bars = desk.window.workspace.equaliser.equaliser
    whole = QAccessible.queryAccessibleInterface(bars)
    assert whole.role() == QAccessible.Role.Grouping
    stages = [whole.child(i) for i in range(whole.childCount())]
    assert [stage.text(QAccessible.Text.Name) for stage in stages] == [
        f"{stage.name}, time-steps {stage.t_start} to {stage.t_end - 1}" for stage in bars.stages
    ]
    assert {stage.role() for stage in stages} == {QAccessible.Role.Slider}
    assert [whole.indexOfChild(stage) for stage in stages] == list(range(len(stages)))
    assert all(stage.parent() is whole for stage in stages)
    for i, bar in enumerate(bars.bars()):
        middle = bars.mapToGlobal(QPointF(bar.middle, bars.plot().center().y()).toPoint())
        assert whole.childAt(middle.x(), middle.y()) is stages[i]
    assert {ask(stages[0]) for ask in NOT_OF_A_SLIDER} == {None}
    bars.set_opened(frozenset(stage.index for stage in bars.stages))
    assert whole.childCount() == len(bars.amounts)
    assert not stages[0].isValid() or len(bars.stages[0]) == 1
    assert len({whole.child(i).text(QAccessible.Text.Name) for i in range(whole.childCount())}) == len(bars.amounts)


def test_a_screen_reader_moves_a_bar_as_a_step_that_can_be_undone(desk: Desk, photo: Path) -> None:
    plain = desk.finish(lambda: desk.open(photo)).copy()
    bars = desk.window.workspace.equaliser.equaliser
    last = QAccessible.queryAccessibleInterface(bars).child(len(bars.stages) - 1)
    value, actions = last.valueInterface(), last.actionInterface()
    assert (value.minimumValue(), value.currentValue(), value.maximumValue()) == (-3, 0, 3)
    assert last.text(QAccessible.Text.Value) == "0 sd"
    assert desk.finish(lambda: value.setCurrentValue(1.5)) != plain
    assert value.currentValue() == 1.5
    desk.finish(lambda: actions.doAction(actions.increaseAction()))
    desk.finish(lambda: actions.doAction(actions.increaseAction()))
    desk.finish(lambda: actions.doAction(actions.decreaseAction()))
    assert last.text(QAccessible.Text.Value) == "+1.60 sd"
    assert actions.keyBindingsForAction(actions.increaseAction()) == ["Up"]
    assert desk.finish(lambda: actions.doAction("reset")) == plain
    desk.finish(desk.window.undo)
    assert value.currentValue() == 1.6


def test_the_focus_is_at_the_chosen_bar_and_its_changes_are_told(
    desk: Desk, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.finish(lambda: desk.open(photo))
    told = list[tuple[str, QAccessible.Event]]()
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(
        QAccessible,
        "updateAccessibility",
        lambda event: told.append((event.accessibleInterface().text(QAccessible.Text.Name), event.type())),
    )
    bars = desk.window.workspace.equaliser.equaliser
    whole = QAccessible.queryAccessibleInterface(bars)
    desk.window.activateWindow()
    bars.setFocus()
    desk.until(lambda: told)
    QTest.keyClick(bars, Qt.Key.Key_Right)
    second = whole.child(1)
    assert whole.focusChild() is second
    assert second.state().focused
    assert not whole.child(0).state().focused
    desk.finish(lambda: QTest.keyClick(bars, Qt.Key.Key_Up))
    QTest.keyClick(bars, Qt.Key.Key_Return)  # opens the stage
    names = [whole.child(0).text(QAccessible.Text.Name), f"{bars.stages[1].name}, time-steps"]
    assert told[0] == (names[0], QAccessible.Event.Focus)
    assert [kind for name, kind in told if name.startswith(names[1])] == [
        QAccessible.Event.Focus, QAccessible.Event.ValueChanged, QAccessible.Event.Focus,
    ]  # fmt: skip
    assert (bars.accessibleName(), QAccessible.Event.ObjectReorder) in told


def test_the_bars_outlive_no_window(qtbot: QtBot) -> None:
    """Qt and Python both have their addresses: neither may free what the other still asks."""
    for _ in range(5):
        bars = Equaliser()
        bars.set_manifest(view_pack().manifest)
        bars.resize(600, 200)
        whole = QAccessible.queryAccessibleInterface(bars)
        numbers = [QAccessible.uniqueId(whole.child(i)) for i in range(whole.childCount())]
        bars.deleteLater()
        QCoreApplication.sendPostedEvents(bars, QEvent.Type.DeferredDelete)
        del bars, whole
        gc.collect()
        assert not any(QAccessible.accessibleInterface(number).isValid() for number in numbers)
