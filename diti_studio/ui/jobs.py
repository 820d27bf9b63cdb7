"""What the window asks of the inference worker, and what the worker answers: immutable values that cross threads."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QImage

from diti_studio.core.errors import DitiError

if TYPE_CHECKING:  # numpy and pydantic, which the window does not wait for
    from diti_studio.core.document import Leftover, PictureEntry
    from diti_studio.core.edit import Edit
    from diti_studio.core.editor import Detail, Phase, Subject
    from diti_studio.core.familiarity import Familiarity
    from diti_studio.core.framing import Frame
    from diti_studio.core.packs import Pack
    from diti_studio.core.pictures import Picture
    from diti_studio.core.runtime import Device
    from diti_studio.ui.session import State

Role = Literal["subject", "reference", "framed"]
Area = Literal["square", "photo"]

_serials = itertools.count(1)


class Priority(IntEnum):
    """Which waiting job is taken first."""

    PACK = 0
    OPEN = 1
    PREPARE = 2
    RENDER = 3
    WRITE = 4
    THUMBNAILS = 5
    GLANCE = 6
    IDLE = 7


# -- asked for -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Job:
    """One piece of work.

    Attributes:
        serial: grows with every job; a later job has a larger one.
        lane: a newer job replaces the one of its lane that waits, and ends the one that runs; None never does.
        priority: which waiting job comes first; equal ones come in the order of asking.
        patient: when replaced while it runs, it may still show what it is about to finish.
        idle: it gives way to any other job, idle ones only where these come first.
    """

    serial: int = field(default_factory=_serials.__next__)
    lane: str | None = None
    priority: Priority = Priority.RENDER
    patient: bool = False
    idle: bool = False

    @property
    def quiet(self) -> bool:
        """True for work that nobody waits for: the status line does not speak of it."""
        return self.idle


@dataclass(frozen=True)
class Source:
    """Where a picture comes from: exactly one of a file, a member of the pack, or pixels from another program."""

    name: str
    path: Path | None = None
    member: str | None = None
    image: QImage | None = None

    @property
    def reference(self) -> str:
        """What a recipe calls this picture."""
        return str(self.path) if self.path is not None else self.name

    @classmethod
    def file(cls, path: str | Path) -> Source:
        """A file on the disk."""
        return cls(Path(path).name or str(path), path=Path(path))


@dataclass(frozen=True, kw_only=True)
class LoadPack(Job):
    """Load a model pack on a device; the one in use stays when that fails."""

    name: str | None
    device: str
    lane: str | None = "pack"
    priority: Priority = Priority.PACK


@dataclass(frozen=True, kw_only=True)
class OpenPicture(Job):
    """Read, frame and encode a picture; ``picture`` is given where it was read before.

    Attributes:
        role: to be edited, to lend, or an open one that is framed anew.
    """

    source: Source
    picture: Picture | None = None
    origin: Origin | None = None
    role: Role = "subject"
    choice: str = "auto"
    lane: str | None = "open"
    priority: Priority = Priority.OPEN


@dataclass(frozen=True, kw_only=True)
class Survey(Job):
    """Show the whole photo, at most ``side`` pixels large, and look for the faces in it, to frame it by hand."""

    opened: Opened
    side: int
    lane: str | None = "survey"
    priority: Priority = Priority.OPEN


@dataclass(frozen=True, kw_only=True)
class Expand(Job):
    """Find the pictures in folders, their subfolders included."""

    paths: tuple[Path, ...]
    lane: str | None = "expand"
    priority: Priority = Priority.OPEN


@dataclass(frozen=True, kw_only=True)
class Prepare(Job):
    """Invert a picture and walk it back unedited once, so that the first edit is quick."""

    opened: Opened
    lane: str | None = "prepare"
    priority: Priority = Priority.PREPARE


@dataclass(frozen=True, kw_only=True)
class Render(Job):
    """The picture under an edit, forming.

    Attributes:
        key: names the result; equal keys give equal pictures.
        max_side: composes at most this large, for the screen.
        heard: the groups that are not muted; None means all.
    """

    opened: Opened
    edit: Edit
    key: tuple[object, ...]
    quality: Literal["preview", "standard"]
    max_side: int
    detail: Detail = "keep"
    lender: Opened | None = None
    heard: frozenset[int] | None = None
    lane: str | None = "render"


@dataclass(frozen=True, kw_only=True)
class Export(Job):
    """Render with all of the source's pixels, then write a file, or hand the pixels back when ``path`` is None.

    Attributes:
        area: the framed square, or the whole photo with the edit put back.
    """

    opened: Opened
    edit: Edit
    lender: Opened | None = None
    detail: Detail = "keep"
    area: Area = "square"
    path: Path | None = None
    quality: int = 92
    recipe: bool = True
    overwrite: bool = False
    priority: Priority = Priority.WRITE


@dataclass(frozen=True, eq=False)
class Named:
    """A state under a name: a step of a history, or a snapshot."""

    name: str
    state: State


@dataclass(frozen=True, kw_only=True, eq=False)
class SaveDocument(Job):
    """Write a picture with its history into a document.

    Attributes:
        photo: number of the picture in the film strip.
        history: from the first state to the last that can be redone; ``current`` is the present one.
        image: how it looks, for the thumbnail.
        path: None keeps it as unsaved work.
        inside: pictures travel inside the document.
        overwrite: even if another program has changed the file.
    """

    photo: int
    history: tuple[Named, ...]
    current: int
    snapshots: tuple[Named, ...]
    image: QImage | None
    path: Path | None = None
    inside: bool = False
    overwrite: bool = False
    priority: Priority = Priority.WRITE

    @property
    def quiet(self) -> bool:
        return self.path is None


@dataclass(frozen=True, kw_only=True, eq=False)
class OpenDocument(Job):
    """Open a document as the picture ``photo`` of the film strip.

    Attributes:
        located: where the user has found what was missing, by the digest of what was missed; True takes the file
            there even if its content is another.
        leftover: unsaved work to go on with, instead of the file.
    """

    photo: int
    path: Path
    located: tuple[tuple[str, Path, bool], ...] = ()
    leftover: Leftover | None = None
    lane: str | None = None
    priority: Priority = Priority.OPEN


@dataclass(frozen=True, kw_only=True)
class CloseDocument(Job):
    """A picture was closed: its unsaved work is given up."""

    photo: int
    priority: Priority = Priority.WRITE

    @property
    def quiet(self) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class FindLeftovers(Job):
    """Look for unsaved work of an earlier run."""

    priority: Priority = Priority.IDLE

    @property
    def quiet(self) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class ReadRecipe(Job):
    """Read the recipe in a file: JSON, or a picture that carries one."""

    path: Path
    priority: Priority = Priority.OPEN

    @property
    def quiet(self) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class WriteRecipe(Job):
    """Write an edit as JSON."""

    path: Path
    edit: Edit
    priority: Priority = Priority.WRITE


@dataclass(frozen=True, kw_only=True)
class Sweep(Job):
    """Several edits of one picture in one batch: few steps, at most ``side`` pixels large."""

    opened: Opened
    edits: tuple[Edit, ...]
    side: int
    lender: Opened | None = None
    priority: Priority = Priority.GLANCE
    idle: bool = True


@dataclass(frozen=True, kw_only=True)
class Explore(Job):
    """Look at a picture at several times of its diffusion."""

    opened: Opened
    lane: str | None = "explore"
    priority: Priority = Priority.IDLE
    idle: bool = True


@dataclass(frozen=True, kw_only=True)
class Thumbnails(Job):
    """Small pictures of sources, for the start page."""

    sources: tuple[Source, ...]
    side: int
    lane: str | None = "thumbnails"
    priority: Priority = Priority.THUMBNAILS

    @property
    def quiet(self) -> bool:
        return True


# -- answered --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InstalledPack:
    """A pack that can be chosen."""

    name: str
    title: str


@dataclass(frozen=True, eq=False)
class PackReady:
    """A pack is loaded and in use."""

    job: LoadPack
    pack: Pack
    device: Device
    notes: tuple[str, ...]
    installed: tuple[InstalledPack, ...]
    devices: tuple[Device, ...]
    samples: tuple[Source, ...]


@dataclass(frozen=True, eq=False)
class Origin:
    """Which file a picture was read from; its bytes too where they travel inside a document."""

    entry: PictureEntry
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class Opened:
    """A picture that the pack has seen. Two of them are the same only if they are one object.

    Attributes:
        pack: identity of the pack that has seen it; no other can render it.
        image: the framed square in the photo's own pixels, at most ``worker.SCREEN_SIDE`` large.
        side: of the framed square, in the photo's pixels.
        recipe: what the file says was done to make it, where this program wrote it.
        origin: the file's content, as documents remember it, at the moment it was read; None for pixels.
        familiarity: how much it is like those that the pack knows; None for one that only lends.
    """

    job: OpenPicture
    source: Source
    pack: str
    subject: Subject
    image: QImage
    side: int
    notes: tuple[str, ...]
    recipe: Edit | None = None
    origin: Origin | None = None
    familiarity: Familiarity | None = None


@dataclass(frozen=True, eq=False)
class Expanded:
    """The pictures that were found, in the order of their names; never none."""

    job: Expand
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class FoundFace:
    """A face of the photo: the box around it (x0, y0, x1, y1), in photo pixels, and how the pack frames it."""

    box: tuple[float, float, float, float]
    frame: Frame


@dataclass(frozen=True, eq=False)
class Surveyed:
    """The whole of an opened photo.

    Attributes:
        image: the photo, reduced.
        size: width and height of the photo in pixels.
        limits: the smallest and the largest side that a frame may have.
        automatic: the frame that the pack's recipe gives.
    """

    job: Survey
    image: QImage
    size: tuple[int, int]
    limits: tuple[float, float]
    automatic: Frame
    faces: tuple[FoundFace, ...]


@dataclass(frozen=True, eq=False)
class Formed:
    """A picture on its way or arrived, and how far the work is.

    Attributes:
        image: what to show; None while the picture is only being inverted.
        model_image: the network's own picture at its own size.
        fidelity: PSNR in dB of the network's unedited picture, where this is one and it has arrived.
    """

    job: Prepare | Render | Export
    image: QImage | None
    model_image: QImage
    phase: Phase
    step: int
    of: int
    t: int | None
    final: bool
    seconds: float
    fidelity: float | None = None


@dataclass(frozen=True, eq=False)
class Exported:
    """A file was written, or the pixels are there to be copied."""

    job: Export
    path: Path | None
    image: QImage | None


@dataclass(frozen=True, eq=False)
class DocumentSaved:
    """It is on the disk; ``notes`` tell what was got over."""

    job: SaveDocument
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class DocumentOpened:
    """A document with its pictures.

    Attributes:
        path: its file; None for unsaved work that never had one.
        unsaved: what is shown is newer than the file.
    """

    job: OpenDocument
    path: Path | None
    history: tuple[Named, ...]
    current: int
    snapshots: tuple[Named, ...]
    notes: tuple[str, ...]
    unsaved: bool


@dataclass(frozen=True, eq=False)
class DocumentAsks:
    """A picture of a document is not where it was, or not what it was.

    Attributes:
        digest: names it.
        changed: the file that is there in its place.
    """

    job: OpenDocument
    digest: str
    sentence: str
    changed: Path | None


@dataclass(frozen=True, eq=False)
class LeftoverFound:
    """Unsaved work of an earlier run, and what of it could not be read."""

    found: tuple[Leftover, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class RecipeRead:
    """What a file told."""

    job: ReadRecipe
    edit: Edit


@dataclass(frozen=True, eq=False)
class RecipeWritten:
    """A recipe is in its file."""

    job: WriteRecipe


@dataclass(frozen=True, eq=False)
class Swept:
    """What became of a picture under each of the edits."""

    job: Sweep
    images: tuple[QImage, ...]


@dataclass(frozen=True, eq=False)
class Explored:
    """A picture at times of its diffusion, ascending; the three lists are as long as ``times``.

    Attributes:
        noised: x_t.
        known: what the model sees in x_t without the latent.
        rebuilt: what it sees with the latent's groups up to that time.
    """

    job: Explore
    times: tuple[int, ...]
    noised: tuple[QImage, ...]
    known: tuple[QImage, ...]
    rebuilt: tuple[QImage, ...]


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """A small picture of a source."""

    job: Thumbnails
    source: Source
    image: QImage


@dataclass(frozen=True, eq=False)
class Failed:
    """A job ended without its result."""

    job: Job
    error: Exception

    @property
    def expected(self) -> bool:
        """False where the program is at fault."""
        return isinstance(self.error, DitiError)

    @property
    def text(self) -> str:
        """One sentence for the user."""
        return str(self.error) if self.expected else f"{type(self.error).__name__}: {self.error}"
