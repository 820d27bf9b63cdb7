from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto
from PIL import Image

from diti_studio.core.edit import Edit
from diti_studio.core.editor import Editor, Settings, result
from diti_studio.core.errors import UsageError
from diti_studio.core.packs import Pack
from diti_studio.core.pictures import load as load_picture
from diti_studio.core.runtime import Network
from tests.trainer.tiny import config, make_renders, make_run
from trainer.checkpoints import load_run
from trainer.export import export
from trainer.graphs import ParityError, check_parity, encoder_graph
from trainer.packing import stage_entries
from trainer.storage import narrow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("export")


@pytest.fixture(scope="module")
def run(folder: Path) -> Path:
    return make_run(folder / "run")


@pytest.fixture(scope="module")
def renders(folder: Path) -> Path:
    return make_renders(folder / "renders", 300)


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def pack(folder: Path, run: Path, renders: Path, told: list[str]) -> Pack:
    Image.new("RGB", (40, 40), "teal").save(folder / "My Picture.png")
    return export(
        run, folder / "packs" / "tiny", name="tiny", title="Tiny", data=[renders], samples=[folder / "My Picture.png"],
        rendered_samples=2, measured=False, command="the command", progress=told.append,
    )  # fmt: skip


def test_the_pack_opens_verifies_and_leaves_nothing_beside_itself(pack: Pack) -> None:
    pack.verify()
    assert [path.name for path in pack.path.parent.iterdir()] == ["tiny"]
    assert pack.manifest.image_size == 32
    assert pack.manifest.training.images_seen == 336
    assert pack.groups == config().timestep_groups
    assert str(Path.cwd()) not in pack.read("unet.onnx").decode("latin-1")


def test_the_graphs_keep_the_contract(pack: Pack) -> None:
    def shapes(name: str) -> dict[str, tuple[int, list[int | str]]]:
        graph = onnx.load_from_string(pack.read(name)).graph
        return {
            value.name: (
                value.type.tensor_type.elem_type,
                [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim],
            )
            for value in (*graph.input, *graph.output)
        }

    picture = (TensorProto.FLOAT, ["batch", 3, 32, 32])
    latent = (TensorProto.FLOAT, ["batch", 64])
    assert shapes("encoder.onnx") == {"image": picture, "z": latent}
    assert shapes("unet.onnx") == {
        "x_t": picture, "t": (TensorProto.INT64, ["batch"]), "z": latent, "eps": picture, "shift": picture,
    }  # fmt: skip


def test_it_computes_what_torch_computes_with_the_stored_weights(pack: Pack, run: Path) -> None:
    trained = load_run(run)
    narrow(trained.encoder, "int8")
    narrow(trained.decoder, "int8")
    network = Network(pack, "cpu")
    rng = np.random.default_rng(3)
    for batch, t in ((1, 0), (5, 640)):
        x = rng.standard_normal((batch, 3, 32, 32)).astype(np.float32)
        z = network.encode(np.tanh(x))
        with torch.inference_mode():
            expected = trained.encoder(torch.from_numpy(np.tanh(x)))
            eps, shift = trained.decoder(torch.from_numpy(x), torch.full((batch,), t), torch.from_numpy(z))
        np.testing.assert_allclose(z, expected.numpy(), atol=1e-4)
        for mine, theirs in zip(network.denoise(x, t, z), (eps, shift), strict=True):
            np.testing.assert_allclose(mine, theirs.numpy(), atol=1e-3 * float(theirs.square().mean().sqrt()))


def test_int8_is_a_quarter_of_the_weights(pack: Pack, run: Path) -> None:
    trained = load_run(run)
    weights = sum(p.numel() for p in (*trained.encoder.parameters(), *trained.decoder.parameters()))
    graphs = pack.manifest.files["unet.onnx"].size + pack.manifest.files["encoder.onnx"].size
    assert graphs < 4 * weights * 0.6  # names and biases weigh much in so small a network


def test_attributes_come_with_directions_that_move_what_the_probes_read(pack: Pack) -> None:
    names = [a.name for a in pack.manifest.attributes]
    assert {"skin_tone", "yaw"} <= set(names)
    latents = pack.latents
    row = names.index("skin_tone")
    moved = latents.attribute_directions[row] / latents.std @ latents.attribute_weights[row]
    assert 0.5 < moved < 1.5  # one standard deviation
    assert all(abs(sum(a.profile) - 1) < 1e-3 for a in pack.manifest.attributes)
    assert all(a.experimental for a in pack.manifest.attributes)  # nothing was measured on pictures


def test_samples_and_what_is_known_of_them(pack: Pack) -> None:
    assert pack.samples() == ("samples/my-picture.png", "samples/render-00240.jpg", "samples/render-00299.jpg")
    known = json.loads(pack.read("samples/samples.json"))
    assert set(known) == {"render-00240.jpg", "render-00299.jpg"}
    assert 0 <= known["render-00240.jpg"]["skin_tone"] <= 1


def test_metrics_name_their_command(pack: Pack, told: list[str]) -> None:
    metrics = {m.name: m for m in pack.manifest.training.metrics}
    assert metrics["parity_with_torch"].value <= 1e-3
    assert {"reconstruction_10_10_int8_weights", "reconstruction_10_10_fp32_weights"} <= set(metrics)
    assert {m.command for m in metrics.values()} == {"the command"}
    assert any("agree" in line for line in told)


def test_the_editor_edits_with_it(pack: Pack, tmp_path: Path) -> None:
    (tmp_path / "in.png").write_bytes(pack.read("samples/my-picture.png"))
    editor = Editor(pack, "cpu", cache_folder=tmp_path / "cache")
    subject = editor.open(load_picture(tmp_path / "in.png"), "whole")
    settings = Settings(4, 4)
    still = result(editor.render(subject, Edit(), settings)).pixels
    moved = result(editor.render(subject, Edit().with_attribute("skin_tone", 3), settings)).pixels
    np.testing.assert_array_equal(still, subject.square)
    assert (moved != still).any()


def test_an_older_pack_is_replaced_and_other_folders_are_not(
    folder: Path, run: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").write_text("...")
    with pytest.raises(UsageError, match="no model pack"):
        export(run, tmp_path / "thesis")
    with pytest.raises(UsageError, match="leave out"):
        export(run, tmp_path / "faces.ditipack")
    assert (tmp_path / "thesis" / "chapter1.tex").read_text() == "..."


def test_a_graph_of_other_weights_is_no_pack(run: Path, pack: Pack) -> None:
    trained = load_run(run)
    files = pack.read("encoder.onnx"), pack.read("unet.onnx")
    with torch.no_grad():
        trained.decoder.branch.out.bias.add_(0.05)
    with pytest.raises(ParityError, match="shift"):
        check_parity(trained.encoder, trained.decoder, *files, 32, 64, 1000)


def test_without_known_pictures_there_are_no_attributes(
    folder: Path, run: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The graphs are those of the fixture: exporting them again would only take time."""
    graphs = {name: onnx.load_from_string(pack.read(name)) for name in ("encoder.onnx", "unet.onnx")}
    monkeypatch.setattr("trainer.export.encoder_graph", lambda *_: graphs["encoder.onnx"])
    monkeypatch.setattr("trainer.export.unet_graph", lambda *_: graphs["unet.onnx"])
    for _ in range(2):  # the second one replaces the first
        written = export(run, tmp_path / "bare", name="bare", domain="other")
        written.verify()
        assert written.manifest.attributes == ()
        assert written.manifest.framing.name == "centre"
    assert [path.name for path in tmp_path.iterdir()] == ["bare"]


def test_a_failed_export_leaves_the_old_pack(
    run: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    graphs = {name: onnx.load_from_string(pack.read(name)) for name in ("encoder.onnx", "unet.onnx")}
    monkeypatch.setattr("trainer.export.encoder_graph", lambda *_: graphs["encoder.onnx"])
    monkeypatch.setattr("trainer.export.unet_graph", lambda *_: graphs["unet.onnx"])
    before = export(run, tmp_path / "pack", name="first").manifest

    def broken(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("trainer.export.discover", broken)
    with pytest.raises(MemoryError):
        export(run, tmp_path / "pack", name="second")
    assert Pack.open(tmp_path / "pack").manifest == before
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


@pytest.mark.parametrize("storage", ["fp32", "fp16"])
def test_other_storages_and_sizes(storage: str, tmp_path: Path) -> None:
    settings = config(image_size=64, groups={"layout": "balanced", "count": 16})
    trained = load_run(make_run(tmp_path / "run", settings))
    stored = narrow(trained.encoder, storage)  # type: ignore[arg-type]
    model = encoder_graph(trained.encoder, 64, stored)
    kinds = {i.data_type for i in model.graph.initializer if np.prod(i.dims) > 4000}
    assert kinds == {TensorProto.FLOAT if storage == "fp32" else TensorProto.FLOAT16}


def test_a_plain_eps_network_exports_too(tmp_path: Path) -> None:
    settings = config(
        diffusion={"prediction": "epsilon", "unshuffle": 1, "channels": [32], "attention": [False]},
        groups={"layout": "single"}, image_size=16,
        encoder={"latent_dim": 64, "channels": [32, 32], "attention_after": 1},
    )  # fmt: skip
    written = export(make_run(tmp_path / "run", settings), tmp_path / "pack", storage="fp16")
    assert len(written.groups) == 1
    assert [stage.name for stage in written.manifest.stages] == ["All"]


def test_stages_are_named_by_what_they_carry_in_their_domain() -> None:
    usual = (50, 100, 300, 500, 1000)
    of_domain = {domain: [stage.name for stage in stage_entries(usual, domain)] for domain in ("face", "room", "cat")}
    assert len({tuple(names) for names in of_domain.values()}) == 3
    assert all(len(set(names)) == 5 for names in of_domain.values())
    other = stage_entries((400, 1000), "face")
    assert [(stage.name, stage.t_start, stage.t_end) for stage in other] == [
        ("Stage 1", 0, 400),
        ("Stage 2", 400, 1000),
    ]
