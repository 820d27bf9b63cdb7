"""How the weights of an ONNX graph are stored: fp32, fp16, or int8 with one scale per output channel.

A stored weight is an initializer of the narrow type, then Cast to float and (int8) Mul with its scales. ONNX Runtime
folds constants at load, so the graph that runs is the fp32 one, at its speed; DequantizeLinear would not do, since it
is kept from folding and ends in int8 kernels. What is lost is lost before the export: ``narrow`` puts the values that
storage leaves into the torch module, so that module and graph compute with the same numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from diti_studio.core.errors import UsageError
from trainer.config import Storage

STORAGES: tuple[Storage, ...] = get_args(Storage)

SMALLEST = 1024
"""Tensors with fewer numbers than this, and vectors (biases, norms), stay fp32: they are sensitive and cost nothing."""

_CLIPS = np.linspace(1.0, 0.7, 13)  # shares of a channel's largest weight that are tried as the end of the int8 range


@dataclass(frozen=True, eq=False)
class Narrow:
    """A weight [O, ...] as it is stored: ``values`` (int8 or float16) times ``scales`` [O, 1, ...] (None for fp16)."""

    values: npt.NDArray[Any]
    scales: npt.NDArray[np.float32] | None

    def wide(self) -> npt.NDArray[np.float32]:
        """The float32 weight that every reader sees."""
        values = self.values.astype(np.float32)
        return values if self.scales is None else values * self.scales

    def transposed(self) -> Narrow:
        """The same for a matrix that the graph keeps as [I, O]."""
        return Narrow(
            np.ascontiguousarray(self.values.T),
            None if self.scales is None else np.ascontiguousarray(self.scales.T),
        )


def to_int8(weight: npt.NDArray[np.float32]) -> Narrow:
    """Rounds a weight [O, ...] to int8 with a scale per output channel.

    For each channel that end of the range is taken which leaves the smallest squared error: clipping a few outliers
    can cost less than coarser steps for all the others.
    """
    rows = weight.reshape(len(weight), -1)
    largest = np.maximum(np.abs(rows).max(axis=1), np.float32(1e-12))
    best_scale = largest / 127
    best_error = np.full(len(rows), np.inf)
    for clip in _CLIPS:
        scale = (largest * clip / 127).astype(np.float32)
        steps = np.clip(np.rint(rows / scale[:, None]), -127, 127)
        error = np.square(steps * scale[:, None] - rows).sum(axis=1)
        best_scale = np.where(error < best_error, scale, best_scale)
        best_error = np.minimum(error, best_error)
    scales = best_scale.astype(np.float32).reshape(-1, *(1,) * (weight.ndim - 1))
    return Narrow(np.clip(np.rint(weight / scales), -127, 127).astype(np.int8), scales)


def narrow(module: nn.Module, storage: Storage) -> dict[str, Narrow]:
    """Replaces the weights of a module, in place, by what storing them leaves.

    Returns:
        The stored form of every weight that was narrowed, by the digest of its float32 values: what ``compress``
        needs to find it in the exported graph. Empty for fp32.

    Raises:
        UsageError: another storage than fp32, fp16 or int8.
    """
    if storage not in STORAGES:
        raise UsageError(f"Weights cannot be stored as {storage!r}: choose {', '.join(STORAGES)}.")
    kept = dict[str, Narrow]()
    if storage == "fp32":
        return kept
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.ndim < 2 or parameter.numel() < SMALLEST:
                continue
            weight = parameter.detach().to("cpu", torch.float32).numpy()
            stored = to_int8(weight) if storage == "int8" else Narrow(weight.astype(np.float16), None)
            wide = stored.wide()
            parameter.copy_(torch.from_numpy(wide))
            kept[_digest(wide)] = stored
    return kept


def compress(model: onnx.ModelProto, stored: Mapping[str, Narrow]) -> int:
    """Rewrites the initializers of a graph that are among ``stored``, as they are or transposed; returns how many.

    Each becomes a narrow initializer and the nodes that widen it; every user of the old name keeps it.
    """
    if not stored:
        return 0
    graph = model.graph
    transposed = {_digest(np.ascontiguousarray(n.wide().T)): n for n in stored.values() if n.values.ndim == 2}
    kept = list[TensorProto]()
    widening = list[onnx.NodeProto]()
    count = 0
    for tensor in graph.initializer:
        found = None
        if tensor.data_type == TensorProto.FLOAT and len(tensor.dims) >= 2:
            digest = _digest(numpy_helper.to_array(tensor))
            found = stored.get(digest)
            if found is None and digest in transposed:
                found = transposed[digest].transposed()
        if found is None:
            kept.append(tensor)
            continue
        name, count = tensor.name, count + 1
        kept.append(numpy_helper.from_array(found.values, f"{name}.stored"))
        if found.scales is None:
            widening.append(helper.make_node("Cast", [f"{name}.stored"], [name], to=TensorProto.FLOAT))
            continue
        kept.append(numpy_helper.from_array(found.scales, f"{name}.scales"))
        widening += [
            helper.make_node("Cast", [f"{name}.stored"], [f"{name}.steps"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}.steps", f"{name}.scales"], [name]),
        ]
    nodes = [*widening, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    return count


def _digest(values: npt.NDArray[Any]) -> str:
    return hashlib.sha256(repr(values.shape).encode() + cast(bytes, values.tobytes())).hexdigest()
