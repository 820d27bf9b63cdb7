"""The networks: shapes, where they begin, what is trained, and that every prediction means the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.models.unets.unet_2d import UNet2DModel
from torch.nn import functional

from diti_studio.core.errors import UsageError
from diti_studio.core.schedule import NoiseSchedule
from trainer.models import DiffusionModel, Encoder, Prediction, ShiftDecoder

SIZE = 16
T = torch.tensor([0, 3, 400, 999])


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def _unet(unshuffle: int = 2, **changes) -> UNet2DModel:
    options = {
        "sample_size": SIZE // unshuffle,
        "in_channels": 3 * unshuffle**2,
        "out_channels": 3 * unshuffle**2,
        "block_out_channels": (32, 64),
        "down_block_types": ("DownBlock2D", "AttnDownBlock2D"),
        "up_block_types": ("AttnUpBlock2D", "UpBlock2D"),
        "layers_per_block": 1,
        "attention_head_dim": 16,
        "resnet_time_scale_shift": "scale_shift",
        "downsample_type": "resnet",
        "upsample_type": "resnet",
    }
    return UNet2DModel(**(options | changes)).eval()


def _model(prediction: Prediction = "v_prediction", unshuffle: int = 2, **changes) -> DiffusionModel:
    return DiffusionModel(_unet(unshuffle, **changes), NoiseSchedule(), prediction, unshuffle)


def _pictures(count: int = len(T)) -> torch.Tensor:
    return torch.randn(count, 3, SIZE, SIZE)


# -- encoder ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "channels", "after", "width"),
    [(64, (64, 128, 128, 128), 2, 2048), (128, (64, 128, 256, 256, 256), 3, 4096), (64, (64, 128, 192, 192), 2, 3072)],
)
def test_encoders_end_at_four_by_four(size: int, channels: tuple[int, ...], after: int, width: int) -> None:
    encoder = Encoder(size, 512, channels, after)
    assert encoder.out.in_features == width
    assert encoder(torch.randn(2, 3, size, size)).shape == (2, 512)


@pytest.mark.parametrize("before_norm", [True, False])
def test_attention_begins_as_the_identity_and_then_mixes_positions(before_norm: bool) -> None:
    encoder = Encoder(SIZE, 8, (32, 32), 1, attention_before_norm=before_norm)
    x = torch.randn(1, 32, 8, 8, requires_grad=True)
    torch.testing.assert_close(encoder.attention(x), x)
    torch.nn.init.normal_(encoder.attention.proj.weight, std=0.1)
    encoder.attention(x)[0, 0, 0, 0].backward()
    assert x.grad is not None
    assert (x.grad[0, :, 7, 7] != 0).any()


def test_the_place_of_the_attention_matters() -> None:
    encoder = Encoder(SIZE, 8, (32, 32), 2)
    torch.nn.init.normal_(encoder.attention.proj.weight, std=0.1)
    x = _pictures()
    before = encoder(x)
    encoder.attention_before_norm = False
    assert not torch.allclose(before, encoder(x))


def test_encoders_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Encoder(SIZE, 8, (32,) * 5, 1)
    with pytest.raises(ValueError, match="does not fit"):
        Encoder(SIZE, 8, (32, 32), 3)


# -- diffusion model ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("unshuffle", [1, 2, 4])
def test_an_eps_model_is_the_unet_on_its_grid(unshuffle: int) -> None:
    model, x = _model("epsilon", unshuffle), _pictures()
    expected = model.unet(functional.pixel_unshuffle(x, unshuffle), T).sample
    torch.testing.assert_close(model(x, T), functional.pixel_shuffle(expected, unshuffle))


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_a_perfect_output_gives_the_true_noise(prediction: Prediction) -> None:
    model = _model(prediction)
    x_0, noise = _pictures().clamp(-1, 1), _pictures()
    signal, level = model.levels(T)
    outputs = {"epsilon": noise, "v_prediction": signal * noise - level * x_0, "sample": x_0}
    output = functional.pixel_unshuffle(outputs[prediction], 2)
    eps = model.eps(output, model.noised(x_0, noise, T), T)
    torch.testing.assert_close(eps, noise, atol=2e-4, rtol=1e-4)  # eps from x_0 divides by sqrt(1 - abar_0) = 0.01


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_the_shift_is_what_the_correction_does_to_the_noise(prediction: Prediction) -> None:
    model = _model(prediction)
    x, output, correction = _pictures(), torch.randn(4, 12, 8, 8), torch.randn(4, 12, 8, 8)
    guided = model.eps(output, x, T) - model.levels(T)[1] * model.shift(correction, T)
    if prediction == "epsilon":  # the correction is PDAE's g itself
        torch.testing.assert_close(model.shift(correction, T), functional.pixel_shuffle(correction, 2))
        return
    torch.testing.assert_close(guided, model.eps(output + correction, x, T), atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_a_saved_model_comes_back(tmp_path: Path, prediction: Prediction) -> None:
    model = DiffusionModel(_unet(), NoiseSchedule(500, "cosine"), prediction, 2)
    model.save(tmp_path / "dm", images_seen=5)
    again = DiffusionModel.from_folder(tmp_path / "dm").eval()
    assert (again.prediction, again.unshuffle, again.schedule) == (prediction, 2, model.schedule)
    assert again.image_size == SIZE
    x, t = _pictures(2), torch.tensor([7, 499])
    torch.testing.assert_close(again(x, t), model(x, t))


def test_a_folder_without_a_note_is_taken_by_its_channels(tmp_path: Path) -> None:
    _unet(4).save_pretrained(tmp_path / "four")
    model = DiffusionModel.from_folder(tmp_path / "four")
    assert (model.prediction, model.unshuffle) == ("v_prediction", 4)
    _unet(1).save_pretrained(tmp_path / "one")
    model = DiffusionModel.from_folder(tmp_path / "one")
    assert (model.prediction, model.unshuffle) == ("epsilon", 1)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"num_class_embeds": 4}, "conditioned on a class"),
        ({"in_channels": 4}, "takes 4 channels"),
        ({"out_channels": 18}, "gives 18 channels"),
        ({"time_embedding_type": "fourier"}, "fourier"),
        ({"down_block_types": ("SkipDownBlock2D", "DownBlock2D")}, "SkipDownBlock2D"),
        ({"mid_block_type": None}, "no middle block"),
        ({"center_input_sample": True}, "centres its input"),
    ],
)
def test_networks_of_other_kinds_are_refused_by_name(changes: dict, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        _model(**changes)


@pytest.mark.parametrize("damage", ["absent", "note", "prediction", "weights", "config"])
def test_damaged_folders_are_refused_in_a_sentence(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "dm"
    if damage != "absent":
        _model().save(folder)
    if damage == "note":
        (folder / "diti.json").write_text("{")
    if damage == "prediction":
        (folder / "diti.json").write_text('{"prediction": "noise"}')
    if damage == "weights":
        weights = folder / "diffusion_pytorch_model.safetensors"
        weights.write_bytes(weights.read_bytes()[:500])
    if damage == "config":
        (folder / "config.json").write_text("{")
    with pytest.raises(UsageError, match="dm") as caught:
        DiffusionModel.from_folder(folder)
    assert "\n" not in str(caught.value)


# -- decoder ------------------------------------------------------------------------------------------------


def _awake(decoder: ShiftDecoder) -> ShiftDecoder:
    """With what begins at zero moved away from it."""
    with torch.no_grad():
        for parameter in decoder.branch.parameters():
            if not parameter.any():
                parameter.normal_(std=0.05)
    return decoder


def test_a_new_decoder_shifts_nothing() -> None:
    model, x = _model(), _pictures()
    eps, shift = ShiftDecoder(model, 8)(x, T, torch.randn(4, 8))
    torch.testing.assert_close(eps, model(x, T))
    assert eps.shape == shift.shape == x.shape
    assert not shift.any()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"resnet_time_scale_shift": "default", "upsample_type": "conv", "downsample_type": "conv"},
        {"add_attention": False, "layers_per_block": 2},
        {"down_block_types": ("DownBlock2D",) * 2, "up_block_types": ("UpBlock2D",) * 2},
    ],
    ids=["scale_shift", "default", "no attention", "plain blocks"],
)
def test_the_branch_without_a_latent_is_the_frozen_network(changes: dict) -> None:
    """The branch's blocks do the same as diffusers' own: with the frozen output layer it predicts what they predict."""
    model, x = _model("epsilon", **changes), _pictures()
    decoder = ShiftDecoder(model, 8)
    decoder.branch.out.load_state_dict(model.unet.conv_out.state_dict())
    eps, shift = decoder(x, T, torch.randn(4, 8))
    torch.testing.assert_close(shift, eps, atol=1e-5, rtol=1e-4)


def test_the_latent_has_its_effect_through_every_block() -> None:
    decoder, x, z = _awake(ShiftDecoder(_model(), 8)), _pictures(), torch.randn(4, 8)
    _, whole = decoder(x, T, z)
    latents = [m for name, m in decoder.branch.named_modules() if name.endswith(".latent")]
    assert len(latents) == 2 + 2 + 1 + 2  # middle; each up block has a resnet more than layers; one upsampler
    for latent in latents:
        kept = latent.weight.detach().clone()
        torch.nn.init.zeros_(latent.weight)
        _, without = decoder(x, T, z)
        assert not torch.allclose(whole, without)
        with torch.no_grad():
            latent.weight.copy_(kept)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_branch_is_trained_and_the_rest_is_frozen(layout: torch.memory_format) -> None:
    """With channels_last this crashed torch 2.13 on the CPU before the features were made leaves."""
    decoder = _awake(ShiftDecoder(_model(dropout=0.1), 8)).to(memory_format=layout).train()
    assert not decoder.frozen.training
    assert decoder.branch.training
    z = torch.randn(4, 8, requires_grad=True)
    _, shift = decoder(_pictures().to(memory_format=layout), T, z)
    shift.square().mean().backward()
    assert all(p.grad is None and not p.requires_grad for p in decoder.frozen.parameters())
    for name, parameter in decoder.branch.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
    assert z.grad is not None
    assert z.grad.any()


def test_the_decoder_computes_the_same_in_both_layouts() -> None:
    decoder, x, z = _awake(ShiftDecoder(_model(), 8)), _pictures(), torch.randn(4, 8)
    with torch.no_grad():
        expected = decoder(x, T, z)
        got = decoder.to(memory_format=torch.channels_last)(x.to(memory_format=torch.channels_last), T, z)
    for a, b in zip(got, expected, strict=True):
        scale = b.abs().max()
        np.testing.assert_allclose((a / scale).numpy(), (b / scale).numpy(), atol=5e-6, rtol=0)
