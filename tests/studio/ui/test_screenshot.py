"""``diti-studio --screenshot`` as users start it: another process, the real window."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

TIMEOUT = 120


def run(*arguments: str, display: bool = False) -> subprocess.CompletedProcess[str]:
    """Runs the program, without a display, or under one that nobody sees."""
    environment = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")}
    program = [sys.executable, "-m", "diti_studio", *arguments]
    if display:
        program = ["xvfb-run", "-a", "-s", "-screen 0 1400x900x24", *program]
        environment["QT_QPA_PLATFORM"] = "xcb"
    environment["PYTHONPATH"] = os.pathsep.join(
        part for part in (str(Path(__file__).parents[3]), environment.get("PYTHONPATH")) if part
    )
    return subprocess.run(program, capture_output=True, text=True, timeout=TIMEOUT, env=environment, check=False)


def test_without_a_display_it_is_drawn_off_screen(own_folders: Path, photo: Path) -> None:
    target = own_folders / "window.png"
    done = run("--screenshot", str(target), "--pack", "tiny", str(photo))
    assert (done.returncode, done.stderr) == (0, "")
    with Image.open(target) as image:
        assert image.width >= 800
        colours = image.convert("RGB").getcolors(1 << 24)
        assert colours is not None
        assert len(colours) > 500  # the picture is on it


@pytest.mark.skipif(not shutil.which("xvfb-run") or not shutil.which("Xvfb"), reason="Xvfb is not installed")
def test_under_a_display(own_folders: Path, photo: Path) -> None:
    target = own_folders / "window.png"
    done = run("--screenshot", str(target), "--pack", "tiny", str(photo), display=True)
    assert done.returncode == 0, done.stderr
    with Image.open(target) as image:
        assert image.size == (1280, 800)


def test_a_picture_that_cannot_be_opened_is_one_sentence(own_folders: Path) -> None:
    target = own_folders / "window.png"
    done = run("--screenshot", str(target), "--pack", "tiny", str(own_folders / "missing.png"))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "missing.png was not found" in done.stderr
    assert not target.exists()


def test_a_name_that_is_no_pictures_is_wrong_usage(own_folders: Path, photo: Path) -> None:
    done = run("--screenshot", str(own_folders / "window.txt"), str(photo))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_a_language_that_is_not_there_is_wrong_usage(own_folders: Path, photo: Path) -> None:
    done = run("--screenshot", str(own_folders / "window.png"), "--language", "xx", str(photo))
    assert (done.returncode, done.stderr) == (2, "diti-studio: There is no language 'xx': use en, de or system.\n")


def test_without_a_pack_the_environment_is_at_fault(own_folders: Path, photo: Path) -> None:
    done = run("--screenshot", str(own_folders / "window.png"), "--pack", "no-such-pack", str(photo))
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1


def test_the_window_itself_needs_a_display(own_folders: Path) -> None:
    done = run()
    assert done.returncode == 3
    assert "no display" in done.stderr
