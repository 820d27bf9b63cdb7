"""An edit as a list of parts, each of which can be switched off and on again, or removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from diti_studio.core.edit import Edit, Moves


@dataclass(frozen=True)
class Part:
    """One attribute, all bars of one principal direction, one blend, or the noise of the reference.

    Attributes:
        moves: this part alone.
        on: whether the edit makes these moves now.
    """

    moves: Moves
    on: bool


def parts(edit: Edit) -> list[Part]:
    """What an edit consists of, in an order that switching does not change."""
    found = [Part(moves, on) for source, on in ((edit, True), (edit.off, False)) for moves in _apart(source)]
    return sorted(found, key=_place)


def switched(edit: Edit, part: Part) -> Edit:
    """The edit with a part off that is on, or on that is off; bars add up with what was painted meanwhile."""
    edit = without(edit, part)
    on, off = _moves(edit), edit.off
    return edit.with_moves(on, _joined(off, part.moves)) if part.on else edit.with_moves(_joined(on, part.moves), off)


def without(edit: Edit, part: Part) -> Edit:
    """The edit without a part."""
    on, off = _moves(edit), edit.off
    return edit.with_moves(_less(on, part.moves), off) if part.on else edit.with_moves(on, _less(off, part.moves))


def _apart(moves: Moves) -> Iterator[Moves]:
    for name, amount in moves.attributes.items():
        yield Moves(attributes={name: amount})
    for component in sorted({move.component for move in moves.groups}):
        yield Moves(groups=tuple(move for move in moves.groups if move.component == component))
    for blend in moves.blends:
        yield Moves(blends=(blend,))
    if moves.blend_noise:
        yield Moves(blend_noise=moves.blend_noise)


def _place(part: Part) -> tuple[int, str, int, int]:
    moves = part.moves
    if moves.attributes:
        return 0, next(iter(moves.attributes)), 0, 0
    if moves.groups:
        return 1, "", moves.groups[0].component, 0
    if moves.blends:
        return 2, "", moves.blends[0].start, moves.blends[0].end
    return 3, "", 0, 0


def _moves(edit: Edit) -> Moves:
    return Moves(**{name: getattr(edit, name) for name in Moves.model_fields})


def _joined(a: Moves, b: Moves) -> Moves:
    groups = sorted((*a.groups, *b.groups), key=lambda move: move.component)
    return Moves(
        attributes={**a.attributes, **b.attributes}, groups=tuple(groups), blends=(*a.blends, *b.blends),
        blend_noise=b.blend_noise or a.blend_noise,
    )  # fmt: skip


def _less(a: Moves, b: Moves) -> Moves:
    left = list(a.blends)
    for blend in b.blends:
        left.remove(blend)
    return Moves(
        attributes={k: v for k, v in a.attributes.items() if k not in b.attributes},
        groups=tuple(move for move in a.groups if move not in b.groups),
        blends=tuple(left),
        blend_noise=0.0 if b.blend_noise else a.blend_noise,
    )
