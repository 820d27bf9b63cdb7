"""Training runs: what they write, that they resume exactly, survive kills and bad checkpoints, and learn."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models.unets.unet_2d import UNet2DModel
from diffusers.pipelines.ddpm.pipeline_ddpm import DDPMPipeline
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from PIL import Image

from diti_studio.core.errors import DitiError, UsageError
from diti_studio.core.schedule import NoiseSchedule
from tests.trainer.tiny import config, make_renders
from trainer import checkpoints, loop, runs, stages
from trainer.checkpoints import load_diffusion, load_run
from trainer.config import Config, Stage
from trainer.stages import train
from trainer.storage import narrow

BATCH, SIDE = 8, 16
SMALL: dict[str, Any] = {"image_size": SIDE, "encoder": {"channels": [32, 32], "attention_after": 1}}
ROOT = Path(stages.__file__).parents[1]


@pytest.fixture(scope="module")
def renders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_renders(tmp_path_factory.mktemp("data") / "renders", size=SIDE)


@pytest.fixture(scope="module")
def dm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained diffusion model."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("dm") / "dm"
    checkpoints.build_diffusion(config(**SMALL)).save(folder)
    return folder


def _config(renders: Path, **changes: Any) -> Config:
    fit = {"images": 64, "batch": BATCH, "rate": 1e-3, "ema": 0.9}
    options: dict[str, Any] = {
        **SMALL,
        "dm": fit,
        "diti": fit,
        "data": {"sources": [str(renders)]},
        "objective": {"guidance": "sampling", "factor_weight": 0.1},
        "loop": {"log_steps": 2, "check_steps": 4, "grid_steps": 0, "threads": 1, "precision": "fp32"},
    }
    for section, values in changes.items():
        options[section] = {**options.get(section, {}), **values}
    return config(**options)


def _state(run: Path) -> dict[str, Any]:
    state = checkpoints.load(run)
    assert state is not None
    return state


def _metrics(run: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]


# -- what a run writes --------------------------------------------------------------------------------------


def test_a_run_folder_tells_what_was_done(tmp_path: Path, renders: Path, dm: Path) -> None:
    run, settings = tmp_path / "run", _config(renders, loop={"grid_steps": 8}, objective={"weight": "measured"})
    assert train(settings, "diti", run, dm=dm)
    record = json.loads((run / "config.json").read_text())
    assert record["stage"] == "diti"
    assert record["data"][0]["path"] == str(renders)
    assert record["data"][0]["pictures"] == 60
    assert len(record["data"][0]["fingerprint"]) == 16
    assert record["code"]
    assert runs.read_config(run) == (settings, "diti")
    assert [p.name for p in sorted((run / "checkpoints").iterdir())] == ["00000008.pt"]
    rows = _metrics(run)
    assert [row["step"] for row in rows if "loss" in row] == [2, 4, 6, 8]
    assert all({"base", "factors", "images_per_second"} <= set(row) for row in rows if "loss" in row)
    assert [row["step"] for row in rows if "ratio/0" in row] == [4, 8]
    with Image.open(run / "samples" / "00000008.png") as grid:
        assert grid.size == (8 * SIDE, (3 + 5) * SIDE)  # as they are, rebuilt, from z alone; an edit of each stage
    errors = json.loads((run / "weights.json").read_text())["frozen_errors"]
    assert len(errors) == 50
    trained = load_run(run)
    assert (trained.step, trained.images) == (8, 64)
    assert not any(p.requires_grad for p in trained.decoder.parameters())


def test_averages_are_what_is_loaded_by_default(tmp_path: Path, renders: Path, dm: Path) -> None:
    train(_config(renders), "diti", tmp_path / "run", dm=dm)
    averaged, last = load_run(tmp_path / "run"), load_run(tmp_path / "run", ema=False)
    state = _state(tmp_path / "run")
    torch.testing.assert_close(averaged.encoder.out.weight, state["ema"]["encoder.out.weight"])
    torch.testing.assert_close(last.encoder.out.weight, state["model"]["encoder.out.weight"])
    assert not torch.equal(averaged.encoder.out.weight, last.encoder.out.weight)


def test_the_frozen_model_stays_as_it_was(tmp_path: Path, renders: Path, dm: Path) -> None:
    train(_config(renders), "diti", tmp_path / "run", dm=dm)
    before = load_diffusion(dm).state_dict()
    after = load_run(tmp_path / "run").decoder.frozen.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert not any(name.startswith("decoder.frozen") for name in _state(tmp_path / "run")["model"])


def test_the_frozen_model_is_rounded_before_the_branch_learns_on_it(tmp_path: Path, renders: Path, dm: Path) -> None:
    rounded = _config(renders, objective={"frozen_storage": "int8"})
    train(rounded, "diti", tmp_path / "run", dm=dm)
    expected = load_diffusion(dm)
    exact = {name: value.clone() for name, value in expected.state_dict().items()}
    narrow(expected, "int8")
    after = load_run(tmp_path / "run").decoder.frozen.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in expected.state_dict().items())
    assert not all(torch.equal(value, after[name]) for name, value in exact.items())
    with pytest.raises(UsageError, match=r"objective\.frozen_storage"):
        train(_config(renders), "diti", tmp_path / "run")


def test_the_dm_stage_gives_a_model_that_diti_builds_on(tmp_path: Path, renders: Path) -> None:
    settings = _config(renders, loop={"grid_steps": 8})
    assert train(settings, "dm", tmp_path / "dm")
    assert (tmp_path / "dm/samples/00000008.png").is_file()
    expected = _state(tmp_path / "dm")["ema"]["model.unet.conv_in.weight"]
    for folder in (tmp_path / "dm", tmp_path / "dm" / "dm"):
        model = load_diffusion(folder)
        torch.testing.assert_close(model.unet.conv_in.weight, expected)
        assert model.prediction == "v_prediction"
    assert train(settings, "diti", tmp_path / "run", dm=tmp_path / "dm")
    assert torch.equal(load_run(tmp_path / "run").decoder.frozen.unet.conv_in.weight, expected)


def test_a_pipeline_of_diffusers_is_a_frozen_model(tmp_path: Path, renders: Path) -> None:
    """Unconditional, with its own schedule and a learned variance; the run keeps a copy of what it means."""
    torch.manual_seed(0)
    unet = UNet2DModel(
        sample_size=SIDE, out_channels=6, block_out_channels=(8, 16), norm_num_groups=8, layers_per_block=1,
        down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"),
    )  # fmt: skip
    scheduler = DDPMScheduler(beta_schedule="squaredcos_cap_v2", variance_type="learned_range")
    DDPMPipeline(unet, scheduler).save_pretrained(tmp_path / "pipeline")
    assert train(_config(renders), "diti", tmp_path / "run", dm=tmp_path / "pipeline", max_images=16)
    trained = load_run(tmp_path / "run")
    assert trained.schedule == NoiseSchedule(1000, "cosine")
    assert trained.decoder.frozen.prediction == "epsilon"
    x, t = torch.randn(2, 3, SIDE, SIDE), torch.tensor([3, 800])
    with torch.no_grad():
        eps, shift = trained.decoder(x, t, torch.zeros(2, 64))
        torch.testing.assert_close(eps, unet.eval()(x, t).sample[:, :3])
    assert shift.any()


def test_gradients_are_accumulated(tmp_path: Path, renders: Path, dm: Path) -> None:
    settings = _config(renders, diti={"accumulate": 4, "images": 16})
    assert train(settings, "diti", tmp_path / "run", dm=dm)
    assert (_state(tmp_path / "run")["step"], _state(tmp_path / "run")["images"]) == (2, 16)


# -- resuming -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["dm", "diti"])
def test_resuming_is_exact(tmp_path: Path, renders: Path, dm: Path, stage: Stage) -> None:
    settings = _config(renders, **{stage: {"warmup_images": 40}})
    start = dm if stage == "diti" else None
    train(settings, stage, tmp_path / "whole", dm=start)
    train(settings, stage, tmp_path / "parts", dm=start, max_images=24)
    assert _state(tmp_path / "parts")["step"] == 3
    torch.randn(7)  # what happened between does not matter
    train(settings, stage, tmp_path / "parts")
    whole, parts = _state(tmp_path / "whole"), _state(tmp_path / "parts")
    assert whole["step"] == parts["step"] == 8
    for part in ("model", "ema"):
        for name, value in whole[part].items():
            assert torch.equal(value, parts[part][name]), name
    for index, moments in whole["optimizer"]["state"].items():
        for name, value in moments.items():
            assert torch.equal(value, parts["optimizer"]["state"][index][name])
    assert whole["rng"][0]["data"] == parts["rng"][0]["data"]
    losses = [{row["step"]: row["loss"] for row in _metrics(tmp_path / r) if "loss" in row} for r in ("whole", "parts")]
    assert [losses[0][step] for step in (6, 8)] == [losses[1][step] for step in (6, 8)]


def test_moments_that_lie_otherwise_in_memory_are_put_as_their_weights(tmp_path: Path, renders: Path, dm: Path) -> None:
    """The fused optimiser reads all of them by the same index."""
    settings = _config(renders)
    train(settings, "diti", tmp_path / "run", dm=dm, max_images=24)
    shutil.copytree(tmp_path / "run", tmp_path / "other")
    state = _state(tmp_path / "other")
    for moments in state["optimizer"]["state"].values():
        for name, value in moments.items():
            moments[name] = value.contiguous()
    for group in state["optimizer"]["param_groups"]:
        group.update(fused=None, foreach=True)  # as an earlier version wrote it
    checkpoints.save(tmp_path / "other", state["step"], {k: v for k, v in state.items() if k not in ("format", "step")})
    for run in ("run", "other"):
        train(settings, "diti", tmp_path / run, max_images=40)
    run, other = (_state(tmp_path / run)["model"] for run in ("run", "other"))
    for name, value in run.items():
        assert torch.equal(value, other[name]), name


_SCRIPT = """
import sys
from pathlib import Path
from trainer import checkpoints, loop
from trainer.config import Config
from trainer.stages import train
settings = Config.model_validate_json(Path(sys.argv[1]).read_text())
if sys.argv[4] == "killed":
    import os, signal, torch
    save, whole = torch.save, loop.Trainer.save
    def dying(content, file):
        if content["step"] == 4:
            file.write(b"half a checkpoint")
            file.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        save(content, file)
    torch.save = dying
print(train(settings, "diti", Path(sys.argv[2]), dm=Path(sys.argv[3])), flush=True)
"""


def _start(tmp_path: Path, settings: Config, dm: Path, how: str) -> subprocess.Popen[str]:
    (tmp_path / "settings.json").write_text(settings.model_dump_json())
    arguments = [str(tmp_path / "settings.json"), str(tmp_path / "run"), str(dm), how]
    return subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def test_a_kill_in_the_middle_of_a_save_costs_the_steps_since_the_last(tmp_path: Path, renders: Path, dm: Path) -> None:
    settings = _config(renders, loop={"checkpoint_minutes": 1e-9})  # after each step
    process = _start(tmp_path, settings, dm, "killed")
    process.communicate(timeout=240)
    assert process.returncode == -signal.SIGKILL
    assert _state(tmp_path / "run")["step"] == 3
    train(settings, "diti", tmp_path / "run")
    train(settings, "diti", tmp_path / "whole", dm=dm)
    whole, resumed = (_state(tmp_path / run)["model"] for run in ("whole", "run"))
    for name, value in whole.items():
        assert torch.equal(value, resumed[name]), name
    assert sorted(p.name for p in (tmp_path / "run/checkpoints").glob("*")) == ["00000007.pt", "00000008.pt"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_saves_and_ends(tmp_path: Path, renders: Path, dm: Path, number: signal.Signals) -> None:
    settings = _config(renders, diti={"images": 10**9}, loop={"log_steps": 1})
    process = _start(tmp_path, settings, dm, "stopped")
    assert process.stderr is not None
    line = ""
    for line in process.stderr:
        if line.startswith("step 2 "):
            break
    process.send_signal(number)
    out, rest = process.communicate(timeout=120)
    assert process.returncode == 0, line + rest
    assert out == "False\n"
    last = _metrics(tmp_path / "run")[-1]["step"]
    assert _state(tmp_path / "run")["step"] == last >= 2


def test_a_damaged_checkpoint_falls_back_to_the_one_before(tmp_path: Path, renders: Path, dm: Path) -> None:
    run, settings = tmp_path / "run", _config(renders)
    train(settings, "diti", run, dm=dm, max_images=16)
    train(settings, "diti", run, max_images=32)
    last = run / "checkpoints" / "00000004.pt"
    last.write_bytes(last.read_bytes()[:1000])
    assert _state(run)["step"] == 2
    train(settings, "diti", run, max_images=32)
    assert _state(run)["step"] == 4


def test_when_no_checkpoint_can_be_read_nothing_is_begun_anew(tmp_path: Path, renders: Path, dm: Path) -> None:
    run, settings = tmp_path / "run", _config(renders)
    train(settings, "diti", run, dm=dm, max_images=8)
    path = run / "checkpoints" / "00000001.pt"
    path.write_bytes(b"x")
    with pytest.raises(DitiError, match="No checkpoint in"):
        train(settings, "diti", run)
    assert path.read_bytes() == b"x"


def test_a_checkpoint_that_wants_to_run_code_is_refused(tmp_path: Path, renders: Path, dm: Path) -> None:
    run = tmp_path / "run"
    train(_config(renders), "diti", run, dm=dm, max_images=8)

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "owned"),)

    torch.save({"format": 1, "step": 9, "evil": Evil()}, run / "checkpoints" / "00000001.pt")
    with pytest.raises(DitiError):
        load_run(run)
    assert not (tmp_path / "owned").exists()


def test_a_full_disk_keeps_the_checkpoint_before(tmp_path: Path, renders: Path, dm: Path) -> None:
    """A limit on the size of files stops the writing in the middle, as a full disk does."""
    resource = pytest.importorskip("resource")
    run, settings = tmp_path / "run", _config(renders)
    train(settings, "diti", run, dm=dm, max_images=8)
    first = run / "checkpoints" / "00000001.pt"
    before = first.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, hard))
    try:
        with pytest.raises(DitiError, match=r"could not be written.*the one before it is kept") as caught:
            train(settings, "diti", run, max_images=16)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(caught.value)
    assert [p.name for p in (run / "checkpoints").iterdir()] == ["00000001.pt"]
    assert first.read_bytes() == before
    train(settings, "diti", run, max_images=16)
    assert _state(run)["step"] == 2


# -- numbers ------------------------------------------------------------------------------------------------


def test_a_gradient_that_is_no_number_is_left_out(
    tmp_path: Path, renders: Path, dm: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    real, calls = loop.to_tensor, list[int]()

    def sometimes_broken(pixels: np.ndarray, device: torch.device) -> torch.Tensor:
        x = real(pixels, device)
        if len(pixels) == BATCH:
            calls.append(1)
            if len(calls) in (2, 3):
                x[0] = torch.nan
        return x

    monkeypatch.setattr(loop, "to_tensor", sometimes_broken)
    train(_config(renders), "diti", tmp_path / "run", dm=dm)
    state = _state(tmp_path / "run")
    assert len(calls) == state["step"] == 8
    assert all(v.isfinite().all() for part in ("model", "ema") for v in state[part].values())
    assert state["model"]["head.normal.num_batches_tracked"] == 6  # nor do running statistics take it in
    assert state["optimizer"]["state"][0]["step"] == 6
    told = capfd.readouterr().err
    assert [step for step in range(1, 9) if f"step {step}  left out" in told] == [2, 3]
    assert all(np.isfinite(row["loss"]) for row in _metrics(tmp_path / "run") if "loss" in row)


def test_training_gives_up_when_nothing_is_finite(
    tmp_path: Path, renders: Path, dm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = loop.to_tensor
    monkeypatch.setattr(loop, "to_tensor", lambda pixels, device: real(pixels, device) * torch.nan)
    monkeypatch.setattr(loop, "_PATIENCE", 3)
    with pytest.raises(DitiError, match=r"3 times in a row up to step 2.*smaller rate"):
        train(_config(renders), "diti", tmp_path / "run", dm=dm)
    assert checkpoints.load(tmp_path / "run") is None


def test_a_short_run_learns(tmp_path: Path, renders: Path) -> None:
    """The latent makes the frozen model's noise better on held-out pictures, in the coarse part of time above all."""
    settings = _config(
        renders, dm={"images": 640, "rate": 2e-3}, diti={"images": 1600, "rate": 2e-3, "ema": 0.95},
        loop={"check_steps": 200, "log_steps": 20},
    )  # fmt: skip
    train(settings, "dm", tmp_path / "dm")
    train(settings, "diti", tmp_path / "run", dm=tmp_path / "dm")
    losses = [row["loss"] for row in _metrics(tmp_path / "run") if "loss" in row]
    assert np.mean(losses[-2:]) < 0.9 * losses[0]
    ratios = [row for row in _metrics(tmp_path / "run") if "ratio/0" in row][-1]
    assert ratios["ratio/4"] < 0.9
    assert ratios["ratio/2"] < 1


# -- torch.compile, and more than one process ---------------------------------------------------------------


def test_a_compiled_run_is_the_same_run(
    tmp_path: Path, renders: Path, dm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With dynamo's own executor, which changes no number; a checkpoint does not tell that it was compiled."""
    monkeypatch.setattr(loop, "_BACKEND", "eager")
    train(_config(renders, loop={"compile": True}), "diti", tmp_path / "compiled", dm=dm, max_images=16)
    train(_config(renders), "diti", tmp_path / "plain", dm=dm, max_images=16)
    compiled, plain = _state(tmp_path / "compiled"), _state(tmp_path / "plain")
    for part in ("model", "ema"):
        assert compiled[part].keys() == plain[part].keys()
        for name, value in plain[part].items():
            torch.testing.assert_close(compiled[part][name], value)


def test_what_cannot_be_compiled_runs_as_it_is(
    tmp_path: Path, renders: Path, dm: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no compiler was found")

    monkeypatch.setattr(loop, "_BACKEND", broken)
    assert train(_config(renders, loop={"compile": True}), "diti", tmp_path / "run", dm=dm, max_images=16)
    assert _state(tmp_path / "run")["step"] == 2
    told = [line for line in capfd.readouterr().err.splitlines() if line.startswith("torch.compile")]
    assert len(told) == 1
    assert "no compiler was found" in told[0]


_SHARED = """
import os, sys
from pathlib import Path
import torch
from trainer import data, loop
from trainer.config import Config
from trainer.stages import train

rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
torch.set_num_threads(1)

class Shared:
    def __init__(self, mixture, batch, seed, state=""):
        self.part = slice(rank * batch, (rank + 1) * batch)
        self.whole = data.Prefetched(mixture, batch * world, (0, 0), state)
    def take(self):
        batch = self.whole.take()
        return data.Batch(batch.images[self.part], batch.targets[self.part], batch.state)
    def __enter__(self):
        return self
    def __exit__(self, *_):
        self.whole.close()

random = torch.Generator().manual_seed(1)
def randint(high, size, device):
    return torch.randint_(high, (size[0] * world,), generator=random)[rank * size[0] : (rank + 1) * size[0]]
def randn_like(x):
    shape = (x.shape[0] * world, *x.shape[1:])
    return torch.randn(shape, generator=random)[rank * x.shape[0] : (rank + 1) * x.shape[0]]
loop.Prefetched, torch.randint_ = Shared, torch.randint
torch.randint, torch.randn_like = randint, randn_like
fit = loop.Trainer.fit
def kept(trainer, total):
    done = fit(trainer, total)
    weights = {n: p.detach() for n, p in trainer.objective.named_parameters() if p.requires_grad}
    torch.save({"weights": weights, "averages": trainer.averages.values}, Path(sys.argv[2]) / f"rank{rank}.pt")
    return done
loop.Trainer.fit = kept
train(Config.model_validate_json(Path(sys.argv[1]).read_text()), "diti", Path(sys.argv[2]), dm=Path(sys.argv[3]))
"""


def test_two_processes_train_as_one_does(tmp_path: Path, renders: Path, dm: Path) -> None:
    """With one stream of pictures and noise shared out among them; in a real run each process has its own."""
    settings = _config(renders, diti={"images": 32}, loop={"log_steps": 1}, objective={"factor_weight": 0.0})
    (tmp_path / "settings.json").write_text(settings.model_dump_json())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    common = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    together = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _SHARED, str(tmp_path / "settings.json"), str(tmp_path / run), str(dm)],
            stderr=subprocess.PIPE, text=True, env=common | environment,
        )
        for run, environment in (
            ("two", together | {"RANK": "0", "LOCAL_RANK": "0"}),
            ("two", together | {"RANK": "1", "LOCAL_RANK": "1"}),
            ("one", {}),
        )
    ]  # fmt: skip
    for process in processes:
        assert process.communicate(timeout=240)[1] is not None
        assert process.returncode == 0
    first, second, alone = (torch.load(tmp_path / name) for name in ("two/rank0.pt", "two/rank1.pt", "one/rank0.pt"))
    for part in ("weights", "averages"):
        for name, value in first[part].items():
            assert torch.equal(value, second[part][name]), name
            torch.testing.assert_close(value, alone[part][name], atol=2e-3, rtol=0)  # Adam moves noise by its rate
    losses = [[row["loss"] for row in _metrics(tmp_path / run) if "loss" in row] for run in ("two", "one")]
    assert len(losses[0]) == 4
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-3)


def test_bf16_is_chosen_only_where_it_is_native(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = torch.device("cpu")
    for able, expected in (({"avx2": True, "avx512_bf16": False}, False), ({"avx512_bf16": True}, True), ({}, False)):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda able=able: able, raising=False)
        assert loop.native_bf16(cpu) is expected


# -- what is refused ----------------------------------------------------------------------------------------


def test_a_run_does_not_go_on_with_another_network(tmp_path: Path, renders: Path, dm: Path) -> None:
    run = tmp_path / "run"
    train(_config(renders), "diti", run, dm=dm, max_images=8)
    before = (run / "config.json").read_bytes()
    other = _config(renders).model_copy(update={"encoder": config(encoder={"channels": [64, 32, 32]}).encoder})
    with pytest.raises(UsageError, match="other options in 'encoder'"):
        train(other, "diti", run)
    with pytest.raises(UsageError, match="stage diti"):
        train(_config(renders), "dm", run)
    assert (run / "config.json").read_bytes() == before
    # Options that only say how to train may change.
    assert train(_config(renders, diti={"rate": 1e-5}), "diti", run, max_images=16)


def test_a_new_run_needs_a_diffusion_model_that_fits(tmp_path: Path, renders: Path) -> None:
    with pytest.raises(UsageError, match="--dm"):
        train(_config(renders), "diti", tmp_path / "a")
    checkpoints.build_diffusion(config()).save(tmp_path / "large")
    with pytest.raises(UsageError, match="32 pixels"):
        train(_config(renders), "diti", tmp_path / "b", dm=tmp_path / "large")
    with pytest.raises(UsageError, match="neither a diffusers folder nor a run"):
        train(_config(renders), "diti", tmp_path / "c", dm=tmp_path / "nowhere")


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, renders: Path, dm: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(UsageError, match="something else"):
        train(_config(renders), "diti", tmp_path, dm=dm)
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path, renders: Path, dm: Path) -> None:
    run = tmp_path / "run"
    train(_config(renders), "diti", run, dm=dm, max_images=8)
    record = json.loads((run / "config.json").read_text())
    record["config"]["encoder"]["channels"] = [32, 64]
    (run / "config.json").write_text(json.dumps(record))
    with pytest.raises(UsageError, match="belong to another network"):
        load_run(run)


def test_an_earlier_run_is_a_start(tmp_path: Path, renders: Path, dm: Path) -> None:
    train(_config(renders), "diti", tmp_path / "first", dm=dm)
    settings = _config(renders, diti={"rate": 1e-12, "images": 8, "ema": 0})
    assert train(settings, "diti", tmp_path / "second", init=tmp_path / "first")
    first, second = load_run(tmp_path / "first"), load_run(tmp_path / "second")
    for a, b in zip(first.encoder.parameters(), second.encoder.parameters(), strict=True):
        torch.testing.assert_close(a, b, atol=1e-6, rtol=0)
    assert (second.step, second.images) == (1, 8)
    with pytest.raises(DitiError, match="renders is incomplete"):  # taken for a pack: it is no run
        train(settings, "diti", tmp_path / "third", init=renders)


def test_a_diffusion_model_is_trained_further(tmp_path: Path, renders: Path, dm: Path) -> None:
    settings = _config(renders, dm={"rate": 1e-12, "images": 8, "ema": 0})
    assert train(settings, "dm", tmp_path / "more", init=dm)
    for a, b in zip(load_diffusion(dm).parameters(), load_diffusion(tmp_path / "more").parameters(), strict=True):
        torch.testing.assert_close(a, b, atol=1e-6, rtol=0)
    with pytest.raises(UsageError, match="differs from the options in its prediction"):
        train(_config(renders, diffusion={"prediction": "epsilon"}), "dm", tmp_path / "eps", init=dm)
    with pytest.raises(UsageError, match="another network"):
        train(_config(renders, diffusion={"channels": [32, 64]}), "dm", tmp_path / "wide", init=dm)
    with pytest.raises(UsageError, match="give it as --dm"):
        train(settings, "diti", tmp_path / "diti", init=tmp_path / "more")
