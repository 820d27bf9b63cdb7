"""A note over the window with small pictures of what a control would do. It takes neither focus nor mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QWidget

from diti_studio.ui import theme

SIDE = 132  # logical pixels of a picture
_PAD = 10
_GAP = 4  # above the hint


@dataclass(frozen=True)
class Card:
    """A picture and what it shows; None where it is still being made."""

    caption: str
    image: QImage | None


class GlancePopup(QWidget):
    """Stands beside what it speaks of, inside the window: a window of its own could not be placed everywhere."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("glance")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._title = ""
        self._hint = ""
        self._cards: tuple[Card, ...] = ()
        self.hide()

    @property
    def cards(self) -> tuple[Card, ...]:
        """What is shown."""
        return self._cards

    def show_cards(
        self, title: str, cards: tuple[Card, ...], anchor: QRect, side: Literal["above", "left"], hint: str = ""
    ) -> None:
        """Shows pictures under a title.

        Args:
            anchor: what it speaks of, in the window's coordinates.
            side: where it stands beside the anchor while there is room.
            hint: a line below, in small letters.
        """
        self._title, self._cards, self._hint = title, cards, hint
        self.setAccessibleName(title)
        self.setAccessibleDescription(", ".join(card.caption for card in cards))
        size = self.sizeHint()
        if side == "above":
            place = QPoint(anchor.center().x() - size.width() // 2, anchor.top() - size.height() - 6)
        else:
            place = QPoint(anchor.left() - size.width() - 10, anchor.center().y() - size.height() // 2)
        room = self._window.rect().adjusted(4, 4, -4, -4)
        place.setX(min(max(place.x(), room.left()), room.right() - size.width()))
        place.setY(min(max(place.y(), room.top()), room.bottom() - size.height()))
        self.setGeometry(QRect(place, size))
        self.raise_()
        fresh = not self.isVisible()
        self.show()
        self.update()
        if fresh and QAccessible.isActive():
            text = f"{title}: {self.accessibleDescription()}"
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def sizeHint(self) -> QSize:
        lines = self._hint_lines()
        width = len(self._cards) * (SIDE + _PAD) + _PAD
        height = (
            _PAD
            + self._line(self._bold())
            + SIDE
            + self._line(self.font())
            + len(lines) * self._small_line()
            + _GAP
            + _PAD
        )
        return QSize(width, round(height))

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _line(self, font: QFont) -> float:
        return QFontMetricsF(font).height() + theme.TIGHT

    def _small_line(self) -> float:
        return QFontMetricsF(theme.small_font(self)).lineSpacing()

    def _hint_lines(self) -> list[str]:
        """The hint broken into lines that fit."""
        metrics = QFontMetricsF(theme.small_font(self))
        room = len(self._cards) * (SIDE + _PAD) - _PAD
        lines = list[str]()
        for paragraph in self._hint.splitlines():
            line = ""
            for word in paragraph.split():
                longer = f"{line} {word}".strip()
                if line and metrics.horizontalAdvance(longer) > room:
                    lines.append(line)
                    longer = word
                line = longer
            lines.append(line)
        return lines

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colours = self.palette()
        ink = colours.color(QPalette.ColorRole.ToolTipText)
        ground = colours.color(QPalette.ColorRole.ToolTipBase)
        painter.setPen(QPen(colours.color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(ink)
        painter.setFont(self._bold())
        line = self._line(self._bold())
        title = QFontMetricsF(self._bold()).elidedText(
            self._title, Qt.TextElideMode.ElideRight, self.width() - 2 * _PAD
        )
        painter.drawText(QRectF(_PAD, _PAD, self.width() - 2 * _PAD, line), Qt.AlignmentFlag.AlignTop, title)
        painter.setFont(self.font())
        metrics = QFontMetricsF(self.font())
        for i, card in enumerate(self._cards):
            place = QRectF(_PAD + i * (SIDE + _PAD), _PAD + line, SIDE, SIDE)
            if card.image is None:
                painter.fillRect(place, theme.mix(ground, ink, 0.12))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "…")
            else:
                painter.drawImage(place, card.image)
            room = QRectF(place.left(), place.bottom() + 2, SIDE, self._line(self.font()))
            caption = metrics.elidedText(card.caption, Qt.TextElideMode.ElideMiddle, SIDE)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, caption)
        painter.setFont(theme.small_font(self))
        painter.setPen(theme.mix(ink, ground, 0.25))
        top = _PAD + line + SIDE + self._line(self.font()) + _GAP
        for i, text in enumerate(self._hint_lines()):
            y = top + i * self._small_line()
            painter.drawText(QRectF(_PAD, y, self.width() - 2 * _PAD, self._small_line()), text)
