"""The reference panel under real drops, mouse and keys; the history panel on a real stack."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage, QUndoCommand, QUndoStack
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox
from pytestqt.qtbot import QtBot

from diti_studio.core.edit import Blend, Edit
from diti_studio.ui.history_panel import HistoryPanel
from diti_studio.ui.reference_panel import ReferencePanel
from tests.studio.ui.views_fixtures import drag, view_pack, wheel

# Its successor came after the oldest Qt that we support.
pytestmark = pytest.mark.filterwarnings("ignore:.*QDragEnterEvent")

Told = list[tuple[str, Blend | None, float]]


@pytest.fixture
def panel(qtbot: QtBot) -> ReferencePanel:
    made = ReferencePanel()
    qtbot.addWidget(made)
    made.set_pack(view_pack())
    made.set_reference("other.png", square("red"))
    made.resize(300, 260)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def told(panel: ReferencePanel) -> Told:
    out: Told = []
    panel.moved.connect(lambda blend, noise: out.append(("moved", blend, noise)))
    panel.settled.connect(lambda blend, noise: out.append(("settled", blend, noise)))
    return out


def square(colour: str) -> QImage:
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def drop(panel: ReferencePanel, data: QMimeData) -> tuple[bool, bool]:
    """Drags data in and drops it; whether each event was taken."""
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(20, 20), Qt.DropAction.CopyAction, data, buttons, none)
    enter.ignore()
    QApplication.sendEvent(panel, enter)
    let_go = QDropEvent(QPointF(20, 20), Qt.DropAction.CopyAction, data, buttons, none)
    let_go.ignore()
    QApplication.sendEvent(panel, let_go)
    return enter.isAccepted(), let_go.isAccepted()


def choose(panel: ReferencePanel, index: int) -> None:
    """Picks an entry of the list of ranges with the keyboard."""
    box = panel.findChild(QComboBox)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(index):
        QTest.keyClick(box, Qt.Key.Key_Down)


# -- drops -------------------------------------------------------------------------------------------------


def test_a_dropped_file_is_told_by_its_path(panel: ReferencePanel, qtbot: QtBot, tmp_path: Path) -> None:
    data = QMimeData()
    path = tmp_path / "Äpfel & Birnen.png"
    data.setUrls([QUrl("https://example.org/a.png"), QUrl.fromLocalFile(str(path))])
    with qtbot.waitSignal(panel.path_dropped) as told:
        assert drop(panel, data) == (True, True)
    assert told.args is not None
    assert Path(told.args[0]) == path


def test_dropped_pixels_are_told_as_an_image(panel: ReferencePanel, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setImageData(square("blue"))
    with qtbot.waitSignal(panel.image_dropped) as told:
        assert drop(panel, data) == (True, True)
    assert told.args is not None
    assert told.args[0].pixelColor(3, 3) == QColor("blue")


def test_what_is_no_picture_is_not_taken(panel: ReferencePanel, qtbot: QtBot) -> None:
    text, link = QMimeData(), QMimeData()
    text.setText("hello")
    link.setUrls([QUrl("https://example.org/a.png")])
    with qtbot.assertNotEmitted(panel.path_dropped), qtbot.assertNotEmitted(panel.image_dropped):
        assert drop(panel, text) == (False, False)
        assert drop(panel, link) == (False, False)


def test_the_well_lights_up_under_a_drag(panel: ReferencePanel) -> None:
    data = QMimeData()
    data.setImageData(square("blue"))
    before = panel._well.grab().toImage()
    enter = QDragEnterEvent(
        QPoint(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(panel, enter)
    assert panel._well.grab().toImage() != before


# -- the picture -------------------------------------------------------------------------------------------


def test_a_click_and_a_key_ask_for_a_file(panel: ReferencePanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.browse_requested):
        QTest.mouseClick(panel._well, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(panel.browse_requested):
        QTest.keyClick(panel._well, Qt.Key.Key_Return)


def test_the_picture_is_shown_and_can_be_removed(panel: ReferencePanel, qtbot: QtBot) -> None:
    image = panel._well.grab().toImage()
    assert image.pixelColor(30, image.height() // 2) == QColor("red")
    assert "other.png" in panel._well.accessibleName()
    with qtbot.waitSignal(panel.removed):
        QTest.mouseClick(panel._remove, Qt.MouseButton.LeftButton)


def test_without_a_picture_the_controls_wait_and_say_why(panel: ReferencePanel, told: Told) -> None:
    panel.set_reference(None, None)
    assert not panel._slider.isEnabled()
    assert not panel._remove.isVisible()
    assert panel._hint.isVisible()
    assert panel._hint.text()
    panel.set_reference("again.png", square("red"))
    assert panel._slider.isEnabled()
    assert not panel._hint.isVisible()
    assert told == []


# -- what is borrowed --------------------------------------------------------------------------------------


def test_the_blend_moves_and_settles(panel: ReferencePanel, told: Told) -> None:
    slider = panel._slider
    drag(slider, QPoint(8, 9), QPoint(slider.width() // 2, 9), QPoint(slider.width() - 8, 9))
    assert [kind for kind, *_ in told] == ["moved", "moved", "settled"]
    middle = told[0][1]
    assert middle is not None
    assert middle.alpha == pytest.approx(0.5, abs=0.03)
    assert told[-1][1:] == (Blend(start=0, end=64, alpha=1.0), 0.0)


def test_a_typed_blend(panel: ReferencePanel, told: Told) -> None:
    panel._field.setFocus()
    panel._field.selectAll()
    QTest.keyClicks(panel._field, panel._field.locale().toString(0.25, "f", 2))
    QTest.keyClick(panel._field, Qt.Key.Key_Return)
    assert told[-1] == ("settled", Blend(start=0, end=64, alpha=0.25), 0.0)
    assert panel._slider.value() == 25


def test_back_at_zero_nothing_is_borrowed(panel: ReferencePanel, told: Told) -> None:
    panel.set_edit(Edit(blends=(Blend(start=0, end=64, alpha=0.5),)))
    QTest.mouseDClick(panel._slider, Qt.MouseButton.LeftButton)
    assert told[-1] == ("settled", None, 0.0)


def test_a_stage_is_chosen(panel: ReferencePanel, told: Told, qtbot: QtBot) -> None:
    panel.set_edit(Edit(blends=(Blend(start=0, end=64, alpha=0.5),)))
    with qtbot.waitSignal(panel.range_chosen):
        choose(panel, 1)
    choose(panel, 3)
    assert panel.range() == (7, 20)
    assert told[-1] == ("settled", Blend(start=7, end=20, alpha=0.5), 0.0)


def test_its_noise_goes_as_far_as_the_blend(panel: ReferencePanel, told: Told) -> None:
    panel.set_edit(Edit(blends=(Blend(start=0, end=64, alpha=0.5),)))
    box = panel.findChild(QCheckBox)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert told == [("settled", Blend(start=0, end=64, alpha=0.5), 0.5)]
    QTest.keyClick(panel._slider, Qt.Key.Key_Right)
    assert told[-1] == ("moved", Blend(start=0, end=64, alpha=0.6), 0.6)


def test_the_range_of_the_equaliser_is_taken(panel: ReferencePanel, told: Told) -> None:
    panel.set_selected_range(3, 9)
    assert panel.range() == (3, 9)
    assert told == []  # nothing is blended yet
    panel.set_edit(Edit(blends=(Blend(start=3, end=9, alpha=0.5),)))
    panel.set_selected_range(10, 12)
    assert told == [("settled", Blend(start=10, end=12, alpha=0.5), 0.0)]
    panel.set_selected_range(0, 0)
    assert panel.range() == (0, 64)


def test_the_range_chosen_here_is_told_and_all_of_time_is_no_range(panel: ReferencePanel) -> None:
    told: list[tuple[int, int]] = []
    panel.range_chosen.connect(lambda start, end: told.append((start, end)))
    choose(panel, 2)
    choose(panel, 0)
    assert told == [(0, 4), (4, 7), (0, 0)]


def test_an_edit_is_shown_and_nothing_told(panel: ReferencePanel, told: Told) -> None:
    panel.set_edit(Edit(blends=(Blend(start=5, end=11, alpha=0.75),), blend_noise=0.75))
    assert panel.range() == (5, 11)
    assert panel._slider.amount() == 0.75
    assert panel.findChild(QCheckBox).isChecked()
    panel.set_edit(Edit())
    assert panel._slider.amount() == 0
    assert told == []


def test_the_wheel_over_the_ranges_changes_nothing(panel: ReferencePanel, told: Told) -> None:
    panel.activateWindow()
    panel._slider.setFocus()
    wheel(panel.findChild(QComboBox), -1)
    assert panel.range() == (0, 64)
    assert told == []


def test_without_a_pack_nothing_is_borrowed(panel: ReferencePanel, told: Told) -> None:
    panel.set_pack(None)
    assert not panel._slider.isEnabled()
    panel.set_edit(Edit())
    assert told == []


# -- history -----------------------------------------------------------------------------------------------


def test_a_click_in_the_history_goes_back(qtbot: QtBot) -> None:
    stack = QUndoStack()
    for text in ("Smile +1", "Age -1"):
        stack.push(QUndoCommand(text))
    panel = HistoryPanel(stack)
    qtbot.addWidget(panel)
    panel.resize(300, 160)
    panel.show()
    view = panel.view
    texts = [view.model().index(row, 0).data() for row in range(view.model().rowCount())]
    assert texts == ["Start", "Smile +1", "Age -1"]
    first = view.visualRect(view.model().index(1, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, first)
    assert stack.index() == 1
