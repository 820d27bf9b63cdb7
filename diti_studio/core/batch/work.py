"""From a picture's bytes to its results' bytes: the same three stages on this machine and on a cluster's workers.

``read`` and ``finish`` may run in any thread beside one another; ``render`` owns the networks: one thread at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from diti_studio.core import export, framing, metadata, pictures, sampler
from diti_studio.core.batch.job import Job, Variant
from diti_studio.core.cancel import CancelToken
from diti_studio.core.editor import Array, Cut, Editor, Pixels, Subject, compose
from diti_studio.core.errors import DitiError, PictureError
from diti_studio.core.framing import Frame


@dataclass(frozen=True, eq=False)
class Read:
    """A picture that was read and framed, and the sha256 of its file."""

    cut: Cut
    digest: str

    @property
    def bytes(self) -> int:
        """Memory that its pixels take."""
        own = self.cut.picture.own
        return self.cut.picture.pixels.nbytes + self.cut.square.nbytes + (own.held if own else 0)


@dataclass(frozen=True, eq=False)
class Rendered:
    """A picture with what the network made of it.

    Attributes:
        before: [3,s,s], the network's picture without an edit; None where nothing had to be asked of it.
        after: the same under the edit, by variant; an edit that changes nothing is missing.
    """

    subject: Subject
    before: Array | None
    after: Mapping[int, Array]

    @property
    def pixels(self) -> int:
        """How many pixels are put together for a result, at most."""
        return max(self.subject.square.size, self.subject.picture.pixels.size) // 3


class Work:
    """Does a job's pictures with one editor."""

    def __init__(self, job: Job, editor: Editor, lenders: Mapping[str, bytes]) -> None:
        """``lenders`` holds the content of each reference's file by its path. Raises DitiError for a bad one."""
        self.job, self.editor = job, editor
        self.variants: tuple[Variant, ...] = job.variants
        self._lenders = {path: self._lender(path, data) for path, data in lenders.items()}

    def _lender(self, path: str, data: bytes) -> Subject:
        picture = pictures.decode(data, path)
        try:
            return self.editor.open(picture)
        except PictureError as error:
            raise PictureError(f"{path}: {error}") from None

    def read(self, data: bytes, name: str) -> Read:
        """Decodes and frames a picture. Raises DitiError: its reason."""
        cut = self.editor.cut(pictures.decode(data, name), self.job.frame)
        if self.job.profile == "srgb" or self.job.detail == "model":
            cut = replace(cut, picture=replace(cut.picture, own=None))
        if self.job.output == "square":  # the rest of the photo is not needed any more
            cut = _square_alone(cut)
        elif len(self.variants) > 1:
            cut = _decoded(cut)
        return Read(cut, hashlib.sha256(data).hexdigest())

    def render(
        self, reads: Sequence[Read], wanted: Sequence[Sequence[int]], rows: int, cancel: CancelToken | None = None
    ) -> list[Rendered]:
        """Encodes, inverts and edits pictures, at most ``rows`` in one network call.

        Args:
            wanted: for each picture, the variants that are to be made.
            cancel: looked at between two calls.
        """
        subjects = [
            subject
            for start in range(0, len(reads), rows)
            for subject in self.editor.encode([read.cut for read in reads[start : start + rows]])
        ]
        asked = [[v for v in variants if self._needs_network(v)] for variants in wanted]
        noises = self._noises(
            [subject for subject, variants in zip(subjects, asked, strict=True) if variants], rows, cancel
        )
        x_t, z = list[Array](), list[Array]()
        for subject, variants in zip(subjects, asked, strict=True):
            if variants and self.job.detail == "keep":
                x_t.append(noises[subject.key])
                z.append(subject.z)
            for v in variants:
                variant = self.variants[v]
                lender = self._lenders.get(variant.reference or "")
                noise = noises[subject.key]
                if lender is not None and variant.edit.blend_noise:
                    noise = sampler.slerp(noise, noises[lender.key], variant.edit.blend_noise)
                x_t.append(noise)
                z.append(variant.edit.apply(subject.z, self.editor.pack, lender.z if lender else None))
        made = iter(self.editor.model_pictures(x_t, z, self.job.settings, rows, cancel))
        out = list[Rendered]()
        for subject, variants in zip(subjects, asked, strict=True):
            before = next(made) if variants and self.job.detail == "keep" else None
            out.append(Rendered(subject, before, {v: next(made) for v in variants}))
        return out

    def _needs_network(self, variant: int) -> bool:
        return self.job.detail == "model" or not self.variants[variant].edit.is_identity

    def _noises(self, subjects: Sequence[Subject], rows: int, cancel: CancelToken | None) -> dict[str, Array]:
        lend = [self._lenders[v.reference] for v in self.variants if v.reference and v.edit.blend_noise]
        everyone = list({subject.key: subject for subject in (*subjects, *lend)}.values()) if subjects else []
        noises = self.editor.inversions(everyone, self.job.settings, rows, cancel)
        return {subject.key: noise for subject, noise in zip(everyone, noises, strict=True)}

    def finish(self, rendered: Rendered, variant: int, recipe: str | None) -> bytes:
        """Composes and encodes one result. Raises PictureError."""
        try:
            return self._finished(rendered, variant, recipe)
        except MemoryError:
            raise PictureError("The result needs more memory than this machine has.") from None

    def _finished(self, rendered: Rendered, variant: int, recipe: str | None) -> bytes:
        subject, job = rendered.subject, self.job
        after = rendered.after.get(variant)
        pixels: Pixels = subject.square
        if after is not None:
            before = after if rendered.before is None else rendered.before
            pixels = compose(subject.square, before, after, job.detail)
        made = export.develop(subject, pixels, area=job.output, detail=job.detail, profile=job.profile)
        exif = metadata.kept(subject.picture.exif, job.metadata)
        return pictures.encode(
            _within(made.pixels, job.size), f"result{job.suffix}", recipe=recipe, exif=exif, profile=made.profile,
            quality=job.quality,
        )  # fmt: skip


def _decoded(cut: Cut) -> Cut:
    """The same, its own colours decoded once for all results."""
    own = cut.picture.own
    if own is None:
        return cut
    pixels = own.pixels()
    return replace(cut, picture=replace(cut.picture, own=replace(own, pixels=lambda: pixels, held=pixels.nbytes)))


def _square_alone(cut: Cut) -> Cut:
    """The framed square as a picture of its own."""
    picture, side = cut.picture, len(cut.square)
    own = picture.own
    if own is not None:
        square = framing.cut(own.pixels(), cut.frame)
        own = replace(own, pixels=lambda: square, held=square.nbytes)
    return replace(
        cut, picture=replace(picture, pixels=cut.square, own=own), frame=Frame(side / 2, side / 2, float(side))
    )


def _within(pixels: Pixels, size: int | None) -> Pixels:
    """The picture, made smaller when its longest side is larger than ``size``."""
    height, width = pixels.shape[:2]
    if size is None or max(height, width) <= size:
        return pixels
    scale = size / max(height, width)
    shape = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(pixels).resize(shape, Image.Resampling.LANCZOS))


def reason(error: DitiError, name: str) -> str:
    """Why a picture failed, one sentence that names it."""
    text = str(error)
    return text if name in text else f"{name}: {text}"
