"""Writes a model pack from a run: graphs, latent statistics, named directions, samples and the manifest.

The graphs are compared with torch before anything is written, and the pack appears whole or not at all
(``trainer.packing``): there is never half a pack, and none that computes something else than the run.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path

import numpy as np
import torch

from diti_studio.core.editor import Settings
from diti_studio.core.framing import FramingRecipe
from diti_studio.core.packs import Diffusion, Manifest, Metric, Pack, Training
from diti_studio.core.tensors import rounded
from trainer import initial
from trainer.attributes import AttributeSpec, specs_for
from trainer.checkpoints import Run, load_run
from trainer.config import DataOptions, parse_source
from trainer.data import contrast
from trainer.discovery import BENCH, Discovered, discover
from trainer.evaluation.engine import Engine, TorchNetworks
from trainer.evaluation.heldout import Pictures, load_sets, sets_of_run
from trainer.evaluation.metrics import psnr
from trainer.evaluation.report import lasting
from trainer.evaluation.samples import Sample, from_files, from_renders
from trainer.graphs import check_parity, encoder_graph, unet_graph
from trainer.packing import entries, latents_file, refuse_other, stage_entries, staged, write_files
from trainer.storage import Storage, narrow
from trainer.tuning import carried_over
from trainer.tuning import metrics as tuning_metrics

LICENCE = "MIT"

_CHECKED = Settings(10, 10, "ddim")  # how pictures are reconstructed to see what storage costs
_GPU_BATCH, _GPU_BENCH = 64, 12
_CHECKED_PICTURES = 3  # of each set

Progress = Callable[[str], None]

Contrast = tuple[str, Path, Path]
"""An attribute's name, a folder of photos that show it, a folder of photos that do not."""


def export(
    run: Path, pack: Path, *, name: str = "faces", title: str = "Faces", domain: str = "face",
    storage: Storage = "int8", data: Sequence[Path] = (), contrasts: Sequence[Contrast] = (),
    samples: Sequence[Path] = (), rendered_samples: int = 4, measured: bool = True, command: str = "",
    progress: Progress | None = None,
) -> Pack:  # fmt: skip
    """Exports the averaged weights of a DiTi run as a model pack.

    Args:
        pack: where the pack goes, a folder; an older pack there is replaced, anything else is refused.
        storage: how weights are kept, fp32, fp16 or int8 (see ``trainer.storage``).
        data: folders of renders (factors.csv) or labelled pictures (labels.csv) that statistics and directions come
            from; empty means those that the run was trained on. With none that is known, the pack has no attributes
            but those of the pack that the run was begun from.
        contrasts: further attributes, each from a folder of photos that show it and one of photos that do not.
        samples: picture files, or folders of them, that users may start from.
        rendered_samples: how many held-out renders are added to them.
        measured: choose, scale and bound directions by what they do to pictures; else take the partial regression
            with ranges of +-3 (quick, for a look at a run that is still training; ``remeasure`` can follow).
        command: what the manifest says that made its figures.

    Raises:
        UsageError: the run or the data cannot be used, or something that is no pack is in the way.
        ParityError: the graphs do not compute what torch computes; nothing is written.
    """
    say = progress or _silent
    refuse_other(pack)
    trained = load_run(run)
    size, dims = trained.config.image_size, trained.groups.latent_dim
    recipe = _framing(trained, domain)
    sets = load_sets(data, size, trained.config.data) if data else sets_of_run(trained.config)
    sets += [contrast(*triple, size, DataOptions(framing=recipe)) for triple in contrasts]
    specs = specs_for(domain, sets)
    start = [*from_files(samples), *_rendered(sets, specs, rendered_samples)]
    before = initial.kept(run)

    full = copy.deepcopy((trained.encoder, trained.decoder)) if storage != "fp32" else None
    stored = narrow(trained.encoder, storage) | narrow(trained.decoder, storage)
    say("writing encoder.onnx")
    encoder = encoder_graph(trained.encoder, size, stored).SerializeToString()
    say("writing unet.onnx")
    unet = unet_graph(trained.decoder, size, dims, stored).SerializeToString()
    parity = check_parity(trained.encoder, trained.decoder, encoder, unet, size, dims, trained.schedule.timesteps)
    say(f"torch and ONNX Runtime agree to {parity.worst:.1e}")

    bare = {"encoder.onnx": encoder, "unet.onnx": unet, "latents.safetensors": latents_file(Discovered.none(dims))}
    with staged(pack) as staging:
        metrics = [Metric(name="parity_with_torch", value=parity.worst, unit="of the output's rms", command=command)]
        manifest = _manifest(trained, name, title, domain, recipe, bare)
        write_files(staging, manifest, bare)
        engine = Engine(Pack.open(staging))
        if sets and full is not None:
            images = np.concatenate([pictures.spread(pictures.held, _CHECKED_PICTURES).images for pictures in sets])
            metrics += _storage_metrics(engine, TorchNetworks(*full), storage, images, command)
            say(", ".join(f"{metric.name} {metric.value:.2f} {metric.unit}" for metric in metrics[-2:]))
        found = _found(engine, trained, sets, specs, measured=measured, progress=say)
        if before is not None:
            found, taken = carried_over(before, found, same_latent=not trained.config.objective.train_encoder)
            if taken:
                say(f"taken over from {before.manifest.name} and not measured anew: {', '.join(taken)}")
        training = manifest.training.model_copy(update={"metrics": (*metrics, *tuning_metrics(run, command))})
        files = bare | {"latents.safetensors": latents_file(found)} | _sample_files(start)
        if before is not None and not start:
            files |= {name: before.read(name) for name in before.manifest.files if name.startswith("samples/")}
        write_files(staging, manifest.model_copy(update={"attributes": found.attributes, "training": training}), files)
    say(f"wrote {pack}: {sum(map(len, files.values())) / 2**20:.1f} MiB, {len(found.attributes)} attributes")
    return Pack.open(pack)


def remeasure(
    pack: Path, *, data: Sequence[Path] = (), contrasts: Sequence[Contrast] = (), bench: int = BENCH,
    progress: Progress | None = None,
) -> Pack:  # fmt: skip
    """Finds statistics, directions, ranges and profiles of a pack folder anew; its networks, samples and figures stay,
    but for the figures of edits, which were those of the old directions.

    Attributes of which the data say nothing stay as they were, and with them the statistics.

    Args:
        data: folders of renders or labelled pictures.
        contrasts: as in ``export``.
        bench: so many pictures of each folder are edited to judge directions.

    Raises:
        UsageError: the pack is a single file, or the data cannot be used.
    """
    refuse_other(pack)
    before = Pack.open(pack)
    size, options = before.manifest.image_size, DataOptions(framing=before.manifest.framing)
    sets = [*load_sets(data, size, options), *(contrast(*triple, size, options) for triple in contrasts)]
    specs = specs_for(before.manifest.domain, sets)
    found = discover(Engine(before), sets, specs, bench=bench, progress=progress or _silent)
    tried = {spec.name for spec in specs}
    if not tried.issuperset(attribute.name for attribute in before.manifest.attributes):
        found, _ = carried_over(before, found, same_latent=True, tried=tried)
    files = {name: before.read(name) for name in before.manifest.files} | {"latents.safetensors": latents_file(found)}
    with staged(pack) as staging:
        training = before.manifest.training
        training = training.model_copy(update={"metrics": lasting(training.metrics)})
        update = {"attributes": found.attributes, "training": training}
        write_files(staging, before.manifest.model_copy(update=update), files)
    return Pack.open(pack)


def _found(
    engine: Engine, trained: Run, sets: Sequence[Pictures], specs: Sequence[AttributeSpec], *, measured: bool,
    progress: Progress,
) -> Discovered:  # fmt: skip
    """Thousands of pictures are made to find directions: by torch where there is a GPU, and then from more of them."""
    if not torch.cuda.is_available():
        return discover(engine, sets, specs, measured=measured, progress=progress)
    networks = TorchNetworks(trained.encoder, trained.decoder, torch.device("cuda"))
    quick = Engine(engine.pack, networks=networks, batch=_GPU_BATCH)
    return discover(quick, sets, specs, measured=measured, bench=_GPU_BENCH, progress=progress)


def _silent(_: str) -> None: ...


def _manifest(
    run: Run, name: str, title: str, domain: str, recipe: FramingRecipe, files: Mapping[str, bytes]
) -> Manifest:
    """All of it but attributes and figures."""
    schedule = run.schedule
    return Manifest(
        name=name,
        title=title,
        domain=domain,
        image_size=run.config.image_size,
        framing=recipe,
        diffusion=Diffusion(
            timesteps=schedule.timesteps,
            beta_schedule=schedule.kind,
            beta_start=schedule.beta_start,
            beta_end=schedule.beta_end,
        ),
        latent_dim=run.groups.latent_dim,
        groups=Manifest.group_entries(run.groups),
        stages=stage_entries(run.groups.stage_ends, domain),
        training=Training(
            data=", ".join(parse_source(source)[0].name for source in run.config.data.sources),
            images_seen=run.images,
            code_version=metadata.version("diti-studio"),
            config=initial.record(run.config, run.decoder.frozen.unet),
        ),
        licence=LICENCE,
        files=entries(files),
    )


def _framing(run: Run, domain: str) -> FramingRecipe:
    """How the run's photos were cut; faces that came cut were so by FFHQ's recipe."""
    recipe = run.config.data.framing
    return FramingRecipe(name="ffhq") if domain == "face" and recipe.name == "centre" else recipe


def _storage_metrics(
    engine: Engine, full: TorchNetworks, storage: Storage, images: np.ndarray, command: str
) -> list[Metric]:
    """PSNR of a short reconstruction with the stored weights and with the full ones."""
    out = list[Metric]()
    for kind, networks in ((storage, engine), ("fp32", Engine(engine.pack, networks=full))):
        z = networks.encode(images)
        noise = networks.invert(images, z, _CHECKED)
        error = psnr(images, rounded(networks.generate(noise, z, _CHECKED))).mean()
        name = f"reconstruction_{_CHECKED.invert_steps}_{_CHECKED.steps}_{kind}_weights"
        out.append(Metric(name=name, value=float(error), unit="dB", command=command))
    return out


def _rendered(sets: Sequence[Pictures], specs: Sequence[AttributeSpec], count: int) -> list[Sample]:
    renders = [pictures for pictures in sets if pictures.kind == "rendered"]
    return from_renders(renders[0], count, specs) if renders and count else []


def _sample_files(samples: Sequence[Sample]) -> dict[str, bytes]:
    """samples/NAME for each, and samples/samples.json with the values that are known."""
    if not samples:
        return {}
    values = {sample.name: sample.values for sample in samples if sample.values}
    files = {f"samples/{sample.name}": sample.data for sample in samples}
    return files | {"samples/samples.json": json.dumps(values, indent=1).encode()}
