"""A file to be written: its name, a button that asks for it, and the format that its suffix stands for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from diti_studio.ui.save_dialog import ALIASES, ask_target


class FileField(QWidget):
    """Name and button. ``format`` follows the name and the name follows it; a dialog gives it a row of its own."""

    changed = Signal()

    def __init__(self, formats: Sequence[tuple[str, str]], suggested: Path, parent: QWidget | None = None) -> None:
        """``formats`` are names of formats and their suffixes."""
        super().__init__(parent)
        self._agreed: Path | None = None
        self.name = QLineEdit(str(suggested))
        self.name.setMinimumWidth(380)
        self.format = QComboBox()
        for title, suffix in formats:
            self.format.addItem(title, suffix)
        browse = QPushButton(self.tr("Browse…"))
        browse.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.name, 1)
        row.addWidget(browse)
        self.setFocusProxy(self.name)
        self._follow_name()
        self.name.textChanged.connect(self._follow_name)
        self.format.activated.connect(self._follow_format)
        browse.clicked.connect(self._browse)

    @property
    def path(self) -> Path:
        """The file that is named."""
        return Path(self.name.text())

    def set_path(self, path: Path) -> None:
        """Names a file."""
        self.name.setText(str(path))

    @property
    def suffix(self) -> str:
        """Of the format that is shown."""
        return self.format.currentData()

    @property
    def is_known(self) -> bool:
        """True when the name ends as a file of one of the formats."""
        return self._index() >= 0

    @property
    def overwrite(self) -> bool:
        """True when the person agreed that an existing file of this name is replaced."""
        return self.path == self._agreed

    def _index(self) -> int:
        suffix = self.path.suffix.lower()
        return self.format.findData(ALIASES.get(suffix, suffix))

    def _follow_name(self) -> None:
        if self.is_known:
            self.format.setCurrentIndex(self._index())
        self.changed.emit()

    def _follow_format(self) -> None:
        path = self.path.with_suffix("") if self.is_known else self.path  # any other ending is part of the name
        if path.name:
            self.set_path(path.with_name(path.name + self.suffix))

    def _browse(self) -> None:
        filters = [f"{self.format.itemText(i)} (*{self.format.itemData(i)})" for i in range(self.format.count())]
        ask_target(self, self.tr("Export as"), self.path, filters, self._agree, self.format.currentIndex())

    def _agree(self, path: Path) -> None:
        self._agreed = path
        self.set_path(path)
