"""What ``make run`` does without a display, on a small pack that stands before the bundled one of the same name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageChops

from tests.studio.packs_factory import make_pack

ROOT = Path(__file__).resolve().parents[2]


def demo(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "packaging" / "headless_demo.py", "--set", "brightness=1.5"],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_writes_a_picture_of_before_and_after_and_says_where(tmp_path: Path) -> None:
    make_pack(tmp_path / "packs" / "faces")
    done = demo(tmp_path, DITI_PACKS=str(tmp_path / "packs"))
    assert done.returncode == 0, done.stderr
    written = tmp_path / "out" / "before-after.png"
    assert done.stdout.splitlines()[-1].endswith(str(written))
    with Image.open(written) as sheet:
        side = sheet.height
        before, after = sheet.crop((0, 0, side, side)), sheet.crop((sheet.width - side, 0, sheet.width, side))
    assert sheet.width > 2 * side
    assert ImageChops.difference(before, after).getbbox() is not None


def test_a_failing_edit_ends_it_with_the_same_status_and_no_picture(tmp_path: Path) -> None:
    (tmp_path / "packs" / "faces").mkdir(parents=True)
    (tmp_path / "packs" / "faces" / "manifest.json").write_text("{")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "before-after.png").write_bytes(b"of another day")
    done = demo(tmp_path, DITI_PACKS=str(tmp_path / "packs"))
    assert done.returncode == 3
    assert "manifest" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out" / "before-after.png").exists()
