"""A line above the picture that tells what went wrong, or what is worth knowing, without stopping anybody's work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from diti_studio.ui import icons

SIGN = 18  # logical pixels
Kind = Literal["note", "error"]


class MessageBar(QFrame):
    """Shows one sentence until it is closed or another one comes. Style sheets see its ``kind``."""

    closed = Signal()
    """There is room for another sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setAccessibleName(self.tr("Message"))
        self._sign = QLabel()
        self._text = QLabel()
        self._action = QPushButton()
        self._action.clicked.connect(self._act)
        self._answer: Callable[[], object] | None = None
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._close = QToolButton()
        self._close.setAutoRaise(True)
        self._close.setAccessibleName(self.tr("Close this message"))
        self._close.clicked.connect(self.clear)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 6, 6, 6)
        layout.setSpacing(10)
        layout.addWidget(self._sign)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._action)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that is shown; empty when none is."""
        return self._text.text() if not self.isHidden() else ""

    @property
    def kind(self) -> str:
        """Whether it is a note or an error."""
        return str(self.property("kind") or "")

    @property
    def action(self) -> QPushButton:
        """The button of what can be done about it; hidden where there is nothing."""
        return self._action

    def show_text(
        self, text: str, kind: Kind = "note", *, action: str = "", answer: Callable[[], object] | None = None
    ) -> None:
        """Shows a sentence in place of the last one; with ``action``, a button that calls ``answer``."""
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._answer = answer
        self._text.setText(text)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)
        self._draw_icons()
        self.style().unpolish(self)
        self.style().polish(self)
        self.setAccessibleDescription(text)
        self.show()

    def clear(self) -> None:
        """Hides the bar."""
        self._text.clear()
        self._answer = None
        self.hide()
        self.closed.emit()

    def _act(self) -> None:
        answer = self._answer
        self.clear()
        if answer is not None:
            answer()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icons()

    def _draw_icons(self) -> None:
        sign = icons.icon("warning" if self.kind == "error" else "info")
        self._sign.setPixmap(sign.pixmap(QSize(SIGN, SIGN), self.devicePixelRatioF()))
        self._close.setIcon(icons.icon("close"))
