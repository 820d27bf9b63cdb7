"""Where a square is chosen by hand: the photo with the square, its numbers, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QImage, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from diti_studio.ui import icons
from diti_studio.ui.frame_geometry import Limits, Square, resized
from diti_studio.ui.frame_painter import FaceChoice
from diti_studio.ui.frame_view import FrameView
from diti_studio.ui.theme import MARGIN, SPACE

ONE_ROW = 760  # logical pixels of width, below which numbers and buttons go into two rows


class FrameEditor(QWidget):
    """Takes the place of the canvas while the user frames a photo."""

    applied = Signal(object)
    """Square: the user wants this one."""
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("frameEditor")
        self.view = FrameView()
        self.side = _Number(self.tr("Side in pixels"), " px", decimals=0)
        self.turn = _Number(self.tr("Turn in degrees"), "°", decimals=1)
        self.turn.setRange(-180, 180)
        self.turn.setWrapping(True)
        self._hint = QLabel()
        self._hint.setObjectName("hint")
        self._hint.setWordWrap(True)
        self._hint.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.reset_button = QPushButton(icons.icon("reset"), self.tr("&Reset"))
        self.reset_button.setToolTip(self.tr("Frame the photo as the program does by itself"))
        self.cancel_button = QPushButton(self.tr("&Cancel"))
        self.cancel_button.setToolTip(self.tr("Leave the square as it was (Esc)"))
        self.apply_button = QPushButton(self.tr("&Apply"))
        self.apply_button.setObjectName("applyButton")
        self.apply_button.setToolTip(self.tr("Edit what is in the square (Enter)"))
        self._automatic = Square(0, 0, 1)
        self._limits: Limits | None = None
        self._lay_out()
        self.view.changed.connect(self._follow)
        self.view.applied.connect(self._apply)
        self.side.valueChanged.connect(self._set_side)
        self.turn.valueChanged.connect(self._set_turn)
        self.reset_button.clicked.connect(self.reset)
        self.cancel_button.clicked.connect(self.cancelled)
        self.apply_button.clicked.connect(self._apply)
        for number in (self.side, self.turn):
            number.lineEdit().returnPressed.connect(self.view.setFocus)  # the next Enter applies

    def _lay_out(self) -> None:
        numbers = QHBoxLayout()
        numbers.setSpacing(SPACE)
        for title, number in ((self.tr("Si&de"), self.side), (self.tr("&Turn"), self.turn)):
            label = QLabel(title)
            label.setBuddy(number)
            numbers.addWidget(label)
            numbers.addWidget(number)
        numbers.addWidget(self.reset_button)
        numbers.addStretch()
        actions = QHBoxLayout()
        actions.setSpacing(SPACE)
        actions.addWidget(self._hint, 1)
        actions.addWidget(self.cancel_button)
        actions.addWidget(self.apply_button)
        self._bar = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._bar.setContentsMargins(MARGIN, SPACE, MARGIN, SPACE)
        self._bar.setSpacing(SPACE)
        self._bar.addLayout(numbers)
        self._bar.addLayout(actions, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addLayout(self._bar)

    # -- what is shown ---------------------------------------------------------------------------------

    def show_photo(
        self, image: QImage, limits: Limits, square: Square, automatic: Square, faces: Sequence[FaceChoice]
    ) -> None:
        """Begins with a photo.

        Args:
            image: the photo, reduced for the screen.
            square: what is framed now.
            automatic: what the program would frame.
        """
        self._automatic, self._limits = automatic, limits
        if len(faces) > 1:
            hint = self.tr("Click a face, or go through them with Tab.")
        elif faces:
            hint = self.tr("Drag the square, its corners or the handle above it.")
        else:
            hint = self.tr("Drag the square to what is to be edited.")
        self._hint.setText(hint)
        with QSignalBlocker(self.side):
            self.side.setRange(limits.smallest, limits.largest)
        self.view.show_photo(image, limits, square, faces)
        self._follow()
        self.view.setFocus()

    def reset(self) -> None:
        """Frames the photo as the program does by itself."""
        self.view.set_square(self._automatic)
        self.view.setFocus()

    # -- inside ----------------------------------------------------------------------------------------

    def _follow(self) -> None:
        square = self.view.square
        for number, value in ((self.side, square.size), (self.turn, square.angle)):
            with QSignalBlocker(number):
                number.setValue(value)
        self.reset_button.setEnabled(square != self._automatic)

    def _set_side(self, side: float) -> None:
        if self._limits is not None:
            self.view.set_square(self._limits.keep(resized(self.view.square, side)))

    def _set_turn(self, angle: float) -> None:
        if self._limits is not None:
            self.view.set_square(self._limits.keep(replace(self.view.square, angle=angle)))

    def _apply(self) -> None:
        self.applied.emit(self.view.square)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = event.size().width() >= ONE_ROW
        self._bar.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)


class _Number(QDoubleSpinBox):
    """A number to type; the wheel changes it only when it has the focus."""

    def __init__(self, name: str, suffix: str, decimals: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setSuffix(suffix)
        self.setDecimals(decimals)
        self.setKeyboardTracking(False)  # half a number is no size
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
