"""From a run folder of the official code to a model pack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

from diti_studio.core.errors import UsageError
from diti_studio.core.framing import FramingRecipe
from diti_studio.core.groups import TimestepGroups
from diti_studio.core.packs import Diffusion, Manifest, Metric, Pack, Training
from diti_studio.core.schedule import NoiseSchedule
from trainer.graphs import check_parity, encoder_graph, unet_graph
from trainer.latents import Statistics, principal_directions
from trainer.models import DiffusionModel, Encoder, ShiftDecoder
from trainer.packing import entries, latents_file, refuse_other, stage_entries, staged, write_files
from trainer.reference.knowledge import discovered, read_statistics
from trainer.reference.layout import STATISTICS, RunFolder, open_dpm, open_run
from trainer.reference.networks import build_decoder, build_diffusion, build_encoder
from trainer.reference.pictures import encode_sources
from trainer.reference.weights import Weights, load
from trainer.storage import Storage, narrow

LICENCE = "That of the checkpoint: its authors publish it on their own terms."

_FRAMING = {
    "celeba64": ("face", "celeba"),
    "celebahq": ("face", "ffhq"),
    "ffhq": ("face", "ffhq"),
    "bedroom": ("room", "centre"),
}
"""Domain and recipe of the published data sets; CelebA-HQ and FFHQ were aligned by one formula. Others: the centre."""


@dataclass(frozen=True, eq=False)
class Reference:
    """An official run, ready for use: averaged networks in evaluation mode, in float32, on the CPU."""

    encoder: Encoder
    decoder: ShiftDecoder
    groups: TimestepGroups
    schedule: NoiseSchedule
    folder: RunFolder
    step: int


def load_reference(folder: Path) -> Reference:
    """The networks of a run folder of the official DiTi or PDAE code.

    Raises:
        UsageError: it is no such folder, its parts contradict each other, or its network is not supported.
    """
    found = open_run(folder)
    options, path = found.options, found.checkpoint
    state = load(path)
    missing = [key for key in ("ema_encoder", "ema_decoder") if key not in state]
    if missing:
        what = "a diffusion model" if "ema_denoise_fn" in state else "another network"
        raise UsageError(f"{path} is a checkpoint of {what}: it has no {missing[0]}.")
    schedule = options.diffusion_config.schedule

    def build() -> tuple[Encoder, ShiftDecoder]:
        return (
            build_encoder(options.encoder_config, Weights(state["ema_encoder"], "the encoder", path)),
            build_decoder(
                found.unet, options.dataset.image_size, options.encoder_config.latent_dim, schedule,
                Weights(state["ema_decoder"], "the decoder", path),
            ),
        )  # fmt: skip

    with torch.device("meta"):  # options may ask for any amount of memory: first the shapes alone
        build()
    encoder, decoder = build()
    return Reference(encoder, decoder, options.groups, schedule, found, _step(state))


def load_reference_dpm(folder: Path, image_size: int) -> DiffusionModel:
    """A pre-trained diffusion model of the official code (config.yml, checkpoint.pt), to be the frozen one of a run.

    Args:
        image_size: of the pictures that it was trained on, which its folder need not say.

    Raises:
        UsageError: it is no such folder, or its network is not supported.
    """
    options, path = open_dpm(folder)
    state = load(path)
    if "ema_denoise_fn" not in state:
        raise UsageError(f"{path} is no checkpoint of a diffusion model: it has no ema_denoise_fn.")
    unet = options.denoise_fn_config
    if unet.head_channel == -1 and unet.num_heads > 1 and len(unet.attended) > 1:
        raise UsageError(f"{folder} has attentions with heads of several widths, which cannot be a frozen model.")

    def build() -> DiffusionModel:
        weights = Weights(state["ema_denoise_fn"], "the diffusion model", path)
        return build_diffusion(unet, image_size, options.diffusion_config.schedule, weights)

    with torch.device("meta"):
        build()
    return build()


def import_reference(
    folder: Path, pack: Path, *, name: str, title: str, command: str, progress: Callable[[str], None],
    storage: Storage = "fp32", data: Sequence[Path] = (),
) -> Pack:  # fmt: skip
    """Writes the averaged networks of an official run as a model pack.

    Args:
        pack: where it goes, a folder; an older pack there is replaced, anything else is refused.
        storage: fp32 keeps the published numbers as they are; fp16 halves the pack, at a relative error of 1e-3.
        data: folders of pictures like those of the training, from which come each group's principal directions, and
            the latent's statistics where the run has no stats.pt.

    Raises:
        UsageError: the run cannot be used, or something that is no pack is in the way.
        ParityError: the graphs do not compute what torch computes; nothing is written.
    """
    refuse_other(pack)
    progress(f"reading {folder}")
    found = open_run(folder)
    if found.statistics is None and not data:
        raise UsageError(
            f"{folder} has no {STATISTICS} with the latent's mean and std: copy the file that the official code infers "
            "(PDAE: trained-models/latents) there, or give pictures with --data."
        )
    run = load_reference(folder)
    size, dims = found.options.dataset.image_size, run.groups.latent_dim
    domain, recipe = _framing(found.options.dataset.name)

    z = encode_sources(run.encoder, data, recipe, size, progress) if data else None
    if found.statistics is not None:
        statistics = read_statistics(found.statistics, dims)
    else:
        assert z is not None
        statistics = Statistics.of(z)
    principal = None if z is None else principal_directions(z, run.groups)
    known = discovered(statistics, principal, found.classifiers, run.groups)

    stored = narrow(run.encoder, storage) | narrow(run.decoder, storage)
    progress("writing encoder.onnx")
    encoder = encoder_graph(run.encoder, size, stored).SerializeToString()
    progress("writing unet.onnx")
    unet = unet_graph(run.decoder, size, dims, stored).SerializeToString()
    parity = check_parity(run.encoder, run.decoder, encoder, unet, size, dims, run.schedule.timesteps)
    progress(f"torch and ONNX Runtime agree to {parity.worst:.1e}")

    files = {"encoder.onnx": encoder, "unet.onnx": unet, "latents.safetensors": latents_file(known)}
    schedule = run.schedule
    manifest = Manifest(
        name=name,
        title=title,
        domain=domain,
        image_size=size,
        framing=recipe,
        diffusion=Diffusion(
            timesteps=schedule.timesteps,
            beta_schedule=schedule.kind,
            beta_start=schedule.beta_start,
            beta_end=schedule.beta_end,
        ),
        latent_dim=dims,
        groups=Manifest.group_entries(run.groups),
        stages=stage_entries(run.groups.stage_ends, ""),  # another diffusion model: not measured
        attributes=known.attributes,
        training=Training(
            data=found.options.dataset.name,
            images_seen=run.step * found.options.dataloader_config.batch_size,
            code_version=f"official code, imported by diti-studio {metadata.version('diti-studio')}",
            metrics=(
                Metric(
                    name="parity_with_torch", value=parity.worst, unit="of the output's rms", command=command,
                ),
            ),
        ),
        licence=LICENCE,
        files=entries(files),
    )  # fmt: skip
    with staged(pack) as staging:
        write_files(staging, manifest, files)
    progress(f"wrote {pack}: {sum(map(len, files.values())) / 2**20:.1f} MiB, {len(known.attributes)} attributes")
    return Pack.open(pack)


def _framing(dataset: str) -> tuple[str, FramingRecipe]:
    """Domain and framing recipe of a data set, by the name in its config.yml."""
    known = dataset.lower()
    for prefix, (domain, recipe) in _FRAMING.items():
        if known.startswith(prefix):
            return domain, FramingRecipe.model_validate({"name": recipe})
    return known[:40] or "pictures", FramingRecipe(name="centre")


def _step(state: dict[str, Any]) -> int:
    step = state.get("step", 0)
    return step if isinstance(step, int) and step >= 0 else 0
