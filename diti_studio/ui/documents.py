"""Documents from the window's side: save, open, keep what is unsaved, and bring back what a crash has left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from diti_studio.ui.answers import (
    DocumentAsks,
    DocumentOpened,
    DocumentSaved,
    Failed,
    LeftoverFound,
)
from diti_studio.ui.jobs import (
    CloseDocument,
    FindLeftovers,
    Named,
    OpenDocument,
    SaveDocument,
)
from diti_studio.ui.sentences import told
from diti_studio.ui.session import Photo, Session, Snapshot

if TYPE_CHECKING:
    from diti_studio.core.document import Leftover
    from diti_studio.ui.preferences import Preferences
    from diti_studio.ui.preview import Preview
    from diti_studio.ui.worker import Worker

SUFFIX = ".diti"
AUTOSAVE_MS = 10_000
"""So long after a change it is kept: what a crash can cost."""


class Documents(QObject):
    """Each picture of the film strip may be a document. Nothing is read or written in the window's thread."""

    said = Signal(str)
    """A sentence for the user."""
    offered = Signal(str, str, object)
    """A sentence, the name of what can be done about it, and the function that does it."""
    shown = Signal(object)
    """A Photo came from a document."""

    def __init__(
        self, worker: Worker, session: Session, preview: Preview, preferences: Preferences, window: QWidget
    ) -> None:
        super().__init__(window)
        self._worker = worker
        self._session = session
        self._preview = preview
        self._preferences = preferences
        self._window = window
        self._unsaved = dict[int, Photo]()  # changed since they were kept
        self._waiting = dict[int, Photo]()  # by number: documents that are being opened
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.timeout.connect(self.keep)
        session.changed.connect(self._note)
        session.entered.connect(self._enter)
        session.removed.connect(self._close)
        worker.document_saved.connect(self._on_saved)
        worker.document_opened.connect(self._on_opened)
        worker.document_asks.connect(self._on_asks)
        worker.leftovers.connect(self._on_leftovers)
        self._current: Photo | None = None

    # -- saving ----------------------------------------------------------------------------------------

    def save(self) -> None:
        """Saves the current picture's document; asks where to the first time."""
        photo = self._session.current
        if photo is None or photo.state is None:
            return
        if photo.document is None:
            self.save_as()
        else:
            self._worker.submit(self._job(photo, photo.document))

    def save_as(self) -> None:
        """Asks where to, and saves."""
        photo = self._session.current
        if photo is None or photo.state is None:
            return
        source = photo.state.opened.source
        folder = self._preferences.folder("document") or (str(source.path.parent) if source.path else "")
        dialog = QFileDialog(self._window, self.tr("Save the Document"), folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        beside = self.tr("DiTi documents, pictures beside them ({0})").format(f"*{SUFFIX}")
        inside = self.tr("DiTi documents, pictures inside ({0})").format(f"*{SUFFIX}")
        dialog.setNameFilters([beside, inside])
        dialog.selectNameFilter(inside if photo.inside else beside)
        dialog.setDefaultSuffix(SUFFIX[1:])
        dialog.selectFile(str(photo.document or f"{Path(source.name).stem}{SUFFIX}"))
        dialog.fileSelected.connect(
            lambda path: self.save_to(photo, Path(path), inside=dialog.selectedNameFilter() == inside)
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_to(self, photo: Photo, path: Path, *, inside: bool | None = None, overwrite: bool = False) -> None:
        """Saves a picture with its history into a file; ``inside`` carries its pictures along, from now on."""
        if inside is not None:
            photo.inside = inside
        self._worker.submit(replace(self._job(photo, path), overwrite=overwrite))

    def keep(self) -> None:
        """Keeps all unsaved work where the next start finds it."""
        self._timer.stop()
        for photo in self._unsaved.values():
            if photo.state is not None:
                self._worker.submit(self._job(photo, None))
        self._unsaved.clear()

    def close(self) -> None:
        """The worker has ended: keeps what is unsaved, lets go of the rest."""
        from diti_studio.core.errors import DitiError

        kept = set[int]()
        for photo in self._session.photos:
            unsaved = photo.is_edited and not photo.stack.isClean()
            if photo.state is not None and unsaved:
                try:
                    self._worker.archivist.save(self._job(photo, None))
                    kept.add(photo.number)
                except DitiError:
                    continue  # the last copy that was kept stays
        self._worker.archivist.close_all(frozenset(kept))

    def _job(self, photo: Photo, path: Path | None) -> SaveDocument:
        image = self._preview.latest_image() if photo is self._session.current else None
        return SaveDocument(
            photo=photo.number,
            history=tuple(Named(text or self.tr("Open"), state) for text, state in photo.history()),
            current=photo.stack.index(),
            snapshots=tuple(Named(shot.name, shot.state) for shot in photo.snapshots),
            image=image or (photo.state.opened.image if photo.state is not None else None),
            path=path,
            inside=photo.inside,
            lane=f"keep {photo.number}" if path is None else None,
        )

    # -- opening ---------------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Opens a document, or goes to it where it is open already."""
        path = path.absolute()
        for photo in self._session.photos:
            if photo.document == path:
                self._session.go_to(photo)
                self.shown.emit(photo)
                return
        self._submit(path)

    def ask(self) -> None:
        """Asks for a document and opens it."""
        path, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Open a Document"), self._preferences.folder("document"),
            self.tr("DiTi documents ({0})").format(f"*{SUFFIX}"),
        )  # fmt: skip
        if path:
            self.open(Path(path))

    def look_for_leftovers(self) -> None:
        """Looks for unsaved work of an earlier run."""
        self._worker.submit(FindLeftovers())

    def _submit(self, path: Path, leftover: Leftover | None = None) -> None:
        photo = Photo(None, self._session)
        self._waiting[photo.number] = photo
        self._worker.submit(OpenDocument(photo=photo.number, path=path, leftover=leftover))

    # -- what the session says -------------------------------------------------------------------------

    def _enter(self, photo: Photo | None) -> None:
        if self._current is not None:
            self._current.kept.disconnect(self._note)
        self._current = photo
        if photo is not None:
            photo.kept.connect(self._note)

    def _note(self, moving: bool = False) -> None:
        photo = self._session.current
        if photo is None or moving or not (photo.is_edited or photo.stack.count() or photo.snapshots):
            return
        self._unsaved[photo.number] = photo
        if not self._timer.isActive():
            self._timer.start()

    def _close(self, photo: Photo) -> None:
        self._unsaved.pop(photo.number, None)
        self._worker.submit(CloseDocument(photo=photo.number))

    # -- what the worker says --------------------------------------------------------------------------

    def _on_saved(self, saved: DocumentSaved) -> None:
        job = saved.job
        if job.path is None:
            return
        self._preferences.set_folder("document", job.path.parent)
        for photo in self._session.photos:
            if photo.number == job.photo:
                photo.document = job.path
                self._unsaved.pop(photo.number, None)
                if photo.stack.index() == job.current:
                    photo.stack.setClean()
        self.said.emit(" ".join([self.tr("Saved to {0}").format(job.path), *map(told, saved.notes)]))

    def _on_opened(self, opened: DocumentOpened) -> None:
        photo = self._waiting.pop(opened.job.photo, None)
        if photo is None:
            return
        first = opened.history[0].state.opened
        photo.source, photo.document = first.source, opened.path
        photo.relive([(step.name, step.state) for step in opened.history], opened.current)
        photo.set_snapshots(
            Snapshot(shot.name, shot.state, shot.state.opened.image, drawn=shot.state.edit.is_identity)
            for shot in opened.snapshots
        )
        if not opened.unsaved:
            photo.stack.setClean()
        self._session.take(photo)
        self._session.go_to(photo)
        self.shown.emit(photo)
        if opened.path is not None:
            self._preferences.add_recent(opened.path)
        if opened.notes:
            self.said.emit(" ".join(map(told, opened.notes)))

    def _on_asks(self, asks: DocumentAsks) -> None:
        job, digest, changed = asks.job, asks.digest, asks.changed
        if changed is not None:
            self.offered.emit(
                told(asks.sentence),
                self.tr("Use It Anyway"),
                lambda: self._try_again(job, digest, changed, anyway=True),
            )
        else:
            self.offered.emit(told(asks.sentence), self.tr("Locate It…"), lambda: self._locate(job, digest))

    def _locate(self, job: OpenDocument, digest: str) -> None:
        dialog = QFileDialog(self._window, self.tr("Locate the Picture"), str(job.path.parent))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._try_again(job, digest, Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _try_again(self, job: OpenDocument, digest: str, path: Path, *, anyway: bool = False) -> None:
        located = [where for where in job.located if where[0] != digest]
        self._worker.submit(
            OpenDocument(
                photo=job.photo, path=job.path, located=(*located, (digest, path, anyway)), leftover=job.leftover
            )
        )

    def _on_leftovers(self, leftovers: LeftoverFound) -> None:
        if leftovers.problems:
            self.said.emit(" ".join(map(told, leftovers.problems)))
        if not leftovers.found:
            return
        names = ", ".join(leftover.name for leftover in leftovers.found)
        self.offered.emit(
            self.tr("Work that was not saved is here from last time: {0}.").format(names),
            self.tr("Go On with It"),
            lambda: self._go_on(leftovers.found),
        )

    def _go_on(self, found: tuple[Leftover, ...]) -> None:
        for leftover in found:
            self._submit(leftover.autosave.document or leftover.autosave.path, leftover)

    def on_failed(self, failed: Failed) -> None:
        """After the window has said that something failed: offers what can be done about it."""
        from diti_studio.core.document import ChangedOnDiskError

        job = failed.job
        if isinstance(job, OpenDocument):
            if (photo := self._waiting.pop(job.photo, None)) is not None:
                photo.deleteLater()
        elif isinstance(job, SaveDocument) and job.path is not None and isinstance(failed.error, ChangedOnDiskError):
            path = job.path
            photo = next((p for p in self._session.photos if p.number == job.photo), None)
            if photo is not None:
                self.offered.emit(
                    failed.text, self.tr("Save Over It"), lambda: self.save_to(photo, path, overwrite=True)
                )
