"""One picture along its diffusion: a row of times, and the one under the mouse large, with what is lost in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from diti_studio.ui import theme
from diti_studio.ui.equaliser_layout import Stage
from diti_studio.ui.explorer_strip import StationStrip, lost_by

if TYPE_CHECKING:
    from diti_studio.ui.answers import (
        Explored,
    )

_ARROW = 34.0


class TimePage(QWidget):
    """Tells where in time a picture's features are lost."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stages: tuple[Stage, ...] = ()
        self._explored: Explored | None = None
        self.headline = QLabel()
        self.headline.setTextFormat(Qt.TextFormat.PlainText)  # packs come from strangers
        self.headline.setWordWrap(True)
        self.headline.setMinimumHeight(2 * self.headline.fontMetrics().lineSpacing())
        self.headline.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        self._large = _Large()
        self.strip = StationStrip()
        self.strip.chosen.connect(self._show)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, theme.SPACE, theme.MARGIN, theme.SPACE)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(self.headline)
        layout.addWidget(self._large, 4)
        layout.addWidget(self.strip, 6)
        self.setFocusProxy(self.strip)

    def set_stages(self, stages: tuple[Stage, ...]) -> None:
        """The stages of the pack in use."""
        self._stages = stages
        self.strip.set_stages(stages)
        self.show_stations(None)

    def show_stations(self, explored: Explored | None) -> None:
        """Shows a picture's stations; None says that they are on their way."""
        self._explored = explored
        self.strip.show_stations(explored)
        if explored is None:
            self.headline.setText(self.tr("Noise takes a picture away, the finest things first."))
            self._large.show_pictures(())
        else:
            self._show(self.strip.shown)

    def _show(self, index: int) -> None:
        explored = self._explored
        if explored is None:
            return
        t = explored.times[index]
        text = self._story(t)
        self.headline.setText(text)
        self.strip.announce(self.tr("t = {t}. {text}").format(t=t, text=text))
        self._large.show_pictures(
            (
                (explored.noised[index], self.tr("Noised to t = {t}").format(t=t)),
                (explored.known[index], self.tr("What is still known")),
                (explored.rebuilt[index], self.tr("What the latent gives back")),
            )
        )

    def _story(self, t: int) -> str:
        lost, going, known = lost_by(self._stages, t)
        if not lost and not going:
            return self.tr("Nothing is lost yet. Noise takes the finest things first, the shape of it all last.")
        if not going and not known:
            return self.tr("All is lost to noise: {stages}. Only the latent still knows.").format(stages=_names(lost))
        parts = list[str]()
        if lost:
            parts.append(self.tr("Lost to noise: {stages}.").format(stages=_names(lost)))
        if going:
            parts.append(self.tr("Going: {stages}.").format(stages=_names(going)))
        if known:
            parts.append(self.tr("Still there: {stages}.").format(stages=_names(known)))
        return " ".join(parts)


def _names(stages: list[Stage]) -> str:
    return " · ".join(stage.name for stage in stages)  # names may hold commas


class _Large(QWidget):
    """Pictures with captions, arrows between them."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("The chosen time, large"))
        self._pictures: tuple[tuple[QImage, str], ...] = ()

    def sizeHint(self) -> QSize:
        return QSize(680, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, 60)

    def show_pictures(self, pictures: tuple[tuple[QImage, str], ...]) -> None:
        self._pictures = pictures
        self.setAccessibleDescription(", ".join(text for _, text in pictures))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._pictures:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        metrics = QFontMetricsF(self.font())
        line = metrics.height() + theme.TIGHT
        count = len(self._pictures)
        side = min(self.height() - line, (self.width() - (count - 1) * _ARROW) / count)
        widest = max(metrics.horizontalAdvance(caption) for _, caption in self._pictures) + theme.SPACE
        pitch = max(side + _ARROW, min(widest, self.width() / count))  # captions have room beside one another
        left = (self.width() - side - (count - 1) * pitch) / 2
        top = max((self.height() - side - line) / 2, 0)
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        for i, (image, caption) in enumerate(self._pictures):
            place = QRectF(left + i * pitch, top, side, side)
            painter.drawImage(place, image)
            painter.setPen(ink)
            room = QRectF(place.center().x() - pitch / 2, place.bottom() + theme.TIGHT, pitch, line)
            text = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)
            if i:
                self._arrow(painter, QPointF(place.center().x() - pitch / 2, place.center().y()))

    def _arrow(self, painter: QPainter, at: QPointF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self.palette().color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(QPen(colour, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawLine(at - QPointF(7, 0), at + QPointF(7, 0))
        painter.drawPolyline(QPolygonF([at + QPointF(2, -5), at + QPointF(7, 0), at + QPointF(2, 5)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
