"""Puts a model pack together beside its place, checks it as a stranger's, and only then lets it be seen."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from diti_studio.core.atomic import replace_folder
from diti_studio.core.errors import UsageError
from diti_studio.core.packs import MANIFEST, SUFFIX, FileEntry, Manifest, Pack, Stage
from trainer.discovery import Discovered

_USUAL = (50, 100, 300, 500, 1000)
_NAMES: dict[tuple[str, tuple[int, ...]], tuple[str, ...]] = {
    ("face", _USUAL): ("Texture", "Fine detail", "Face and hair", "Skin and background", "Overall tone"),
    ("room", _USUAL): ("Texture", "Tints", "Room and furniture", "Brightness", "Overall tone"),
    ("", _USUAL): ("Texture", "Fine detail", "Features", "Colours", "Overall tone"),
    ("", (1000,)): ("All",),
}
"""By domain ("": any other) and ends; after what the bundled packs' stages were measured to carry (docs/packs.md)."""


@contextmanager
def staged(pack: Path) -> Iterator[Path]:
    """A folder to write a pack into; when the block ends well it is verified and takes the place of ``pack``.

    Whatever fails, an older pack there stays as it was.

    Raises:
        UsageError: something that is no pack folder is in the way; before anything is written.
    """
    refuse_other(pack)
    staging = pack.with_name(f".{pack.name}.{os.getpid()}.new")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        yield staging
        Pack.open(staging).verify()
        replace_folder(pack, staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def refuse_other(pack: Path) -> None:
    """Raises UsageError unless a pack may be written to this path: it is free, empty, or holds a pack."""
    if pack.suffix == SUFFIX:
        raise UsageError(f"{pack} cannot be written: an export makes a folder, so leave out {SUFFIX}.")
    if pack.exists() and not (pack / MANIFEST).is_file() and (not pack.is_dir() or any(pack.iterdir())):
        raise UsageError(f"{pack} already holds something that is no model pack: choose another folder.")


def write_files(folder: Path, manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """Writes the files of a pack, and the manifest with their hashes."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    whole = manifest.model_copy(update={"files": entries(files)})
    (folder / MANIFEST).write_text(whole.model_dump_json(indent=1), encoding="utf-8")


def entries(files: Mapping[str, bytes]) -> dict[str, FileEntry]:
    """What the manifest says of files."""
    return {
        name: FileEntry(sha256=hashlib.sha256(content).hexdigest(), size=len(content))
        for name, content in files.items()
    }


def stage_entries(ends: tuple[int, ...], domain: str) -> tuple[Stage, ...]:
    """The manifest's stages: by name where their ends are known, else by number."""
    names = _NAMES.get((domain, ends)) or _NAMES.get(("", ends)) or tuple(f"Stage {i + 1}" for i in range(len(ends)))
    return tuple(
        Stage(name=name, t_start=start, t_end=end) for name, start, end in zip(names, (0, *ends), ends, strict=False)
    )


def latents_file(found: Discovered) -> bytes:
    """latents.safetensors."""
    tensors = {
        "mean": found.mean,
        "std": found.std,
        "principal": found.principal,
        "attribute.directions": found.directions,
        "attribute.weights": found.weights,
        "attribute.bias": found.bias,
    }
    return save({name: np.ascontiguousarray(value, np.float32) for name, value in tensors.items()})
