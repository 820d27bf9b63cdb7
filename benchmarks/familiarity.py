"""What the window says of pictures that the pack knows, and of others: where its limits lie."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.machine import print_table
from benchmarks.pictures import SUFFIXES
from diti_studio.core import packs, pictures
from diti_studio.core.editor import Editor
from diti_studio.core.familiarity import Familiarity, familiarity
from diti_studio.core.pictures import Picture
from diti_studio.core.resources import resource

SKIMAGE = ("chelsea", "coffee", "rocket", "hubble_deep_field", "page")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--pack")
    parser.add_argument(
        "--pictures", type=Path, action="append", default=[], metavar="FOLDER", help="aligned pictures, used whole"
    )
    parser.add_argument("--count", type=int, default=200, help="of pictures of each folder")
    parser.add_argument("--rebuilt", type=int, default=24, metavar="N", help="of each folder that are rebuilt as well")


def run(options: argparse.Namespace) -> None:
    """One row a picture; folders and the pack's samples as a row each, with median and largest."""
    pack = packs.find(options.pack)
    with tempfile.TemporaryDirectory() as own:
        editor = Editor(pack, cache_folder=Path(own))
        own_samples = "the pack's samples, framed by the program"
        rows = [_group(own_samples, editor, list(_samples(editor)), "auto", options.rebuilt)]
        for folder in options.pictures:
            found = list(_folder(folder, options.count))
            rows.append(_group(folder.name, editor, found, "whole", options.rebuilt))
        for name, picture, choice in _single():
            subject = editor.open(picture, choice)
            known = familiarity(pack, subject).rebuilt_at(editor.fidelity(subject))
            rows.append([name, _square(known), f"{known.distance:.2f}", f"{known.psnr:.1f}", known.reason or "usual"])
    print(f"pack {pack.manifest.name} {pack.identity[:12]} on {editor.device.name}\n")
    print_table(("pictures", "square off", "distance of the latent", "rebuilt, dB", "called"), rows)


def _group(name: str, editor: Editor, found: Sequence[Picture], choice: str, rebuilt: int) -> list[object]:
    subjects = [editor.open(picture, choice) for picture in found]
    known = [familiarity(editor.pack, subject) for subject in subjects]
    places = np.linspace(0, len(found) - 1, min(rebuilt, len(found))).astype(int).tolist()
    for i in places:
        known[i] = known[i].rebuilt_at(editor.fidelity(subjects[i]))
    psnr = [k.psnr for k in known if k.psnr is not None]
    off = [k.misplacement for k in known if np.isfinite(k.misplacement)]
    far = [k.distance for k in known]
    unusual = sum(k.reason is not None for k in known)
    return [
        f"{name} ({len(known)})", f"median {np.median(off):.2f}, largest {max(off):.2f}",
        f"median {np.median(far):.2f}, largest {max(far):.2f}",
        f"median {np.median(psnr):.1f}, smallest {min(psnr):.1f} ({len(psnr)})" if psnr else "", f"{unusual} unusual",
    ]  # fmt: skip


def _square(known: Familiarity) -> str:
    return f"{known.misplacement:.2f}" if np.isfinite(known.misplacement) else "no face"


def _samples(editor: Editor) -> Iterator[Picture]:
    for name in editor.pack.samples():
        yield pictures.decode(editor.pack.read(name), name)


def _folder(folder: Path, count: int) -> Iterator[Picture]:
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    for place in np.linspace(0, len(paths) - 1, min(count, len(paths))).astype(int).tolist():
        yield pictures.load(paths[place])


def _single() -> Iterator[tuple[str, Picture, str]]:
    """Pictures that are framed well, badly, or show no face at all."""
    astronaut = pictures.load(resource("samples") / "astronaut.jpg")
    height, width = astronaut.pixels.shape[:2]
    yield "sample astronaut, framed by the program", astronaut, "auto"
    yield "the same, the whole photo", astronaut, f"{width / 2},{height / 2},{min(width, height)}"
    yield "the same, upside down", pictures.from_pixels(astronaut.pixels[::-1]), "auto"
    yield "the same, as a negative", pictures.from_pixels(255 - astronaut.pixels), "auto"
    from skimage import data

    for name in SKIMAGE:
        image = Image.fromarray(np.asarray(getattr(data, name)())).convert("RGB")
        yield f"scikit-image's {name}", pictures.from_pixels(np.asarray(image)), "centre"
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 1), np.uint8)
    yield "grey noise", pictures.from_pixels(np.repeat(noise, 3, axis=2)), "centre"
    yield "plain grey", pictures.from_pixels(np.full((128, 128, 3), 128, np.uint8)), "centre"
