"""Contrast by program, icons that follow the palette, and the way from one scheme to the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from diti_studio.core.resources import resource
from diti_studio.ui import icons, theme

Role = QPalette.ColorRole
NAMES = sorted(path.stem for path in resource("icons").glob("*.svg"))


@pytest.mark.parametrize("kind", ["light", "dark", "contrast"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        (Role.WindowText, Role.Window),
        (Role.Text, Role.Base),
        (Role.Text, Role.AlternateBase),
        (Role.ButtonText, Role.Button),
        (Role.ButtonText, Role.Midlight),
        (Role.HighlightedText, Role.Highlight),
        (Role.PlaceholderText, Role.Window),
        (Role.PlaceholderText, Role.Base),
        (Role.Link, Role.Window),
        (Role.Link, Role.Base),
        (Role.ToolTipText, Role.ToolTipBase),
    ],
)
def test_text_is_readable(kind: theme.Kind, text: QPalette.ColorRole, ground: QPalette.ColorRole) -> None:
    colours = theme.palette(kind)
    least = 7 if kind == "contrast" else 4.5
    assert theme.contrast(colours.color(text), colours.color(ground)) >= least


@pytest.mark.parametrize("kind", ["light", "dark", "contrast"])
def test_controls_stand_out(kind: theme.Kind) -> None:
    colours = theme.palette(kind)
    grounds = [colours.color(Role.Window), colours.color(Role.Base)]
    shown = [colours.color(Role.Accent), *theme.stage_colours(5, theme.is_dark(colours))]
    least = 4.5 if kind == "contrast" else 3
    assert all(theme.contrast(colour, ground) >= least for colour in shown for ground in grounds)


@pytest.mark.parametrize("kind", ["light", "dark", "contrast"])
def test_greys_around_the_picture_are_neutral(kind: theme.Kind) -> None:
    colours = theme.palette(kind)
    for role in (Role.Window, Role.Base, Role.Button, Role.WindowText):
        assert colours.color(role).saturation() == 0


def test_contrast_is_that_of_wcag() -> None:
    assert theme.contrast(QColor("white"), QColor("black")) == pytest.approx(21)
    assert theme.contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_stage_colours_differ(count: int) -> None:
    colours = theme.stage_colours(count, dark=True)
    assert len({colour.name() for colour in colours}) == count


def test_schemes_are_worn_and_taken_off(dressed: QApplication) -> None:
    theme.apply(dressed, "dark")
    assert theme.is_dark(dressed.palette())
    assert theme.palette("dark").color(Role.ToolTipBase).name() in dressed.styleSheet()
    theme.apply(dressed, "light")
    assert not theme.is_dark(dressed.palette())
    assert theme.palette("dark").color(Role.ToolTipBase).name() not in dressed.styleSheet()
    theme.apply(dressed, "contrast")
    assert dressed.palette().color(Role.Window) == QColor("black")
    assert theme.is_dark(dressed.palette())


@pytest.mark.parametrize("make", [QComboBox, QDoubleSpinBox, QLineEdit, QProgressBar, QPushButton, QSpinBox])
def test_with_high_contrast_every_field_has_an_edge(
    dressed: QApplication, qtbot: QtBot, make: Callable[[], QWidget]
) -> None:
    theme.apply(dressed, "contrast")
    widget = make()
    qtbot.addWidget(widget)
    widget.resize(80, 24)
    image = widget.grab().toImage()
    column = [image.pixelColor(image.width() // 2, y) for y in range(image.height() // 4)]
    assert max(theme.contrast(colour, dressed.palette().color(Role.Window)) for colour in column) >= 4.5
    theme.apply(dressed, "light")
    assert widget.palette().color(Role.Window) == dressed.palette().color(Role.Window)


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_draws_in_the_ink_of_the_palette(dressed: QApplication, name: str) -> None:
    drawn = icons.icon(name)
    for dark in (False, True):
        theme.apply(dressed, "dark" if dark else "light")
        ink = dressed.palette().color(Role.WindowText)
        image = drawn.pixmap(QSize(32, 32)).toImage()
        solid = {
            image.pixelColor(x, y).name() for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() == 255
        }
        assert ink.name() in solid


def test_icons_are_drawn_for_the_density_of_the_screen(dressed: QApplication) -> None:
    pixmap = icons.icon("open").pixmap(QSize(20, 20), 2.0)
    assert pixmap.size() == QSize(40, 40)
    assert pixmap.devicePixelRatio() == 2


def test_a_disabled_icon_is_fainter(dressed: QApplication) -> None:
    theme.apply(dressed, "dark")

    def darkest(mode: QIcon.Mode) -> int:
        image = icons.icon("close").pixmap(QSize(24, 24), mode).toImage()
        return max(image.pixelColor(x, 12).lightness() for x in range(24) if image.pixelColor(x, 12).alpha() == 255)

    assert darkest(QIcon.Mode.Disabled) < darkest(QIcon.Mode.Normal)


def test_an_icon_survives_being_copied_and_changed(dressed: QApplication) -> None:
    original = icons.icon("undo")
    copy = QIcon(original)
    copy.addPixmap(original.pixmap(QSize(8, 8)))  # makes Qt clone the engine
    del original
    assert not copy.pixmap(QSize(24, 24)).isNull()


def test_an_icon_that_is_not_there(dressed: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icons.icon("no-such-icon")


def test_drawings_are_square_and_take_the_current_colour() -> None:
    for path in resource("icons").glob("*.svg"):
        text = path.read_text("utf-8")
        assert 'viewBox="0 0 24 24"' in text
        assert "currentColor" in text
        assert "#" not in text, path.name


def test_a_check_mark_is_shown_in_a_ticked_box(dressed: QApplication, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QCheckBox

    theme.apply(dressed, "light")
    box = QCheckBox()
    qtbot.addWidget(box)
    box.setChecked(True)
    image = box.grab().toImage()
    inside = {image.pixelColor(x, y).name() for x in range(14) for y in range(image.height())}
    assert "#ffffff" in inside
    assert dressed.palette().color(Role.Highlight).name() in inside
    assert Path(resource("themes", "check.svg")).is_file()
