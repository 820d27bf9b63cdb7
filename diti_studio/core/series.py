"""One picture under many edits: an attribute's sweep as an animation, or all attributes on a sheet."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from diti_studio.core import contact_page, pictures, video
from diti_studio.core.batch.job import Sweep
from diti_studio.core.cancel import CancelToken
from diti_studio.core.colour import written_profile
from diti_studio.core.edit import Edit, find_attribute
from diti_studio.core.editor import Detail, Editor, Quality, Settings, Subject, View, batches
from diti_studio.core.errors import PictureError, UsageError
from diti_studio.core.packs import Pack

Pixels = npt.NDArray[np.uint8]

ANIMATED = {".webp": "WEBP", ".gif": "GIF", ".mp4": "MP4"}
"""Suffixes that :func:`animate` knows, and names of the formats."""

FRAMES = 16  # of a sweep, one way
FRAME_MS = 80
SIDE = 512  # of an animation, in pixels, unless another is asked for
MIN_SIDE, MAX_SIDE = 16, 2048

_QUALITY = 85  # of WebP
_AT_ONCE = 8  # edits in one network call
_PALETTE_FRAMES = 8


@dataclass(frozen=True)
class Moment:
    """An edit and what it is called on a sheet."""

    edit: Edit
    label: str


@dataclass(frozen=True, eq=False)
class Series:
    """An attribute's sweep as an animation or a sheet of all attributes: checked, and not yet made.

    Attributes:
        path: where it will go; the suffix names the format.
        rows: of a sheet; none for a sweep.
    """

    path: Path
    edits: tuple[Edit, ...]
    rows: tuple[list[Moment], ...] = ()

    @classmethod
    def of(
        cls, edit: Edit, pack: Pack, path: Path, sweep: Sweep | None, *, sources: Sequence[Path] = (),
        overwrite: bool = True,
    ) -> Series:  # fmt: skip
        """The sweep or, without one, the sheet. Raises DitiError for what cannot be made or written."""
        if sweep is None:
            pictures.check_target(path, sources, overwrite)
            rows = sheet_moments(edit, pack)
            return cls(path, tuple(moment.edit for row in rows for moment in row), tuple(rows))
        animated_format(path)
        pictures.check_way(path, sources, overwrite)
        edits = sweep_edits(edit, sweep)
        for moved in edits:
            moved.check(pack)
        return cls(path, tuple(edits))

    def render(
        self, editor: Editor, subject: Subject, quality: Quality | Settings = Quality.STANDARD, *,
        reference: Subject | None = None, detail: Detail = "keep", side: int = SIDE,
        cancel: CancelToken | None = None, passed: Callable[[View], object] = lambda _: None,
    ) -> list[Pixels]:  # fmt: skip
        """A picture for each edit, of an animation at most ``side`` pixels large; see the function ``render``."""
        return render(
            editor, subject, self.edits, quality, reference=reference, detail=detail,
            max_side=contact_page.CELL if self.rows else side, cancel=cancel, passed=passed,
        )  # fmt: skip

    def encode(self, shown: Sequence[Pixels], *, title: str, there_and_back: bool = True) -> bytes:
        """The file's bytes: ``title`` stands on a sheet, ``there_and_back`` is of an animation. Raises PictureError."""
        if self.rows:
            return pictures.encode(sheet(self.rows, shown, title), self.path)
        return animate(shown, self.path, there_and_back=there_and_back)


def sweep_of(name: str, pack: Pack) -> Sweep:
    """What ``NAME`` or ``NAME=FROM:TO:N`` asks for; alone, the attribute's whole range. Raises UsageError."""
    if "=" in name:
        return Sweep.parse(name)
    start, stop = pack.manifest.attributes[find_attribute(pack, name)].range
    return Sweep(attribute=name, start=start, stop=stop, count=FRAMES)


def sweep_edits(edit: Edit, sweep: Sweep) -> list[Edit]:
    """An edit with one attribute at each of a sweep's amounts."""
    return [edit.with_attribute(sweep.attribute, amount) for amount in sweep.amounts]


def sheet_moments(edit: Edit, pack: Pack) -> list[list[Moment]]:
    """A row for each attribute of a pack: the ends of its range, halfway there, and zero between."""
    rows = list[list[Moment]]()
    for attribute in pack.manifest.attributes:
        low, high = attribute.range
        amounts = sorted({low, low / 2, 0.0, high / 2, high})
        rows.append([Moment(edit.with_attribute(attribute.name, a), f"{attribute.title} {a:+g}") for a in amounts])
    if not rows:
        raise UsageError(f"The pack {pack.manifest.name} has no attributes to show on a sheet.")
    return rows


def render(
    editor: Editor,
    subject: Subject,
    edits: Sequence[Edit],
    quality: Quality | Settings = Quality.STANDARD,
    *,
    reference: Subject | None = None,
    detail: Detail = "keep",
    max_side: int | None = None,
    cancel: CancelToken | None = None,
    passed: Callable[[View], object] = lambda _: None,
) -> list[Pixels]:
    """The picture under each edit, as ``Editor.sweep``, however many they are.

    ``passed`` is called after each network call with the view of one of the pictures; its steps count all calls.
    """
    made = dict[Edit, Pixels]()
    once = list(dict.fromkeys(edits))  # a sheet has the unedited picture in each row
    chunks = list(batches(once, _AT_ONCE))
    for k, chunk in enumerate(chunks):
        views = list[View]()
        for views in editor.sweep(
            subject, chunk, quality, reference=reference, detail=detail, max_side=max_side, cancel=cancel
        ):
            view = views[0]
            if view.phase == "rendering":
                last = view.final and k == len(chunks) - 1
                view = replace(view, step=k * view.of + view.step, of=len(chunks) * view.of, final=last)
            passed(view)
        made.update(zip(chunk, (view.pixels for view in views), strict=True))
        if cancel is not None:
            cancel.check()
    return [made[edit] for edit in edits]


def animate(frames: Sequence[Pixels], path: Path, *, there_and_back: bool = True) -> bytes:
    """An endless animation of uint8 [H,W,3] sRGB frames, as the bytes of the format that the path's suffix names.

    A GIF has 256 colours for all of its frames together; a film is played once, or as often as a player likes.
    Raises DitiError as ``animated_format``, and PictureError.
    """
    format_ = animated_format(path)
    if format_ == "MP4":
        return video.encode([*frames, *frames[-2:0:-1]] if there_and_back else frames, FRAME_MS, path.name)
    images = [Image.fromarray(frame) for frame in frames]
    options: dict[str, Any] = {"icc_profile": written_profile(), "quality": _QUALITY, "method": 4}
    if format_ == "GIF":
        images, options = _with_one_palette(images), {"optimize": False, "disposal": 1}
    if there_and_back:
        images += images[-2:0:-1]
    buffer = io.BytesIO()
    try:
        images[0].save(buffer, format_, save_all=True, append_images=images[1:], duration=FRAME_MS, loop=0, **options)
    except (OSError, ValueError, MemoryError) as error:
        raise PictureError(f"{path.name} cannot be written as {format_}: {error}.") from error
    return buffer.getvalue()


def animated_format(path: Path) -> str:
    """The name of an animation's format. Raises PictureError for a suffix that is none, and RuntimeUnavailableError
    for a film where the library that writes it is missing."""
    format_ = ANIMATED.get(path.suffix.lower())
    if format_ is None:
        raise PictureError(f"{path.name} has no suffix of an animation: use {', '.join(ANIMATED)}.")
    if format_ == "MP4":
        video.check_available(path.name)
    return format_


def sheet(rows: Sequence[Sequence[Moment]], shown: Sequence[Pixels], title: str) -> Pixels:
    """The contact sheet of rows of moments, whose pictures come one after the other."""
    labels = [moment.label for row in rows for moment in row]
    cells = [(contact_page.thumbnail(Image.fromarray(p)), label) for p, label in zip(shown, labels, strict=True)]
    columns = max(map(len, rows))
    page = contact_page.draw(title, [*_padded(rows, cells, columns)], columns)
    return np.asarray(page)


def _padded(
    rows: Sequence[Sequence[Moment]], cells: list[tuple[Image.Image, str]], columns: int
) -> list[tuple[Image.Image, str] | None]:
    """The cells of all rows, each row filled up to the same length."""
    left = iter(cells)
    out = list[tuple[Image.Image, str] | None]()
    for row in rows:
        out += [next(left) for _ in row]
        out += [None] * (columns - len(row))
    return out


def _with_one_palette(images: Sequence[Image.Image]) -> list[Image.Image]:
    """Colours chosen over all of the animation: one palette for each frame would flicker."""
    chosen = images[:: max(1, len(images) // _PALETTE_FRAMES)]
    together = Image.fromarray(np.concatenate([np.asarray(image) for image in chosen]))
    palette = together.quantize(256, Image.Quantize.MEDIANCUT)
    return [image.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for image in images]
