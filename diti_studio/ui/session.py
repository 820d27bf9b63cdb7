"""The state of the open picture, and the only way to change it: through undo commands on one stack."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from diti_studio.ui.commands import Change

if TYPE_CHECKING:
    from collections.abc import Hashable

    from diti_studio.core.edit import Edit
    from diti_studio.ui.jobs import Opened


@dataclass(frozen=True)
class State:
    """What is open and what is done to it.

    Attributes:
        opened: the picture.
        edit: its recipe.
        lender: the second picture, from which the edit may borrow.
    """

    opened: Opened
    edit: Edit
    lender: Opened | None = None


class Session(QObject):
    """Holds the state, tells who listens when it changed, and records every change for undo.

    While a control is dragged the changes come as ``moving`` and become one step; ``settle`` ends the gesture.
    """

    changed = Signal(bool)
    """The state is another one; True while a control still moves."""
    settled = Signal()
    """A control came to rest."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self._state: State | None = None
        self._gestures = itertools.count()
        self._gesture = next(self._gestures)

    @property
    def state(self) -> State | None:
        """The present state; None before a picture is open."""
        return self._state

    # -- opening ---------------------------------------------------------------------------------------

    def open(self, opened: Opened, text: str) -> None:
        """Shows another picture, unedited. Undo brings back the one before with its edit."""
        from diti_studio.core.edit import Edit  # the worker has loaded it by now

        self._push(State(opened, Edit()), text)
        self.stack.setClean()

    def restart(self, state: State | None) -> None:
        """Begins anew from a state, without a history: what it held belongs to another pack."""
        self.stack.clear()
        self._apply(state, False)

    # -- editing ---------------------------------------------------------------------------------------

    def move(self, edit: Edit, text: str, what: Hashable) -> None:
        """An edit on its way: moves of the same ``what`` become one step until ``settle``."""
        self._change_edit(edit, text, what, moving=True)

    def settle(self, edit: Edit, text: str, what: Hashable) -> None:
        """An edit that has arrived: the end of a drag, or a change made at once."""
        self._change_edit(edit, text, what, moving=False)
        self._gesture = next(self._gestures)
        self.settled.emit()

    def set_lender(self, lender: Opened | None, text: str) -> None:
        """Sets or removes the reference; without one, nothing is borrowed."""
        if self._state is None or self._state.lender is lender:
            return
        edit = self._state.edit.with_reference(lender.source.reference if lender else None)
        self._push(replace(self._state, edit=edit, lender=lender), text)

    # -- inside ----------------------------------------------------------------------------------------

    def _change_edit(self, edit: Edit, text: str, what: Hashable, moving: bool) -> None:
        if self._state is None or edit == self._state.edit:
            return
        self._push(replace(self._state, edit=edit), text, (what, self._gesture), moving)

    def _push(self, state: State, text: str, gesture: tuple[object, ...] | None = None, moving: bool = False) -> None:
        self.stack.push(Change(self._apply, self._state, state, text, gesture=gesture, moving=moving))

    def _apply(self, state: State | None, moving: bool) -> None:
        self._state = state
        self.changed.emit(moving)
