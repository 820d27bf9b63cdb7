"""Looks at widgets by program: is text cut off, can it be read, do things lie on one another?

It looks at labels and buttons, not at lists, fields and what a widget paints itself (sliders, the equaliser).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QPushButton, QRadioButton, QToolButton, QWidget

from diti_studio.ui import theme
from diti_studio.ui.imaging import to_pixels

LARGE = 18.66  # pixels of a bold font from which WCAG calls text large
SLACK = 1  # pixel: rounding at fractional sizes
FRAME = 4  # pixels of a button's edge, which is no text


def texts(top: QWidget) -> Iterator[tuple[QWidget, str]]:
    """Visible labels and buttons of a window with their plain text."""
    for widget in top.findChildren(QWidget):
        if not widget.isVisible() or widget.window() is not top or widget.visibleRegion().isEmpty():
            continue
        if isinstance(widget, QLabel) and widget.text() and "<" not in widget.text():
            yield widget, widget.text().replace("&", "") if widget.buddy() else widget.text()
        elif isinstance(widget, QAbstractButton) and widget.text() and _tells(widget):
            yield widget, widget.text().replace("&", "")


def _tells(button: QAbstractButton) -> bool:
    """Whether a button shows its text; of buttons that paint themselves nothing is known."""
    if isinstance(button, QToolButton):
        return button.icon().isNull() or button.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly
    return isinstance(button, QPushButton | QCheckBox | QRadioButton)


def clipped(top: QWidget) -> list[str]:
    """Texts that have less room than they need; a label that wraps needs height, a button all of its size hint."""
    found = list[str]()
    for widget, text in texts(top):
        if isinstance(widget, QLabel) and widget.wordWrap():
            short = widget.height() + SLACK < widget.heightForWidth(widget.width())
        elif isinstance(widget, QLabel):
            needed = max(widget.fontMetrics().horizontalAdvance(line) for line in text.splitlines())
            short = widget.contentsRect().width() + SLACK < needed
        else:
            short = widget.width() + SLACK < widget.minimumSizeHint().width()
        if short:
            found.append(f"{type(widget).__name__} {text!r}: {widget.width()} × {widget.height()}")
    return found


def faint(top: QWidget, image: QImage) -> list[str]:
    """Texts whose ink stands out too little from the ground in ``image``, which is the window as it was drawn.

    The ink is what stands out most on as many pixels as the text has letters: a spot or a line beside it is none.
    """
    found = list[str]()
    for widget, text in texts(top):
        if not widget.isEnabled():
            continue  # WCAG asks nothing of what cannot be used
        edge = FRAME if isinstance(widget, QPushButton | QToolButton) else 0
        inside = widget.rect().adjusted(edge, edge, -edge, -edge)
        where = QRect(widget.mapTo(top, inside.topLeft()), inside.size()) & QRect(QPoint(), top.size())
        ratio = image.devicePixelRatio()
        x, y, width, height = (round(ratio * side) for side in (where.x(), where.y(), where.width(), where.height()))
        part = image.copy(x, y, width, height)
        red, green, blue = np.moveaxis(to_pixels(part).astype(np.int32), -1, 0)
        values, counts = np.unique(red << 16 | green << 8 | blue, return_counts=True)  # faster than triples
        colours = [QColor.fromRgb(value) for value in values.tolist()]
        ground = colours[counts.argmax()]
        contrasts = np.array([theme.contrast(colour, ground) for colour in colours])
        strongest = (-contrasts).argsort()
        letters = len("".join(text.split()))
        reached = contrasts[strongest][min(counts[strongest].cumsum().searchsorted(letters), len(counts) - 1)]
        font = widget.fontInfo()
        least = 3.0 if (font.bold() and font.pixelSize() >= LARGE) or font.pixelSize() >= 24 else 4.5
        if reached < least:
            found.append(f"{type(widget).__name__} {text!r}: {reached:.1f}")
    return found


def overlapping(top: QWidget) -> list[str]:
    """Labels and buttons that lie on one another in one parent."""
    found = list[str]()
    for parent in (top, *top.findChildren(QWidget)):
        if parent.layout() is None or not parent.isVisible():
            continue
        shown = [
            child
            for child in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if child.isVisible() and isinstance(child, QLabel | QAbstractButton)
        ]
        for i, one in enumerate(shown):
            for other in shown[i + 1 :]:
                common = one.geometry() & other.geometry()
                if common.width() > SLACK and common.height() > SLACK:
                    found.append(f"{one.metaObject().className()} on {other.metaObject().className()}: {common}")
    return found
