"""Where and how the edited picture is written."""

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
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QLabeledSlider

from diti_studio.ui.jobs import (
    Area,
)

if TYPE_CHECKING:  # Pillow, which the window does not wait for
    from diti_studio.core.metadata import Metadata

FORMATS = (("PNG", ".png"), ("JPEG", ".jpg"), ("WebP", ".webp"), ("TIFF", ".tif"), ("AVIF", ".avif"))
WITH_QUALITY = (".jpg", ".webp", ".avif")
_SAME = {".jpeg": ".jpg", ".tiff": ".tif"}
QUALITY = 92


@dataclass(frozen=True)
class ExportChoice:
    """What the person chose.

    Attributes:
        area: the framed square, or the whole photo with the edit put back.
        quality: 1..100, for JPEG, WebP and AVIF.
        metadata: what of the photo's own goes along.
        recipe: whether the edit is written into the file, to be read back later.
        overwrite: the person agreed that an existing file is replaced.
    """

    path: Path
    area: Area
    quality: int
    recipe: bool
    metadata: Metadata
    overwrite: bool


class ExportDialog(QDialog):
    """Asks for file, format and quality; ``chosen`` tells what to do. Nothing is read or written here."""

    chosen = Signal(object)

    def __init__(
        self, suggested: Path, side: int, photo: tuple[int, int] | None = None, parent: QWidget | None = None
    ) -> None:
        """Args:
        side: of the framed square, in the photo's pixels.
        photo: width and height of the whole photo, where it can be exported and is more than the square.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._replaceable: Path | None = None

        self._path = QLineEdit(str(suggested))
        self._path.setMinimumWidth(380)
        self._path.textChanged.connect(self._follow_path)
        browse = QPushButton(self.tr("Browse…"))
        browse.clicked.connect(self._browse)
        file_row = QHBoxLayout()
        file_row.addWidget(self._path, 1)
        file_row.addWidget(browse)
        self._format = QComboBox()
        for title, suffix in FORMATS:
            self._format.addItem(title, suffix)
        self._format.activated.connect(self._follow_format)
        self._quality = QLabeledSlider(Qt.Orientation.Horizontal)
        self._quality.setRange(50, 100)
        self._quality.setValue(QUALITY)
        self._quality.setAccessibleName(self.tr("Quality"))
        self._recipe = QCheckBox(self.tr("Write the recipe into the file, so that the edit can be taken up again"))
        self._recipe.setChecked(True)
        self._metadata = QComboBox()
        for title, policy in (
            (self.tr("Keep it"), "keep"),
            (self.tr("Keep it, without the place"), "no-location"),
            (self.tr("Leave it out"), "none"),
        ):
            self._metadata.addItem(title, policy)
        self._area = QComboBox()
        self._area.addItem(self.tr("The framed square, {0} × {0} pixels").format(side), "square")
        if photo is not None:
            self._area.addItem(
                self.tr("The whole photo, {0} × {1} pixels, with the edit put back").format(*photo), "photo"
            )

        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(12)
        file_label = QLabel(self.tr("&File"))
        file_label.setBuddy(self._path)
        form.addRow(file_label, file_row)
        form.addRow(self.tr("&Area"), self._area)
        form.addRow(self.tr("F&ormat"), self._format)
        form.addRow(self.tr("&Quality"), self._quality)
        form.addRow(self.tr("&Camera’s metadata"), self._metadata)
        form.addRow("", self._recipe)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._go = self._buttons.addButton(self.tr("Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._go.setDefault(True)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(18)
        layout.addLayout(form)
        layout.addWidget(self._buttons)
        self._follow_path()

    def set_area(self, area: Area) -> None:
        """Chooses what is written, where there is a choice."""
        self._area.setCurrentIndex(max(0, self._area.findData(area)))

    def set_metadata(self, policy: Metadata) -> None:
        """Chooses what of the photo's metadata is written."""
        self._metadata.setCurrentIndex(max(0, self._metadata.findData(policy)))

    def set_path(self, path: Path) -> None:
        """Fills in a file."""
        self._path.setText(str(path))

    def accept(self) -> None:
        path = Path(self._path.text())
        choice = ExportChoice(
            path=path,
            area=self._area.currentData(),
            quality=self._quality.value(),
            recipe=self._recipe.isChecked(),
            metadata=self._metadata.currentData(),
            overwrite=path == self._replaceable,
        )
        self.chosen.emit(choice)
        super().accept()

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Export as"), self._path.text())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)  # asks before it gives the name of an existing file
        dialog.setNameFilters([f"{title} (*{suffix})" for title, suffix in FORMATS])
        dialog.selectNameFilter(dialog.nameFilters()[max(0, self._format.currentIndex())])
        dialog.setDefaultSuffix(self._format.currentData())
        if dialog.exec():
            self._replaceable = Path(dialog.selectedFiles()[0])
            self._path.setText(str(self._replaceable))

    def _follow_path(self) -> None:
        suffix = Path(self._path.text()).suffix.lower()
        index = self._format.findData(_SAME.get(suffix, suffix))
        if index >= 0:
            self._format.setCurrentIndex(index)
        self._quality.setEnabled(self._format.currentData() in WITH_QUALITY)
        self._go.setEnabled(index >= 0)

    def _follow_format(self) -> None:
        self._path.setText(str(Path(self._path.text()).with_suffix(self._format.currentData())))
