"""Taking the edits of a document to another pack than the one they were made with."""

from __future__ import annotations

from diti_studio.core.document.entries import PackEntry
from diti_studio.core.document.model import Document, Seen, Snapshot, Step, StoredState
from diti_studio.core.edit import Edit
from diti_studio.core.packs import Pack


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

    history = list[Step]()
    current = 0
    for index, step in enumerate(document.history):
        kept = Step(text=step.text, state=state(step.state))
        if not history or kept.state != history[-1].state:
            history.append(kept)
        if index == document.current:
            current = len(history) - 1
    snapshots = tuple(Snapshot(name=shot.name, state=state(shot.state)) for shot in document.snapshots)
    update = {"pack": entry, "history": tuple(history), "current": current, "snapshots": snapshots}
    return document.model_copy(update=update), tuple(lost)


def fit_edit(edit: Edit, before: PackEntry, after: PackEntry) -> tuple[Edit, tuple[str, ...]]:
    """What of an edit has a meaning under another pack, and what has none.

    Attributes meet by name. A principal direction belongs to one pack. What is borrowed is a range of time, and means
    the same wherever time is cut into the same groups; the noise of a reference is any pack's.
    """
    lost = [before.attributes.get(name, name) for name in edit.attributes if name not in after.attributes]
    out = edit
    for name in edit.attributes:
        if name not in after.attributes:
            out = out.with_attribute(name, 0.0)
    if edit.groups and before.identity != after.identity:
        lost.append("time-step groups")
        for component in {move.component for move in edit.groups}:
            out = out.with_group_amounts((), component)
    if edit.blends and before.group_ends != after.group_ends:
        lost.append("what was borrowed")
        out = out.with_blends((), out.blend_noise)
    return out, tuple(lost)
