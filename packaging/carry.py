"""What travels to a machine with a GPU and back, made small: renders as pictures in a zip, runs as averaged weights."""

from __future__ import annotations

import argparse
import io
import json
import sys
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from trainer.data.sources import FACTORS, IMAGES

_TABLES = (FACTORS, "render.json")


def main() -> None:
    """Does what the arguments say; prints the size of what was written."""
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_subparsers(required=True)
    packed = what.add_parser("zip", help="renders as WebP pictures in zips: TARGET, then TARGET.1 and so on")
    packed.add_argument("source", type=Path, help="a folder of renders")
    packed.add_argument("target", type=Path)
    packed.add_argument("--parts", type=int, default=1)
    packed.add_argument("--quality", type=int, default=90, help="of WebP")
    packed.set_defaults(run=lambda o: zip_renders(o.source, o.target, o.quality, o.parts))
    unpacked = what.add_parser("unzip", help="the folder of renders again")
    unpacked.add_argument("source", type=Path, nargs="+", help="all zips of it, the first one first")
    unpacked.add_argument("target", type=Path)
    unpacked.set_defaults(run=lambda o: unzip_renders(o.source, o.target))
    light = what.add_parser("averages", help="a run's averaged weights alone, in half precision")
    light.add_argument("source", type=Path, help="a run")
    light.add_argument("target", type=Path)
    light.set_defaults(run=lambda o: averages(o.source, o.target))
    options = parser.parse_args()
    for path in options.run(options):
        sys.stdout.write(f"{path}: {path.stat().st_size / 2**20:.1f} MiB\n")


def zip_renders(folder: Path, target: Path, quality: int, parts: int = 1) -> list[Path]:
    """Writes all finished renders of a folder as WebP pictures, their tables in the first zip."""
    images = np.load(folder / IMAGES, mmap_mode="r", allow_pickle=False)
    done = np.flatnonzero(np.load(folder / "done.npy", allow_pickle=False))

    def encoded(i: int) -> bytes:
        out = io.BytesIO()
        Image.fromarray(images[i]).save(out, "WEBP", quality=quality, method=6)
        return out.getvalue()

    out = list[Path]()
    for part, chosen in enumerate(np.array_split(done, parts)):
        path = target if part == 0 else target.with_name(f"{target.name}.{part}")
        with zipfile.ZipFile(path, "w") as file, ThreadPoolExecutor() as pool:
            file.writestr("shape.json", json.dumps(images.shape))
            for name in _TABLES if part == 0 else ():
                file.write(folder / name, name, zipfile.ZIP_DEFLATED)
            for i, data in zip(chosen.tolist(), pool.map(encoded, chosen.tolist()), strict=True):
                file.writestr(f"{i}.webp", data)
        out.append(path)
    return out


def unzip_renders(zips: Sequence[Path], folder: Path) -> list[Path]:
    """Writes the folder of renders that zips were made from; done.npy says which pictures were in them."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(zips[0]) as first:
        shape = tuple(json.loads(first.read("shape.json")))
        for name in _TABLES:
            (folder / name).write_bytes(first.read(name))
    images = np.lib.format.open_memmap(folder / IMAGES, "w+", np.uint8, shape)
    done = np.zeros(shape[0], np.bool_)
    for path in zips:
        with zipfile.ZipFile(path) as file, ThreadPoolExecutor() as pool:
            names = [name for name in file.namelist() if name.endswith(".webp")]
            for name, data in zip(names, pool.map(_decoded, map(file.read, names)), strict=True):
                number = int(name.removesuffix(".webp"))
                images[number], done[number] = data, True
    images.flush()
    np.save(folder / "done.npy", done)
    return [folder / IMAGES]


def averages(run: Path, target: Path) -> list[Path]:
    """Writes a copy of a DiTi run with its averaged weights alone, in half precision: to export or to begin from."""
    import shutil

    from trainer import checkpoints
    from trainer.runs import CONFIG

    state = checkpoints.load(run)
    if state is None:
        raise SystemExit(f"{run} has no checkpoint.")
    weights = {name: value.half() if value.is_floating_point() else value for name, value in state["ema"].items()}
    rest = {name: value for name, value in state["model"].items() if name not in weights}
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(run / CONFIG, target / CONFIG)
    shutil.copytree(run / "dm", target / "dm", dirs_exist_ok=True)
    kept = {"stage": state["stage"], "images": state["images"], "model": rest, "ema": weights}
    return [checkpoints.save(target, state["step"], kept)]


def _decoded(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


if __name__ == "__main__":
    main()
