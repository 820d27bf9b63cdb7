"""The one undo command: a state of the open picture replaced by another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

if TYPE_CHECKING:
    from diti_studio.ui.session import State

_MERGED = 1  # Qt asks mergeWith only between commands of one id; -1 never merges


class Change(QUndoCommand):
    """Replaces ``before`` by ``after``.

    States are immutable and share what did not change, so keeping both costs little. The moves of one drag carry the
    same ``gesture`` and become one step; a drag that ends where it began leaves none.
    """

    def __init__(
        self,
        apply: Callable[[State | None, bool], None],
        before: State | None,
        after: State | None,
        text: str,
        *,
        gesture: tuple[object, ...] | None = None,
        moving: bool = False,
    ) -> None:
        super().__init__(text)
        self._apply = apply
        self._before = before
        self._after = after
        self._gesture = gesture
        self._moving = moving

    @property
    def after(self) -> State | None:
        """What it leads to."""
        return self._after

    def redo(self) -> None:
        """Called by the stack when the command is pushed, and on redo."""
        self._apply(self._after, self._moving)
        self._moving = False  # only the first time is part of a drag

    def undo(self) -> None:
        self._apply(self._before, False)

    def id(self) -> int:
        return _MERGED if self._gesture is not None else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, Change) or other._gesture != self._gesture:
            return False
        self._after = other._after
        self.setText(other.text())
        self.setObsolete(self._after == self._before)
        return True
