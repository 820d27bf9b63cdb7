"""A note on the canvas while stages are solo or muted: the picture that is seen is then not the whole edit."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from diti_studio.ui import theme
from diti_studio.ui.equaliser_view import EqualiserView


class HeardNote(QPushButton):
    """Says what is left out; a click takes everything in again."""

    def __init__(self, canvas: QWidget, bars: EqualiserView) -> None:
        super().__init__(canvas)
        self.setObjectName("heardNote")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(
            self.tr("Only looked at: the edit and what is exported have all stages. Click to see all again.")
        )
        self._bars = bars
        self.clicked.connect(bars.hear_all)
        bars.heard_changed.connect(self._follow)
        self.hide()

    def _follow(self) -> None:
        words = self._bars.heard_words()
        self.setText(self.tr("{0} — show all").format(words.replace("&", "&&")))
        self.setAccessibleName(self.text())
        self.adjustSize()
        self.move(theme.MARGIN, theme.MARGIN)
        self.setVisible(bool(words))
        self.raise_()
