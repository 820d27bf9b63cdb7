"""``diti-train`` from the outside: from renders to a trained run, and what it says when something is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trainer.tiny import config, make_renders
from trainer import cli, stages
from trainer import config as options

ROOT = Path(stages.__file__).parents[1]


@pytest.fixture
def tiny_preset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes ``--preset tiny`` the options of the smallest network."""
    small = config(
        dm={"images": 16, "batch": 8}, diti={"images": 16, "batch": 8}, loop={"grid_steps": 0, "precision": "fp32"}
    ).model_dump(mode="json")
    load = options.load_preset
    monkeypatch.setattr(options, "load_preset", lambda name: small | {"preset": name} if name == "tiny" else load(name))


def test_help_is_there_without_torch() -> None:
    code = (
        "import sys\nfrom trainer import cli\n"
        "try: cli.main(['--help'])\nexcept SystemExit as e: assert e.code == 0\n"
        "assert not {'torch', 'diffusers', 'numpy'} & set(sys.modules), sorted(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for flag in ("--preset", "--stage", "--render", "--export-onnx", "--evaluate", "--init", "--max-images"):
        assert flag in done.stdout


def test_both_stages_and_a_resumed_run(tmp_path: Path, tiny_preset: None, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(make_renders(tmp_path / "renders"))
    first = ["--preset", "tiny", "--stage", "dm", "--data", data, "--run", str(tmp_path / "dm"), "--threads", "1"]
    assert cli.main(first) == 0
    second = ["--preset", "tiny", "--data", f"{data}:2", "--dm", str(tmp_path / "dm"), "--run", str(tmp_path / "run")]
    assert cli.main([*second, "--max-images", "8", "--set", "loop.log_steps=1", "--rate", "0.002"]) == 0
    record = json.loads((tmp_path / "run/config.json").read_text())
    assert record["stage"] == "diti"
    assert record["config"]["diti"]["rate"] == 0.002
    assert record["config"]["data"]["sources"] == [f"{data}:2"]
    assert "step 1  8/8 images" in capsys.readouterr().err
    # The folder alone knows the rest.
    assert cli.main(["--run", str(tmp_path / "run")]) == 0
    assert "Done at step 2, 16 images." in capsys.readouterr().err
    assert json.loads((tmp_path / "run/config.json").read_text())["config"] == record["config"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--help"),
        (["--run", "{}/new"], "give --preset"),
        (["--run", "{}/new", "--preset", "celebs"], "no preset 'celebs'"),
        (["--run", "{}/new", "--preset", "tiny"], "--data"),
        (["--run", "{}/new", "--preset", "tiny", "--data", "{}/nowhere"], "no folder"),
        (["--run", "{}/new", "--preset", "tiny", "--data", "{}"], "no pictures"),
        (["--run", "{}/new", "--preset", "tiny", "--set", "diti.pace=2"], "no option 'diti.pace'"),
        (["--run", "{}/new", "--preset", "tiny", "--data", "{}:0"], "above 0"),
        (["--render", "faces", "--count", "3"], "--out"),
        (["--import-reference", "{}"], "--export-onnx"),
        (["--run", "{}", "--export-onnx", "{}/new", "--with", "hat={}"], "no run"),
        (["--remeasure", "{}/nowhere", "--with", "hat={}"], "needs both"),
        (["--remeasure", "{}/nowhere", "--with", "hat"], "NAME=FOLDER"),
        (["--run", "{}", "--evaluate", "--parts", "beauty"], "no part 'beauty'"),
    ],
)
def test_wrong_usage_is_one_sentence_and_status_2(
    tmp_path: Path, tiny_preset: None, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert cli.main([a.format(tmp_path) for a in arguments]) == 2
    _one_sentence(capsys, message)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--max-images", "many"], "whole number"),
        (["--count", "0"], "whole number"),
        (["--stage", "third"], "--stage"),
        (["--speed", "3"], "--speed"),
        (["--rate"], "--rate"),
    ],
)
def test_wrong_flags_are_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    _one_sentence(capsys, message)


def test_a_missing_official_run_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--import-reference", f"{tmp_path}/nowhere", "--export-onnx", f"{tmp_path}/new"]) == 2
    assert "no config.yml" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_what_cannot_be_done_is_status_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--run", f"{tmp_path}/new", "--init", f"{tmp_path}/nowhere"]) == 3
    _one_sentence(capsys, "no model pack called")
    assert cli.main(["--render", "cats", "--count", "3", "--out", str(tmp_path / "out")]) == 3
    _one_sentence(capsys, "faces, rooms, shapes")


@pytest.mark.usefixtures("tiny_preset")
def test_a_missing_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "trainer.stages")
    monkeypatch.setitem(sys.modules, "accelerate", None)
    assert cli.main(["--run", str(tmp_path / "new"), "--preset", "tiny", "--data", str(tmp_path)]) == 3
    _one_sentence(capsys, "accelerate is missing")


def _one_sentence(capsys: pytest.CaptureFixture[str], message: str) -> None:
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") == 1
    assert err.startswith("diti-train: ")
