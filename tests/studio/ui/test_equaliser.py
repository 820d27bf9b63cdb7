"""The equaliser under real mouse, key and wheel events."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from diti_studio.core.edit import Edit, GroupMove
from diti_studio.core.packs import Pack
from diti_studio.ui.equaliser import Equaliser
from diti_studio.ui.equaliser_layout import bars_of, shifted, stages_of
from diti_studio.ui.equaliser_panel import EqualiserPanel
from tests.studio.ui.views_fixtures import STARTS, drag, view_pack, wheel

Shift = Qt.KeyboardModifier.ShiftModifier
ALL = frozenset(range(5))


@dataclass
class Told:
    """What the panel said."""

    kinds: list[str] = field(default_factory=list)
    amounts: list[tuple[float, ...]] = field(default_factory=list)
    components: list[int] = field(default_factory=list)
    ranges: list[tuple[int, int]] = field(default_factory=list)

    def hear(self, kind: str, amounts: tuple[float, ...], component: int) -> None:
        self.kinds.append(kind)
        self.amounts.append(amounts)
        self.components.append(component)


@pytest.fixture
def panel(qtbot: QtBot) -> EqualiserPanel:
    made = EqualiserPanel()
    qtbot.addWidget(made)
    made.set_pack(view_pack())
    made.resize(800, 240)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def bars(panel: EqualiserPanel) -> Equaliser:
    return panel.equaliser


@pytest.fixture
def told(panel: EqualiserPanel) -> Told:
    out = Told()
    panel.moved.connect(lambda amounts, component: out.hear("moved", amounts, component))
    panel.settled.connect(lambda amounts, component: out.hear("settled", amounts, component))
    panel.range_selected.connect(lambda start, end: out.ranges.append((start, end)))
    return out


def at(bars: Equaliser, index: int, amount: float) -> QPointF:
    """A place in the middle of a bar, at the height of an amount."""
    return QPointF(bars.bars()[index].middle, bars.place(amount))


def below(bars: Equaliser, index: int) -> QPointF:
    """A place on the axis under a bar."""
    return QPointF(bars.bars()[index].middle, bars.axis().center().y())


# -- layout ------------------------------------------------------------------------------------------------


def test_five_stages_are_five_bars(bars: Equaliser) -> None:
    assert [(bar.start, bar.end) for bar in bars.bars()] == list(pairwise(STARTS))
    assert all(bar.right - bar.left >= 60 for bar in bars.bars())


@given(opened=st.frozensets(st.integers(0, 4)), width=st.floats(200, 4000))
def test_bars_cover_groups_and_room_without_gap(opened: frozenset[int], width: float) -> None:
    stages = stages_of(view_pack().manifest)
    bars = bars_of(stages, opened, 10, 10 + width)
    assert [bars[0].start, *(bar.end for bar in bars)] == [*(bar.start for bar in bars), 64]
    assert bars[0].left == 10
    assert bars[-1].right == pytest.approx(10 + width)
    for a, b in pairwise(bars):
        assert a.right == pytest.approx(b.left)
        assert a.left < a.right


def test_with_every_group_shown_the_axis_is_linear(bars: Equaliser) -> None:
    bars.set_opened(ALL)
    widths = {round(bar.right - bar.left, 3) for bar in bars.bars()}
    assert len(bars.bars()) == 64
    assert len(widths) == 1


@given(st.lists(st.floats(-3, 3), min_size=4, max_size=4), st.floats(-3, 3))
def test_shifting_stays_within_the_limits_and_its_range(values: list[float], target: float) -> None:
    out = shifted(tuple(values), 1, 3, target)
    assert (out[0], out[3]) == (values[0], values[3])
    assert all(-3 <= value <= 3 for value in out[1:3])


def test_shifting_keeps_what_was_painted() -> None:
    assert shifted((1.0, 0.0, 2.0), 1, 3, 1.5) == (1.0, 0.5, 2.5)


# -- mouse -------------------------------------------------------------------------------------------------


def test_a_stage_moves_all_of_its_groups(bars: Equaliser, told: Told) -> None:
    drag(bars, at(bars, 3, 0), at(bars, 3, 1), at(bars, 3, 2))
    assert told.kinds[-1] == "settled"
    assert told.kinds.count("settled") == 1
    last = told.amounts[-1]
    assert len(last) == 64
    assert all(value == pytest.approx(2, abs=0.05) for value in last[20:32])
    assert not any(last[:20])
    assert not any(last[32:])


def test_painting_reaches_every_bar_that_was_crossed(bars: Equaliser, told: Told) -> None:
    bars.set_opened(ALL)
    drag(bars, at(bars, 10, 1), at(bars, 30, 2))  # in one leap
    last = told.amounts[-1]
    assert all(1 <= round(value, 1) <= 2 for value in last[10:31])
    assert list(last[10:31]) == sorted(last[10:31])
    assert not any(last[:10])
    assert not any(last[31:])


def test_painting_back_over_a_bar_paints_it_again(bars: Equaliser, told: Told) -> None:
    drag(bars, at(bars, 1, 2), at(bars, 2, 2), at(bars, 2, -1), at(bars, 1, -1))
    last = told.amounts[-1]
    assert last[4] == pytest.approx(-1, abs=0.05)
    assert last[7] == pytest.approx(-1, abs=0.05)


def test_a_drag_outside_stays_within_the_limits(bars: Equaliser, told: Told) -> None:
    drag(bars, at(bars, 4, 0), QPointF(bars.width() + 200, -400))
    assert told.amounts[-1][63] == 3


def test_shift_moves_one_bar_finely(bars: Equaliser, told: Told) -> None:
    drag(bars, at(bars, 2, 0), at(bars, 2, 1), at(bars, 3, 2), modifiers=Shift)
    assert told.amounts[-1][7] == pytest.approx(0.2, abs=0.02)
    assert told.amounts[-1][20] == 0


def test_zero_is_easy_to_find(bars: Equaliser, told: Told) -> None:
    drag(bars, at(bars, 0, 0), at(bars, 0, 2), at(bars, 0, 0) + QPointF(0, 2))
    assert told.amounts[-1][0] == 0


def test_a_double_click_resets_one_bar_as_one_change(panel: EqualiserPanel, bars: Equaliser, told: Told) -> None:
    panel.set_edit(Edit(groups=(GroupMove(start=0, end=64, amount=1),)))
    middle = at(bars, 2, 2).toPoint()
    QTest.mouseClick(bars, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    QTest.mouseDClick(bars, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    assert told.kinds.count("settled") == 1
    assert told.amounts[-1] == (1.0,) * 7 + (0.0,) * 13 + (1.0,) * 44


def test_the_reset_button_resets_all(panel: EqualiserPanel, told: Told) -> None:
    assert not panel._reset.isEnabled()
    panel.set_edit(Edit(groups=(GroupMove(start=3, end=40, amount=1),)))
    QTest.mouseClick(panel._reset, Qt.MouseButton.LeftButton)
    assert told.kinds == ["moved", "settled"]
    assert told.amounts[-1] == (0.0,) * 64


def test_a_double_click_on_a_stage_name_opens_and_closes_it(bars: Equaliser, told: Told) -> None:
    def name() -> QPointF:
        own = [bar for bar in bars.bars() if bar.stage == 3]
        return QPointF((own[0].left + own[-1].right) / 2, bars.header().center().y())

    QTest.mouseDClick(bars, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, name().toPoint())
    assert bars.opened == {3}
    assert len(bars.bars()) == 4 + 12
    QTest.mouseDClick(bars, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, name().toPoint())
    assert bars.opened == frozenset()
    assert told.kinds == []


def test_a_click_on_the_arrow_opens_the_stage(bars: Equaliser) -> None:
    arrow = QPointF(bars.bars()[2].left + 9, bars.header().center().y()).toPoint()
    QTest.mouseClick(bars, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, arrow)
    assert bars.opened == {2}


def test_the_zoom_button_shows_all_groups_and_follows(panel: EqualiserPanel, bars: Equaliser) -> None:
    QTest.mouseClick(panel._zoom, Qt.MouseButton.LeftButton)
    assert len(bars.bars()) == 64
    bars.toggle_stage(0)
    assert not panel._zoom.isChecked()
    bars.toggle_stage(0)
    assert panel._zoom.isChecked()
    QTest.mouseClick(panel._zoom, Qt.MouseButton.LeftButton)
    assert len(bars.bars()) == 5


def test_the_wheel_needs_the_focus(panel: EqualiserPanel, bars: Equaliser, told: Told) -> None:
    panel.activateWindow()
    panel._zoom.setFocus()
    wheel(bars, 1, at(bars, 1, 1))
    assert told.kinds == []
    bars.setFocus()
    wheel(bars, 1, at(bars, 1, 1))
    assert told.amounts[-1][4:7] == (0.1,) * 3


# -- range -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.NoModifier, Shift])
def test_a_drag_along_the_axis_selects_a_range(bars: Equaliser, told: Told, modifier: Qt.KeyboardModifier) -> None:
    drag(bars, below(bars, 3), below(bars, 1), modifiers=modifier)
    assert told.ranges[-1] == (4, 32)
    assert bars.selected_range == (4, 32)
    assert told.kinds == []


def test_a_click_on_the_axis_takes_the_range_back(bars: Equaliser, told: Told) -> None:
    drag(bars, below(bars, 3), below(bars, 1))
    point = below(bars, 4).toPoint()
    QTest.mouseClick(bars, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
    assert told.ranges[-1] == (0, 0)


def test_a_range_is_shown_and_nothing_told(panel: EqualiserPanel, bars: Equaliser, told: Told) -> None:
    before = bars.grab().toImage()
    panel.set_selected_range(7, 20)
    assert bars.selected_range == (7, 20)
    assert bars.grab().toImage() != before
    panel.set_selected_range(5, 5)
    assert bars.selected_range == (0, 0)
    panel.set_selected_range(60, 900)
    assert bars.selected_range == (60, 64)
    assert told.ranges == []


def test_a_range_by_keys(bars: Equaliser, told: Told) -> None:
    QTest.keyClick(bars, Qt.Key.Key_Right)
    QTest.keyClick(bars, Qt.Key.Key_Right, Shift)
    QTest.keyClick(bars, Qt.Key.Key_Right, Shift)
    QTest.keyClick(bars, Qt.Key.Key_Left, Shift)
    QTest.keyClick(bars, Qt.Key.Key_Escape)
    assert told.ranges == [(4, 20), (4, 32), (4, 20), (0, 0)]


# -- keys --------------------------------------------------------------------------------------------------


def test_arrows_choose_and_move(bars: Equaliser, told: Told, qtbot: QtBot) -> None:
    QTest.keyClick(bars, Qt.Key.Key_Right)
    QTest.keyClick(bars, Qt.Key.Key_Up)
    QTest.keyClick(bars, Qt.Key.Key_Up, Shift)
    QTest.keyClick(bars, Qt.Key.Key_PageDown)
    assert [amounts[4] for amounts in told.amounts] == pytest.approx([0.1, 0.11, -0.39])
    qtbot.waitUntil(lambda: told.kinds[-1] == "settled")
    assert told.kinds == ["moved"] * 3 + ["settled"]


def test_keys_reach_the_ends_open_and_reset(panel: EqualiserPanel, bars: Equaliser, told: Told) -> None:
    panel.set_edit(Edit(groups=(GroupMove(start=32, end=64, amount=1),)))
    QTest.keyClick(bars, Qt.Key.Key_End)
    QTest.keyClick(bars, Qt.Key.Key_Return)
    assert bars.opened == {4}
    QTest.keyClick(bars, Qt.Key.Key_Delete)
    assert told.amounts[-1] == (0.0,) * 33 + (1.0,) * 31
    assert told.kinds[-1] == "settled"


def test_a_bar_stops_at_the_limit(bars: Equaliser, told: Told) -> None:
    for _ in range(8):
        QTest.keyClick(bars, Qt.Key.Key_PageUp)
    assert told.amounts[-1][:4] == (3.0,) * 4
    assert len(told.amounts) == 6


# -- what is shown -----------------------------------------------------------------------------------------


def test_an_edit_is_shown_and_nothing_told(panel: EqualiserPanel, bars: Equaliser, told: Told) -> None:
    before = bars.grab().toImage()
    panel.set_edit(Edit(groups=(GroupMove(start=0, end=4, amount=1.5), GroupMove(start=2, end=3, amount=0.5))))
    assert bars.amounts[:5] == (1.5, 1.5, 2.0, 1.5, 0.0)
    assert bars.grab().toImage() != before
    assert told.kinds == []


def test_directions_have_their_own_amounts(qtbot: QtBot, tiny: Pack) -> None:
    panel = EqualiserPanel()
    qtbot.addWidget(panel)
    panel.set_pack(tiny)
    panel.set_edit(Edit(groups=(GroupMove(start=0, end=8, amount=2, component=1),)))
    panel.resize(700, 220)
    panel.show()
    selector = panel.findChild(QComboBox)
    assert selector.count() == 2
    assert not any(panel.equaliser.amounts)
    heard: list[int] = []
    panel.moved.connect(lambda _, component: heard.append(component))
    selector.setCurrentIndex(1)
    assert panel.equaliser.amounts == (2.0,) * 8
    assert heard == []
    QTest.keyClick(panel.equaliser, Qt.Key.Key_Down)
    assert heard == [1]


def test_a_pack_with_one_direction_needs_no_choice(panel: EqualiserPanel) -> None:
    assert not panel.findChild(QComboBox).isVisible()


def test_without_a_pack_every_event_is_harmless(panel: EqualiserPanel, bars: Equaliser, told: Told) -> None:
    panel.set_pack(None)
    panel.set_edit(Edit(groups=(GroupMove(start=0, end=4, amount=1.5),)))
    panel.set_selected_range(1, 2)
    drag(bars, QPointF(100, 60), QPointF(200, 90))
    drag(bars, QPointF(100, bars.height() - 5.0), QPointF(200, bars.height() - 5.0))
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_Escape):
        QTest.keyClick(bars, key)
    bars.grab()
    assert told == Told()


@pytest.mark.qt_log_ignore("propagateSizeHints", "not accepted by receiving widget")
def test_disabled_it_does_not_move(panel: EqualiserPanel, bars: Equaliser, told: Told) -> None:
    panel.setEnabled(False)
    drag(bars, at(bars, 3, 0), at(bars, 3, 2))
    assert told.kinds == []


@pytest.mark.parametrize(("width", "height"), [(320, 132), (1, 1), (2400, 600)])
def test_it_draws_at_any_size(panel: EqualiserPanel, bars: Equaliser, width: int, height: int) -> None:
    bars.set_opened(frozenset({0, 4}))
    bars.setMinimumSize(0, 0)
    bars.resize(width, height)
    assert bars.grab().width() >= width


def test_the_chosen_bar_is_told_in_words(panel: EqualiserPanel, bars: Equaliser) -> None:
    QTest.keyClick(bars, Qt.Key.Key_End)
    QTest.keyClick(bars, Qt.Key.Key_Up)
    words = "Shape, time-steps 500 to 999: +0.10 sd"
    assert bars.accessibleDescription() == words
    assert words in [label.text() for label in panel.findChildren(QLabel)]


def test_a_listening_screen_reader_is_harmless(bars: Equaliser, told: Told) -> None:
    QAccessible.setActive(True)
    try:
        bars.activateWindow()
        bars.setFocus()
        QTest.keyClick(bars, Qt.Key.Key_Up)
        reader = QAccessible.queryAccessibleInterface(bars)
        assert reader.text(QAccessible.Text.Description) == "Texture, time-steps 0 to 62: +0.10 sd"
    finally:
        QAccessible.setActive(False)


def test_unequal_groups_of_a_stage_are_an_average(panel: EqualiserPanel, bars: Equaliser) -> None:
    panel.set_edit(Edit(groups=(GroupMove(start=0, end=2, amount=1),)))
    assert bars.describe(0) == "Texture, time-steps 0 to 62: +0.50 sd on average"
