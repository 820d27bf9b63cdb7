"""Where the files that ship with the application are: packs, samples, icons, the face detector."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def root() -> Path:
    """The folder of shipped files: inside an installed wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def resource(*parts: str) -> Path:
    """Path of a shipped file, for example ``resource("samples", "astronaut.jpg")``; it need not exist."""
    return root().joinpath(*parts)
