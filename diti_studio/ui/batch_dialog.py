"""File > Batch Export: which pictures, what is done to them, and how the results are called and written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from diti_studio.core.errors import UsageError
from diti_studio.ui.batch_fields import PicturesField, RecipeChoice, RecipeField, SweepField
from diti_studio.ui.batch_forecast import Forecast, Forecaster, read_recipe
from diti_studio.ui.batch_results import ResultsField
from diti_studio.ui.pack_words import translated
from diti_studio.ui.save_dialog import ask_target
from diti_studio.ui.sentences import told

if TYPE_CHECKING:
    from diti_studio.core.batch.job import Job
    from diti_studio.core.edit import Edit
    from diti_studio.core.packs import Pack
    from diti_studio.ui.clerk import Clerk

PAUSE_MS = 180
"""After the last keystroke, before the names are worked out anew."""

HIDDEN = ("frame", "detail", "steps", "invert_steps", "rows")
"""Fields of a job that the dialog does not show: those of a job file are kept."""


class BatchDialog(QDialog):
    """Builds a job. ``started`` gives it away; whoever takes it calls ``accept`` or ``refuse``."""

    started = Signal(object, object)  # Job, Pack
    folder_used = Signal(str)

    def __init__(
        self,
        clerk: Clerk,
        pack: Pack,
        pack_name: str,
        recipes: Iterable[RecipeChoice],
        strip: Iterable[Path],
        parent: QWidget | None = None,
        *,
        folder: str = "",
    ) -> None:
        """Args:
        pack: the model in use, and ``pack_name``, by which a job file names it.
        recipes: what can be chosen, the likeliest first.
        strip: files of the film strip.
        folder: where file dialogs begin.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Batch Export"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self._clerk = clerk
        self._pack, self._pack_name = pack, pack_name
        self._hidden: dict[str, Any] = {}
        self._forecaster = Forecaster()
        self._job: Job | None = None
        self.pictures = PicturesField(strip, folder)
        self.recipe = RecipeField(pack)
        self.sweep = SweepField(pack)
        self.results = ResultsField()
        self._model = QLabel()
        self._model.setObjectName("hint")
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._look)
        for choice in recipes:
            self.recipe.add(choice)
        for part in (self.pictures, self.recipe, self.sweep, self.results):
            part.changed.connect(self._on_changed)
        self.pictures.folder_used.connect(self.folder_used)
        self.recipe.file_asked.connect(self.load_recipe)
        self._on_changed()

    def _build(self) -> None:
        self._name_model()
        self.load = QPushButton(self.tr("Load Job…"))
        self.load.setToolTip(self.tr("Fill this in from a job file."))
        self.load.clicked.connect(self._ask_job)
        self.save = QPushButton(self.tr("Save as Job File…"))
        self.save.setToolTip(self.tr("Write the job to a file, for diti-studio batch --job, or for later."))
        self.save.clicked.connect(self._ask_save)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.start = buttons.addButton(self.tr("Start"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.start.setDefault(True)
        buttons.rejected.connect(self.reject)
        self.start.clicked.connect(self._start)
        for button in (self.load, self.save):
            button.setAutoDefault(False)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(_group(self.tr("Pictures"), self.pictures), 1)
        left.addWidget(_group(self.tr("What is done to each"), self.recipe, self._model))
        left.addWidget(_group(self.tr("Sweep: each picture at several amounts"), self.sweep))
        right = QVBoxLayout()
        right.addWidget(_group(self.tr("Results"), self.results))
        right.addStretch(1)
        inside = QWidget()
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(16, 16, 16, 8)
        columns.setSpacing(16)
        columns.addLayout(left, 4)
        columns.addLayout(right, 5)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 4, 16, 14)
        foot.addWidget(self.load)
        foot.addWidget(self.save)
        foot.addStretch(1)
        foot.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area, 1)
        layout.addLayout(foot)
        self.resize(inside.sizeHint().width() + 24, min(720, inside.sizeHint().height() + 70))

    # -- the job ---------------------------------------------------------------------------------------

    def job(self) -> Job:
        """What is filled in. Raises UsageError with what is missing or does not fit."""
        job = self._draft()
        if lacking := self._lacking():
            raise UsageError(lacking)
        return job

    def _draft(self) -> Job:
        """What is filled in, though it may do nothing yet."""
        from diti_studio.core.batch.job import Job

        inputs = self.pictures.paths
        if not inputs:
            raise UsageError(self.tr("Add pictures or a folder, or drop them here."))
        fields = self.results.fields(sweeping=bool(self.sweep.sweeps))
        if not fields["out"]:
            raise UsageError(self.tr("Say which folder the results go into."))
        chosen, edit = self.recipe.chosen, self.recipe.edit
        hidden = dict(self._hidden)
        if fields["output"] == "photo":
            hidden.pop("detail", None)  # the network's own picture cannot be put back into a photo
        return Job.make(
            inputs=inputs, recursive=self.pictures.recursive.isChecked(), edit=edit.model_dump(),
            recipe_name=chosen.name if chosen is not None else "", references=self.recipe.references,
            sweeps=self.sweep.sweeps, pack=self._pack_name, **fields, **hidden,
        ).seen_from(Path.cwd())  # fmt: skip

    def _lacking(self) -> str:
        """Why the job would do nothing; empty when it does something."""
        if self.recipe.edit.is_identity and not self.sweep.sweeps:
            return self.tr("This recipe changes nothing: choose another one, or sweep an attribute.")
        return ""

    def show_job(self, job: Job, pack: Pack) -> None:
        """Fills in a job that was read, with its model."""
        self._pack = pack
        self._pack_name = job.pack or self._pack_name
        self._name_model()
        self._hidden = job.model_dump(include=set(HIDDEN))
        self.pictures.recursive.setChecked(job.recursive)
        self.pictures.set_paths(job.inputs)
        self.recipe.set_pack(pack)
        name = job.recipe_name or self.tr("edit")
        self.recipe.add(RecipeChoice(self.tr("The job’s own ({0})").format(name), job.recipe_name, job.edit), use=True)
        self.recipe.set_references(job.references)
        self.sweep.set_pack(pack)
        self.sweep.set_sweeps(job.sweeps)
        self.results.show_fields(job.model_dump())

    def load_job(self, path: Path) -> None:
        """Reads a job file and fills it in."""
        own_pack, own_name = self._pack, self._pack_name

        def read() -> tuple[Job, Pack]:
            from diti_studio.core import packs
            from diti_studio.core.batch.job import Job

            job = Job.load(path)
            return job, own_pack if job.pack in (None, own_name) else translated(packs.find(job.pack))

        self._clerk.send(self, lambda _: read(), lambda found: self.show_job(*found), self.refuse)

    def save_job(self, path: Path) -> None:
        """Writes what is filled in as a job file."""
        try:
            job = self.job()
        except UsageError as error:
            self.refuse(told(str(error)))
            return
        text = (job.to_json() + "\n").encode()

        def write() -> None:
            from diti_studio.core.atomic import replace_file

            try:
                replace_file(path, lambda file: file.write(text))
            except OSError as error:
                raise UsageError(f"The job cannot be written to {path}: {error.strerror or error}.") from None

        self._clerk.send(self, lambda _: write(), lambda _: self._say_saved(path), self.refuse)

    def load_recipe(self, path: Path) -> None:
        """Reads the recipe in a file and chooses it."""

        def take(edit: Edit) -> None:
            self.recipe.set_references(())
            self.recipe.add(RecipeChoice(path.name, path.stem, edit), use=True)

        self._clerk.send(self, lambda _: read_recipe(path), take, self.refuse)

    def refuse(self, sentence: str) -> None:
        """Says why it cannot be done, or be read."""
        self.results.show_problem(sentence)
        self.setEnabled(True)
        self.start.setEnabled(False)

    # -- inside ----------------------------------------------------------------------------------------

    def _on_changed(self) -> None:
        self.results.set_sweep(len(self.sweep.sweeps), len(self.recipe.references))
        self.start.setEnabled(False)
        self._timer.start()

    def _look(self) -> None:
        self._job = None
        try:
            job, lacking = self._draft(), self._lacking()
        except UsageError as error:
            self._clerk.send(self, lambda _: None, lambda _: None, lambda _: None, lane="look")  # the last one is moot
            self.results.show_problem(told(str(error)))
            return
        pack = self._pack
        self._clerk.send(
            self,
            lambda token: self._forecaster.look(job, pack, token),
            lambda forecast: self._take(job, forecast, lacking),
            self.refuse,
            lane="look",
        )

    def _take(self, job: Job, forecast: Forecast, lacking: str) -> None:
        if self._timer.isActive():  # something was changed since
            return
        self._job = None if forecast.clash or lacking else job
        self.results.show_forecast(forecast, lacking)
        self.start.setEnabled(self._job is not None)

    def _start(self) -> None:
        if self._job is not None:
            self.setEnabled(False)  # until it is frozen, or refused
            self.started.emit(self._job, self._pack)

    def _say_saved(self, path: Path) -> None:
        self.results.show_note(self.tr("Written to {0}").format(path))

    def _name_model(self) -> None:
        manifest = self._pack.manifest
        self._model.setText(self.tr("Model: {0}, {1} pixels").format(manifest.title, manifest.image_size))

    def _ask_job(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Load a Job"), "", self.tr("Jobs ({0});;All files (*)").format("*.json")
        )
        if path:
            self.load_job(Path(path))

    def _ask_save(self) -> None:
        filters = [self.tr("Jobs ({0})").format("*.json")]
        ask_target(self, self.tr("Save the Job"), Path("batch.json"), filters, self.save_job)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.pictures.add(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())


def _group(title: str, *parts: QWidget) -> QGroupBox:
    group = QGroupBox(title)
    layout = QVBoxLayout(group)
    layout.setContentsMargins(12, 10, 12, 12)
    for part in parts:
        layout.addWidget(part)
    return group
