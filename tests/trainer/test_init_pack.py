"""``--init PACK``: weights out of graphs, a run that goes on with them, and whether tuning helped."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from PIL import Image

from diti_studio.core.errors import UsageError
from diti_studio.core.packs import Metric, Pack
from diti_studio.core.runtime import Network
from tests.trainer.tiny import config, make_run
from trainer import initial, stages, tuning
from trainer.checkpoints import load, load_run
from trainer.config import override, resolve
from trainer.discovery import Discovered
from trainer.export import export

FACES = Path(stages.__file__).parents[1] / "resources/packs/faces"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run and its pack, whose halves and norms all differ as those of a trained network do."""
    folder = tmp_path_factory.mktemp("tiny")
    settings = config(  # one level: exporting takes as long as a network has blocks
        domain="other", encoder={"attention_before_norm": True}, diffusion={"channels": [32], "attention": [False]}
    )
    run = make_run(folder / "run", settings)
    path = sorted((run / "checkpoints").glob("*.pt"))[-1]
    state = torch.load(path, weights_only=True)
    generator = torch.Generator().manual_seed(1)
    for value in state["model"].values():
        value += 0.05 * value.abs().mean() * torch.randn(value.shape, generator=generator)
    torch.save(state, path)
    export(run, folder / "pack", name="tiny", domain="other", storage="fp16", measured=False)
    return run, folder / "pack"


@pytest.fixture
def tiny_pack(tiny: tuple[Path, Path]) -> Path:
    return tiny[1]


def _photos(folder: Path, count: int = 24, size: int = 48) -> Path:
    folder.mkdir()
    for i in range(count):
        ramp = np.linspace(0, 1, size)
        pixels = np.stack([ramp[None] * 255 * i / count + 0 * ramp[:, None], 0 * ramp[None] + 200 * ramp[:, None]])
        Image.fromarray(np.stack([*pixels, pixels[0]], axis=-1).astype(np.uint8)).save(folder / f"{i:03d}.png")
    return folder


def test_the_bundled_pack_gives_the_latents_of_its_encoder() -> None:
    pack = Pack.open(FACES)
    start = initial.load(pack)
    side = pack.manifest.image_size
    images = np.random.default_rng(0).uniform(-1, 1, (3, 3, side, side)).astype(np.float32)
    with torch.inference_mode():
        z = start.encoder(torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(z, Network(pack, "cpu").encode(images), atol=1e-4 * float(z.std()))
    assert start.config.timestep_groups == pack.groups
    options = initial.options(FACES)
    assert resolve(options).data.framing == pack.manifest.framing
    assert options["data"]["sources"] == []
    assert not options["objective"]["train_encoder"]


def test_weights_come_back_as_they_were_stored(tiny: tuple[Path, Path]) -> None:
    start, run = initial.load(tiny[1]), load_run(tiny[0])
    for got, expected in ((start.encoder, run.encoder), (start.decoder, run.decoder)):
        values = expected.state_dict()
        assert set(got.state_dict()) == set(values)
        for name, value in got.state_dict().items():
            torch.testing.assert_close(value, values[name], rtol=1e-3, atol=1e-5)  # fp16's rounding


def test_another_network_than_the_manifest_tells_is_refused(tmp_path: Path, tiny_pack: Path) -> None:
    manifest = json.loads((tiny_pack / "manifest.json").read_text())
    shutil.copytree(tiny_pack, tmp_path / "pack")

    def told(**changes: Any) -> None:
        changed = json.loads(json.dumps(manifest))
        for section, values in changes.items():
            changed["training"]["config"]["options"][section] |= values
        (tmp_path / "pack/manifest.json").write_text(json.dumps(changed))

    told(encoder={"channels": [32, 32, 64]})
    with pytest.raises(UsageError, match=r"tiny cannot be continued from.*does not match"):
        initial.load(tmp_path / "pack")
    told(diffusion={"prediction": "epsilon"})  # the same weights, used in another way
    with pytest.raises(UsageError, match="tiny cannot be continued from"):
        initial.load(tmp_path / "pack")
    told(encoder={"channels": [2**40] * 3})  # shapes are compared before memory is taken
    with pytest.raises(UsageError, match="tiny cannot be continued from"):
        initial.load(tmp_path / "pack")
    manifest["training"]["config"] = {}
    (tmp_path / "pack/manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UsageError, match="does not tell how its networks are built"):
        initial.load(tmp_path / "pack")


def test_a_manifest_tells_no_paths(tiny_pack: Path) -> None:
    told = Pack.open(tiny_pack).manifest.training.config
    assert set(told) == {"options", "unet"}
    assert "data" not in told["options"]


def test_a_run_goes_on_from_a_pack_and_says_whether_it_helped(
    tmp_path: Path, tiny_pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = _photos(tmp_path / "photos")
    settings = resolve(
        override(
            initial.options(tiny_pack),
            [f'data.sources=["{photos.as_posix()}"]', "diti.batch=8", "loop.grid_steps=0", 'loop.precision="fp32"'],
        )
    )
    run = tmp_path / "run"
    assert stages.train(settings, "diti", run, init=tiny_pack, max_images=8)
    before, after = initial.load(tiny_pack).weights(), load(run)
    assert after is not None
    changed = {name for name, value in before.items() if not torch.equal(value, after["model"][name])}
    assert "decoder.branch.out.weight" in changed
    assert not any(name.startswith("encoder.") for name in changed)  # TUNING trains the branch alone
    assert "held-out pictures at 12+12 calls" in capsys.readouterr().err
    found = json.loads((run / tuning.RESULT).read_text())
    assert found["images_seen"] == 8
    # Without --init the folder knows where it came from.
    assert stages.train(settings, "diti", run, max_images=16)
    assert initial.kept(run) is not None
    export(run, tmp_path / "new", name="own", domain="other")
    new = Pack.open(tmp_path / "new")
    assert {m.name for m in new.manifest.training.metrics} >= {"psnr_own_pictures_12_12_before"}
    np.testing.assert_array_equal(new.latents.mean, Pack.open(tiny_pack).latents.mean)
    initial.load(new)


def test_a_run_that_was_stopped_before_its_first_checkpoint_still_begins_with_the_pack(
    tmp_path: Path, tiny_pack: Path
) -> None:
    photos = _photos(tmp_path / "photos")
    settings = resolve(override(
        initial.options(tiny_pack),
        [f'data.sources=["{photos.as_posix()}"]', "diti.batch=8", 'loop.precision="fp32"'],
    ))  # fmt: skip
    run = tmp_path / "run"
    assert stages.train(settings, "diti", run, init=tiny_pack, max_images=8)
    shutil.rmtree(run / "checkpoints")
    assert stages.train(settings, "diti", run, max_images=8)
    state = load(run)
    assert state is not None
    torch.testing.assert_close(state["model"]["encoder.out.weight"], initial.load(tiny_pack).encoder.out.weight)


def test_the_frozen_model_of_a_pack_can_be_trained_on(tmp_path: Path, tiny_pack: Path) -> None:
    settings = resolve(override(
        initial.options(tiny_pack),
        [f'data.sources=["{_photos(tmp_path / "photos").as_posix()}"]', "dm.batch=8", "dm.rate=1e-9",
         'loop.precision="fp32"'],
    ))  # fmt: skip
    assert stages.train(settings, "dm", tmp_path / "dm", init=tiny_pack, max_images=8)
    frozen = initial.load(tiny_pack).decoder.frozen
    again = stages.checkpoints.load_diffusion(tmp_path / "dm")
    for name, value in frozen.unet.state_dict().items():
        torch.testing.assert_close(value, again.unet.state_dict()[name], rtol=0, atol=1e-7)


def test_what_is_no_pack_and_no_run_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="nowhere") as caught:
        initial.options(tmp_path / "nowhere")
    assert "\n" not in str(caught.value)


def test_norms_shared_by_both_halves_are_told_apart(tiny_pack: Path) -> None:
    graph = onnx.load(tiny_pack / "unet.onnx").graph
    normals = sum(node.op_type == "InstanceNormalization" for node in graph.node)
    start = initial.load(tiny_pack)
    norms = [name for name in start.decoder.state_dict() if "norm" in name and name.endswith(".weight")]
    assert len(norms) > normals  # the first norm of both middle blocks reads the same
    a = start.decoder.state_dict()["frozen.unet.mid_block.resnets.0.norm1.weight"]
    b = start.decoder.state_dict()["branch.middle.0.block.norm1.weight"]
    assert not torch.equal(a, b)


# -- the verdict --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gains", "verdict"),
    [
        ([0.5, 0.6, 0.4, 0.7], "better"),
        ([-0.5, -0.6, -0.4, -0.7], "worse"),
        ([2.0, -1.5, 1.0, -1.2], "no clear difference"),  # on average more, by chance
        ([0.01, 0.01, 0.01, 0.011], "no clear difference"),  # sure, and seen by nobody
        ([3.0], "no clear difference"),  # one picture tells nothing
    ],
)
def test_it_is_not_called_better_when_it_is_not(gains: list[float], verdict: str) -> None:
    before = np.linspace(20, 30, len(gains))
    found = tuning.Comparison.of(before, before + gains)
    assert found.verdict == verdict
    assert verdict in found.line


def test_attributes_that_were_not_measured_anew_are_taken_over() -> None:
    pack = Pack.open(FACES)
    names = [attribute.name for attribute in pack.manifest.attributes]
    assert len(names) > 2
    old = pack.latents
    rng = np.random.default_rng(0)
    d = pack.manifest.latent_dim
    found = Discovered(
        rng.normal(size=d), np.exp(rng.normal(size=d)), rng.normal(size=old.principal.shape),
        rng.normal(size=(1, d)), rng.normal(size=(1, d)), np.array([0.3]), pack.manifest.attributes[:1],
    )  # fmt: skip
    z = rng.normal(size=d)
    for same_latent in (True, False):
        whole, taken = tuning.carried_over(pack, found, same_latent=same_latent)
        assert list(taken) == names[1:]
        assert [attribute.name for attribute in whole.attributes] == names
        np.testing.assert_array_equal(whole.directions[0], found.directions[0])
        np.testing.assert_array_equal(whole.directions[1:], old.attribute_directions[1:])
        read = whole.weights @ ((z - whole.mean) / whole.std) + whole.bias
        np.testing.assert_allclose(read[0], (found.weights @ ((z - found.mean) / found.std) + found.bias)[0], rtol=1e-5)
        expected = old.attribute_weights[1:] @ ((z - old.mean) / old.std) + old.attribute_bias[1:]
        np.testing.assert_allclose(read[1:], expected, rtol=1e-4, atol=1e-4)
        assert all(attribute.experimental for attribute in whole.attributes[1:]) or same_latent
        np.testing.assert_array_equal(whole.mean, old.mean if same_latent else found.mean)


def test_metrics_are_those_of_the_last_check(tmp_path: Path) -> None:
    assert tuning.metrics(tmp_path, "c") == ()
    found = {"before": 20.0, "after": 21.0}
    (tmp_path / tuning.RESULT).write_text(json.dumps(found))
    assert tuning.metrics(tmp_path, "c")[1] == Metric(
        name="psnr_own_pictures_12_12_after", value=21.0, unit="dB", command="c"
    )
