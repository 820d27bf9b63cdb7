"""The pictures that benchmarks run on: a folder, or else the samples that ship with the program."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from diti_studio.core import pictures
from diti_studio.core.editor import Editor, Subject
from diti_studio.core.resources import resource

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def subjects(editor: Editor, folder: Path | None, count: int, frame: str = "auto") -> list[Subject]:
    """Opened pictures: ``count`` from the folder, or the pack's samples and those beside the program."""
    if folder is not None:
        paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)
        return [editor.open(pictures.load(path), frame) for path in islice(paths, count)]
    pack = editor.pack
    out = [editor.open(pictures.decode(pack.read(name), name), "whole") for name in pack.samples()]
    out += [editor.open(pictures.load(path)) for path in sorted(resource("samples").glob("*.jpg"))]
    return out[:count]
