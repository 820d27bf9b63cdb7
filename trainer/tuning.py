"""A pack tuned to somebody's own pictures: whether that helped, and what it takes over from the pack before."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from diti_studio.core.editor import Quality
from diti_studio.core.packs import Metric, Pack
from diti_studio.core.tensors import rounded
from trainer import initial
from trainer.checkpoints import load_run
from trainer.data import Mixture
from trainer.discovery import Discovered
from trainer.evaluation.engine import Engine, TorchNetworks
from trainer.evaluation.metrics import Floats, Pixels, psnr
from trainer.render.files import write_whole

SETTINGS = Quality.STANDARD.value
PICTURES = 32
"""At most so many held-out pictures are compared."""
RESULT = "tuning.json"

_ERRORS = 2.0  # standard errors that a mean difference must exceed
_LEAST = 0.05  # dB: less is seen by nobody


@dataclass(frozen=True)
class Comparison:
    """Mean PSNR in dB of the same held-out pictures through the old pack and the new networks.

    ``error`` is the standard error of the mean difference; ``better`` counts the pictures that gained.
    """

    pictures: int
    before: float
    after: float
    error: float
    better: int

    @classmethod
    def of(cls, before: Floats, after: Floats) -> Comparison:
        """From the PSNR of each picture, [N] and [N]."""
        gain = after - before
        error = float(gain.std(ddof=1) / len(gain) ** 0.5) if len(gain) > 1 else float("inf")
        return cls(len(gain), float(before.mean()), float(after.mean()), error, int((gain > 0).sum()))

    @property
    def verdict(self) -> str:
        """Whether the new is "better" or "worse"; "no clear difference" when the mean difference may be chance."""
        gain = self.after - self.before
        if not abs(gain) > max(_ERRORS * self.error, _LEAST):
            return "no clear difference"
        return "better" if gain > 0 else "worse"

    @property
    def line(self) -> str:
        """The result for a person."""
        return (
            f"{self.pictures} held-out pictures at {SETTINGS.invert_steps}+{SETTINGS.steps} calls: "
            f"{self.before:.2f} dB through the old pack, {self.after:.2f} dB through the new: {self.verdict} "
            f"({self.after - self.before:+.2f} dB, {self.better} of {self.pictures} gained)."
        )


def check(run: Path, mixture: Mixture | None = None) -> Comparison | None:
    """Compares a run with the pack that it was begun from, says the result and keeps it in the run's tuning.json.

    Args:
        mixture: the run's data, when it is open already.

    Returns:
        None when the run was begun from no pack, or holds no photo out.
    """
    pack = initial.kept(run)
    if pack is None:
        return None
    trained = load_run(run)
    mixture = mixture or Mixture.open(trained.config.data, trained.config.image_size)
    images = _held_out(mixture)
    if not len(images):
        return None
    old = Engine(pack)
    new = Engine(pack, networks=TorchNetworks(trained.encoder, trained.decoder))
    found = Comparison.of(_psnr(old, images), _psnr(new, images))
    text = json.dumps(asdict(found) | {"verdict": found.verdict, "images_seen": trained.images}, indent=1)
    write_whole(run / RESULT, lambda file: file.write(text.encode()))
    print(found.line, file=sys.stderr, flush=True)  # noqa: T201
    return found


def metrics(run: Path, command: str) -> tuple[Metric, ...]:
    """What the last ``check`` of a run found, for the manifest of its pack."""
    path = run / RESULT
    if not path.is_file():
        return ()
    found = json.loads(path.read_text(encoding="utf-8"))
    steps = f"{SETTINGS.invert_steps}_{SETTINGS.steps}"
    return tuple(
        Metric(name=f"psnr_own_pictures_{steps}_{when}", value=found[when], unit="dB", command=command)
        for when in ("before", "after")
    )


def carried_over(
    pack: Pack, found: Discovered, *, same_latent: bool, tried: Collection[str] = ()
) -> tuple[Discovered, tuple[str, ...]]:
    """What was found of a tuned pack's latent, and from the pack it was begun from what was not.

    The old statistics stay as long as the latent is the same: they come from far more pictures. Attributes that were
    not measured anew are taken over as they were; where the encoder was trained on they are marked as experimental,
    since the latent may no longer mean quite the same.

    Args:
        tried: names of attributes that were measured anew; those among them that were not found are not taken over.

    Returns:
        All of it, and the names of the attributes that were taken over unmeasured.
    """
    manifest, old = pack.manifest, pack.latents
    measured = {attribute.name for attribute in found.attributes} | set(tried)
    rows = [i for i, attribute in enumerate(manifest.attributes) if attribute.name not in measured]
    kept = [manifest.attributes[i] for i in rows]
    if not same_latent:
        kept = [attribute.model_copy(update={"experimental": True}) for attribute in kept]
    theirs = same_latent or not found.principal.any()
    mean, std, principal = (old.mean, old.std, old.principal) if theirs else (found.mean, found.std, found.principal)
    probes = [
        _restated(weights, bias, before, (mean, std))
        for weights, bias, before in (
            (found.weights, found.bias, (found.mean, found.std)),
            (old.attribute_weights[rows], old.attribute_bias[rows], (old.mean, old.std)),
        )
    ]
    whole = Discovered(
        mean, std, principal,
        np.concatenate([found.directions, old.attribute_directions[rows]]),
        np.concatenate([weights for weights, _ in probes]),
        np.concatenate([bias for _, bias in probes]),
        (*found.attributes, *kept),
    )  # fmt: skip
    return whole, tuple(attribute.name for attribute in kept)


def _restated(
    weights: Floats, bias: Floats, before: tuple[Floats, Floats], after: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Probes (z - mean) / std . w + b under other statistics, so that they read the same number off z."""
    (mean, std), (new_mean, new_std) = before, after
    return weights * (new_std / std), bias + (weights / std) @ (new_mean - mean)


def _held_out(mixture: Mixture) -> Pixels:
    """Held-out photos, [N,S,S,3], as many from each source of photos; of renders when there are no photos."""
    sources = [s for s in mixture.sources if s.kind == "labels"] or list(mixture.sources)
    share = -(-PICTURES // len(sources))
    return np.concatenate([s.images[np.flatnonzero(s.held)[:share]] for s in sources])[:PICTURES]


def _psnr(engine: Engine, images: Pixels) -> Floats:
    z = engine.encode(images)
    noise = engine.invert(images, z, SETTINGS)
    return psnr(images, rounded(engine.generate(noise, z, SETTINGS))).astype(np.float64)
