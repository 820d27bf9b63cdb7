"""The list of edits in the real window: eyes, crosses, undo, documents and exports."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from diti_studio.core import recipes
from diti_studio.core.edit import Blend, GroupMove, Moves
from diti_studio.core.packs import Pack
from diti_studio.ui import wording
from diti_studio.ui.export_dialog import ExportDialog
from diti_studio.ui.imaging import to_pixels
from diti_studio.ui.jobs import Source
from tests.studio.ui.conftest import Desk
from tests.studio.ui.test_main_window import drag_attribute, history


def titles(desk: Desk) -> list[tuple[str, bool]]:
    """What is listed, and whether it is on."""
    return [(row.title.text(), row.eye.isChecked()) for row in desk.window.workspace.edits.rows()]


def test_an_eye_switches_an_attribute_off_and_on_again_and_undo_knows_it(desk: Desk, photo: Path) -> None:
    plain = desk.finish(lambda: desk.open(photo)).copy()
    desk.window.workspace._tabs.setCurrentWidget(desk.window.workspace.edits)
    edited = desk.finish(lambda: drag_attribute(desk, "brightness", 0.3)).copy()
    (row,) = desk.window.workspace.edits.rows()
    name = row.title.text()
    assert name.startswith("Brightness +")
    assert row.isVisible()
    assert desk.finish(lambda: QTest.mouseClick(row.eye, Qt.MouseButton.LeftButton)) == plain
    assert titles(desk) == [(name, False)]
    assert desk.window.workspace.attributes.row("brightness").amount == 0
    assert history(desk).undoText() == f"{name} off"
    assert desk.finish(desk.window.undo) == edited
    desk.finish(desk.window.redo)
    assert desk.finish(lambda: QTest.keyClick(row.eye, Qt.Key.Key_Space)) == edited
    assert desk.finish(lambda: QTest.mouseClick(row.cross, Qt.MouseButton.LeftButton)) == plain
    assert titles(desk) == []
    assert desk.finish(desk.window.undo) == edited


def test_attributes_bars_and_what_is_borrowed_are_listed_with_their_amounts(
    desk: Desk, photo: Path, other_photo: Path
) -> None:
    desk.finish(lambda: desk.open(photo))
    desk.window.open_source(Source.file(other_photo), "reference")
    desk.until(lambda: desk.window.session.state.lender is not None)
    space = desk.window.workspace
    desk.finish(lambda: space.attributes.settled.emit("smile", -1.25))
    desk.finish(lambda: space.equaliser.settled.emit((0.0,) * 5 + (1.0, 1.0, 0.0), 0))
    desk.finish(lambda: space.equaliser.settled.emit((0.5,) + (0.0,) * 6 + (-2.0,), 1))
    desk.finish(lambda: space.reference.settled.emit(Blend(start=0, end=4, alpha=0.5), 0.5))
    assert titles(desk) == [
        ("Smile −1.25", True),
        ("Groups 5–6 +1.00", True),
        ("Bars of 2 groups, −2.00 to +0.50 (direction 2)", True),
        ("Borrow groups 0–3, 50 %", True),
        ("Borrow noise, 50 %", True),
    ]
    rows = space.edits.rows()
    spoken = QAccessible.queryAccessibleInterface(rows[1].eye)
    assert spoken.text(QAccessible.Text.Name) == "Groups 5–6 +1.00 is in effect"
    assert spoken.state().checked == 1
    for row in rows:
        desk.finish(row.eye.click)
    assert not any(on for _, on in titles(desk))
    assert desk.window.session.state.edit.is_identity
    assert desk.window.session.current.is_edited
    desk.window.workspace.reference.removed.emit()
    assert len(titles(desk)) == 3


@pytest.mark.parametrize(
    ("moves", "text"),
    [
        ([(2, 4, 1.0), (2, 4, -0.5)], "Groups 2–3 +0.50"),
        ([(0, 4, 1.0), (2, 4, -0.5)], "Bars of 4 groups, +0.50 to +1.00"),
        ([(0, 4, 1.0), (2, 4, -1.0)], "Groups 0–1 +1.00"),
        ([(1, 2, 0.5), (2, 3, 0.5)], "Groups 1–2 +0.50"),
        ([(5, 7, 0.1), (5, 7, 0.2), (5, 7, -0.3)], "Groups 5–6 to zero"),
    ],
)
def test_bars_that_overlap_are_called_by_their_sum(tiny: Pack, moves: list[tuple[int, int, float]], text: str) -> None:
    groups = tuple(GroupMove(start=start, end=end, amount=amount) for start, end, amount in moves)
    assert wording.part(tiny, Moves(groups=groups)) == text


def test_an_export_applies_only_what_is_on_and_its_recipe_knows_the_rest(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    warm = desk.finish(lambda: drag_attribute(desk, "warmth", 0.2)).copy()
    desk.finish(lambda: drag_attribute(desk, "brightness", 0.3))
    assert desk.finish(desk.window.workspace.edits.rows()[0].eye.click) == warm
    desk.window.actions_by_id["export"].trigger()
    dialog = desk.window.findChild(ExportDialog)
    assert dialog is not None
    dialog.accept()
    desk.until(lambda: "Written" in desk.window.message.text)
    target = photo.with_name("photo-edited.png")
    with Image.open(target) as image:
        np.testing.assert_array_equal(np.asarray(image), to_pixels(warm))
    recipe = recipes.read(target)
    assert recipe.attributes.keys() == {"warmth"}
    assert recipe.off.attributes.keys() == {"brightness"}


def test_a_document_remembers_what_is_off(desk: Desk, photo: Path, tmp_path: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    desk.finish(lambda: drag_attribute(desk, "brightness", 0.3))
    desk.finish(desk.window.workspace.edits.rows()[0].eye.click)
    before = titles(desk)
    target = tmp_path / "work.diti"
    photo_open = desk.window.session.current
    desk.window.documents.save_to(photo_open, target)
    desk.until(target.exists)
    desk.until(lambda: not desk.window.isWindowModified())
    desk.window.close_picture()
    desk.window.open_source(Source.file(target))
    desk.until(lambda: desk.window.session.state is not None)
    assert titles(desk) == before
    assert before[0][1] is False
