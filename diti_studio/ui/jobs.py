"""What the window asks of the inference worker: immutable values that cross threads. Its ``answers`` come back."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QImage

if TYPE_CHECKING:  # numpy and pydantic, which the window does not wait for
    from diti_studio.core.batch.job import Sweep as AmountSweep
    from diti_studio.core.colour import Profile
    from diti_studio.core.document import Leftover
    from diti_studio.core.edit import Edit
    from diti_studio.core.editor import Detail
    from diti_studio.core.export import Area
    from diti_studio.core.metadata import Metadata
    from diti_studio.core.pictures import Picture
    from diti_studio.ui.answers import Opened, Origin
    from diti_studio.ui.session import State

Role = Literal["subject", "reference", "framed", "carried"]

_serials = itertools.count(1)


class Priority(IntEnum):
    """Which waiting job is taken first."""

    PACK = 0
    OPEN = 1
    PREPARE = 2
    RENDER = 3
    SAVE = 4
    WRITE = 5
    THUMBNAILS = 6
    GLANCE = 7
    IDLE = 8


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
        role: to be edited, to lend, an open one that is framed anew, or one that is carried to another pack.
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
        metadata: what of the photo's own goes into the file.
        profile: the colours of a file, the photo's own where they can be had; pixels that are handed back are sRGB.
    """

    opened: Opened
    edit: Edit
    lender: Opened | None = None
    detail: Detail = "keep"
    area: Area = "square"
    path: Path | None = None
    quality: int = 92
    recipe: bool = True
    metadata: Metadata = "keep"
    profile: Profile = "own"
    overwrite: bool = False
    priority: Priority = Priority.WRITE


@dataclass(frozen=True, kw_only=True)
class ExportSeries(Job):
    """Write an animation of an attribute's sweep or, without one, a sheet of all attributes.

    Attributes:
        side: longest side of an animation, in pixels.
        there_and_back: the animation ends where it begins.
    """

    opened: Opened
    edit: Edit
    path: Path
    lender: Opened | None = None
    detail: Detail = "keep"
    sweep: AmountSweep | None = None
    side: int = 512
    there_and_back: bool = True
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
    priority: Priority = Priority.SAVE

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
    priority: Priority = Priority.SAVE

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
    priority: Priority = Priority.SAVE


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
