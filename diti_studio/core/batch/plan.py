"""Which files a job will make: every name and every collision is known before the work starts."""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from diti_studio.core.batch.inputs import Input
from diti_studio.core.batch.job import Job, Variant
from diti_studio.core.batch.journal import ALL_INPUTS, SHEET, Output
from diti_studio.core.batch.templates import RESERVED, Template, check_length, usual
from diti_studio.core.errors import UsageError

SHEET_OF_ALL = "contact-sheet.pdf"


@dataclass(frozen=True)
class Named:
    """A result's place: picture, variant (or ``SHEET``) and path relative to the output folder."""

    input: int
    variant: int
    path: Path


def names(job: Job, pack: str, inputs: Sequence[Input], queued: datetime) -> Iterator[Named]:
    """The names of all results, as the template gives them; a preview takes the first few.

    Raises UsageError for a template that leaves the folder or makes a name that is too long.
    """
    variants = job.variants
    template = Template(job.template or usual(len(job.sweeps), len(job.references)))
    for i, entry in enumerate(inputs):
        shared: dict[str, str | int | float] = {
            "stem": entry.path.stem, "suffix": entry.path.suffix[1:], "folder": entry.folder,
            "parent": entry.path.parent.name, "index": i + 1, "recipe": job.recipe_name or "edit", "pack": pack,
            "date": f"{queued:%Y-%m-%d}", "time": f"{queued:%H%M%S}",
        }  # fmt: skip
        for v, variant in enumerate(variants):
            name = template.name({**shared, **_values(variant)})
            check_length(name, job.suffix)
            yield Named(i, v, Path(f"{name}{job.suffix}"))


def plan(
    job: Job, pack: str, inputs: Sequence[Input], queued: datetime, out: Path, written: Mapping[Path, str],
    recipes: Sequence[str], sources: Collection[Path],
) -> list[Output]:  # fmt: skip
    """The job's outputs with every collision settled.

    Args:
        out: the output folder, which exists.
        written: what earlier batches wrote there and its sha256.
        recipes: for each variant, the hash of all that decides it.
        sources: files that may not be replaced.

    Raises:
        UsageError: two results would have one name, or a result the name of a source; a folder leads out of ``out``.
    """
    settle = _Settler(job, out, written, sources, inputs)
    outputs = list[Output]()
    for named in names(job, pack, inputs, queued):
        outputs.append(settle(Output(named.input, named.variant, named.path, recipes[named.variant])))
    if job.sheet == "pdf":
        recipe = _digest([job.sheet, *recipes])
        outputs.append(settle(Output(ALL_INPUTS, SHEET, Path(SHEET_OF_ALL), recipe)))
    elif job.sheet:
        stems = [Path(entry.folder, f"{entry.path.stem}_sheet.png") for entry in inputs]
        times = Counter(stems)
        for i, path in enumerate(stems):
            if times[path] > 1:
                path = path.with_stem(f"{path.stem}_{i + 1}")
            outputs.append(settle(Output(i, SHEET, path, _digest([job.sheet, *recipes]))))
    return outputs


def recipe_hashes(job: Job, pack_identity: str, lenders: Mapping[str, str]) -> list[str]:
    """For each variant, sha256 over all that decides the result but the picture: edit, lender's content, pack, form."""
    form = job.model_dump(
        include={"frame", "output", "detail", "steps", "invert_steps", "format", "quality", "size", "metadata",
                 "profile", "keep_recipe"}
    )  # fmt: skip
    out = list[str]()
    for variant in job.variants:
        edit = variant.edit.model_dump(exclude={"reference"})
        out.append(_digest([edit, lenders.get(variant.reference or ""), pack_identity, form]))
    return out


class _Settler:
    """Settles one output after the other."""

    def __init__(
        self, job: Job, out: Path, written: Mapping[Path, str], sources: Collection[Path], inputs: Sequence[Input]
    ) -> None:
        self._job, self._out, self._written, self._inputs = job, out, written, inputs
        self._sources = {identity: path for path in sources if (identity := _identity(path))}
        self._fold = str.casefold if (out / RESERVED.upper()).exists() else str  # a file system that ignores case
        self._taken = dict[str, Output]()
        self._safe = set[Path]()

    def __call__(self, output: Output) -> Output:
        """The output, pending or not, under its final name."""
        self._check_folder(output.path.parent)
        other = self._taken.get(self._key(output.path))
        if other is not None and self._job.collision != "number":
            raise UsageError(
                f"{self._described(other)} and {self._described(output)} would both be written as {output.path}: "
                "add {index}, {suffix} or what varies to the template."
            )
        target = self._out / output.path
        present = os.path.lexists(target)
        identity = _identity(target) if present else None
        source = self._sources.get(identity) if identity else None
        if source is not None:
            raise UsageError(f"{output.path} would replace the source picture {source}: choose another folder or name.")
        if self._job.collision == "number":
            output = replace(output, path=self.free(output.path))
        elif present and self._job.collision == "skip":
            output = replace(output, state="skipped", reason="exists already")
        elif present:
            found = file_digest(target)
            if found is not None and self._written.get(output.path) == found:
                output = replace(output, replaces=found)
            else:
                output = replace(output, state="failed", reason=FOREIGN.format(output.path))
        problem = self._inputs[output.input].problem if output.input != ALL_INPUTS else None
        if problem and output.state == "pending":
            output = replace(output, state="failed", reason=problem)
        self._taken[self._key(output.path)] = output
        return output

    def free(self, path: Path) -> Path:
        """The path, or else the first of ``stem-2``, ``stem-3`` ... that neither a file nor another output has."""
        number, name = 1, path
        while self._key(name) in self._taken or os.path.lexists(self._out / name):
            number += 1
            name = path.with_stem(f"{path.stem}-{number}")
        check_length(name.as_posix(), "")
        return name

    def _key(self, path: Path) -> str:
        return self._fold(unicodedata.normalize("NFC", path.as_posix()))

    def _described(self, output: Output) -> str:
        if output.input == ALL_INPUTS:
            return "The contact sheet"
        return f"Number {output.input + 1}, {self._inputs[output.input].path.name}"

    def _check_folder(self, folder: Path) -> None:
        """A link inside the output folder may lead out of it."""
        if folder in self._safe:
            return
        inside = Path(os.path.realpath(self._out))
        if not Path(os.path.realpath(self._out / folder)).is_relative_to(inside):
            raise UsageError(f"{folder} in the output folder is a link that leads out of it: choose another name.")
        self._safe.add(folder)


FOREIGN = "{} was not written by this program, or was changed since: it is kept."


def file_digest(path: Path) -> str | None:
    """sha256 of a regular file; None for what is none or cannot be read."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _values(variant: Variant) -> dict[str, str | int | float]:
    out: dict[str, str | int | float] = {}
    for (attribute, amount), number in zip(variant.amounts, ("", "2"), strict=False):
        out |= {f"attribute{number}": attribute, f"amount{number}": amount}
    if variant.reference:
        out["reference"] = Path(variant.reference).stem
    return out


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
