"""An edit: what to change in a picture's latent, as an immutable recipe that travels as JSON."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from diti_studio.core.errors import UsageError
from diti_studio.core.packs import Pack

MAX_RECIPE_BYTES = 1 << 20

Amount = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]
GroupIndex = Annotated[int, Field(ge=0, le=4096)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GroupMove(_Frozen):
    """Moves groups start..end-1 along one of their principal directions, in standard deviations."""

    start: GroupIndex
    end: GroupIndex
    amount: Amount
    component: Annotated[int, Field(ge=0, le=64)] = 0


class Blend(_Frozen):
    """Moves the dims of groups start..end-1 toward the reference: z' = (1 - alpha) z + alpha z_reference."""

    start: GroupIndex
    end: GroupIndex
    alpha: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Moves(_Frozen):
    """Attribute moves, time-step moves and blends with a reference, applied in the order attributes, groups, blends.

    Attributes:
        attributes: name -> amount, in standard deviations along the pack's direction for that attribute.
        groups: moves along the principal directions of single groups or ranges of groups.
        blends: ranges of groups that the reference lends.
        blend_noise: 0 keeps the picture's own x_T; above it, x_T is moved toward the reference's by spherical
            interpolation (method: counterfactual between two pictures).
    """

    attributes: dict[str, Amount] = Field(default_factory=dict[str, Amount])
    groups: tuple[GroupMove, ...] = ()
    blends: tuple[Blend, ...] = ()
    blend_noise: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0

    @model_validator(mode="after")
    def _drop_zeroes(self) -> Self:
        """Two that do the same are equal: moves of nothing are left out."""
        object.__setattr__(self, "attributes", {k: v for k, v in sorted(self.attributes.items()) if v})
        object.__setattr__(self, "groups", tuple(move for move in self.groups if move.amount))
        object.__setattr__(self, "blends", tuple(blend for blend in self.blends if blend.alpha))
        return self

    @property
    def is_identity(self) -> bool:
        """True when they change nothing."""
        return not (self.attributes or self.groups or self.blends or self.blend_noise)

    def group_amounts(self, groups: int, component: int = 0) -> npt.NDArray[np.float64]:
        """[k] float64: the summed moves of each group along one component, as the equaliser shows them."""
        out = np.zeros(groups)
        for move in self.groups:
            if move.component == component:
                out[move.start : move.end] += move.amount
        return out


class Edit(Moves):
    """The moves that are made of a picture, and those that were switched off and can be switched on again.

    Attributes:
        version: 2 where something is switched off, else 1, which older versions of the program read too.
        off: what is switched off; nothing asks for it but who lists it. An attribute is on or off, not both.
        reference: what the user calls the second picture (a path); the caller loads it.
    """

    version: Literal[1, 2] = 1
    off: Moves = Moves()
    reference: str | None = None

    @model_validator(mode="after")
    def _tell_off_apart(self) -> Self:
        if both := self.attributes.keys() & self.off.attributes.keys():
            kept = {k: v for k, v in self.off.attributes.items() if k not in both}
            object.__setattr__(self, "off", self.off.model_copy(update={"attributes": kept}))
        object.__setattr__(self, "version", 1 if self.off.is_identity else 2)
        return self

    def __hash__(self) -> int:
        return hash(self.to_json())

    # -- asking ----------------------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        """True when the edit changes nothing, and nothing of it is switched off."""
        return self.is_identity and self.off.is_identity

    @property
    def needs_reference(self) -> bool:
        """True when a second picture must be given."""
        return bool(self.blends or self.blend_noise)

    # -- changing: each returns a new edit -------------------------------------------------------------

    def with_attribute(self, name: str, amount: float) -> Edit:
        """The edit with one attribute set, and on; amount 0 removes it."""
        off = {k: v for k, v in self.off.attributes.items() if k != name}
        return self._changed(
            attributes={**self.attributes, name: amount}, off=self.off.model_copy(update={"attributes": off})
        )

    def with_group_amounts(self, amounts: Sequence[float], component: int = 0) -> Edit:
        """The edit with all moves along one component replaced; runs of equal neighbours become one move."""
        kept = [move for move in self.groups if move.component != component]
        start = 0
        for i in range(1, len(amounts) + 1):
            if i == len(amounts) or amounts[i] != amounts[start]:
                if amounts[start]:
                    kept.append(GroupMove(start=start, end=i, amount=amounts[start], component=component))
                start = i
        return self._changed(groups=tuple(kept))

    def with_blends(self, blends: Iterable[Blend], noise: float = 0.0) -> Edit:
        """The edit with the blends replaced."""
        return self._changed(blends=tuple(blends), blend_noise=noise)

    def with_reference(self, reference: str | None) -> Edit:
        """The edit with another reference; without one, nothing can be borrowed."""
        if reference is None:
            off = self.off.model_copy(update={"blends": (), "blend_noise": 0.0})
            return self._changed(reference=None, blends=(), blend_noise=0.0, off=off)
        return self._changed(reference=reference)

    def with_moves(self, on: Moves, off: Moves) -> Edit:
        """The edit with other moves on and off; the reference stays."""
        return Edit(**dict(on), off=off, reference=self.reference)

    def each(self, change: Callable[[Moves], Moves]) -> Edit:
        """The edit with what is on and what is off changed in the same way; the reference stays."""
        return self.with_moves(change(self), change(self.off))

    def _changed(self, **values: object) -> Edit:
        return Edit.model_validate({**dict(self), **values})

    # -- doing -----------------------------------------------------------------------------------------

    def check(self, pack: Pack) -> None:
        """Raises UsageError when the pack lacks an attribute (naming the nearest), a group or a component."""
        for name in self.attributes:
            find_attribute(pack, name)
        for move in (*self.groups, *self.blends):
            pack.groups.dims_of(move.start, move.end)
        components = pack.latents.principal.shape[0]
        for move in self.groups:
            if move.component >= components:
                raise UsageError(
                    f"Component {move.component} does not exist: the pack has {components} a group, from 0."
                )

    def apply(
        self, z: npt.NDArray[np.float32], pack: Pack, reference: npt.NDArray[np.float32] | None = None
    ) -> npt.NDArray[np.float32]:
        """The edited latent.

        Args:
            z: [D] float32, the picture's latent.
            pack: where directions and groups come from.
            reference: [D] float32, the second picture's latent; needed when the edit has blends.

        Raises:
            UsageError: what the pack lacks, or a blend without a reference.
        """
        self.check(pack)
        out = z.astype(np.float32, copy=True)
        for name, amount in self.attributes.items():
            out += np.float32(amount) * pack.latents.attribute_directions[find_attribute(pack, name)]
        for move in self.groups:
            dims = pack.groups.dims_of(move.start, move.end)
            out[dims] += np.float32(move.amount) * pack.latents.principal[move.component, dims]
        if self.blends and reference is None:
            raise UsageError("A blend needs a second picture: give one as the reference.")
        for blend in self.blends:
            assert reference is not None
            dims = pack.groups.dims_of(blend.start, blend.end)
            out[dims] = (1 - np.float32(blend.alpha)) * out[dims] + np.float32(blend.alpha) * reference[dims]
        return out

    # -- travelling ------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """The recipe as compact JSON; fields at their defaults are left out, the version is always there."""
        return json.dumps(
            {"version": self.version, **self.model_dump(exclude_defaults=True)},
            sort_keys=True,
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Edit:
        """Reads a recipe. Raises UsageError with one sentence when it is none."""
        if len(text) > MAX_RECIPE_BYTES:
            raise UsageError("The recipe is larger than 1 MiB: it was not written by this program.")
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the text"
            raise UsageError(f"This is no recipe of DiTi Studio: {where}: {first['msg']}.") from None


def find_attribute(pack: Pack, name: str) -> int:
    """Index of a named attribute. Raises UsageError that names the nearest one."""
    names = [attribute.name for attribute in pack.manifest.attributes]
    if name in names:
        return names.index(name)
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(names) or 'none'}."
    raise UsageError(f"The pack {pack.manifest.name} has no attribute called {name!r}: {hint}")


def parse_range(text: str, groups: int) -> tuple[int, int]:
    """``"7"`` -> (7, 8), ``"16-24"`` -> (16, 24). Raises UsageError unless 0 <= start < end <= groups."""
    head, dash, tail = text.partition("-")
    if not head.isdecimal() or (dash and not tail.isdecimal()):
        raise UsageError(f"{text!r} is no range of groups: write one number, or two as 16-24 (24 left out).")
    if max(len(head), len(tail)) > 9:  # beyond any group, and int() itself refuses thousands of digits
        raise UsageError(f"The range {text[:9]}… does not fit: groups are numbered 0 to {groups - 1}.")
    start = int(head)
    end = int(tail) if dash else start + 1
    if not 0 <= start < end <= groups:
        raise UsageError(f"The range {text} does not fit: groups are numbered 0 to {groups - 1}.")
    return start, end


def parse_assignments(items: Iterable[str], option: str) -> Mapping[str, float]:
    """``["smile=2", "age=-1"]`` -> numbers by name. Raises UsageError for what is no NAME=NUMBER."""
    out: dict[str, float] = {}
    for item in items:
        name, equals, amount = item.rpartition("=")
        name = name.strip()
        try:
            value = float(amount)
        except ValueError:
            value = float("nan")
        if not equals or not name or not name.isprintable() or not abs(value) <= 100:
            raise UsageError(f"{option} {item} is not understood: write NAME=NUMBER, the number between -100 and 100.")
        out[name] = value
    return out
