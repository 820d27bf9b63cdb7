"""A folder of rendered pictures and the table of their factors, made by several processes and resumable.

    images.npy    uint8 [count, size, size, 3]
    factors.csv   one row a picture: index, then every factor
    render.json   what was asked for, by which version, and the domain of every factor
    done.npy      bool [count]: which pictures are finished

Picture i depends on the seed and on i alone, so it does not matter who renders it, or when. A folder of counterfactual
pairs (``trainer.render.pairs``) says in render.json under "changes" which factors change together.
"""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import astuple, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from diti_studio.core.errors import DitiError
from trainer.render.domains import Domain, Renderer, domain
from trainer.render.files import write_whole
from trainer.render.pairs import Changes, paired

_BATCH = 32  # pictures between two entries in done.npy: what a kill can cost each process
_LARGEST = 1024

Progress = Callable[[int, int], None]


def render(
    kind: str,
    count: int,
    out: Path,
    *,
    size: int = 64,
    seed: int = 0,
    changes: Changes = (),
    workers: int | None = None,
    progress: Progress | None = None,
) -> None:
    """Render ``count`` pictures into the folder ``out``, or finish what an earlier call began there.

    ``changes``: renders counterfactual pairs, each of which differs in one of these sets of factors. ``workers``:
    processes, by default one a usable core; 1 renders in this process. ``progress`` is called in this process with the
    number of finished pictures and ``count``. Raises :class:`DitiError` for a kind that does not exist, numbers out of
    range, a folder that holds something else, or a missing head mesh or OpenGL.
    """
    drawn = _Drawn(kind, size, seed, tuple(tuple(names) for names in changes))
    what = drawn.domain()
    if count < 1 or not 16 <= size <= _LARGEST or seed < 0:
        raise DitiError(f"Ask for at least one picture of 16 to {_LARGEST} pixels and a seed of 0 or more.")
    what.prepare()  # what is missing is told before the folder exists
    images, done = _open_folder(out, drawn.description(count), what)

    finished = int(done.sum())
    if progress:
        progress(finished, count)
    for indices in _rendered(drawn, out, _todo(done), workers or _usable_cores(), images):
        done[indices] = True
        done.flush()
        finished += len(indices)
        if progress:
            progress(finished, count)


@dataclass(frozen=True)
class _Drawn:
    """What is drawn into a folder; workers are told it."""

    kind: str
    size: int
    seed: int
    changes: tuple[tuple[str, ...], ...]

    def domain(self) -> Domain:
        return paired(domain(self.kind), self.changes) if self.changes else domain(self.kind)

    def description(self, count: int) -> dict[str, Any]:
        """For render.json."""
        what = self.domain()
        out = {
            "kind": self.kind,
            "count": count,
            "size": self.size,
            "seed": self.seed,
            "renderer": what.version,
            "factors": {name: factor.describe() for name, factor in what.factors.items()},
        }
        return out | {"changes": [list(names) for names in self.changes]} if self.changes else out


def _open_folder(out: Path, wanted: dict[str, Any], what: Domain) -> tuple[np.memmap, np.memmap]:
    """The memory-mapped pictures and their marks; files that are missing are created."""
    record = out / "render.json"
    if record.exists():
        _refuse_other(record, wanted)
    elif out.exists() and not (out.is_dir() and all(p.name.startswith(".render.json.") for p in out.iterdir())):
        raise DitiError(f"{out} already holds something else: choose an empty or a new folder.")
    else:
        write_whole(record, lambda file: file.write(json.dumps(wanted, indent=1).encode()))
    count, size = wanted["count"], wanted["size"]
    if not (out / "factors.csv").exists():
        write_whole(out / "factors.csv", lambda file: file.write(_table(what, wanted["seed"], count).encode()))
    if not (out / "images.npy").exists():
        (out / "done.npy").unlink(missing_ok=True)
    return (
        _open_array(out / "images.npy", np.uint8, (count, size, size, 3)),
        _open_array(out / "done.npy", np.bool_, (count,)),
    )


def _refuse_other(record: Path, wanted: dict[str, Any]) -> None:
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DitiError(f"{record} cannot be read ({error}): choose another folder.") from error
    if isinstance(found, dict) and ("changes" in found) != ("changes" in wanted):
        asked = ("pairs", "single pictures")["changes" in found]
        raise DitiError(f"{record.parent} does not hold {asked}: choose another folder.")
    for key, value in wanted.items():
        if not isinstance(found, dict) or found.get(key) != value:
            short = key not in ("factors", "changes")
            was = found.get(key) if isinstance(found, dict) and short else "another"
            asked = value if short else "this one"
            raise DitiError(
                f"{record.parent} holds pictures rendered with {key} {was}, not {asked}: choose another folder."
            )


def _open_array(path: Path, dtype: type, shape: tuple[int, ...]) -> np.memmap:
    if not path.exists():
        temporary = path.with_name(f".{path.name}.new")
        np.lib.format.open_memmap(temporary, mode="w+", dtype=dtype, shape=shape).flush()
        temporary.replace(path)
    try:
        array = np.lib.format.open_memmap(path, mode="r+")
    except (OSError, ValueError) as error:
        raise DitiError(f"{path} is damaged ({error}): remove the folder and render again.") from error
    if array.shape != shape or array.dtype != dtype:
        raise DitiError(f"{path} does not fit its render.json: remove the folder and render again.")
    return array


def _table(what: Domain, seed: int, count: int) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["index", *what.factors])
    for i in range(count):
        values = astuple(what.sample(seed, i))
        writer.writerow([i, *(round(v, 6) if isinstance(v, float) else v for v in values)])
    return text.getvalue()


def _todo(done: np.ndarray) -> Iterator[list[int]]:
    indices = iter(np.flatnonzero(~done).tolist())
    while batch := list(islice(indices, _BATCH)):
        yield batch


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _rendered(
    drawn: _Drawn, out: Path, batches: Iterator[list[int]], workers: int, images: np.memmap
) -> Iterator[list[int]]:
    """Batches of indices as their pictures reach the disk."""
    if workers == 1:
        what = drawn.domain()
        renderer: Renderer | None = None
        try:
            for batch in batches:
                renderer = renderer or what.renderer(drawn.size)
                _write(what, renderer, images, drawn.seed, batch)
                yield batch
        finally:
            if renderer:
                renderer.close()
        return
    spawn = multiprocessing.get_context("spawn")  # a forked OpenGL context is undefined
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=_die_with_parent) as pool:
        waiting: set[Future[list[int]]] = set()
        try:
            while True:
                for batch in islice(batches, 2 * workers - len(waiting)):
                    waiting.add(pool.submit(_work, drawn, out, batch))
                if not waiting:
                    return
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ready:
                    yield future.result()
        except BrokenProcessPool as error:
            raise DitiError(
                "A rendering process died: run the same command again, it goes on where it stopped."
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _write(what: Domain, renderer: Renderer, images: np.memmap, seed: int, batch: list[int]) -> None:
    images[batch] = renderer.render([what.sample(seed, i) for i in batch])
    images.flush()


def _die_with_parent() -> None:
    """In a worker: end when the process that started it is killed, which the pool itself does not notice."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


_worker_state: dict[_Drawn, tuple[Domain, Renderer]] = {}  # of a worker process: its one renderer


def _work(drawn: _Drawn, out: Path, batch: list[int]) -> list[int]:
    if drawn not in _worker_state:
        what = drawn.domain()
        _worker_state[drawn] = what, what.renderer(drawn.size)
    images = np.lib.format.open_memmap(out / "images.npy", mode="r+")
    _write(*_worker_state[drawn], images, drawn.seed, batch)
    return batch
