"""The named attributes of faces: what they are called, and how their value is found in tables.

A value comes from the factors of a rendered picture, or from a hand label of a real one; the two are brought to the
same scale here, so that they can be used together. Unknown is NaN.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from trainer.data.pictures import Pictures

Floats = npt.NDArray[np.floating]
Columns = Mapping[str, npt.NDArray[Any]]
"""A table: column name -> [N] numbers or strings."""

Read = Callable[[Columns], Floats]


@dataclass(frozen=True)
class AttributeSpec:
    """An attribute that a direction is sought for.

    Attributes:
        factor: its value [N] from the table of rendered factors; None where no renderer knows it.
        label: its value [N] from hand labels, on the same scale; None where nobody labelled it.
        family: attributes of one family say partly the same (blond hair is not dark): a change of one is not counted
            as a leak of the other.
        kind: how the probe reads it, continuous (in standard deviations) or binary (as a logit).
    """

    name: str
    title: str
    minus: str
    plus: str
    factor: Read | None
    label: Read | None = None
    family: str = ""
    kind: Literal["continuous", "binary"] = "continuous"

    def unit(self, values: Floats) -> float:
        """What amount 1 stands for: a standard deviation; half of the way from no to yes for a binary attribute."""
        return 0.5 if self.kind == "binary" else float(np.nanstd(values))


def number(name: str) -> Read:
    """The column as it is."""
    return lambda columns: columns[name].astype(np.float64)


def one_of(name: str, *categories: str) -> Read:
    """1 where the column holds one of the categories, else 0."""
    return lambda columns: np.isin(columns[name].astype(str), categories).astype(np.float64)


def scaled(name: str, values: Sequence[float], *, unknown: float | None = None) -> Read:
    """A hand label 0, 1, 2... as the values that rendered faces of that look have."""

    def read(columns: Columns) -> Floats:
        labels = columns[name].astype(np.float64)
        out = np.interp(labels, np.arange(len(values)), np.asarray(values, np.float64))
        return out if unknown is None else np.where(labels == unknown, np.nan, out)

    return read


def is_label(name: str, *codes: int) -> Read:
    """1 where a hand label is one of the codes, 0 where it is another, NaN where it is -1."""

    def read(columns: Columns) -> Floats:
        labels = columns[name].astype(np.float64)
        return np.where(labels < 0, np.nan, np.isin(labels, codes).astype(np.float64))

    return read


def labels(values: npt.NDArray[Any]) -> Floats:
    """A column of hand labels [N] as numbers, NaN where unknown.

    -1 and 1 alone are no and yes (CelebA's way), 0 and 1; among whole numbers -1 is "unknown"; all else is as it is.
    """
    numbers = values.astype(np.float64)
    known = numbers[~np.isnan(numbers)]
    if set(known.tolist()) == {-1.0, 1.0}:
        return (numbers + 1) / 2
    if len(known) and (known == np.rint(known)).all() and known.min() == -1:
        return np.where(numbers == -1, np.nan, numbers)
    return numbers


def label(name: str) -> Read:
    """A column of hand labels, as ``labels`` reads it."""
    return lambda columns: labels(columns[name])


def _background(columns: Columns) -> Floats:
    weights = (0.2126, 0.7152, 0.0722)
    pairs = zip("rgb", weights, strict=True)
    return sum((w * (number(f"bg0_{c}")(columns) + number(f"bg1_{c}")(columns)) / 2 for c, w in pairs), np.zeros(1))


_HAIR_AMOUNT = {"bald": 0.0, "buzz": 0.15, "short": 0.35, "swept": 0.4, "afro": 0.55, "medium": 0.75}


def _hair_length(columns: Columns) -> Floats:
    styles = columns["hair_style"].astype(str)
    return np.array([_HAIR_AMOUNT.get(style, 1.0) for style in styles])


FACES: tuple[AttributeSpec, ...] = (
    AttributeSpec("smile", "Smile", "serious", "smiling", number("smile"),
                  scaled("smiling", (-0.05, 0.4, 0.85)), "mouth"),
    AttributeSpec("mouth_open", "Mouth open", "closed", "open", number("mouth_open"), family="mouth"),
    AttributeSpec("age", "Age", "younger", "older", number("age"), scaled("age_group", (32, 50, 68))),
    AttributeSpec("gender", "Feminine – masculine", "feminine", "masculine", number("gender"),
                  scaled("male", (0.12, 0.88))),
    AttributeSpec("glasses", "Glasses", "none", "glasses", number("glasses"), scaled("eyeglasses", (0, 1)),
                  kind="binary"),
    AttributeSpec("beard", "Beard", "shaved", "bearded", number("beard"), scaled("beard", (0, 0.4, 0.9))),
    AttributeSpec("hair_blond", "Blond hair", "less blond", "blond", one_of("hair_color", "blond"),
                  is_label("hair_colour", 2), "hair colour", "binary"),
    AttributeSpec("hair_dark", "Dark hair", "lighter", "dark", one_of("hair_color", "black"),
                  is_label("hair_colour", 0), "hair colour", "binary"),
    AttributeSpec("hair_grey", "Grey hair", "less grey", "grey", one_of("hair_color", "grey", "white"),
                  is_label("hair_colour", 4, 5), "hair colour", "binary"),
    AttributeSpec("hair_red", "Red hair", "less red", "red", one_of("hair_color", "red"),
                  is_label("hair_colour", 3), "hair colour", "binary"),
    AttributeSpec("hair_length", "Hair length", "short", "long", _hair_length,
                  scaled("hair_length", (0.3, 0.7, 1.0)), "hair amount"),
    AttributeSpec("bald", "Bald", "full hair", "bald", one_of("hair_style", "bald"),
                  scaled("bald", (0, 0.5, 1)), "hair amount", "binary"),
    AttributeSpec("fringe", "Fringe", "forehead free", "fringe", number("fringe"),
                  scaled("bangs", (0.05, 0.8)), "hair amount"),
    AttributeSpec("skin_tone", "Skin tone", "lighter", "darker", number("skin_tone")),
    AttributeSpec("weight", "Face width", "narrow", "wide", number("weight")),
    AttributeSpec("lips", "Lipstick", "none", "painted", number("lips_strength"),
                  scaled("lipstick", (0.15, 0.75)), "make-up"),
    AttributeSpec("makeup", "Eye make-up", "none", "strong", number("makeup"), family="make-up"),
    AttributeSpec("brow_raise", "Eyebrows", "lowered", "raised", number("brow_raise"), family="eyes"),
    AttributeSpec("eye_close", "Eyelids", "wide open", "half closed", number("eye_close"), family="eyes"),
    AttributeSpec("yaw", "Turn head", "to the left", "to the right", number("yaw")),
    AttributeSpec("pitch", "Nod", "down", "up", number("pitch")),
    AttributeSpec("light_az", "Light from the side", "from the left", "from the right", number("light_az")),
    AttributeSpec("light_intensity", "Brightness", "dimmer", "brighter", number("light_intensity"), family="light"),
    AttributeSpec("light_warmth", "Warmth of light", "cool", "warm", number("light_warmth")),
    AttributeSpec("background", "Background", "dark", "bright", _background),
)  # fmt: skip

SILENT = frozenset({
    "index", "name", "seed", "noise_seed", "bg_seed", "bg_angle", "source_px", "matte", "quality",
    "background_blue",  # the background is replaced
})  # fmt: skip
"""Columns that pick random texture, or that say how the picture was cut out; so do those that begin with "crop_"."""

SHARED_LABELS = frozenset({
    "smiling", "age_group", "male", "eyeglasses", "beard", "hair_colour", "hair_length", "bald", "bangs", "lipstick",
})  # fmt: skip
"""Hand labels that FACES reads."""


def is_silent(name: str) -> bool:
    """Whether a column says nothing about looks."""
    return name in SILENT or name.startswith("crop_")


def specs_for(domain: str, sources: Sequence[Pictures]) -> tuple[AttributeSpec, ...]:
    """The attributes that something is known about: FACES for faces, then one for each column of the users' own.

    A column of numbers of a table of labels is one; outside the domain of faces so is a factor of a renderer, and each
    category of a factor that has categories.
    """
    faces = FACES if domain == "face" else ()
    taken = {spec.name for spec in faces}
    out = [spec for spec in faces if any(_known(spec, pictures) for pictures in sources)]
    for pictures in sources:
        rendered = pictures.kind == "rendered"
        if rendered and domain == "face":
            continue
        for column, values in pictures.columns.items():
            if is_silent(column) or (domain == "face" and column in SHARED_LABELS):
                continue
            for spec in _specs_of(column, values, rendered=rendered):
                same = next((i for i, s in enumerate(out) if s.title == spec.title and s not in faces), None)
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


# Columns that say nothing about looks, and those that attributes are computed from: these would be collinear.
_REDUNDANT = {
    "index", "seed", "noise_seed", "bg_seed", "bg_angle", "hair_style", "hair_color",
    "bg0_r", "bg0_g", "bg0_b", "bg1_r", "bg1_g", "bg1_b",
}  # fmt: skip
_SAME = 0.99  # correlation above which a factor is an attribute under another name


def confounders(columns: Columns, specs: Sequence[AttributeSpec] = FACES) -> Floats:
    """[N, F]: every rendered factor, categories as 0/1 columns (the first left out), for regression beside ``specs``.

    Factors that an attribute is, whatever it is called there, stand among the attributes and are left out here.
    """
    attributes = [_standardised(values) for values in table(specs, columns).T]
    out = list[Floats]()
    for name, values in columns.items():
        if name in _REDUNDANT:
            continue
        if values.dtype.kind in "US":
            found = [(values == category).astype(np.float64) for category in sorted(set(values.tolist()))[1:]]
        else:
            found = [values.astype(np.float64)]
        out += [f for f in found if not any(abs(float(_standardised(f) @ a)) > _SAME * len(f) for a in attributes)]
    return np.stack(out, axis=1) if out else np.zeros((len(next(iter(columns.values()))), 0))


def _standardised(values: Floats) -> Floats:
    spread = values.std()
    return (values - values.mean()) / spread if spread > 0 else np.zeros(len(values))


def table(specs: Sequence[AttributeSpec], columns: Columns, *, labels: bool = False) -> Floats:
    """[N, A]: the values of the attributes in a table of factors, or of hand labels; NaN where unknown."""
    count = len(next(iter(columns.values())))
    out = np.full((count, len(specs)), np.nan)
    for i, spec in enumerate(specs):
        read = spec.label if labels else spec.factor
        if read is None:
            continue
        try:
            out[:, i] = read(columns)
        except (KeyError, ValueError):  # a table of other columns, or of text where numbers are read
            continue
    return out
