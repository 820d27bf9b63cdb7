"""A hand without a plan: random events on the real window, as the window system would send them.

Mouse, wheel and keys go to the window under the pointer, not to a widget: what is hit, what has the focus and what a
dialog shuts off is for Qt to say, as with a real hand. Every event is drawn from one seeded source.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QMimeData, QPoint, QPointF, QThread, QTimer, QUrl
from PySide6.QtCore import Qt as Q
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeySequence,
    QWindow,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget
from shiboken6 import isValid

from diti_studio.ui.amount_slider import AmountField, AmountSlider
from diti_studio.ui.equaliser import Equaliser
from diti_studio.ui.imaging import to_image
from diti_studio.ui.jobs import Source
from diti_studio.ui.main_window import MainWindow
from tests.studio.packs_factory import picture

LEFT_OUT = {
    "quit": "it ends the window; closing is tested by itself",
    "open": "the system's dialog for files runs a loop of its own until a person answers",
    "open_document": "as above",
    "save": "asks as save_as does where a picture has no document yet",
    "save_as": "as above",
    "load_recipe": "as above",
    "save_recipe": "as above",
}
"""Commands that are not triggered, and why. A key or a button that leads to such a dialog has it answered with no."""

KEYS = (
    Q.Key.Key_Left, Q.Key.Key_Right, Q.Key.Key_Up, Q.Key.Key_Down, Q.Key.Key_PageUp, Q.Key.Key_PageDown,
    Q.Key.Key_Home, Q.Key.Key_End, Q.Key.Key_Tab, Q.Key.Key_Backtab, Q.Key.Key_Space, Q.Key.Key_Return,
    Q.Key.Key_Escape, Q.Key.Key_Delete, Q.Key.Key_Backspace, Q.Key.Key_Plus, Q.Key.Key_Minus,
    Q.Key.Key_BracketLeft, Q.Key.Key_BracketRight, Q.Key.Key_B, Q.Key.Key_Backslash, Q.Key.Key_0, Q.Key.Key_1,
    Q.Key.Key_2, Q.Key.Key_Period, Q.Key.Key_S, Q.Key.Key_M, Q.Key.Key_D, Q.Key.Key_T, Q.Key.Key_F, Q.Key.Key_X,
    Q.Key.Key_A, Q.Key.Key_Z, Q.Key.Key_F10, Q.Key.Key_F2,
)  # fmt: skip
MODIFIERS = (Q.KeyboardModifier.NoModifier,) * 5 + (
    Q.KeyboardModifier.ShiftModifier, Q.KeyboardModifier.ControlModifier, Q.KeyboardModifier.AltModifier,
)  # fmt: skip
SIZES = ((760, 560), (820, 600), (700, 520), (640, 480))
PATIENCE = 40  # events; a dialog that is open longer is left
PHOTOS = 6


class Monkey:
    """Acts on a window and counts its events.

    Attributes:
        events: how many were sent.
        log: the last acts, for the message of a failure.
    """

    def __init__(self, window: MainWindow, seed: int, pictures: Sequence[Path], packs: Sequence[str]) -> None:
        self.events = 0
        self.log: list[str] = []
        self._window = window
        self._random = random.Random(seed)
        self._pictures = pictures
        self._packs = packs
        self._since_dialog = 0
        self._held: QWidget = window
        self._end = 0
        self._acting = False
        self._error: BaseException | None = None
        self._loop = QEventLoop()
        self._clock = QTimer()
        self._clock.timeout.connect(self._step)
        self._janitor = QTimer()
        self._janitor.setInterval(5)
        self._janitor.timeout.connect(self._leave_loop)
        window.actions_by_id["quit"].setEnabled(False)  # in the menu and in the palette, where a key may hit it
        self._commands = [id_ for id_ in window.actions_by_id if id_ not in LEFT_OUT]
        self._acts: dict[Callable[[], None], float] = {
            self._click: 14, self._drag: 14, self._hover: 10, self._wheel: 9, self._key: 14, self._double_click: 3,
            self._right_click: 2, self._edit: 24, self._command: 6, self._undo: 3, self._redo: 5, self._resize: 1,
            self._drop: 1, self._turn_picture: 2, self._open: 1, self._close: 0.3, self._pack: 0.1, self._look: 1,
        }  # fmt: skip

    def act(self, events: int) -> None:
        """Sends at least so many events, in a loop as the program has one."""
        self._end = self.events + events
        for timer in (self._clock, self._janitor):
            timer.start()
        try:
            self._loop.exec()
        finally:
            for timer in (self._clock, self._janitor):
                timer.stop()
        if self._error is not None:
            raise self._error
        self.rest()

    def _step(self) -> None:
        if self._acting:  # a menu or a dialog runs a loop of its own inside the last act
            return
        self._acting = True
        try:
            (act,) = self._random.choices(list(self._acts), list(self._acts.values()))
            self.log = [*self.log[-11:], act.__name__]
            act()
            self._tidy()
            assert self._window.isVisible(), "the window was closed"
        except BaseException as error:
            self._error = error
        finally:
            self._acting = False
        if self._error is not None or self.events >= self._end:
            self._loop.quit()

    def rest(self) -> None:
        """Lets everything go: buttons, menus, dialogs."""
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        for dialog in self._dialogs():
            dialog.reject()
        QTest.keyClick(self._handle(self._window), Q.Key.Key_Escape)
        QApplication.processEvents()

    # -- mouse and keys --------------------------------------------------------------------------------

    def _click(self) -> None:
        self._press_and_release(Q.MouseButton.LeftButton, self._modifiers())

    def _right_click(self) -> None:
        self._press_and_release(Q.MouseButton.RightButton, Q.KeyboardModifier.NoModifier)

    def _press_and_release(self, button: Q.MouseButton, keys: Q.KeyboardModifier, at: QPoint | None = None) -> None:
        handle, place = self._place(at)
        _send(QTest.mousePress, handle, button, keys, place)
        self._release(handle, button, keys, place)
        self.events += 2

    def _release(self, handle: QWindow, button: Q.MouseButton, keys: Q.KeyboardModifier, place: QPoint) -> None:
        """Lets go, over the main window where the one that was pressed has gone with the press."""
        _send(QTest.mouseRelease, handle if isValid(handle) else self._handle(self._window), button, keys, place)

    def _double_click(self) -> None:
        handle, place = self._place()
        _send(QTest.mouseDClick, handle, Q.MouseButton.LeftButton, Q.KeyboardModifier.NoModifier, place)
        self.events += 4

    def _drag(self, start: QPoint | None = None) -> None:
        handle, place = self._place(start)
        keys = self._modifiers()
        _send(QTest.mousePress, handle, Q.MouseButton.LeftButton, keys, place)
        for _ in range(self._random.randint(1, 8)):
            place = self._near(handle, place, 40)
            _send(QTest.mouseMove, handle, place)
            self.events += 1
            if self._random.random() < 0.03:
                self._window.undo()  # in the middle of a drag: a key does not wait for the mouse
                self.events += 1
        self._release(handle, Q.MouseButton.LeftButton, keys, place)
        self.events += 2

    def _edit(self) -> None:
        """A drag, a few keys or the wheel on one of the controls that change the picture."""
        controls = [w for w in self._widgets(self._window) if isinstance(w, AmountSlider | AmountField | Equaliser)]
        if not controls or self._front() is not self._window:
            return
        control = self._random.choice(controls)
        place = control.mapTo(self._window, QPoint(self._random.randrange(control.width()), control.height() // 2))
        if self._random.random() < 0.7:
            self._drag(place)
        else:
            self._press_and_release(Q.MouseButton.LeftButton, Q.KeyboardModifier.NoModifier, place)
            for _ in range(self._random.randint(1, 3)):
                self._key()

    def _hover(self) -> None:
        handle, place = self._place()
        for _ in range(self._random.randint(1, 4)):
            _send(QTest.mouseMove, handle, self._near(handle, place, 9))
            self.events += 1

    def _wheel(self) -> None:
        handle, place = self._place()
        _send(QTest.wheelEvent, handle, QPointF(place), QPoint(0, self._random.choice((-240, -120, 120, 240))))
        self.events += 1

    def _key(self) -> None:
        handle = self._handle(self._front())
        if self._random.random() < 0.3:
            _press(handle, self._random.choice(KEYS), self._modifiers())  # and never let go of
            self.events += 1
            return
        if self._random.random() < 0.2 and (keys := self._shortcut()) is not None:
            key, modifiers = keys[0].key(), keys[0].keyboardModifiers()
        else:
            key, modifiers = self._random.choice(KEYS), self._modifiers()
        _press(handle, key, modifiers)
        _lift(handle, key, modifiers)
        self.events += 2

    # -- commands --------------------------------------------------------------------------------------

    def _command(self) -> None:
        self.events += 1
        action = self._window.actions_by_id[self._random.choice(self._commands)]
        self.log[-1] = f"command {action.objectName()}"
        if action.isEnabled() and self._front() is self._window:
            action.trigger()

    def _undo(self) -> None:
        self._walk(self._window.undo)

    def _redo(self) -> None:
        self._walk(self._window.redo)

    def _walk(self, step: Callable[[], None]) -> None:
        for _ in range(self._random.randint(1, 4)):
            if self._front() is self._window:
                step()
            self.events += 1

    def _resize(self) -> None:
        self._window.resize(*self._random.choice(SIZES))
        self.events += 1

    def _look(self) -> None:
        """Draws the whole window as it is, which random events alone may put off."""
        self._window.repaint()
        self.events += 1

    # -- pictures --------------------------------------------------------------------------------------

    def _turn_picture(self) -> None:
        self._window.go_by(self._random.choice((-1, 1)))
        self.events += 1

    def _open(self) -> None:
        path = self._random.choice(self._pictures)
        if self._random.random() < 0.4:
            self._window.open_source(Source.file(path), "reference")
        elif len(self._window.session.photos) < PHOTOS:
            self._window.open_all([Source.file(path) for path in self._random.sample(list(self._pictures), 2)])
        self.events += 1

    def _close(self) -> None:
        if len(self._window.session.photos) > 2 and self._front() is self._window:
            self._window.close_picture()
        self.events += 1

    def _pack(self) -> None:
        self._window.models.choose_pack(self._random.choice(self._packs))
        self.events += 1

    def _drop(self) -> None:
        """What a file manager or a browser drags over the window, and lets fall or takes away."""
        widget = self._random.choice([w for w in self._widgets(self._window) if w.acceptDrops()] or [self._window])
        data = QMimeData()
        kind = self._random.random()
        if kind < 0.5:
            data.setUrls([QUrl.fromLocalFile(str(self._random.choice(self._pictures)))])
        elif kind < 0.7:
            data.setImageData(to_image(picture(self._random.randint(10, 12))))
        elif kind < 0.85:
            data.setUrls([QUrl("https://example.org/a.png"), QUrl.fromLocalFile("/no/such/file.png")])
        else:
            data.setText("only words")
        copy, button, none = Q.DropAction.CopyAction, Q.MouseButton.LeftButton, Q.KeyboardModifier.NoModifier
        place = widget.rect().center()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # newer Qt wants fractions here, older takes none
            entering = QDragEnterEvent(place, copy, data, button, none)
            moving = QDragMoveEvent(place, copy, data, button, none)
        QApplication.sendEvent(widget, entering)
        self.events += 1
        if not entering.isAccepted():
            return
        QApplication.sendEvent(widget, moving)
        last = QDropEvent(QPointF(place), copy, data, button, none)
        full = len(self._window.session.photos) >= PHOTOS
        QApplication.sendEvent(widget, QDragLeaveEvent() if full or self._random.random() < 0.3 else last)
        self.events += 2

    # -- where -----------------------------------------------------------------------------------------

    def _place(self, at: QPoint | None = None) -> tuple[QWindow, QPoint]:
        """A window that takes events now, and a point inside one of its widgets; or a point of the main window."""
        if at is not None:
            handle = self._handle(self._window)
            return handle, self._near(handle, at, 0)
        front = self._front()
        widget = self._random.choice(self._widgets(front) or [front])
        inside = QPoint(self._random.randrange(max(widget.width(), 1)), self._random.randrange(max(widget.height(), 1)))
        handle = self._handle(widget.window())
        return handle, self._near(handle, widget.mapTo(widget.window(), inside), 0)

    def _near(self, handle: QWindow, place: QPoint, reach: int) -> QPoint:
        """A point not far from another one, inside the window."""
        if not isValid(handle):
            return place
        x, y = (old + self._random.randint(-reach, reach) for old in (place.x(), place.y()))
        return QPoint(min(max(x, 0), handle.width() - 1), min(max(y, 0), handle.height() - 1))

    def _front(self) -> QWidget:
        """The menu or dialog that is open, else the main window or one beside it."""
        front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if front is not None and _has_handle(front):
            return front
        others = [d for d in self._dialogs() if _has_handle(d)]
        return self._random.choice([self._window, *others]) if others else self._window

    def _dialogs(self) -> list[QDialog]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]

    @staticmethod
    def _widgets(top: QWidget) -> list[QWidget]:
        return [w for w in top.findChildren(QWidget) if w.isVisible() and w.window() is top and w.width() * w.height()]

    def _handle(self, widget: QWidget) -> QWindow:
        self._held = widget  # or Python would let go of it, and of its window with it
        handle = widget.windowHandle()
        assert handle is not None
        return handle

    def _modifiers(self) -> Q.KeyboardModifier:
        return self._random.choice(MODIFIERS)

    def _shortcut(self) -> QKeySequence | None:
        action = self._window.actions_by_id[self._random.choice(self._commands)]
        # QTest cannot send the keys that some keyboards have for a command of its own, such as Copy.
        keys = [k for k in action.shortcuts() if "+" in k.toString() or len(k.toString()) == 1]
        return self._random.choice(keys) if keys else None

    # -- what would hold it up -------------------------------------------------------------------------

    def _tidy(self) -> None:
        """Says no to a question about files, and leaves a dialog that has been open for long."""
        QApplication.processEvents()
        dialogs = self._dialogs()
        self._since_dialog = self._since_dialog + 1 if dialogs or QApplication.activePopupWidget() else 0
        for dialog in dialogs:
            if isinstance(dialog, QFileDialog) or self._since_dialog > PATIENCE:
                dialog.reject()
        if self._since_dialog > PATIENCE and (popup := QApplication.activePopupWidget()) is not None:
            popup.close()

    def _leave_loop(self) -> None:
        """Ends a loop inside the window's own, in which a menu or dialog waits for its answer."""
        if QThread.currentThread().loopLevel() < 2:
            return
        front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if front is not None:
            front.close()


def _has_handle(widget: QWidget) -> bool:
    """False for one that Qt has not put on the screen yet, or whose window it has just taken away."""
    handle = widget.windowHandle()
    return handle is not None and isValid(handle)


def _press(handle: QWindow, key: Q.Key, modifiers: Q.KeyboardModifier) -> None:
    """Presses the modifiers and then the key, as long as the window is there.

    ``QTest.keyPress`` does the same, but sends all of it to one address, even where the first of the keys has closed
    the window.
    """
    for held in _keys_of(modifiers):
        _send_key(handle, True, held, Q.KeyboardModifier.NoModifier)
    _send_key(handle, True, key, modifiers)


def _lift(handle: QWindow, key: Q.Key, modifiers: Q.KeyboardModifier) -> None:
    """Lets go of what was pressed."""
    _send_key(handle, False, key, modifiers)
    for held in reversed(_keys_of(modifiers)):
        _send_key(handle, False, held, Q.KeyboardModifier.NoModifier)


def _keys_of(modifiers: Q.KeyboardModifier) -> list[Q.Key]:
    keys = {
        Q.KeyboardModifier.ShiftModifier: Q.Key.Key_Shift,
        Q.KeyboardModifier.ControlModifier: Q.Key.Key_Control,
        Q.KeyboardModifier.AltModifier: Q.Key.Key_Alt,
    }
    return [key for modifier, key in keys.items() if modifier & modifiers]


def _send_key(handle: QWindow, press: bool, key: Q.Key, modifiers: Q.KeyboardModifier) -> None:
    if isValid(handle):
        control = modifiers & Q.KeyboardModifier.ControlModifier
        text = chr(key).lower() if 32 <= key < 127 and not control else ""
        _send(QTest.simulateEvent, handle, press, key, modifiers, text, False)


def _send(send: Callable[..., None], handle: QWindow, *how: object) -> None:
    """An event to a window, which may be gone by the time that the event has been dealt with."""
    try:
        send(handle, *how)
    except RuntimeError:
        if isValid(handle):
            raise
