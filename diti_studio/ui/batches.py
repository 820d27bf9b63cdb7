"""Batch export from the window's side: asks what to do, shows how far it is, and tells of the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from diti_studio.core.errors import UsageError
from diti_studio.ui.batch_progress import BatchButton, BatchProgress
from diti_studio.ui.batch_runs import BatchRuns, Run

if TYPE_CHECKING:
    from diti_studio.core.batch.job import Job
    from diti_studio.core.packs import Pack
    from diti_studio.ui.batch_dialog import BatchDialog
    from diti_studio.ui.batch_fields import RecipeChoice
    from diti_studio.ui.clerk import Clerk
    from diti_studio.ui.message_bar import MessageBar
    from diti_studio.ui.models import Models
    from diti_studio.ui.preferences import Preferences
    from diti_studio.ui.session import Session
    from diti_studio.ui.worker import Worker


class Batches(QObject):
    """The commands of the File menu, and what is said of batches in the message bar and the status line."""

    said = Signal(str)
    """A sentence for the user."""
    offered = Signal(str, str, object)
    """A sentence, the name of what can be done about it, and the function that does it."""

    def __init__(
        self, worker: Worker, clerk: Clerk, session: Session, models: Models, preferences: Preferences,
        message: MessageBar, window: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._clerk = clerk
        self._session = session
        self._models = models
        self._preferences = preferences
        self._message = message
        self._window = window
        self._unsaid = 0  # unfinished batches that wait for the message bar to be free
        self.runs = BatchRuns(worker, clerk, preferences, self)
        self.progress = BatchProgress(self.runs, window)
        self.button = BatchButton(self.runs)
        self.button.clicked.connect(self.progress.reveal)
        self.runs.ended.connect(self._on_ended)
        self.runs.noted.connect(self.said)
        self.runs.found.connect(self._on_found)
        message.closed.connect(self._offer_leftovers)
        worker.leftovers.connect(self.runs.look_for_leftovers)  # after those of documents were offered

    def ask(self) -> None:
        """Asks what is to be exported, how and where to."""
        if (dialog := self.dialog()) is not None:
            dialog.open()

    def dialog(self) -> BatchDialog | None:
        """The dialog, filled in with what is likely; None while no model is there."""
        from diti_studio.ui.batch_dialog import BatchDialog

        pack = self._models.pack
        if pack is None:
            self.said.emit(self.tr("No model is loaded yet: choose one in the Models menu, or wait a moment."))
            return None
        strip = [p.source.path.absolute() for p in self._session.photos if p.source.path is not None]
        dialog = BatchDialog(
            self._clerk, pack, _name(pack), self._recipes(), strip, self._window,
            folder=self._preferences.folder("open"),
        )  # fmt: skip
        dialog.pictures.add(strip)
        dialog.results.show_fields({**self._preferences.batch_settings, "out": self._suggested(strip)})
        dialog.started.connect(lambda job, pack: self._start(dialog, job, pack))
        dialog.folder_used.connect(lambda folder: self._preferences.set_folder("open", Path(folder)))
        if len(strip) < len(self._session.photos):
            count = len(self._session.photos) - len(strip)
            dialog.pictures.from_strip.setToolTip(
                self.tr("Add the pictures that are open; {0} of them have no file and are left out.").format(count)
            )
        return dialog

    def show_progress(self) -> None:
        """Shows the running, waiting and ended batches."""
        self.progress.reveal()

    def stop(self) -> bool:
        """The window closes: what runs is taken up at the next start. False when it does not end in time."""
        self.progress.close()
        return self.runs.stop()

    # -- inside ----------------------------------------------------------------------------------------

    def _recipes(self) -> list[RecipeChoice]:
        """The current edit, then the presets."""
        from diti_studio.core.edit import Edit
        from diti_studio.ui.batch_fields import RecipeChoice

        out = list[RecipeChoice]()
        state = self._session.state
        if state is not None and not state.edit.is_identity:
            edit = state.edit
            if edit.needs_reference and state.lender is not None and state.lender.source.path is not None:
                edit = edit.with_reference(str(state.lender.source.path.absolute()))
            name = Path(state.opened.source.name).stem
            out.append(RecipeChoice(self.tr("The current edit of {0}").format(state.opened.source.name), name, edit))
        for name, text in self._preferences.presets.items():
            try:
                out.append(RecipeChoice(self.tr("Preset {0}").format(name), name, Edit.from_json(text)))
            except UsageError:
                continue  # of a later version
        if not out:
            out.append(RecipeChoice(self.tr("No edit, for a sweep alone"), "sweep", Edit()))
        return out

    def _suggested(self, strip: list[Path]) -> str:
        if folder := self._preferences.folder("batch"):
            return folder
        places = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        return str((strip[0].parent if strip else Path(places)) / "edited")

    def _start(self, dialog: BatchDialog, job: Job, pack: Pack) -> None:
        from diti_studio.ui.batch_results import REMEMBERED

        def begun(_: Run) -> None:
            self._preferences.set_folder("batch", Path(job.out))
            self._preferences.batch_settings = job.model_dump(mode="json", include=set(REMEMBERED))
            if isValid(dialog):  # it may have been closed meanwhile
                dialog.accept()
            self.progress.reveal()

        def refused(sentence: str) -> None:
            if isValid(dialog):
                dialog.refuse(sentence)
            else:
                self.said.emit(sentence)

        self.runs.device = self._models.device
        self.runs.begin(job, pack, begun, refused)

    def _on_ended(self, run: Run) -> None:
        QApplication.alert(self._window)
        name = run.out.name
        if run.state == "broken":
            text = self.tr("The export into {0} broke off: {1}").format(name, run.sentence)
        else:
            assert run.standing is not None
            progress = run.standing.progress
            text = self.tr("The export into {0} is done: {1:,} results.").format(name, progress.done)
            if run.standing.failures:
                text += " " + self.tr("Failed: {0:,}.").format(len(run.standing.failures))
        self.offered.emit(text, self.tr("Show"), self.progress.reveal)

    def _on_found(self, count: int) -> None:
        self._unsaid += count
        self._offer_leftovers()

    def _offer_leftovers(self) -> None:
        asks = bool(self._message.text) and not self._message.action.isHidden()
        if not self._unsaid or asks:
            return
        left = [run for run in self.runs.runs if run.state == "unfinished"]
        self._unsaid = 0
        if len(left) == 1:
            text = self.tr("The export into {0} was left unfinished.").format(left[0].out.name)
        else:
            text = self.tr("{0} exports were left unfinished.").format(len(left))
        if left:
            self.offered.emit(text, self.tr("Go On with the Export"), lambda: self._go_on(left))

    def _go_on(self, left: list[Run]) -> None:
        self.runs.device = self._models.device
        for run in left:
            self.runs.go_on(run)
        self.progress.reveal()


def _name(pack: Pack) -> str:
    """What a job file calls a pack: its name where that finds it again, else its path."""
    from diti_studio.core import packs

    if pack.path.parent in packs.search_path():
        return packs.name_of(pack.path)
    return str(pack.path.absolute())
