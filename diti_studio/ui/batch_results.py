"""The part of the batch dialog that says how results are called and written, and shows what would come of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSpinBox,
    QWidget,
)
from superqt import QLabeledSlider

from diti_studio.ui import icons
from diti_studio.ui.batch_forecast import Forecast

FORMATS = (("PNG", "png"), ("JPEG", "jpg"), ("WebP", "webp"), ("TIFF", "tif"), ("AVIF", "avif"))
WITH_QUALITY = ("jpg", "webp", "avif")
SIGN = 16
REMEMBERED = ("format", "quality", "size", "output", "collision", "metadata", "profile", "keep_recipe")
"""Fields of a job that the next dialog begins with."""


class ResultsField(QWidget):
    """Folder, names, form and manners of the results."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folder = QLineEdit()
        self.folder.setMinimumWidth(260)
        browse = QPushButton(self.tr("Browse…"))
        browse.clicked.connect(self._browse)
        self.template = QLineEdit()
        self.template.setAccessibleDescription(self.tr("Fields in braces stand for what differs between results."))
        fields = QPushButton(self.tr("Insert"))
        fields.setToolTip(self.tr("Insert a field into the name."))
        fields.setMenu(self._fields_menu())
        self.names = QLabel()
        self.names.setTextFormat(Qt.TextFormat.PlainText)
        self.names.setAccessibleName(self.tr("First names"))
        self.names.setWordWrap(True)
        self._sign = QLabel()
        self._verdict = QLabel()
        self._verdict.setWordWrap(True)
        self._verdict.setTextFormat(Qt.TextFormat.PlainText)
        self._verdict.setAccessibleName(self.tr("What will be written"))
        self.format = _choice(FORMATS)
        self.quality = QLabeledSlider(Qt.Orientation.Horizontal)
        self.quality.setRange(1, 100)
        self.quality.setValue(92)
        self.longest = QSpinBox()
        self.longest.setRange(15, 65_500)
        self.longest.setSpecialValueText(self.tr("As they come"))
        self.longest.setSuffix(self.tr(" pixels"))
        self.longest.setValue(15)
        self.output = _choice(
            ((self.tr("The framed square"), "square"), (self.tr("The whole photo, with the edit put back"), "photo"))
        )
        self.collision = _choice(
            (
                (self.tr("Skip it"), "skip"),
                (self.tr("Number the new one"), "number"),
                (self.tr("Overwrite what this program wrote"), "overwrite"),
            )
        )
        self.metadata = _choice(
            (
                (self.tr("Keep it"), "keep"),
                (self.tr("Keep it, without the place"), "no-location"),
                (self.tr("Leave it out"), "none"),
            )
        )
        self.profile = _choice(
            (
                (self.tr("Each photo’s own"), "own"),
                (self.tr("sRGB, which every screen and web page knows"), "srgb"),
            )
        )
        self.sheet = _choice(
            (
                (self.tr("None"), None),
                (self.tr("A PNG beside each picture’s results"), "png"),
                (self.tr("One PDF, a page a picture"), "pdf"),
            )
        )
        self.keep_recipe = QCheckBox(self.tr("Write the recipe into the files"))
        self.keep_recipe.setChecked(True)
        for button in (browse, fields):
            button.setAutoDefault(False)
        self._lay_out(browse, fields)
        for line in (self.folder, self.template):
            line.textChanged.connect(self.changed)
        for combo in (self.format, self.output, self.collision, self.metadata, self.profile, self.sheet):
            combo.currentIndexChanged.connect(self.changed)
        self.format.currentIndexChanged.connect(self._follow_format)
        self.quality.valueChanged.connect(self.changed)
        self.longest.valueChanged.connect(self.changed)
        self.keep_recipe.toggled.connect(self.changed)
        self._follow_format()

    def _lay_out(self, browse: QWidget, fields: QWidget) -> None:
        self.longest.setMinimumHeight(self.format.sizeHint().height())
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(9)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        verdict = QHBoxLayout()
        verdict.setSpacing(7)
        verdict.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        verdict.addWidget(self._verdict, 1, Qt.AlignmentFlag.AlignTop)
        rows: list[tuple[str, QWidget, QWidget | None]] = [
            (self.tr("F&older"), self.folder, browse),
            (self.tr("&Name"), self.template, fields),
        ]
        for title, widget, button in rows:
            row = QHBoxLayout()
            row.setSpacing(6)
            row.addWidget(widget, 1)
            if button is not None:
                row.addWidget(button)
            label = QLabel(title)
            label.setBuddy(widget)
            form.addRow(label, row)
        form.addRow(self.tr("First names"), self.names)
        form.addRow("", verdict)
        form.addRow(self.tr("&Area"), self.output)
        form.addRow(self.tr("For&mat"), self.format)
        form.addRow(self.tr("&Quality"), self.quality)
        form.addRow(self.tr("Co&lours"), self.profile)
        form.addRow(self.tr("Longest s&ide"), self.longest)
        form.addRow(self.tr("&When a name is taken"), self.collision)
        form.addRow(self.tr("&Camera’s metadata"), self.metadata)
        form.addRow(self.tr("Contact s&heet"), self.sheet)
        form.addRow("", self.keep_recipe)
        self.quality.setAccessibleName(self.tr("Quality"))

    # -- as a job --------------------------------------------------------------------------------------

    def fields(self, *, sweeping: bool) -> dict[str, Any]:
        """As fields of a job; only a sweep has a contact sheet."""
        size = self.longest.value()
        return {
            "out": str(Path(self.folder.text().strip()).expanduser()) if self.folder.text().strip() else "",
            "template": self.template.text(), "output": self.output.currentData(),
            "format": self.format.currentData(), "quality": self.quality.value(),
            "size": size if size > self.longest.minimum() else None, "collision": self.collision.currentData(),
            "metadata": self.metadata.currentData(), "profile": self.profile.currentData(),
            "keep_recipe": self.keep_recipe.isChecked(), "sheet": self.sheet.currentData() if sweeping else None,
        }  # fmt: skip

    def show_fields(self, fields: Mapping[str, Any]) -> None:
        """Shows fields of a job; a value that is not known changes nothing."""
        for name, line in (("out", self.folder), ("template", self.template)):
            if isinstance(fields.get(name), str):
                line.setText(fields[name])
        for name, combo in (
            ("output", self.output), ("format", self.format), ("collision", self.collision),
            ("metadata", self.metadata), ("profile", self.profile), ("sheet", self.sheet),
        ):  # fmt: skip
            if name in fields and (index := combo.findData(fields[name])) >= 0:
                combo.setCurrentIndex(index)
        if isinstance(fields.get("quality"), int):
            self.quality.setValue(fields["quality"])
        if "size" in fields:
            size = fields["size"]
            self.longest.setValue(size if isinstance(size, int) else self.longest.minimum())
        if isinstance(fields.get("keep_recipe"), bool):
            self.keep_recipe.setChecked(fields["keep_recipe"])

    # -- what would come of it -------------------------------------------------------------------------

    def set_sweep(self, sweeps: int, references: int) -> None:
        """Shows the name that an empty template stands for."""
        from diti_studio.core.batch.templates import usual

        self.template.setPlaceholderText(usual(sweeps, references))
        self.sheet.setEnabled(sweeps > 0)

    def show_forecast(self, forecast: Forecast, lacking: str) -> None:
        """Shows the first names, how many results there are, and what is wrong with them; or what is lacking."""
        rest = forecast.results - len(forecast.names)
        names = list(forecast.names) + ([self.tr("… and {0:,} more").format(rest)] if rest > 0 else [])
        self.names.setText("\n".join(names))
        if problem := forecast.clash or lacking:
            self._say(problem, "warning")
            return
        text = self.tr("{0:,} results of {1:,} pictures.").format(forecast.results, forecast.pictures)
        if forecast.taken:
            taken = {
                "skip": self.tr("{0:,} names are taken; those are skipped."),
                "number": self.tr("{0:,} names are taken; the new ones are numbered."),
                "overwrite": self.tr("{0:,} names are taken; only what this program wrote is overwritten."),
            }[self.collision.currentData()]
            text += " " + taken.format(forecast.taken)
        self._say(text, "info")

    def show_problem(self, sentence: str) -> None:
        """Says why it cannot be done."""
        self.names.setText(self.tr("none yet"))
        self._say(sentence, "warning")

    def show_note(self, sentence: str) -> None:
        """Says something that is no problem."""
        self._say(sentence, "info")

    @property
    def verdict(self) -> str:
        """What is said below the names."""
        return self._verdict.text()

    def _say(self, text: str, sign: str) -> None:
        self._verdict.setText(text)
        self._sign.setPixmap(icons.icon(sign).pixmap(QSize(SIGN, SIGN), self.devicePixelRatioF()))

    # -- asking ----------------------------------------------------------------------------------------

    def _browse(self) -> None:
        if path := QFileDialog.getExistingDirectory(self, self.tr("Write the Results To"), self.folder.text()):
            self.folder.setText(path)

    def _fields_menu(self) -> QMenu:
        from diti_studio.core.batch.templates import FIELDS

        menu = QMenu(self)
        for name, meaning in FIELDS.items():
            action = QAction(f"{{{name}}}   {QCoreApplication.translate('templates', meaning)}", menu)
            action.triggered.connect(lambda _=False, name=name: self._insert(f"{{{name}}}"))
            menu.addAction(action)
        return menu

    def _insert(self, text: str) -> None:
        if not self.template.text():
            self.template.setText(self.template.placeholderText())
        self.template.insert(text)
        self.template.setFocus()

    def _follow_format(self) -> None:
        self.quality.setEnabled(self.format.currentData() in WITH_QUALITY)


def _choice(items: tuple[tuple[str, str | None], ...]) -> QComboBox:
    combo = QComboBox()
    for title, value in items:
        combo.addItem(title, value)
    return combo
