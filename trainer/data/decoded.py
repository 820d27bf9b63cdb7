"""Pictures decoded to the size of the network: at once into memory, or as they are drawn where memory would not do."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from diti_studio.core.errors import DitiError, PictureError, UsageError
from diti_studio.core.framing import FramingRecipe, cut, frame_for
from trainer.config import DataOptions
from trainer.data.store import Store
from trainer.journal import Counter

Pixels = npt.NDArray[np.uint8]
Square = Callable[[int], Pixels]
"""Picture number i as its square [S,S,3]; raises PictureError."""

ALIGNING = ("ffhq", "celeba")
"""Framings that look for a face."""

_THREADS = min(8, os.cpu_count() or 1)


class Images(Protocol):
    """Pixels [N,S,S,3] uint8, in memory or on disk; indexed by a number, or by an array of numbers or booleans."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, which: Any, /) -> Any: ...


@dataclass(frozen=True)
class Undecoded:
    """Pictures as they lie on the disk.

    Attributes:
        count: N.
        load: picture number i, [H,W,3] uint8; raises PictureError.
        name: of picture number i, for messages.
        box: the crop (left, top, side) that is used of every picture; None for the whole of it.
        identity: changes when the files do.
    """

    count: int
    load: Callable[[int], Pixels]
    name: Callable[[int], str]
    identity: str
    box: tuple[int, int, int] | None = None


@dataclass
class Decoded:
    """Squares of N pictures.

    Attributes:
        images: [M,S,S,3].
        good: [M], which of the N they are.
        notes: a sentence for each that could not be used. It grows where pictures are decoded as they are drawn.
    """

    images: Images
    good: npt.NDArray[np.int64]
    notes: list[str] = field(default_factory=list[str])


def decode(pictures: Undecoded, size: int, options: DataOptions, framing: FramingRecipe) -> Decoded:
    """Squares of pictures, by ``options.memory_mib`` and ``options.cache_gib``.

    Where faces are looked for all are decoded first, through the cache on disk, so that it is known which have one.

    Raises:
        UsageError: none can be used.
    """
    aligned = framing.name in ALIGNING
    squared = _Squares(pictures, size, framing)
    fits = pictures.count * size * size * 3 <= options.memory_mib << 20
    store = None
    if aligned or not fits:
        text = f"{pictures.identity} {pictures.box} {size} {framing.model_dump_json()}"
        key = hashlib.sha256(text.encode()).hexdigest()[:32]
        store = Store.open(key, pictures.count, (size, size, 3), int(options.cache_gib * 2**30))
    drawn = OnDemand(pictures.count, (size, size, 3), squared, store)
    if not (fits or aligned):
        return Decoded(drawn, np.arange(pictures.count), drawn.notes)
    images = np.empty((pictures.count, size, size, 3), np.uint8) if fits else None
    good, notes = drawn.read_all(images, "photos looked at for faces" if aligned else "")
    if not len(good):
        raise UsageError(f"None of the {pictures.count} pictures can be used: {notes[0]}")
    if images is None:
        return Decoded(Part(drawn, good), good, notes)
    for to, at in enumerate(good.tolist()):  # in place: there may be no memory for a second copy
        if to != at:
            images[to] = images[at]
    return Decoded(images[: len(good)], good, notes)


class OnDemand:
    """Pictures that are decoded, by several threads, when they are asked for, and kept in a store if there is one.

    One that cannot be decoded is noted, and the next one that can be stands in for it.
    """

    def __init__(self, count: int, shape: tuple[int, ...], square: Square, store: Store | None = None) -> None:
        self.shape = (count, *shape)
        self.notes = list[str]()
        self._square, self._store = square, store
        self._bad = set[int]()
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, which: Any) -> Pixels:
        if isinstance(which, int | np.integer):
            return self._good(int(which) % len(self))
        indices = np.arange(len(self))[which]
        out = np.empty((len(indices), *self.shape[1:]), np.uint8)

        def fill(place: int) -> None:
            out[place] = self._good(int(indices[place]))

        self._each(fill, range(len(indices)))
        return out

    def read_all(self, out: Pixels | None, unit: str = "") -> tuple[npt.NDArray[np.int64], list[str]]:
        """Decodes every picture, into ``out`` if it is given; says how far it is when ``unit`` names what is read.

        Returns:
            Which could be decoded, and a sentence for each of the others.
        """
        failures = [""] * len(self)
        done = 0
        counter = Counter(unit)

        def read(i: int) -> None:
            nonlocal done
            try:
                pixels = self._read(i)
            except PictureError as error:
                failures[i] = str(error)
            else:
                if out is not None:
                    out[i] = pixels
            with self._lock:
                done += 1
                if unit:
                    counter(done, len(self))

        with counter:
            self._each(read, range(len(self)))
        good = np.array([i for i, failure in enumerate(failures) if not failure], np.int64)
        return good, [failure for failure in failures if failure]

    def _good(self, index: int) -> Pixels:
        for i in range(len(self)):
            number = (index + i) % len(self)
            if number in self._bad:
                continue
            try:
                return self._read(number)
            except PictureError as error:
                with self._lock:
                    if number not in self._bad:
                        self._bad.add(number)
                        self.notes.append(str(error))
        raise UsageError(f"None of the {len(self)} pictures can be used: {self.notes[0]}")

    def _read(self, index: int) -> Pixels:
        pixels = self._store.get(index) if self._store is not None else None
        if pixels is None:
            pixels = self._square(index)
            if self._store is not None:
                self._store.put(index, pixels)
        return pixels

    def _each(self, work: Callable[[int], None], items: range) -> None:
        if len(items) < 2:
            for item in items:
                work(item)
            return
        with self._lock:
            self._pool = self._pool or ThreadPoolExecutor(_THREADS, thread_name_prefix="decode")
        for _ in self._pool.map(work, items, chunksize=1):
            pass


class Part:
    """Some of a source's pictures, by number, without a copy."""

    def __init__(self, images: Images, which: npt.NDArray[np.int64]) -> None:
        self._images, self._which = images, which
        self.shape = (len(which), *images.shape[1:])

    def __len__(self) -> int:
        return len(self._which)

    def __getitem__(self, which: Any) -> Pixels:
        at = self._which[which]
        return self._images[int(at) if isinstance(which, int | np.integer) else at]


class _Squares:
    """How a picture becomes the square that the network sees."""

    def __init__(self, pictures: Undecoded, size: int, framing: FramingRecipe) -> None:
        self._pictures, self._size, self._framing = pictures, size, framing

    def __call__(self, index: int) -> Pixels:
        pictures = self._pictures
        pixels, name = pictures.load(index), pictures.name(index)
        if self._framing.name in ALIGNING:
            return self._face(pixels, name)
        if pictures.box is not None:
            left, top, side = pictures.box
            if pixels.shape[0] < top + side or pixels.shape[1] < left + side:
                raise PictureError(f"{name} is {_measure(pixels)}: smaller than the crop of {side} pixels.")
            pixels = pixels[top : top + side, left : left + side]
        if min(pixels.shape[:2]) < self._size:
            raise PictureError(
                f"{name} is {_measure(pixels)}: smaller than the {self._size} pixels that are trained on."
            )
        return square(pixels, self._size)

    def _face(self, pixels: Pixels, name: str) -> Pixels:
        try:
            framed = frame_for(pixels, self._framing)
        except DitiError as error:
            raise PictureError(f"{name}: {error}") from error
        if not framed.faces or framed.frame == frame_for(pixels, self._framing, "centre").frame:
            raise PictureError(f"{name} shows no face that could be aligned.")
        if framed.frame.size < self._size:
            raise PictureError(f"The face in {name} is smaller than the {self._size} pixels that are trained on.")
        return cut(pixels, framed.frame, self._size)


def square(pixels: Pixels, size: int) -> Pixels:
    """The centre square of [H,W,3] uint8 at size x size, by Lanczos."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    if height == width == size:
        return pixels
    crop = Image.fromarray(pixels[top : top + side, left : left + side])
    return np.asarray(crop.resize((size, size), Image.Resampling.LANCZOS))


def _measure(pixels: Pixels) -> str:
    return f"{pixels.shape[1]}×{pixels.shape[0]}"
