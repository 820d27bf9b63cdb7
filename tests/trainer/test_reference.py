from __future__ import annotations

import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from PIL import Image

from diti_studio.core import framing
from diti_studio.core.edit import Blend, Edit
from diti_studio.core.editor import Editor, Settings, result
from diti_studio.core.errors import UsageError
from diti_studio.core.framing import Frame
from diti_studio.core.packs import Pack
from diti_studio.core.pictures import load as load_picture
from diti_studio.core.runtime import Network
from diti_studio.core.tensors import to_model
from tests.trainer import reference_checkpoint as official
from tests.trainer.reference_checkpoint import BALANCED, LATENT, SIZE, UNEQUAL, UNET
from trainer.checkpoints import load_diffusion
from trainer.reference import import_reference, load_reference, load_reference_dpm
from trainer.reference.knowledge import CELEBA

TIGHT = 1e-4

WIDE = UNET | {"channel_multiplier": [1, 1, 2], "attention_resolutions": [2, 4]}


@pytest.fixture(scope="module")
def networks() -> tuple[official.Official, official.Official]:
    encoder, decoder = official.networks()
    return encoder, official.tame(decoder)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, networks: tuple[official.Official, official.Official]) -> Path:
    return official.write_run(tmp_path_factory.mktemp("official"), *networks, UNEQUAL, names=["Wearing_Lipstick"])


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory, run: Path, told: list[str]) -> Pack:
    folder = tmp_path_factory.mktemp("packs") / "celeba"
    return import_reference(run, folder, name="celeba", title="CelebA", command="the command", progress=told.append)


def relative(mine: Any, theirs: torch.Tensor) -> float:
    """Largest difference over the root mean square."""
    difference = (torch.as_tensor(np.asarray(mine)) - theirs).abs().max()
    return float(difference / theirs.square().mean().sqrt())


def examples(seed: int, batch: int = 3) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """x_t, t and z; the first z is 0."""
    random = torch.Generator().manual_seed(seed)
    x = torch.randn(batch, 3, SIZE, SIZE, generator=random)
    z = torch.randn(batch, LATENT, generator=random)
    return x, torch.tensor([0, 401, 999])[:batch], z * (torch.arange(batch) > 0)[:, None]


def test_the_modules_compute_what_the_official_ones_do(
    run: Path, networks: tuple[official.Official, official.Official]
) -> None:
    loaded = load_reference(run)
    x, t, z = examples(1)
    with torch.inference_mode():
        assert relative(loaded.encoder(x.tanh()), official.encode(networks[0], x.tanh())) < TIGHT
        eps, shift = loaded.decoder(x, t, z)
        expected_eps, expected_shift = official.decode(networks[1], x, t, z)
    assert expected_shift is not None
    assert relative(eps, expected_eps) < TIGHT
    assert relative(shift, expected_shift) < TIGHT
    assert not any(module.training for module in (*loaded.encoder.modules(), *loaded.decoder.modules()))


@pytest.mark.parametrize(
    "options",
    [
        WIDE | {"num_heads": 2},
        WIDE | {"num_heads": 4, "use_new_attention_order": True},
        WIDE | {"head_channel": 16, "num_residual_blocks_of_a_block": 2},
        UNET | {"attention_resolutions": [], "channel_multiplier": [1, 2, 3], "learn_sigma": True},
    ],
    ids=["heads of several widths", "new attention order", "narrow heads", "learned variance"],
)
def test_other_shapes_of_the_network(tmp_path: Path, options: dict[str, Any]) -> None:
    encoder, decoder = official.networks(options)
    loaded = load_reference(official.write_run(tmp_path, encoder, decoder, BALANCED, options, prefix="_orig_mod."))
    x, t, z = examples(2)
    with torch.inference_mode():
        mine, theirs = loaded.decoder(x, t, z), official.decode(decoder, x, t, z, options)
    assert theirs[1] is not None
    assert relative(mine[0], theirs[0]) < TIGHT
    assert relative(mine[1], theirs[1]) < TIGHT


@pytest.mark.parametrize("groups", [UNEQUAL, BALANCED, None], ids=["unequal", "balanced", "pdae"])
def test_the_masks_of_each_layout(
    tmp_path: Path, networks: tuple[official.Official, official.Official], groups: dict[str, Any] | None
) -> None:
    loaded = load_reference(official.write_run(tmp_path, *networks, groups))
    seen = official.masks(groups)
    t = np.arange(1000)
    np.testing.assert_array_equal(loaded.groups.mask(t), seen[t * len(seen) // 1000].numpy())


def test_the_pack_computes_what_the_official_networks_do(
    pack: Pack, networks: tuple[official.Official, official.Official]
) -> None:
    network = Network(pack, "cpu")
    x, _, z = examples(3)
    with torch.inference_mode():
        assert relative(network.encode(x.tanh().numpy()), official.encode(networks[0], x.tanh())) < TIGHT
        for t in (0, 500, 999):
            mine = network.denoise(x.numpy(), t, z.numpy())
            theirs = official.decode(networks[1], x, torch.full((len(x),), t), z)
            assert theirs[1] is not None
            assert relative(mine[0], theirs[0]) < TIGHT
            assert relative(mine[1], theirs[1]) < TIGHT
    assert np.abs(mine[1][0]).max() > 0.1  # z = 0 still shifts: it is not "no guidance"


def test_the_manifest_says_what_was_imported(pack: Pack, told: list[str]) -> None:
    manifest = pack.manifest
    pack.verify()
    assert (manifest.domain, manifest.framing.name, manifest.image_size) == ("face", "celeba", SIZE)
    assert manifest.training.images_seen == 2000 * 128
    assert manifest.training.metrics[0].value < TIGHT
    assert manifest.training.metrics[0].command == "the command"
    assert [stage.t_end for stage in manifest.stages] == [50, 100, 300, 500, 1000]
    assert len(pack.groups) == 64
    assert any("agree" in line for line in told)


def test_a_classifier_moves_as_the_papers_manipulation_does(pack: Pack, run: Path) -> None:
    """z' = (z_n + s sqrt(D) w / |w|) std + mean, with the last epoch's classifier and ProMask's dims."""
    state = torch.load(run / "mp-Wearing_Lipstick-16-ema" / "10.pt", weights_only=True)
    statistics = torch.load(run / "stats.pt", weights_only=True)
    weight = state["classifier"]["weight"][0] * state["mask_subnet"]
    mean, std = statistics["mean"], statistics["std"]
    z = torch.randn(LATENT, generator=torch.Generator().manual_seed(5))
    normalised = (z - mean) / std
    expected = (normalised + 0.3 * LATENT**0.5 * weight / weight.norm()) * std + mean
    (attribute,) = pack.manifest.attributes
    edited = Edit().with_attribute(attribute.name, attribute.range[1]).apply(z.numpy(), pack)
    np.testing.assert_allclose(edited, expected.numpy(), rtol=1e-5, atol=1e-5)
    assert (attribute.name, attribute.title) == ("wearing_lipstick-16", "Wearing lipstick (16 dims)")
    assert sum(attribute.profile) == pytest.approx(1, abs=1e-3)

    latents = pack.latents
    logit = latents.attribute_weights[0] @ normalised.numpy() + latents.attribute_bias[0]
    assert logit == pytest.approx(float(weight @ normalised + state["classifier"]["bias"][0]), abs=1e-4)


def test_a_counterfactual_of_two_pictures(
    tmp_path: Path, pack: Pack, networks: tuple[official.Official, official.Official]
) -> None:
    """20 steps up, 10 down, groups 16-24 at 0.5, own x_T: the application against the recipe in torch."""
    rng = np.random.default_rng(4)
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    for path in paths:
        small = Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8))
        small.resize((SIZE, SIZE), Image.Resampling.BICUBIC).save(path)
    editor = Editor(pack, "cpu", cache_folder=tmp_path / "cache")
    a, b = (editor.open(load_picture(path), "whole") for path in paths)
    settings = Settings(20, 10, "ddim")
    edit = Edit(blends=(Blend(start=16, end=24, alpha=0.5),))
    mine = result(editor.render(a, edit, settings, reference=b, detail="model")).model_pixels
    unedited = result(editor.render(a, Edit(), settings, detail="model")).model_pixels

    with torch.inference_mode():
        x = torch.stack([torch.from_numpy(np.array(Image.open(path))) for path in paths])
        x = x.permute(0, 3, 1, 2).float() / 127.5 - 1
        z = official.encode(networks[0], x)
        seen = official.masks(UNEQUAL)
        noise = official.walk(networks[1], x[:1], z[:1], seen, 20, up=True)
        lent = seen[23] - seen[15]
        mixed = z[:1] * (1 - lent) + lent * (0.5 * z[:1] + 0.5 * z[1:])
        out = official.walk(networks[1], noise, mixed, seen, 10, up=False)
    theirs = ((out[0].clamp(-1, 1) + 1) * 127.5).round().permute(1, 2, 0).numpy()
    assert np.abs(mine - theirs).max() <= 1
    assert np.abs(mine.astype(int) - unedited).max() > 4  # the edit is seen


def test_the_older_layout_of_pdae_with_pictures_in_place_of_statistics(tmp_path: Path) -> None:
    options = UNET | {"channel_multiplier": [1], "attention_resolutions": []}
    encoder, decoder = official.networks(options)
    run = official.write_run(tmp_path, encoder, decoder, None, options)
    (run / "stats.pt").unlink()
    torch.save({"ema_classifier": official.classifier(40, 3)["classifier"], "encoder": {}}, run / "classifier.pt")
    photos, told = tmp_path / "photos", list[str]()
    photos.mkdir()
    rng = np.random.default_rng(0)
    reconfigure(run / "config.yml", dataset_config={"name": "bedroom"})
    for i in range(130):
        colours = Image.fromarray(rng.integers(0, 256, (2, 2, 3), np.uint8))
        colours.resize((80, 96), Image.Resampling.BICUBIC).save(photos / f"{i}.png")
    (photos / "bad.png").write_bytes(b"no picture")
    pack = import_reference(
        run, tmp_path / "pack", name="pdae", title="PDAE", command="", progress=told.append, storage="fp16",
        data=[photos],
    )  # fmt: skip

    manifest, latents = pack.manifest, pack.latents
    assert len(pack.groups) == 1
    assert (manifest.domain, manifest.framing.name) == ("room", "centre")
    assert [a.title for a in manifest.attributes][:2] == ["5 o'clock shadow", "Arched eyebrows"]
    assert [a.name for a in manifest.attributes] == [name.lower() for name in CELEBA]
    assert any("bad.png" in line for line in told)
    assert (np.linalg.norm(latents.principal, axis=1) > 0).all()
    x, _, z = examples(6)
    network = Network(pack, "cpu")
    with torch.inference_mode():
        theirs = official.decode(decoder, x, torch.full((3,), 300), z, options)[0]
    assert relative(network.denoise(x.numpy(), 300, z.numpy())[0], theirs) < 1e-2
    # about every tenth picture is held out, so the mean is close to that of all, and not the same
    images = np.stack([load_picture(photos / f"{i}.png").pixels[8:88] for i in range(130)])
    squares = np.stack([framing.cut(image, Frame(40, 40, 80), SIZE) for image in images])
    z = network.encode(to_model(squares))
    np.testing.assert_allclose(latents.mean, z.mean(0), atol=0.3 * float(z.std()))
    np.testing.assert_allclose(latents.std, z.std(0), rtol=0.3)


def test_a_pretrained_diffusion_model_becomes_a_frozen_one(tmp_path: Path) -> None:
    net = official.write_dpm(tmp_path / "dpm")
    model = load_reference_dpm(tmp_path / "dpm", SIZE)
    model.save(tmp_path / "frozen")
    again = load_diffusion(tmp_path / "frozen")
    x, t, _ = examples(7)
    with torch.inference_mode():
        theirs = official.decode(net, x, t, None)[0]
        assert relative(again.eval()(x, t), theirs) < TIGHT


# -- what is refused, in one sentence each ------------------------------------------------------------------


def spoil(run: Path, change: Any, name: str = "checkpoints/latest.pt") -> None:
    state = torch.load(run / name, weights_only=True)
    change(state)
    torch.save(state, run / name)


def reconfigure(path: Path, **changes: Any) -> None:
    config = yaml.safe_load(path.read_text())
    for section, values in changes.items():
        config[section] = config.get(section, {}) | values if isinstance(values, dict) else values
    path.write_text(yaml.safe_dump({key: value for key, value in config.items() if value is not None}))


@pytest.fixture
def copy(tmp_path: Path, run: Path) -> Path:
    """The run and its diffusion model's options, to be spoilt."""
    root = run.parents[2]
    shutil.copytree(root, tmp_path, dirs_exist_ok=True)
    return tmp_path / run.relative_to(root)


def refused(run: Path, match: str) -> None:
    pack = run / "pack"
    with pytest.raises(UsageError, match=match) as caught:
        import_reference(run, pack, name="n", title="T", command="", progress=lambda _: None)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith((".", ")."))
    assert not pack.exists()


class Evil:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (print, ("this must not run",))


@pytest.mark.parametrize("how", ["torch", "pickle"])
def test_a_pickle_that_wants_to_run_code(copy: Path, capsys: pytest.CaptureFixture[str], how: str) -> None:
    path = copy / "checkpoints" / "latest.pt"
    if how == "torch":
        torch.save({"step": 1, "ema_encoder": Evil()}, path)
    else:
        path.write_bytes(pickle.dumps({"ema_encoder": Evil()}))
    refused(copy, "is refused: it holds more than numbers")
    assert "must not run" not in capsys.readouterr().out


def test_a_damaged_checkpoint(copy: Path) -> None:
    path = copy / "checkpoints" / "latest.pt"
    path.write_bytes(path.read_bytes()[:20_000])
    refused(copy, "is no checkpoint that can be read")


def test_folders_of_other_kinds(copy: Path, tmp_path: Path) -> None:
    refused(tmp_path, "is no folder of the official DiTi or PDAE code")
    official.write_dpm(tmp_path / "dpm")
    refused(tmp_path / "dpm", "is a diffusion model without an encoder")
    reconfigure(copy / "config.yml", encoder_config=None, trained_representation_learning_config="x")
    refused(copy, "manipulation or latent stage")


def test_a_checkpoint_of_another_network(copy: Path) -> None:
    torch.save({"ema_denoise_fn": {}, "step": 1}, copy / "checkpoints" / "latest.pt")
    refused(copy, "is a checkpoint of a diffusion model: it has no ema_encoder")


def test_a_missing_key(copy: Path) -> None:
    spoil(copy, lambda state: state["ema_decoder"].pop("shift_middle_block.2.emb_z_layers.1.bias"))
    refused(copy, r"the decoder lacks shift_middle_block\.2\.emb_z_layers\.1\.bias")


def test_an_unexpected_key(copy: Path) -> None:
    spoil(copy, lambda state: state["ema_encoder"].update({"encoder.20.weight": torch.zeros(2)}))
    refused(copy, r"the encoder has encoder\.20\.weight, which the options do not call for")


def test_a_tensor_that_is_no_number(copy: Path) -> None:
    spoil(copy, lambda state: state["ema_decoder"]["label_emb.bias"].fill_(float("nan")))
    refused(copy, r"label_emb\.bias of the decoder holds what is no number")


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"encoder_config": {"latent_dim": 256}}, "gives 256 latent dims and the decoder takes 512"),
        ({"train_dataset_config": {"image_size": 128}}, "CELEBA64Encoder takes 64 pixels and the pictures have 128"),
        ({"encoder_config": {"model": "CELEBA64ResNet10"}}, "the encoder CELEBA64ResNet10 is not supported"),
        ({"ssl_config": {"dims_per_stage": "10,25,327,100,51"}}, "add up to 513 and not to 512"),
        ({"ssl_config": {"dims_per_stage": "ten"}}, "cannot be used"),
        ({"ssl_config": {"k_per_stage": "4,3,13,12,32"}}, "groups of unequal time"),
        ({"ssl_config": {"no_pdae": True}}, "without a decoder"),
        ({"diffusion_config": {"betas_type": "cosine"}}, "betas_type"),
        ({"trained_ddpm_config": "../elsewhere/config.yml"}, r"elsewhere/config\.yml, were not found near"),
    ],
)
def test_options_that_do_not_fit(copy: Path, changes: dict[str, Any], match: str) -> None:
    reconfigure(copy / "config.yml", **changes)
    refused(copy, match)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"base_channel": 64}, r"time_embed\.0\.weight of the decoder is 128x32, and the options call for 256x64"),
        ({"num_residual_blocks_of_a_block": 2}, "contradicts its config.yml"),
        ({"attention_resolutions": [1, 2]}, "lacks"),
        ({"attention_resolutions": []}, "which the options do not call for|lacks"),
        ({"num_class": 10}, "conditioned on a class"),
        ({"num_heads": 3}, "heads do not fit"),
    ],
)
def test_a_diffusion_model_that_contradicts_the_checkpoint(copy: Path, changes: dict[str, Any], match: str) -> None:
    reconfigure(copy.parents[2] / "pre-trained-dpms" / "celeba64" / "config.yml", denoise_fn_config=changes)
    refused(copy, match)


def test_options_that_would_run_code(copy: Path) -> None:
    with (copy / "config.yml").open("a") as file:
        file.write("evil: !!python/object/apply:os.getcwd []\n")
    refused(copy, "is no plain YAML, so it is refused")


def test_missing_statistics_and_other_parts(copy: Path) -> None:
    (copy / "stats.pt").rename(copy / "elsewhere.pt")
    refused(copy, r"has no stats\.pt .* or give pictures with --data")
    torch.save({"mean": torch.zeros(3), "std": torch.ones(3)}, copy / "stats.pt")
    refused(copy, r"stats\.pt contradicts its config\.yml: mean of the latent's statistics is 3")
    (copy / "checkpoints" / "latest.pt").unlink()
    refused(copy, r"has no checkpoints/latest\.pt")


def test_too_few_pictures(copy: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    Image.new("RGB", (64, 64), "teal").save(photos / "one.png")
    reconfigure(copy / "config.yml", train_dataset_config={"name": "BEDROOM"})
    with pytest.raises(UsageError, match=r"[01] pictures are too few"):
        import_reference(
            copy, tmp_path / "pack", name="n", title="T", command="", progress=lambda _: None, data=[photos]
        )
