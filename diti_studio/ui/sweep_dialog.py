"""Which attribute is animated, from where to where, and into which file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from diti_studio.core import series, video  # the window imports this module when the dialog is asked for
from diti_studio.core.batch.job import Sweep
from diti_studio.ui.file_field import FileField

if TYPE_CHECKING:
    from diti_studio.core.packs import Pack

FORMATS = (("WebP", ".webp"), ("GIF", ".gif"))
FILM = ("MP4", ".mp4")


@dataclass(frozen=True)
class SweepChoice:
    """What the person chose.

    Attributes:
        side: longest side of the animation, in pixels.
        there_and_back: it ends where it begins.
        overwrite: the person agreed that an existing file is replaced.
    """

    path: Path
    sweep: Sweep
    side: int
    there_and_back: bool
    overwrite: bool


class SweepDialog(QDialog):
    """Asks for attribute, amounts and file; ``chosen`` tells what to do. Nothing is read or written here."""

    chosen = Signal(object)

    def __init__(self, pack: Pack, suggested: Path, side: int, parent: QWidget | None = None) -> None:
        """``side`` is that of the framed square, in the photo's pixels: an animation is no larger."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export a Sweep"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._attributes = {attribute.name: attribute for attribute in pack.manifest.attributes}
        self.file = FileField((*FORMATS, FILM) if video.is_available() else FORMATS, suggested)
        self.attribute = QComboBox()
        for name, attribute in self._attributes.items():
            self.attribute.addItem(attribute.title, name)
        self.start, self.stop, self.frames = QDoubleSpinBox(), QDoubleSpinBox(), QSpinBox()
        for spin in (self.start, self.stop):
            spin.setRange(-100, 100)
            spin.setSingleStep(0.5)
        self.frames.setRange(2, 99)
        self.frames.setValue(series.FRAMES)
        self.back = QCheckBox(self.tr("There and back again"))
        self.back.setChecked(True)
        self.side = QSpinBox()
        self.side.setRange(min(series.MIN_SIDE, side), min(series.MAX_SIDE, max(side, series.MIN_SIDE)))
        self.side.setValue(series.SIDE)
        self.side.setSuffix(self.tr(" pixels"))
        self._build()
        self.attribute.currentIndexChanged.connect(self._follow_attribute)
        self.file.changed.connect(self._follow_file)
        self._follow_attribute()
        self._follow_file()

    def _build(self) -> None:
        amounts = QHBoxLayout()
        amounts.setSpacing(8)
        for spin in (self.start, self.stop, self.frames, self.side):
            spin.setMinimumHeight(self.file.format.sizeHint().height())  # a letter's tail is not cut
        to = QLabel(self.tr("&to"))
        to.setBuddy(self.stop)
        for widget in (self.start, to, self.stop):
            amounts.addWidget(widget, 0 if widget is to else 1)
        self.start.setAccessibleName(self.tr("From"))
        self.stop.setAccessibleName(self.tr("To"))
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(12)
        form.addRow(self.tr("&Attribute"), self.attribute)
        from_label = QLabel(self.tr("&From"))
        from_label.setBuddy(self.start)
        form.addRow(from_label, amounts)
        form.addRow(self.tr("F&rames"), self.frames)
        form.addRow("", self.back)
        form.addRow(self.tr("&Longest side"), self.side)
        form.addRow(self.tr("F&ormat"), self.file.format)
        if not video.is_available():
            hint = QLabel(self.tr("For a film, MP4, install PyAV: {0}").format(video.INSTALL))
            hint.setObjectName("hint")
            hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow("", hint)
        form.addRow(self.tr("F&ile"), self.file)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._go = buttons.addButton(self.tr("Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._go.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(18)
        layout.addLayout(form)
        layout.addWidget(buttons)

    def accept(self) -> None:
        sweep = Sweep(
            attribute=self.attribute.currentData(), start=self.start.value(), stop=self.stop.value(),
            count=self.frames.value(),
        )  # fmt: skip
        self.chosen.emit(
            SweepChoice(self.file.path, sweep, self.side.value(), self.back.isChecked(), self.file.overwrite)
        )
        super().accept()

    def _follow_attribute(self) -> None:
        low, high = self._attributes[self.attribute.currentData()].range
        self.start.setValue(low)
        self.stop.setValue(high)

    def _follow_file(self) -> None:
        self._go.setEnabled(self.file.is_known)
