from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from diti_studio.core.errors import UsageError
from trainer.storage import Storage, compress, narrow, to_int8


def test_int8_is_within_half_a_step_where_it_does_not_clip() -> None:
    weight = np.random.default_rng(0).uniform(-1, 1, (8, 40)).astype(np.float32)
    stored = to_int8(weight)
    assert stored.scales is not None
    inside = np.abs(weight) <= 127 * stored.scales
    assert np.all(
        np.abs(stored.wide() - weight)[inside] <= (np.broadcast_to(stored.scales, weight.shape) / 2 + 1e-7)[inside]
    )
    assert inside.mean() > 0.95


def test_int8_clips_an_outlier_when_that_errs_less() -> None:
    weight = np.random.default_rng(0).normal(0, 1, (1, 100_000)).astype(np.float32)
    weight[0, 0] = 7.0
    plain = np.float32(7 / 127)
    error = np.square(np.rint(weight / plain) * plain - weight).sum()
    assert np.square(to_int8(weight).wide() - weight).sum() < error


def test_weights_that_are_int8_already_are_kept_exactly() -> None:
    rng = np.random.default_rng(0)
    steps = rng.integers(-127, 128, (6, 50)).astype(np.float32)
    steps[:, 0] = 127
    weight = steps * rng.uniform(0.001, 0.1, (6, 1)).astype(np.float32)
    np.testing.assert_allclose(to_int8(weight).wide(), weight, rtol=1e-6)


def test_an_all_zero_channel_stays_zero() -> None:
    assert not to_int8(np.zeros((2, 600), np.float32)).wide().any()


def test_unknown_storage_is_refused() -> None:
    with pytest.raises(UsageError, match="int4"):
        narrow(nn.Linear(2, 2), "int4")  # type: ignore[arg-type]


def _module() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1), nn.Conv2d(16, 16, 3, padding=1), nn.Flatten(), nn.Linear(1024, 8)
    )


def _graph(module: nn.Module) -> onnx.ModelProto:
    """As an exporter may write it: the matrix of the linear layer is kept transposed."""
    first, second, _, linear = module
    constants = {
        "w1": first.weight, "b1": first.bias, "w2": second.weight, "b2": second.bias,
        "w3": linear.weight.T, "b3": linear.bias,
    }  # fmt: skip
    nodes = [
        helper.make_node("Conv", ["x", "w1", "b1"], ["h1"], pads=[1, 1, 1, 1]),
        helper.make_node("Conv", ["h1", "w2", "b2"], ["h2"], pads=[1, 1, 1, 1]),
        helper.make_node("Flatten", ["h2"], ["flat"]),
        helper.make_node("MatMul", ["flat", "w3"], ["product"]),
        helper.make_node("Add", ["product", "b3"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes, "test",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 8])],
        [numpy_helper.from_array(np.ascontiguousarray(v.detach().numpy()), k) for k, v in constants.items()],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


@pytest.mark.parametrize(("storage", "share"), [("fp32", 1.01), ("fp16", 0.6), ("int8", 0.4)])
def test_a_compressed_graph_computes_with_the_very_weights_of_the_module(
    storage: Storage, share: float, tmp_path: Path
) -> None:
    module = _module()
    full = len(_graph(module).SerializeToString())
    stored = narrow(module, storage)
    model = _graph(module)
    count = compress(model, stored)
    onnx.checker.check_model(model, full_check=True)
    # the first convolution has too few weights to be worth it
    assert count == (0 if storage == "fp32" else 2)
    assert len(model.SerializeToString()) < share * full

    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "optimised.onnx")
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    x = np.random.default_rng(1).normal(size=(3, 3, 8, 8)).astype(np.float32)
    with torch.inference_mode():
        expected = module(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(session.run(None, {"x": x})[0], expected, atol=1e-5)

    # what runs is the fp32 graph: nothing is widened at each call
    run = onnx.load(tmp_path / "optimised.onnx").graph
    assert {node.op_type for node in run.node}.isdisjoint({"Cast", "Mul", "DequantizeLinear"})
    assert {i.data_type for i in run.initializer if len(i.dims) > 1} == {TensorProto.FLOAT}
