"""The button in the status line that tells, in a user's words, how much a picture is like those that the pack knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from diti_studio.ui import icons

if TYPE_CHECKING:
    from diti_studio.core.familiarity import Familiarity


class Verdict(QToolButton):
    """Says one line; its tooltip, and a click, tell why and give the numbers."""

    explained = Signal(str)
    """The user asked why: the answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("verdict")
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._known: Familiarity | None = None
        self.clicked.connect(lambda: self.explained.emit(self.explanation))
        self.hide()

    @property
    def explanation(self) -> str:
        """Why, and the numbers; empty while nothing is known."""
        return " ".join((self._reason(self._known), self._numbers(self._known))) if self._known is not None else ""

    def show_familiarity(self, known: Familiarity | None) -> None:
        """Tells of a picture; nothing where nothing is known of it."""
        self._known = known
        if known is not None:
            usual = known.reason is None
            self.setText(self.tr("Like the pictures this model knows") if usual else self.tr("Unusual for this model"))
            self.setToolTip(self.explanation)
            self.setAccessibleName(self.text())
            self.setAccessibleDescription(self.explanation)
            self._draw_icon()
        self.setVisible(known is not None)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    def _draw_icon(self) -> None:
        if self._known is not None:
            self.setIcon(icons.icon("info" if self._known.reason is None else "warning"))

    def _reason(self, known: Familiarity) -> str:
        match known.reason:
            case "no face":
                return self.tr("Edits may look wrong: no face is seen in the square, and this model knows only faces.")
            case "face elsewhere":
                return self.tr("Edits may look wrong: the face is not where this model expects it (Image > Frame).")
            case "latent":
                return self.tr("Edits may look wrong: the picture is far from all that this model has learnt from.")
            case "rebuilt":
                return self.tr("Edits may look wrong: this model rebuilds the picture less well than others.")
            case None:
                return self.tr("The picture is like those that this model has learnt from.")

    def _numbers(self, known: Familiarity) -> str:
        from diti_studio.core.familiarity import MAX_DISTANCE, MAX_MISPLACEMENT

        text = self.tr("Distance of its latent: {0:.1f} (1 is usual, more than {1:.1f} far).")
        told = [text.format(known.distance, MAX_DISTANCE)]
        if known.misplacement not in (0, float("inf")):
            text = self.tr("Square beside the face’s own by {0:.0f} % of its side (at most {1:.0f} %).")
            told.append(text.format(100 * known.misplacement, 100 * MAX_MISPLACEMENT))
        if known.psnr is not None and known.usual_psnr is not None:
            text = self.tr("Rebuilt at {0:.1f} dB (pictures that it knows: {1:.1f} dB).")
            told.append(text.format(known.psnr, known.usual_psnr))
        elif known.psnr is not None:
            told.append(self.tr("Rebuilt at {0:.1f} dB.").format(known.psnr))
        return " ".join(told)
