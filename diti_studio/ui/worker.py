"""The one thread that owns the networks and touches the disk, so that the window never waits.

Everything heavy is imported here, after the window shows. Jobs come in through a mailbox; results leave as signals that
carry immutable values and arrive in the window's own thread.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QElapsedTimer, Qt, QThread, Signal
from PySide6.QtGui import QImage

from diti_studio.core.errors import Cancelled, DitiError, PackError
from diti_studio.ui.answers import (
    DocumentAsks,
    Expanded,
    Explored,
    Exported,
    Failed,
    Formed,
    FoundFace,
    InstalledPack,
    Opened,
    Origin,
    PackReady,
    RecipeRead,
    RecipeWritten,
    Surveyed,
    Swept,
    Thumbnail,
)
from diti_studio.ui.archivist import Archivist
from diti_studio.ui.imaging import thumbnail, to_image, to_pixels
from diti_studio.ui.jobs import (
    CloseDocument,
    Expand,
    Explore,
    Export,
    ExportSeries,
    FindLeftovers,
    Job,
    LoadPack,
    OpenDocument,
    OpenPicture,
    Prepare,
    ReadRecipe,
    Render,
    SaveDocument,
    Source,
    Survey,
    Sweep,
    Thumbnails,
    WriteRecipe,
)
from diti_studio.ui.mailbox import Mailbox, Ticket
from diti_studio.ui.pack_words import translated, word
from diti_studio.ui.sentences import told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from diti_studio.core.edit import Edit
    from diti_studio.core.editor import Editor, Quality, Subject, View
    from diti_studio.core.pictures import Picture

log = logging.getLogger(__name__)
T = TypeVar("T")

SPARED = LoadPack, SaveDocument, CloseDocument, WriteRecipe, FindLeftovers
"""What is done even where the user stops everything: nothing of it takes long, and none may be lost."""

SCREEN_SIDE = 1600
"""Pictures are composed at most this large for the screen; an export has all of the source's pixels."""

MODEL_SIDE = 512

NICE = 5
"""So much lower is the priority of the thread and of those that the networks start: the window's own comes first."""

PATIENCE_MS = 150
"""For so long a replaced preview goes on, so that a drag that never rests still shows pictures."""


class Worker(QThread):
    """Takes jobs in the order of their priority and reports what becomes of them."""

    began = Signal(object)  # Job
    ended = Signal(object)  # Job, whatever became of it
    resumed = Signal(object)  # Job that had stepped aside for others
    pack_ready = Signal(object)  # PackReady
    device_changed = Signal(object, tuple)  # Device, notes: a provider failed in a run
    expanded = Signal(object)  # Expanded
    opened = Signal(object)  # Opened
    surveyed = Signal(object)  # Surveyed
    formed = Signal(object)  # Formed
    exported = Signal(object)  # Exported
    swept = Signal(object)  # Swept
    explored = Signal(object)  # Explored
    thumbnail = Signal(object)  # Thumbnail
    document_saved = Signal(object)  # DocumentSaved
    document_opened = Signal(object)  # DocumentOpened
    document_asks = Signal(object)  # DocumentAsks
    leftovers = Signal(object)  # LeftoverFound
    recipe_read = Signal(object)  # RecipeRead
    recipe_written = Signal(object)  # RecipeWritten
    failed = Signal(object)  # Failed

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("inference")
        self._mailbox = Mailbox()
        self._editor: Editor | None = None
        self._notes: tuple[str, ...] = ()
        self.ended.connect(self._hear)  # before anybody else
        self.archivist = Archivist()
        """For the worker's thread, and for the window once that has ended."""

    # -- from the window's thread ----------------------------------------------------------------------

    def submit(self, job: Job) -> None:
        """Hands in a job."""
        self._mailbox.put(job)

    def cancel(self, which: Callable[[Job], bool]) -> None:
        """Drops the waiting jobs that ``which`` names; the running one ends at its next step if it does."""
        self._mailbox.cancel(which)

    def holds(self, job: Job) -> bool:
        """True while a job waits or runs; ``ended``, ``failed`` and its answer come before this is False."""
        return self._mailbox.holds(job)

    def cancel_all(self) -> None:
        """Drops all that waits and ends the running job, within its step; what is ``SPARED`` is done all the same."""
        if self._mailbox.cancel(lambda job: not isinstance(job, SPARED)):
            self._interrupt()

    def seconds_left(self) -> float | None:
        """Until the network's call that is running is given up as hung; None while none runs."""
        editor = self._editor
        return editor.network.seconds_left() if editor is not None else None

    def stop(self, timeout_ms: int = 10_000) -> bool:
        """Ends the running job and the thread; False when it does not end in time."""
        self._mailbox.close()
        self._interrupt()
        return self.wait(timeout_ms)

    def _interrupt(self) -> None:
        editor = self._editor
        if editor is not None:
            editor.network.interrupt()

    def _hear(self, job: Job) -> None:
        """Runs in the window's thread, as the thread object lives there."""
        self._mailbox.hear(job)

    # -- in the worker's thread ------------------------------------------------------------------------

    def run(self) -> None:
        """The thread's life: one job after the other until the box is closed."""
        from diti_studio.core.batch import priority

        priority.lower_thread(NICE)
        while (ticket := self._mailbox.take()) is not None:
            self._serve(ticket)
        self._editor = None

    def _serve(self, ticket: Ticket) -> None:
        self.began.emit(ticket.job)
        try:
            self._do(ticket)
        except Cancelled:
            log.debug("cancelled: %s", type(ticket.job).__name__)
        except Exception as error:  # a defect must not end the thread: the window lives on and tells of it
            if not isinstance(error, DitiError):
                log.exception("%s failed", type(ticket.job).__name__)
            self.failed.emit(Failed(ticket.job, error))
        self._report_device()
        self.ended.emit(ticket.job)

    def _step_aside(self, ticket: Ticket, over: Callable[[], bool] = lambda: True) -> None:
        """Between two steps of a job that takes long: does the jobs that come before it, as ``take_before`` has it."""
        while (urgent := self._mailbox.take_before(ticket, over)) is not None:
            self._serve(urgent)
            self.resumed.emit(ticket.job)

    def _beside(self, ticket: Ticket, work: Callable[[], T]) -> T:
        """Does in another thread what needs no networks; jobs that come first are done meanwhile."""
        with ThreadPoolExecutor(1, "export") as thread:
            future = thread.submit(work)
            future.add_done_callback(lambda _: self._mailbox.wake())
            self._step_aside(ticket, future.done)
        ticket.stopped.check()
        return future.result()

    def _do(self, ticket: Ticket) -> None:
        match ticket.job:
            case LoadPack() as job:
                self._load_pack(job)
            case Expand() as job:
                self._expand(job)
            case OpenPicture() as job:
                self._open(job, ticket)
            case Survey() as job:
                self._survey(job, ticket)
            case Prepare() as job:
                self._prepare(job, ticket)
            case Render() as job:
                self._render(job, ticket)
            case Export() as job:
                self._export(job, ticket)
            case ExportSeries() as job:
                self._export_series(job, ticket)
            case SaveDocument() as job:
                self.document_saved.emit(self.archivist.save(job))
            case OpenDocument() as job:
                self._open_document(job, ticket)
            case CloseDocument() as job:
                self.archivist.close(job.photo, keep=False)
            case FindLeftovers():
                self.leftovers.emit(self.archivist.leftovers())
            case ReadRecipe() as job:
                self._read_recipe(job)
            case WriteRecipe() as job:
                self._write_recipe(job)
            case Sweep() as job:
                self._sweep(job, ticket)
            case Explore() as job:
                self._explore(job, ticket)
            case Thumbnails() as job:
                self._thumbnails(job, ticket)
            case job:
                raise TypeError(f"the worker does not know {type(job).__name__}")

    def _load_pack(self, job: LoadPack) -> None:
        from diti_studio.core import packs
        from diti_studio.core.editor import Editor
        from diti_studio.core.resources import resource
        from diti_studio.core.runtime import devices

        pack = packs.find(job.name)
        _ = pack.latents  # a damaged file is found now, not at the first move
        editor = Editor(pack, job.device)
        self._editor, self._notes = editor, editor.notes
        self.archivist.remember(pack)
        samples = [Source(_title(name), member=name) for name in pack.samples()]
        if not samples and pack.manifest.domain == "face":
            samples += [Source(_title(path.name), path=path) for path in sorted(resource("samples").glob("*.jpg"))]
        self.pack_ready.emit(
            PackReady(
                job, translated(pack), editor.device, editor.notes, tuple(_installed()), devices(), tuple(samples)
            )
        )
        told("")  # the sentences of another language are made ready here, so that the window need not wait for them

    def _expand(self, job: Expand) -> None:
        from diti_studio.core.batch import inputs

        found = inputs.collect([str(path) for path in job.paths])
        self.expanded.emit(Expanded(job, tuple(Source.file(entry.path) for entry in found)))

    def _open(self, job: OpenPicture, ticket: Ticket) -> None:
        picture, origin = (job.picture, job.origin) if job.picture else self._read(job.source)
        ticket.stopped.check()
        opened = replace(self._framed(job, picture), origin=origin)
        self.opened.emit(opened if job.picture else replace(opened, recipe=_recipe(job.source.path)))

    def _survey(self, job: Survey, ticket: Ticket) -> None:
        from diti_studio.core import framing

        recipe = self._editor_of(job).pack.manifest.framing
        pixels = job.opened.subject.picture.pixels
        height, width = pixels.shape[:2]
        image = _reduced(pixels, job.side)
        framed = framing.frame_for(pixels, recipe)
        faces = list[FoundFace]()
        for face in framed.faces:
            ticket.replaced.check()
            with contextlib.suppress(DitiError):  # a face of a few pixels cannot be framed
                frame = framing.align(face, recipe)
                if frame != framed.frame:  # that one was looked at closely already
                    frame = framing.frame_face(pixels, face, recipe)
                faces.append(FoundFace(face.box, frame))
        limits = framing.size_limits(width, height)
        self.surveyed.emit(Surveyed(job, image, (width, height), limits, framed.frame, tuple(faces)))

    def _prepare(self, job: Prepare, ticket: Ticket) -> None:
        from diti_studio.core.edit import Edit
        from diti_studio.core.editor import Quality

        editor, subject = self._editor_of(job), job.opened.subject
        for view in editor.prepare(subject, Quality.PREVIEW.value, ticket.stopped):
            self._show(job, view)
        for _ in editor.render(subject, Edit(), Quality.PREVIEW, detail="model", cancel=ticket.stopped):
            pass

    def _render(self, job: Render, ticket: Ticket) -> None:
        editor, quality = self._editor_of(job), self._quality(job)
        self._invert(job, quality, ticket)
        clock = QElapsedTimer()
        clock.start()
        views = editor.render(
            job.opened.subject,
            job.edit,
            quality,
            reference=job.lender.subject if job.lender else None,
            detail=job.detail,
            max_side=job.max_side,
            heard=job.heard,
            cancel=ticket.stopped if job.patient else ticket.replaced,
        )
        for view in views:
            self._show(job, view)
            if job.patient and not view.final and ticket.replaced.cancelled and clock.elapsed() > PATIENCE_MS:
                return

    def _export(self, job: Export, ticket: Ticket) -> None:
        from diti_studio.core import metadata, pictures, recipes
        from diti_studio.core.editor import Quality, result
        from diti_studio.core.export import develop

        editor, subject, lender, sources = self._parties(job)
        if job.path is not None:
            pictures.check_target(job.path, sources, job.overwrite)
        views = editor.render(
            subject, job.edit, Quality.STANDARD, reference=lender, detail=job.detail, cancel=ticket.stopped
        )
        last = result(self._passed(view, ticket) for view in views)
        if job.path is None:
            made = self._beside(ticket, lambda: develop(subject, last.pixels, area=job.area, profile="srgb"))
            self.exported.emit(Exported(job, None, to_image(made.pixels)))
            return
        path, recipe = job.path, recipes.seen_from(job.edit, job.path).to_json() if job.recipe else None

        def encode() -> bytes:
            made = develop(subject, last.pixels, area=job.area, detail=job.detail, profile=job.profile)
            return pictures.encode(
                made.pixels, path, recipe=recipe, exif=metadata.kept(subject.picture.exif, job.metadata),
                profile=made.profile, quality=job.quality,
            )  # fmt: skip

        data = self._beside(ticket, encode)
        self.exported.emit(Exported(job, pictures.write(data, path, sources, job.overwrite), None))

    def _export_series(self, job: ExportSeries, ticket: Ticket) -> None:
        from diti_studio.core import pictures
        from diti_studio.core.series import Series

        editor, subject, lender, sources = self._parties(job)
        series = Series.of(
            job.edit, translated(editor.pack), job.path, job.sweep, sources=sources, overwrite=job.overwrite
        )
        shown = series.render(
            editor, subject, reference=lender, detail=job.detail, side=job.side, cancel=ticket.stopped,
            passed=lambda view: self._passed(view, ticket),
        )  # fmt: skip
        name, back = job.opened.source.name, job.there_and_back
        data = self._beside(ticket, lambda: series.encode(shown, title=name, there_and_back=back))
        self.exported.emit(Exported(job, pictures.write(data, job.path, sources, job.overwrite), None))

    def _parties(self, job: Export | ExportSeries) -> tuple[Editor, Subject, Subject | None, list[Path]]:
        """The editor, who is edited, who lends, and the files that are not to be replaced."""
        editor, subject = self._needed_editor(), job.opened.subject
        if job.opened.pack != editor.pack.identity:
            raise PackError("The model was changed before this export began: export again.")
        lender = job.lender.subject if job.lender else None
        sources = [s.picture.path for s in (subject, lender) if s is not None and s.picture.path is not None]
        return editor, subject, lender, sources

    def _passed(self, view: View, ticket: Ticket) -> View:
        """A step of an export is done."""
        assert isinstance(ticket.job, Export | ExportSeries)
        self._show(ticket.job, view)
        self._step_aside(ticket)
        return view

    def _open_document(self, job: OpenDocument, ticket: Ticket) -> None:
        editor = self._needed_editor()
        answer = self.archivist.open(job, editor.pack, self._framed, ticket.stopped)
        (self.document_asks if isinstance(answer, DocumentAsks) else self.document_opened).emit(answer)

    def _framed(self, job: OpenPicture, picture: Picture) -> Opened:
        """A picture as the pack sees it."""
        from diti_studio.core.familiarity import familiarity

        editor = self._needed_editor()
        subject = editor.open(picture, job.choice)
        known = familiarity(editor.pack, subject) if job.role != "reference" else None
        return Opened(
            job, job.source, editor.pack.identity, subject, _screen(subject), len(subject.square), subject.notes,
            familiarity=known,
        )  # fmt: skip

    def _read_recipe(self, job: ReadRecipe) -> None:
        from diti_studio.core import recipes

        self.recipe_read.emit(RecipeRead(job, recipes.read(job.path)))

    def _write_recipe(self, job: WriteRecipe) -> None:
        from diti_studio.core import recipes

        recipes.write(job.edit, job.path)
        self.recipe_written.emit(RecipeWritten(job))

    def _sweep(self, job: Sweep, ticket: Ticket) -> None:
        from diti_studio.core.editor import Quality

        editor, lender = self._editor_of(job), job.lender.subject if job.lender else None
        for views in editor.sweep(
            job.opened.subject, job.edits, Quality.PREVIEW,
            reference=lender, max_side=job.side, cancel=ticket.replaced,
        ):  # fmt: skip
            if views[0].final:
                self.swept.emit(Swept(job, tuple(to_image(view.pixels) for view in views)))

    def _explore(self, job: Explore, ticket: Ticket) -> None:
        passed = self._editor_of(job).trajectory(job.opened.subject, cancel=ticket.replaced)
        rows = ([_enlarged(getattr(s, name)) for s in passed] for name in ("noised", "known", "rebuilt"))
        self.explored.emit(Explored(job, tuple(s.t for s in passed), *(tuple(row) for row in rows)))

    def _thumbnails(self, job: Thumbnails, ticket: Ticket) -> None:
        for source in job.sources:
            ticket.replaced.check()
            try:
                pixels = self._picture(source).pixels
            except DitiError as error:  # one that cannot be read is not offered
                log.info("no thumbnail of %s: %s", source.name, error)
                continue
            self.thumbnail.emit(Thumbnail(job, source, thumbnail(to_image(pixels), job.side)))

    # -- parts of jobs ---------------------------------------------------------------------------------

    def _needed_editor(self) -> Editor:
        if self._editor is None:
            raise PackError("No model pack is loaded: choose one in the Models menu first.")
        return self._editor

    def _editor_of(self, job: Survey | Prepare | Render | Sweep | Explore) -> Editor:
        editor = self._needed_editor()
        if job.opened.pack != editor.pack.identity:
            raise Cancelled  # another pack was loaded meanwhile; the window is about to open the picture again
        return editor

    def _quality(self, job: Render) -> Quality:
        from diti_studio.core.editor import Quality

        return Quality.PREVIEW if job.quality == "preview" else Quality.STANDARD

    def _invert(self, job: Render, quality: Quality, ticket: Ticket) -> None:
        """Inverts what is not yet inverted. A newer render needs it as well, so only ``stopped`` ends it."""
        editor = self._needed_editor()
        borrows_noise = job.lender is not None and job.edit.blend_noise > 0
        if job.edit.is_identity and job.detail == "keep":
            return
        for opened in (job.opened, job.lender) if borrows_noise else (job.opened,):
            if opened is not None:
                for view in editor.prepare(opened.subject, quality.value, ticket.stopped):
                    self._show(job, view)

    def _read(self, source: Source) -> tuple[Picture, Origin | None]:
        """A picture, and which file it is, by the content that was read."""
        from diti_studio.core.document import Found

        if source.path is None:
            return self._picture(source), None
        content = Found.of_file(source.path)
        return content.picture(), Origin(content.entry)

    def _picture(self, source: Source) -> Picture:
        from diti_studio.core import pictures

        if source.path is not None:
            return pictures.load(source.path)
        if source.image is not None:
            return pictures.from_pixels(to_pixels(source.image))
        assert source.member is not None
        return pictures.decode(self._needed_editor().pack.read(source.member), source.name)

    def _show(self, job: Prepare | Render | Export | ExportSeries, view: View) -> None:
        rebuilt = None
        if view.final and isinstance(job, Render) and job.edit.is_identity and job.detail == "model":
            from diti_studio.core.editor import fidelity

            rebuilt = fidelity(job.opened.subject, view)
        self.formed.emit(
            Formed(
                job,
                to_image(view.pixels)
                if view.phase == "rendering" and not isinstance(job, Export | ExportSeries)
                else None,
                _enlarged(view.model_pixels),
                view.phase,
                view.step,
                view.of,
                view.t,
                view.final,
                view.seconds,
                rebuilt,
            )
        )

    def _report_device(self) -> None:
        editor = self._editor
        if editor is not None and editor.notes != self._notes:
            self.device_changed.emit(editor.device, editor.notes[len(self._notes) :])
            self._notes = editor.notes


def _screen(subject: Subject) -> QImage:
    image = to_image(subject.square)
    if image.width() <= SCREEN_SIDE:
        return image
    return image.scaled(
        SCREEN_SIDE, SCREEN_SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def _reduced(pixels: npt.NDArray[np.uint8], side: int) -> QImage:
    """A picture at most ``side`` pixels large."""
    import numpy as np
    from PIL import Image

    image = Image.fromarray(pixels)
    image.thumbnail((side, side), Image.Resampling.BICUBIC)
    return to_image(np.asarray(image))


def _recipe(path: Path | None) -> Edit | None:
    """The recipe that a picture of ours carries."""
    from diti_studio.core import recipes

    if path is None:
        return None
    try:
        return recipes.read(path)
    except DitiError:  # a picture like any other
        return None


def _enlarged(pixels: npt.NDArray[np.uint8]) -> QImage:
    """The network's picture, at least so large that the screen's own, plainer enlargement does not show."""
    import numpy as np
    from PIL import Image

    if len(pixels) >= MODEL_SIDE:
        return to_image(pixels)
    return to_image(np.asarray(Image.fromarray(pixels).resize((MODEL_SIDE, MODEL_SIDE), Image.Resampling.BICUBIC)))


def _installed() -> Iterator[InstalledPack]:
    from diti_studio.core import packs

    for path in packs.installed():
        try:
            manifest = packs.Pack.open(path).manifest
        except PackError as error:
            log.info("pack left out: %s", error)
            continue
        yield InstalledPack(packs.name_of(path), word(manifest, manifest.title))


def _title(member: str) -> str:
    """``samples/real-astronaut.png`` -> ``Real astronaut``."""
    return member.rpartition("/")[2].rpartition(".")[0].replace("-", " ").replace("_", " ").strip().capitalize()
