"""The states of the current picture that were given a name, as pictures in a grid."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStackedLayout,
    QStyledItemDelegate,
    QWidget,
)

from diti_studio.ui.imaging import thumbnail

if TYPE_CHECKING:
    from collections.abc import Callable

    from diti_studio.ui.session import Snapshot

SIDE = 84  # logical pixels


class SnapshotsPanel(QWidget):
    """A double-click or Enter goes back to a snapshot; its menu compares, renames and deletes."""

    restored = Signal(object)  # Snapshot
    compared = Signal(object)  # Snapshot
    renamed = Signal(object, str)  # Snapshot, its new name
    deleted = Signal(object)  # Snapshot

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshots: tuple[Snapshot, ...] = ()
        self._hint = QLabel(self.tr("Edit > Take a Snapshot keeps how the picture looks, to come back or to compare."))
        self._hint.setObjectName("hint")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setMargin(16)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Snapshots"))
        self.list.setViewMode(QListWidget.ViewMode.IconMode)
        self.list.setMovement(QListWidget.Movement.Static)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setIconSize(QSize(SIDE, SIDE))
        self.list.setGridSize(QSize(SIDE + 14, SIDE + 30))
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(_Names(self.list))
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self.list.itemActivated.connect(lambda item: self.restored.emit(self._snapshot(item)))
        self.list.itemChanged.connect(self._on_changed)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._hint)
        self._pages.addWidget(self.list)

    def show_snapshots(self, snapshots: tuple[Snapshot, ...]) -> None:
        """Shows these. Items stay where only the picture or the name of a state is another one."""
        before, after = ([id(one.state) for one in several] for several in (self._snapshots, snapshots))
        self._snapshots = snapshots
        changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        with QSignalBlocker(self.list):
            for change, start, end, first, last in reversed(changes):
                if change != "equal":
                    for _ in range(start, end):
                        self.list.takeItem(start)
                    for _ in range(first, last):
                        self.list.insertItem(start, _item())
            for row, snapshot in enumerate(snapshots):
                self._dress(self.list.item(row), snapshot)
        self._pages.setCurrentWidget(self.list if snapshots else self._hint)

    def _dress(self, item: QListWidgetItem, snapshot: Snapshot) -> None:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap.fromImage(thumbnail(snapshot.image, round(SIDE * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        if not snapshot.drawn:
            _veil(pixmap, self.palette())
        item.setIcon(QIcon(pixmap))
        item.setText(snapshot.name)
        tip = self.tr("{0}: double-click to go back to it") if snapshot.drawn else self.tr("{0} is still being drawn")
        item.setToolTip(tip.format(snapshot.name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.list.currentItem()
        if event.key() == Qt.Key.Key_Delete and item is not None:
            self.deleted.emit(self._snapshot(item))
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(300, 160)

    def _snapshot(self, item: QListWidgetItem) -> Snapshot:
        return self._snapshots[self.list.row(item)]

    def _on_changed(self, item: QListWidgetItem) -> None:
        self.renamed.emit(self._snapshot(item), item.text())

    def _open_menu(self, place: QPoint) -> None:
        index = QPersistentModelIndex(self.list.indexAt(place))
        if not index.isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, act in (
            (self.tr("&Go Back to It"), lambda item: self.restored.emit(self._snapshot(item))),
            (self.tr("&Compare with It"), lambda item: self.compared.emit(self._snapshot(item))),
            (self.tr("&Rename"), self.list.editItem),
            (self.tr("&Delete"), lambda item: self.deleted.emit(self._snapshot(item))),
        ):
            action = QAction(text, menu)
            action.triggered.connect(lambda _, act=act: self._act(act, index))
            menu.addAction(action)
        menu.popup(self.list.viewport().mapToGlobal(place))

    def _act(self, act: Callable[[QListWidgetItem], object], index: QPersistentModelIndex) -> None:
        """Does what was chosen from a menu, if the snapshot is still there."""
        if index.isValid():
            act(self.list.item(index.row()))


class _Names(QStyledItemDelegate):
    """Leaves a name alone that is being typed while something else about its item changes."""

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        typed = isinstance(editor, QLineEdit) and (editor.isModified() or editor.text() == index.data())
        if not typed:
            super().setEditorData(editor, index)


def _item() -> QListWidgetItem:
    item = QListWidgetItem()
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
    return item


def _veil(pixmap: QPixmap, colours: QPalette) -> None:
    """Dims a picture that is not yet the right one."""
    veil = colours.color(QPalette.ColorRole.Window)
    veil.setAlphaF(0.75)
    painter = QPainter(pixmap)
    painter.fillRect(pixmap.rect(), veil)
    painter.end()
