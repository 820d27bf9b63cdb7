"""Taking an edit from one pack to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diti_studio.core.edit import Edit
    from diti_studio.core.packs import Pack


def carried(edit: Edit, before: Pack, after: Pack) -> tuple[Edit, tuple[str, ...]]:
    """What of an edit has a meaning under another pack, and what has none, in a user's words.

    Attributes meet by name. A move of time-step groups only means the same under the same groups, and of a reference
    nothing is kept, as it was read by the pack before.
    """
    known = {attribute.name for attribute in after.manifest.attributes}
    lost = [a.title for a in before.manifest.attributes if a.name in edit.attributes and a.name not in known]
    out = edit.with_reference(None)
    for name in edit.attributes:
        if name not in known:
            out = out.with_attribute(name, 0.0)
    same = before.groups == after.groups and before.identity == after.identity
    if edit.groups and not same:
        lost.append("time-step groups")
        for component in {move.component for move in edit.groups}:
            out = out.with_group_amounts([0.0] * len(before.groups), component)
    if edit.needs_reference:
        lost.append("what was borrowed")
    return out, tuple(lost)
