"""Whether an edit leaves the person the same, as a network reads it that was trained on rendered identities.

No face recogniser's weights are needed: the reader (``readers``) learns from renders the factors that make a person,
such as the width of the jaw and the distance of the eyes, and two pictures are compared by what it reads off them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from trainer.attributes import AttributeSpec, number
from trainer.data.pictures import Pictures
from trainer.evaluation.readers import Floats, Pixels, Reader, reader

IDENTITY: tuple[AttributeSpec, ...] = tuple(
    AttributeSpec(name, name.replace("_", " ").capitalize(), "less", "more", number(name))
    for name in (
        "gender", "age", "weight", "eth_african", "eth_asian", "eth_caucasian", "nose_size", "nose_width", "nose_curve",
        "jaw_width", "chin_size", "eye_size", "eye_spacing", "eye_slant", "lips_fullness", "mouth_width", "face_length",
        "forehead", "cheekbones", "brow_ridge", "ear_size", "skin_tone",
    )
)  # fmt: skip


def identity_reader(sets: Sequence[Pictures], say: Callable[[str], None] | None = None) -> Reader | None:
    """The reader of identities, from the cache or trained now; None where no rendered faces are among the sets."""
    faces = [p for p in sets if p.kind == "rendered" and all(spec.name in p.columns for spec in IDENTITY)]
    return reader(faces, IDENTITY, progress=say) if faces else None


def identity_kept(reads: Reader, before: Pixels, after: Pixels) -> Floats:
    """[N] cosine between what is read off a picture and off its edit, in standard deviations from the mean face.

    1: the same person; about 0 for two people chosen at random.
    """
    a, b = reads.read(before), reads.read(after)
    return (a * b).sum(axis=1) / np.maximum(np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1), 1e-9)
