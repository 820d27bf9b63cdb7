"""The wheel holds what the application needs at run time, and its commands."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import zipfile
from importlib.metadata import EntryPoint
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without asking a network, unpacked into a folder."""
    built, unpacked = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("unpacked")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*command, "--wheel-dir", built, ROOT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [archive] = built.glob("diti_studio-*.whl")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(unpacked)
    return unpacked


def files_below(folder: Path) -> dict[PurePosixPath, int]:
    """Sizes of all files below a folder by relative path; caches of compiled code left out."""
    return {
        PurePosixPath(path.relative_to(folder)): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_every_resource_is_inside(wheel: Path) -> None:
    inside = files_below(wheel / "diti_studio" / "resources")
    assert inside == files_below(ROOT / "resources")
    for wanted in ("packs/faces/manifest.json", "detector/centerface.onnx", "samples/astronaut.jpg", "LICENCES.md"):
        assert PurePosixPath(wanted) in inside


def test_resources_are_found_in_an_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    code = "from diti_studio.core.resources import resource; print(resource('samples', 'astronaut.jpg'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        check=True,
    )
    sample = Path(done.stdout.strip())
    assert sample.is_relative_to(wheel)
    assert sample.is_file()


def test_both_packages_are_whole_and_alone(wheel: Path) -> None:
    assert {path.name for path in wheel.iterdir() if path.suffix != ".dist-info"} == {"diti_studio", "trainer"}
    for package in ("diti_studio", "trainer"):
        inside = {path for path in files_below(wheel / package) if path.parts[0] != "resources"}
        assert inside == set(files_below(ROOT / package))


def test_commands_lead_to_functions(wheel: Path) -> None:
    [metadata] = wheel.glob("*.dist-info")
    parser = configparser.ConfigParser()
    parser.read(metadata / "entry_points.txt")
    commands = dict(parser["console_scripts"])
    assert set(commands) == {"diti-studio", "diti-train"}
    for name, value in commands.items():
        assert callable(EntryPoint(name, value, "console_scripts").load())
    assert (metadata / "licenses" / "LICENSE").is_file()
    assert (metadata / "licenses" / "resources" / "LICENCES.md").is_file()
