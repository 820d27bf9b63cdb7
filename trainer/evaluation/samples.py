"""The pictures that a pack offers to start from, with what is known about them."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from diti_studio.core.errors import DitiError, UsageError
from trainer.attributes import AttributeSpec
from trainer.evaluation.heldout import Pictures
from trainer.render.domains import domain

SIDE = 320
"""Side of a rendered sample in pixels: sharp enough on a screen, small enough for a pack."""

_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}
_LARGEST_FILE = 2 << 20


@dataclass(frozen=True)
class Sample:
    """A picture file of a pack: its name below samples/, its bytes, and attribute values where they are known."""

    name: str
    data: bytes
    values: dict[str, float] = field(default_factory=dict[str, float])


def from_renders(pictures: Pictures, count: int, specs: Sequence[AttributeSpec]) -> list[Sample]:
    """Held-out renders, spread over the held-out ones, drawn again at SIDE where this renderer drew them.

    Values are in the units of the factors.
    """
    held = np.flatnonzero(pictures.held)
    chosen = held[np.linspace(0, len(held) - 1, min(count, len(held))).round().astype(int)]
    values = pictures.values(specs)[chosen]
    kind = str(pictures.description.get("kind", "render")).removesuffix("s")
    images = _drawn_larger(pictures, chosen)
    return [
        Sample(
            f"{kind}-{index:05d}.jpg", _jpeg(image),
            {spec.name: round(float(v), 4) for spec, v in zip(specs, row, strict=True) if np.isfinite(v)},
        )
        for index, image, row in zip(chosen.tolist(), images, values, strict=True)
    ]  # fmt: skip


def from_files(paths: Sequence[Path]) -> list[Sample]:
    """Picture files as they are; a folder stands for the pictures in it.

    Raises:
        UsageError: a file is missing, no PNG, JPEG or WebP, or larger than 2 MiB.
    """
    files = list[Path]()
    for path in paths:
        files += sorted(p for p in path.iterdir() if p.suffix.lower() in _SUFFIXES) if path.is_dir() else [path]
    out = list[Sample]()
    for path in files:
        if not path.is_file() or path.suffix.lower() not in _SUFFIXES or path.stat().st_size > _LARGEST_FILE:
            raise UsageError(f"{path} cannot be a sample: a PNG, JPEG or WebP file of at most 2 MiB is needed.")
        name = re.sub(r"[^a-z0-9._-]+", "-", path.name.lower()).strip(".-")
        out.append(Sample(name, path.read_bytes()))
    return out


def _drawn_larger(pictures: Pictures, chosen: npt.NDArray[np.int64]) -> list[npt.NDArray[np.uint8]]:
    """The renders at SIDE; as they are when the folder was not made by the present renderer."""
    description = pictures.description
    as_they_are = [np.asarray(pictures.images[i]) for i in chosen.tolist()]
    try:
        what = domain(str(description.get("kind")))
    except (ImportError, DitiError):
        return as_they_are
    if description.get("renderer") != what.version or pictures.changes:
        return as_they_are
    renderer = what.renderer(SIDE)
    try:
        indices = pictures.columns["index"][chosen].astype(int).tolist()
        return list(renderer.render([what.sample(description["seed"], i) for i in indices]))
    finally:
        renderer.close()


def _jpeg(image: npt.NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "JPEG", quality=93, subsampling=0)
    return out.getvalue()
