"""The time explorer: the open picture along its own diffusion, and where in time the pack's attributes live."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from diti_studio.ui.answers import (
    Explored,
    Failed,
)
from diti_studio.ui.back_button import BackButton
from diti_studio.ui.equaliser_layout import stages_of
from diti_studio.ui.explorer_time import TimePage
from diti_studio.ui.heat_map import HeatMapPage
from diti_studio.ui.jobs import (
    Explore,
    Job,
)

if TYPE_CHECKING:
    from diti_studio.core.packs import Pack
    from diti_studio.ui.session import Session
    from diti_studio.ui.worker import Worker

KEPT = 8  # pictures whose stations are remembered


class Explorer(QWidget):
    """Two pages in the canvas's place."""

    shown = Signal()
    """It came into view."""
    close_requested = Signal()
    attribute_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Time explorer"))
        self.time = TimePage()
        self.heat = HeatMapPage()
        self.heat.attribute_chosen.connect(self.attribute_chosen)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.time, self.tr("This Picture in Time"))
        self.tabs.addTab(self.heat, self.tr("Attributes in Time"))
        close = BackButton()
        close.clicked.connect(self.close_requested)
        self.tabs.setCornerWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)

    def set_pack(self, pack: Pack) -> None:
        """Shows the stages and attributes of a pack."""
        self.time.set_stages(stages_of(pack.manifest))
        self.heat.map.set_manifest(pack.manifest)

    def show_stations(self, explored: Explored | None) -> None:
        """Shows a picture's stations; None says that they are on their way."""
        self.time.show_stations(explored)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        page = self.tabs.currentWidget()
        (page.focusProxy() or page).setFocus()
        self.shown.emit()


class Exploring(QObject):
    """Has the worker look at the open picture while the explorer is seen, and remembers what it saw."""

    def __init__(self, worker: Worker, session: Session, explorer: Explorer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._session = session
        self._explorer = explorer
        self._pack: Pack | None = None
        self._kept = OrderedDict[int, Explored]()  # by the serial of the job that opened the picture
        self._asked: Explore | None = None
        self._failed = set[int]()
        session.changed.connect(self._follow)
        explorer.shown.connect(self._follow)
        worker.explored.connect(self._take)
        worker.ended.connect(self._on_ended)
        worker.failed.connect(self._on_failed)

    def set_pack(self, pack: Pack) -> None:
        """The pack in use is another one."""
        self._pack = pack
        self._explorer.set_pack(pack)
        self._follow()

    def _follow(self) -> None:
        state = self._session.state
        if state is None or not self._explorer.isVisible():
            return
        opened = state.opened
        serial = opened.job.serial
        known = self._kept.get(serial)
        self._explorer.show_stations(known)
        waits = self._asked is not None and self._asked.opened is opened and self._worker.holds(self._asked)
        fits = self._pack is not None and opened.pack == self._pack.identity
        if known is None and fits and not waits and serial not in self._failed:
            self._asked = Explore(opened=opened)
            self._worker.submit(self._asked)

    def _take(self, explored: Explored) -> None:
        self._kept[explored.job.opened.job.serial] = explored
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self._follow()

    def _on_failed(self, failed: Failed) -> None:
        if isinstance(failed.job, Explore):
            self._failed.add(failed.job.opened.job.serial)

    def _on_ended(self, job: Job) -> None:
        """Idle work gives way, and is dropped with all that waits: it is asked for again when the way is free."""
        self._follow()
