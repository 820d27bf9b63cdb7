"""Small files that are whole or absent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from diti_studio.core.atomic import replace_file


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Creates or replaces a file, and the folder that it is in: no reader ever sees a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, write)
