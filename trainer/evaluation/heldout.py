"""Pictures with known values, for measuring and for finding directions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from diti_studio.core.errors import UsageError
from trainer.config import Config, DataOptions, parse_source
from trainer.data.decoded import Pixels
from trainer.data.pictures import Kind, Pictures
from trainer.data.sources import is_known, open_pictures

__all__ = ["Kind", "Pictures", "held_out", "kinds_of", "load", "load_sets", "sets_of_run"]


def load(folder: Path, size: int, options: DataOptions | None = None) -> Pictures:
    """A source about whose pictures something is known; see ``trainer.data.open_pictures``.

    Raises:
        UsageError: it cannot be read, or nothing is known about it.
    """
    if not is_known(folder):
        raise UsageError(
            f"Nothing is known about the pictures in {folder}: it has neither renders (factors.csv) nor labels.csv "
            "nor the lists of CelebA or LFW."
        )
    return open_pictures(folder, size, options)


def load_sets(folders: Sequence[Path], size: int, options: DataOptions | None = None) -> list[Pictures]:
    """Several sources, as ``load`` reads each."""
    return [load(folder, size, options) for folder in folders]


def sets_of_run(config: Config) -> list[Pictures]:
    """The pictures that a run was trained on, as far as something is known about them and they are still there."""
    folders = [parse_source(source)[0] for source in config.data.sources]
    return load_sets([folder for folder in folders if is_known(folder)], config.image_size, config.data)


def kinds_of(sets: Sequence[Pictures]) -> tuple[Kind, ...]:
    """The kinds of pictures that there are, in order of appearance."""
    return tuple(dict.fromkeys(pictures.kind for pictures in sets))


def held_out(sets: Sequence[Pictures], kind: Kind, count: int) -> tuple[Pixels, list[Pictures]]:
    """Held-out pictures of a kind from all sets, at most ``count`` and evenly spread; and the parts they come from."""
    of_kind = [pictures for pictures in sets if pictures.kind == kind]
    parts = [pictures.spread(pictures.held, -(-count // len(of_kind))) for pictures in of_kind]
    return np.concatenate([part.images for part in parts]), parts
