"""Edits that travel: from picture to picture, as presets, in files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit

from diti_studio.core import pictures, recipes
from diti_studio.core.edit import Edit
from diti_studio.ui.preferences import Preferences
from tests.studio.packs_factory import picture
from tests.studio.ui.conftest import Desk
from tests.studio.ui.views_fixtures import name_file

BRIGHT = Edit(attributes={"brightness": 1.5})


def test_an_edit_is_copied_to_another_picture_as_one_step(desk: Desk, photo: Path, other_photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    desk.finish(lambda: desk.window.session.settle(BRIGHT, "Brighter", "test"))
    desk.window.actions_by_id["copy_edit"].trigger()
    before = desk.finish(lambda: desk.open(other_photo)).copy()
    after = desk.finish(desk.window.actions_by_id["paste_edit"].trigger)
    state = desk.window.session.state
    assert state is not None
    assert state.edit == BRIGHT
    assert after != before
    assert desk.finish(desk.window.undo) == before


def test_what_the_model_cannot_do_is_said_and_left_out(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    QGuiApplication.clipboard().setText(Edit(attributes={"brightness": 1, "no_such": 2}).to_json())
    desk.finish(desk.window.recipes.paste)
    assert desk.window.session.state is not None
    assert desk.window.session.state.edit.attributes == {"brightness": 1}
    assert "no such" in desk.window.message.text


@pytest.mark.parametrize("text", ["", "hello", '{"version": 99}'])
def test_pasting_something_else_says_so(desk: Desk, photo: Path, text: str) -> None:
    desk.finish(lambda: desk.open(photo))
    QGuiApplication.clipboard().setText(text)
    desk.window.recipes.paste()
    assert "no edit" in desk.window.message.text
    assert desk.window.session.state is not None
    assert desk.window.session.state.edit.is_identity


def test_a_preset_is_kept_applied_and_deleted(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    desk.finish(lambda: desk.window.session.settle(BRIGHT, "Brighter", "test"))
    desk.window.recipes.ask_preset()
    dialog = desk.window.findChild(QInputDialog)
    assert dialog is not None
    field = dialog.findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, "Sunny / day")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert list(Preferences().presets) == ["Sunny / day"]
    desk.finish(desk.window.controls.reset_all)
    desk.finish(lambda: desk.window.recipes.apply_preset("Sunny / day"))
    assert desk.window.session.state is not None
    assert desk.window.session.state.edit == BRIGHT
    Preferences().remove_preset("Sunny / day")
    desk.window.recipes.apply_preset("Sunny / day")
    assert "cannot be read" in desk.window.message.text


def test_an_opened_export_offers_its_recipe_to_the_picture_before(desk: Desk, photo: Path, tmp_path: Path) -> None:
    export = tmp_path / "export.png"
    pictures.save(picture(3), export, recipe=BRIGHT.to_json())
    plain = desk.finish(lambda: desk.open(photo)).copy()
    desk.finish(lambda: desk.open(export))
    assert "carries the recipe" in desk.window.message.text
    assert desk.window.message.action.text() == "Apply It to photo.png"
    QTest.mouseClick(desk.window.message.action, Qt.MouseButton.LeftButton)
    assert desk.window.windowTitle().startswith("photo.png")
    assert desk.window.session.state is not None
    assert desk.window.session.state.edit == BRIGHT
    desk.until(lambda: desk.shown[-1][1] and desk.canvas_image() != plain)


@pytest.mark.parametrize("taken", [False, True])
def test_a_name_with_a_dot_gets_the_suffix_too_and_replaces_nothing_unasked(
    desk: Desk, photo: Path, tmp_path: Path, taken: bool
) -> None:
    desk.finish(lambda: desk.open(photo))
    target = tmp_path / "Smile 1.5.json"
    if taken:
        target.write_text("mine")
    desk.window.recipes.ask_save()
    name_file(desk.window, tmp_path / "Smile 1.5")
    if taken:
        desk.until(lambda: any(d.isVisible() for d in desk.window.findChildren(QFileDialog)))  # asks again
        (dialog,) = (d for d in desk.window.findChildren(QFileDialog) if d.isVisible())
        dialog.reject()
        assert target.read_text() == "mine"
    else:
        desk.until(target.exists)
        assert recipes.read(target) == Edit()


def test_a_recipe_goes_through_a_file(desk: Desk, photo: Path, tmp_path: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    desk.finish(lambda: desk.window.session.settle(BRIGHT, "Brighter", "test"))
    target = tmp_path / "bright"
    desk.window.recipes.ask_save()
    name_file(desk.window, target)
    desk.until(lambda: "Written" in desk.window.message.text)
    desk.finish(desk.window.controls.reset_all)
    desk.finish(lambda: desk.window.recipes.load(target.with_suffix(".json")))
    assert desk.window.session.state is not None
    assert desk.window.session.state.edit == BRIGHT
    desk.window.recipes.load(tmp_path / "gone.json")
    desk.until(lambda: desk.failures)
    assert "cannot be read" in desk.window.message.text
