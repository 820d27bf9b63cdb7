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
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from diti_studio.core.batch.job import Sweep
    from diti_studio.core.packs import Pack

FORMATS = (("WebP", ".webp"), ("GIF", ".gif"))
FRAMES = 16
SIDE, MIN_SIDE, MAX_SIDE = 512, 64, 2048


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
        self._replaceable: Path | None = None
        self._attributes = {attribute.name: attribute for attribute in pack.manifest.attributes}
        self.path = QLineEdit(str(suggested))
        self.path.setMinimumWidth(380)
        browse = QPushButton(self.tr("Browse…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self.format = QComboBox()
        for title, suffix in FORMATS:
            self.format.addItem(title, suffix)
        self.attribute = QComboBox()
        for name, attribute in self._attributes.items():
            self.attribute.addItem(attribute.title, name)
        self.start, self.stop, self.frames = QDoubleSpinBox(), QDoubleSpinBox(), QSpinBox()
        for spin in (self.start, self.stop):
            spin.setRange(-100, 100)
            spin.setSingleStep(0.5)
        self.frames.setRange(2, 99)
        self.frames.setValue(FRAMES)
        self.back = QCheckBox(self.tr("There and back again"))
        self.back.setChecked(True)
        self.side = QSpinBox()
        self.side.setRange(min(MIN_SIDE, side), min(MAX_SIDE, max(side, MIN_SIDE)))
        self.side.setValue(SIDE)
        self.side.setSuffix(self.tr(" pixels"))
        self._build(browse)
        self.attribute.currentIndexChanged.connect(self._follow_attribute)
        self.format.activated.connect(self._follow_format)
        self.path.textChanged.connect(self._follow_path)
        self._follow_attribute()
        self._follow_path()

    def _build(self, browse: QPushButton) -> None:
        file_row, amounts = QHBoxLayout(), QHBoxLayout()
        amounts.setSpacing(8)
        for spin in (self.start, self.stop, self.frames, self.side):
            spin.setMinimumHeight(self.format.sizeHint().height())  # a letter's tail is not cut
        file_row.addWidget(self.path, 1)
        file_row.addWidget(browse)
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
        form.addRow(self.tr("F&ormat"), self.format)
        file_label = QLabel(self.tr("F&ile"))
        file_label.setBuddy(self.path)
        form.addRow(file_label, file_row)
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
        from diti_studio.core.batch.job import Sweep

        path = Path(self.path.text())
        sweep = Sweep(
            attribute=self.attribute.currentData(), start=self.start.value(), stop=self.stop.value(),
            count=self.frames.value(),
        )  # fmt: skip
        self.chosen.emit(
            SweepChoice(path, sweep, self.side.value(), self.back.isChecked(), overwrite=path == self._replaceable)
        )
        super().accept()

    def _follow_attribute(self) -> None:
        low, high = self._attributes[self.attribute.currentData()].range
        self.start.setValue(low)
        self.stop.setValue(high)

    def _follow_path(self) -> None:
        index = self.format.findData(Path(self.path.text()).suffix.lower())
        if index >= 0:
            self.format.setCurrentIndex(index)
        self._go.setEnabled(index >= 0)

    def _follow_format(self) -> None:
        self.path.setText(str(Path(self.path.text()).with_suffix(self.format.currentData())))

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Export as"), self.path.text())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)  # asks before it gives the name of an existing file
        dialog.setNameFilters([f"{title} (*{suffix})" for title, suffix in FORMATS])
        dialog.selectNameFilter(dialog.nameFilters()[max(0, self.format.currentIndex())])
        dialog.setDefaultSuffix(self.format.currentData())
        if dialog.exec():
            self._replaceable = Path(dialog.selectedFiles()[0])
            self.path.setText(str(self._replaceable))
