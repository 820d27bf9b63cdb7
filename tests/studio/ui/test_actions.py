"""The table of commands: complete, without clashes, and all of it reachable."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QMenu, QTextBrowser, QToolBar

from diti_studio.ui.actions import COMMANDS, plain, shortcut_rows
from diti_studio.ui.preferences import Preferences
from tests.studio.ui.conftest import Desk


def test_no_key_means_two_things(desk: Desk) -> None:
    keys = Counter(
        key.toString()
        for action in desk.window.actions_by_id.values()
        for key in action.shortcuts()
        if not key.isEmpty()
    )
    assert [key for key, count in keys.items() if count > 1] == []


def test_mnemonics_of_a_menu_differ(desk: Desk) -> None:
    for menu in {command.menu for command in COMMANDS}:
        letters = [c.text[c.text.index("&") + 1].lower() for c in COMMANDS if c.menu == menu and "&" in c.text]
        assert len(letters) == len(set(letters)), menu


def test_what_needs_a_picture_waits_for_one(desk: Desk, photo: Path) -> None:
    needing = [desk.window.actions_by_id[c.id] for c in COMMANDS if c.needs == "picture"]
    assert needing
    assert not any(action.isEnabled() for action in needing)
    desk.open(photo)
    assert all(action.isEnabled() for action in needing)
    assert desk.window.windowTitle().startswith("photo.png")
    desk.window.close_picture()
    assert not any(action.isEnabled() for action in needing)
    assert desk.window.pages.currentWidget() is desk.window.welcome
    desk.open(photo)
    assert all(action.isEnabled() for action in needing)
    assert desk.window.pages.currentWidget() is desk.window.workspace


def test_every_command_is_in_its_menu_and_the_toolbar_says_what_it_does(desk: Desk) -> None:
    listed = {action for menu in desk.window.menuBar().actions() for action in menu.menu().actions()}
    assert set(desk.window.actions_by_id.values()) <= listed
    toolbar = desk.window.findChild(QToolBar)
    assert toolbar is not None
    named = [a for a in toolbar.actions() if a in listed]
    assert len(named) == sum(bool(c.toolbar) for c in COMMANDS)
    assert all(action.toolTip() and not action.icon().isNull() for action in named)


def test_the_sheet_lists_every_shortcut(desk: Desk) -> None:
    desk.window.actions_by_id["shortcuts"].trigger()
    dialog = desk.window.findChild(QDialog)
    assert dialog is not None
    shown = {label.text() for label in dialog.findChildren(QLabel)}
    for keys, meaning in shortcut_rows():
        assert keys in shown
        assert meaning in shown
    assert QKeySequence(QKeySequence.StandardKey.Undo).toString() in shown
    dialog.close()


@pytest.mark.parametrize(("command", "text"), [("guide", "time-steps"), ("about", "MIT")])
def test_the_other_help_windows_open(desk: Desk, command: str, text: str) -> None:
    desk.window.actions_by_id[command].trigger()
    dialog = desk.window.findChild(QDialog)
    assert dialog is not None
    browser = dialog.findChild(QTextBrowser)
    said = browser.toPlainText() if browser else " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert text in said
    dialog.close()


def test_the_dialog_opens_what_was_chosen(desk: Desk, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(photo), ""))
    desk.window.actions_by_id["open"].trigger()
    desk.until(lambda: desk.opened)
    assert Preferences().folder("open") == str(photo.parent)


def test_zoom_commands(desk: Desk, photo: Path) -> None:
    desk.open(photo)
    canvas = desk.window.workspace.canvas
    desk.window.actions_by_id["actual"].trigger()
    assert canvas.zoom == pytest.approx(1)
    desk.window.actions_by_id["zoom_in"].trigger()
    desk.window.actions_by_id["zoom_in"].trigger()
    desk.window.actions_by_id["zoom_out"].trigger()
    assert canvas.zoom == pytest.approx(1.25)
    desk.window.actions_by_id["fit"].trigger()
    assert canvas.zoom > 1.25  # 96 pixels on a large canvas


def test_the_guide_names_only_what_the_menus_have(desk: Desk) -> None:
    entries = {
        plain(top.text()): {plain(entry.text()) for entry in menu.actions() if entry.text()}
        for top in desk.window.menuBar().actions()
        if isinstance(menu := top.menu(), QMenu)
    }
    guide = (Path(__file__).parents[3] / "docs" / "guide.md").read_text("utf-8")
    guide = " ".join(guide.replace("'", "’").split())
    named = re.findall(rf"\b({'|'.join(entries)}) > ([^,.;:()]+)", guide)
    assert len({text for _, text in named}) >= 15
    assert [
        f"{menu} > {text}"
        for menu, text in named
        if not any(re.match(rf"{re.escape(entry)}(?!\w)", text) for entry in entries[menu])
    ] == []
