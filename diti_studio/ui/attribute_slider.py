"""One named attribute: its title, where in time it lives, the slider, and the number to type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from diti_studio.ui import icons, theme
from diti_studio.ui.amount_slider import AmountField, AmountSlider, asks
from diti_studio.ui.sparkline import Sparkline
from diti_studio.ui.tips import tip

if TYPE_CHECKING:
    from diti_studio.core.packs import Attribute, Manifest


class _Title(QLabel):
    double_clicked = Signal()
    pointed = Signal(bool)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.pointed.emit(self.isEnabled())

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(False)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and self.isEnabled():
            return True  # what a row tells of itself is in the note with the pictures
        return super().event(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()


class AttributeSlider(QWidget):
    """A row of the attribute panel. A double click on slider or title resets it."""

    moved = Signal(str, float)
    settled = Signal(str, float)
    pointed = Signal(str)
    """The mouse is over the title of this attribute; empty when it has left."""
    asked = Signal(str)
    """A key asks what this attribute would do."""

    def __init__(self, attribute: Attribute, manifest: Manifest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.attribute = attribute
        low, high = attribute.range
        self._title = _Title(attribute.title)
        self._title.setTextFormat(Qt.TextFormat.PlainText)  # packs come from strangers
        self.slider = AmountSlider(low, high)
        self.field = AmountField(low, high)
        self._reset = QToolButton()
        self._amount = 0.0
        self.hint = ""
        """What there is to know of it, beside its title and ends."""
        self._build(manifest)
        self._name_for_readers()
        self.slider.moved.connect(lambda amount: self._moved(amount, self.moved))
        self.slider.settled.connect(lambda amount: self._moved(amount, self.settled))
        self.field.moved.connect(lambda amount: self._moved(amount, self.moved))
        self.field.settled.connect(lambda amount: self._moved(amount, self.settled))
        self._title.double_clicked.connect(self.reset)
        self._title.pointed.connect(lambda on: self.pointed.emit(attribute.name if on else ""))
        self._reset.clicked.connect(self.reset)
        self.set_amount(0.0)

    @property
    def amount(self) -> float:
        """In standard deviations along the attribute's direction."""
        return self._amount

    def set_amount(self, amount: float) -> None:
        """Shows an amount, and tells nobody."""
        self._amount = amount
        self.slider.set_amount(amount)
        self.field.set_amount(amount)
        self._reset.setVisible(bool(amount))
        self.slider.setAccessibleDescription(self.field.text())

    def reset(self) -> None:
        """Back to zero, as one change that has settled."""
        if self._amount:
            self._moved(0.0, self.settled)

    def matches(self, text: str) -> bool:
        """True when a filter text occurs in what the row shows."""
        a = self.attribute
        return text.casefold() in " ".join((a.title, a.name, a.minus, a.plus)).casefold()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if asks(event):
            self.asked.emit(self.attribute.name)
        else:
            super().keyPressEvent(event)

    def _moved(self, amount: float, tell: SignalInstance) -> None:
        self.set_amount(amount)
        tell.emit(self.attribute.name, amount)

    def _build(self, manifest: Manifest) -> None:
        a = self.attribute
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._title.setMinimumWidth(56)
        self._title.setBuddy(self.slider)
        self.slider.set_ends(a.minus, a.plus)
        self.field.setFixedWidth(58)
        self._reset.setIcon(icons.icon("reset"))
        self._reset.setIconSize(QSize(13, 13))
        self._reset.setAutoRaise(True)
        self._reset.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Delete on the slider does the same
        keep = self._reset.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(keep)

        top = QHBoxLayout()
        top.setSpacing(theme.TIGHT)
        top.addWidget(self._title, 1)
        if a.profile:
            top.addWidget(Sparkline(manifest, a.profile), 0, Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(self._reset)
        top.addWidget(self.field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addLayout(top)
        layout.addWidget(self.slider)

    def _name_for_readers(self) -> None:
        a = self.attribute
        ends = self.tr("from {minus} to {plus}").format(minus=a.minus, plus=a.plus) if a.minus and a.plus else ""
        lines = [f"{a.title}: {ends}" if ends else a.title]
        if a.selectivity is not None:
            lines.append(
                self.tr("Moves its own factor {n} times as much as the others, on average.").format(
                    n=f"{a.selectivity:.1f}"
                )
            )
        lines.append(self.tr("Double-click resets; Shift moves in fine steps."))
        self.hint = "\n".join(lines[1:])
        self._title.setToolTip(tip("\n".join(lines)))
        self.slider.setToolTip(self._title.toolTip())
        self.slider.setAccessibleName(a.title)
        self.field.setAccessibleName(self.tr("{title}, number").format(title=a.title))
        self.field.setToolTip(self.tr("Standard deviations, {low} to {high}").format(low=a.range[0], high=a.range[1]))
        self._reset.setToolTip(self.tr("Reset"))
        self._reset.setAccessibleName(self.tr("Reset {title}").format(title=a.title))
