"""What a change is called in the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diti_studio.ui.language import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diti_studio.core.edit import Blend, Edit, Moves
    from diti_studio.core.packs import Pack


def attribute_change(pack: Pack, name: str, amount: float) -> str:
    """``Smile +1.20``."""
    title = next((a.title for a in pack.manifest.attributes if a.name == name), name)
    return f"{title} {_amount(amount)}"


def groups_change(before: Sequence[float], after: Sequence[float]) -> str:
    """``Time-step groups 12–19 to +1.20``: the groups that differ, and their amount where they share one."""
    changed = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    if not changed:
        return translate("history", "Time-step groups")
    first, last = changed[0], changed[-1]
    where = _where(first, last)
    amounts = {after[i] for i in changed}
    return f"{where} {_amount(amounts.pop())}" if len(amounts) == 1 else where


def blend_change(blend: Blend | None, noise: float) -> str:
    """``Borrow groups 12–19, 50 %``."""
    if blend is None:
        return (
            translate("history", "Borrow noise, {0:.0f} %").format(100 * noise)
            if noise
            else translate("history", "Borrow nothing")
        )
    return translate("history", "Borrow groups {0}–{1}, {2:.0f} %").format(
        blend.start, blend.end - 1, 100 * blend.alpha
    )


def part(pack: Pack, moves: Moves) -> str:
    """``Smile +1.20``, ``Groups 12–19 +0.50``, ``Bars of 7 groups, −0.40 to +1.10``, ``Borrow groups 0–7, 50 %``."""
    for name, amount in moves.attributes.items():
        return attribute_change(pack, name, amount)
    if not moves.groups:
        return blend_change(moves.blends[0] if moves.blends else None, moves.blend_noise)
    component = moves.groups[0].component
    text = _bars(moves, component)
    return text if component == 0 else translate("history", "{0} (direction {1})").format(text, component + 1)


def edit_summary(pack: Pack, edit: Edit) -> str:
    """``Smile +1.20, Age −0.50, 3 moves of time-step groups, borrows from another picture``."""
    parts = [attribute_change(pack, name, amount) for name, amount in edit.attributes.items()]
    if edit.groups:
        parts.append(
            translate("history", "one move of time-step groups")
            if len(edit.groups) == 1
            else translate("history", "{0} moves of time-step groups").format(len(edit.groups))
        )
    if edit.needs_reference:
        parts.append(translate("history", "borrows from another picture"))
    return ", ".join(parts) or translate("history", "changes nothing")


def _bars(moves: Moves, component: int) -> str:
    """Moves along one component, as their sum looks in the equaliser."""
    start, end = min(move.start for move in moves.groups), max(move.end for move in moves.groups)
    sums = moves.group_amounts(end, component).round(6).tolist()  # 0.1 + 0.2 − 0.3 is nothing
    bars = {i: amount for i, amount in enumerate(sums) if amount}
    if not bars:
        return f"{_where(start, end - 1)} {_amount(0)}"
    first, last, low, high = min(bars), max(bars), min(bars.values()), max(bars.values())
    if low == high and len(bars) == last - first + 1:
        return f"{_where(first, last)} {_amount(low)}"
    return translate("history", "Bars of {0} groups, {1} to {2}").format(len(bars), _amount(low), _amount(high))


def _where(first: int, last: int) -> str:
    if first == last:
        return translate("history", "Group {0}").format(first)
    return translate("history", "Groups {0}–{1}").format(first, last)


def _amount(amount: float) -> str:
    return f"{amount:+.2f}".replace("-", "−") if amount else translate("history", "to zero")
