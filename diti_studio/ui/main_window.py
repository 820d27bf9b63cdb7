"""The main window: puts the parts together and carries what one says to the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
)
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu, QStackedWidget, QToolBar, QVBoxLayout, QWidget

from diti_studio.ui import actions, documents, drops
from diti_studio.ui import help as help_windows
from diti_studio.ui.answers import (
    Failed,
    Formed,
    Opened,
    PackReady,
    Thumbnail,
)
from diti_studio.ui.batches import Batches
from diti_studio.ui.borrowing import Borrowing
from diti_studio.ui.clerk import Clerk
from diti_studio.ui.controls import Controls
from diti_studio.ui.documents import Documents
from diti_studio.ui.explorer import Explorer, Exploring
from diti_studio.ui.exporting import Exporter
from diti_studio.ui.glances import Glances
from diti_studio.ui.jobs import (
    Expand,
    Job,
    OpenPicture,
    Priority,
    Role,
    Source,
    Thumbnails,
)
from diti_studio.ui.language_menu import LanguageMenu
from diti_studio.ui.message_bar import MessageBar
from diti_studio.ui.models import Models
from diti_studio.ui.models_menu import ModelsMenu
from diti_studio.ui.pack_advice import PackAdvice
from diti_studio.ui.pack_keeper import PackKeeper
from diti_studio.ui.preferences import Preferences
from diti_studio.ui.presets_menu import PresetsMenu
from diti_studio.ui.preview import Preview, Shown
from diti_studio.ui.recent_menu import RecentMenu
from diti_studio.ui.recipes import Recipes
from diti_studio.ui.reframing import Reframing
from diti_studio.ui.sentences import told
from diti_studio.ui.session import Photo, Session
from diti_studio.ui.snapshot_grid import SnapshotGrid
from diti_studio.ui.snapshots import Snapshots
from diti_studio.ui.status import StatusLine
from diti_studio.ui.style import window_style
from diti_studio.ui.theme_menu import ThemeMenu
from diti_studio.ui.tour import Tour
from diti_studio.ui.welcome import WelcomePage
from diti_studio.ui.worker import Worker
from diti_studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from diti_studio.core.edit import Edit
    from diti_studio.core.runtime import Device

log = logging.getLogger(__name__)

HOLD_KEYS = (Qt.Key.Key_B, Qt.Key.Key_Backslash)
REST_MS = 250  # a pause between two jobs this short is not called rest
STEP_MS = 150  # a step that was cancelled mostly ends within it


class MainWindow(QMainWindow):
    """One open picture and the controls for it."""

    picture_opened = Signal(object)  # Opened
    failed = Signal(object)  # Failed

    def __init__(
        self,
        preferences: Preferences,
        *,
        pack: str | None = None,
        device: str | None = None,
        remember_layout: bool = True,
    ) -> None:
        super().__init__()
        self._preferences = preferences
        self._remember_layout = remember_layout
        self._shown_picture: Opened | None = None
        self._borrower: Photo | None = None  # which picture the reference that was asked for last is for
        self._running: Job | None = None  # what the status line speaks of; none where the last to begin is quiet
        self.worker = Worker()
        self.clerk = Clerk(self)
        self.session = Session(self)
        self.preview = Preview(self.worker, self.session, self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._build()
        self.controls = Controls(self.session, self.workspace, self)
        self.borrowing = Borrowing(self.worker, self.session, self.workspace.reference, self)
        self.glances = Glances(self.worker, self.session, self.workspace, self)
        self.exploring = Exploring(self.worker, self.session, self.workspace.explorer, self)
        self.exporter = Exporter(self.worker, self.session, self.preview, preferences, self)
        self.snapshots = Snapshots(self.worker, self.session, self.preview, self.workspace, self)
        self.documents = Documents(self.worker, self.session, self.preview, preferences, self)
        self.recipes = Recipes(self.worker, self.session, preferences, self)
        self.reframing = Reframing(self.worker, self.session, self.preview, self.workspace, self)
        self.tour = Tour(self, preferences)
        self.actions_by_id = actions.build(self)
        menus = self._build_menus()
        self.models = Models(
            self.worker, self.session, preferences, ModelsMenu(menus["models"]), pack=pack, device=device, parent=self
        )
        self.batches = Batches(self.worker, self.clerk, self.session, self.models, preferences, self.message, self)
        self.status.addPermanentWidget(self.batches.button)
        self.packs = PackKeeper(self.clerk, self.models, self)
        self.advice = PackAdvice(self.clerk, self.models, self.session, self)
        menus["models"].addSeparator()
        menus["models"].addAction(self.actions_by_id["manage_models"])  # at the end
        self._connect()
        self._follow_session()

    def _build(self) -> None:
        self.setAcceptDrops(True)
        self.resize(1280, 800)
        self.setStyleSheet(window_style())
        self.message = MessageBar()
        self.welcome = WelcomePage()
        self.welcome.set_recent(self._preferences.recent)
        self.workspace = Workspace(self.session)
        self.pages = QStackedWidget()
        self.pages.setObjectName("pages")
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(self.workspace)
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.message)
        layout.addWidget(self.pages, 1)
        self.setCentralWidget(central)
        self.status = StatusLine()
        self.setStatusBar(self.status)

        if self._remember_layout:
            self.restoreGeometry(self._preferences.layout("geometry"))
            self.workspace.restore(self._preferences)

    def _build_menus(self) -> dict[str, QMenu]:
        menus = actions.fill_menus(self.menuBar(), self.actions_by_id)
        ThemeMenu(menus["view"], self._preferences)
        LanguageMenu(menus["view"], self._preferences).said.connect(self.message.show_text)
        recent = RecentMenu(menus["file"], self.actions_by_id["start"], self._preferences)
        recent.chosen.connect(self.open_source)
        presets = PresetsMenu(menus["edit"], self.actions_by_id["save_preset"], self._preferences)
        presets.chosen.connect(self.recipes.apply_preset)
        toolbar = QToolBar(self.tr("Toolbar"))
        toolbar.setObjectName("toolbar")
        toolbar.setMovable(False)
        actions.fill_toolbar(toolbar, self.actions_by_id)
        self._toolbar = toolbar
        self.addToolBar(toolbar)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # which would offer to hide the toolbar for good
        return menus

    def _connect(self) -> None:
        worker, space = self.worker, self.workspace
        worker.began.connect(self._on_began)
        worker.ended.connect(self._on_ended)
        worker.resumed.connect(self._on_began)
        worker.device_changed.connect(self._on_device)
        worker.expanded.connect(lambda found: self._open_each(found.sources))
        worker.opened.connect(self._on_opened)
        worker.formed.connect(self._on_formed)
        self.exporter.copied.connect(self._on_copied)
        self.exporter.written.connect(self._on_written)
        worker.failed.connect(self._on_failed)
        worker.thumbnail.connect(self._on_thumbnail)
        self._rest.timeout.connect(self._on_rest)
        self.session.changed.connect(self._follow_session)
        self.session.entered.connect(self._on_entered)
        history = self.session.group
        history.cleanChanged.connect(self._on_clean)
        for action, changed in (("undo", history.canUndoChanged), ("redo", history.canRedoChanged)):
            self.actions_by_id[action].setEnabled(False)
            changed.connect(self.actions_by_id[action].setEnabled)
        self.preview.shown.connect(self._show)
        self.preview.assessed.connect(self._tell_verdict)
        self.status.verdict.explained.connect(self.message.show_text)
        self.welcome.open_requested.connect(self.choose_picture)
        self.welcome.source_chosen.connect(self.open_source)
        self.status.cancel_requested.connect(self.cancel_work)
        self.welcome.pack_chosen.connect(self.models.choose_pack)
        self.models.listed.connect(lambda ready: self.welcome.set_packs(ready.installed, ready.name))
        self.models.ready.connect(self._on_pack)
        self.reframing.toggled.connect(self._on_reframing)
        self.snapshots.compare_changed.connect(self._show_again)
        self.snapshots.pair_chosen.connect(lambda: self.actions_by_id["split"].setChecked(True))
        self.snapshots.offered.connect(self._offer)
        self.documents.offered.connect(self._offer)
        self.batches.offered.connect(self._offer)
        self.packs.offered.connect(self._offer)
        self.advice.offered.connect(self._offer)
        self.failed.connect(self.documents.on_failed)
        self.documents.shown.connect(lambda _: self.pages.setCurrentWidget(self.workspace))
        for teller in (self.models, self.recipes, self.exporter, self.documents, self.batches, self.packs):
            teller.said.connect(self.message.show_text)
        space.film_strip.chosen.connect(self.go_to)
        space.film_strip.close_requested.connect(self.close_photo)
        space.canvas.zoom_changed.connect(self.status.set_zoom)
        self._bind_view("explorer", space.explorer)
        self._bind_view("grid", space.grid)
        space.views.currentChanged.connect(self._update_actions)
        space.explorer.attribute_chosen.connect(space.attributes.reveal)
        space.reference.path_dropped.connect(lambda path: self.open_source(Source.file(path), "reference"))
        space.reference.image_dropped.connect(lambda image: self.open_source(drops.pixels(image), "reference"))
        space.reference.browse_requested.connect(self._choose_reference)
        space.reference.swap_requested.connect(self.controls.swap)
        space.equaliser.heard_changed.connect(self.preview.set_heard)

    def _bind_view(self, name: str, view: Explorer | SnapshotGrid) -> None:
        """A view in the canvas's place and the action that shows it follow one another."""
        action, views = self.actions_by_id[name], self.workspace.views
        action.triggered.connect(lambda: self.pages.setCurrentWidget(self.workspace))  # from the start page, too
        views.currentChanged.connect(lambda: action.setChecked(views.currentWidget() is view))
        view.close_requested.connect(lambda: action.setChecked(False))

    # -- beginning and ending --------------------------------------------------------------------------

    def start(self) -> None:
        """Starts the worker and loads the model; called once the window shows."""
        self.models.load()  # before the thread starts, or a picture that waits would be taken first
        self.documents.look_for_leftovers()
        self.worker.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._remember_layout:
            self._preferences.set_layout("geometry", self.saveGeometry())
            self.workspace.save(self._preferences)
        self._rest.stop()
        for helper in (self.batches, self.clerk):
            if not helper.stop():
                log.error("%s did not end in time", type(helper).__name__)
        if not self.worker.stop():
            log.error("the worker did not end in time")
        else:
            self.documents.close()
        super().closeEvent(event)

    # -- opening ---------------------------------------------------------------------------------------

    def open_source(self, source: Source, role: Role = "subject") -> None:
        """Opens a picture in the background, or goes to it where it is open already."""
        if role == "subject" and source.path is not None and source.path.suffix.lower() == documents.SUFFIX:
            self.documents.open(source.path)
            return
        if role == "subject":
            self.message.clear()
            photo = self.session.find(source)
            if photo is not None and photo.state is not None:
                self.session.go_to(photo)
                self.pages.setCurrentWidget(self.workspace)
                return
            self.preview.make_way()
        else:
            self._borrower = self.session.current
        self.worker.submit(OpenPicture(source=source, role=role, lane="open" if role == "subject" else "reference"))

    def go_to(self, photo: Photo) -> None:
        """Shows a picture of the film strip."""
        self.open_source(photo.source)

    def go_by(self, steps: int) -> None:
        """Shows the picture that is so many places further down the film strip."""
        photos, current = self.session.photos, self.session.current
        if current is not None and len(photos) > 1:
            self.go_to(photos[(photos.index(current) + steps) % len(photos)])

    def next_picture(self) -> None:
        """Shows the next picture of the film strip."""
        self.go_by(1)

    def previous_picture(self) -> None:
        """Shows the picture before it in the film strip."""
        self.go_by(-1)

    def close_picture(self) -> None:
        """Takes the current picture off the film strip."""
        if self.session.current is not None:
            self.close_photo(self.session.current)

    def close_photo(self, photo: Photo) -> None:
        """Takes a picture off the film strip; what is unsaved can be brought back until the message goes."""
        if photo not in self.session.photos:
            return  # closed already, while its menu was open
        unsaved = photo.is_edited and not photo.stack.isClean()
        self.session.remove(photo)
        if unsaved:
            self._offer(
                self.tr("{0} is closed; its edit was not saved.").format(photo.source.name),
                self.tr("Bring It Back"),
                lambda: self._bring_back(photo),
            )

    def _bring_back(self, photo: Photo) -> None:
        self.session.take(photo)
        self.session.go_to(photo)

    def choose_picture(self) -> None:
        """Asks for a file and opens it."""
        self._choose(self.tr("Open a Picture"), "subject")

    def _choose_reference(self) -> None:
        self._choose(self.tr("Choose a Reference"), "reference")

    def _choose(self, title: str, role: Role) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, title, self._preferences.folder("open"),
            self.tr("Pictures ({0});;All files (*)").format(
                "*.png *.jpg *.jpeg *.webp *.tif *.tiff *.heic *.heif *.avif *.bmp *.gif"
            ),
        )  # fmt: skip
        if path:
            self._preferences.set_folder("open", Path(path).parent)
            self.open_source(Source.file(path), role)

    def paste(self) -> None:
        """Opens what was copied: a file or pixels."""
        self.open_all(drops.sources_of(QGuiApplication.clipboard().mimeData()))

    def show_welcome(self) -> None:
        """Goes to the start page; the open picture stays as it is, and is a click away."""
        self.welcome.set_recent(self._preferences.recent)
        self.pages.setCurrentWidget(self.workspace if self.pages.currentWidget() is self.welcome else self.welcome)
        if self.session.state is None:
            self.pages.setCurrentWidget(self.welcome)

    def open_all(self, sources: Sequence[Source]) -> None:
        """Opens pictures: the first is shown, the others wait in the film strip."""
        if not sources:
            self.message.show_text(self.tr("There is no picture in what was given."), "error")
            return
        if any(self.packs.take(source.path) for source in sources):
            return
        if any(source.path is not None and not source.path.suffix for source in sources):  # likely a folder
            self.worker.submit(Expand(paths=tuple(source.path for source in sources if source.path is not None)))
            return
        self._open_each(sources)

    def _open_each(self, sources: Sequence[Source]) -> None:
        if len(sources) > 1:
            side = self.welcome.thumbnail_side()
            for photo in self.session.add(list(sources)):
                if photo.state is None:
                    self.worker.submit(
                        Thumbnails(sources=(photo.source,), side=side, lane=None, priority=Priority.IDLE)
                    )
        self.open_source(sources[0])

    # -- editing ---------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Takes the last step back."""
        self.session.group.undo()

    def redo(self) -> None:
        """Does it again."""
        self.session.group.redo()

    def cancel_work(self) -> None:
        """Stops what runs; with nothing to stop, closes the message."""
        if self.reframing.is_on:
            self.reframing.cancel()
            return
        if self.status.is_busy:
            self.preview.stop()
            self._on_rest()
            self.status.rest(self.tr("Cancelled"))
        else:
            self.message.clear()
        if (job := self._running) is not None:
            QTimer.singleShot(STEP_MS, self, lambda: self._tell_waiting(job))

    def _tell_waiting(self, job: Job) -> None:
        """Where a job's step has not ended by now, as on a device that hangs: says until when it is waited for."""
        seconds = self.worker.seconds_left()
        if seconds is not None and self._running is job and not self.status.is_busy:
            self.status.wait(seconds)

    # -- windows of their own -------------------------------------------------------------------------

    def ask_batch(self) -> None:
        """Asks what is to be exported in one go."""
        self.batches.ask()

    def show_batches(self) -> None:
        """How far the batches are."""
        self.batches.show_progress()

    def manage_models(self) -> None:
        """What models there are, and what can be done with them."""
        self.packs.show()

    # -- help ------------------------------------------------------------------------------------------

    def show_palette(self) -> None:
        """Every command by its name."""
        from diti_studio.ui.command_palette import CommandPalette  # after the window shows

        CommandPalette(actions.with_menus(self.actions_by_id), self).open()

    def toolbar_button(self, action: str) -> QWidget | None:
        """The button of a command in the toolbar, where it has one."""
        return self._toolbar.widgetForAction(self.actions_by_id[action])

    def show_shortcuts(self) -> None:
        """Every key and gesture."""
        help_windows.shortcut_sheet(self).open()

    def show_guide(self) -> None:
        """The idea in a page."""
        help_windows.guide(self).open()

    def show_about(self) -> None:
        """Name, version, licence."""
        help_windows.about(self).open()

    # -- what the worker says --------------------------------------------------------------------------

    def _on_began(self, job: Job) -> None:
        self._running = None if job.quiet else job
        if not job.quiet:
            self._rest.stop()
            self.status.begin(job)

    def _on_ended(self, job: Job) -> None:
        if self._running is job:
            self._running = None
        if not job.quiet or self.status.is_waiting:
            self._rest.start()

    def _on_rest(self) -> None:
        self.workspace.canvas.set_progress(None)
        self.status.rest("")

    def _on_pack(self, ready: PackReady) -> None:
        self.status.set_pack(ready.pack, ready.device)
        self.controls.set_pack(ready.pack)
        self.exploring.set_pack(ready.pack)
        self.glances.set_pack(ready.pack)
        self.borrowing.set_pack(ready.pack)
        self.exporter.set_pack(ready.pack)
        self.snapshots.set_pack(ready.pack)
        self.preview.set_pack(ready.pack)
        self.welcome.clear_samples()
        self.worker.submit(Thumbnails(sources=ready.samples, side=self.welcome.thumbnail_side()))

    def _on_device(self, device: Device, notes: tuple[str, ...]) -> None:
        self.status.set_pack(self.models.pack, device)
        self.message.show_text(" ".join(map(told, notes)))

    def _on_opened(self, opened: Opened) -> None:
        job = opened.job
        if self.models.take(opened, self._borrower) or self.reframing.take(opened):
            pass  # it is open already
        elif job.role == "reference":
            self.session.set_lender(opened, self.tr("Reference {0}").format(opened.source.name), self._borrower)
        elif job.role == "subject":
            before = self.session.current
            self.session.open(opened)
            if opened.source.path is not None:
                self._preferences.add_recent(opened.source.path.absolute())
            if opened.recipe is not None:
                self._offer_recipe(opened.source.name, opened.recipe, before)
        if opened.notes and job.role != "framed":
            text = f"{opened.source.name}: {'; '.join(map(told, opened.notes))}."
            if len(opened.subject.faces) > 1:
                text += " " + self.tr("Image > Frame lets you choose another face.")
            self.message.show_text(text)
            self.advice.consider(opened)
        self.picture_opened.emit(opened)

    def _offer_recipe(self, name: str, recipe: Edit, before: Photo | None) -> None:
        """An export was opened: what was done to it can be done to the picture that was open before, or to it again."""
        photo = before or self.session.current
        if photo is None:
            return
        again = photo is self.session.current
        self.message.show_text(
            self.tr("{0} carries the recipe of its edit.").format(name),
            action=self.tr("Apply It Again") if again else self.tr("Apply It to {0}").format(photo.source.name),
            answer=lambda: self.recipes.apply_to(photo, recipe),
        )

    def _on_reframing(self, on: bool) -> None:
        self.actions_by_id["frame"].setChecked(on)
        if on:
            self.pages.setCurrentWidget(self.workspace)

    def _on_thumbnail(self, made: Thumbnail) -> None:
        photo = self.session.find(made.source)
        if made.job.lane == "thumbnails":
            self.welcome.add_sample(made)
        elif photo is not None:
            photo.set_thumbnail(made.image)

    def _on_formed(self, formed: Formed) -> None:
        if not formed.job.quiet and formed.of:
            self.status.progress(formed)
            self.workspace.canvas.set_progress(formed.step / formed.of)

    def _on_copied(self, side: int) -> None:
        self.status.rest(self.tr("Copied {0} × {0} pixels").format(side))

    def _on_written(self, path: Path) -> None:
        self.message.show_text(self.tr("Written to {0}").format(path))

    def _on_failed(self, failed: Failed) -> None:
        if failed.expected:
            self.message.show_text(failed.text, "error")
        else:
            self.report_defect(failed.text)
        if isinstance(failed.job, OpenPicture) and failed.job.role in ("subject", "carried"):
            photo = self.session.find(failed.job.source)
            if photo is not None and photo.state is None:
                photo.fail(failed.text)
            self.preview.resume()
        self.failed.emit(failed)

    def report_defect(self, text: str) -> None:
        """Says that the program is at fault."""
        self.message.show_text(
            self.tr("This should not have happened: {0} (details are in the log file).").format(text), "error"
        )

    # -- what the session says -------------------------------------------------------------------------

    def _follow_session(self) -> None:
        state, space = self.session.state, self.workspace
        self._update_actions()
        if state is None:
            self._shown_picture = None
            self.setWindowModified(False)
            self.setWindowTitle("DiTi Studio[*]")
            self.pages.setCurrentWidget(self.welcome)
            self.status.set_zoom(None)
            self.status.verdict.show_familiarity(None)
            return
        if state.opened is not self._shown_picture:
            self._shown_picture = state.opened
            self._tell_verdict()
            self.pages.setCurrentWidget(space)
            self.setWindowTitle(f"{state.opened.source.name}[*] — DiTi Studio")

    def _update_actions(self) -> None:
        state, space = self.session.state, self.workspace
        lent = state is not None and state.lender is not None
        on_canvas = space.views.currentWidget() is space.canvas
        actions.update(self.actions_by_id, picture=state is not None, reference=lent, canvas=on_canvas)

    def _tell_verdict(self) -> None:
        """Says how much the picture is like those that the pack knows; more exactly once it has been rebuilt."""
        state, psnr = self.session.state, self.preview.fidelity()
        known = state.opened.familiarity if state is not None else None
        if known is not None and psnr is not None:
            known = known.rebuilt_at(psnr)
        self.status.verdict.show_familiarity(known)

    def _show(self, shown: Shown) -> None:
        after = shown.model_image if self.preview.model_view else shown.image
        compared, instead = self.snapshots.compared, self.snapshots.after
        before = compared.image if compared is not None else shown.opened.image
        after = instead.image if instead is not None else after
        self.workspace.canvas.show_pictures(before, after, shown.opened.side)

    def _show_again(self) -> None:
        if (shown := self.preview.latest) is not None:
            self._show(shown)

    def _offer(self, text: str, action: str, answer: Callable[[], object]) -> None:
        self.message.show_text(text, action=action, answer=answer)

    def _on_entered(self, photo: Photo | None) -> None:
        self._on_clean(photo is None or photo.stack.isClean())

    def _on_clean(self, clean: bool) -> None:
        self.setWindowModified(not clean and self.session.state is not None)

    # -- events ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in HOLD_KEYS and self.session.state is not None:
            self.workspace.canvas.set_holding(True)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() in HOLD_KEYS and not event.isAutoRepeat():
            self.workspace.canvas.set_holding(False)
        else:
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.workspace.canvas.set_holding(False)  # the release goes to another window

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if drops.has_source(event.mimeData()):
            event.acceptProposedAction()
            self._set_drop_target(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._set_drop_target(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._set_drop_target(False)
        event.acceptProposedAction()
        self.open_all(drops.sources_of(event.mimeData()))

    def _set_drop_target(self, on: bool) -> None:
        self.pages.setProperty("dropTarget", on)
        self.pages.style().unpolish(self.pages)
        self.pages.style().polish(self.pages)
