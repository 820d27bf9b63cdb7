"""Every command by its name: type a few letters, press Enter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSortFilterProxyModel, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHeaderView, QLineEdit, QTreeView, QVBoxLayout, QWidget

from diti_studio.ui.actions import plain

WIDTH, HEIGHT = 520, 380
_ACTION = Qt.ItemDataRole.UserRole


class CommandPalette(QDialog):
    """Lists the commands that can be given now; the words that are typed may stand in any order."""

    def __init__(self, actions: Sequence[tuple[str, QAction]], parent: QWidget) -> None:
        """``actions``: each with the menu that it is in."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Find a Command"))
        self.resize(WIDTH, HEIGHT)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("What do you want to do?"))
        self.field.setAccessibleName(self.tr("Find a command"))
        self.field.setClearButtonEnabled(True)
        self.field.installEventFilter(self)
        rows = QStandardItemModel(self)
        for menu, action in actions:
            if action.isEnabled() and action.text():
                name = QStandardItem(f"{plain(menu)} › {plain(action.text())}")
                name.setData(action, _ACTION)
                keys = QStandardItem(action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
                keys.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                rows.appendRow([name, keys])
        self._found = _AllWords(self)
        self._found.setSourceModel(rows)
        self.list = QTreeView()
        self.list.setObjectName("commandList")
        self.list.setAccessibleName(self.tr("Commands"))
        self.list.setModel(self._found)
        self.list.setRootIsDecorated(False)
        self.list.setHeaderHidden(True)
        self.list.setUniformRowHeights(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.header().setStretchLastSection(False)
        layout = QVBoxLayout(self)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(lambda: self._do(self.list.currentIndex()))
        self.list.activated.connect(self._do)
        self.list.clicked.connect(self._do)
        self._search("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrow keys move in the list while one types."""
        moving = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in moving:
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _search(self, text: str) -> None:
        self._found.set_words(text.casefold().split())
        self.list.setCurrentIndex(self._found.index(0, 0))

    def _do(self, index: QModelIndex) -> None:
        action = index.siblingAtColumn(0).data(_ACTION) if index.isValid() else None
        if isinstance(action, QAction) and self.isVisible():  # a click may count as activation, too
            self.accept()  # first, so that what the command opens does not lie under this
            QTimer.singleShot(0, action, action.trigger)  # not inside the list's own event: the list is about to go


class _AllWords(QSortFilterProxyModel):
    """Rows whose text has all the words."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._words: list[str] = []

    def set_words(self, words: list[str]) -> None:
        self._words = words
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:  # type: ignore[override]  # the stubs' union
        text = str(self.sourceModel().index(row, 0, parent).data()).casefold()
        return all(word in text for word in self._words)
