"""A batch job as data: what the window saves, the command runs, and the journal freezes."""

from __future__ import annotations

import itertools
import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from diti_studio.core import recipes
from diti_studio.core.colour import Profile
from diti_studio.core.edit import Amount, Edit, parse_assignments
from diti_studio.core.editor import Detail, Quality, Settings
from diti_studio.core.errors import UsageError
from diti_studio.core.export import Area
from diti_studio.core.metadata import Metadata
from diti_studio.core.packs import Pack

MAX_JOB_BYTES = 16 << 20
MAX_SWEEP = 99
MAX_VARIANTS = 1000
MAX_ROWS = 256

Format = Literal["png", "jpg", "webp", "tif", "avif"]
Collision = Literal["skip", "number", "overwrite"]
Sheet = Literal["png", "pdf"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sweep(_Frozen):
    """One attribute at ``count`` equally spaced amounts from ``start`` to ``stop``, both included."""

    attribute: Annotated[str, Field(min_length=1, max_length=64)]
    start: Amount
    stop: Amount
    count: Annotated[int, Field(ge=1, le=MAX_SWEEP)]

    @classmethod
    def parse(cls, text: str) -> Sweep:
        """Reads ``NAME=FROM:TO:N``; raises UsageError."""
        name, equals, numbers = text.rpartition("=")
        parts = numbers.split(":")
        if not equals or len(parts) != 3:
            raise UsageError(f"--sweep {text} is not understood: write NAME=FROM:TO:N, for example smile=-2:2:5.")
        start, stop = (next(iter(parse_assignments([f"{name}={n}"], "--sweep").values())) for n in parts[:2])
        if not parts[2].strip().isdecimal() or not 1 <= int(parts[2][:9]) <= MAX_SWEEP:
            raise UsageError(f"--sweep {text} asks for {parts[2]} amounts: N goes from 1 to {MAX_SWEEP}.")
        return cls(attribute=name.strip(), start=start, stop=stop, count=int(parts[2]))

    @property
    def amounts(self) -> tuple[float, ...]:
        """The amounts, rounded to what a file name shows."""
        gaps = max(1, self.count - 1)
        return tuple(round(self.start + (self.stop - self.start) * i / gaps, 4) + 0.0 for i in range(self.count))


@dataclass(frozen=True)
class Variant:
    """One of the results that each picture gets: its edit, who lends, and the amounts of the swept attributes."""

    edit: Edit
    reference: str | None
    amounts: tuple[tuple[str, float], ...]


class Job(_Frozen):
    """Pictures times a recipe, times an optional sweep of one or two attributes, times optional references.

    Attributes:
        inputs: files, folders and globs, as a user names them; relative ones are seen from the current folder.
        out: the folder that the results go into.
        recipe_name: what ``{recipe}`` in a template stands for.
        pack: a pack's name or path; None means the usual one.
        recursive: look into the subfolders of folders; they are kept in ``{folder}``.
        frame, output, detail, steps, invert_steps: as ``diti-studio edit`` takes them.
        template: names of the results without suffix (see ``templates``); empty for one that fits the job.
        profile: the colours of the results: "own" keeps the photo's, "srgb" converts them (see ``export.develop``).
        size: longest side of the results in pixels at most; None leaves them as large as they come.
        collision: what happens where a result's name is taken by a file that this job did not write: it is skipped,
            numbered, or overwritten if this program wrote that file and nobody changed it since.
        sheet: a contact sheet of the sweep: a PNG beside each picture's results, or one PDF with a page for each.
        rows: pictures in one network call; None measures what is fastest here.
    """

    version: Literal[2] = 2
    inputs: Annotated[tuple[str, ...], Field(min_length=1, max_length=1_000_000)]
    out: Annotated[str, Field(min_length=1)]
    edit: Edit = Edit()
    recipe_name: str = ""
    sweeps: Annotated[tuple[Sweep, ...], Field(max_length=2)] = ()
    references: Annotated[tuple[str, ...], Field(max_length=MAX_VARIANTS)] = ()
    pack: str | None = None
    recursive: bool = True
    frame: str = "auto"
    output: Area = "square"
    detail: Detail = "keep"
    steps: Annotated[int, Field(ge=1)] = Quality.STANDARD.value.steps
    invert_steps: Annotated[int, Field(ge=1)] = Quality.STANDARD.value.invert_steps
    template: Annotated[str, Field(max_length=1000)] = ""
    format: Format = "png"
    quality: Annotated[int, Field(ge=1, le=100)] = 92
    size: Annotated[int, Field(ge=16, le=65_500)] | None = None
    collision: Collision = "skip"
    metadata: Metadata = "keep"
    profile: Profile = "own"
    keep_recipe: bool = True
    sheet: Sheet | None = None
    rows: Annotated[int, Field(ge=1, le=MAX_ROWS)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _bring_up_to_date(cls, data: object) -> object:
        """A job of version 1 was made when all results were sRGB, and stays so: it may be half done."""
        if not isinstance(data, Mapping):
            return data
        fields = {str(name): value for name, value in cast(Mapping[object, object], data).items()}
        return {"profile": "srgb", **fields, "version": 2} if fields.get("version") == 1 else fields

    @model_validator(mode="after")
    def _fits_together(self) -> Job:
        if self.output == "photo" and self.detail == "model":
            raise ValueError("a whole photo cannot be had with the network's own picture")
        for path in (self.out, *self.inputs, *self.references):
            if not recipes.is_text(path):
                raise ValueError(f"the name {path!r} is no text that a job could hold; rename it or name its folder")
        names = [sweep.attribute for sweep in self.sweeps]
        if len(set(names)) != len(names):
            raise ValueError(f"{names[0]} is swept twice")
        if self.sheet and not self.sweeps:
            raise ValueError("a contact sheet shows a sweep, and there is none")
        if self.edit.needs_reference and not self.references and self.edit.reference is None:
            raise ValueError("the recipe borrows from a second picture, and no reference is named")
        if self.references and not self.edit.needs_reference:
            raise ValueError("a reference is named, but the recipe borrows nothing from it: add a blend")
        count = len(self.references or ("",))
        for sweep in self.sweeps:
            count *= sweep.count
        if count > MAX_VARIANTS:
            raise ValueError(f"each picture would give {count} results; at most {MAX_VARIANTS} are allowed")
        return self

    @property
    def settings(self) -> Settings:
        """Network calls for each picture and edit."""
        return Settings(self.invert_steps, self.steps)

    @property
    def suffix(self) -> str:
        """The suffix of the results, with its dot."""
        return f".{self.format}"

    @property
    def variants(self) -> tuple[Variant, ...]:
        """What each picture gives, the first sweep's amounts changing slowest and the reference fastest."""
        axes = [[(sweep.attribute, amount) for amount in sweep.amounts] for sweep in self.sweeps]
        lends = self.edit.needs_reference
        references = self.references or ((self.edit.reference,) if lends else (None,))
        out = list[Variant]()
        for amounts in itertools.product(*axes):
            edit = self.edit
            for name, amount in amounts:
                edit = edit.with_attribute(name, amount)
            out += [Variant(edit.with_reference(r) if r else edit, r, tuple(amounts)) for r in references]
        return tuple(out)

    def check(self, pack: Pack) -> None:
        """Raises UsageError when the pack cannot do it."""
        for variant in self.variants:
            variant.edit.check(pack)
        for steps in (self.steps, self.invert_steps):
            pack.schedule.grid(steps)

    # -- travelling ------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """The job as JSON that people may read; all fields are there."""
        return json.dumps(self.model_dump(mode="json"), indent=2, ensure_ascii=False)

    @classmethod
    def make(cls, **fields: object) -> Job:
        """A job of these fields. Raises UsageError with one sentence."""
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            raise UsageError(f"This job cannot be done: {_first(error)}.") from None

    @classmethod
    def from_json(cls, text: str | bytes) -> Job:
        """Reads a job. Raises UsageError with one sentence when it is none."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise UsageError(f"This is no batch job of DiTi Studio: {_first(error)}.") from None

    @classmethod
    def load(cls, path: Path) -> Job:
        """Reads a job file; paths in it are seen from its folder. Raises UsageError."""
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):  # a pipe or a device could block for ever
                raise UsageError(f"The job {path} is not a file.")
            if status.st_size > MAX_JOB_BYTES:
                raise UsageError(f"The job {path} is larger than {MAX_JOB_BYTES >> 20} MiB.")
            job = cls.from_json(path.read_bytes())
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UsageError(f"The job {path} cannot be read: {reason}.") from None
        return job.seen_from(path.absolute().parent)

    def seen_from(self, folder: Path) -> Job:
        """The job with its relative paths made absolute, as they are seen from a folder."""

        def absolute(path: str) -> str:
            return str(folder / Path(path).expanduser())

        edit = self.edit
        if edit.reference:
            edit = edit.with_reference(absolute(edit.reference))
        changed = {
            "inputs": tuple(map(absolute, self.inputs)), "out": absolute(self.out), "edit": edit,
            "references": tuple(map(absolute, self.references)),
        }  # fmt: skip
        return self.model_copy(update=changed)


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    text = first["msg"].removeprefix("Value error, ")
    return f"{where}: {text}" if where else text
