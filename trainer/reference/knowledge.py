"""What the official code knows of a latent: its statistics, and linear classifiers of attributes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from diti_studio.core.errors import UsageError
from diti_studio.core.groups import TimestepGroups
from diti_studio.core.packs import Attribute
from trainer.discovery import Discovered
from trainer.latents import COMPONENTS, Statistics
from trainer.reference.layout import ClassifierFile
from trainer.reference.weights import Weights, load

Floats = npt.NDArray[np.floating]

CELEBA = (
    "5_o_Clock_Shadow", "Arched_Eyebrows", "Attractive", "Bags_Under_Eyes", "Bald", "Bangs", "Big_Lips", "Big_Nose",
    "Black_Hair", "Blond_Hair", "Blurry", "Brown_Hair", "Bushy_Eyebrows", "Chubby", "Double_Chin", "Eyeglasses",
    "Goatee", "Gray_Hair", "Heavy_Makeup", "High_Cheekbones", "Male", "Mouth_Slightly_Open", "Mustache", "Narrow_Eyes",
    "No_Beard", "Oval_Face", "Pale_Skin", "Pointy_Nose", "Receding_Hairline", "Rosy_Cheeks", "Sideburns", "Smiling",
    "Straight_Hair", "Wavy_Hair", "Wearing_Earrings", "Wearing_Hat", "Wearing_Lipstick", "Wearing_Necklace",
    "Wearing_Necktie", "Young",
)  # fmt: skip
"""The attributes of CelebA in the order of its table (Liu et al., ICCV 2015), which is that of a classifier's rows."""

UNIT = 0.1
"""The s of the manipulation z' = (z_n + s sqrt(D) w / |w|) std + mean that amount 1 of an attribute stands for."""

RANGE = (-3.0, 3.0)
"""That is s up to 0.3, at which the papers show their edits."""


def read_statistics(path: Path, latent_dim: int) -> Statistics:
    """stats.pt: ``mean`` and ``std``, each [D]. A dim that never varies gets the deviation 1.

    Raises:
        UsageError: the file is none, or of another latent.
    """
    weights = Weights(load(path), "the latent's statistics", path)
    mean, std = (weights.take(name, latent_dim).numpy().astype(np.float64) for name in ("mean", "std"))
    if (std < 0).any():
        raise UsageError(f"{path} cannot be used: a standard deviation is below zero.")
    return Statistics(mean, np.where(std > 0, std, 1.0))


def discovered(
    statistics: Statistics, principal: Floats | None, files: Sequence[ClassifierFile], groups: TimestepGroups
) -> Discovered:
    """What a pack says of the latent.

    A classifier reads z_n = (z - mean) / std, masked where ProMask chose dims, and its row w gives the direction
    UNIT sqrt(D) std w / |w| (method: manipulation). No picture was looked at, so the range is the papers', the profile
    says where the direction lies and not what it does, and each attribute is marked as experimental.

    Args:
        principal: [C, D], or None where no pictures were given.

    Raises:
        UsageError: a classifier is none, of another latent, or of an attribute that CelebA does not have.
    """
    dims = groups.latent_dim
    named = dict[str, tuple[Attribute, Floats, Floats, float]]()
    for file in files:
        for attribute, weight, bias in _rows(file, dims):
            unit = weight / max(float(np.linalg.norm(weight)), 1e-12)
            profile = [float(np.square(unit[g.dim_start : g.dim_end]).sum()) for g in groups.groups]
            seen = int(np.count_nonzero(weight))
            name, title = attribute.lower(), _title(attribute)
            if seen < dims:
                name, title = f"{name}-{seen}", f"{title} ({seen} dims)"
            named.setdefault(
                name,
                (
                    Attribute(
                        name=name, title=title, kind="binary", range=RANGE, minus="no", plus="yes",
                        profile=tuple(round(share, 5) for share in profile), experimental=True,
                    ),
                    UNIT * np.sqrt(dims) * statistics.std * unit,
                    weight,
                    bias,
                ),
            )  # fmt: skip
    rows = list(named.values())
    empty = np.zeros((0, dims))
    return Discovered(
        statistics.mean,
        statistics.std,
        np.zeros((COMPONENTS, dims)) if principal is None else principal,
        np.stack([row[1] for row in rows]) if rows else empty,
        np.stack([row[2] for row in rows]) if rows else empty,
        np.array([row[3] for row in rows]),
        tuple(row[0] for row in rows),
    )


def _rows(file: ClassifierFile, dims: int) -> list[tuple[str, Floats, float]]:
    """(attribute, weight [D] on normalised latents, bias) of each row of a classifier that is not zero."""
    names = CELEBA if file.attribute is None else (file.attribute,)
    if file.attribute is not None and file.attribute not in CELEBA:
        raise UsageError(f"{file.path} is a classifier of {file.attribute}, which is no attribute of CelebA.")
    state = load(file.path)
    weights = Weights(state.get("ema_classifier", state.get("classifier")), "the classifier", file.path)
    weight = weights.take("weight", len(names), dims).numpy().astype(np.float64) * _mask(state, dims, file.path)
    bias = weights.take("bias", len(names)).numpy().astype(np.float64)
    return [(name, weight[i], float(bias[i])) for i, name in enumerate(names) if weight[i].any()]


def _mask(state: dict[str, Any], dims: int, path: Path) -> Floats:
    """ProMask's choice of dims [D]; 1 where there is none."""
    subnet = state.get("mask_subnet")
    if subnet is None:
        return np.ones(dims)
    mask = Weights({"mask_subnet": subnet}, "the classifier", path).take("mask_subnet", dims)
    return torch.where(mask > 0.5, 1.0, 0.0).numpy().astype(np.float64)


def _title(attribute: str) -> str:
    """A name of CelebA's table as users read it."""
    words = attribute.replace("5_o_Clock", "5_o'clock").replace("_", " ").lower()
    return words[0].upper() + words[1:]
