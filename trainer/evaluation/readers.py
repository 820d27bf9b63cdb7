"""A small network that reads attributes off pictures, so that edits are judged by what is seen and not by z.

It is trained on pictures only, and shares nothing with the encoder. It is cached: one reader serves all packs that are
compared, or their figures would not be comparable.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import platformdirs
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional

from trainer.attributes import AttributeSpec
from trainer.directions import correlate
from trainer.evaluation.heldout import Pictures, held_out, kinds_of

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]

SIZE = 64
"""Pictures are read at this size, whatever the pack's."""
IMAGES = 120_000
"""Pictures that a reader is trained on, repeats counted."""

_VERSION = 2
_BATCH = 64
_REAL_SHARE = 0.2
_RATE = 2e-3
_CHECKED = 1000  # held-out pictures of a kind on which the reader is compared with the truth


class _Net(nn.Module):
    """[B,3,64,64] in [-1,1] -> [B,A] in standard deviations. Keeps positions to the end: a pose is where things are."""

    def __init__(self, attributes: int) -> None:
        super().__init__()
        widths = (32, 64, 96, 128)
        layers: list[nn.Module] = [nn.PixelUnshuffle(2), nn.Conv2d(12, widths[0], 3, padding=1)]
        for width, wider in itertools.pairwise(widths):
            layers += [
                nn.BatchNorm2d(width), nn.ReLU(inplace=True),
                nn.Conv2d(width, wider, 3, stride=2, padding=1),
            ]  # fmt: skip
        layers += [nn.BatchNorm2d(widths[-1]), nn.ReLU(inplace=True), nn.Flatten(), nn.Dropout(0.2)]
        self.body = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Linear(widths[-1] * 16, 160), nn.ReLU(inplace=True), nn.Dropout(0.1), nn.Linear(160, attributes)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(x))


@dataclass(frozen=True, eq=False)
class Reader:
    """Reads attributes off pictures.

    Attributes:
        names: of the attributes, [A].
        mean, std: [A] of the values over the rendered training pictures: what a standard deviation is.
        correlation: kind of pictures -> [A] Pearson's r on held-out ones; NaN where nothing is known.
    """

    net: nn.Module
    names: tuple[str, ...]
    mean: Floats
    std: Floats
    correlation: dict[str, Floats]

    def read(self, images: Pixels) -> Floats:
        """[N,s,s,3] uint8 -> [N,A] values in standard deviations."""
        self.net.eval()
        out = list[npt.NDArray[np.float32]]()
        with torch.inference_mode():
            for start in range(0, len(images), 256):
                out.append(self.net(_tensor(images[start : start + 256])).numpy())
        return np.concatenate(out).astype(np.float64)

    def standardise(self, values: Floats) -> Floats:
        """Known values [N, A] in standard deviations."""
        return (values - self.mean) / self.std


def reader(
    sets: Sequence[Pictures], specs: Sequence[AttributeSpec], *, images: int | None = None, cache: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Reader:  # fmt: skip
    """The reader for these pictures, from the cache (the user's folder by default) or trained now."""
    names, images = tuple(spec.name for spec in specs), images or IMAGES
    folder = cache or platformdirs.user_cache_path("diti-train", appauthor=False) / "readers"
    stamp = "-".join(pictures.fingerprint for pictures in sets)
    path = folder / f"reader{_VERSION}-{len(names)}-{images}-{stamp}.safetensors"
    if path.is_file():
        found = _load(path)
        if found.names == names:
            return found
    trained = train(sets, specs, images=images, progress=progress)
    folder.mkdir(parents=True, exist_ok=True)
    _save(trained, path)
    return trained


def train(
    sets: Sequence[Pictures], specs: Sequence[AttributeSpec], *, images: int | None = None, seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Reader:  # fmt: skip
    """Trains a reader on the pictures that are not held out; rendered ones must be among them."""
    rng, images = np.random.default_rng(seed), images or IMAGES
    values = [pictures.values(specs) for pictures in sets]
    seen = np.concatenate([v[~p.held] for v, p in zip(values, sets, strict=True) if p.kind == "rendered"])
    mean, std = seen.mean(axis=0), np.maximum(seen.std(axis=0), 1e-6)
    training = [np.flatnonzero(~pictures.held) for pictures in sets]
    shares = [_REAL_SHARE if pictures.kind == "labelled" else 1.0 for pictures in sets]
    shares = [share / sum(shares) for share in shares]

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = _Net(len(specs))
        steps = max(1, images // _BATCH)
        optimiser = torch.optim.AdamW(net.parameters(), _RATE, weight_decay=1e-2)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, steps, pct_start=0.1)
        net.train()
        for step in range(steps):
            counts = rng.multinomial(_BATCH, shares)
            x, y = list[torch.Tensor](), list[Floats]()
            for pictures, known, indices, count in zip(sets, values, training, counts, strict=True):
                if count:
                    chosen = rng.choice(indices, count)
                    x.append(_tensor(pictures.images[np.sort(chosen)]))
                    y.append((known[np.sort(chosen)] - mean) / std)
            target = torch.from_numpy(np.concatenate(y).astype(np.float32))
            known_target = ~target.isnan()
            read = net(_roughened(torch.cat(x), rng))
            loss = functional.smooth_l1_loss(read[known_target], target[known_target])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            if progress and step % 200 == 199:
                progress(f"reader: {(step + 1) * _BATCH} of {images} pictures, loss {loss.item():.3f}")
    out = Reader(net.eval(), tuple(spec.name for spec in specs), mean, std, {})
    for kind in kinds_of(sets):
        checked, parts = held_out(sets, kind, _CHECKED)
        known = np.concatenate([part.values(specs) for part in parts])
        out.correlation[kind] = _agreement(out.read(checked), known)
    return out


def _agreement(read: Floats, values: Floats) -> Floats:
    out = np.full(values.shape[1], np.nan)
    for i in range(values.shape[1]):
        known = ~np.isnan(values[:, i])
        if known.sum() >= 10 and values[known, i].std() > 0:
            out[i] = correlate(read[known, i], values[known, i])
    return out


def _tensor(images: Pixels) -> torch.Tensor:
    x = torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))).float() / 127.5 - 1
    if x.shape[-1] > SIZE:
        x = functional.interpolate(x, size=(SIZE, SIZE), mode="area")
    elif x.shape[-1] < SIZE:
        x = functional.interpolate(x, size=(SIZE, SIZE), mode="bilinear")
    return x


def _roughened(x: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Shifts, softness and noise as networks' pictures have them; colours stay, since they are what is read."""
    dx, dy = rng.integers(-2, 3, 2)
    x = torch.roll(x, (int(dy), int(dx)), (2, 3))
    if rng.random() < 0.3:
        x = functional.avg_pool2d(functional.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
    return x + torch.randn_like(x) * rng.uniform(0, 0.06)


def _save(reader: Reader, path: Path) -> None:
    tensors = {f"net.{k}": v.contiguous() for k, v in reader.net.state_dict().items()}
    tensors |= {"mean": torch.from_numpy(reader.mean), "std": torch.from_numpy(reader.std)}
    tensors |= {f"correlation.{k}": torch.from_numpy(v) for k, v in reader.correlation.items()}
    temporary = path.with_name(f".{path.name}.new")
    save_file(tensors, temporary, {"names": json.dumps(reader.names)})
    temporary.replace(path)


def _load(path: Path) -> Reader:
    from safetensors import safe_open

    tensors = load_file(path)
    with safe_open(path, "pt") as file:
        names = tuple(json.loads(file.metadata()["names"]))
    net = _Net(len(names))
    net.load_state_dict({k.removeprefix("net."): v for k, v in tensors.items() if k.startswith("net.")})
    prefix = "correlation."
    agreement = {k.removeprefix(prefix): v.numpy() for k, v in tensors.items() if k.startswith(prefix)}
    return Reader(net.eval(), names, tensors["mean"].numpy(), tensors["std"].numpy(), agreement)
