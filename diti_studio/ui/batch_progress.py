"""How far the batches are: a window of its own that stops nobody's work, and a button in the status line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from diti_studio.ui.batch_runs import ACTIVE, BatchRuns, Run
from diti_studio.ui.language import translate
from diti_studio.ui.sentences import told

if TYPE_CHECKING:
    from diti_studio.core.batch.control import Progress
    from diti_studio.core.batch.queue import Failure

LISTED = 500
"""Failures that are shown; the log beside the journal has them all."""


class BatchProgress(QWidget):
    """All batches, the latest first."""

    def __init__(self, runs: BatchRuns, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("batchProgress")
        self.setWindowTitle(self.tr("Batch Exports"))
        self._runs = runs
        self._cards = dict[Run, RunCard]()
        self._nothing = QLabel(self.tr("No export was started. File > Batch Export… begins one."))
        self._nothing.setObjectName("hint")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside = QWidget()
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(16, 16, 16, 16)
        self._list.setSpacing(12)
        self._list.addWidget(self._nothing)
        self._list.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self.resize(620, 420)
        runs.listed.connect(self._follow)
        self._follow()

    def card(self, run: Run) -> RunCard:
        """What shows this one."""
        return self._cards[run]

    def reveal(self) -> None:
        """Shows the window in front."""
        self.show()
        self.raise_()
        self.activateWindow()

    def _follow(self) -> None:
        present = self._runs.runs
        for run in [run for run in self._cards if run not in present]:
            self._cards.pop(run).deleteLater()
        for run in present:
            if run not in self._cards:
                self._cards[run] = RunCard(run, self._runs)
                self._list.insertWidget(0, self._cards[run])
        self._nothing.setVisible(not present)


class RunCard(QFrame):
    """One batch: what it is, how far, what failed and why, and what can be done."""

    def __init__(self, run: Run, runs: BatchRuns, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batchCard")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._run, self._runs = run, runs
        self._listed: tuple[Failure, ...] = ()
        title = QLabel(str(run.out))
        title.setObjectName("key")
        title.setWordWrap(True)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setAccessibleName(self.tr("Progress of {0}").format(run.out.name))
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.state.setAccessibleName(self.tr("State"))
        self.now = QLabel()
        self.now.setObjectName("hint")
        self.now.setTextFormat(Qt.TextFormat.PlainText)
        self.failures = QTreeWidget()
        self.failures.setColumnCount(2)
        self.failures.setHeaderLabels([self.tr("Picture"), self.tr("Why it failed")])
        self.failures.setRootIsDecorated(False)
        self.failures.setUniformRowHeights(False)
        self.failures.setWordWrap(True)
        self.failures.setAccessibleName(self.tr("What failed"))
        self.failures.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.failures.setColumnWidth(0, 160)
        self.failures.setMinimumHeight(120)
        self.pause = self._button(self.tr("Pause"), self._turn)
        self.stop = self._button(self.tr("Cancel"), lambda: runs.cancel(run))
        self.go_on = self._button(self.tr("Go On"), lambda: runs.go_on(run))
        self.retry = self._button(self.tr("Retry These"), lambda: runs.retry(run))
        self.open = self._button(self.tr("Open Folder"), self._open)
        self.forget = self._button(self.tr("Remove From List"), lambda: runs.forget(run))
        self.forget.setToolTip(self.tr("The folder keeps all that was written."))
        buttons = QHBoxLayout()
        for button in (self.pause, self.go_on, self.stop, self.retry):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.open)
        buttons.addWidget(self.forget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(8)
        for widget in (title, self.bar, self.state, self.now, self.failures):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        run.changed.connect(self._follow)
        self._follow()

    def _button(self, text: str, clicked: object) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(clicked)
        return button

    def _turn(self) -> None:
        (self._runs.go_on if self._run.state == "paused" else self._runs.pause)(self._run)

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._run.out)))

    def _follow(self) -> None:
        run = self._run
        standing = run.standing
        progress = standing.progress if standing is not None else None
        failures = standing.failures if standing is not None else ()
        if failures != self._listed:
            self._list(failures)
        self.failures.setVisible(bool(failures))
        self.state.setText(self._words(progress))
        self.now.setText(progress.now if progress is not None else "")
        self.now.setVisible(run.state in ACTIVE and bool(self.now.text()))
        if progress is not None:
            self.bar.setRange(0, max(1, progress.total))
            self.bar.setValue(_handled(progress))
        else:
            self.bar.setRange(0, 0 if run.state == "running" else 1)
            self.bar.setValue(0)
        self.pause.setText(self.tr("Resume") if run.state == "paused" else self.tr("Pause"))
        self.pause.setVisible(run.state in ("running", "paused"))
        self.stop.setVisible(run.state in ("running", "paused", "waiting"))
        self.go_on.setVisible(run.state in ("stopped", "broken", "unfinished"))
        over = run.state in ("done", "stopped", "broken")
        self.retry.setVisible(over and bool(failures))
        self.forget.setVisible(over or run.state == "unfinished")

    def _list(self, failures: tuple[Failure, ...]) -> None:
        self._listed = failures
        self.failures.clear()
        for failure in failures[:LISTED]:
            item = QTreeWidgetItem([failure.path.name, told(failure.reason)])
            item.setToolTip(0, str(failure.path))
            item.setToolTip(1, item.text(1))
            self.failures.addTopLevelItem(item)
        if len(failures) > LISTED:
            more = self.tr("and {0:,} more, see log.txt in the folder .diti-batch").format(len(failures) - LISTED)
            self.failures.addTopLevelItem(QTreeWidgetItem(["…", more]))

    def _words(self, progress: Progress | None) -> str:
        run = self._run
        first = {
            "waiting": self.tr("Waits until the one before it has ended"),
            "running": self.tr("Getting ready…") if progress is None else "",
            "paused": self.tr("Paused"),
            "stopping": self.tr("Stops at the next step…"),
            "done": self.tr("Done"),
            "stopped": self.tr("Stopped; what is done is kept"),
            "broken": run.sentence,
            "unfinished": self.tr("Left unfinished: {0:,} results are to be made").format(run.left),
        }[run.state]
        parts = [first] if first else []
        if progress is not None:
            parts.append(self.tr("{0:,} of {1:,} results").format(progress.done, progress.total))
            if progress.skipped:
                parts.append(self.tr("{0:,} skipped").format(progress.skipped))
            if self._listed:
                parts.append(self.tr("{0:,} failed").format(len(self._listed)))
            if run.state == "running" and progress.seconds_left is not None:
                parts.append(self.tr("{0} left").format(duration(progress.seconds_left)))
        return " · ".join(parts)


class BatchButton(QToolButton):
    """In the status line: how far the running batch is, or that one is unfinished; a click shows more."""

    def __init__(self, runs: BatchRuns, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batchButton")
        self.setAutoRaise(True)
        self.setToolTip(self.tr("Show the batch exports"))
        self.setAccessibleName(self.tr("Batch exports"))
        self._runs = runs
        self._followed = set[Run]()
        runs.listed.connect(self._on_listed)
        self._follow()

    def _on_listed(self) -> None:
        self._followed &= set(self._runs.runs)
        for run in self._runs.runs:
            if run not in self._followed:
                self._followed.add(run)
                run.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        text = ""
        current = self._runs.current
        unfinished = sum(run.state in ("unfinished", "broken", "stopped") for run in self._runs.runs)
        if current is not None:
            progress = current.standing.progress if current.standing is not None else None
            count = f"{_handled(progress):,} / {progress.total:,}" if progress is not None else "…"
            text = (self.tr("Paused {0}") if current.state == "paused" else self.tr("Batch {0}")).format(count)
        elif unfinished:
            text = self.tr("Batch unfinished")
        self.setText(text)
        self.setVisible(bool(text))


def duration(seconds: float) -> str:
    """``2 min 05 s``."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return translate("batch", "{0} h {1:02} min").format(hours, minutes)
    return (
        translate("batch", "{0} min {1:02} s").format(minutes, rest)
        if minutes
        else translate("batch", "{0} s").format(rest)
    )


def _handled(progress: Progress) -> int:
    return progress.done + progress.failed + progress.skipped
