"""Writes a small but real model pack: ONNX graphs that ONNX Runtime runs, with an arithmetic that tests can predict.

The encoder averages the picture to a grid of 4x4 colours: z, 48 numbers. The denoiser believes that the picture is
abar_t * (x_t / sqrt(abar_t)) + (1 - abar_t) * (the colours of z, enlarged): late time-steps follow z, early ones keep
what is there. So an edit of z changes broad colours and nothing fine, and a picture is rebuilt almost exactly.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save

from diti_studio.core.groups import TimestepGroups
from diti_studio.core.packs import Manifest
from diti_studio.core.schedule import NoiseSchedule

SIZE, CELLS, GROUPS, STAGE_ENDS = 32, 4, 8, (250, 625, 1000)
LATENT = 3 * CELLS * CELLS


def make_pack(folder: Path, *, name: str = "tiny", domain: str = "other", recipe: str = "whole") -> Path:
    """Writes the pack into ``folder`` (made here) and returns it."""
    groups = TimestepGroups.balanced(LATENT, GROUPS, stage_ends=STAGE_ENDS)
    folder.mkdir(parents=True)
    files = {
        "encoder.onnx": _encoder().SerializeToString(),
        "unet.onnx": _denoiser().SerializeToString(),
        "latents.safetensors": _latents(groups),
    }
    attributes = [
        {"name": "brightness", "title": "Brightness", "range": [-3, 3], "minus": "darker", "plus": "brighter",
         "profile": [1 / GROUPS] * GROUPS, "selectivity": 8.0},
        {"name": "warmth", "title": "Warmth", "range": [-2, 2], "minus": "cool", "plus": "warm",
         "profile": [0] * (GROUPS - 1) + [1], "selectivity": 5.0},
        {"name": "smile", "title": "Smile", "kind": "binary", "range": [-3, 3], "experimental": True},
    ]  # fmt: skip
    manifest: dict[str, Any] = {
        "format": 1, "name": name, "title": "Tiny test pack", "domain": domain, "image_size": SIZE,
        "framing": {"name": recipe}, "diffusion": {"timesteps": 1000, "beta_schedule": "linear"}, "latent_dim": LATENT,
        "groups": [entry.model_dump() for entry in Manifest.group_entries(groups)],
        "stages": [
            {"name": n, "t_start": a, "t_end": b}
            for n, a, b in zip(["Texture", "Colour", "Shape"], [0, *STAGE_ENDS[:-1]], STAGE_ENDS, strict=True)
        ],
        "attributes": attributes, "licence": "MIT",
        "files": {k: {"sha256": hashlib.sha256(v).hexdigest(), "size": len(v)} for k, v in files.items()},
    }  # fmt: skip
    for file, data in files.items():
        (folder / file).write_bytes(data)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def picture(seed: int = 0, side: int = 96) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """[side,side,3] uint8: soft colours with some texture."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(60, 190, (CELLS, CELLS, 3)).repeat(side // CELLS, 0).repeat(side // CELLS, 1)
    return np.clip(coarse + rng.normal(0, 6, coarse.shape), 0, 255).astype(np.uint8)


def _encoder() -> onnx.ModelProto:
    cell = SIZE // CELLS
    nodes = [
        helper.make_node("AveragePool", ["image"], ["pooled"], kernel_shape=[cell, cell], strides=[cell, cell]),
        helper.make_node("Flatten", ["pooled"], ["z"]),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, SIZE, SIZE])
    z = helper.make_tensor_value_info("z", TensorProto.FLOAT, ["batch", LATENT])
    return _model("encoder", nodes, [image], [z], {})


def _denoiser() -> onnx.ModelProto:
    alpha_bars = NoiseSchedule().alpha_bars
    constants = {
        "keep": alpha_bars.astype(np.float32),
        "signal": np.sqrt(alpha_bars).astype(np.float32),
        "noise": np.sqrt(1 - alpha_bars).astype(np.float32),
        "trust": (1 - alpha_bars).astype(np.float32),
        "column": np.array([-1, 1, 1, 1], np.int64),
        "grid": np.array([-1, 3, CELLS, CELLS], np.int64),
        "scales": np.array([1, 1, SIZE // CELLS, SIZE // CELLS], np.float32),
        "zero": np.array(0, np.float32),
    }
    nodes = list[onnx.NodeProto]()
    for level in ("keep", "signal", "noise", "trust"):
        nodes.append(helper.make_node("Gather", [level, "t"], [f"{level}_flat"]))
        nodes.append(helper.make_node("Reshape", [f"{level}_flat", "column"], [f"{level}_t"]))
    nodes += [
        helper.make_node("Reshape", ["z", "grid"], ["cells"]),
        helper.make_node("Resize", ["cells", "", "scales"], ["colours"], mode="nearest"),
        helper.make_node("Div", ["x_t", "signal_t"], ["rescaled"]),
        helper.make_node("Mul", ["rescaled", "keep_t"], ["seen"]),
        helper.make_node("Mul", ["colours", "trust_t"], ["believed"]),
        helper.make_node("Add", ["seen", "believed"], ["x0"]),
        helper.make_node("Mul", ["x0", "signal_t"], ["explained"]),
        helper.make_node("Sub", ["x_t", "explained"], ["rest"]),
        helper.make_node("Div", ["rest", "noise_t"], ["eps"]),
        helper.make_node("Mul", ["eps", "zero"], ["shift"]),
    ]
    pictures = ["batch", 3, SIZE, SIZE]
    return _model(
        "unet", nodes,
        [helper.make_tensor_value_info("x_t", TensorProto.FLOAT, pictures),
         helper.make_tensor_value_info("t", TensorProto.INT64, ["batch"]),
         helper.make_tensor_value_info("z", TensorProto.FLOAT, ["batch", LATENT])],
        [helper.make_tensor_value_info("eps", TensorProto.FLOAT, pictures),
         helper.make_tensor_value_info("shift", TensorProto.FLOAT, pictures)],
        constants,
    )  # fmt: skip


def _model(
    name: str, nodes: list[onnx.NodeProto], inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto],
    constants: dict[str, np.ndarray[Any, Any]],
) -> onnx.ModelProto:  # fmt: skip
    initializers = [numpy_helper.from_array(value, key) for key, value in constants.items()]
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def _latents(groups: TimestepGroups) -> bytes:
    principal = np.zeros((2, LATENT), np.float32)
    for group in groups.groups:
        principal[0, group.dim_start : group.dim_end] = 0.2
        principal[1, group.dim_start : group.dim_end : 2] = 0.3
    directions = np.zeros((3, LATENT), np.float32)
    directions[0] = 0.15
    red, blue = slice(0, CELLS * CELLS), slice(2 * CELLS * CELLS, LATENT)
    directions[1, red], directions[1, blue] = 0.15, -0.15
    directions[2, LATENT - 6 :] = 0.2
    return save(
        {
            "mean": np.zeros(LATENT, np.float32), "std": np.ones(LATENT, np.float32), "principal": principal,
            "attribute.directions": directions,
            "attribute.weights": directions / (directions**2).sum(1, keepdims=True),
            "attribute.bias": np.zeros(3, np.float32),
        }
    )  # fmt: skip
