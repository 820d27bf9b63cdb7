"""Which attributes directions are sought for, given the pictures that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from trainer.attributes import faces, rooms
from trainer.attributes.columns import is_silent
from trainer.attributes.spec import AttributeSpec, label, labels, number, one_of

if TYPE_CHECKING:
    from trainer.data.pictures import Pictures


# Of each domain its attributes, and the hand labels that these read.
_DOMAINS = {"face": (faces.FACES, faces.SHARED_LABELS), "room": (rooms.ROOMS, rooms.SHARED_LABELS)}


def specs_for(domain: str, sources: Sequence[Pictures]) -> tuple[AttributeSpec, ...]:
    """The attributes that something is known about: those of the domain, then one for each column of the users' own.

    A column of numbers of a table of labels is one; so are a factor of a renderer of which no attribute of the domain
    is known, and each category of a factor that has categories.
    """
    named, shared = _DOMAINS.get(domain, ((), frozenset[str]()))
    taken = {spec.name for spec in named}
    out = [spec for spec in named if any(_known(spec, pictures) for pictures in sources)]
    for pictures in sources:
        rendered = pictures.kind == "rendered"
        if rendered and any(_known(spec, pictures) for spec in named):
            continue
        for column, values in pictures.columns.items():
            if is_silent(column) or column in shared:
                continue
            for spec in _specs_of(column, values, rendered=rendered):
                same = next((i for i, s in enumerate(out) if s.title == spec.title and s not in named), None)
                if same is not None:  # another source has the column too
                    if rendered:
                        out[same] = replace(out[same], factor=spec.factor)
                    else:
                        out[same] = replace(out[same], label=spec.label)
                    continue
                while spec.name in taken:
                    spec = replace(spec, name=f"own-{spec.name}", title=f"{spec.title} (own)")
                taken.add(spec.name)
                out.append(spec)
    return tuple(out)


def changes(kind: str) -> tuple[tuple[str, ...], ...]:
    """The sets of factors that make up each attribute of a kind of renders, for counterfactual pairs.

    Attributes that are read from the same factors are one set: no hair is blond and dark.
    """
    named, _ = _DOMAINS.get(kind.removesuffix("s"), ((), frozenset[str]()))
    return tuple(dict.fromkeys(spec.factor.columns for spec in named if spec.factor is not None))


def _specs_of(column: str, values: npt.NDArray[Any], *, rendered: bool) -> Iterator[AttributeSpec]:
    """The attributes that a column tells; none when it is the same for all pictures."""
    if values.dtype.kind in "US":
        categories = sorted(set(values.tolist())) if rendered else []
        for category in categories if len(categories) > 1 else ():
            title = f"{column} {category}".replace("_", " ").capitalize()
            yield AttributeSpec(
                slug(f"{column}-{category}"), title, "no", "yes", one_of(column, category), family=column, kind="binary"
            )
        return
    numbers = values.astype(np.float64) if rendered else labels(values)
    known = numbers[~np.isnan(numbers)]
    if not len(known) or known.min() == known.max():
        return
    binary = bool(np.isin(known, (0, 1)).all())
    title = re.sub(r"[_\s]+", " ", column).strip() or "attribute"
    yield AttributeSpec(
        slug(column), title[0].upper() + title[1:], "no" if binary else "less", "yes" if binary else "more",
        number(column) if rendered else None, None if rendered else label(column),
        kind="binary" if binary else "continuous",
    )  # fmt: skip


def slug(text: str) -> str:
    """A name that an attribute of a pack may have: small letters, digits, dots, dashes; at most 48."""
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip(".-_")[:48] or "attribute"


def _known(spec: AttributeSpec, pictures: Pictures) -> bool:
    return bool((~np.isnan(pictures.values([spec]))).any())
