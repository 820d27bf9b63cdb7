"""Batch export: pictures a second and memory by number of inputs, against a loop of ``edit``; a proof by kills."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

from benchmarks.machine import print_table
from diti_studio.core import packs
from diti_studio.core.batch.rows import fastest_rows
from diti_studio.core.batch.templates import RESERVED
from diti_studio.core.editor import Editor, Quality
from diti_studio.core.packs import Pack
from diti_studio.core.resources import resource

BAD_KINDS = ("truncated", "text called .jpg", "empty")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--pack", default=None)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--counts", metavar="N,N", default="10,100,1000", help="numbers of pictures; empty for none")
    parser.add_argument("--loop", type=int, default=10, help="calls of edit that are timed; each costs the same")
    parser.add_argument("--side", type=int, default=1024, help="pixels a side of the pictures")
    parser.add_argument("--set", default=None, help="the edit, NAME=AMOUNT; the pack's first attribute when left out")
    parser.add_argument("--workers", type=int, default=0, help="also on a local Dask cluster of that many processes")
    parser.add_argument("--proof", type=int, default=0, metavar="N", help="kill a batch of N mixed pictures and resume")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)


def run(options: argparse.Namespace) -> None:
    """Each measured run is a process of its own with a cache of its own: what is cached would not be measured."""
    pack = packs.find(options.pack)
    edit = options.set or f"{pack.manifest.attributes[0].name}={pack.manifest.attributes[0].range[1] / 2:g}"
    print(f"pack {pack.manifest.name}, edit {edit}, pictures of {options.side}×{options.side}\n")
    common = ["--pack", str(pack.path.absolute()), "--device", options.device, "--set", edit]
    with tempfile.TemporaryDirectory(prefix="diti-batch-") as folder:
        counts = [int(n) for n in options.counts.split(",") if n]
        if counts:
            _rates(Path(folder), counts, pack, edit, common, options)
        if options.proof:
            _proof(Path(folder), common, options)


# -- rates -------------------------------------------------------------------------------------------------


def _rates(
    folder: Path, counts: list[int], pack: Pack, edit: str, common: list[str], options: argparse.Namespace
) -> None:
    rows = list[list[object]]()
    photos = _photos(folder / "photos", max(counts), options.side, options.seed)
    costs = None
    if options.workers:
        from benchmarks import batch_scaling  # which needs the extra cluster

        costs = batch_scaling.measure(folder, photos, str(pack.path.absolute()), edit, options.device)
        batch_scaling.show(costs)
    took = list[float]()
    for i, photo in enumerate(photos[: options.loop]):
        seconds, _ = _timed(folder, "edit", photo, "-o", folder / f"edit{i}.png", *common)
        took.append(seconds)
    each = float(np.mean(took)) if took else float("nan")
    for count in counts:
        names = folder / f"list{count}"
        names.write_text("\n".join(map(str, photos[:count])))
        seconds, memory = _timed(folder, "batch", "--list", names, "-o", folder / f"out{count}", *common)
        row: list[object] = [count, seconds, count / seconds, memory, each * count, 1 / each]
        if costs is not None:
            from benchmarks.local_cluster import local_cluster

            with local_cluster(folder, options.workers) as (address, _, _):
                where = (folder / f"far{count}", *common, "--cluster", address)
                seconds, memory = _timed(folder, "batch", "--list", names, "-o", *where)
            row += [seconds, costs.load + count / costs.rate(options.workers), count / seconds, memory]
        rows.append(row)
        shutil.rmtree(folder / f"out{count}")
    head = ["pictures", "batch s", "batch pictures/s", "batch MiB", "loop of edit s", "loop pictures/s"]
    if options.workers:
        head += [f"{options.workers} workers s", "predicted s", "workers pictures/s", "client MiB"]
    print_table(head, rows)
    print(f"The loop was timed over {len(took)} calls of edit and multiplied. " + _bound(options))
    if costs is not None:
        print("Predicted: loading the networks, then the predicted rate, as if each worker had a free core of its own.")


def _bound(options: argparse.Namespace) -> str:
    """What the network alone would allow: the calls for an inversion and two pictures, with nothing around them."""
    editor = Editor(packs.find(options.pack), options.device)
    best = fastest_rows(editor, 64)
    side, t = editor.pack.manifest.image_size, editor.pack.schedule.timesteps // 2
    x, z = np.zeros((best, 3, side, side), np.float32), np.zeros((best, editor.pack.manifest.latent_dim), np.float32)
    began = time.perf_counter()
    for _ in range(10):
        editor.network.denoise(x, t, z)
    call = (time.perf_counter() - began) / 10 / best
    settings = Quality.STANDARD.value
    calls = settings.invert_steps + 2 * settings.steps
    return (
        f"The network alone, {best} pictures a call on {editor.device.title}: {1000 * call:.1f} ms a picture and call, "
        f"{calls} calls, so at most {1 / (calls * call):.3g} pictures/s."
    )


def _photos(folder: Path, count: int, side: int, seed: int) -> list[Path]:
    """Different photos from the samples: cut, turned over and lit at random."""
    folder.mkdir(parents=True)
    samples = [Image.open(path).convert("RGB") for path in sorted(resource("samples").glob("*.jpg"))]
    random_ = np.random.default_rng(seed)
    out = list[Path]()
    for i in range(count):
        image = samples[i % len(samples)]
        edge = int(min(image.size) * random_.uniform(0.85, 1))
        left, top = (int(random_.integers(0, size - edge + 1)) for size in image.size)
        image = image.crop((left, top, left + edge, top + edge)).resize((side, side))
        light = np.asarray(image).astype(np.float32) * random_.uniform(0.8, 1.1)
        out.append(folder / f"p{i:04}.jpg")
        Image.fromarray(np.clip(light, 0, 255).astype(np.uint8)).save(out[-1], quality=92)
    return out


def _timed(folder: Path, *arguments: object) -> tuple[float, float]:
    """Seconds and peak MiB of one command, with a cache of its own."""
    cache = Path(tempfile.mkdtemp(dir=folder))
    began = time.perf_counter()
    process = subprocess.Popen(_command(arguments), env=_environment(cache), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{arguments} ended with {process.returncode}")
    shutil.rmtree(cache)
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def _command(arguments: tuple[object, ...]) -> list[str]:
    return [sys.executable, "-m", "diti_studio", *map(str, arguments)]


def _environment(cache: Path) -> dict[str, str]:
    return {**os.environ, "XDG_CACHE_HOME": str(cache)}


# -- proof -------------------------------------------------------------------------------------------------


def _proof(folder: Path, common: list[str], options: argparse.Namespace) -> None:
    """A mixed folder, exported once unbroken and once killed at random moments; the files must be the same."""
    mixed, bad = _mixed(folder / "mixed", options.proof, options.side, options.seed)
    cache = folder / "proof-cache"
    whole, broken = folder / "whole", folder / "broken"
    done = subprocess.run(
        _command(("batch", mixed, "-o", whole, *common)), env=_environment(cache), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    shutil.rmtree(cache)
    expected = _files(whole)
    named = sum(any(str(path) in line for line in done.stderr.splitlines()) for path in bad)
    chance, arguments, rows = random.Random(options.seed), ("batch", mixed, "-o", broken, *common), list[list[object]]()
    for kill in range(options.kills):
        aim = len(expected) * (kill + chance.random()) / (options.kills + 1)
        process = subprocess.Popen(_command(arguments), env=_environment(cache), stderr=subprocess.DEVNULL)
        while process.poll() is None and (not broken.exists() or len(_files(broken)) < aim):
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = _files(broken)
        torn = sum(data != expected.get(name) for name, data in found.items() if not name.endswith(".part"))
        rows.append([kill + 1, len(found), torn])
        arguments = ("batch", "--resume", "-o", broken)
    last = subprocess.run(_command(arguments), env=_environment(cache), capture_output=True, check=False)
    print_table(("kill", "files then", "of them torn or other"), rows)
    log = (broken / RESERVED / "log.txt").read_text(encoding="utf-8")
    twice = sum(log.count(f" done {name}\n") > 1 for name in expected)
    same = _files(broken) == expected
    print(
        f"{options.proof} pictures, {len(bad)} of them bad: exit status {done.returncode} unbroken, {last.returncode} "
        f"resumed; {len(expected)} results, {named} of {len(bad)} bad pictures named. After {options.kills} kills: "
        f"names and bytes {'the same' if same else 'NOT the same'}, {twice} results written twice.\n"
    )
    if not same or named != len(bad) or done.returncode != 1 or last.returncode != 1:
        raise SystemExit("The proof failed.")


def _files(folder: Path) -> dict[str, bytes]:
    paths = (p for p in folder.rglob("*") if p.is_file() and RESERVED not in p.parts)
    out = dict[str, bytes]()
    for path in paths:
        try:
            out[path.relative_to(folder).as_posix()] = path.read_bytes()
        except FileNotFoundError:  # a temporary name that has just become a final one
            continue
    return out


def _mixed(folder: Path, count: int, side: int, seed: int) -> tuple[Path, list[Path]]:
    """Photos in subfolders, every fifth turned by EXIF, every seventh HEIC, every ninth bad, names met twice."""
    photos = _photos(folder.with_name("plain"), count, side, seed)
    bad = list[Path]()
    exif = Image.Exif()
    exif[0x0112] = 6
    for i, photo in enumerate(photos):
        target = folder / "abc"[i % 3] / f"p{i // 3:04}.jpg"  # each name three times, in three folders
        target.parent.mkdir(parents=True, exist_ok=True)
        if i % 9 == 8:
            kind = BAD_KINDS[i // 9 % len(BAD_KINDS)]
            data = photo.read_bytes()
            target.write_bytes({"truncated": data[: len(data) // 2], "empty": b""}.get(kind, b"this is no picture"))
            bad.append(target)
        elif i % 7 == 6:
            with Image.open(photo) as image:
                pillow_heif.from_pillow(image).save(target.with_suffix(".heic"))
        elif i % 5 == 4:
            with Image.open(photo) as image:
                image.save(target, exif=exif)
        else:
            shutil.copy(photo, target)
    return folder, bad
