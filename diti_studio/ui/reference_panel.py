"""The second picture: drop it here, choose which time-steps it lends, and how far to go toward it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from diti_studio.ui import icons, theme
from diti_studio.ui.amount_slider import AmountField, AmountSlider
from diti_studio.ui.calm import CalmComboBox
from diti_studio.ui.equaliser_layout import Stage, stages_of
from diti_studio.ui.step_strip import StepStrip

if TYPE_CHECKING:
    from diti_studio.core.edit import Blend, Edit
    from diti_studio.core.packs import Pack


_INVITATION = 68  # height of the place to drop a picture
_THUMBNAIL = 44  # and of the picture, once there is one: the steps below show it larger


class ReferencePanel(QWidget):
    """Shows what an edit borrows, and tells what a person does to it.

    ``moved`` and ``settled`` carry a Blend, or None when nothing is borrowed, and how far x_T goes toward the
    reference's own.
    """

    moved = Signal(object, float)
    settled = Signal(object, float)
    path_dropped = Signal(str)
    image_dropped = Signal(QImage)
    browse_requested = Signal()
    removed = Signal()
    swap_requested = Signal()
    choice_changed = Signal()
    """What the steps toward the reference would give is different now: the range, or the noise."""
    range_chosen = Signal(int, int)
    """A range was chosen here, for whoever shows it elsewhere; equal numbers mean all of time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Reference"))
        self.setAcceptDrops(True)
        self._stages: tuple[Stage, ...] = ()
        self._groups = 0
        self._selection = (0, 0)
        self._edit: Edit | None = None
        self._well = _Well()
        self._remove = QToolButton()
        self._swap = QToolButton()
        self.strip = StepStrip()
        self._range = CalmComboBox()
        self._slider = AmountSlider(0, 1)
        self._field = AmountField(0, 1)
        self._noise = QCheckBox(self.tr("Use its noise too"))
        self._controls = QWidget()
        self._hint = QLabel(self.tr("These wait for a second picture to borrow from."))
        self._build()
        self._well.clicked.connect(self.browse_requested)
        self._remove.clicked.connect(self.removed)
        self._range.activated.connect(self._range_activated)
        self._slider.moved.connect(lambda alpha: self._alpha_changed(alpha, settled=False))
        self._slider.settled.connect(lambda alpha: self._alpha_changed(alpha, settled=True))
        self._field.moved.connect(lambda alpha: self._alpha_changed(alpha, settled=False))
        self._field.settled.connect(lambda alpha: self._alpha_changed(alpha, settled=True))
        self._noise.clicked.connect(lambda: self._tell(settled=True))
        self._noise.clicked.connect(self.choice_changed)
        self._swap.clicked.connect(self.swap_requested)
        self.strip.taken.connect(lambda alpha: self._alpha_changed(alpha, settled=True))
        self.set_pack(None)
        self.set_reference(None, None)

    def sizeHint(self) -> QSize:
        return QSize(300, 240)

    # -- what is shown ---------------------------------------------------------------------------------

    def set_pack(self, pack: Pack | None) -> None:
        """Offers the ranges of a pack: everything, its stages, and what is chosen on the equaliser."""
        self._stages = stages_of(pack.manifest) if pack else ()
        self._groups = len(pack.groups) if pack else 0
        self._selection = (0, 0)
        self._edit = None
        self._fill_ranges((0, self._groups))
        self._show_alpha(0.0)
        self._show_state()

    def set_edit(self, edit: Edit) -> None:
        """Shows the first blend of an edit, and tells nobody."""
        self._edit = edit
        blend = edit.blends[0] if edit.blends else None
        if blend is not None:
            self._fill_ranges((blend.start, blend.end))
        alpha = blend.alpha if blend else edit.blend_noise
        if alpha:  # at nothing the box keeps what the person wants next
            self._noise.setChecked(edit.blend_noise > 0)
        self._show_alpha(alpha)

    def set_reference(self, name: str | None, thumbnail: QImage | None) -> None:
        """Shows the second picture; None shows the place to drop one."""
        self._well.show_picture(name, thumbnail)
        self._show_state()

    def set_selected_range(self, start: int, end: int) -> None:
        """Takes the range of groups that is chosen on the equaliser; equal numbers mean all of time."""
        self._selection = (start, end) if start < end else (0, 0)
        chosen = self._selection if start < end else (0, self._groups)
        moved = chosen != self.range()
        self._fill_ranges(chosen)
        if moved:
            if self._slider.amount():
                self._tell(settled=True)
            self.choice_changed.emit()

    def blend_at(self, alpha: float) -> tuple[list[Blend], float]:
        """What would be borrowed at a step of the blend: blends, and how far the noise goes."""
        from diti_studio.core.edit import Blend  # not before it is needed: the window shows without the core

        start, end = self.range()
        lent = bool(alpha) and start < end
        return [Blend(start=start, end=end, alpha=alpha)] if lent else [], alpha if self._noise.isChecked() else 0.0

    def range(self) -> tuple[int, int]:
        """The groups that the reference lends, the end left out."""
        return self._range.currentData() or (0, self._groups)

    # -- by hand ---------------------------------------------------------------------------------------

    def _alpha_changed(self, alpha: float, *, settled: bool) -> None:
        self._show_alpha(alpha)
        self._tell(settled=settled)

    def _range_activated(self) -> None:
        start, end = self.range()
        self.range_chosen.emit(*((0, 0) if (start, end) == (0, self._groups) else (start, end)))
        self._tell(settled=True)
        self.choice_changed.emit()

    def _tell(self, *, settled: bool) -> None:
        blends, noise = self.blend_at(self._field.value())
        (self.settled if settled else self.moved).emit(blends[0] if blends else None, noise)

    # -- drops -----------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _local_file(event.mimeData()) or event.mimeData().hasImage():
            event.acceptProposedAction()
            self._well.invite(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._well.invite(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._well.invite(False)
        data = event.mimeData()
        if path := _local_file(data):
            event.acceptProposedAction()
            self.path_dropped.emit(path)
        elif isinstance(image := data.imageData(), QImage) and not image.isNull():
            event.acceptProposedAction()
            self.image_dropped.emit(image)

    # -- inside ----------------------------------------------------------------------------------------

    def _fill_ranges(self, chosen: tuple[int, int]) -> None:
        choices = {(0, self._groups): self.tr("All of time")}
        if len(self._stages) > 1:
            choices |= {
                (s.start, s.end): self.tr("{stage} ({start}–{end})").format(stage=s.name, start=s.t_start, end=s.t_end)
                for s in self._stages
            }
        if self._selection != (0, 0):
            text = self.tr("Chosen on the equaliser (groups {start}–{end})")
            choices.setdefault(self._selection, text.format(start=self._selection[0], end=self._selection[1] - 1))
        if chosen[0] < chosen[1]:
            text = self.tr("Groups {start}–{end}")
            choices.setdefault(chosen, text.format(start=chosen[0], end=chosen[1] - 1))
        with QSignalBlocker(self._range):
            self._range.clear()
            for span, title in choices.items():
                self._range.addItem(title, span)
            self._range.setCurrentIndex(max(list(choices).index(chosen) if chosen in choices else 0, 0))

    def _show_alpha(self, alpha: float) -> None:
        self._slider.set_amount(alpha)
        self._field.set_amount(alpha)
        self._slider.setAccessibleDescription(self._field.text())
        self.strip.set_alpha(alpha)

    def _show_state(self) -> None:
        has = self._well.has_picture
        for widget in (self._remove, self._swap, self.strip):
            widget.setVisible(has)
        self._controls.setEnabled(has and self._groups > 0)
        self._hint.setVisible(not has)

    def _build(self) -> None:
        self._remove.setIcon(icons.icon("close"))
        self._remove.setAutoRaise(True)
        self._remove.setIconSize(QSize(14, 14))
        self._remove.setToolTip(self.tr("Remove the reference"))
        self._remove.setAccessibleName(self._remove.toolTip())
        self._swap.setIcon(icons.icon("swap"))
        self._swap.setAutoRaise(True)
        self._swap.setIconSize(QSize(14, 14))
        self._swap.setToolTip(self.tr("Let picture and reference change places (X)"))
        self._swap.setAccessibleName(self.tr("Swap picture and reference"))
        self._range.setAccessibleName(self.tr("Range of time that the reference lends"))
        self._range.setToolTip(self.tr("Which time-steps it lends; choose others along the axis of the equaliser"))
        self._range.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._range.setMinimumContentsLength(12)
        self._slider.setAccessibleName(self.tr("Blend"))
        self._slider.setToolTip(self.tr("0 keeps your picture, 1 takes the reference. Double-click resets."))
        self._field.setAccessibleName(self.tr("Blend, number"))
        self._field.setFixedWidth(58)
        self._noise.setToolTip(
            self.tr("Also move the picture's noise x_T toward the reference's: pose and layout follow")
        )
        self._hint.setWordWrap(True)
        self._hint.setFont(theme.small_font(self))
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        blend = QHBoxLayout()
        blend.addWidget(self._slider, 1)
        blend.addWidget(self._field)
        form = QFormLayout(self._controls)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(theme.SPACE)
        form.addRow(self.tr("Lends"), self._range)
        form.addRow(self.tr("Blend"), blend)
        form.addRow("", self._noise)
        top = QHBoxLayout()
        top.addWidget(self._well, 1)
        buttons = QVBoxLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self._remove)
        buttons.addWidget(self._swap)
        buttons.addStretch(1)
        top.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, theme.SPACE, theme.MARGIN, theme.MARGIN)
        layout.setSpacing(theme.SPACE)
        layout.addLayout(top)
        layout.addWidget(self._controls)
        layout.addWidget(self.strip)
        layout.addWidget(self._hint)
        layout.addStretch(1)


class _Well(QWidget):
    """The place for the second picture: an invitation, or its thumbnail and name. A click asks for a file."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._name: str | None = None
        self._picture = QPixmap()
        self._invited = False

    @property
    def has_picture(self) -> bool:
        return self._name is not None

    def show_picture(self, name: str | None, image: QImage | None) -> None:
        self._name = name
        self.setFixedHeight((_THUMBNAIL if name else _INVITATION) + 2 * theme.SPACE)
        self._picture = QPixmap()
        if image is not None and not image.isNull():
            side = round(_THUMBNAIL * max(self.devicePixelRatioF(), 2))
            self._picture = QPixmap.fromImage(
                image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
            )
        self.setAccessibleName(
            self.tr("Reference: {name}. Choose another").format(name=name) if name else self.tr("Choose a reference")
        )
        self.setToolTip(self.tr("Click to choose another picture") if name else self.tr("Click to choose a picture"))
        self.update()

    def invite(self, on: bool) -> None:
        """Lights up while something that fits is dragged over the panel."""
        self._invited = on
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colours = self.palette()
        accent = colours.color(QPalette.ColorRole.Accent)
        edge = colours.color(QPalette.ColorRole.Mid)
        box = self.rect().toRectF().adjusted(1, 1, -1, -1)
        lit = self._invited or self.hasFocus() or self.underMouse()
        pen = QPen(accent if lit else edge, 1.5 if self._invited or self.hasFocus() else 1)
        if not self.has_picture:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.mix(colours.color(QPalette.ColorRole.Base), accent, 0.15 if self._invited else 0))
        painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        if self.has_picture:
            self._paint_picture(painter)
        else:
            self._paint_invitation(painter)

    def _paint_picture(self, painter: QPainter) -> None:
        left = theme.SPACE
        if not self._picture.isNull():
            shown = self._picture.size().scaled(_THUMBNAIL, _THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawPixmap(QRect(QPoint(left, (self.height() - shown.height()) // 2), shown), self._picture)
            left += shown.width() + theme.SPACE
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        room = self.rect().adjusted(left, 8, -8, -8)
        metrics = QFontMetrics(self.font())
        line = metrics.elidedText(self._name or "", Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line)

    def _paint_invitation(self, painter: QPainter) -> None:
        size = 26
        icons.icon("reference").paint(painter, (self.width() - size) // 2, 12, size, size)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        room = self.rect().adjusted(8, 12 + size + 4, -8, -6)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(room, flags, self.tr("Drop a second picture here, or click"))


def _local_file(data: QMimeData) -> str:
    """The first local file that is dragged; empty when there is none."""
    return next((url.toLocalFile() for url in data.urls() if url.isLocalFile()), "")
