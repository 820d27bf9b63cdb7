"""The command palette finds and gives commands."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from diti_studio.ui.command_palette import CommandPalette
from tests.studio.ui.conftest import Desk


def palette(desk: Desk) -> CommandPalette:
    """Opens it."""
    desk.window.actions_by_id["palette"].trigger()
    found = desk.window.findChild(CommandPalette)
    assert found is not None
    return found


def listed(dialog: CommandPalette) -> list[str]:
    """What it shows."""
    model = dialog.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_words_in_any_order_find_a_command_and_enter_gives_it(desk: Desk, photo: Path) -> None:
    desk.open(photo)
    dialog = palette(desk)
    assert len(listed(dialog)) > 20
    QTest.keyClicks(dialog.field, "after bef")
    assert listed(dialog) == ["View › Before and After"]
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    desk.until(desk.window.actions_by_id["split"].isChecked)
    desk.qtbot.waitUntil(lambda: desk.window.findChild(CommandPalette) is None)


def test_arrows_move_while_one_types_and_what_cannot_be_done_is_not_listed(desk: Desk) -> None:
    dialog = palette(desk)
    assert not any(text.endswith("› Export") for text in listed(dialog))
    first = dialog.list.currentIndex().row()
    QTest.keyClick(dialog.field, Qt.Key.Key_Down)
    assert dialog.list.currentIndex().row() == first + 1
    QTest.keyClicks(dialog.field, "nothing like it")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)  # does nothing
    dialog.reject()
