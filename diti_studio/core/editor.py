"""Picture in, edit in, picture out: the one door for window, command line, batch jobs and tests."""

from __future__ import annotations

import enum
import hashlib
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt
import platformdirs

from diti_studio.core import framing, sampler, trajectory
from diti_studio.core.cancel import CancelToken
from diti_studio.core.detail import enlarge, keep_detail, sketch
from diti_studio.core.edit import Edit
from diti_studio.core.errors import UsageError
from diti_studio.core.faces import Face
from diti_studio.core.framing import Frame
from diti_studio.core.inversions import InversionCache
from diti_studio.core.packs import Pack
from diti_studio.core.pictures import Picture
from diti_studio.core.runtime import Device, Network
from diti_studio.core.sampler import Solver
from diti_studio.core.tensors import to_grey_levels, to_model, to_pixels

Pixels = npt.NDArray[np.uint8]
Array = npt.NDArray[np.floating]
Detail = Literal["keep", "model"]
Phase = Literal["inverting", "rendering"]
T = TypeVar("T")

FORMING_SIDE = 384  # pictures that are only passed through are composed at most this large
TRAJECTORIES = 8  # how many unedited trajectories are kept: one a picture and setting
MAX_BATCH = 16
STATIONS = 8  # at so many times a picture's diffusion is looked at


@dataclass(frozen=True)
class Settings:
    """How many network calls a picture gets: ``invert_steps`` once a picture, ``steps`` for each edit."""

    invert_steps: int
    steps: int
    solver: Solver = "dpm++2m"


class Quality(enum.Enum):
    """While a control moves, and when it rests; docs/benchmarks.md shows what each costs and gives."""

    PREVIEW = Settings(12, 4)
    STANDARD = Settings(12, 12)


@dataclass(frozen=True, eq=False)
class Cut:
    """A framed picture that waits for the encoder; fields as of ``Subject``."""

    picture: Picture
    frame: Frame
    square: Pixels
    model_square: Pixels
    notes: tuple[str, ...]
    faces: tuple[Face, ...] = ()


@dataclass(frozen=True, eq=False)
class Subject:
    """A picture as the pack sees it.

    Attributes:
        square: [S,S,3] uint8, the framed square in the photo's own pixels.
        model_square: [s,s,3] uint8, the same at the network's size.
        z: [D] float32, its latent.
        key: hex digest of pack and model_square; equal keys give equal pictures.
        notes: what the user should know, for example that no face was found.
        faces: those of the photo, largest first, where they were looked for to frame it.
    """

    picture: Picture
    frame: Frame
    square: Pixels
    model_square: Pixels
    z: npt.NDArray[np.float32]
    key: str
    notes: tuple[str, ...]
    faces: tuple[Face, ...] = ()


@dataclass(frozen=True, eq=False)
class View:
    """A picture on its way, or arrived.

    Attributes:
        compose: makes ``pixels``, when they are asked for: most of the pictures that are passed through never are.
        model_pixels: [s,s,3] uint8, the network's own picture.
        phase: "inverting" (the picture is walked up to noise, once) or "rendering".
        step, of: 1-based count of the network calls of this phase.
        t: the time-step of this call; None when no call was needed.
        final: True for the last view, which is the result.
        seconds: since the work began.
    """

    compose: Callable[[], Pixels]
    model_pixels: Pixels
    phase: Phase
    step: int
    of: int
    t: int | None
    final: bool
    seconds: float

    @cached_property
    def pixels(self) -> Pixels:
        """[S,S,3] uint8, what to show; smaller, and enlarged more simply, while it is only passed through."""
        return _frozen(self.compose())


@dataclass(frozen=True, eq=False)
class Station:
    """A picture at one time of its diffusion; the three pictures are [s,s,3] uint8 (see ``trajectory.Passed``).

    Attributes:
        t: the time-step.
        noised: x_t.
        known: what the frozen model alone still sees in x_t.
        rebuilt: what it sees with the latent's groups 0..group(t).
    """

    t: int
    noised: Pixels
    known: Pixels
    rebuilt: Pixels


class Editor:
    """Edits pictures with one pack on one device. Not thread-safe: one thread at a time."""

    def __init__(
        self, pack: Pack, device: str = "auto", *, cache_folder: Path | None = None, network: Network | None = None
    ) -> None:
        """Loads the pack's networks.

        Args:
            device: "auto" or a name of ``runtime.devices()``.
            cache_folder: where inversions are kept between starts; None means the user's cache folder.
            network: one that is already loaded, instead of ``device``.
        """
        self.pack = pack
        self.network = network or Network(pack, device)
        folder = cache_folder or platformdirs.user_cache_path("diti-studio", appauthor=False) / "inversions"
        self._inversions = InversionCache(folder)
        self._trajectories = OrderedDict[tuple[str, Settings], list[Array]]()
        self._fitted: tuple[Pixels | None, dict[int | None, Pixels]] = (None, {})
        self._diffusion = sampler.Diffusion(self.network.denoise, pack.groups, pack.schedule)

    @property
    def device(self) -> Device:
        """What the networks really run on."""
        return self.network.device

    @property
    def notes(self) -> tuple[str, ...]:
        """Why better or asked-for devices were passed over."""
        return self.network.notes

    # -- a picture -------------------------------------------------------------------------------------

    def open(self, picture: Picture, choice: str = "auto") -> Subject:
        """Frames and encodes a picture: one call of the encoder.

        Args:
            choice: auto, whole, centre or X,Y,SIZE[,ANGLE] (see ``framing.frame_for``).
        """
        return self.encode([self.cut(picture, choice)])[0]

    def cut(self, picture: Picture, choice: str = "auto") -> Cut:
        """Frames a picture without the pack's networks; may be called from any thread."""
        framed = framing.frame_for(picture.pixels, self.pack.manifest.framing, choice)
        square = _frozen(framing.cut(picture.pixels, framed.frame))
        model_square = _frozen(framing.cut(picture.pixels, framed.frame, self.pack.manifest.image_size))
        notes = (*picture.notes, *([framed.note] if framed.note else []))
        return Cut(picture, framed.frame, square, model_square, notes, framed.faces)

    def encode(self, cuts: Sequence[Cut]) -> list[Subject]:
        """The latents of framed pictures, in one call of the encoder."""
        z = self.network.encode(to_model(np.stack([cut.model_square for cut in cuts]))).astype(np.float32)
        z.flags.writeable = False
        identity = self.pack.identity.encode()
        return [
            Subject(
                cut.picture, cut.frame, cut.square, cut.model_square, z_i,
                hashlib.sha256(identity + cut.model_square.tobytes()).hexdigest(), cut.notes, cut.faces,
            )
            for cut, z_i in zip(cuts, z, strict=True)
        ]  # fmt: skip

    def fidelity(self, subject: Subject, settings: Settings = Quality.STANDARD.value) -> float:
        """PSNR in dB of the network's picture at zero edit against what it was given."""
        return fidelity(subject, result(self.render(subject, Edit(), settings, detail="model")))

    # -- walking ---------------------------------------------------------------------------------------

    def prepare(
        self, subject: Subject, settings: Settings = Quality.STANDARD.value, cancel: CancelToken | None = None
    ) -> Iterator[View]:
        """Inverts the picture, so that later edits need only be rendered. Yields nothing when that was done before."""
        began = time.perf_counter()
        if self._inversion(subject, settings) is not None:
            return
        x0 = to_model(subject.model_square[None])
        x = x0
        for step in sampler.invert(self._diffusion, x0, subject.z[None], settings.invert_steps, solver=settings.solver):
            x = step.x
            yield View(
                partial(_as_is, subject.square), _frozen(to_pixels(step.x0[0])), "inverting", step.index, step.of,
                step.t, False, time.perf_counter() - began,
            )  # fmt: skip
            if cancel is not None:
                cancel.check()
        self._inversions.put(self._inversion_key(subject, settings), np.asarray(x[0], np.float32))

    def render(
        self,
        subject: Subject,
        edit: Edit,
        quality: Quality | Settings = Quality.STANDARD,
        *,
        reference: Subject | None = None,
        detail: Detail = "keep",
        max_side: int | None = None,
        heard: Collection[int] | None = None,
        cancel: CancelToken | None = None,
    ) -> Iterator[View]:
        """The picture under an edit, forming: a view for each network call, the last one is the result.

        Args:
            reference: the picture that lends, opened by this editor; needed when ``edit.needs_reference``.
            detail: "keep" shows the source plus the change, "model" the network's own picture.
            max_side: composes at most this large, for a screen; None keeps all the source's pixels.
            heard: the time-step groups whose dims the edit may move, to look at a part of it; None means all.
            cancel: looked at between two calls.

        Raises:
            UsageError: the edit does not fit the pack, or lacks its reference.
            Cancelled: through ``cancel``.
        """
        for views in self.sweep(
            subject, [edit], quality,
            reference=reference, detail=detail, max_side=max_side, heard=heard, cancel=cancel,
        ):  # fmt: skip
            yield views[0]

    def sweep(
        self,
        subject: Subject,
        edits: Sequence[Edit],
        quality: Quality | Settings = Quality.STANDARD,
        *,
        reference: Subject | None = None,
        detail: Detail = "keep",
        max_side: int | None = None,
        heard: Collection[int] | None = None,
        cancel: CancelToken | None = None,
    ) -> Iterator[list[View]]:
        """Several edits of one picture in one batch: yields lists of views, one an edit. Else as ``render``."""
        settings = quality.value if isinstance(quality, Quality) else quality
        if not 1 <= len(edits) <= MAX_BATCH:
            raise UsageError(f"Between 1 and {MAX_BATCH} edits can be rendered at once, not {len(edits)}.")
        began = time.perf_counter()
        needs_reference = any(edit.needs_reference for edit in edits)
        if needs_reference and reference is None:
            raise UsageError("This edit borrows from a second picture: give one as the reference.")
        z = np.stack([edit.apply(subject.z, self.pack, reference.z if reference else None) for edit in edits])
        if heard is not None:
            z = np.where(self.pack.groups.dims_mask(heard), z, subject.z)
        if detail == "keep" and all(edit.is_identity for edit in edits):
            view = View(
                partial(_fit, subject.square, max_side), subject.model_square, "rendering", 0, 0, None, True,
                time.perf_counter() - began,
            )  # fmt: skip
            yield [view] * len(edits)
            return

        noise: Array | None = None
        lent = [subject, reference] if reference and any(edit.blend_noise for edit in edits) else [subject]
        for picture in lent:
            for view in self.prepare(picture, settings, cancel):
                yield [replace(view, compose=partial(_as_is, subject.square))] * len(edits)
        own = self._inversion(subject, settings)
        assert own is not None
        if len(lent) == 2:
            assert reference is not None
            noise = self._inversion(reference, settings)
        x_t = np.stack([own if noise is None else sampler.slerp(own, noise, edit.blend_noise) for edit in edits])

        unedited = self._trajectories.get((subject.key, settings))
        batch_z, batch_x = z, x_t
        if unedited is None:  # it rides along in the same batch, so that it costs little and errs alike
            batch_z, batch_x = np.concatenate([z, subject.z[None]]), np.concatenate([x_t, own[None]])
        passed = list[Array]()
        for step in sampler.generate(self._diffusion, batch_x, batch_z, settings.steps, solver=settings.solver):
            final = step.index == step.of
            picture = step.x if final else step.x0
            if unedited is None:
                passed.append(picture[-1].copy())  # a view would keep the whole batch
            before = unedited[step.index - 1] if unedited is not None else passed[-1]
            if cancel is not None and not final:
                cancel.check()
            side = max_side if final else min(FORMING_SIDE, max_side or FORMING_SIDE)
            square = self._fitted_square(subject.square, side)
            yield [
                View(
                    partial(compose, square, before, after, detail, final=final),
                    _frozen(to_pixels(after)),
                    "rendering",
                    step.index,
                    step.of,
                    step.t,
                    final,
                    time.perf_counter() - began,
                )
                for after in picture[: len(edits)]
            ]
        if unedited is None:
            self._remember(subject, settings, passed)

    def trajectory(
        self, subject: Subject, *, count: int = STATIONS, cancel: CancelToken | None = None
    ) -> list[Station]:
        """The picture at ``count`` times of its diffusion, ascending; the stages' first groups among them."""
        groups = self.pack.groups
        borders = [a.t_start for a, b in zip(groups.groups[1:], groups.groups, strict=False) if a.stage != b.stage]
        times = trajectory.stations(self.pack.schedule.timesteps, borders, count)
        out = list[Station]()
        for passed in trajectory.noised(self._diffusion, to_model(subject.model_square[None]), subject.z[None], times):
            pictures = (_frozen(to_pixels(x[0])) for x in (passed.noised, passed.known, passed.rebuilt))
            out.append(Station(passed.t, *pictures))
            if cancel is not None:
                cancel.check()
        return out

    # -- many pictures at once -------------------------------------------------------------------------

    def inversions(
        self, subjects: Sequence[Subject], settings: Settings, rows: int, cancel: CancelToken | None = None
    ) -> list[Array]:
        """x_T [3,s,s] float32 of each, from the cache or inverted here, at most ``rows`` in one network call."""
        found = dict[str, Array]()
        missing = dict[str, Subject]()
        for subject in subjects:
            cached = self._inversion(subject, settings)
            if cached is None:
                missing[subject.key] = subject
            else:
                found[subject.key] = cached
        for batch in batches(list(missing.values()), rows):
            x = x0 = to_model(np.stack([subject.model_square for subject in batch]))
            z = np.stack([subject.z for subject in batch])
            for step in sampler.invert(self._diffusion, x0, z, settings.invert_steps, solver=settings.solver):
                x = step.x
                if cancel is not None:
                    cancel.check()
            for subject, noise in zip(batch, x, strict=True):
                found[subject.key] = noise.astype(np.float32)  # a copy: a view would keep the whole batch
                self._inversions.put(self._inversion_key(subject, settings), found[subject.key])
        return [found[subject.key] for subject in subjects]

    def model_pictures(
        self, x_t: Sequence[Array], z: Sequence[Array], settings: Settings, rows: int, cancel: CancelToken | None = None
    ) -> list[Array]:
        """The network's pictures [3,s,s] float32 of noises [3,s,s] under latents [D], ``rows`` in one call at most."""
        out = list[Array]()
        for batch in batches(list(zip(x_t, z, strict=True)), rows):
            x = noise = np.stack([noise for noise, _ in batch])
            latents = np.stack([latent for _, latent in batch])
            for step in sampler.generate(self._diffusion, noise, latents, settings.steps, solver=settings.solver):
                x = step.x
                if cancel is not None:
                    cancel.check()
            out += [picture.copy() for picture in x]
        return out

    # -- inside ----------------------------------------------------------------------------------------

    def _inversion(self, subject: Subject, settings: Settings) -> Array | None:
        side = self.pack.manifest.image_size
        return self._inversions.get(self._inversion_key(subject, settings), (3, side, side))

    def _inversion_key(self, subject: Subject, settings: Settings) -> str:
        walk = f"{settings.solver} {self.pack.schedule.spacing} {settings.invert_steps}"
        return hashlib.sha256(f"{subject.key} {walk}".encode()).hexdigest()

    def _remember(self, subject: Subject, settings: Settings, trajectory: list[Array]) -> None:
        self._trajectories[subject.key, settings] = trajectory
        while len(self._trajectories) > TRAJECTORIES:
            self._trajectories.popitem(last=False)

    def _fitted_square(self, square: Pixels, side: int | None) -> Pixels:
        """The square at a size for the screen; sizes of the last square are remembered, since each step asks again."""
        if self._fitted[0] is not square:
            self._fitted = (square, {})
        sizes = self._fitted[1]
        if side not in sizes:
            sizes[side] = _fit(square, side)
        return sizes[side]


def _as_is(square: Pixels) -> Pixels:
    return square


def result(views: Iterator[View]) -> View:
    """The last of the views of ``Editor.render``."""
    last = deque(views, maxlen=1)
    if not last or not last[0].final:
        raise ValueError("the render ended without a result")
    return last[0]


def compose(square: Pixels, before: Array, after: Array, detail: Detail, *, final: bool = True) -> Pixels:
    """What is shown of the network's pictures [3,s,s] without and with an edit: see ``Editor.render``."""
    if detail == "model":
        return to_pixels(after)
    return (keep_detail if final else sketch)(square, to_grey_levels(before), to_grey_levels(after))


def fidelity(subject: Subject, view: View) -> float:
    """PSNR in dB of the network's picture in a view against what it was given; infinite where they are the same."""
    error = float(np.mean((view.model_pixels.astype(np.float64) - subject.model_square) ** 2))
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def batches(items: list[T], rows: int) -> Iterator[list[T]]:
    """The items in lists of equal length, as few as ``rows`` in each at most allow."""
    count = -(-len(items) // rows)
    bounds = [len(items) * i // count for i in range(count + 1)] if count else [0]
    return (items[start:end] for start, end in pairwise(bounds))


def _fit(pixels: Pixels, side: int | None) -> Pixels:
    """The square, made smaller when it is larger than ``side``."""
    if side is None or len(pixels) <= side:
        return pixels
    return _frozen(np.rint(np.clip(enlarge(pixels.astype(np.float32), side), 0, 255)).astype(np.uint8))


def _frozen(pixels: Pixels) -> Pixels:
    pixels.flags.writeable = False
    return pixels
