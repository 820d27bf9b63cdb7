"""A model pack as the start of a run: networks, options and weights, read back out of the pack's two graphs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import onnx
import torch
from diffusers.models.unets.unet_2d import UNet2DModel
from onnx import numpy_helper

from diti_studio.core import packs
from diti_studio.core.errors import DitiError, UsageError
from diti_studio.core.packs import MANIFEST, Manifest, Pack
from trainer import checkpoints, runs
from trainer.config import Config, load_preset, presets, resolve
from trainer.graphs import ParityError, check_parity
from trainer.models import DiffusionModel, Encoder, ShiftDecoder

Arrays = dict[str, npt.NDArray[Any]]

KEPT = "init"
"""The folder of a run that holds the pack it was begun from: what its own pictures are compared with."""

TUNING: dict[str, dict[str, Any]] = {
    "objective": {"train_encoder": False, "factor_weight": 0.0},
    "diti": {"images": 40_000, "rate": 1e-4, "warmup_images": 1_000, "ema": 0.998},
}
"""What differs when a pack is tuned to a few pictures: little is trained, slowly, and the latent keeps its meaning."""

_NORM_BEFORE = {  # the norm whose output, after the activation, a layer sees
    "conv1": "norm1", "conv2": "norm2", "to_q": "group_norm", "to_k": "group_norm", "to_v": "group_norm",
    "conv_out": "conv_norm_out", "qkv": "norm",
}  # fmt: skip
_CONV = re.compile(r"convs\.(\d+)")


@dataclass(frozen=True, eq=False)
class Start:
    """The networks of a pack, in evaluation mode, and the options that describe them."""

    config: Config
    encoder: Encoder
    decoder: ShiftDecoder

    def weights(self) -> dict[str, torch.Tensor]:
        """Encoder and branch under the names of a checkpoint."""
        parts = {"encoder.": self.encoder, "decoder.branch.": self.decoder.branch}
        return {f"{prefix}{name}": value for prefix, part in parts.items() for name, value in part.state_dict().items()}


def pack_of(init: Path) -> Pack | None:
    """The pack that ``--init`` names, by path or by the name of an installed one; None when it is a run folder.

    Raises:
        PackError: it is neither, or a damaged pack.
    """
    return None if (init / runs.CONFIG).is_file() else packs.find(str(init))


def options(init: Path) -> dict[str, Any]:
    """The options of a new run that begins with a run's or a pack's weights, as nested tables.

    Those of a pack are its own, with ``TUNING`` and its framing.

    Raises:
        UsageError: the pack does not tell how its networks are built.
    """
    pack = pack_of(init)
    if pack is None:
        return runs.read_config(init)[0].model_dump(mode="json")
    told = bool(pack.manifest.training.config)
    config = next(_candidates(pack.manifest))[0] if told else load(pack).config
    out = config.model_dump(mode="json")
    for section, values in TUNING.items():
        out[section] |= values
    out["data"] |= {"framing": pack.manifest.framing.model_dump(mode="json"), "sources": []}
    return out


def load(pack: Path | Pack) -> Start:
    """The networks of a pack, proven to compute what its graphs compute.

    Raises:
        UsageError: the pack does not tell how its networks are built, or they are others than it tells.
    """
    pack = pack if isinstance(pack, Pack) else Pack.open(pack)
    files = {name: pack.read(name) for name in ("encoder.onnx", "unet.onnx")}
    graphs = {name: onnx.load_from_string(content) for name, content in files.items()}
    failure: DitiError | None = None
    for config, unet in _candidates(pack.manifest):
        try:
            start = _build(config, unet, graphs)
            check_parity(
                start.encoder, start.decoder, files["encoder.onnx"], files["unet.onnx"],
                config.image_size, pack.manifest.latent_dim, pack.manifest.diffusion.timesteps,
            )  # fmt: skip
        except (UsageError, ParityError) as error:
            failure = error
            continue
        return start
    name = pack.manifest.name
    if failure is None:
        raise UsageError(f"The pack {name} does not tell how its networks are built, and they are those of no preset.")
    raise UsageError(f"The pack {name} cannot be continued from: {failure}") from failure


def keep(pack: Pack, run: Path) -> None:
    """Copies the pack into the run, whole or not at all; nothing is done when one is there."""
    target = run / KEPT
    if target.exists():
        return
    staging = run / f".{KEPT}.new"
    shutil.rmtree(staging, ignore_errors=True)
    for name in pack.manifest.files:
        path = staging / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pack.read(name))
    (staging / MANIFEST).write_text(pack.manifest.model_dump_json(indent=1), encoding="utf-8")
    staging.replace(target)


def kept(run: Path) -> Pack | None:
    """The pack that a run was begun from; None when it was not begun from one."""
    return Pack.open(run / KEPT) if (run / KEPT / MANIFEST).is_file() else None


def record(config: Config, unet: UNet2DModel) -> dict[str, Any]:
    """What a manifest says under training.config, so that the pack can be continued from; no paths of anybody's."""
    return {
        "options": config.model_dump(mode="json", exclude={"data", "loop"}),
        "unet": {k: v for k, v in dict(unet.config).items() if not k.startswith("_")},
    }


def _candidates(manifest: Manifest) -> Iterator[tuple[Config, Mapping[str, Any] | None]]:
    """How the networks may be built: as the manifest tells, or else as a preset of this latent does."""
    told = manifest.training.config
    if told:
        unet = told.get("unet")
        if not isinstance(told.get("options"), dict) or not (unet is None or isinstance(unet, dict)):
            raise UsageError(f"The manifest of the pack {manifest.name} does not tell its networks' options.")
        yield resolve(told["options"]), unet
        return
    for name in presets():
        config = resolve(load_preset(name))
        same = (config.image_size, config.timestep_groups) == (manifest.image_size, manifest.timestep_groups)
        if same and config.diffusion.schedule == manifest.noise_schedule:
            yield config.model_copy(update={"domain": manifest.domain}), None


def _build(config: Config, unet: Mapping[str, Any] | None, graphs: Mapping[str, onnx.ModelProto]) -> Start:
    with torch.device("meta"):  # a lying manifest could ask for any amount of memory: first the shapes alone
        shapes = [part.state_dict() for part in _networks(config, unet)]
    found = [_parameters(graphs[name], part) for name, part in zip(("encoder.onnx", "unet.onnx"), shapes, strict=True)]
    encoder, decoder = _networks(config, unet)
    for module, arrays in ((encoder, found[0]), (decoder, found[1])):
        module.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
        module.eval().requires_grad_(False)
    return Start(config, encoder, decoder)


def _networks(config: Config, unet: Mapping[str, Any] | None) -> tuple[Encoder, ShiftDecoder]:
    d = config.diffusion
    try:
        if unet is None:
            frozen = checkpoints.build_diffusion(config)
        else:
            network = cast(UNet2DModel, UNet2DModel.from_config(dict(unet)))
            frozen = DiffusionModel(network, d.schedule, d.prediction, d.unshuffle)
        return checkpoints.build_encoder(config), ShiftDecoder(frozen, config.encoder.latent_dim)
    except (TypeError, ValueError, KeyError, AttributeError, RuntimeError) as error:
        raise UsageError(f"its manifest describes no network that can be built ({runs.first_line(error)}).") from error


# -- weights out of a graph --------------------------------------------------------------------------------
#
# Convolutions and Linears keep their names in an exported graph. The matrices of attention layers are stored
# transposed under another name, and norms lose theirs: those are told by the layers around them.


def _parameters(model: onnx.ModelProto, wanted: Mapping[str, torch.Tensor]) -> Arrays:
    """Every parameter that is wanted, in float32 and in the shape of the module's.

    Raises:
        UsageError: one is not in the graph, or has another shape.
    """
    graph = _Graph(model)
    found = graph.layers(wanted)
    found |= graph.norms(wanted)
    out = Arrays()
    for name, tensor in wanted.items():
        array = found.get(name)
        if array is None or array.size != tensor.numel() or (array.ndim > 1 and array.shape != tuple(tensor.shape)):
            raise UsageError(f"its networks are others than its options describe ({name} does not match).")
        out[name] = np.array(array.reshape(tuple(tensor.shape)), np.float32, order="C")
    return out


class _Graph:
    """An exported graph: its constants, its nodes, and who uses what."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.nodes = list(model.graph.node)
        self.constants = _constants(model)
        self.users = dict[str, list[onnx.NodeProto]]()
        for node in self.nodes:
            for name in node.input:
                self.users.setdefault(name, []).append(node)
        self.names = dict[str, str]()  # of a weight as a node's input -> the layer it belongs to

    def layers(self, wanted: Mapping[str, torch.Tensor]) -> Arrays:
        """Weights and biases of convolutions and Linears."""
        out = Arrays()
        for node in self.nodes:
            if len(node.input) < 2 or node.input[1] not in self.constants:
                continue
            weight = self.constants[node.input[1]]
            if node.op_type in ("Conv", "Gemm"):
                layer = node.input[1].removesuffix(".weight")
                transposed = node.op_type == "Gemm" and not any(a.name == "transB" and a.i for a in node.attribute)
                bias = self.constants.get(node.input[2]) if len(node.input) > 2 else None
            elif node.op_type == "MatMul":
                layer, bias, transposed = "", None, True
                for user in self.users.get(node.output[0], []):
                    named = [n for n in user.input if n.endswith(".bias") and n in self.constants]
                    if user.op_type == "Add" and named:
                        layer, bias = named[0].removesuffix(".bias"), self.constants[named[0]]
            else:
                continue
            if f"{layer}.weight" in wanted:
                self.names[node.output[0]] = layer
                out[f"{layer}.weight"] = weight.T if transposed else weight
                if bias is not None:
                    out[f"{layer}.bias"] = bias
        return out

    def norms(self, wanted: Mapping[str, torch.Tensor]) -> Arrays:
        """Scales and offsets of group norms, called after the layers that see them; call ``layers`` first."""
        out = Arrays()
        for node in self.nodes:
            if node.op_type != "InstanceNormalization":
                continue
            normal = node.output[0]
            users = self.users.get(normal, [])
            if len(users) == 1 and users[0].op_type == "Reshape":
                normal = users[0].output[0]
            # The frozen and the trained half may share what is normalised, and scale it each on its own.
            for user in self.users.get(normal, []):
                scale, value = self._affine(user, "Mul", normal)
                after = self.users.get(value, []) if scale is not None else [user]
                offset = None
                if len(after) == 1:
                    offset, value = self._affine(after[0], "Add", value)
                if scale is None and offset is None:
                    value = user.output[0]
                norm = self._norm_before(self._next_layer(value), wanted)
                if f"{norm}.weight" in wanted:
                    # A scale of 1 or an offset of 0 is left out of a graph by its optimiser.
                    width = tuple(wanted[f"{norm}.weight"].shape)
                    out[f"{norm}.weight"] = np.ones(width) if scale is None else scale.reshape(-1)
                    out[f"{norm}.bias"] = np.zeros(width) if offset is None else offset.reshape(-1)
        return out

    def _affine(self, node: onnx.NodeProto, operation: str, value: str) -> tuple[npt.NDArray[Any] | None, str]:
        """The constant by which a node multiplies a value or that it adds, and what comes of it; else None, value."""
        if node.op_type == operation:
            constant = next((name for name in node.input if name != value and name in self.constants), None)
            if constant is not None:
                return self.constants[constant], node.output[0]
        return None, value

    @staticmethod
    def _norm_before(layer: str, wanted: Mapping[str, torch.Tensor]) -> str:
        prefix, dot, leaf = layer.rpartition(".")
        conv = _CONV.fullmatch(layer)
        if conv:
            return f"norms.{int(conv[1]) - 1}"
        if layer == "branch.out":
            return "branch.norm"
        if layer == "out":  # the encoder's last Linear
            return f"norms.{sum(name.startswith('norms.') for name in wanted) // 2 - 1}"
        return f"{prefix}{dot}{_NORM_BEFORE.get(leaf, '')}"

    def _next_layer(self, value: str) -> str:
        """The nearest layer after a value, by number of nodes; other norms are not passed. "" when there is none."""
        queue, seen = [value], {value}
        if value in self.names:
            return self.names[value]
        while queue:
            for node in self.users.get(queue.pop(0), []):
                for output in node.output:
                    if output in self.names:
                        return self.names[output]
                    if output not in seen and node.op_type != "InstanceNormalization":
                        seen.add(output)
                        queue.append(output)
        return ""


def _constants(model: onnx.ModelProto) -> Arrays:
    """Float constants by the name under which nodes see them, narrow ones widened (``trainer.storage``)."""
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    out = Arrays()
    for name, array in stored.items():
        if name.endswith(".stored"):
            base = name.removesuffix(".stored")
            scales = stored.get(f"{base}.scales")
            out[base] = array.astype(np.float32) * (np.float32(1) if scales is None else scales)
        elif array.dtype == np.float32:
            out[name] = array
    return out
