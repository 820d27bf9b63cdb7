"""What is carried to a machine with a GPU and back arrives there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from trainer.data import open_pictures
from trainer.render.dataset import render

ROOT = Path(__file__).resolve().parents[2]


def carry(*arguments: object) -> None:
    subprocess.run([sys.executable, ROOT / "packaging" / "carry.py", *map(str, arguments)], check=True, cwd=ROOT)


@pytest.mark.parametrize("parts", [1, 3])
def test_renders_arrive_with_what_is_known_of_them(tmp_path: Path, parts: int) -> None:
    render("shapes", 10, tmp_path / "renders", size=32, workers=1)
    carry("zip", tmp_path / "renders", tmp_path / "r.zip", "--parts", parts, "--quality", 100)
    zips = [tmp_path / "r.zip", *(tmp_path / f"r.zip.{i}" for i in range(1, parts))]
    carry("unzip", *zips, tmp_path / "again")
    before, after = (open_pictures(tmp_path / name, 32) for name in ("renders", "again"))
    assert before.columns.keys() == after.columns.keys()
    assert all(np.array_equal(values, after.columns[name]) for name, values in before.columns.items())
    assert np.abs(before.images[:].astype(int) - after.images[:]).mean() < 4


def test_a_part_alone_counts_as_unfinished(tmp_path: Path) -> None:
    render("shapes", 10, tmp_path / "renders", size=32, workers=1)
    carry("zip", tmp_path / "renders", tmp_path / "r.zip", "--parts", 2)
    carry("unzip", tmp_path / "r.zip", tmp_path / "again")
    assert len(open_pictures(tmp_path / "again", 32).images) == 5
