"""The states of the current picture that were given a name, as pictures in a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QListWidget, QListWidgetItem, QMenu, QStackedLayout, QWidget

from diti_studio.ui.imaging import thumbnail

if TYPE_CHECKING:
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
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self.list.itemActivated.connect(lambda item: self.restored.emit(self._snapshot(item)))
        self.list.itemChanged.connect(self._on_changed)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._hint)
        self._pages.addWidget(self.list)

    def show_snapshots(self, snapshots: tuple[Snapshot, ...]) -> None:
        """Shows these."""
        self._snapshots = snapshots
        self.list.blockSignals(True)
        self.list.clear()
        ratio = self.devicePixelRatioF()
        for snapshot in snapshots:
            pixmap = QPixmap.fromImage(thumbnail(snapshot.image, round(SIDE * ratio)))
            pixmap.setDevicePixelRatio(ratio)
            if not snapshot.drawn:
                _veil(pixmap, self.palette())
            item = QListWidgetItem(QIcon(pixmap), snapshot.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            tip = (
                self.tr("{0}: double-click to go back to it") if snapshot.drawn else self.tr("{0} is still being drawn")
            )
            item.setToolTip(tip.format(snapshot.name))
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._pages.setCurrentWidget(self.list if snapshots else self._hint)

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
        item = self.list.itemAt(place)
        if item is None:
            return
        snapshot = self._snapshot(item)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, act in (
            (self.tr("&Go Back to It"), lambda: self.restored.emit(snapshot)),
            (self.tr("&Compare with It"), lambda: self.compared.emit(snapshot)),
            (self.tr("&Rename"), lambda: self.list.editItem(item)),
            (self.tr("&Delete"), lambda: self.deleted.emit(snapshot)),
        ):
            action = QAction(text, menu)
            action.triggered.connect(act)
            menu.addAction(action)
        menu.popup(self.list.viewport().mapToGlobal(place))


def _veil(pixmap: QPixmap, colours: QPalette) -> None:
    """Dims a picture that is not yet the right one."""
    veil = colours.color(QPalette.ColorRole.Window)
    veil.setAlphaF(0.75)
    painter = QPainter(pixmap)
    painter.fillRect(pixmap.rect(), veil)
    painter.end()
