from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from diti_studio.core import runtime
from diti_studio.core.errors import Cancelled, PackError, RuntimeUnavailableError, UsageError
from diti_studio.core.packs import Pack
from diti_studio.core.runtime import KNOWN_DEVICES, Device, Limits, Network, devices
from tests.studio.pack_surgery import replace_file
from tests.studio.packs_factory import LATENT, SIZE

CPU = KNOWN_DEVICES[-1]
ROOT = Path(__file__).resolve().parents[3]
IMAGES = np.random.default_rng(0).uniform(-1, 1, (3, 3, SIZE, SIZE)).astype(np.float32)
Z = np.random.default_rng(1).uniform(-1, 1, (3, LATENT)).astype(np.float32)


def network_file(nodes: list[onnx.NodeProto], weights: dict[str, Any], outputs: dict[str, list[Any]]) -> bytes:
    """A denoiser's graph made of those nodes."""
    shapes = {"x_t": ["batch", 3, SIZE, SIZE], "t": ["batch"], "z": ["batch", LATENT]}
    kinds = {"t": TensorProto.INT64}
    graph = helper.make_graph(
        nodes,
        "unet",
        [helper.make_tensor_value_info(k, kinds.get(k, TensorProto.FLOAT), v) for k, v in shapes.items()],
        [helper.make_tensor_value_info(k, TensorProto.FLOAT, v) for k, v in outputs.items()],
        [numpy_helper.from_array(np.asarray(value), key) for key, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def pictures_out(*nodes: onnx.NodeProto, **weights: Any) -> bytes:
    pictures = ["batch", 3, SIZE, SIZE]
    return network_file(list(nodes), weights, {"eps": pictures, "shift": pictures})


# -- running -----------------------------------------------------------------------------------------------


def test_the_encoder_gives_a_latent_a_picture(tiny: Pack) -> None:
    z = Network(tiny, "cpu").encode(IMAGES)
    expected = IMAGES.reshape(3, 3, 4, 8, 4, 8).mean(axis=(3, 5)).reshape(3, -1)
    assert z.dtype == np.float32
    assert np.allclose(z, expected, atol=1e-5)


def test_the_denoiser_takes_any_batch(tiny: Pack) -> None:
    network = Network(tiny, "cpu")
    eps, shift = network.denoise(IMAGES, 700, Z)
    assert eps.shape == shift.shape == IMAGES.shape
    assert eps.dtype == shift.dtype == np.float32
    one, _ = network.denoise(IMAGES[1:2], 700, Z[1:2].astype(np.float64))
    assert np.allclose(one[0], eps[1], atol=1e-5)


def test_the_device_that_runs_is_told(tiny: Pack) -> None:
    network = Network(tiny, "cpu")
    assert network.device == CPU
    assert network.notes == ()


def test_the_cpu_is_always_the_last_device() -> None:
    assert devices()[-1] == CPU


def test_onnx_runtime_keeps_no_records(tmp_path: Path) -> None:
    """Its telemetry writes an identifier into the temporary folder before it sends anything."""
    environment = {k: v for k, v in os.environ.items() if k not in ("ORT_DISABLE_TELEMETRY", "CI", "GITHUB_ACTIONS")}
    code = "from diti_studio.core.runtime import devices; devices()"
    subprocess.run(
        [sys.executable, "-B", "-c", code], check=True, env={**environment, "TMPDIR": str(tmp_path)}, cwd=ROOT
    )
    assert list(tmp_path.iterdir()) == []


# -- falling back ------------------------------------------------------------------------------------------


def test_a_device_that_does_not_exist_is_refused(tiny: Pack) -> None:
    with pytest.raises(UsageError, match="choose auto, cuda, directml, coreml, cpu"):
        Network(tiny, "gpu")


@pytest.mark.parametrize("name", ["directml", "coreml"])
def test_a_device_that_is_not_here_falls_back_with_a_note(
    tiny: Pack, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(runtime, "devices", lambda: (CPU,))
    network = Network(tiny, name)
    assert network.device == CPU
    assert network.notes == (f"The device {name} is not available here; using CPU instead.",)


def test_a_provider_that_fails_at_load_falls_to_the_next(tiny: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Device("cuda", "NoSuchExecutionProvider", "Imaginary GPU")
    monkeypatch.setattr(runtime, "devices", lambda: (broken, CPU))
    for asked in ("auto", "cuda"):
        network = Network(tiny, asked)
        assert network.device == CPU
        assert len(network.notes) == 1
        assert network.notes[0].startswith("Imaginary GPU ")
        assert network.notes[0].endswith("; using CPU instead.")
        assert network.encode(IMAGES).shape == (3, LATENT)


@pytest.mark.skipif(runtime._has_nvidia_driver(), reason="CUDA may start here")
def test_cuda_without_a_gpu_falls_to_the_cpu(tiny: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """ONNX Runtime only warns and runs on the CPU: what runs must be asked back."""
    monkeypatch.setattr(runtime, "devices", lambda: (KNOWN_DEVICES[0], CPU))
    network = Network(tiny)
    assert network.device == CPU
    assert "NVIDIA GPU" in network.notes[0]


def test_no_device_at_all(tiny: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "devices", lambda: (Device("cuda", "NoSuchExecutionProvider", "Imaginary GPU"),))
    with pytest.raises(RuntimeUnavailableError, match="Imaginary GPU"):
        Network(tiny)


class OutOfMemory:
    """A session that loads and then fails in a run, as a GPU without memory does."""

    def __init__(self) -> None:
        self.runs = 0

    def run(self, *_: Any) -> Any:
        self.runs += 1
        raise RuntimeError("Failed to allocate memory\nand 40 lines of C++")


def test_a_provider_that_fails_in_a_run_falls_to_the_next(tiny: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "devices", lambda: (Device("cpu", CPU.provider, "Small GPU"), CPU))
    network = Network(tiny)
    assert network.device.title == "Small GPU"
    expected, _ = network.denoise(IMAGES, 500, Z)
    failing = network._unet = OutOfMemory()
    eps, _ = network.denoise(IMAGES, 500, Z)
    assert np.array_equal(eps, expected)
    assert failing.runs == 1
    assert network.device == CPU
    assert network.notes == ("Small GPU failed (Failed to allocate memory); using CPU instead.",)


def test_the_last_provider_that_fails_says_so_each_time(tiny: Pack) -> None:
    network = Network(tiny, "cpu")
    working, network._unet = network._unet, OutOfMemory()
    for _ in range(2):
        with pytest.raises(RuntimeUnavailableError, match=r"^CPU failed \(Failed to allocate memory\)\.$"):
            network.denoise(IMAGES, 500, Z)
    network._unet = working
    assert network.denoise(IMAGES, 500, Z)[0].shape == IMAGES.shape


class Hangs:
    """A session that does not answer, as on a driver that hangs, until it is released."""

    def __init__(self) -> None:
        self.called, self.released = threading.Event(), threading.Event()
        self.thread: threading.Thread | None = None

    def run(self, *_: Any) -> Any:
        self.thread = threading.current_thread()
        self.called.set()
        self.released.wait()
        return []

    def release(self) -> None:
        self.released.set()
        if self.thread is not None:
            self.thread.join()


@pytest.fixture
def hung() -> Iterator[Hangs]:
    session = Hangs()
    yield session
    session.release()


def test_a_provider_that_hangs_falls_to_the_next(tiny: Pack, monkeypatch: pytest.MonkeyPatch, hung: Hangs) -> None:
    monkeypatch.setattr(runtime, "devices", lambda: (Device("directml", CPU.provider, "Hung GPU"), CPU))
    network = Network(tiny, limits=Limits(later=0.05))
    expected, _ = network.denoise(IMAGES, 500, Z)  # in the first limit
    network._unet = hung
    eps, _ = network.denoise(IMAGES, 500, Z)
    assert np.array_equal(eps, expected)
    assert network.device == CPU
    assert network.notes == ("Hung GPU did not answer for 0.05 seconds; using CPU instead.",)


def test_the_first_call_of_a_provider_may_take_longer(tiny: Pack, monkeypatch: pytest.MonkeyPatch, hung: Hangs) -> None:
    monkeypatch.setattr(runtime, "devices", lambda: (Device("directml", CPU.provider, "Hung GPU"), CPU))
    network = Network(tiny, limits=Limits(first=0.06, later=0.05))
    network._unet = hung
    network.denoise(IMAGES, 500, Z)
    assert network.notes == ("Hung GPU did not answer for 0.06 seconds; using CPU instead.",)


def test_it_is_known_how_long_a_call_may_still_take(tiny: Pack, hung: Hangs) -> None:
    network = Network(tiny, "cpu", Limits(cpu=3600))
    assert network.seconds_left() is None
    network._unet = hung
    caller = threading.Thread(target=lambda: network._run("unet", {"x_t": IMAGES}, ["eps"]), daemon=True)
    caller.start()
    assert hung.called.wait(10)
    left = network.seconds_left()
    hung.release()
    caller.join(10)
    assert left is not None
    assert 0 < left <= 3600
    assert network.seconds_left() is None


def test_the_last_provider_that_hangs_says_so(tiny: Pack, hung: Hangs) -> None:
    network = Network(tiny, "cpu", Limits(cpu=0.05))
    network._unet = hung
    with pytest.raises(RuntimeUnavailableError, match=r"^CPU did not answer for 0\.05 seconds\.$"):
        network.denoise(IMAGES, 500, Z)


# -- packs that are not what they say ----------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\x00" * 64, b"not a network", b"ORTM" * 100], ids=lambda d: repr(d[:12]))
def test_bytes_that_are_no_network(copied: Path, data: bytes) -> None:
    replace_file(copied, "unet.onnx", data)
    with pytest.raises(RuntimeUnavailableError, match="CPU cannot run this pack") as caught:
        Network(Pack.open(copied), "cpu")
    assert "\n" not in str(caught.value)


def test_a_network_with_an_unknown_operator(copied: Path, tiny: Pack) -> None:
    model = onnx.load_from_string(tiny.read("encoder.onnx"))
    model.graph.node[0].op_type = "Exfiltrate"
    replace_file(copied, "encoder.onnx", model.SerializeToString())
    with pytest.raises(RuntimeUnavailableError):
        Network(Pack.open(copied), "cpu")


def test_damage_is_not_blamed_on_the_device(copied: Path) -> None:
    data = bytearray((copied / "unet.onnx").read_bytes())
    data[50] ^= 1
    (copied / "unet.onnx").write_bytes(data)
    with pytest.raises(PackError, match=r"hash of unet\.onnx"):
        Network(Pack.open(copied), "cpu")


def node(*arguments: Any, **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(*arguments, **attributes)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            pictures_out(node("Sub", ["x_t", "x_t"], ["none"]), node("Div", ["none", "none"], ["eps"]),
                         node("Identity", ["x_t"], ["shift"])),
            id="numbers that are none",
        ),
        pytest.param(
            network_file([node("Identity", ["x_t"], ["eps"]), node("Slice", ["x_t", "zero", "one", "one"], ["shift"])],
                         {"zero": np.array([0]), "one": np.array([1])},
                         {"eps": ["batch", 3, SIZE, SIZE], "shift": ["one", 3, SIZE, SIZE]}),
            id="another batch",
        ),
    ],
)  # fmt: skip
def test_networks_that_break_the_contract_are_found_out(copied: Path, data: bytes) -> None:
    replace_file(copied, "unet.onnx", data)
    network = Network(Pack.open(copied), "cpu")
    with pytest.raises(PackError, match=r"unet\.onnx should give 3x3x32x32 finite"):
        network.denoise(IMAGES, 500, Z)


def test_an_encoder_of_another_width_is_found_out(copied: Path, tiny: Pack) -> None:
    model = onnx.load_from_string(tiny.read("encoder.onnx"))
    model.graph.node[0].attribute[0].ints[:] = model.graph.node[0].attribute[1].ints[:] = [16, 16]
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 12
    replace_file(copied, "encoder.onnx", model.SerializeToString())
    with pytest.raises(PackError, match=r"encoder\.onnx should give 3x48 finite"):
        Network(Pack.open(copied), "cpu").encode(IMAGES)


def test_a_network_without_the_named_outputs_is_found_out(copied: Path) -> None:
    data = network_file(
        [node("Identity", ["x_t"], ["noise"])], {}, {"noise": ["batch", 3, SIZE, SIZE]}
    )  # one output, of another name
    replace_file(copied, "unet.onnx", data)
    with pytest.raises(RuntimeUnavailableError, match="eps"):
        Network(Pack.open(copied), "cpu").denoise(IMAGES, 500, Z)


# -- interrupting ------------------------------------------------------------------------------------------


def endless() -> bytes:
    """A denoiser that multiplies matrices for many minutes."""
    value = helper.make_tensor_value_info
    body = helper.make_graph(
        [node("Identity", ["going"], ["on"]), node("MatMul", ["state", "turn"], ["next"])],
        "body",
        [
            value("i", TensorProto.INT64, []),
            value("going", TensorProto.BOOL, []),
            value("state", TensorProto.FLOAT, None),
        ],
        [value("on", TensorProto.BOOL, []), value("next", TensorProto.FLOAT, None)],
    )
    return pictures_out(
        node("Loop", ["turns", "yes", "x_t"], ["eps"], body=body),
        node("Identity", ["x_t"], ["shift"]),
        turns=np.array(2**31, np.int64),
        yes=np.array(True),
        turn=np.eye(SIZE, dtype=np.float32),
    )


def test_a_running_call_is_interrupted_from_another_thread(copied: Path) -> None:
    replace_file(copied, "unet.onnx", endless())
    network = Network(Pack.open(copied), "cpu")
    raised = list[BaseException]()

    def work() -> None:
        try:
            network.denoise(IMAGES, 500, Z)
        except BaseException as error:
            raised.append(error)

    for _ in range(2):  # an interrupted network can be used again
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(0.1)
        assert thread.is_alive()  # well inside the loop
        for _ in range(1500):
            network.interrupt()
            thread.join(0.02)
            if not thread.is_alive():
                break
        assert not thread.is_alive()
    assert [type(error) for error in raised] == [Cancelled, Cancelled]
    assert network.notes == ()
    assert network.encode(IMAGES).shape == (3, LATENT)


def test_interrupting_an_idle_network_does_nothing(tiny: Pack) -> None:
    network = Network(tiny, "cpu")
    network.interrupt()
    assert network.denoise(IMAGES, 500, Z)[0].shape == IMAGES.shape
