"""The open pictures, which of them is on the canvas, and the only way to change one: undo commands on its own stack."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QUndoGroup, QUndoStack

from diti_studio.ui.commands import Change
from diti_studio.ui.jobs import (
    Source,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence
    from pathlib import Path

    from diti_studio.core.edit import Edit
    from diti_studio.ui.answers import (
        Opened,
    )


_numbers = itertools.count(1)


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


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A state that was given a name, and how it looked.

    Attributes:
        image: the picture; until it has been ``drawn``, the unedited one where it comes from a document, or as far as
            it had formed when it was taken.
    """

    name: str
    state: State
    image: QImage
    drawn: bool = True


class Photo(QObject):
    """A picture of the film strip, with its own history.

    Attributes:
        number: by which the worker knows it.
        source: where it comes from.
        state: None until it has been opened.
        stack: its history.
        problem: why it cannot be opened, as a sentence; empty otherwise.
        document: the file that it was saved to or opened from.
        inside: whether its pictures travel inside the document.
        thumbnail: a small picture of it, once there is one.
        snapshots: states that were given a name.
    """

    changed = Signal(bool)
    """The state is another one; True while a control still moves."""
    marked = Signal()
    """What the film strip shows of it is different now."""
    kept = Signal()
    """Its snapshots are others."""

    def __init__(self, source: Source | None, parent: QObject) -> None:
        """``source`` None: a document will tell."""
        super().__init__(parent)
        self.number = next(_numbers)
        self.source = source or Source("")
        self.document: Path | None = None
        self.inside = False
        self._first: State | None = None
        self.state: State | None = None
        self.stack = QUndoStack(self)
        self.problem = ""
        self.thumbnail: QImage | None = None
        self.snapshots: tuple[Snapshot, ...] = ()
        self.stack.cleanChanged.connect(self.marked)

    @property
    def is_edited(self) -> bool:
        """True when what was done to it is not nothing, even where all of it is switched off."""
        return self.state is not None and not self.state.edit.is_empty

    def begin(self, state: State) -> None:
        """Shows this state and forgets the history before it."""
        self.stack.clear()
        self.problem = ""
        self._first = state
        self.apply(state, False)

    def relive(self, history: Sequence[tuple[str, State]], current: int) -> None:
        """Takes a history from its first state on, and the step that is the present one."""
        self.begin(history[0][1])
        for text, state in history[1:]:
            self.stack.push(Change(self.apply, self.state, state, text))
        self.stack.setIndex(current)

    def history(self) -> list[tuple[str, State]]:
        """All states from the first to the last that can be redone, each with what led to it; see ``stack.index``."""
        if self._first is None:
            return []
        changes = (self.stack.command(i) for i in range(self.stack.count()))
        steps = [(change.text(), change.after) for change in changes if isinstance(change, Change)]
        return [("", self._first), *((text, state) for text, state in steps if state is not None)]

    def fail(self, problem: str) -> None:
        """Notes why it cannot be opened."""
        self.problem = problem
        self.marked.emit()

    def set_thumbnail(self, image: QImage) -> None:
        """Gives it a small picture."""
        self.thumbnail = image
        self.marked.emit()

    def set_snapshots(self, snapshots: Iterable[Snapshot]) -> None:
        """Other snapshots."""
        self.snapshots = tuple(snapshots)
        self.kept.emit()

    def apply(self, state: State | None, moving: bool) -> None:
        """Takes a state; commands call it. Where another picture took this one's place, that is what it is then."""
        if state is not None and self.state is not None and state.opened is not self.state.opened:
            self.source, self.thumbnail = state.opened.source, None
        self.state = state
        self.changed.emit(moving)
        self.marked.emit()


class Session(QObject):
    """Holds the open pictures, tells who listens what changed, and records every change for undo.

    While a control is dragged the changes come as ``moving`` and become one step; ``settle`` ends the gesture.
    """

    changed = Signal(bool)
    """The current picture's state is another one; True while a control still moves."""
    settled = Signal()
    """A control came to rest."""
    listed = Signal()
    """Pictures came or went."""
    removed = Signal(object)
    """A Photo was taken off the strip."""
    entered = Signal(object)
    """Another Photo is the current one, or none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.group = QUndoGroup(self)
        self._photos = list[Photo]()
        self._current: Photo | None = None
        self._gestures = itertools.count()
        self._gesture = next(self._gestures)

    @property
    def photos(self) -> tuple[Photo, ...]:
        """The pictures of the film strip, in its order."""
        return tuple(self._photos)

    @property
    def current(self) -> Photo | None:
        """The picture on the canvas."""
        return self._current

    @property
    def state(self) -> State | None:
        """The current picture's state; None before one is open."""
        return self._current.state if self._current is not None else None

    # -- pictures --------------------------------------------------------------------------------------

    def find(self, source: Source) -> Photo | None:
        """The picture that came from there, if it is listed."""
        return next((photo for photo in self._photos if _same(photo.source, source)), None)

    def add(self, sources: list[Source]) -> list[Photo]:
        """Lists pictures that are not listed yet; they are opened when one goes to them. Returns all of them."""
        photos = list[Photo]()
        for source in sources:
            photo = self.find(source)
            if photo is None:
                photo = Photo(source, self)
                self._photos.append(photo)
                self.group.addStack(photo.stack)
            photos.append(photo)
        self.listed.emit()
        return photos

    def take(self, photo: Photo) -> None:
        """Lists a picture that was made elsewhere, at the end or where it was before."""
        if photo not in self._photos:
            photo.setParent(self)
            self._photos.append(photo)
            self.group.addStack(photo.stack)
            self.listed.emit()

    def open(self, opened: Opened) -> Photo:
        """Shows a picture that was read, unedited."""
        from diti_studio.core.edit import Edit  # the worker has loaded it by now

        photo = self.find(opened.source) or self.add([opened.source])[0]
        photo.begin(State(opened, Edit()))
        self.go_to(photo)
        return photo

    def go_to(self, photo: Photo | None) -> None:
        """Makes an opened picture the current one."""
        if photo is self._current:
            return
        if self._current is not None:
            self._current.changed.disconnect(self.changed)
            self._current.stack.setActive(False)
        self._current = photo
        if photo is not None:
            photo.changed.connect(self.changed)
            photo.stack.setActive(True)
        self._gesture = next(self._gestures)
        self.entered.emit(photo)
        self.changed.emit(False)

    def remove(self, photo: Photo) -> None:
        """Takes a picture off the strip; the nearest opened one is shown in its place."""
        place = self._photos.index(photo)
        self._photos.remove(photo)
        if photo is self._current:
            nearest = sorted(
                (p for p in self._photos if p.state is not None), key=lambda p: abs(self._photos.index(p) - place)
            )
            self.go_to(nearest[0] if nearest else None)
        self.group.removeStack(photo.stack)
        photo.setParent(None)  # it lives as long as somebody can bring it back
        self.listed.emit()
        self.removed.emit(photo)

    # -- editing ---------------------------------------------------------------------------------------

    def move(self, edit: Edit, text: str, what: Hashable) -> None:
        """An edit on its way: moves of the same ``what`` become one step until ``settle``."""
        self._change_edit(edit, text, what, moving=True)

    def settle(self, edit: Edit, text: str, what: Hashable) -> None:
        """An edit that has arrived: the end of a drag, or a change made at once."""
        self._change_edit(edit, text, what, moving=False)
        self._gesture = next(self._gestures)
        self.settled.emit()

    def set_lender(self, lender: Opened | None, text: str, photo: Photo | None = None) -> None:
        """Sets or removes the reference of a picture, the current one if none is named.

        Without one, nothing is borrowed. One that another model has seen is not taken.
        """
        photo = photo if photo in self._photos else self._current
        state = photo.state if photo is not None else None
        if state is None or state.lender is lender or (lender is not None and lender.pack != state.opened.pack):
            return
        edit = state.edit.with_reference(lender.source.reference if lender else None)
        self.replace(replace(state, edit=edit, lender=lender), text, photo)

    def replace(self, state: State, text: str, photo: Photo | None = None) -> None:
        """Another state of a picture, the current one if none is named, as one step."""
        self._push(state, text, photo=photo)

    # -- inside ----------------------------------------------------------------------------------------

    def _change_edit(self, edit: Edit, text: str, what: Hashable, moving: bool) -> None:
        state = self.state
        if state is not None and edit != state.edit:
            self._push(replace(state, edit=edit), text, (what, self._gesture), moving)

    def _push(
        self,
        state: State,
        text: str,
        gesture: tuple[object, ...] | None = None,
        moving: bool = False,
        photo: Photo | None = None,
    ) -> None:
        photo = photo or self._current
        assert photo is not None
        photo.stack.push(Change(photo.apply, photo.state, state, text, gesture=gesture, moving=moving))


def _same(a: Source, b: Source) -> bool:
    if a.path is not None and b.path is not None:
        return a.path.absolute() == b.path.absolute()
    return a == b
