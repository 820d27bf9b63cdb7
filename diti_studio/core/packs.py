"""A model pack: a folder, or one .ditipack file, that holds everything needed to edit pictures of one domain.

Packs come from strangers. Nothing in them is executed or unpickled; the manifest is the only file read before sizes and
hashes have been checked; names may not leave the pack; every size is limited before memory is taken.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import numpy as np
import numpy.typing as npt
import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from diti_studio.core.atomic import replace_folder
from diti_studio.core.errors import PackError
from diti_studio.core.framing import FramingRecipe
from diti_studio.core.groups import TimestepGroups
from diti_studio.core.resources import resource
from diti_studio.core.schedule import BetaSchedule, NoiseSchedule

FORMAT = 1
MANIFEST = "manifest.json"
SUFFIX = ".ditipack"
PACKS_VARIABLE = "DITI_PACKS"
MAX_MANIFEST_BYTES = 4 << 20
MAX_FILE_BYTES = 2 << 30
MAX_PACK_BYTES = 4 << 30
MAX_LATENT_BYTES = 64 << 20

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._ -]{0,127}")
# A tensor kept outside the graph names its file under the key "location": it could be any file of the user's. Field
# number and length are protobuf varints, which readers also accept in longer forms than any writer makes.
_EXTERNAL_DATA = re.compile(rb"(?:\x0a|\x8a\x80*\x00)(?:\x08|\x88\x80*\x00)location")
# Below it a picture at the last time-step is lost to rounding, and nothing can be generated.
_LEAST_SIGNAL = 1e-20
_LEAST_NOISE = 1e-9  # less at the first time-step, and the noise there is lost to rounding

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Text = Annotated[str, Field(max_length=4000)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Schema(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Diffusion(_Schema):
    """The noise schedule of the frozen diffusion model."""

    timesteps: Annotated[int, Field(ge=1, le=100_000)]
    beta_schedule: BetaSchedule
    beta_start: Annotated[float, Field(gt=0, lt=1)] = 1e-4
    beta_end: Annotated[float, Field(gt=0, lt=1)] = 0.02


class GroupEntry(_Schema):
    """One time-step group."""

    t_start: int
    t_end: int
    dim_start: int
    dim_end: int
    stage: int


class Stage(_Schema):
    """A named range of time-steps, in a user's words."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    t_start: int
    t_end: int


class Attribute(_Schema):
    """A named direction of the latent.

    ``range`` is where it looks right, in standard deviations; ``profile`` tells for each group how much of the effect
    lives there (sums to 1); ``minus`` and ``plus`` name the two ends in a user's words.
    """

    name: Name
    title: Annotated[str, Field(min_length=1, max_length=80)]
    kind: Literal["continuous", "binary", "categorical"] = "continuous"
    range: tuple[Finite, Finite]
    minus: Annotated[str, Field(max_length=80)] = ""
    plus: Annotated[str, Field(max_length=80)] = ""
    profile: tuple[Annotated[float, Field(ge=0, allow_inf_nan=False)], ...] = ()
    selectivity: Finite | None = None
    experimental: bool = False

    @model_validator(mode="after")
    def _range_holds_zero(self) -> Attribute:
        if not self.range[0] <= 0 <= self.range[1] or self.range[0] == self.range[1]:
            raise ValueError("the range of an attribute must hold 0")
        return self


class Metric(_Schema):
    """A measured number and the command that measured it."""

    name: str
    value: Finite
    unit: str = ""
    command: Text = ""


class Training(_Schema):
    """Where the weights come from.

    ``config`` is the trainer's own (options of the run, and of diffusers' UNet); it is what a run needs that begins
    with this pack, and nothing else reads it.
    """

    data: Text = ""
    images_seen: Annotated[int, Field(ge=0)] = 0
    code_version: Text = ""
    metrics: tuple[Metric, ...] = ()
    config: dict[str, Any] = Field(default_factory=dict[str, Any])


class FileEntry(_Schema):
    """What a file of the pack must be."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0, le=MAX_FILE_BYTES)]


class Manifest(_Schema):
    """manifest.json, format version 1 (docs/pack-format.md)."""

    format: Literal[1] = FORMAT
    name: Name
    title: Annotated[str, Field(min_length=1, max_length=120)]
    domain: Annotated[str, Field(min_length=1, max_length=40)]
    image_size: Annotated[int, Field(ge=8, le=1024)]
    framing: FramingRecipe
    diffusion: Diffusion
    latent_dim: Annotated[int, Field(ge=1, le=16_384)]
    groups: Annotated[tuple[GroupEntry, ...], Field(min_length=1, max_length=4096)]
    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=64)]
    attributes: Annotated[tuple[Attribute, ...], Field(max_length=512)] = ()
    training: Training = Training()
    licence: Text = ""
    files: dict[str, FileEntry]

    @model_validator(mode="after")
    def _consistent(self) -> Manifest:
        groups = self.timestep_groups
        expected = [(g.t_start, g.t_end, g.dim_start, g.dim_end, g.stage) for g in groups.groups]
        if expected != [(g.t_start, g.t_end, g.dim_start, g.dim_end, g.stage) for g in self.groups]:
            raise ValueError("the groups do not cut the time axis as floor(t k / T)")
        if [s.t_start for s in self.stages] != [0, *(s.t_end for s in self.stages[:-1])]:
            raise ValueError("the stages do not follow one another")
        signal = np.concatenate([[1.0], self.noise_schedule.alpha_bars])
        if signal[-1] < _LEAST_SIGNAL:
            raise ValueError("the noise schedule leaves nothing of the picture")
        if signal[1] > 1 - _LEAST_NOISE or (np.diff(signal) >= 0).any():
            raise ValueError("the noise schedule does not add noise at every time-step")
        if groups.latent_dim != self.latent_dim:
            raise ValueError("the groups do not own all latent dims")
        if len({a.name for a in self.attributes}) != len(self.attributes):
            raise ValueError("two attributes have the same name")
        if any(a.profile and len(a.profile) != len(groups) for a in self.attributes):
            raise ValueError("an attribute's profile must have one number a group")
        if sum(entry.size for entry in self.files.values()) > MAX_PACK_BYTES:
            raise ValueError("the pack is larger than 4 GiB")
        for name in self.files:
            parts = name.split("/")
            if not all(_PART.fullmatch(part) for part in parts) or len(parts) > 3:
                raise ValueError(f"the file name {name!r} is not allowed")
        for needed in ("encoder.onnx", "unet.onnx", "latents.safetensors"):
            if needed not in self.files:
                raise ValueError(f"{needed} is missing from the list of files")
        return self

    @cached_property
    def timestep_groups(self) -> TimestepGroups:
        """The groups as the core computes with them."""
        return TimestepGroups(
            self.diffusion.timesteps,
            tuple(g.dim_end - g.dim_start for g in self.groups),
            tuple(stage.t_end for stage in self.stages),
        )

    @cached_property
    def noise_schedule(self) -> NoiseSchedule:
        """The noise schedule as the core computes with it."""
        d = self.diffusion
        return NoiseSchedule(d.timesteps, d.beta_schedule, d.beta_start, d.beta_end)

    @staticmethod
    def group_entries(groups: TimestepGroups) -> tuple[GroupEntry, ...]:
        """The manifest's form of the groups."""
        return tuple(GroupEntry(**vars(group)) for group in groups.groups)


@dataclass(frozen=True)
class Latents:
    """latents.safetensors: statistics and directions, all float32, in raw latent units.

    Attributes:
        mean, std: [D], of z over the training pictures.
        principal: [C, D]; row c holds, on each group's own dims, that group's c-th principal direction scaled to one
            standard deviation (zero where a group has fewer components).
        attribute_directions: [A, D]; z + a * direction moves the attribute by a standard deviations.
        attribute_weights, attribute_bias: [A, D], [A]; (z - mean) / std . weights + bias reads the attribute off z,
            in standard deviations (continuous) or as a logit (binary).
    """

    mean: npt.NDArray[np.float32]
    std: npt.NDArray[np.float32]
    principal: npt.NDArray[np.float32]
    attribute_directions: npt.NDArray[np.float32]
    attribute_weights: npt.NDArray[np.float32]
    attribute_bias: npt.NDArray[np.float32]


class Pack:
    """An opened, checked pack. Reads its files lazily, each checked against its hash when read."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Pack:
        """Opens a pack folder or .ditipack file and checks its manifest and the sizes of its files.

        Raises:
            PackError: one sentence that says what is wrong.
        """
        path = Path(path)
        mode = _mode(path)
        if mode is None:
            raise PackError(f"There is no model pack at {path}.")
        if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):  # a pipe or a device could block for ever
            raise PackError(f"{path.name} is no model pack: it is neither a folder nor a file.")
        with _reading(path):
            raw = _read_member(path, MANIFEST, MAX_MANIFEST_BYTES)
            manifest = _parse_manifest(raw, path)
            for name, entry in manifest.files.items():
                size = _member_size(path, name)
                if size != entry.size:
                    raise PackError(
                        f"The model pack {path.name} is damaged: {name} has {size} bytes, not {entry.size}."
                    )
        return cls(path, manifest)

    @property
    def groups(self) -> TimestepGroups:
        """The time-step groups of the latent."""
        return self.manifest.timestep_groups

    @property
    def schedule(self) -> NoiseSchedule:
        """The noise schedule of the diffusion model."""
        return self.manifest.noise_schedule

    @cached_property
    def identity(self) -> str:
        """sha256 hex over what decides the pictures: hashes of all files and the diffusion and groups."""
        m = self.manifest
        text = json.dumps(
            [
                m.diffusion.model_dump(),
                [g.model_dump() for g in m.groups],
                {k: v.sha256 for k, v in sorted(m.files.items())},
            ]
        )
        return hashlib.sha256(text.encode()).hexdigest()

    def read(self, name: str) -> bytes:
        """Content of a file of the pack. Raises PackError when it is not listed or its hash is wrong."""
        entry = self.manifest.files.get(name)
        if entry is None:
            raise PackError(f"The model pack {self.manifest.name} has no file {name}.")
        with _reading(self.path):
            data = _read_member(self.path, name, entry.size)
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise PackError(
                f"The model pack {self.manifest.name} is damaged: the hash of {name} is wrong; get it again."
            )
        if name.endswith(".onnx") and _EXTERNAL_DATA.search(data):
            raise PackError(f"The model pack {self.manifest.name} is refused: {name} refers to files outside itself.")
        return data

    @cached_property
    def latents(self) -> Latents:
        """Statistics and directions. Raises PackError when shapes do not fit the manifest."""
        tensors = _read_safetensors(self.read("latents.safetensors"), self.manifest.name)
        d, a = self.manifest.latent_dim, len(self.manifest.attributes)
        principal = tensors.get("principal", np.zeros((1, d), np.float32))
        expected = {
            "mean": (d,), "std": (d,), "principal": (*principal.shape[:1], d),
            "attribute.directions": (a, d), "attribute.weights": (a, d), "attribute.bias": (a,),
        }  # fmt: skip
        tensors["principal"] = principal
        for key, shape in expected.items():
            value = tensors.get(key)
            sound = value is not None and value.shape == shape and np.isfinite(value).all()
            if not sound or (key == "std" and not (tensors[key] > 0).all()):
                raise PackError(
                    f"The model pack {self.manifest.name} is damaged: {key} in latents.safetensors "
                    f"should be {shape} finite numbers{', all above zero' if key == 'std' else ''}."
                )
        return Latents(*(tensors[key] for key in expected))

    def verify(self) -> None:
        """Reads every file and checks every hash. Raises PackError at the first that is wrong."""
        for name in self.manifest.files:
            self.read(name)
        _ = self.latents

    def samples(self) -> tuple[str, ...]:
        """Names of the pictures that the pack offers to start from."""
        return tuple(
            sorted(n for n in self.manifest.files if n.startswith("samples/") and not n.endswith((".csv", ".json")))
        )


# -- where packs are ---------------------------------------------------------------------------------------


def user_folder() -> Path:
    """Where installed packs are kept."""
    return platformdirs.user_data_path("diti-studio", appauthor=False) / "packs"


def search_path() -> tuple[Path, ...]:
    """Folders that hold packs, first found first used: $DITI_PACKS, the user's, those that ship with the program."""
    extra = tuple(Path(p) for p in os.environ.get(PACKS_VARIABLE, "").split(os.pathsep) if p)
    return (*extra, user_folder(), resource("packs"))


def installed() -> Iterator[Path]:
    """Paths of the packs on the search path; a name found twice is given once."""
    seen = set[str]()
    for folder in search_path():
        try:
            paths = sorted(folder.iterdir())
        except OSError:  # not there, no folder, or not ours to look into
            continue
        for path in paths:
            name = name_of(path)
            is_pack = _is_file(path / MANIFEST) or (path.suffix == SUFFIX and _is_file(path))
            if is_pack and name not in seen and not path.name.startswith("."):
                seen.add(name)
                yield path


def find(name_or_path: str | None = None) -> Pack:
    """Opens a pack by name or path. Raises PackError when there is none.

    None means the first one of the first folder that holds any, or ``faces`` when that folder has it.
    """
    packs = list(installed())
    if name_or_path is None:
        if not packs:
            raise PackError(f"No model pack was found: put one into {user_folder()} or name one with --pack.")
        nearest = [p for p in packs if p.parent == packs[0].parent]
        preferred = [p for p in nearest if name_of(p) == "faces"]
        return Pack.open((preferred or nearest)[0])
    for path in packs:
        if name_of(path) == name_or_path:
            return Pack.open(path)
    if _mode(Path(name_or_path)) is not None:
        return Pack.open(name_or_path)
    known = ", ".join(map(name_of, packs)) or "none"
    raise PackError(f"There is no model pack called {name_or_path[:80]!r}: installed are {known}.")


def for_any_picture() -> Pack | None:
    """The first installed pack that can be opened and aligns no faces; None when there is none."""
    for path in installed():
        try:
            pack = Pack.open(path)
        except PackError:
            continue
        if not pack.manifest.framing.aligns:
            return pack
    return None


def name_of(path: Path) -> str:
    """By which ``find`` knows a pack on the search path."""
    return path.name.removesuffix(SUFFIX)


def install(path: str | os.PathLike[str]) -> Pack:
    """Copies a verified pack into the user's folder and opens it there; an older one of that name is replaced.

    The files are checked while they are copied; the new pack appears whole or not at all.
    """
    source = Pack.open(path)
    source.verify()
    target = user_folder() / source.manifest.name
    staging = target.with_name(f".{target.name}.{os.getpid()}.new")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        for name in source.manifest.files:
            out = staging / name
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(source.read(name))
        (staging / MANIFEST).write_bytes(_read_member(source.path, MANIFEST, MAX_MANIFEST_BYTES))
        Pack.open(staging)
        replace_folder(target, staging)
    except OSError as error:
        raise PackError(f"The model pack could not be installed into {target.parent}: {error.strerror}.") from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Pack.open(target)


def remove(name: str) -> Path:
    """Deletes an installed pack from the user's folder. Raises PackError for one that is not there."""
    target = user_folder() / name
    if not _NAME.fullmatch(name) or not _is_file(target / MANIFEST):
        raise PackError(
            f"The model pack {name[:80]!r} is not among those you installed in {user_folder()}; nothing was removed."
        )
    try:
        _delete(target)
    except OSError as error:
        raise PackError(f"The model pack {target} could not be removed: {error.strerror}.") from None
    return target


def _delete(target: Path) -> None:
    """Deletes a pack's folder, or only the link when it is one; nothing when it is not there."""
    if target.is_symlink():
        target.unlink()
    elif target.exists():
        shutil.rmtree(target)


# -- reading ------------------------------------------------------------------------------------------------


# What the zip reader and its decompressors raise, some of it undocumented, on damaged and hostile files.
_ZIP_ERRORS = (
    zipfile.BadZipFile, RuntimeError, EOFError, ValueError, OverflowError, struct.error, zlib.error, lzma.LZMAError,
)  # fmt: skip


class _reading:
    """Turns what the file system and the zip reader raise into one sentence."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FileNotFoundError | KeyError):
            raise PackError(
                f"The model pack {self._path.name} is incomplete: a file is missing; get it again."
            ) from None
        if isinstance(error, OSError):
            raise PackError(f"The model pack {self._path.name} cannot be read: {error.strerror or error}.") from None
        if isinstance(error, _ZIP_ERRORS):
            raise PackError(f"{self._path.name} is no model pack: it is not a zip file that can be read.") from None


def _parse_manifest(raw: bytes, path: Path) -> Manifest:
    try:
        data: Any = json.loads(raw)
    except (ValueError, RecursionError):
        raise PackError(f"The model pack {path.name} is damaged: its manifest is not JSON.") from None
    version: Any = cast(dict[str, Any], data).get("format") if isinstance(data, dict) else None
    if version != FORMAT:
        raise PackError(f"The model pack {path.name} has format {version!r}; this program reads format {FORMAT}.")
    try:
        return Manifest.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "manifest"
        raise PackError(f"The model pack {path.name} is refused: {where}: {first['msg']}.") from None


def _resolve(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise PackError(f"The model pack {folder.name} is refused: {name} leads out of it.")
    if not stat.S_ISREG(path.stat().st_mode):
        raise PackError(f"The model pack {folder.name} is refused: {name} is not a file.")
    return path


def _mode(path: Path) -> int | None:
    """What is at a path, as stat tells it; None when nothing is or it cannot be asked."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):  # ValueError: a null character in the path
        return None


def _is_file(path: Path) -> bool:
    return stat.S_ISREG(_mode(path) or 0)


def _member_size(path: Path, name: str) -> int:
    if path.is_dir():
        return _resolve(path, name).stat().st_size
    with zipfile.ZipFile(path) as archive:
        return archive.getinfo(name).file_size


def _read_member(path: Path, name: str, limit: int) -> bytes:
    """Content of a member, at most ``limit`` bytes; the size that a header claims is not trusted."""
    if path.is_dir():
        with _resolve(path, name).open("rb") as file:
            data = file.read(limit + 1)
    else:
        with zipfile.ZipFile(path) as archive, archive.open(name) as member:
            data = member.read(limit + 1)
    if len(data) > limit:
        raise PackError(f"The model pack {path.name} is refused: {name} is larger than {limit} bytes.")
    return data


def _read_safetensors(data: bytes, pack: str) -> dict[str, npt.NDArray[np.float32]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    if len(data) > MAX_LATENT_BYTES or len(data) < 8 or struct.unpack("<Q", data[:8])[0] > len(data):
        raise PackError(f"The model pack {pack} is damaged: latents.safetensors cannot be read.")
    try:
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is refused as such
            return {key: value.astype(np.float32) for key, value in load(data).items()}
    except (SafetensorError, ValueError, KeyError):
        raise PackError(f"The model pack {pack} is damaged: latents.safetensors cannot be read.") from None
