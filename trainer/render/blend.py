"""From factors to weights of MakeHuman's blend-shape targets.

A target is a set of vertex displacements; a face is the base mesh plus a weighted sum of targets. The names are
those of MakeHuman's CC0 target files, without the extension.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from trainer.render.factors import FaceFactors

Recipe = tuple[tuple[str, float], ...]

_EXPRESSION = "expression/units/caucasian/"
_ETHNICITIES = ("african", "asian", "caucasian")
_SEXES = ("female", "male")
_AGES = ("child", "young", "old")
_WEIGHTS = ("minweight", "averageweight", "maxweight")


def _both(folder: str, name: str, amount: float) -> Recipe:
    """The left and the right target of a mirrored pair."""
    return tuple((f"{folder}/{side}-{name}", amount) for side in "lr")


def _eyes(name: str, amount: float) -> Recipe:
    return _both("eyes", name, amount)


def _cheeks(name: str, amount: float) -> Recipe:
    return _both("cheek", name, amount)


def _unit(name: str, amount: float) -> Recipe:
    return ((_EXPRESSION + name, amount),)


def _sides(pattern: str, amount: float) -> Recipe:
    return tuple((_EXPRESSION + pattern.format(side), amount) for side in ("left", "right"))


# For each signed factor: the targets at +1 and at -1; in between they scale linearly.
_SHAPES: dict[str, tuple[Recipe, Recipe]] = {
    "nose_size": (
        (("nose/nose-volume-incr", 0.8), ("nose/nose-scale-vert-incr", 0.5), ("nose/nose-scale-depth-incr", 0.6)),
        (("nose/nose-volume-decr", 0.8), ("nose/nose-scale-vert-decr", 0.5), ("nose/nose-scale-depth-decr", 0.5)),
    ),
    "nose_width": (
        (("nose/nose-width1-incr", 0.5), ("nose/nose-width3-incr", 0.8), ("nose/nose-scale-horiz-incr", 0.4)),
        (("nose/nose-width1-decr", 0.5), ("nose/nose-width3-decr", 0.8), ("nose/nose-scale-horiz-decr", 0.4)),
    ),
    "nose_curve": (
        (("nose/nose-hump-incr", 0.6), ("nose/nose-curve-convex", 0.5), ("nose/nose-point-down", 0.5)),
        (("nose/nose-curve-concave", 0.6), ("nose/nose-point-up", 0.6)),
    ),
    "jaw_width": (
        (("chin/chin-bones-incr", 0.7), ("head/head-square", 0.4), ("chin/chin-width-incr", 0.5)),
        (("chin/chin-bones-decr", 0.6), ("head/head-invertedtriangular", 0.5), ("chin/chin-width-decr", 0.5)),
    ),
    "chin_size": (
        (("chin/chin-height-incr", 0.6), ("chin/chin-prominent-incr", 0.5), ("chin/chin-prognathism-incr", 0.3)),
        (("chin/chin-height-decr", 0.6), ("chin/chin-prominent-decr", 0.5)),
    ),
    "eye_size": (
        _eyes("eye-scale-incr", 0.8) + _eyes("eye-height2-incr", 0.4),
        _eyes("eye-scale-decr", 0.6) + _eyes("eye-height2-decr", 0.35),
    ),
    "eye_spacing": (_eyes("eye-trans-out", 0.6), _eyes("eye-trans-in", 0.5)),
    "eye_slant": (_eyes("eye-corner2-up", 0.7), _eyes("eye-corner2-down", 0.7)),
    "lips_fullness": (
        (
            ("mouth/mouth-upperlip-volume-incr", 0.8),
            ("mouth/mouth-lowerlip-volume-incr", 0.8),
            ("mouth/mouth-upperlip-height-incr", 0.7),
            ("mouth/mouth-lowerlip-height-incr", 0.7),
        ),
        (
            ("mouth/mouth-upperlip-volume-decr", 0.7),
            ("mouth/mouth-lowerlip-volume-decr", 0.7),
            ("mouth/mouth-upperlip-height-decr", 0.6),
            ("mouth/mouth-lowerlip-height-decr", 0.6),
        ),
    ),
    "mouth_width": ((("mouth/mouth-scale-horiz-incr", 0.6),), (("mouth/mouth-scale-horiz-decr", 0.6),)),
    "face_length": (
        (("head/head-scale-vert-incr", 0.5), ("head/head-rectangular", 0.35), ("head/head-oval", 0.3)),
        (("head/head-round", 0.6), ("head/head-scale-vert-decr", 0.4)),
    ),
    "forehead": (
        (("forehead/forehead-scale-vert-incr", 0.6), ("forehead/forehead-nubian-incr", 0.4)),
        (("forehead/forehead-scale-vert-decr", 0.6), ("forehead/forehead-nubian-decr", 0.4)),
    ),
    "cheekbones": (
        _cheeks("cheek-bones-incr", 0.8) + _cheeks("cheek-inner-decr", 0.4),
        _cheeks("cheek-bones-decr", 0.6),
    ),
    "brow_ridge": (
        (
            ("eyebrows/eyebrows-trans-forward", 0.7),
            ("eyebrows/eyebrows-trans-down", 0.35),
            ("eyebrows/eyebrows-angle-up", 0.4),
        ),
        (
            ("eyebrows/eyebrows-trans-backward", 0.4),
            ("eyebrows/eyebrows-trans-up", 0.35),
            ("eyebrows/eyebrows-angle-down", 0.4),
        ),
    ),
    "ear_size": (_both("ears", "ear-scale-incr", 0.7), _both("ears", "ear-scale-decr", 0.6)),
    "weight": (
        (("head/head-fat-incr", 0.6), ("neck/neck-double-incr", 0.5), *_cheeks("cheek-volume-incr", 0.5)),
        (("head/head-fat-decr", 0.6), *_cheeks("cheek-volume-decr", 0.5)),
    ),
    "brow_raise": (_sides("eyebrows-{}-up", 1.5), _sides("eyebrows-{}-down", 1.0)),
    "mouth_open": (_unit("mouth-open", 0.6), ()),
    "eye_close": (_sides("eye-{}-closure", 1.0), ()),
}

# The smile grows in two parts: lips first stay closed, then part over the upper teeth.
_FROWN: Recipe = _unit("mouth-depression", 1.2)
_SMILE: Recipe = (
    _unit("mouth-corner-puller", 0.85)
    + _unit("mouth-retraction", 0.35)
    + _unit("mouth-part-later", 0.12)
    + (("mouth/mouth-angles-up", 0.5), ("mouth/mouth-laugh-lines-in", 0.3))
    + _sides("eye-{}-slit", 0.22)
    + _cheeks("cheek-trans-up", 0.5)
    + _cheeks("cheek-volume-incr", 0.35)
)
_GRIN: Recipe = (
    *_unit("mouth-part-later", 0.55),
    ("mouth/mouth-scale-horiz-incr", 0.45),
    ("mouth/mouth-upperlip-middle-up", 0.5),
)
_AGED: Recipe = (
    *_eyes("eye-bag-incr", 0.7),
    ("mouth/mouth-laugh-lines-in", 0.7),
    ("neck/neck-double-incr", 0.3),
)

# A man's face differs in these by so much of the factor's range, a woman's by the opposite.
_SEX_SHIFTS = {"brow_ridge": 0.35, "jaw_width": 0.25, "lips_fullness": -0.3, "eye_size": -0.25}


def _macro(ethnicity: str, sex: str, age: str) -> str:
    return f"macrodetails/{ethnicity}-{sex}-{age}"


def _body(sex: str, age: str, weight: str) -> str:
    return f"macrodetails/universal-{sex}-{age}-averagemuscle-{weight}"


def _target_names() -> tuple[str, ...]:
    recipes = [recipe for pair in _SHAPES.values() for recipe in pair] + [_FROWN, _SMILE, _GRIN, _AGED]
    names = {name for recipe in recipes for name, _ in recipe}
    names |= {_macro(*c) for c in product(_ETHNICITIES, _SEXES, _AGES)}
    names |= {_body(*c) for c in product(_SEXES, _AGES, _WEIGHTS)}
    return tuple(sorted(names))


TARGETS: tuple[str, ...] = _target_names()
_INDEX = {name: i for i, name in enumerate(TARGETS)}


def agedness(age: float) -> float:
    """How old a face of ``age`` years looks: 0 up to 25, 1 from 87."""
    return float(np.clip((age - 25) / 62, 0, 1))


def target_weights(f: FaceFactors) -> np.ndarray:
    """Weights of :data:`TARGETS`, float32 [T]."""
    w = np.zeros(len(TARGETS), np.float32)

    def add(recipe: Recipe, amount: float) -> None:
        for name, share in recipe:
            w[_INDEX[name]] += share * amount

    old = agedness(f.age)
    child = max(0.0, (25 - f.age) / 15) * 0.6
    male = -0.25 + 1.5 * f.gender  # beyond 0..1 at both ends: the targets alone are too alike
    heavy = 0.65 * abs(f.weight)
    for age, by_age in zip(_AGES, (child, 1 - child - old, old), strict=True):
        for sex, by_sex in zip(_SEXES, (1 - male, male), strict=True):
            share = by_age * by_sex
            for ethnicity in _ETHNICITIES:
                add(((_macro(ethnicity, sex, age), 1.0),), share * getattr(f, f"eth_{ethnicity}"))
            add(((_body(sex, age, "averageweight"), 1.0),), share * (1 - heavy))
            add(((_body(sex, age, "maxweight" if f.weight > 0 else "minweight"), 1.0),), share * heavy)

    for name, (plus, minus) in _SHAPES.items():
        amount = getattr(f, name) + _SEX_SHIFTS.get(name, 0.0) * (2 * f.gender - 1)
        if name == "mouth_open":
            amount *= 1 - 0.4 * max(0.0, f.smile)  # the lips are already drawn apart
        add(plus if amount > 0 else minus, abs(amount))
    add(_FROWN, max(0.0, -f.smile))
    add(_SMILE, max(0.0, f.smile))
    add(_GRIN, max(0.0, f.smile - 0.45))
    add(_AGED, old)
    return w
