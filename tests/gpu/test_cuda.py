"""What a CUDA GPU must give: the CPU's pictures. Skipped where ONNX Runtime's CUDA provider does not really start."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from diti_studio.core import pictures
from diti_studio.core.edit import Blend, Edit
from diti_studio.core.editor import Editor, Settings, result
from diti_studio.core.packs import Pack
from diti_studio.core.runtime import Network
from tests.studio.packs_factory import LATENT, SIZE, make_pack, picture

SETTINGS = Settings(invert_steps=10, steps=10)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return Pack.open(make_pack(tmp_path_factory.mktemp("packs") / "tiny"))


@pytest.fixture(scope="module")
def cuda(pack: Pack) -> Network:
    network = Network(pack, "cuda")
    if network.device.name != "cuda":
        pytest.skip(f"no CUDA here: {' '.join(network.notes)}")
    return network


@pytest.fixture
def editors(pack: Pack, cuda: Network, tmp_path: Path) -> tuple[Editor, Editor]:
    """One on the CPU, one on the GPU, that share nothing."""
    on_cpu = Editor(pack, "cpu", cache_folder=tmp_path / "cpu")
    return on_cpu, Editor(pack, network=cuda, cache_folder=tmp_path / "cuda")


def off(a: np.ndarray, b: np.ndarray) -> int:
    return int(np.abs(a.astype(int) - b).max())


def test_auto_takes_the_gpu(pack: Pack, cuda: Network) -> None:
    network = Network(pack)
    assert network.device.name == "cuda"
    assert network.notes == ()


def test_the_networks_agree_with_the_cpu(pack: Pack, cuda: Network) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((3, 3, SIZE, SIZE)).astype(np.float32)
    z = rng.standard_normal((3, LATENT)).astype(np.float32)
    cpu = Network(pack, "cpu")
    assert np.allclose(cuda.encode(x), cpu.encode(x), atol=1e-3)
    for t in (0, 500, 999):
        for on_gpu, on_cpu in zip(cuda.denoise(x, t, z), cpu.denoise(x, t, z), strict=True):
            assert np.allclose(on_gpu, on_cpu, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("detail", ["keep", "model"])
def test_edits_agree_with_the_cpu_to_one_grey_level(editors: tuple[Editor, Editor], detail: str) -> None:
    edit = Edit(
        attributes={"brightness": 1.5, "warmth": -1}, blends=(Blend(start=0, end=4, alpha=0.5),), blend_noise=0.5
    )
    outcomes = []
    for editor in editors:
        subject, other = (editor.open(pictures.from_pixels(picture(n))) for n in (1, 2))
        outcomes.append(result(editor.render(subject, edit, SETTINGS, reference=other, detail=detail)))  # type: ignore[arg-type]
    on_cpu, on_gpu = outcomes
    assert off(on_cpu.pixels, on_gpu.pixels) <= 1
    assert off(on_cpu.model_pixels, on_gpu.model_pixels) <= 1


def test_a_sweep_in_one_batch_agrees_with_single_renders(editors: tuple[Editor, Editor]) -> None:
    _, editor = editors
    subject = editor.open(pictures.from_pixels(picture(1)))
    edits = [Edit(attributes={"brightness": amount / 4}) for amount in range(-8, 8)]
    *_, last = editor.sweep(subject, edits, SETTINGS)
    for edit, view in zip(edits, last, strict=True):
        assert off(view.pixels, result(editor.render(subject, edit, SETTINGS)).pixels) <= 1


def test_a_gpu_that_fails_in_a_run_leaves_the_cpu_and_a_note(pack: Pack, cuda: Network) -> None:
    class OutOfMemory:
        def run(self, *_: object) -> object:
            raise RuntimeError("CUDA failure 2: out of memory")

    network = Network(pack, "cuda")
    network._unet = OutOfMemory()
    x, z = np.zeros((1, 3, SIZE, SIZE), np.float32), np.zeros((1, LATENT), np.float32)
    assert network.denoise(x, 500, z)[0].shape == x.shape
    assert network.device.name == "cpu"
    assert network.notes == ("NVIDIA GPU failed (CUDA failure 2: out of memory); using CPU instead.",)
