"""The open pictures beside the canvas: small, with what was done to them; a click goes to one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtCore import Signal as QtSignal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QFrame, QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from diti_studio.ui import icons
from diti_studio.ui.imaging import thumbnail
from diti_studio.ui.session import Photo, Session

SIDE = 84  # logical pixels of a picture
MARGIN = 8
LINE = 18  # for the name
DOT = 5.0

_Index = QModelIndex | QPersistentModelIndex
_PHOTO = Qt.ItemDataRole.UserRole


class FilmStrip(QListView):
    """Shows a session's pictures; hides itself while there is only one."""

    chosen = QtSignal(object)  # Photo
    close_requested = QtSignal(object)  # Photo

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filmStrip")
        self.setAccessibleName(self.tr("Open pictures"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setFixedWidth(SIDE + 2 * MARGIN + 14)
        self._session = session
        self._pictures = _Pictures(session, self)
        self.setModel(self._pictures)
        self.setItemDelegate(_Card(self))
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        session.listed.connect(self._follow)
        session.entered.connect(self._follow)
        self._pictures.dataChanged.connect(self._on_marked)
        self._follow()

    def photo_at(self, index: _Index) -> Photo:
        """The picture that a row shows."""
        return index.data(_PHOTO)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if index.isValid():
            photo = self.photo_at(index)
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            close = QAction(self.tr("Close {0}").format(photo.source.name.replace("&", "&&")), menu)
            close.triggered.connect(lambda: self.close_requested.emit(photo))
            menu.addAction(close)
            menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self.close_requested.emit(self.photo_at(self.currentIndex()))
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(self.photo_at(index))

    def _on_marked(self, index: QModelIndex) -> None:
        if self.photo_at(index).problem:
            self._follow()  # the one that was chosen cannot be shown

    def _follow(self) -> None:
        self.setVisible(len(self._session.photos) > 1)
        current = self._session.current
        if current is not None and current in self._session.photos:
            self.setCurrentIndex(self._pictures.index(self._session.photos.index(current), 0))  # scrolls to it, too


class _Pictures(QAbstractListModel):
    """The session's pictures as rows."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._photos: tuple[Photo, ...] = ()
        session.listed.connect(self._list)
        self._list()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        return 0 if parent.isValid() else len(self._photos)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._photos):
            return None
        photo = self._photos[index.row()]
        if role == _PHOTO:
            return photo
        if role == Qt.ItemDataRole.DisplayRole:
            return photo.source.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (str(photo.source.path or photo.source.name), self._words(photo)) if part)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (photo.source.name, self._words(photo)) if part)
        return None

    def _words(self, photo: Photo) -> str:
        if photo.problem:
            return photo.problem
        if photo.state is None:
            return self.tr("not opened yet")
        return self.tr("edited") if photo.is_edited else ""

    def _list(self) -> None:
        self.beginResetModel()
        before, self._photos = set(self._photos), self._session.photos
        self.endResetModel()
        for photo in before.difference(self._photos):  # which may be brought back
            photo.marked.disconnect(self._mark)
        for photo in set(self._photos) - before:
            photo.marked.connect(self._mark)

    def _mark(self) -> None:
        photo = self.sender()
        if isinstance(photo, Photo):
            index = self.index(self._photos.index(photo), 0)
            self.dataChanged.emit(index, index)


class _Card(QStyledItemDelegate):
    """Draws a picture with its name; a dot tells that it is edited, a sign that it cannot be opened."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(SIDE + 2 * MARGIN, SIDE + MARGIN + LINE + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        area: QRect = option.rect  # type: ignore[attr-defined]  # the stubs know no fields of style options
        palette: QPalette = option.palette  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        photo: Photo = index.data(_PHOTO)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(area.x() + MARGIN, area.y() + MARGIN, SIDE, SIDE)
        path = QPainterPath()
        path.addRoundedRect(frame, 6, 6)
        painter.fillPath(path, palette.brush(QPalette.ColorRole.Midlight))
        ratio = painter.device().devicePixelRatio() if painter.device() is not None else 1.0
        if (image := self._image(photo, round(SIDE * ratio))) is not None:
            painter.setClipPath(path)
            painter.drawImage(frame, image)
            painter.setClipping(False)
        if photo.problem:
            _draw_sign(painter, frame, ratio)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            role = QPalette.ColorRole.Accent if chosen else QPalette.ColorRole.Mid
            painter.setPen(QPen(palette.color(role), 2.5))
            painter.drawRoundedRect(frame.adjusted(-1, -1, 1, 1), 7, 7)
        name = QRectF(frame.left(), frame.bottom() + 3, SIDE, LINE)
        if photo.is_edited:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.brush(QPalette.ColorRole.Accent))
            painter.drawEllipse(QRectF(name.left(), name.center().y() - DOT / 2, DOT, DOT))
            name.adjust(DOT + 4, 0, 0, 0)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        text = painter.fontMetrics().elidedText(photo.source.name, Qt.TextElideMode.ElideMiddle, int(name.width()))
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _image(self, photo: Photo, side: int) -> QImage | None:
        if photo.state is not None and (photo.thumbnail is None or photo.thumbnail.width() < side):
            photo.thumbnail = thumbnail(photo.state.opened.image, side)
        return photo.thumbnail


def _draw_sign(painter: QPainter, frame: QRectF, ratio: float) -> None:
    sign: QPixmap = icons.icon("warning").pixmap(QSize(24, 24), ratio)
    painter.drawPixmap(frame.center() - QRectF(0, 0, 24, 24).center(), sign)
