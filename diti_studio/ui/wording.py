"""What a change is called in the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diti_studio.core.edit import Blend, Edit, Moves
    from diti_studio.core.packs import Pack


def _tr(text: str) -> str:
    return QCoreApplication.translate("history", text)


def attribute_change(pack: Pack, name: str, amount: float) -> str:
    """``Smile +1.20``."""
    title = next((a.title for a in pack.manifest.attributes if a.name == name), name)
    return f"{title} {_amount(amount)}"


def groups_change(before: Sequence[float], after: Sequence[float]) -> str:
    """``Time-step groups 12–19 to +1.20``: the groups that differ, and their amount where they share one."""
    changed = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    if not changed:
        return _tr("Time-step groups")
    first, last = changed[0], changed[-1]
    where = _tr("Group {0}").format(first) if first == last else _tr("Groups {0}–{1}").format(first, last)
    amounts = {after[i] for i in changed}
    return f"{where} {_amount(amounts.pop())}" if len(amounts) == 1 else where


def blend_change(blend: Blend | None, noise: float) -> str:
    """``Borrow groups 12–19, 50 %``."""
    if blend is None:
        return _tr("Borrow noise, {0:.0f} %").format(100 * noise) if noise else _tr("Borrow nothing")
    return _tr("Borrow groups {0}–{1}, {2:.0f} %").format(blend.start, blend.end - 1, 100 * blend.alpha)


def part(pack: Pack, moves: Moves) -> str:
    """``Smile +1.20``, ``Groups 12–19 +0.50``, ``Bars of 7 groups, −0.40 to +1.10``, ``Borrow groups 0–7, 50 %``."""
    for name, amount in moves.attributes.items():
        return attribute_change(pack, name, amount)
    if not moves.groups:
        return blend_change(moves.blends[0] if moves.blends else None, moves.blend_noise)
    component = moves.groups[0].component
    amounts = [amount for move in moves.groups for amount in [move.amount] * (move.end - move.start)]
    if len(moves.groups) == 1:
        first, last = moves.groups[0].start, moves.groups[0].end - 1
        where = _tr("Group {0}").format(first) if first == last else _tr("Groups {0}–{1}").format(first, last)
        text = f"{where} {_amount(amounts[0])}"
    else:
        count = len({i for move in moves.groups for i in range(move.start, move.end)})
        text = _tr("Bars of {0} groups, {1} to {2}").format(count, _amount(min(amounts)), _amount(max(amounts)))
    return text if component == 0 else _tr("{0} (direction {1})").format(text, component + 1)


def edit_summary(pack: Pack, edit: Edit) -> str:
    """``Smile +1.20, Age −0.50, 3 moves of time-step groups, borrows from another picture``."""
    parts = [attribute_change(pack, name, amount) for name, amount in edit.attributes.items()]
    if edit.groups:
        parts.append(
            _tr("one move of time-step groups")
            if len(edit.groups) == 1
            else _tr("{0} moves of time-step groups").format(len(edit.groups))
        )
    if edit.needs_reference:
        parts.append(_tr("borrows from another picture"))
    return ", ".join(parts) or _tr("changes nothing")


def _amount(amount: float) -> str:
    return f"{amount:+.2f}".replace("-", "−") if amount else _tr("to zero")
