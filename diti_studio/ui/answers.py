"""What the inference worker answers: immutable values that cross threads. What it is asked for is in ``jobs``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from diti_studio.core.errors import DitiError
from diti_studio.ui.sentences import told

if TYPE_CHECKING:  # numpy and pydantic, which the window does not wait for
    from diti_studio.core.document import Leftover, PictureEntry
    from diti_studio.core.edit import Edit
    from diti_studio.core.editor import Phase, Subject
    from diti_studio.core.familiarity import Familiarity
    from diti_studio.core.framing import Frame
    from diti_studio.core.packs import Pack
    from diti_studio.core.runtime import Device
    from diti_studio.ui.jobs import (
        Expand,
        Explore,
        Export,
        ExportSeries,
        Job,
        LoadPack,
        Named,
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

    @property
    def name(self) -> str:
        """By which the pack is chosen."""
        from diti_studio.core.packs import name_of

        return name_of(self.pack.path)


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

    job: Prepare | Render | Export | ExportSeries
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

    job: Export | ExportSeries
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
        return told(str(self.error)) if self.expected else f"{type(self.error).__name__}: {self.error}"
