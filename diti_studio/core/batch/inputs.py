"""The pictures of a job: folders with their subfolders, globs and single files, in a stable order, each once."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from diti_studio.core.errors import UsageError

SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff", ".avif", ".heic", ".heif", ".hif", ".bmp",
     ".gif", ".jp2", ".j2k", ".ppm", ".pgm", ".qoi")
)  # fmt: skip
"""Files of a folder with other suffixes are left alone."""


@dataclass(frozen=True)
class Input:
    """A picture to be read.

    Attributes:
        path: absolute.
        root: the folder that was named, without which a missing picture means a missing disk.
        folder: where it lay below the root, with ``/``; empty at the top.
        problem: why it cannot be read, when that is known already.
    """

    path: Path
    root: Path
    folder: str
    problem: str | None = None


def collect(named: Sequence[str], *, recursive: bool = True, leave_out: Collection[Path] = ()) -> list[Input]:
    """The pictures that a job's inputs name.

    Args:
        leave_out: files that are results of earlier batches, not pictures to edit again.

    Raises:
        UsageError: nothing was found.
    """
    folders = sum(Path(name).is_dir() for name in named)
    found = dict[Path, Input]()
    for name in named:
        for entry in _expand(name, recursive=recursive, keep_root=folders > 1):
            if entry.path not in leave_out:
                found.setdefault(entry.path, entry)
    if not any(entry.problem is None for entry in found.values()):
        problems = [entry.problem for entry in found.values() if entry.problem]
        if len(named) == 1 and not problems:
            raise UsageError(f"There is no picture in {named[0]}.")
        raise UsageError(problems[0] if problems else "There is no picture in any of the inputs.")
    return list(found.values())


def _expand(name: str, *, recursive: bool, keep_root: bool) -> Iterator[Input]:
    path = Path(os.path.abspath(name))  # noqa: PTH100 - resolves .. as text, and keeps links as the user named them
    if path.is_dir():
        yield from _below(path, recursive=recursive, prefix=path.name if keep_root else "")
    elif os.path.lexists(path) or not glob.has_magic(name):
        there = os.path.lexists(path)
        yield Input(path, path.parent, "", None if there else f"{path.name} was not found; looked for it at {path}.")
    else:
        root = Path(_before_magic(str(path)))
        matches = [Path(match) for match in glob.iglob(str(path), recursive=True)]  # noqa: PTH207 - of an absolute path
        for match in sorted(matches, key=lambda path: (_natural(path.parent), _natural(path.name))):
            if match.is_file():
                folder = match.parent.relative_to(root).as_posix()
                yield Input(match, root, "" if folder == "." else folder)


def _below(root: Path, *, recursive: bool, prefix: str) -> Iterator[Input]:
    """The pictures of a folder; what is hidden is left alone, links to folders are not followed."""
    unreadable = list[OSError]()
    for parent, folders, files in os.walk(root, onerror=unreadable.append):
        folders[:] = sorted((f for f in folders if not f.startswith(".")), key=_natural) if recursive else []
        below = Path(parent).relative_to(root).as_posix()
        folder = "/".join(part for part in (prefix, "" if below == "." else below) if part)
        for file in sorted(files, key=_natural):
            if not file.startswith(".") and Path(file).suffix.lower() in SUFFIXES:
                yield Input(Path(parent, file), root, folder)
    for error in unreadable:
        path = Path(os.fsdecode(error.filename))
        yield Input(path, root, "", f"The folder {path.name} cannot be read: {error.strerror}.")


def _natural(path: str | Path) -> list[tuple[int, int, str]]:
    """A key under which 2 comes before 10."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return [(1, int(part[:18]), part) if part.isdecimal() and part.isascii() else (0, 0, part) for part in parts]


def _before_magic(pattern: str) -> str:
    """The folder of a glob's fixed beginning."""
    head = pattern
    while glob.has_magic(head):
        head = os.path.dirname(head)  # noqa: PTH120 - a pattern is no path
    return head
