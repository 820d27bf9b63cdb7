"""The canvas: the picture with zoom and pan, before beside after, and a thin line that tells how far the work is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPalette,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGestureEvent,
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QPinchGesture,
    QStyleOptionGraphicsItem,
    QWidget,
)

from diti_studio.ui.compare import GAINS, PADDING, Split, difference, paint_pill

MARGIN = 20  # logical pixels around the picture when it is fitted
ZOOM_STEP = 1.25
LARGEST = 32.0  # screen pixels a source pixel
SMALLEST = 0.02
BORDER = QColor(0, 0, 0, 60)


class _Levels:
    """An image and its halves, made when needed: what is drawn small is averaged first and does not shimmer."""

    def __init__(self, image: QImage) -> None:
        self._images = [image]
        self.key = image.cacheKey()

    def for_scale(self, scale: float) -> QImage:
        """The smallest version that is not enlarged when drawn at ``scale`` screen pixels per image pixel."""
        level = 0
        while scale <= 0.5 and self._images[level].width() > 64:
            if level + 1 == len(self._images):
                last = self._images[level]
                half = last.size() / 2
                self._images.append(
                    last.scaled(half, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
                )
            level, scale = level + 1, scale * 2
        return self._images[level]


class _PictureItem(QGraphicsItem):
    """Before and after, each stretched over the square of the source's pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.rect = QRectF()
        self.before: _Levels | None = None
        self.after: _Levels | None = None
        self.split: Split | None = None
        self.holding = False
        self.gain = 0  # of the difference; 0 shows the pictures themselves
        self._difference: tuple[tuple[int, ...], _Levels] | None = None

    def boundingRect(self) -> QRectF:
        return self.rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.holding:
            self._draw(painter, self.before, self.rect)
        elif self.gain:
            self._draw(painter, self._levels_of_difference(), self.rect)
        elif self.split is None:
            self._draw(painter, self.after, self.rect)
        else:
            left, right = QRectF(self.rect), QRectF(self.rect)
            left.setRight(self.split.x(self.rect))
            right.setLeft(left.right())
            self._draw(painter, self.before, left)
            self._draw(painter, self.after, right)

    def _levels_of_difference(self) -> _Levels | None:
        """Made anew only when a picture or the gain is another one."""
        if self.before is None or self.after is None:
            return None
        key = (self.before.key, self.after.key, self.gain)
        if self._difference is None or self._difference[0] != key:
            image = difference(self.before.for_scale(1.0), self.after.for_scale(1.0), self.gain)
            self._difference = key, _Levels(image)
        return self._difference[1]

    def _draw(self, painter: QPainter, levels: _Levels | None, part: QRectF) -> None:
        if levels is None or part.isEmpty():
            return
        zoom = painter.deviceTransform().m11()
        image = levels.for_scale(zoom * self.rect.width() / levels.for_scale(1.0).width())
        painter.save()
        painter.setClipRect(part, Qt.ClipOperation.IntersectClip)
        painter.drawImage(self.rect, image)
        painter.restore()


class Canvas(QGraphicsView):
    """Shows one square picture. Drops go to the window, which is told by its own events."""

    zoom_changed = Signal(float)
    """Screen pixels per source pixel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName(self.tr("Picture"))
        self.setScene(QGraphicsScene(self))
        self._item = _PictureItem()
        self.scene().addItem(self._item)
        self._split = Split()
        self._dragging_split = False
        self._gain = 1
        self._names = ("", "")
        self._fitting = True
        self._progress: float | None = None
        self.setAcceptDrops(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setMinimumSize(240, 200)
        self.viewport().setMouseTracking(True)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)

    # -- what is shown ---------------------------------------------------------------------------------

    def show_pictures(self, before: QImage, after: QImage, side: int) -> None:
        """Shows a picture, and the edited one, that are ``side`` source pixels large; another size is fitted anew."""
        if self._item.before is None or self._item.before.key != before.cacheKey():
            self._item.before = _Levels(before)
        self._item.after = self._item.before if after.cacheKey() == before.cacheKey() else _Levels(after)
        rect = QRectF(0, 0, side, side)
        if rect != self._item.rect:
            self._item.prepareGeometryChange()
            self._item.rect = rect
            self.fit()
        self.viewport().update()

    def shown_image(self) -> QImage | None:
        """The edited picture as it was given."""
        return self._item.after.for_scale(1.0) if self._item.after else None

    def set_progress(self, share: float | None) -> None:
        """Draws a thin line along the top, 0..1; None hides it."""
        if share != self._progress:
            self._progress = share
            self.viewport().update()

    # -- comparing -------------------------------------------------------------------------------------

    def set_split(self, on: bool) -> None:
        """Shows before on the left of a line that can be dragged, after on its right."""
        self._item.split = self._split if on else None
        self.viewport().update()

    def set_difference(self, on: bool) -> None:
        """Shows what changed, as light where it did."""
        self._item.gain = GAINS[self._gain] if on else 0
        self.viewport().update()

    def turn_gain(self) -> None:
        """The next gain of the difference: there are three."""
        self._gain = (self._gain + 1) % len(GAINS)
        self.set_difference(bool(self._item.gain))

    def set_names(self, before: str, after: str) -> None:
        """What the pictures on the left and right of the line are called; empty are the original and the edited one."""
        self._names = before, after
        self.viewport().update()

    def set_holding(self, on: bool) -> None:
        """Shows the original as long as a key is held."""
        self._item.holding = on
        self.viewport().update()

    @property
    def is_holding(self) -> bool:
        """True while the original is shown."""
        return self._item.holding

    def split_x(self) -> float:
        """Where the split line is, in the viewport's coordinates."""
        return self._split.x(self._picture_rect())

    # -- zooming ---------------------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        """Screen pixels per source pixel."""
        return self.transform().m11() * self.devicePixelRatioF()

    def set_zoom(self, zoom: float, anchor: QPointF | None = None) -> None:
        """Zooms; the point of the picture under ``anchor`` (viewport; None: the middle) stays where it is."""
        self._fitting = False
        self._scale_to(min(LARGEST, max(SMALLEST, zoom)), anchor or QRectF(self.viewport().rect()).center())

    def zoom_in(self) -> None:
        """One step closer."""
        self.set_zoom(self.zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        """One step away."""
        self.set_zoom(self.zoom / ZOOM_STEP)

    def actual_size(self) -> None:
        """One source pixel for a screen pixel."""
        self.set_zoom(1.0)

    def fit(self) -> None:
        """The whole picture, as large as it goes; it stays so when the window changes its size."""
        self._fitting = True
        side = self._item.rect.width()
        if side > 0:
            room = min(self.viewport().width(), self.viewport().height()) - 2 * MARGIN
            self._scale_to(max(room, 32) / side * self.devicePixelRatioF(), None)
            self.centerOn(self._item)

    def _scale_to(self, zoom: float, anchor: QPointF | None) -> None:
        before = self.mapToScene(anchor.toPoint()) if anchor is not None else None
        factor = zoom / self.devicePixelRatioF()
        self.resetTransform()
        self.scale(factor, factor)
        self._update_scene_rect()
        if before is not None and anchor is not None:
            shift = self.mapFromScene(before) - anchor.toPoint()
            self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + shift.x())
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + shift.y())
        self.zoom_changed.emit(self.zoom)

    def _update_scene_rect(self) -> None:
        margin = MARGIN / max(self.transform().m11(), 1e-6)
        self.setSceneRect(self._item.rect.adjusted(-margin, -margin, margin, margin))

    def _picture_rect(self) -> QRectF:
        """The picture in the viewport's coordinates."""
        return self.viewportTransform().mapRect(self._item.rect)

    # -- events ----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitting:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        touchpad = event.device().type() == event.device().DeviceType.TouchPad
        if touchpad and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)  # two fingers pan
            return
        turns = event.angleDelta().y() / 120
        if turns:
            self.set_zoom(self.zoom * ZOOM_STEP**turns, event.position())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                middle = QPointF(self.viewport().mapFromGlobal(pinch.centerPoint().toPoint()))
                self.set_zoom(self.zoom * pinch.scaleFactor(), middle)
                return True
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.set_zoom(self.zoom * (1 + event.value()), event.position())
            return True
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._is_on_split(event.position()):
            self._dragging_split = True
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging_split:
            self._split.move_to(event.position().x(), self._picture_rect())
            self.viewport().update()
            return
        super().mouseMoveEvent(event)
        if not event.buttons():
            self._update_cursor(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging_split:
            self._dragging_split = False
            return
        super().mouseReleaseEvent(event)
        event.accept()
        self._update_cursor(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Between the whole picture and its own pixels, at the point that was clicked."""
        if self._is_on_split(event.position()):
            self._split.fraction = 0.5
            self.viewport().update()
        elif self._fitting:
            self.set_zoom(1.0 if self.zoom < 0.99 else 4 * self.zoom, event.position())
        else:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -0.02, Qt.Key.Key_Right: 0.02}.get(Qt.Key(event.key()))
        if step is not None and self._item.split is not None:
            self._split.fraction = min(1.0, max(0.0, self._split.fraction + step))
            self.viewport().update()
            return
        super().keyPressEvent(event)

    def _is_on_split(self, point: QPointF) -> bool:
        return self._item.split is not None and self._split.is_at(point, self._picture_rect())

    def _update_cursor(self, point: QPointF) -> None:
        rect = self._picture_rect()
        larger = not QRectF(self.viewport().rect()).contains(rect)
        if self._is_on_split(point):
            shape = Qt.CursorShape.SplitHCursor
        else:
            shape = Qt.CursorShape.OpenHandCursor if larger else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    # -- drawing ---------------------------------------------------------------------------------------

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.save()
        painter.resetTransform()
        painter.fillRect(self.viewport().rect(), self.palette().color(QPalette.ColorRole.Dark))
        painter.restore()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.save()
        painter.resetTransform()
        picture, visible = self._picture_rect(), QRectF(self.viewport().rect())
        if self._item.before is not None:
            painter.setPen(BORDER)
            painter.drawRect(picture.adjusted(-0.5, -0.5, 0.5, 0.5))
            if self._item.holding:
                corner = (picture & visible).topLeft() + QPointF(PADDING, PADDING)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                paint_pill(painter, self._names[0] or self.tr("Original"), corner)
            elif self._item.gain:
                corner = (picture & visible).topLeft() + QPointF(PADDING, PADDING)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                paint_pill(painter, self.tr("Difference × {0}").format(self._item.gain), corner)
            elif self._item.split is not None:
                before, after = self._names
                self._split.paint(painter, picture, visible, before or self.tr("Before"), after or self.tr("After"))
        if self._progress is not None:
            bar = QRectF(0, 0, visible.width() * self._progress, 3)
            painter.fillRect(QRectF(0, 0, visible.width(), 3), QColor(0, 0, 0, 50))
            painter.fillRect(bar, self.palette().color(QPalette.ColorRole.Highlight))
        painter.restore()
