"""The arrangement of the window while a picture is open: canvas, equaliser below it, the other controls beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from diti_studio.ui.attribute_panel import AttributePanel
from diti_studio.ui.canvas import Canvas
from diti_studio.ui.edits_panel import EditsPanel
from diti_studio.ui.equaliser_panel import EqualiserPanel
from diti_studio.ui.explorer import Explorer
from diti_studio.ui.film_strip import FilmStrip
from diti_studio.ui.frame_editor import FrameEditor
from diti_studio.ui.heard_note import HeardNote
from diti_studio.ui.history_panel import HistoryPanel
from diti_studio.ui.preferences import Preferences
from diti_studio.ui.reference_panel import ReferencePanel
from diti_studio.ui.session import Session
from diti_studio.ui.snapshot_grid import SnapshotGrid
from diti_studio.ui.snapshots_panel import SnapshotsPanel

COLUMN = 330  # logical pixels that the right column gets at first


class Workspace(QSplitter):
    """Canvas and panels. The lines between them can be dragged, and are remembered."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.film_strip = FilmStrip(session)
        self.canvas = Canvas()
        self.frame_editor = FrameEditor()
        self.explorer = Explorer()
        self.grid = SnapshotGrid()
        self.views = QStackedWidget()
        self.views.setObjectName("views")
        for view in (self.canvas, self.frame_editor, self.explorer, self.grid):
            self.views.addWidget(view)
        self.equaliser = EqualiserPanel()
        self.heard_note = HeardNote(self.canvas, self.equaliser.equaliser)
        self.attributes = AttributePanel()
        self.reference = ReferencePanel()
        self.edits = EditsPanel()
        self.history = HistoryPanel(session.group)
        self.snapshots = SnapshotsPanel()

        self._left = QSplitter(Qt.Orientation.Vertical)
        self._left.addWidget(_beside(self.film_strip, self.views))
        below = _titled(self.tr("Time-step equaliser"), self.equaliser)
        self._left.addWidget(below)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self.reference, self.tr("Reference"))
        self._tabs.addTab(self.edits, self.tr("Edits"))
        self._tabs.addTab(self.history, self.tr("History"))
        self._tabs.addTab(self.snapshots, self.tr("Snapshots"))
        self._right = QSplitter(Qt.Orientation.Vertical)
        self._right.addWidget(_titled(self.tr("Attributes"), self.attributes))
        self._right.addWidget(self._tabs)
        self.addWidget(self._left)
        self.addWidget(self._right)
        self._splitters = {"columns": self, "left": self._left, "right": self._right}
        for splitter, first, second in ((self, 1, 0), (self._left, 1, 0), (self._right, 3, 2)):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(5)
            splitter.setStretchFactor(0, first)
            splitter.setStretchFactor(1, second)
        self.setSizes([10_000, COLUMN])
        self._left.setSizes([10_000, below.sizeHint().height()])
        self._right.setSizes([440, 260])

    def show_view(self, view: QWidget) -> None:
        """Shows the canvas, or another of the views in its place."""
        self.views.setCurrentWidget(view)

    def show_explorer(self, on: bool) -> None:
        """Shows the time explorer in the canvas's place, or the canvas again."""
        self._swap_canvas(self.explorer, on)

    def show_grid(self, on: bool) -> None:
        """Shows the grid of snapshots in the canvas's place, or the canvas again."""
        self._swap_canvas(self.grid, on)

    def _swap_canvas(self, view: QWidget, on: bool) -> None:
        if on:
            self.show_view(view)
        elif self.views.currentWidget() is view:
            self.show_view(self.canvas)

    def show_reference(self) -> None:
        """Brings the reference to the front."""
        self._tabs.setCurrentWidget(self.reference)

    def show_snapshots(self) -> None:
        """Brings the snapshots to the front."""
        self._tabs.setCurrentWidget(self.snapshots)

    def restore(self, preferences: Preferences) -> None:
        """Puts the lines where they were."""
        for name, splitter in self._splitters.items():
            state = preferences.layout(name)
            if not state.isEmpty():
                splitter.restoreState(state)

    def save(self, preferences: Preferences) -> None:
        """Remembers where the lines are."""
        for name, splitter in self._splitters.items():
            preferences.set_layout(name, splitter.saveState())


def _beside(left: QWidget, right: QWidget) -> QWidget:
    box = QWidget()
    layout = QHBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(left)
    layout.addWidget(right, 1)
    return box


def _titled(title: str, panel: QWidget) -> QWidget:
    """A panel under its name."""
    label = QLabel(title)
    label.setObjectName("panelTitle")
    box = QWidget()
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(label)
    layout.addWidget(panel, 1)
    return box
