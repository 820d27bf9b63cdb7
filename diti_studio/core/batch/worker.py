"""What runs on a cluster's workers: each process keeps one job's networks loaded and takes groups of pictures."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from diti_studio import __version__
from diti_studio.core.batch.blobs import Store, pack_files
from diti_studio.core.batch.job import Job
from diti_studio.core.batch.rows import fastest_rows
from diti_studio.core.batch.work import Read, Work, reason
from diti_studio.core.editor import Editor
from diti_studio.core.errors import DitiError, PackError, PictureError

_lock = threading.Lock()  # of the networks, and of what is loaded
_loaded: tuple[Spec, Work] | None = None


@dataclass(frozen=True)
class Spec:
    """What a worker needs to know of a job: all else is named by hash.

    ``lenders`` holds path and hash of the pictures that lend.
    """

    version: str
    job: str
    manifest: str
    lenders: tuple[tuple[str, str], ...]
    device: str


@dataclass(frozen=True)
class Wanted:
    """A result to be made: the variant, and the recipe that the file is to carry."""

    variant: int
    recipe: str | None


@dataclass(frozen=True)
class Picture:
    """A picture to be done: its number in the job, its name, its file's content."""

    number: int
    name: str
    data: bytes
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True)
class Done:
    """What became of a picture: the files by variant, and why others could not be made; or why none could."""

    number: int
    digest: str = ""
    files: tuple[tuple[int, bytes], ...] = ()
    failed: tuple[tuple[int, str], ...] = ()
    problem: str | None = None
    notes: tuple[str, ...] = ()


def lacking(spec: Spec) -> list[str]:
    """The hashes of files that this machine lacks: the manifest first, then what it names.

    Raises PackError when another version of the program is installed here.
    """
    if spec.version != __version__:
        raise PackError(f"A worker has DiTi Studio {__version__}, and not {spec.version}: install the same everywhere.")
    store = Store()
    digests = [digest for _, digest in spec.lenders]
    if store.lacks([spec.manifest]):
        return [spec.manifest, *store.lacks(digests)]
    return store.lacks([*digests, *pack_files(store.get(spec.manifest)).values()])


def accept(digest: str, data: bytes) -> None:
    """Keeps a file that was sent."""
    Store().put(digest, data)


def do(spec: Spec, pictures: list[Picture]) -> list[Done] | None:
    """Does some pictures; None when files are lacking here. Two groups at once overlap but for the networks."""
    if lacking(spec):
        return None
    work = _work(spec)
    reads, out = list[tuple[Picture, Read]](), list[Done]()
    for picture in pictures:
        try:
            reads.append((picture, work.read(picture.data, picture.name)))
        except MemoryError:
            out.append(Done(picture.number, problem=f"{picture.name} needs more memory than the worker has."))
        except DitiError as error:
            out.append(Done(picture.number, problem=reason(error, picture.name)))
    if reads:
        asked = [[w.variant for w in picture.wanted] for picture, _ in reads]
        with _lock:
            rows = work.job.rows or _rows(work.editor)
            rendered = work.render([read for _, read in reads], asked, rows)
        for (picture, read), result in zip(reads, rendered, strict=True):
            files, failed = list[tuple[int, bytes]](), list[tuple[int, str]]()
            for wanted in picture.wanted:
                try:
                    files.append((wanted.variant, work.finish(result, wanted.variant, wanted.recipe)))
                except PictureError as error:
                    failed.append((wanted.variant, str(error)))
            out.append(Done(picture.number, read.digest, tuple(files), tuple(failed), None, read.cut.notes))
    return out


def _work(spec: Spec) -> Work:
    """The job's networks and lenders, loaded once."""
    global _loaded
    with _lock:
        if _loaded is None or _loaded[0] != spec:
            store = Store()
            editor = Editor(store.pack(spec.manifest), spec.device)
            lenders = {path: store.get(digest) for path, digest in spec.lenders}
            _loaded = (spec, Work(Job.from_json(spec.job), editor, lenders))
        return _loaded[1]


_measured: tuple[Editor, int] | None = None


def _rows(editor: Editor) -> int:
    global _measured
    if _measured is None or _measured[0] is not editor:
        _measured = (editor, fastest_rows(editor, 64))
    return _measured[1]
