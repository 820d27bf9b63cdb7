"""The worker's hand for documents: turns what the window holds into a ``.diti`` file, and a file into pictures.

Runs in the worker's thread, as reading, framing and writing all take time. For each picture of the film strip, known by
its number, it keeps the place of its unsaved work and the mark that its document is open here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from diti_studio.ui.answers import (
    DocumentAsks,
    DocumentOpened,
    DocumentSaved,
    LeftoverFound,
    Opened,
    Origin,
)
from diti_studio.ui.imaging import to_image, to_pixels
from diti_studio.ui.jobs import (
    Named,
    OpenDocument,
    OpenPicture,
    SaveDocument,
    Source,
)
from diti_studio.ui.session import State

if TYPE_CHECKING:
    from diti_studio.core.cancel import CancelToken
    from diti_studio.core.document import (
        Autosave,
        Bundle,
        Claim,
        Document,
        Found,
        PictureEntry,
        Seen,
        Stamp,
        StoredState,
        Whereabouts,
    )
    from diti_studio.core.packs import Pack
    from diti_studio.core.pictures import Picture

    Frame = Callable[[OpenPicture, Picture], Opened]


@dataclass
class _Place:
    """What belongs to one picture of the film strip."""

    autosave: Autosave | None = None
    claim: Claim | None = None
    path: Path | None = None
    stamp: Stamp | None = None


class Archivist:
    """Reads and writes documents, and keeps unsaved work where the next start finds it."""

    def __init__(self) -> None:
        self._places: dict[int, _Place] = {}
        self._packs: dict[str, Pack] = {}  # by identity: what the pictures of the film strip may have been seen by
        self._inside: dict[str, Origin] = {}  # pictures that have no file, by the digest of their pixels

    def remember(self, pack: Pack) -> None:
        """A pack that pictures are opened with from now on."""
        self._packs[pack.identity] = pack

    # -- writing ---------------------------------------------------------------------------------------

    def save(self, job: SaveDocument) -> DocumentSaved:
        """Writes a document, or with no path keeps the unsaved work. Raises DocumentError."""
        from diti_studio.core import document

        place = self._places.setdefault(job.photo, _Place())
        bundle = self._bundle(job)
        if job.path is None:
            if place.autosave is None:
                place.autosave = document.Autosaves().begin(place.path)
            place.autosave.write(bundle)
            return DocumentSaved(job, ())
        same = place.path is not None and place.path == job.path
        written = document.write(
            job.path, bundle, unless_changed_since=place.stamp if same and not job.overwrite else None
        )
        warning = self._claim(place, job.path)
        place.stamp = document.Stamp.of(job.path)
        if place.autosave is None:
            place.autosave = document.Autosaves().begin(job.path)
        place.autosave.saved(job.path)
        return DocumentSaved(job, (*written.notes, *([warning] if warning else [])))

    def close(self, photo: int, *, keep: bool) -> None:
        """A picture was closed; ``keep`` offers its unsaved work at the next start."""
        place = self._places.pop(photo, None)
        if place is None:
            return
        if place.claim is not None:
            place.claim.release()
        if place.autosave is not None:
            (place.autosave.leave if keep else place.autosave.discard)()

    def close_all(self, keep: frozenset[int]) -> None:
        """The program ends."""
        for photo in list(self._places):
            self.close(photo, keep=photo in keep)

    def _claim(self, place: _Place, path: Path) -> str:
        from diti_studio.core.document import Claim

        if place.path == path and place.claim is not None:
            return ""
        if place.claim is not None:
            place.claim.release()
        place.path, place.claim = path, Claim.of(path)
        return place.claim.sentence

    def _bundle(self, job: SaveDocument) -> Bundle:
        """A document knows one pack, that of the present state, which need not be the one in use."""
        from diti_studio.core import document

        pack = self._packs[job.history[job.current].state.opened.pack]
        packs = {identity: document.PackEntry.of(known) for identity, known in self._packs.items()}

        entries = list[document.PictureEntry]()
        copies: dict[str, bytes] = {}
        numbers: dict[str, int] = {}  # by digest of the file

        def seen(opened: Opened) -> Seen:
            origin = self._origin(opened)
            entry = origin.entry
            if entry.sha256 not in numbers:
                numbers[entry.sha256] = len(entries)
                entries.append(entry)
            if origin.data is not None:
                copies[entry.sha256] = origin.data
            frame = opened.subject.frame if opened.pack == pack.identity else None
            return document.Seen(picture=numbers[entry.sha256], choice=opened.job.choice, frame=frame)

        def stored(state: State) -> StoredState:
            # Of what another pack has seen, the document keeps what has a meaning under this one.
            edit, _ = document.fit_edit(state.edit, packs[state.opened.pack], packs[pack.identity])
            return document.StoredState(
                subject=seen(state.opened), edit=edit, reference=seen(state.lender) if state.lender else None
            )

        steps = [document.Step(text=step.name, state=stored(step.state)) for step in job.history]
        shots = [document.Snapshot(name=shot.name, state=stored(shot.state)) for shot in job.snapshots]
        history, current = tuple(steps), job.current
        if any(step.state.opened.pack != pack.identity for step in job.history):  # what did nothing else is left out
            history, current = document.without_repeats(steps, current)
        made = document.Document.of(pack, entries, history, current, snapshots=shots)
        if job.inside:
            made = made.keeping_inside(True)
        thumbnail = document.make_thumbnail(to_pixels(job.image)) if job.image is not None else None
        return document.Bundle(made.tidied(), copies, thumbnail)

    def _origin(self, opened: Opened) -> Origin:
        """How the document remembers a picture; pixels from another program are made a file that travels inside."""
        from diti_studio.core import document

        if opened.origin is not None:
            return opened.origin
        picture = opened.subject.picture
        if picture.digest not in self._inside:
            content = document.Found.of_pixels(picture.pixels, opened.source.name)
            self._inside[picture.digest] = Origin(content.entry, content.data)
        return self._inside[picture.digest]

    # -- reading ---------------------------------------------------------------------------------------

    def open(self, job: OpenDocument, pack: Pack, frame: Frame, cancel: CancelToken) -> DocumentOpened | DocumentAsks:
        """Opens a document; what is missing is asked for instead. Raises DitiError."""

        place = _Place(autosave=job.leftover.autosave if job.leftover is not None else None)
        try:
            answer = self._opened(job, place, pack, frame, cancel)
        except BaseException:
            if place.autosave is not None:
                place.autosave.leave()
            raise
        if isinstance(answer, DocumentOpened):
            self._places[job.photo] = place
        return answer

    def _opened(
        self, job: OpenDocument, place: _Place, pack: Pack, frame: Frame, cancel: CancelToken
    ) -> DocumentOpened | DocumentAsks:
        from diti_studio.core import document

        leftover = job.leftover
        unsaved = leftover.bundle if leftover is not None else None
        bundle = unsaved or document.read(job.path)
        notes = list(bundle.notes)
        found: dict[int, Found] = {}
        for index in sorted(bundle.document.used()):
            entry = bundle.document.pictures[index]
            where = _find(job, entry, bundle)
            if not isinstance(where, document.Found):
                changed = where.path if isinstance(where, document.Changed) else None
                return DocumentAsks(job, entry.sha256, where.sentence, changed)
            found[index] = where
        made, lost = document.fit(bundle.document, pack)
        if lost:
            notes.append(f"{pack.manifest.title} has no counterpart for: {', '.join(lost)}.")
        history, snapshots = _states(made, found, frame, cancel)
        path = leftover.autosave.document if leftover is not None else job.path
        if leftover is not None and leftover.overtaken and path is not None:
            notes.append(f"{path.name} was saved after this work was kept: save it under another name.")
            path = None
        if path is not None and (warning := self._claim(place, path)):
            notes.append(warning)
        if place.autosave is None:
            place.autosave = document.Autosaves().begin(path)
        place.stamp = document.Stamp.of(path) if path is not None else None
        return DocumentOpened(
            job, path, tuple(history), made.current, tuple(snapshots), tuple(notes), unsaved=unsaved is not None
        )

    # -- after a crash ---------------------------------------------------------------------------------

    def leftovers(self) -> LeftoverFound:
        """What a killed program, or one that was closed with unsaved work, has left."""
        from diti_studio.core import document

        recovery = document.Autosaves().recover()
        return LeftoverFound(recovery.found, recovery.problems)


def _find(job: OpenDocument, entry: PictureEntry, bundle: Bundle) -> Whereabouts:
    """Where a picture of a document is; another content is taken only where the user has said so."""
    from diti_studio.core import document

    for digest, path, anyway in job.located:
        if digest == entry.sha256:
            where = document.look_at(entry, path)
            return where.accept() if anyway and isinstance(where, document.Changed) else where
    return document.find_picture(entry, bundle.copies, job.path.parent)


def _states(
    made: Document, found: dict[int, Found], frame: Frame, cancel: CancelToken
) -> tuple[list[Named], list[Named]]:
    """History and snapshots with their pictures: each is decoded once, and framed once in each way."""
    decoded: dict[int, Picture] = {}
    opened: dict[Seen, Opened] = {}

    def see(seen: Seen) -> Opened:
        if seen not in opened:
            cancel.check()
            content = found[seen.picture]
            if seen.picture not in decoded:
                decoded[seen.picture] = content.picture()
            picture, entry = decoded[seen.picture], content.entry
            pasted = to_image(picture.pixels) if entry.path is None else None
            job = OpenPicture(
                source=Source(entry.name, path=entry.path, image=pasted), choice=seen.framing, picture=picture
            )
            # Framed as it was; what was chosen is kept for a model that frames otherwise.
            opened[seen] = replace(
                frame(job, picture),
                job=replace(job, choice=seen.choice),
                origin=Origin(entry, content.data if entry.copy_inside else None),
            )
        return opened[seen]

    def state(stored: StoredState) -> State:
        lender = see(stored.reference) if stored.reference is not None else None
        edit = stored.edit.with_reference(lender.source.reference if lender is not None else None)
        return State(see(stored.subject), edit, lender)

    history = [Named(step.text, state(step.state)) for step in made.history]
    return history, [Named(shot.name, state(shot.state)) for shot in made.snapshots]
