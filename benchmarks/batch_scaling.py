"""What bounds a batch on many machines: each cost of a picture and of a worker, measured alone, and what follows.

The formula is that of docs/guide-batch.md: n workers give min(n / w, 1 / c, link / bytes) pictures a second.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.local_cluster import local_cluster
from benchmarks.machine import print_table
from diti_studio import __version__
from diti_studio.core import packs
from diti_studio.core.batch import cluster, worker
from diti_studio.core.batch.job import Job
from diti_studio.core.batch.queue import Batch
from diti_studio.core.batch.worker import Done, Picture, Spec, Wanted
from diti_studio.core.edit import Edit

WORKERS = (1, 10, 100)
LINK = 125e6  # bytes a second: 1 Gbit/s
CLIENT_PICTURES = 160  # done by workers that take no time, to see what the client needs
ROUNDS = 3
WITHOUT = 2  # workers that take no time; more only take processor time from the client, which is on this machine


@dataclass(frozen=True)
class Costs:
    """Seconds and bytes, each measured alone.

    Attributes:
        join: from a worker process's start until the scheduler knows it.
        send: the pack to one machine, over the loopback.
        load: the networks on a worker, and measuring how many pictures go into a call.
        picture: w, of a worker of one thread.
        task: an empty task, through the scheduler to a worker and back.
        trip: a picture to a worker and random bytes of a result's size back, in groups, one group at a time.
        client: c: reading, sending, receiving, writing and recording a picture.
        processor: of the client's processor, in that.
        pack_bytes: to each machine, once.
        bytes: of the larger of a picture's file and its result: a link carries both ways at once.
    """

    join: float
    send: float
    load: float
    picture: float
    task: float
    trip: float
    client: float
    processor: float
    pack_bytes: int
    bytes: float

    def rate(self, workers: int) -> float:
        """Pictures a second of that many workers."""
        return min(bound for bound, _ in self._bounds(workers))

    def bound(self, workers: int) -> str:
        """What keeps it from being more."""
        return min(self._bounds(workers))[1]

    def _bounds(self, workers: int) -> list[tuple[float, str]]:
        return [
            (workers / self.picture, "the workers"),
            (1 / self.client, "the client"),
            (LINK / self.bytes, "a link of 1 Gbit/s"),
        ]


def measure(folder: Path, photos: Sequence[Path], pack: str, edit: str, device: str) -> Costs:
    """Measures on local clusters; needs the network for some twenty pictures."""
    name, amount = edit.split("=")
    job = Job.make(
        inputs=[str(path) for path in photos], out=str(folder / "scaling"), pack=pack,
        edit=Edit(attributes={name: float(amount)}),
    )  # fmt: skip
    blobs = cluster.blobs(packs.find(pack))
    spec = Spec(__version__, job.to_json(), next(iter(blobs)), (), device)
    group = _group(photos, cluster.GROUP)
    with local_cluster(folder, 1) as (_, client, join):
        began = time.perf_counter()
        for digest, data in blobs.items():
            client.run(worker.accept, digest, data)
        send = time.perf_counter() - began
        load, _ = client.submit(_timed, spec, group[:1], pure=False).result()
        worked = [client.submit(_timed, spec, group, pure=False).result() for _ in range(2)]
        picture = min(seconds for seconds, _ in worked) / len(group)
        size = round(worked[0][1] / len(group))  # of a result
        idle = partial(_no_work, size)
        task = min(_seconds(client, idle, None, []) for _ in range(ROUNDS))
        trip = min(_seconds(client, idle, spec, group) for _ in range(ROUNDS)) / len(group)
    seconds, processor = _client_alone(folder, photos, job, idle, device)
    return Costs(
        join, send, max(0.0, load - picture), picture, task, trip, seconds, processor, sum(map(len, blobs.values())),
        max(size, sum(len(p.data) for p in group) / len(group)),
    )  # fmt: skip


def show(costs: Costs) -> None:
    """Prints what was measured and what follows."""
    mib = 1 / (1 << 20)
    print_table(
        ("cost", "seconds", "MiB"),
        [
            ("a worker of one thread: network, decoding and encoding of a picture (w)", costs.picture, ""),
            ("the client: reading, sending, receiving, writing, recording a picture (c)", costs.client, ""),
            ("of it, the client's processor time", costs.processor, ""),
            (
                f"alone: a picture to a worker and a result back, in groups of {cluster.GROUP}",
                costs.trip,
                costs.bytes * mib,
            ),
            ("an empty task, through the scheduler and back", costs.task, ""),
            ("once a worker: its process joins the cluster", costs.join, ""),
            ("once a worker: loads the networks, measures the best call", costs.load, ""),
            ("once a machine: the pack, over the loopback", costs.send, costs.pack_bytes * mib),
        ],
    )
    print("Predicted, each worker on a machine of its own, over 1 Gbit/s:\n")
    head = ["workers", "pictures/s", "bounded by", "s until all have the pack", "s for 1,000 pictures"]
    rows = [
        (n, costs.rate(n), costs.bound(n), n * costs.pack_bytes / LINK, round(1000 / costs.rate(n) + _until(costs, n)))
        for n in WORKERS
    ]
    print_table(head, rows)
    print(
        f"The client bounds from {costs.picture / costs.client:.0f} such workers on, a link of 1 Gbit/s from "
        f"{costs.picture * LINK / costs.bytes:.0f}; of workers k times as fast, from a k-th of that.\n"
    )


def _until(costs: Costs, workers: int) -> float:
    """Seconds until the middle one of the workers begins: the client sends the pack to one after the other."""
    return costs.join + costs.load + (workers + 1) / 2 * costs.pack_bytes / LINK


def _group(photos: Sequence[Path], count: int) -> list[Picture]:
    chosen = [photos[i % len(photos)] for i in range(count)]
    return [Picture(i, path.name, path.read_bytes(), (Wanted(0, None),)) for i, path in enumerate(chosen)]


def _timed(spec: Spec, pictures: list[Picture]) -> tuple[float, int]:
    """On a worker: seconds of a group and bytes of its results."""
    began = time.perf_counter()
    done = worker.do(spec, pictures)
    assert done is not None
    return time.perf_counter() - began, sum(len(data) for one in done for _, data in one.files)


def _no_work(size: int, spec: Spec, pictures: list[Picture]) -> list[Done]:
    """On a worker: results of that many bytes, at once."""
    return [Done(p.number, "0" * 64, ((0, os.urandom(size)),)) for p in pictures]


def _seconds(client: Any, function: Any, *arguments: object) -> float:
    began = time.perf_counter()
    client.submit(function, *arguments, pure=False).result()
    return time.perf_counter() - began


def _client_alone(folder: Path, photos: Sequence[Path], job: Job, idle: Any, device: str) -> tuple[float, float]:
    """Wall and processor seconds a picture of a whole batch whose workers take no time."""
    inputs = folder / "many"
    inputs.mkdir()
    for i in range(CLIENT_PICTURES):
        os.link(photos[i % len(photos)], inputs / f"p{i:04}.jpg")
    batch = Batch.queue(job.model_copy(update={"inputs": (str(inputs),)}))
    try:
        with local_cluster(folder, WITHOUT) as (file, client, _), mock.patch.object(worker, "do", idle):
            client.submit(idle, None, [], pure=False).result()  # the modules are imported
            began, before = time.perf_counter(), time.process_time()
            end = cluster.run(batch, file, device=device)
            seconds, processor = time.perf_counter() - began, time.process_time() - before
    finally:
        batch.close()
        shutil.rmtree(inputs)
    if end.done != CLIENT_PICTURES:
        raise SystemExit(f"{end.failed} pictures failed.")
    return seconds / CLIENT_PICTURES, processor / CLIENT_PICTURES
