"""The line at the bottom: which model on which device, what is being done and how far, and a way to stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTime, Signal
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStatusBar, QToolButton, QToolTip, QWidget

from diti_studio.ui.answers import (
    Formed,
)
from diti_studio.ui.jobs import (
    Export,
    ExportSeries,
    Job,
    LoadPack,
    OpenPicture,
    Prepare,
    Render,
    Survey,
)
from diti_studio.ui.verdict import Verdict

if TYPE_CHECKING:
    from diti_studio.core.packs import Pack
    from diti_studio.core.runtime import Device


class StatusLine(QStatusBar):
    """Left: what is being done. Right: what the model makes of the picture, zoom, pack and device."""

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._waiting = False
        self._work = _Line()
        self._cancel = QToolButton()
        self._cancel.setObjectName("cancelButton")
        self._cancel.setText(self.tr("Cancel"))
        self._cancel.setToolTip(self.tr("Stop the work that runs (Esc)"))
        self._cancel.clicked.connect(self.cancel_requested)
        self._cancel.hide()
        self.verdict = Verdict()
        self._zoom, self._pack, self._device = QLabel(), QLabel(), QLabel()
        self._pack.setToolTip(self.tr("The model in use"))
        self._device.setToolTip(self.tr("What the network runs on"))
        for label, name in (
            (self._work, self.tr("Work")),
            (self._zoom, self.tr("Zoom")),
            (self._pack, self.tr("Model")),
            (self._device, self.tr("Device")),
        ):
            label.setAccessibleName(name)
            label.setObjectName("statusItem")
        self._work.setObjectName("statusWork")
        for label in (self._zoom, self._pack, self._device):
            label.hide()  # until it has something to say
        self.addWidget(self._work, 1)  # all the room: what follows stays where it is while the text changes
        self.addWidget(self._cancel)
        self.addPermanentWidget(self.verdict)
        for label in (self._zoom, self._pack, self._device):
            self.addPermanentWidget(label)

    @property
    def work(self) -> str:
        """What is said about the work."""
        return self._work.text()

    @property
    def is_busy(self) -> bool:
        """True while there is something to cancel."""
        return not self._cancel.isHidden()

    @property
    def is_waiting(self) -> bool:
        """True while it says that a step is waited for."""
        return self._waiting

    # -- what is there ---------------------------------------------------------------------------------

    def set_pack(self, pack: Pack | None, device: Device | None) -> None:
        """Names the model and what it runs on."""
        _say(self._pack, f"{pack.manifest.title} · {pack.manifest.image_size} px" if pack else self.tr("No model"))
        _say(self._device, device.title if device else "")

    def set_zoom(self, zoom: float | None) -> None:
        """Screen pixels per source pixel."""
        _say(self._zoom, f"{100 * zoom:.0f} %" if zoom is not None else "")

    # -- what is done ----------------------------------------------------------------------------------

    def begin(self, job: Job) -> None:
        """A job began."""
        self._waiting = False
        match job:
            case LoadPack():
                text = self.tr("Loading the model…")
            case Survey():
                text = self.tr("Looking at the whole photo…")
            case OpenPicture(role="framed"):
                text = self.tr("Framing {0}…").format(job.source.name)
            case OpenPicture():
                text = self.tr("Opening {0}…").format(job.source.name)
            case ExportSeries():
                text = self.tr("Exporting…")
            case Export():
                text = self.tr("Exporting…") if job.path else self.tr("Copying…")
            case Prepare():
                text = self.tr("Getting to know the picture…")
            case _:
                text = ""
        if text:
            self._work.setText(text)
        self._cancel.setVisible(isinstance(job, Export | ExportSeries | Prepare | Render))

    def progress(self, formed: Formed) -> None:
        """A step was done."""
        if formed.of == 0:
            return
        if formed.phase == "inverting":
            doing = self.tr("Inverting")
        elif isinstance(formed.job, Export | ExportSeries):
            doing = self.tr("Exporting")
        else:
            preview = isinstance(formed.job, Render) and formed.job.quality == "preview"
            doing = self.tr("Preview") if preview else self.tr("Refining")
        parts = [doing, self.tr("step {0} of {1}").format(formed.step, formed.of)]
        if formed.t is not None:
            parts.append(f"t = {formed.t}")
        parts.append(self.tr("{0:.1f} s").format(formed.seconds))
        self._work.setText(" · ".join(parts))

    def wait(self, seconds: float) -> None:
        """Work was stopped, but a step of the network is running: says that it is waited for, and for how long."""
        latest = QTime.currentTime().addMSecs(round(1000 * seconds)).toString("HH:mm:ss")
        self.rest(self.tr("Waiting for the running step to end, at {0} at the latest").format(latest))
        self._waiting = True

    def rest(self, text: str) -> None:
        """Nothing is being done."""
        self._waiting = False
        self._work.setText(text)
        self._cancel.hide()


def _say(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


class _Line(QLabel):
    """One line that is shortened where there is too little room, so that it never widens the window."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        role = self.foregroundRole()
        self.style().drawItemText(
            QPainter(self), self.contentsRect(), int(self.alignment()), self.palette(), True, self._fitting(), role
        )

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.text() if self._fitting() != self.text() else "", self)
            return True
        return super().event(event)

    def _fitting(self) -> str:
        room = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
