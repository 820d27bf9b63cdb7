"""What travels to a machine with a GPU and back, made small: renders as pictures in a zip, runs as averaged weights."""

from __future__ import annotations

import argparse
import io
import json
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

_TABLES = ("factors.csv", "render.json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("what", choices=("zip", "unzip", "averages"))
    parser.add_argument("source", type=Path, help="a folder of renders, zips of one, or a run")
    parser.add_argument("target", type=Path)
    parser.add_argument("--more", type=Path, nargs="*", default=(), help="further zips of the same renders")
    parser.add_argument("--parts", type=int, default=1, help="zips to make: TARGET, then TARGET.1 and so on")
    parser.add_argument("--quality", type=int, default=90, help="of WebP")


def run(options: argparse.Namespace) -> None:
    """Does it; prints the size of what was written."""
    if options.what == "zip":
        written = zip_renders(options.source, options.target, options.quality, options.parts)
    elif options.what == "unzip":
        written = unzip_renders([options.source, *options.more], options.target)
    else:
        written = averages(options.source, options.target)
    for path in written:
        print(f"{path}: {path.stat().st_size / 2**20:.1f} MiB")


def zip_renders(folder: Path, target: Path, quality: int, parts: int = 1) -> list[Path]:
    """Writes all finished renders of a folder as WebP pictures, their tables in the first zip."""
    images = np.load(folder / "images.npy", mmap_mode="r", allow_pickle=False)
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
    images = np.lib.format.open_memmap(folder / "images.npy", "w+", np.uint8, shape)
    done = np.zeros(shape[0], np.bool_)
    for path in zips:
        with zipfile.ZipFile(path) as file, ThreadPoolExecutor() as pool:
            names = [name for name in file.namelist() if name.endswith(".webp")]
            for name, data in zip(names, pool.map(_decoded, map(file.read, names)), strict=True):
                number = int(name.removesuffix(".webp"))
                images[number], done[number] = data, True
    images.flush()
    np.save(folder / "done.npy", done)
    return [folder / "images.npy"]


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
    _parser = argparse.ArgumentParser(prog="python -m benchmarks.carry", description=__doc__)
    add_arguments(_parser)
    run(_parser.parse_args())
