"""How the source's pixels and the network's picture are best put together: ghosts against sharpness, by threshold."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.machine import print_table
from benchmarks.pictures import subjects
from diti_studio.core import detail, packs
from diti_studio.core.edit import Edit
from diti_studio.core.editor import Editor, Quality, result

THRESHOLDS = ((1e9, 2e9), (60.0, 140.0), (40.0, 100.0), (28.0, 72.0), (18.0, 48.0), (8.0, 24.0), (-2.0, -1.0))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--pack", default=None)
    parser.add_argument("--pictures", type=Path, help="a folder of pictures instead of the samples")
    parser.add_argument("--count", type=int, default=6)
    parser.add_argument("--large", default="yaw=2", help="an edit that moves much")
    parser.add_argument("--small", default="skin_tone=2", help="an edit that moves little")


def run(options: argparse.Namespace) -> None:
    """Ghost: what shrinking the shown picture to the network's size leaves of the difference to the network's own.
    Sharpness: energy of the finest detail relative to the source's."""
    editor = Editor(packs.find(options.pack))
    shown = subjects(editor, options.pictures, options.count)
    edits = {}
    for kind in ("large", "small"):
        name, _, amount = getattr(options, kind).partition("=")
        edits[kind] = Edit().with_attribute(name, float(amount))
    passes = {
        kind: [
            (s, *(result(editor.render(s, e, Quality.STANDARD, detail="model")).model_pixels.astype(np.float32)
                  for e in (Edit(), edit)))
            for s in shown
        ]
        for kind, edit in edits.items()
    }  # fmt: skip
    rows = list[list[object]]()
    for threshold in THRESHOLDS:
        detail.PARTING = threshold
        row: list[object] = [f"{threshold[0]:g} to {threshold[1]:g}"]
        for kind in edits:
            ghosts, sharp = list[float](), list[float]()
            for subject, before, after in passes[kind]:
                picture = detail.keep_detail(subject.square, before, after)
                small = np.asarray(detail.enlarge(picture.astype(np.float32), len(after)))
                ghosts.append(float(np.sqrt(np.mean((small - after) ** 2))))
                sharp.append(_fine(picture) / _fine(subject.square))
            row += [float(np.mean(ghosts)), float(np.mean(sharp))]
        rows.append(row)
    print(f"{len(shown)} pictures; large edit {options.large}, small edit {options.small}\n")
    print_table(
        (
            "blending from .. to (grey levels)",
            "large: ghost rms",
            "large: sharpness",
            "small: ghost rms",
            "small: sharpness",
        ),
        rows,
    )


def _fine(picture: np.ndarray) -> float:
    grey = picture.astype(np.float32).mean(axis=2)
    return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())
