"""Writes a model pack from a run: graphs, latent statistics, named directions, samples and the manifest.

The pack is put together in a folder beside its place, opened and checked like a stranger's, compared with torch, and
only then renamed: there is never half a pack, and none that computes something else than the run.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from diti_studio.core.editor import Settings
from diti_studio.core.errors import UsageError
from diti_studio.core.framing import FramingRecipe
from diti_studio.core.packs import (
    MANIFEST,
    SUFFIX,
    Attribute,
    Diffusion,
    FileEntry,
    Manifest,
    Metric,
    Pack,
    Stage,
    Training,
)  # fmt: skip
from trainer.attributes import FACES
from trainer.checkpoints import Run, load_run
from trainer.config import parse_source
from trainer.discovery import Discovered, discover
from trainer.evaluation.engine import Engine, TorchNetworks, to_pixels
from trainer.evaluation.heldout import Pictures, load_sets, sets_of_run
from trainer.evaluation.metrics import psnr
from trainer.evaluation.samples import Sample, from_files, from_renders
from trainer.graphs import Parity, check_parity, encoder_graph, unet_graph
from trainer.storage import Storage, narrow

STAGE_NAMES: dict[tuple[int, ...], tuple[str, ...]] = {
    (50, 100, 300, 500, 1000): ("Texture", "Fine detail", "Features", "Colours", "Shape, pose and light"),
    (1000,): ("All",),
}

LICENCE = "MIT"

_CHECKED = Settings(10, 10, "ddim")  # how pictures are reconstructed to see what storage costs
_CHECKED_PICTURES = 3  # of each set

Progress = Callable[[str], None]


def export(
    run: Path, pack: Path, *, name: str = "faces", title: str = "Faces", domain: str = "face",
    storage: Storage = "int8", data: Sequence[Path] = (), samples: Sequence[Path] = (), rendered_samples: int = 4,
    measured: bool = True, command: str = "", progress: Progress | None = None,
) -> Pack:  # fmt: skip
    """Exports the averaged weights of a DiTi run as a model pack.

    Args:
        pack: where the pack goes, a folder; an older pack there is replaced, anything else is refused.
        storage: how weights are kept, fp32, fp16 or int8 (see ``trainer.storage``).
        data: folders of renders (factors.csv) or labelled pictures (labels.csv) that statistics and directions come
            from; empty means those that the run was trained on. With none that is known, the pack has no attributes.
        samples: picture files, or folders of them, that users may start from.
        rendered_samples: how many held-out renders are added to them.
        measured: choose, scale and bound directions by what they do to pictures; else take the partial regression
            with ranges of +-3 (quick, for a look at a run that is still training).
        command: what the manifest says that made its figures.

    Raises:
        UsageError: the run or the data cannot be used, or something that is no pack is in the way.
        ParityError: the graphs do not compute what torch computes; nothing is written.
    """
    say = progress or (lambda _: None)
    trained = load_run(run)
    size, dims = trained.config.image_size, trained.groups.latent_dim
    _refuse_other(pack)
    sets = load_sets(data, size) if data else sets_of_run(trained.config)

    full = copy.deepcopy((trained.encoder, trained.decoder)) if storage != "fp32" else None
    stored = narrow(trained.encoder, storage) | narrow(trained.decoder, storage)
    say("writing encoder.onnx")
    encoder = encoder_graph(trained.encoder, size, stored).SerializeToString()
    say("writing unet.onnx")
    unet = unet_graph(trained.decoder, size, dims, stored).SerializeToString()
    parity = check_parity(trained.encoder, trained.decoder, encoder, unet, size, dims, trained.schedule.timesteps)
    say(f"torch and ONNX Runtime agree to {parity.worst:.1e}")

    staging = pack.with_name(f".{pack.name}.{os.getpid()}.new")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        files = {"encoder.onnx": encoder, "unet.onnx": unet, "latents.safetensors": _latents(Discovered.none(dims))}
        about = _Writer(trained, name, title, domain)
        about.write(staging, files, (), _parity_metrics(parity, command))
        engine = Engine(Pack.open(staging))
        metrics = list(_parity_metrics(parity, command))
        if sets and full is not None:
            images = np.concatenate([_some_held(pictures) for pictures in sets])
            metrics += _storage_metrics(engine, TorchNetworks(*full), storage, images, command)
            say(", ".join(f"{metric.name} {metric.value:.2f} {metric.unit}" for metric in metrics[-2:]))
        found = discover(engine, sets, FACES if domain == "face" else (), measured=measured, progress=say)
        pictures = [*from_files(samples), *_rendered(sets, rendered_samples)]
        files |= {"latents.safetensors": _latents(found)} | _sample_files(pictures)
        about.write(staging, files, found.attributes, tuple(metrics))
        Pack.open(staging).verify()
        _replace(pack, staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    say(f"wrote {pack}: {sum(map(len, files.values())) / 2**20:.1f} MiB, {len(found.attributes)} attributes")
    return Pack.open(pack)


class _Writer:
    """Writes files and their manifest into a folder."""

    def __init__(self, run: Run, name: str, title: str, domain: str) -> None:
        self._run, self._name, self._title, self._domain = run, name, title, domain

    def write(
        self, folder: Path, files: dict[str, bytes], attributes: Sequence[Attribute], metrics: Sequence[Metric]
    ) -> None:
        for file, content in files.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        run, schedule = self._run, self._run.schedule
        manifest = Manifest(
            name=self._name,
            title=self._title,
            domain=self._domain,
            image_size=run.config.image_size,
            framing=FramingRecipe(name="ffhq" if self._domain == "face" else "centre"),
            diffusion=Diffusion(
                timesteps=schedule.timesteps,
                beta_schedule=schedule.kind,
                beta_start=schedule.beta_start,
                beta_end=schedule.beta_end,
            ),
            latent_dim=run.groups.latent_dim,
            groups=Manifest.group_entries(run.groups),
            stages=_stages(run.groups.stage_ends),
            attributes=tuple(attributes),
            training=Training(
                data=", ".join(parse_source(source)[0].name for source in run.config.data.sources),
                images_seen=run.images,
                code_version=metadata.version("diti-studio"),
                metrics=tuple(metrics),
            ),
            licence=LICENCE,
            files={
                file: FileEntry(sha256=hashlib.sha256(content).hexdigest(), size=len(content))
                for file, content in files.items()
            },
        )
        (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")


def _stages(ends: tuple[int, ...]) -> tuple[Stage, ...]:
    names = STAGE_NAMES.get(ends) or tuple(f"Stage {i + 1}" for i in range(len(ends)))
    return tuple(
        Stage(name=name, t_start=start, t_end=end) for name, start, end in zip(names, (0, *ends), ends, strict=False)
    )


def _latents(found: Discovered) -> bytes:
    tensors = {
        "mean": found.mean,
        "std": found.std,
        "principal": found.principal,
        "attribute.directions": found.directions,
        "attribute.weights": found.weights,
        "attribute.bias": found.bias,
    }
    return save({name: np.ascontiguousarray(value, np.float32) for name, value in tensors.items()})


def _some_held(pictures: Pictures) -> np.ndarray:
    held = np.flatnonzero(pictures.held)
    return np.asarray(pictures.images[held[:: max(1, len(held) // _CHECKED_PICTURES)][:_CHECKED_PICTURES]])


def _parity_metrics(parity: Parity, command: str) -> tuple[Metric, ...]:
    return (Metric(name="parity_with_torch", value=parity.worst, unit="of the output's rms", command=command),)


def _storage_metrics(
    engine: Engine, full: TorchNetworks, storage: Storage, images: np.ndarray, command: str
) -> list[Metric]:
    """PSNR of a short reconstruction with the stored weights and with the full ones."""
    out = list[Metric]()
    for kind, networks in ((storage, engine), ("fp32", Engine(engine.pack, networks=full))):
        z = networks.encode(images)
        noise = networks.invert(images, z, _CHECKED.invert_steps)
        error = psnr(images, to_pixels(networks.generate(noise, z, _CHECKED))).mean()
        name = f"reconstruction_{_CHECKED.invert_steps}_{_CHECKED.steps}_{kind}_weights"
        out.append(Metric(name=name, value=float(error), unit="dB", command=command))
    return out


def _rendered(sets: Sequence[Pictures], count: int) -> list[Sample]:
    renders = [pictures for pictures in sets if pictures.kind == "rendered"]
    return from_renders(renders[0], count, FACES) if renders and count else []


def _sample_files(samples: Sequence[Sample]) -> dict[str, bytes]:
    """samples/NAME for each, and samples/samples.json with the values that are known."""
    if not samples:
        return {}
    values = {sample.name: sample.values for sample in samples if sample.values}
    files = {f"samples/{sample.name}": sample.data for sample in samples}
    return files | {"samples/samples.json": json.dumps(values, indent=1).encode()}


def _refuse_other(pack: Path) -> None:
    if pack.suffix == SUFFIX:
        raise UsageError(f"{pack} cannot be written: an export makes a folder, so leave out {SUFFIX}.")
    if pack.exists() and not (pack / MANIFEST).is_file() and (not pack.is_dir() or any(pack.iterdir())):
        raise UsageError(f"{pack} already holds something that is no model pack: choose another folder.")


def _replace(pack: Path, staging: Path) -> None:
    """Puts the new pack in the place of an older one, which is there until the new one is."""
    old = pack.with_name(f".{pack.name}.{os.getpid()}.old")
    if pack.exists():
        pack.replace(old)
    try:
        staging.replace(pack)
    except OSError:
        if old.exists():
            old.replace(pack)
        raise
    shutil.rmtree(old, ignore_errors=True)
