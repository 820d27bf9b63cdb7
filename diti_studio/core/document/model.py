"""What a document says, and its form as JSON: pictures, pack, every step of the history, snapshots.

A document is a value: it is never changed, and holds no pixels.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    field_serializer,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticSerializationError

from diti_studio.core.document.entries import (
    DocumentError,
    Frozen,
    Label,
    NewerDocumentError,
    PackEntry,
    PictureEntry,
)
from diti_studio.core.edit import Edit
from diti_studio.core.errors import DitiError
from diti_studio.core.framing import Frame
from diti_studio.core.packs import Pack

VERSION = 2
FIRST = 1
"""A document in which no edit is switched off is written as this version, which older programs read."""

MAX_JSON_BYTES = 16 << 20
MAX_STEPS = 5_000
MAX_PICTURES = 1_000
MAX_VIEW_BYTES = 64 << 10

Index = Annotated[int, Field(ge=0, lt=MAX_PICTURES)]
Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: Mapping[int, Migration] = {}
"""For each version before FIRST, what makes the next one of it. Version 2 only adds edits that are switched off."""


class Seen(Frozen):
    """A picture and the square of it that the model sees.

    Attributes:
        picture: index into the document's pictures.
        choice: what the user chose: auto, whole, centre or X,Y,SIZE[,ANGLE] (see ``framing.frame_for``).
        frame: the frame that this led to, in the photo's pixels.
    """

    picture: Index
    choice: Annotated[str, Field(max_length=200)] = "auto"
    frame: Frame | None = None

    @field_validator("choice", mode="after")
    @classmethod
    def _is_a_choice(cls, choice: str) -> str:
        if choice not in ("auto", "whole", "centre"):
            try:
                Frame.parse(choice)
            except DitiError as error:
                raise ValueError(str(error)) from None
        return choice

    @property
    def framing(self) -> str:
        """What ``Editor.open`` takes to see the same square again, to the last bit, whatever a detector finds now."""
        if self.frame is None:
            return self.choice
        return ",".join(repr(float(n)) for n in (self.frame.cx, self.frame.cy, self.frame.size, self.frame.angle))


class StoredState(Frozen):
    """What is open and what is done to it: a picture, an edit and the picture that lends."""

    subject: Seen
    edit: Edit = Edit()
    reference: Seen | None = None

    @field_serializer("edit")
    def _edit_with_version(self, edit: Edit) -> dict[str, Any]:
        return {"version": edit.version, **edit.model_dump(mode="json", exclude_defaults=True)}

    @model_validator(mode="after")
    def _borrows_from_a_picture(self) -> StoredState:
        if self.edit.needs_reference and self.reference is None:
            raise ValueError("the edit borrows, but no picture lends")
        return self


class Step(Frozen):
    """One step of the history: what it is called, and what it led to."""

    text: Label
    state: StoredState


class Snapshot(Frozen):
    """A state that the user gave a name."""

    name: Label
    state: StoredState


class Document(Frozen):
    """All that is needed to go on working where one stopped.

    Attributes:
        history: the states from the first to the last that can be redone; the first is what undo ends at.
        current: index of the present one.
        view: what the window likes to remember (zoom, open panels): small, and ignored by everything else.
    """

    version: Literal[1, 2]
    pack: PackEntry
    pictures: Annotated[tuple[PictureEntry, ...], Field(min_length=1, max_length=MAX_PICTURES)]
    history: Annotated[tuple[Step, ...], Field(min_length=1, max_length=MAX_STEPS)]
    current: Annotated[int, Field(ge=0)]
    snapshots: Annotated[tuple[Snapshot, ...], Field(max_length=1_000)] = ()
    view: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])

    @model_validator(mode="after")
    def _consistent(self) -> Document:
        states = [item.state for item in (*self.history, *self.snapshots)]
        object.__setattr__(self, "version", max(state.edit.version for state in states))
        if self.current >= len(self.history):
            raise ValueError("the present step is not in the history")
        if any(seen.picture >= len(self.pictures) for seen in self._seen()):
            raise ValueError("a step uses a picture that is not listed")
        if len({entry.sha256 for entry in self.pictures}) != len(self.pictures):
            raise ValueError("a picture is listed twice")
        if len(json.dumps(self.view)) > MAX_VIEW_BYTES:
            raise ValueError("what is remembered of the view is larger than 64 KiB")
        return self

    # -- asking ----------------------------------------------------------------------------------------

    @property
    def state(self) -> StoredState:
        """The present state."""
        return self.history[self.current].state

    def used(self) -> frozenset[int]:
        """Indices of the pictures that a step or a snapshot needs."""
        return frozenset(seen.picture for seen in self._seen())

    def _seen(self) -> Iterator[Seen]:
        for state in (item.state for item in (*self.history, *self.snapshots)):
            yield state.subject
            if state.reference is not None:
                yield state.reference

    # -- changing: each returns a new document ---------------------------------------------------------

    def with_picture(self, index: int, entry: PictureEntry) -> Document:
        """The document with one picture replaced: found elsewhere, or another one that the user took instead.

        Raises DocumentError when that picture is in the document already.
        """
        pictures = (*self.pictures[:index], entry, *self.pictures[index + 1 :])
        if len({other.sha256 for other in pictures}) != len(pictures):
            raise DocumentError(f"{entry.name} is already another picture of this document: choose a different one.")
        return self.model_copy(update={"pictures": pictures})

    def keeping_inside(self, inside: bool) -> Document:
        """The document with all pictures inside, or, where they have a file, beside it."""
        return self.model_copy(
            update={
                "pictures": tuple(
                    entry.model_copy(update={"copy_inside": inside or entry.path is None}) for entry in self.pictures
                )
            }
        )

    def without_oldest(self, count: int) -> Document:
        """The document with its ``count`` oldest steps forgotten, but never the present one."""
        count = min(count, self.current)
        return self.model_copy(update={"history": self.history[count:], "current": self.current - count})

    def tidied(self) -> Document:
        """The document without pictures that nothing uses, its edits calling references by their names."""
        used = sorted(self.used())
        numbers = {old: new for new, old in enumerate(used)}

        def renumbered(seen: Seen) -> Seen:
            return seen.model_copy(update={"picture": numbers[seen.picture]})

        def tidy(state: StoredState) -> StoredState:
            lender = state.reference
            # An edit calls its reference what the window did, by an absolute path that is nobody else's business.
            name = self.pictures[lender.picture].name if lender is not None else None
            edit = state.edit if state.edit.reference == name else state.edit.with_reference(name)
            return StoredState(
                subject=renumbered(state.subject), edit=edit, reference=renumbered(lender) if lender else None
            )

        return self.model_copy(
            update={
                "pictures": tuple(self.pictures[i] for i in used),
                "history": tuple(Step(text=step.text, state=tidy(step.state)) for step in self.history),
                "snapshots": tuple(Snapshot(name=s.name, state=tidy(s.state)) for s in self.snapshots),
            }
        )

    # -- travelling ------------------------------------------------------------------------------------

    @classmethod
    def of(
        cls,
        pack: Pack | PackEntry,
        pictures: Sequence[PictureEntry],
        history: Sequence[Step],
        current: int,
        *,
        snapshots: Sequence[Snapshot] = (),
        view: Mapping[str, JsonValue] | None = None,
    ) -> Document:
        """A document of a history of any length: beyond MAX_STEPS the steps farthest from the present are left out."""
        start = min(max(0, len(history) - MAX_STEPS), current)
        return cls(
            version=VERSION,
            pack=pack if isinstance(pack, PackEntry) else PackEntry.of(pack),
            pictures=tuple(pictures),
            history=tuple(history[start : start + MAX_STEPS]),
            current=current - start,
            snapshots=tuple(snapshots),
            view=dict(view or {}),
        )

    def to_json(self, folder: Path) -> bytes:
        """The document as JSON in UTF-8, paths relative to the absolute ``folder``; defaults are left out.

        Raises ValueError for a path that cannot be told from there (on another drive).
        """
        try:
            return self.model_dump_json(exclude_defaults=True, context=folder).encode()
        except PydanticSerializationError as error:
            raise ValueError(str(error)) from None

    @classmethod
    def from_json(
        cls, text: bytes, folder: Path, name: str, migrations: Mapping[int, Migration] = MIGRATIONS
    ) -> Document:
        """Reads what :meth:`to_json` or an older version of the program wrote.

        Args:
            folder: absolute; relative paths start there.
            name: what messages call the document.

        Raises:
            NewerDocumentError: a later version wrote it.
            DocumentError: one sentence that says what is wrong.
        """
        if len(text) > MAX_JSON_BYTES:
            raise DocumentError(f"The document {name} is refused: it describes more than 16 MiB.")
        try:
            version = _Header.model_validate_json(text).version
            if version > VERSION:
                raise NewerDocumentError(
                    f"The document {name} was written by a later DiTi Studio (format {version}, this one reads up to "
                    f"{VERSION}): update the program to open it."
                )
            if version < FIRST:
                text = _migrated(text, version, name, migrations)
            return cls.model_validate_json(text, context=folder)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "document.json"
            raise DocumentError(f"The document {name} is damaged: {where[:200]}: {first['msg'][:300]}.") from None
        except DocumentError:
            raise
        except (DitiError, ValueError, RecursionError) as error:  # a frame or an edit that cannot be
            raise DocumentError(f"The document {name} is damaged: {str(error)[:300].rstrip('.')}.") from None


class _Header(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    version: Annotated[int, Field(ge=0)]


def _migrated(text: bytes, version: int, name: str, migrations: Mapping[int, Migration]) -> bytes:
    data = cast(dict[str, Any], json.loads(text))
    while version < FIRST:
        step = migrations.get(version)
        if step is None:
            raise DocumentError(f"The document {name} has format {version}, which no released program wrote.")
        try:
            data = step(data)
        except (KeyError, TypeError, IndexError, AttributeError):
            raise DocumentError(f"The document {name} is damaged: it does not follow format {version}.") from None
        version += 1
        data["version"] = version
    return json.dumps(data).encode()
