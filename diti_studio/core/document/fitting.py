"""Taking the edits of a document to another pack than the one they were made with."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from diti_studio.core.document.entries import PackEntry
from diti_studio.core.document.model import Document, Seen, Snapshot, Step, StoredState
from diti_studio.core.edit import Edit, Moves
from diti_studio.core.packs import Pack

# What an edit may lose, in a user's words.
GROUPS_NOTE = "time-step groups"
BORROWED_NOTE = "what was borrowed"


def fit(document: Document, pack: Pack) -> tuple[Document, tuple[str, ...]]:
    """The document for another pack, and what of its edits has no counterpart there, in a user's words, each once.

    Frames that followed from a choice are left to the new pack, which may frame otherwise. Steps that no longer differ
    from the one before are left out of the history. With the very pack of the document nothing is changed.
    """
    entry = PackEntry.of(pack)
    if entry == document.pack:
        return document, ()
    before = document.pack
    same = entry.identity == before.identity
    lost = dict[str, None]()

    def seen(old: Seen) -> Seen:
        return old if same else old.model_copy(update={"frame": None})

    def state(old: StoredState) -> StoredState:
        edit, gone = fit_edit(old.edit, before, entry)
        lost.update(dict.fromkeys(gone))
        lender = seen(old.reference) if old.reference else None
        return StoredState(subject=seen(old.subject), edit=edit, reference=lender)

    steps = [Step(text=step.text, state=state(step.state)) for step in document.history]
    history, current = without_repeats(steps, document.current)
    snapshots = tuple(Snapshot(name=shot.name, state=state(shot.state)) for shot in document.snapshots)
    update = {"pack": entry, "history": history, "current": current, "snapshots": snapshots}
    return document.model_copy(update=update), tuple(lost)


def without_repeats(steps: Sequence[Step], current: int) -> tuple[tuple[Step, ...], int]:
    """The steps of a history that differ from the one before, and the index of the present one among them."""
    kept = [i for i, step in enumerate(steps) if i == 0 or step.state != steps[i - 1].state]
    return tuple(steps[i] for i in kept), bisect.bisect_right(kept, current) - 1


def fit_edit(edit: Edit, before: PackEntry, after: PackEntry) -> tuple[Edit, tuple[str, ...]]:
    """What of an edit has a meaning under another pack, and what has none.

    Attributes meet by name. A principal direction belongs to one pack. What is borrowed is a range of time, and means
    the same wherever time is cut into the same groups; the noise of a reference is any pack's.
    """
    lost = dict[str, None]()
    return edit.each(lambda moves: _fitted(moves, before, after, lost)), tuple(lost)


def _fitted(moves: Moves, before: PackEntry, after: PackEntry, lost: dict[str, None]) -> Moves:
    kept = {name: amount for name, amount in moves.attributes.items() if name in after.attributes}
    lost.update((before.attributes.get(name, name), None) for name in moves.attributes if name not in kept)
    groups, blends = moves.groups, moves.blends
    if groups and before.identity != after.identity:
        lost[GROUPS_NOTE] = None
        groups = ()
    if blends and before.group_ends != after.group_ends:
        lost[BORROWED_NOTE] = None
        blends = ()
    return Moves(attributes=kept, groups=groups, blends=blends, blend_noise=moves.blend_noise)
