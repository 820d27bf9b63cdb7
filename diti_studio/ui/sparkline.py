"""A small curve of where along the diffusion an attribute lives: fine at the left, coarse at the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from diti_studio.ui import theme
from diti_studio.ui.tips import tip

if TYPE_CHECKING:
    from diti_studio.core.packs import Manifest


class Sparkline(QWidget):
    """Draws a profile, one number a group, each stage in its colour. Says the same in its tool tip."""

    def __init__(self, manifest: Manifest, profile: Sequence[float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        groups = manifest.timestep_groups
        self._profile = tuple(profile)
        self._stages = [groups.stage_groups(i) for i in range(len(manifest.stages))]
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Where in time it lives"))
        self.setAccessibleDescription(self._describe(manifest))
        self.setToolTip(tip(self.accessibleDescription()))

    def sizeHint(self) -> QSize:
        return QSize(66, 16)

    def _describe(self, manifest: Manifest) -> str:
        total = sum(self._profile)
        if not total:
            return self.tr("The pack does not tell where in time this lives.")
        shares = [sum(self._profile[g] for g in stage) / total for stage in self._stages]
        best = max(range(len(shares)), key=shares.__getitem__)
        stage = manifest.stages[best]
        return self.tr("Lives mostly in “{stage}”, time-steps {start} to {end} ({share} %).").format(
            stage=stage.name, start=stage.t_start, end=stage.t_end, share=round(100 * shares[best])
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        peak = max(self._profile, default=0.0)
        painter = QPainter(self)
        area = QRectF(self.rect()).adjusted(0.5, 1.5, -0.5, -1.5)
        colours = theme.stage_colours(len(self._stages), theme.is_dark(self.palette()))
        faint = self.palette().color(QPalette.ColorRole.Midlight)
        painter.fillRect(QRectF(area.left(), area.bottom(), area.width(), 1), faint)
        if not peak:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        curve = self._curve(area, peak)
        painter.setPen(Qt.PenStyle.NoPen)
        width = area.width() / len(self._profile)
        for stage, colour in zip(self._stages, colours, strict=True):
            if len(stage):
                painter.setClipRect(
                    QRectF(area.left() + stage.start * width, area.top(), len(stage) * width, area.height())
                )
                painter.fillPath(curve, colour)

    def _curve(self, area: QRectF, peak: float) -> QPainterPath:
        """Through the middle of each group, flat to the ends."""
        width = area.width() / len(self._profile)
        heights = [area.bottom() - area.height() * value / peak for value in self._profile]
        path = QPainterPath(QPointF(area.left(), area.bottom()))
        path.lineTo(area.left(), heights[0])
        for i, y in enumerate(heights):
            path.lineTo(area.left() + (i + 0.5) * width, y)
        path.lineTo(area.right(), heights[-1])
        path.lineTo(area.bottomRight())
        path.closeSubpath()
        return path
