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
    QFormLayout,
    QVBoxLayout,
    QWidget,
)
from superqt import QLabeledSlider

from diti_studio.ui.file_field import FileField

if TYPE_CHECKING:  # Pillow, which the window does not wait for
    from diti_studio.core.colour import Profile
    from diti_studio.core.export import Area
    from diti_studio.core.metadata import Metadata

FORMATS = (("PNG", ".png"), ("JPEG", ".jpg"), ("WebP", ".webp"), ("TIFF", ".tif"), ("AVIF", ".avif"))
WITH_QUALITY = (".jpg", ".webp", ".avif")
QUALITY = 92


@dataclass(frozen=True)
class ExportChoice:
    """What the person chose.

    Attributes:
        area: the framed square, or the whole photo with the edit put back.
        quality: 1..100, for JPEG, WebP and AVIF.
        metadata: what of the photo's own goes along.
        profile: the photo's own colours where it has such, or sRGB.
        recipe: whether the edit is written into the file, to be read back later.
        overwrite: the person agreed that an existing file is replaced.
    """

    path: Path
    area: Area
    quality: int
    recipe: bool
    metadata: Metadata
    profile: Profile
    overwrite: bool


class ExportDialog(QDialog):
    """Asks for file, format and quality; ``chosen`` tells what to do. Nothing is read or written here."""

    chosen = Signal(object)

    def __init__(
        self, suggested: Path, side: int, photo: tuple[int, int] | None = None, colours: str | None = None,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """Args:
        side: of the framed square, in the photo's pixels.
        photo: width and height of the whole photo, where it can be exported and is more than the square.
        colours: what the photo's own are called, where they can be kept; else all is written in sRGB.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._file = FileField(FORMATS, suggested)
        self._file.changed.connect(self._follow_file)
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
        self._profile = QComboBox()
        if colours is not None:
            self._profile.addItem(self.tr("The photo’s own, {0}").format(colours), "own")
            self._profile.setToolTip(self.tr("Colours that the edit does not touch keep the very values of the file."))
        self._profile.addItem(self.tr("sRGB, which every screen and web page knows"), "srgb")
        self._area = QComboBox()
        self._area.addItem(self.tr("The framed square, {0} × {0} pixels").format(side), "square")
        if photo is not None:
            self._area.addItem(
                self.tr("The whole photo, {0} × {1} pixels, with the edit put back").format(*photo), "photo"
            )

        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(12)
        form.addRow(self.tr("&File"), self._file)
        form.addRow(self.tr("&Area"), self._area)
        form.addRow(self.tr("F&ormat"), self._file.format)
        form.addRow(self.tr("&Quality"), self._quality)
        form.addRow(self.tr("Co&lours"), self._profile)
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
        self._follow_file()

    def set_area(self, area: Area) -> None:
        """Chooses what is written, where there is a choice."""
        self._area.setCurrentIndex(max(0, self._area.findData(area)))

    def set_metadata(self, policy: Metadata) -> None:
        """Chooses what of the photo's metadata is written."""
        self._metadata.setCurrentIndex(max(0, self._metadata.findData(policy)))

    def set_profile(self, profile: Profile) -> None:
        """Chooses the colours, where there is a choice."""
        self._profile.setCurrentIndex(max(0, self._profile.findData(profile)))

    def set_path(self, path: Path) -> None:
        """Fills in a file."""
        self._file.set_path(path)

    def accept(self) -> None:
        choice = ExportChoice(
            path=self._file.path,
            area=self._area.currentData(),
            quality=self._quality.value(),
            recipe=self._recipe.isChecked(),
            metadata=self._metadata.currentData(),
            profile=self._profile.currentData(),
            overwrite=self._file.overwrite,
        )
        self.chosen.emit(choice)
        super().accept()

    def _follow_file(self) -> None:
        self._quality.setEnabled(self._file.suffix in WITH_QUALITY)
        self._go.setEnabled(self._file.is_known)
