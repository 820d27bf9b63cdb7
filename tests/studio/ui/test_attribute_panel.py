"""Attribute sliders under real mouse, key and wheel events."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QScrollArea, QToolButton
from pytestqt.qtbot import QtBot

from diti_studio.core.edit import Edit
from diti_studio.core.packs import Pack
from diti_studio.ui.amount_slider import AmountSlider
from diti_studio.ui.attribute_panel import FILTER_FROM, AttributePanel
from diti_studio.ui.attribute_slider import AttributeSlider
from diti_studio.ui.sparkline import Sparkline
from tests.studio.ui.views_fixtures import drag, view_pack, wheel

Shift = Qt.KeyboardModifier.ShiftModifier
Told = list[tuple[str, str, float]]


@pytest.fixture
def panel(qtbot: QtBot) -> AttributePanel:
    return shown(qtbot, view_pack(3))


def shown(qtbot: QtBot, pack: Pack, height: int = 400) -> AttributePanel:
    made = AttributePanel()
    qtbot.addWidget(made)
    made.set_pack(pack)
    made.set_enabled_for(True)
    made.resize(300, height)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def told(panel: AttributePanel) -> Told:
    """Everything the panel says, in order."""
    out: Told = []
    panel.moved.connect(lambda name, amount: out.append(("moved", name, amount)))
    panel.settled.connect(lambda name, amount: out.append(("settled", name, amount)))
    return out


def place(slider: AmountSlider, amount: float) -> QPoint:
    """Where an amount's handle stands."""
    low, high = slider.minimum() / 100, slider.maximum() / 100
    width = slider.width() - 16
    return QPoint(round(8 + (amount - low) / (high - low) * width), 9)


# -- mouse -------------------------------------------------------------------------------------------------


def test_a_drag_tells_each_move_and_settles_once(panel: AttributePanel, told: Told) -> None:
    slider = panel.row("a0").slider
    drag(slider, place(slider, 0), place(slider, 1), place(slider, 2))
    assert [kind for kind, *_ in told] == ["moved", "moved", "settled"]
    assert {name for _, name, _ in told} == {"a0"}
    assert told[0][2] == pytest.approx(1, abs=0.05)
    assert told[-1][2] == pytest.approx(2, abs=0.05)
    assert panel.row("a0").field.value() == told[-1][2]


def test_nothing_settles_while_the_button_is_down(panel: AttributePanel, told: Told, qtbot: QtBot) -> None:
    slider = panel.row("a0").slider
    drag(slider, place(slider, 0), place(slider, 1), release=False)
    qtbot.wait(500)
    assert [kind for kind, *_ in told] == ["moved"]
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place(slider, 1))
    assert told[-1][0] == "settled"


def test_a_drag_beyond_the_end_stops_there(panel: AttributePanel, told: Told) -> None:
    slider = panel.row("a0").slider
    drag(slider, place(slider, 0), QPoint(slider.width() + 300, 9))
    assert told[-1] == ("settled", "a0", 3.0)


def test_shift_drags_finely(panel: AttributePanel, told: Told) -> None:
    slider = panel.row("a0").slider
    drag(slider, place(slider, 0), place(slider, 2), modifiers=Shift)
    assert told[-1][2] == pytest.approx(0.2, abs=0.02)


def test_zero_is_easy_to_find(panel: AttributePanel, told: Told) -> None:
    slider = panel.row("a0").slider
    drag(slider, place(slider, 0), place(slider, 1), place(slider, 0) + QPoint(2, 0))
    assert told[-1] == ("settled", "a0", 0.0)


def test_a_click_jumps_and_settles_after_the_time_of_a_double_click(
    panel: AttributePanel, told: Told, qtbot: QtBot
) -> None:
    slider = panel.row("a0").slider
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place(slider, 1.5))
    assert [kind for kind, *_ in told] == ["moved"]
    qtbot.waitUntil(lambda: told[-1][0] == "settled")
    assert told[-1][2] == pytest.approx(1.5, abs=0.05)


def test_a_double_click_on_the_slider_resets_as_one_change(panel: AttributePanel, told: Told) -> None:
    panel.set_edit(Edit(attributes={"a0": 2.0}))
    slider = panel.row("a0").slider
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place(slider, 1))
    QTest.mouseDClick(slider, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place(slider, 1))
    assert [entry for entry in told if entry[0] == "settled"] == [("settled", "a0", 0.0)]
    assert panel.row("a0").amount == 0


def test_a_double_click_on_the_title_resets(panel: AttributePanel, told: Told) -> None:
    panel.set_edit(Edit(attributes={"a1": -1.0}))
    QTest.mouseDClick(panel.row("a1")._title, Qt.MouseButton.LeftButton)
    assert told == [("settled", "a1", 0.0)]


def test_the_reset_button_shows_only_when_there_is_something_to_reset(panel: AttributePanel, told: Told) -> None:
    row = panel.row("a0")
    assert not row._reset.isVisible()
    panel.set_edit(Edit(attributes={"a0": 0.5}))
    assert row._reset.isVisible()
    QTest.mouseClick(row._reset, Qt.MouseButton.LeftButton)
    assert told == [("settled", "a0", 0.0)]
    assert not row._reset.isVisible()


# -- keys --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "modifier", "amount"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 0.1),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, -0.1),
        (Qt.Key.Key_Up, Shift, 0.01),
        (Qt.Key.Key_Down, Shift, -0.01),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, 0.5),
        (Qt.Key.Key_PageDown, Qt.KeyboardModifier.NoModifier, -0.5),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, -2.0),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 3.0),
    ],
)
def test_keys(panel: AttributePanel, told: Told, key: Qt.Key, modifier: Qt.KeyboardModifier, amount: float) -> None:
    QTest.keyClick(panel.row("a0").slider, key, modifier)
    assert told == [("moved", "a0", amount)]


def test_a_burst_of_keys_settles_once(panel: AttributePanel, told: Told, qtbot: QtBot) -> None:
    slider = panel.row("a0").slider
    for _ in range(3):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: told[-1][0] == "settled")
    assert [kind for kind, *_ in told] == ["moved"] * 3 + ["settled"]
    assert told[-1][2] == 0.3


def test_leaving_the_slider_settles_at_once(panel: AttributePanel, told: Told) -> None:
    panel.activateWindow()
    slider = panel.row("a0").slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    panel.row("a1").slider.setFocus()
    assert told[-1] == ("settled", "a0", 0.1)


# -- typing ------------------------------------------------------------------------------------------------


def test_a_typed_number_moves_and_settles_on_return(panel: AttributePanel, told: Told) -> None:
    field = panel.row("a0").field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, field.locale().toString(1.25, "f", 2))
    assert told[-1] == ("moved", "a0", 1.25)
    assert "settled" not in {kind for kind, *_ in told}
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert [entry for entry in told if entry[0] == "settled"] == [("settled", "a0", 1.25)]
    assert panel.row("a0").slider.value() == 125


def test_an_echo_of_the_edit_does_not_disturb_typing(panel: AttributePanel) -> None:
    """The window shows each move again through ``set_edit``: what is half typed must survive it."""
    panel.moved.connect(lambda name, amount: panel.set_edit(Edit(attributes={name: amount})))
    field = panel.row("a0").field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, field.locale().toString(1.5, "f", 1))
    assert field.text() == field.locale().toString(1.5, "f", 1)


def test_a_field_steps_like_the_slider(panel: AttributePanel, told: Told) -> None:
    field = panel.row("a0").field
    QTest.keyClick(field, Qt.Key.Key_Up)
    QTest.keyClick(field, Qt.Key.Key_Down, Shift)
    assert [amount for _, _, amount in told] == pytest.approx([0.1, 0.09])


def test_return_without_a_change_tells_nothing(panel: AttributePanel, told: Told) -> None:
    QTest.keyClick(panel.row("a0").field, Qt.Key.Key_Return)
    assert told == []


# -- wheel -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [lambda row: row.slider, lambda row: row.field])
def test_the_wheel_scrolls_the_panel_unless_the_slider_has_the_focus(
    qtbot: QtBot, part: Callable[[AttributeSlider], AmountSlider]
) -> None:
    panel = shown(qtbot, view_pack(10), height=220)
    moves: list[float] = []
    panel.moved.connect(lambda _, amount: moves.append(amount))
    bar = panel.findChild(QScrollArea).verticalScrollBar()
    assert bar.maximum() > 0
    panel.findChild(QScrollArea).setFocus()
    wheel(part(panel.row("a0")), -1)
    assert moves == []
    assert bar.value() > 0

    bar.setValue(0)
    part(panel.row("a0")).setFocus()
    wheel(part(panel.row("a0")), 1)
    assert moves == [0.1]
    assert bar.value() == 0


def test_small_turns_of_a_touch_pad_add_up(panel: AttributePanel, told: Told) -> None:
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    slider = panel.row("a0").slider
    panel.activateWindow()
    slider.setFocus()
    for _ in range(4):
        event = QWheelEvent(
            QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 30), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(slider, event)
    assert [amount for _, _, amount in told] == [0.1]


# -- what is shown -----------------------------------------------------------------------------------------


def test_an_edit_is_shown_and_nothing_told(panel: AttributePanel, told: Told) -> None:
    panel.set_edit(Edit(attributes={"a0": 1.5, "a2": -0.25}))
    assert [panel.row(name).amount for name in ("a0", "a1", "a2")] == [1.5, 0, -0.25]
    assert panel.row("a0").slider.value() == 150
    assert told == []


def test_an_amount_beyond_the_range_is_shown_as_it_is(panel: AttributePanel, told: Told) -> None:
    panel.set_edit(Edit(attributes={"a0": 7.0}))
    row = panel.row("a0")
    assert row.field.value() == 7
    assert row.slider.value() == row.slider.maximum()
    assert told == []


def test_without_a_picture_nothing_moves(panel: AttributePanel, told: Told) -> None:
    panel.set_enabled_for(False)
    slider = panel.row("a0").slider
    drag(slider, place(slider, 0), place(slider, 1))
    assert not slider.isEnabled()
    assert told == []


def test_reset_all_asks_the_window(panel: AttributePanel, told: Told, qtbot: QtBot) -> None:
    button = next(b for b in panel.findChildren(QToolButton) if b.text() == "Reset all")
    assert not button.isEnabled()
    panel.set_edit(Edit(attributes={"a0": 1.0}))
    with qtbot.waitSignal(panel.reset_all_requested):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert told == []


def test_experimental_attributes_wait_behind_a_heading(qtbot: QtBot) -> None:
    panel = shown(qtbot, view_pack(4, experimental=1))
    assert panel.row("a0").isVisible()
    assert not panel.row("a3").isVisible()
    QTest.mouseClick(panel._experimental.heading, Qt.MouseButton.LeftButton)
    assert panel.row("a3").isVisible()


def test_many_attributes_can_be_searched(qtbot: QtBot) -> None:
    panel = shown(qtbot, view_pack(FILTER_FROM, experimental=1))
    field = panel.findChild(QLineEdit, "filter")
    assert field.isVisible()
    QTest.keyClicks(field, "more1")
    assert [name for name in panel._rows if panel.row(name).isVisible()] == ["a1", "a10", "a11", "a12"]
    field.clear()
    assert panel.row("a0").isVisible()


def test_few_attributes_need_no_search(panel: AttributePanel) -> None:
    assert not panel.findChild(QLineEdit, "filter").isVisible()


def test_another_pack_replaces_the_rows(panel: AttributePanel, told: Told) -> None:
    panel.set_pack(view_pack(1))
    with pytest.raises(KeyError):
        panel.row("a1")
    QTest.keyClick(panel.row("a0").slider, Qt.Key.Key_Right)
    assert told == [("moved", "a0", 0.1)]


def test_no_pack_is_said(panel: AttributePanel) -> None:
    panel.set_pack(None)
    panel.set_edit(Edit())
    assert panel._rows == {}


# -- for those who do not see it ---------------------------------------------------------------------------


def test_names_and_values_are_told_to_screen_readers(panel: AttributePanel) -> None:
    row = panel.row("a0")
    panel.set_edit(Edit(attributes={"a0": 1.5}))
    assert row.slider.accessibleName() == "Attribute 0"
    assert row.slider.accessibleDescription() == row.field.text()
    assert row.field.accessibleName() == "Attribute 0, number"
    assert row._reset.accessibleName() == "Reset Attribute 0"


def test_the_sparkline_says_where_it_lives(panel: AttributePanel) -> None:
    spark = panel.row("a0").findChild(Sparkline)
    assert spark.accessibleDescription() == "Lives mostly in “Shape”, time-steps 500 to 1000 (75 %)."
    assert spark.accessibleDescription() in spark.toolTip()


def test_what_a_pack_says_is_never_markup(qtbot: QtBot) -> None:
    pack = view_pack(1)
    hostile = "<img src='file:///etc/passwd'><b>x</b>"
    attribute = pack.manifest.attributes[0].model_copy(update={"title": hostile})
    row = AttributeSlider(attribute, pack.manifest)
    qtbot.addWidget(row)
    assert row._title.textFormat() == Qt.TextFormat.PlainText
    shown = QTextDocument()
    shown.setHtml(row.slider.toolTip())
    assert hostile in shown.toPlainText()


def test_the_sparkline_draws_its_peak_at_the_coarse_end(panel: AttributePanel) -> None:
    spark = panel.row("a0").findChild(Sparkline)
    image = spark.grab().toImage()
    ground = image.pixelColor(image.width() // 2, 2)
    assert image.pixelColor(image.width() - 2, 3) != ground
    assert image.pixelColor(2, 3) == ground
