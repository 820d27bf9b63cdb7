"""What a batch would do, worked out by the clerk while its dialog is filled in: pictures, names and clashes."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from diti_studio.core.errors import DitiError
from diti_studio.ui.language import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diti_studio.core.batch.inputs import Input
    from diti_studio.core.batch.job import Job
    from diti_studio.core.cancel import CancelToken
    from diti_studio.core.edit import Edit
    from diti_studio.core.packs import Pack

SHOWN = 4
CHECK_EVERY = 256


@dataclass(frozen=True)
class Forecast:
    """What is known before the start.

    Attributes:
        pictures: how many were found.
        results: how many files they would give.
        names: of the first results.
        clash: a sentence about two results with one name; empty where there are none.
        taken: how many names a file has already.
    """

    pictures: int
    results: int
    names: tuple[str, ...]
    clash: str
    taken: int


class Forecaster:
    """Remembers the pictures between two looks at the same inputs: only names change with each keystroke."""

    def __init__(self) -> None:
        self._asked: tuple[object, ...] = ()
        self._inputs: list[Input] = []

    def look(self, job: Job, pack: Pack, token: CancelToken) -> Forecast:
        """Raises DitiError: why the job cannot be done."""
        from diti_studio.core.batch.plan import names

        job.check(pack)
        out = Path(job.out)
        inputs = self._collect(job, out)
        seen = dict[str, int]()  # the picture that has a name already
        first = list[str]()
        clash, taken = "", 0
        for count, named in enumerate(names(job, pack.manifest.name, inputs, datetime.now().astimezone())):
            if count % CHECK_EVERY == 0:
                token.check()
            path = named.path.as_posix()
            if len(first) < SHOWN:
                first.append(path)
            key = unicodedata.normalize("NFC", path)
            seen.setdefault(key, named.input)
            if len(seen) <= count and not clash and job.collision != "number":
                clash = _clash(seen[key], named.input, inputs, path)
            taken += os.path.lexists(out / path)
        return Forecast(len(inputs), len(inputs) * len(job.variants), tuple(first), clash, taken)

    def _collect(self, job: Job, out: Path) -> list[Input]:
        from diti_studio.core.batch.inputs import collect

        asked = (job.inputs, job.recursive, job.out)
        if asked != self._asked:
            self._inputs = collect(job.inputs, recursive=job.recursive)
            inside = [entry for entry in self._inputs if entry.path.is_relative_to(out)]
            if inside:
                written = _written(out)
                self._inputs = [entry for entry in self._inputs if entry.path not in written]
            self._asked = asked
        return self._inputs


def _clash(one: int, other: int, inputs: Sequence[Input], path: str) -> str:
    if one == other:
        text = translate(
            "batch", "All results of {0} would be written as {1}: add {{attribute}} and {{amount}} to the name."
        )
        return text.format(inputs[one].path.name, path)
    text = translate("batch", "{0} and {1} would both be written as {2}: add {{folder}} or {{index}} to the name.")
    return text.format(_place(inputs[one]), _place(inputs[other]), path)


def _place(entry: Input) -> str:
    return f"{entry.folder}/{entry.path.name}" if entry.folder else entry.path.name


def _written(out: Path) -> frozenset[Path]:
    """Results of earlier batches, which are no pictures to be edited again."""
    from diti_studio.core.batch.journal import NAME, Journal
    from diti_studio.core.batch.templates import RESERVED

    if not (out / RESERVED / NAME).is_file():
        return frozenset()
    try:
        journal = Journal(out)
    except DitiError:  # in use just now; the start will tell
        return frozenset()
    try:
        return frozenset(out / path for path in journal.written())
    finally:
        journal.close()


def read_recipe(path: Path) -> Edit:
    """The edit in a recipe, an exported picture or a document, its reference named by path. Raises DitiError."""
    from diti_studio.core import document, recipes

    if path.suffix.lower() != document.SUFFIX:
        return recipes.read(path)
    made = document.read(path).document
    state = made.state
    lender = made.pictures[state.reference.picture].path if state.reference is not None else None
    if lender is not None:
        return state.edit.with_reference(str(lender))
    return state.edit
