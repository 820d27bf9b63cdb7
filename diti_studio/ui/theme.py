"""The look: neutral greys, so that the colours of a picture are judged rightly, and one accent.

Three palettes on Qt's Fusion style; every widget, ours too, takes its colours from the palette. Contrast of text is at
least 4.5:1 and of controls 3:1 (WCAG 2.2, 1.4.3 and 1.4.11); with high contrast it is 7:1 and 4.5:1 (1.4.6). A test
measures it. High contrast is worn when it is chosen, or when the desktop asks for it, where Qt passes that on (6.10).
"""

from __future__ import annotations

import math
from typing import Literal

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from diti_studio.core.resources import resource

Scheme = Literal["system", "light", "dark", "contrast"]
Kind = Literal["light", "dark", "contrast"]

# Distances in device-independent pixels: between parts of one thing, between things, around a panel.
TIGHT, SPACE, MARGIN = 4, 8, 12
RADIUS = 3

_FOLLOWER = "diti-theme"

_Role = QPalette.ColorRole

_DARK: dict[QPalette.ColorRole, str] = {
    _Role.Window: "#2b2b2b",
    _Role.WindowText: "#e2e2e2",
    _Role.Base: "#222222",
    _Role.AlternateBase: "#272727",
    _Role.Text: "#e2e2e2",
    _Role.Button: "#3a3a3a",
    _Role.ButtonText: "#e2e2e2",
    _Role.BrightText: "#ffffff",
    _Role.Light: "#4c4c4c",
    _Role.Midlight: "#444444",
    _Role.Mid: "#6b6b6b",
    _Role.Dark: "#1b1b1b",
    _Role.Shadow: "#101010",
    _Role.Highlight: "#2f6ea8",
    _Role.HighlightedText: "#ffffff",
    _Role.Accent: "#5fa3e0",
    _Role.Link: "#7db7ec",
    _Role.LinkVisited: "#b9a3e3",
    _Role.ToolTipBase: "#3d3d3d",
    _Role.ToolTipText: "#f0f0f0",
    _Role.PlaceholderText: "#a3a3a3",
}
_LIGHT: dict[QPalette.ColorRole, str] = {
    _Role.Window: "#e6e6e6",
    _Role.WindowText: "#202020",
    _Role.Base: "#f6f6f6",
    _Role.AlternateBase: "#efefef",
    _Role.Text: "#202020",
    _Role.Button: "#f2f2f2",
    _Role.ButtonText: "#202020",
    _Role.BrightText: "#000000",
    _Role.Light: "#ffffff",
    _Role.Midlight: "#d6d6d6",
    _Role.Mid: "#8a8a8a",
    _Role.Dark: "#b4b4b4",
    _Role.Shadow: "#6e6e6e",
    _Role.Highlight: "#22669f",
    _Role.HighlightedText: "#ffffff",
    _Role.Accent: "#22669f",
    _Role.Link: "#1b5c93",
    _Role.LinkVisited: "#5f4397",
    _Role.ToolTipBase: "#fbfbfb",
    _Role.ToolTipText: "#202020",
    _Role.PlaceholderText: "#5f5f5f",
}
_CONTRAST: dict[QPalette.ColorRole, str] = {
    _Role.Window: "#000000",
    _Role.WindowText: "#ffffff",
    _Role.Base: "#000000",
    _Role.AlternateBase: "#101010",
    _Role.Text: "#ffffff",
    _Role.Button: "#000000",
    _Role.ButtonText: "#ffffff",
    _Role.BrightText: "#ffffff",
    _Role.Light: "#ffffff",
    _Role.Midlight: "#303030",
    _Role.Mid: "#c0c0c0",
    _Role.Dark: "#000000",
    _Role.Shadow: "#000000",
    _Role.Highlight: "#ffe14d",
    _Role.HighlightedText: "#000000",
    _Role.Accent: "#ffe14d",
    _Role.Link: "#8fd0ff",
    _Role.LinkVisited: "#e0b8ff",
    _Role.ToolTipBase: "#000000",
    _Role.ToolTipText: "#ffffff",
    _Role.PlaceholderText: "#e0e0e0",
}
_PALETTES: dict[Kind, dict[QPalette.ColorRole, str]] = {"dark": _DARK, "light": _LIGHT, "contrast": _CONTRAST}
_DISABLED: dict[Kind, str] = {"dark": "#858585", "light": "#7c7c7c", "contrast": "#a8a8a8"}
_TEXT_ROLES = (_Role.WindowText, _Role.Text, _Role.ButtonText)

_STYLE = """
QToolTip {{ color: {tip_text}; background: {tip}; border: 1px solid {line}; padding: 4px 6px; }}
QDockWidget {{ titlebar-close-icon: none; titlebar-normal-icon: none; }}
QDockWidget::title {{ background: {title}; padding: 6px 10px; text-align: left; }}
QMainWindow::separator {{ background: {separator}; width: 4px; height: 4px; }}
QMainWindow::separator:hover {{ background: {accent}; }}
QStatusBar::item {{ border: none; }}
QToolBar {{ border: none; spacing: 2px; padding: 3px; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {edge}; border-radius: 3px; background: {base}; }}
QCheckBox::indicator:hover, QCheckBox::indicator:focus {{ border-color: {accent}; }}
QCheckBox::indicator:checked {{ background: {highlight}; border-color: {accent}; image: url("{check}"); }}
QCheckBox::indicator:disabled {{ border-color: {line}; background: {window}; }}
QUndoView::item {{ padding: 3px 6px; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {line}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {handle}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
"""

_EDGED = ("QLineEdit", "QComboBox", "QAbstractSpinBox", "QPushButton", "QRadioButton", "QProgressBar")
_EDGE = "#ffffff"
"""Fusion draws the edge of these darker than their window; on black that is nothing, so they are told of another."""


def apply(app: QApplication, scheme: Scheme = "system") -> None:
    """Gives the application its look; with "system" it follows the desktop from light to dark and back."""
    follower = app.findChild(_Follower, _FOLLOWER)
    if follower is None:
        app.setStyle("Fusion")
        follower = _Follower(app)
    follower.choose(scheme)


class _Follower(QObject):
    """Wears the chosen scheme, and changes with the desktop when that is what was chosen."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName(_FOLLOWER)
        self._app = app
        self._scheme: Scheme = "system"
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._wear)
        if hasattr(hints, "accessibility"):  # since Qt 6.10
            hints.accessibility().contrastPreferenceChanged.connect(self._wear)

    def choose(self, scheme: Scheme) -> None:
        self._scheme = scheme
        wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "contrast": Qt.ColorScheme.Dark}
        # Title bars and native dialogs; not every platform has it.
        self._app.styleHints().setColorScheme(wanted.get(scheme, Qt.ColorScheme.Unknown))
        self._wear()

    def _wear(self) -> None:
        kind = self._kind()
        colours = palette(kind)
        if colours != self._app.palette() or not self._app.styleSheet():
            self._app.setPalette(colours)  # for every class
            self._app.setStyleSheet(style_sheet(colours))
            if kind == "contrast":
                colours.setColor(_Role.Window, QColor(_EDGE))
                for name in _EDGED:
                    self._app.setPalette(colours, name)  # pyright: ignore[reportArgumentType]

    def _kind(self) -> Kind:
        if self._scheme != "system":
            return self._scheme
        hints = self._app.styleHints()
        if wants_contrast(self._app):
            return "contrast"
        return "dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light"


def wants_contrast(app: QApplication) -> bool:
    """True where the desktop asks for high contrast, and Qt passes that on."""
    hints = app.styleHints()
    if not hasattr(hints, "accessibility"):
        return False
    return hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast


def palette(kind: Kind) -> QPalette:
    """The colours of one appearance."""
    out = QPalette()
    for role, colour in _PALETTES[kind].items():
        out.setColor(role, QColor(colour))
    faint = QColor(_DISABLED[kind])
    for role in _TEXT_ROLES:
        out.setColor(QPalette.ColorGroup.Disabled, role, faint)
    out.setColor(QPalette.ColorGroup.Disabled, _Role.Accent, faint)
    out.setColor(QPalette.ColorGroup.Disabled, _Role.Highlight, out.color(_Role.Midlight))
    out.setColor(QPalette.ColorGroup.Disabled, _Role.HighlightedText, faint)
    return out


def style_sheet(colours: QPalette) -> str:
    """What a palette cannot say: the few widgets whose Fusion look is too heavy beside a picture."""
    return _STYLE.format(
        tip=colours.color(_Role.ToolTipBase).name(),
        tip_text=colours.color(_Role.ToolTipText).name(),
        window=colours.color(_Role.Window).name(),
        base=colours.color(_Role.Base).name(),
        highlight=colours.color(_Role.Highlight).name(),
        edge=colours.color(_Role.PlaceholderText).name(),
        check=resource("themes", "check.svg").as_posix(),
        line=colours.color(_Role.Mid).name(),
        handle=colours.color(_Role.PlaceholderText).name(),
        title=colours.color(_Role.AlternateBase).name(),
        separator=colours.color(_Role.Dark).name(),
        accent=colours.color(_Role.Accent).name(),
    )


def is_dark(colours: QPalette) -> bool:
    """True when text is lighter than what it stands on."""
    return colours.color(_Role.WindowText).lightnessF() > colours.color(_Role.Window).lightnessF()


def stage_colours(n: int, dark: bool) -> list[QColor]:
    """A colour for each of n stages, from fine to coarse: equally light, so that none shouts.

    The hues walk from blue through green to orange in OKLCH (Ottosson, 2020), which keeps lightness even.
    """
    lightness, chroma = (0.72, 0.095) if dark else (0.56, 0.105)
    steps = max(n - 1, 1)
    return [_oklch(lightness, chroma, 255 - 205 * i / steps) for i in range(n)]


def contrast(a: QColor, b: QColor) -> float:
    """Contrast ratio of two opaque colours, 1..21 (WCAG 2.2)."""
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mix(a: QColor, b: QColor, share: float) -> QColor:
    """The colour between two: 0 gives a, 1 gives b."""
    return QColor.fromRgbF(
        a.redF() + (b.redF() - a.redF()) * share,
        a.greenF() + (b.greenF() - a.greenF()) * share,
        a.blueF() + (b.blueF() - a.blueF()) * share,
    )


def small_font(widget: QWidget) -> QFont:
    """The font for captions: the widget's own, one step smaller."""
    font = QFont(widget.font())
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() * 0.86)
    else:
        font.setPixelSize(max(9, round(font.pixelSize() * 0.86)))
    return font


def _luminance(colour: QColor) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def _oklch(lightness: float, chroma: float, hue: float) -> QColor:
    """OKLCH -> sRGB, clipped (Ottosson, "A perceptual color space for image processing", 2020)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return QColor.fromRgbF(*(_gamma(min(max(value, 0.0), 1.0)) for value in linear))


def _gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
