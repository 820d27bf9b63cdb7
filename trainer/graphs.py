"""Torch modules as the two ONNX graphs of a pack, and the proof that both compute the same."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from torch import nn

from diti_studio.core.errors import DitiError
from trainer.storage import Narrow, compress

OPSET = 20
"""GroupNorm leaves as InstanceNormalization here; opset 21's GroupNormalization is cut into two dozen operators by ONNX
Runtime 1.32 on a CPU and runs 1.08 times slower."""

TOLERANCE = 1e-3
"""Largest difference between torch and ONNX Runtime, relative to the root mean square of the output."""

_BATCHES = (1, 3)


class ParityError(DitiError):
    """The exported graph does not compute what the torch module computes."""


@dataclass(frozen=True)
class Parity:
    """Largest relative difference of each output over all batches and time-steps that were tried."""

    z: float
    eps: float
    shift: float

    @property
    def worst(self) -> float:
        return max(self.z, self.eps, self.shift)


def encoder_graph(encoder: nn.Module, size: int, stored: Mapping[str, Narrow]) -> onnx.ModelProto:
    """image [B,3,S,S] float32 in [-1,1] -> z [B,D]; the batch is dynamic."""
    return _graph(encoder, (torch.zeros(2, 3, size, size),), ("image",), ("z",), stored)


def unet_graph(decoder: nn.Module, size: int, latent_dim: int, stored: Mapping[str, Narrow]) -> onnx.ModelProto:
    """x_t [B,3,S,S], t [B] int64, z [B,D] -> eps, shift [B,3,S,S]; the batch is dynamic."""
    example = (torch.zeros(2, 3, size, size), torch.tensor([10, 700]), torch.zeros(2, latent_dim))
    return _graph(decoder, example, ("x_t", "t", "z"), ("eps", "shift"), stored)


def check_parity(
    encoder: nn.Module, decoder: nn.Module, encoder_model: bytes, unet_model: bytes,
    size: int, latent_dim: int, timesteps: int, *, seed: int = 0,
) -> Parity:  # fmt: skip
    """Compares torch and ONNX Runtime on batches of 1 and 3 and time-steps over the whole axis, both ends included.

    Raises:
        ParityError: an output differs by more than TOLERANCE of its root mean square.
    """
    rng = np.random.default_rng(seed)
    worst = {"z": 0.0, "eps": 0.0, "shift": 0.0}
    encode, denoise = _session(encoder_model), _session(unet_model)
    steps = np.unique(np.linspace(0, timesteps - 1, 7).round().astype(np.int64))
    for batch in _BATCHES:
        image = rng.uniform(-1, 1, (batch, 3, size, size)).astype(np.float32)
        (z,) = encode.run(["z"], {"image": image})
        worst["z"] = max(worst["z"], _difference(z, _call(encoder, image)[0]))
        for start in range(0, len(steps), batch):
            t = np.resize(steps[start : start + batch], batch)
            x = rng.standard_normal(image.shape).astype(np.float32)
            got = denoise.run(["eps", "shift"], {"x_t": x, "t": t, "z": z})
            for name, mine, theirs in zip(("eps", "shift"), got, _call(decoder, x, t, z), strict=True):
                worst[name] = max(worst[name], _difference(mine, theirs))
    parity = Parity(**worst)
    if not parity.worst <= TOLERANCE:
        raise ParityError(
            f"The exported networks differ from torch by {parity.worst:.1e} (z {parity.z:.1e}, eps {parity.eps:.1e}, "
            f"shift {parity.shift:.1e}), more than {TOLERANCE:.0e}: no pack was written."
        )
    return parity


def _graph(
    module: nn.Module, example: tuple[torch.Tensor, ...], inputs: Sequence[str], outputs: Sequence[str],
    stored: Mapping[str, Narrow],
) -> onnx.ModelProto:  # fmt: skip
    batch = torch.export.Dim("batch")
    module.eval()
    exporter = logging.getLogger("torch.onnx")
    level = exporter.level
    exporter.setLevel(logging.ERROR)  # it tells of operators of packages that are not installed
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            program: Any = torch.onnx.export(
                module, example, dynamo=True, opset_version=OPSET, input_names=list(inputs),
                output_names=list(outputs), dynamic_shapes=tuple({0: batch} for _ in example), verbose=False,
            )  # fmt: skip
    finally:
        exporter.setLevel(level)
    model = _simplified(program.model_proto)
    _forget_sources(model)
    compress(model, stored)
    onnx.checker.check_model(model, full_check=True)
    return model


def _simplified(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph after onnxslim, where that is installed."""
    try:
        import onnxslim
    except ImportError:
        return model
    slimmed = onnxslim.slim(model)
    return slimmed if isinstance(slimmed, onnx.ModelProto) else model


def _forget_sources(model: onnx.ModelProto) -> None:
    """Drops what the exporter notes about the source (paths of this machine, stack traces)."""
    del model.metadata_props[:]
    model.doc_string = ""
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer):
        del value.metadata_props[:]


def _session(model: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _call(module: nn.Module, *arrays: npt.NDArray[Any]) -> list[npt.NDArray[np.float32]]:
    with torch.inference_mode():
        out = module(*(torch.from_numpy(a) for a in arrays))
    return [part.numpy() for part in (out if isinstance(out, tuple) else (out,))]


def _difference(mine: npt.NDArray[np.float32], theirs: npt.NDArray[np.float32]) -> float:
    """Largest absolute difference over the root mean square of the second; infinite where one is not finite."""
    difference = np.abs(mine.astype(np.float64) - theirs)
    if not np.isfinite(difference).all():
        return float("inf")
    return float(difference.max() / max(np.sqrt(np.square(theirs, dtype=np.float64).mean()), 1e-12))
