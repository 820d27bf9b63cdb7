"""A minute's tour: callouts that point at the parts of the window, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from diti_studio.ui import theme

if TYPE_CHECKING:
    from diti_studio.ui.main_window import MainWindow
    from diti_studio.ui.preferences import Preferences

WIDTH = 320  # of a callout, in logical pixels


class Tour(QObject):
    """Walks a person through the window, once by itself and whenever asked for."""

    def __init__(self, window: MainWindow, preferences: Preferences) -> None:
        super().__init__(window)
        self._window = window
        self._preferences = preferences
        self._page: TourPage | None = None

    @property
    def page(self) -> TourPage | None:
        """What covers the window while the tour is on."""
        return self._page

    def begin_with_first_picture(self) -> None:
        """The first start: begins once a picture is open, unless somebody has seen it."""
        if not self._preferences.tour_seen:
            self._window.picture_opened.connect(self._first)

    def begin(self) -> None:
        """Shows the first callout. The parts that need a picture are shown empty without one."""
        if self._page is not None:
            return
        window, space = self._window, self._window.workspace
        window.pages.setCurrentWidget(space)
        self._preferences.tour_seen = True
        stops: list[tuple[QWidget, str, str]] = [
            (space.views, self.tr("Your picture"), self.tr(
                "Your own pixels plus the change. Hold B to see the original; the wheel zooms, dragging moves."
            )),
            (space.attributes, self.tr("Sliders with names"), self.tr(
                "Each moves one thing, and little else. The small curve shows where in time it lives."
            )),
            (space.equaliser, self.tr("The equaliser"), self.tr(
                "The same picture by time: fine texture on the left, the face or the room in the middle, its tone on "
                "the right. Drag across the bars to paint."
            )),
            (space.reference, self.tr("Borrow from another picture"), self.tr(
                "Drop a second picture here, choose a range of time, and raise the blend."
            )),
        ]  # fmt: skip
        if (button := window.toolbar_button("export")) is not None:
            text = self.tr("Write the square or the whole photo to a new file. Your own is never touched.")
            stops.append((button, self.tr("Export"), text))
        space.show_reference()
        self._page = page = TourPage(window, stops)
        page.ended.connect(self._leave)
        page.show()
        page.raise_()

    def _first(self) -> None:
        self._window.picture_opened.disconnect(self._first)
        self.begin()

    def _leave(self) -> None:
        self._page = None
        if self._window.session.state is None:
            self._window.pages.setCurrentWidget(self._window.welcome)


class TourPage(QWidget):
    """Dims the window but for one part, and says beside it what it is. Escape or Skip ends it."""

    ended = Signal()

    def __init__(self, window: QWidget, stops: list[tuple[QWidget, str, str]]) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(self.tr("Tour"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._window = window
        self._stops = stops
        self._index = 0
        self.callout = QFrame(self)
        self.callout.setObjectName("callout")
        self.callout.setAutoFillBackground(True)
        self.callout.setFrameShape(QFrame.Shape.StyledPanel)
        self.title = QLabel()
        self.title.setObjectName("modelTitle")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.count = QLabel()
        self.count.setObjectName("hint")
        self.skip = QPushButton(self.tr("Skip"))
        self.next = QPushButton()
        self.skip.clicked.connect(self.close)
        self.next.clicked.connect(self._go_on)
        buttons = QHBoxLayout()
        buttons.addWidget(self.count, 1)
        buttons.addWidget(self.skip)
        buttons.addWidget(self.next)
        layout = QVBoxLayout(self.callout)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addLayout(buttons)
        self.callout.setFixedWidth(WIDTH)
        window.installEventFilter(self)
        self._arrange()

    @property
    def index(self) -> int:
        """Which stop is shown, from 0."""
        return self._index

    def spot(self) -> QRect:
        """The part of the window that is not dimmed."""
        part = self._stops[self._index][0]
        return QRect(part.mapTo(self._window, QPoint()), part.size()).adjusted(-2, -2, 2, 2) & self.rect()

    def _go_on(self) -> None:
        if self._index + 1 == len(self._stops):
            self.close()
            return
        self._index += 1
        self._arrange()

    def _arrange(self) -> None:
        self.setGeometry(self._window.rect())
        _, title, text = self._stops[self._index]
        last = self._index + 1 == len(self._stops)
        self.title.setText(title)
        self.text.setText(text)
        self.count.setText(self.tr("{0} of {1}").format(self._index + 1, len(self._stops)))
        self.skip.setVisible(not last)
        self.next.setText(self.tr("Done") if last else self.tr("Next"))
        self.next.setDefault(True)
        self.setAccessibleDescription(f"{title}. {text}")
        height = self.callout.heightForWidth(WIDTH)
        self.callout.resize(WIDTH, max(height, self.callout.sizeHint().height()))
        self.callout.move(self._beside(self.spot()))
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)
        self.update()

    def _beside(self, spot: QRect) -> QPoint:
        """Where the callout covers least of what it points at: left of it, above it, below it, or in its middle."""
        size, gap = self.callout.size(), 3 * theme.TIGHT
        middle_x, middle_y = spot.center().x() - size.width() // 2, spot.center().y() - size.height() // 2
        places = (
            QPoint(spot.left() - gap - size.width(), middle_y),
            QPoint(middle_x, spot.top() - gap - size.height()),
            QPoint(middle_x, spot.bottom() + gap),
            QPoint(middle_x, middle_y),
        )
        room = self.rect().adjusted(gap, gap, -gap, -gap)
        for place in places:
            x = min(max(place.x(), room.left()), room.right() - size.width())
            y = min(max(place.y(), room.top()), room.bottom() - size.height())
            if not QRect(QPoint(x, y), size).intersects(spot):
                return QPoint(x, y)
        return places[-1]

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.ended.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._arrange()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right):
            self._go_on()

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()  # or the window would take it, to cancel its work
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spot = self.spot()
        path = QPainterPath()
        path.addRect(self.rect())
        hole = QPainterPath()
        hole.addRoundedRect(spot, 6, 6)
        painter.fillPath(path - hole, QColor(0, 0, 0, 130))
        painter.setPen(QPen(self.palette().accent().color(), 2))
        painter.drawPath(hole)
