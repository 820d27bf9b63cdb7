"""Parts of the batch dialog: which pictures, which recipe, and a sweep over amounts of an attribute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from diti_studio.ui.wording import edit_summary

if TYPE_CHECKING:
    from diti_studio.core.batch.job import Sweep
    from diti_studio.core.edit import Edit
    from diti_studio.core.packs import Pack

PICTURES = "*.png *.jpg *.jpeg *.webp *.tif *.tiff *.heic *.heif *.avif *.bmp *.gif"


class PicturesField(QWidget):
    """Files and folders, in the order in which they were given; each once."""

    changed = Signal()
    folder_used = Signal(str)
    """A file dialog was left in this folder."""

    def __init__(self, strip: Iterable[Path], folder: str = "", parent: QWidget | None = None) -> None:
        """``strip`` are the files of the film strip; file dialogs begin in ``folder``."""
        super().__init__(parent)
        self._strip = list(strip)
        self._folder = folder
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Pictures and folders"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setMinimumHeight(112)
        self.list.itemSelectionChanged.connect(self._follow_selection)
        self.recursive = QCheckBox(self.tr("Folders with their subfolders"))
        self.recursive.setChecked(True)
        self.recursive.toggled.connect(self.changed)
        files = QPushButton(self.tr("Add Pictures…"))
        files.clicked.connect(self._choose_files)
        folders = QPushButton(self.tr("Add Folder…"))
        folders.clicked.connect(self._choose_folder)
        self.from_strip = QPushButton(self.tr("Add Film Strip"))
        self.from_strip.setToolTip(self.tr("Add the pictures that are open."))
        self.from_strip.setEnabled(bool(self._strip))
        self.from_strip.clicked.connect(lambda: self.add(self._strip))
        self.remove = QPushButton(self.tr("Remove"))
        self.remove.setEnabled(False)
        self.remove.clicked.connect(self._remove)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.list, self._remove)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        buttons = QGridLayout()
        buttons.setSpacing(6)
        for i, button in enumerate((files, folders, self.from_strip, self.remove)):
            button.setAutoDefault(False)
            buttons.addWidget(button, i // 2, i % 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        layout.addWidget(self.recursive)

    @property
    def paths(self) -> list[str]:
        """All that are listed, as a job names its inputs."""
        return [self.list.item(row).text() for row in range(self.list.count())]

    def add(self, paths: Iterable[Path | str]) -> None:
        """Lists more of them; what a job names by a pattern stays a pattern."""
        known = set(self.paths)
        for path in map(str, paths):
            if path not in known:
                known.add(path)
                item = QListWidgetItem(path)
                item.setToolTip(path)
                self.list.addItem(item)
        self.changed.emit()

    def set_paths(self, paths: Iterable[str]) -> None:
        """Lists these instead."""
        self.list.clear()
        self.add(paths)

    def _remove(self) -> None:
        for item in self.list.selectedItems():
            self.list.takeItem(self.list.row(item))
        self.changed.emit()

    def _follow_selection(self) -> None:
        self.remove.setEnabled(bool(self.list.selectedItems()))

    def _choose_files(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Add Pictures"), self._folder,
            self.tr("Pictures ({0});;All files (*)").format(PICTURES),
        )  # fmt: skip
        if paths:
            self._use(str(Path(paths[0]).parent))
            self.add(paths)

    def _choose_folder(self) -> None:
        if path := QFileDialog.getExistingDirectory(self, self.tr("Add a Folder"), self._folder):
            self._use(path)
            self.add([path])

    def _use(self, folder: str) -> None:
        self._folder = folder
        self.folder_used.emit(folder)


@dataclass(frozen=True)
class RecipeChoice:
    """An edit that can be chosen: how the list calls it, and what ``{recipe}`` in a name stands for."""

    title: str
    name: str
    edit: Edit


class RecipeField(QWidget):
    """One of several recipes, or one from a file; with the pictures that lend where it borrows."""

    changed = Signal()
    file_asked = Signal(object)  # Path

    def __init__(self, pack: Pack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pack = pack
        self._references = list[str]()
        self.choice = QComboBox()
        self.choice.setAccessibleName(self.tr("Recipe"))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.currentIndexChanged.connect(self._follow)
        load = QPushButton(self.tr("From a File…"))
        load.setAutoDefault(False)
        load.clicked.connect(self._ask)
        self.summary = QLabel()
        self.summary.setObjectName("hint")
        self.summary.setWordWrap(True)
        self._lenders = QLabel()
        self._lenders.setWordWrap(True)
        self._lend = QPushButton(self.tr("Borrow From…"))
        self._lend.setToolTip(self.tr("The pictures that lend; with several, each picture is done once with each."))
        self._lend.setAutoDefault(False)
        self._lend.clicked.connect(self._ask_lenders)
        row = QHBoxLayout()
        row.addWidget(self.choice, 1)
        row.addWidget(load)
        lending = QHBoxLayout()
        lending.addWidget(self._lenders, 1)
        lending.addWidget(self._lend)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.summary)
        layout.addLayout(lending)

    def add(self, choice: RecipeChoice, *, use: bool = False) -> None:
        """Offers a recipe; with ``use`` it is the chosen one."""
        self.choice.addItem(choice.title, choice)
        if use:
            self.choice.setCurrentIndex(self.choice.count() - 1)
        self._follow()

    def set_pack(self, pack: Pack) -> None:
        """Another model."""
        self._pack = pack
        self._follow()

    @property
    def chosen(self) -> RecipeChoice | None:
        """The recipe that is chosen."""
        return self.choice.currentData()

    @property
    def edit(self) -> Edit:
        """What of it the model can do."""
        return self._fitted()[0]

    @property
    def references(self) -> tuple[str, ...]:
        """The pictures that lend instead of the one that the recipe names."""
        return tuple(self._references) if self.edit.needs_reference else ()

    def set_references(self, paths: Iterable[str]) -> None:
        """Other pictures that lend."""
        self._references = list(paths)
        self._follow()

    def _fitted(self) -> tuple[Edit, tuple[str, ...]]:
        from diti_studio.core.edit import Edit
        from diti_studio.core.recipes import fitted

        chosen = self.chosen
        return fitted(chosen.edit, self._pack) if chosen is not None else (Edit(), ())

    def _follow(self) -> None:
        edit, lost = self._fitted()
        text = edit_summary(self._pack, edit)
        if lost:
            text += ". " + self.tr("{0} cannot do: {1}.").format(self._pack.manifest.title, ", ".join(lost))
        self.summary.setText(text)
        lends = edit.needs_reference
        names = [Path(path).name for path in self._references or ([edit.reference] if edit.reference else [])]
        self._lenders.setText(self.tr("Borrows from {0}").format(", ".join(names)) if names else "")
        self._lenders.setVisible(lends)
        self._lend.setVisible(lends)
        self.changed.emit()

    def _ask(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Choose a Recipe"), "",
            self.tr("Recipes, documents, exported pictures ({0});;All files (*)").format(f"*.json *.diti {PICTURES}"),
        )  # fmt: skip
        if path:
            self.file_asked.emit(Path(path))

    def _ask_lenders(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Choose Who Lends"), "", self.tr("Pictures ({0});;All files (*)").format(PICTURES)
        )
        if paths:
            self.set_references(paths)


class SweepField(QWidget):
    """No attribute, one or two, each from an amount to another in equal steps."""

    changed = Signal()

    def __init__(self, pack: Pack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = [_SweepRow(self.tr("First"), self), _SweepRow(self.tr("Second"), self)]
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        for column, title in enumerate((self.tr("Attribute"), self.tr("From"), self.tr("To"), self.tr("Steps"))):
            label = QLabel(title)
            label.setObjectName("hint")
            layout.addWidget(label, 0, column)
        for number, row in enumerate(self._rows):
            for column, widget in enumerate(row.widgets):
                layout.addWidget(widget, number + 1, column)
                widget.setMinimumHeight(row.widgets[0].sizeHint().height())  # a letter's tail is not cut
            row.changed.connect(self._follow)
        layout.setColumnStretch(0, 1)
        self.set_pack(pack)

    def set_pack(self, pack: Pack) -> None:
        """Offers another model's attributes."""
        for row in self._rows:
            row.set_pack(pack)
        self._follow()

    @property
    def sweeps(self) -> list[dict[str, object]]:
        """As fields of a job's sweeps."""
        return [row.fields for row in self._rows if row.name]

    def set_sweeps(self, sweeps: Iterable[Sweep]) -> None:
        """Shows these."""
        wanted: list[Sweep | None] = [*sweeps, None, None]
        for row, sweep in zip(self._rows, wanted, strict=False):
            row.show_sweep(sweep)

    def _follow(self) -> None:
        self._rows[1].set_enabled(bool(self._rows[0].name))
        self.changed.emit()


class _SweepRow(QWidget):
    """The widgets of one sweep; they are laid out by the field. Holds none of them itself."""

    changed = Signal()

    def __init__(self, which: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._on = True
        self._pack: Pack | None = None
        self._attribute = QComboBox()
        self._attribute.setAccessibleName(self.tr("{0} swept attribute").format(which))
        self._start, self._stop, self._count = QDoubleSpinBox(), QDoubleSpinBox(), QSpinBox()
        for spin, name in ((self._start, self.tr("From")), (self._stop, self.tr("To"))):
            spin.setRange(-100, 100)
            spin.setSingleStep(0.5)
            spin.setAccessibleName(f"{which}: {name}")
            spin.valueChanged.connect(self.changed)
        self._count.setRange(1, 99)
        self._count.setValue(5)
        self._count.setAccessibleName(f"{which}: {self.tr('Steps')}")
        self._count.valueChanged.connect(self.changed)
        self.widgets = (self._attribute, self._start, self._stop, self._count)
        self._attribute.currentIndexChanged.connect(self._on_attribute)

    @property
    def name(self) -> str:
        """The attribute; empty for none."""
        return (self._attribute.currentData() or "") if self._on else ""

    @property
    def fields(self) -> dict[str, object]:
        """As a job's sweep."""
        return {
            "attribute": self.name, "start": self._start.value(), "stop": self._stop.value(),
            "count": self._count.value(),
        }  # fmt: skip

    def set_pack(self, pack: Pack) -> None:
        """Offers its attributes."""
        self._pack = pack
        name = self.name
        self._attribute.blockSignals(True)
        self._attribute.clear()
        self._attribute.addItem(self.tr("No sweep"), "")
        for attribute in pack.manifest.attributes:
            self._attribute.addItem(attribute.title, attribute.name)
        self._attribute.setCurrentIndex(max(0, self._attribute.findData(name)))
        self._attribute.blockSignals(False)
        self._follow()

    def show_sweep(self, sweep: Sweep | None) -> None:
        """Shows a sweep, or none."""
        self._attribute.setCurrentIndex(max(0, self._attribute.findData(sweep.attribute if sweep else "")))
        if sweep is not None:
            self._start.setValue(sweep.start)
            self._stop.setValue(sweep.stop)
            self._count.setValue(sweep.count)

    def set_enabled(self, on: bool) -> None:
        """A second sweep makes sense beside a first one only."""
        self._on = on
        self._attribute.setEnabled(on)
        self._follow()

    def _on_attribute(self) -> None:
        found = [a for a in self._pack.manifest.attributes if a.name == self.name] if self._pack is not None else []
        if found:  # where it looks right
            self._start.setValue(found[0].range[0])
            self._stop.setValue(found[0].range[1])
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        for spin in self.widgets[1:]:
            spin.setEnabled(bool(self.name))
