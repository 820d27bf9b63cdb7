"""Several sources in one stream of batches that can be picked up exactly where it was left."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from diti_studio.core.errors import UsageError
from trainer.config import DataOptions, parse_source
from trainer.data.attributes import FactorTable
from trainer.data.decoded import Pixels
from trainer.data.sources import Source, open_source
from trainer.data.stock import Stock, size_of


@dataclass(frozen=True, eq=False)
class Batch:
    """Pictures [B,S,S,3] uint8, targets [B,F] float32 (NaN: unknown), and the state of the stream after them."""

    images: torch.Tensor
    targets: npt.NDArray[np.float32]
    state: str


class Mixture:
    """Draws pictures from sources with given shares, flipped left to right half of the time; held-out ones never."""

    def __init__(self, sources: Sequence[Source], weights: Sequence[float], *, flip: bool = True) -> None:
        if not sources:
            raise UsageError("There are no pictures to train on: give --data PATH.")
        self.sources = tuple(sources)
        self.weights = np.array(weights, np.float64) / sum(weights)
        self.flip = flip
        tables = [{name: v[~s.held] for name, v in s.factors.items()} for s in sources]
        self.table = FactorTable.of(tables)
        self._rows = [self.table.rows(source.factors, len(source)) for source in sources]
        self._stocks = [Stock(source) for source in sources]
        self._device = torch.device("cpu")
        self._training = [np.flatnonzero(~source.held) for source in sources]

    @classmethod
    def open(cls, options: DataOptions, size: int) -> Mixture:
        """The sources that the options name, each PATH or PATH:WEIGHT; without weights they are in equal shares."""
        parts = [parse_source(text) for text in options.sources]
        return cls(
            [open_source(path, size, options) for path, _ in parts],
            [weight for _, weight in parts],
            flip=options.flip,
        )

    def keep_on(self, device: torch.device, mib: int) -> bool:
        """Keeps all pictures on a device, and makes batches there, if they take no more than ``mib`` MiB."""
        sizes = [size_of(source) for source in self.sources]
        fits = sum(size or 0 for size in sizes) <= mib << 20 and None not in sizes
        if fits:
            self._stocks = [Stock(source, device) for source in self.sources]
            self._device = device
        return fits

    def draw(self, count: int, rng: np.random.Generator) -> Batch:
        """The next ``count`` pictures of the stream that ``rng`` stands for."""
        which = rng.choice(len(self.sources), count, p=self.weights)
        size = self.sources[0].images[0].shape[0]
        images = torch.empty(count, size, size, 3, dtype=torch.uint8, device=self._device)
        targets = np.empty((count, len(self.table.names)), np.float32)
        for i in range(len(self.sources)):
            places = np.flatnonzero(which == i)
            if len(places):
                chosen = rng.choice(self._training[i], len(places))
                images[torch.from_numpy(places).to(self._device)] = self._stocks[i].draw(chosen, rng)
                targets[places] = self._rows[i][chosen]
        if self.flip:
            flipped = rng.random(count) < 0.5
            images = _turned(images, flipped)
            targets[flipped] *= self.table.sign.astype(np.float32)
        return Batch(images, self.table.standardise(targets), json.dumps(rng.bit_generator.state))

    def apart_count(self, sets: int, count: int) -> int:
        """How many pictures each of some sets gets of ``apart``: fewer than ``count`` when a source has too few."""
        return min(count, *(int(len(s) / sets / w) for s, w in zip(self.sources, self.weights, strict=True)))

    def apart(self, sets: int, count: int, rng: np.random.Generator) -> list[Pixels]:
        """Some sets of pictures [count,S,S,3] in the sources' shares and changed as ``draw`` does, no picture twice.

        They are drawn from all pictures, held out or not; as many as ``apart_count`` says.
        """
        count = self.apart_count(sets, count)
        parts = list[list[torch.Tensor]]([] for _ in range(sets))
        first = 0
        for stock, source, end in zip(self._stocks, self.sources, np.cumsum(self.weights) * count, strict=True):
            share = round(end) - first
            first = round(end)
            order = rng.permutation(len(source))
            for i, part in enumerate(parts):
                part.append(stock.draw(order[i * share : (i + 1) * share], rng).cpu())
        out = [torch.cat(part) for part in parts]
        if self.flip:
            out = [_turned(images, rng.random(len(images)) < 0.5) for images in out]
        return [images.numpy() for images in out]

    def held_out(self, count: int) -> Pixels:
        """[count,S,S,3]: pictures that are never trained on, as many from each source, always the same.

        Fewer when the sources hold out fewer.
        """
        share = -(-count // len(self.sources))
        parts = [source.images[np.flatnonzero(source.held)[:share]] for source in self.sources]
        return np.concatenate(parts)[:count]


def _turned(images: torch.Tensor, which: npt.NDArray[np.bool_]) -> torch.Tensor:
    """Some of the pictures [N,S,S,3] mirrored left to right."""
    return torch.where(torch.from_numpy(which).to(images.device)[:, None, None, None], images.flip(2), images)


AHEAD = 3
"""Batches that are made before they are asked for: a slow one, with pictures to decode, is then waited for less."""


class Prefetched:
    """The stream of a mixture, with the next batches made in a thread while the last is trained on.

    Args:
        state: of an earlier batch, to go on after it; empty begins the stream ``seed``.
    """

    def __init__(self, mixture: Mixture, batch: int, seed: int | Sequence[int], state: str = "") -> None:
        self._mixture = mixture
        self._batch = batch
        self._rng = np.random.default_rng(seed)
        if state:
            self._rng.bit_generator.state = json.loads(state)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="data")
        self._next: deque[Future[Batch]] = deque(self._pool.submit(self._draw) for _ in range(AHEAD))

    def take(self) -> Batch:
        """The next batch."""
        batch = self._next.popleft().result()
        self._next.append(self._pool.submit(self._draw))
        return batch

    def close(self) -> None:
        """Ends the thread."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Prefetched:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _draw(self) -> Batch:
        return self._mixture.draw(self._batch, self._rng)
