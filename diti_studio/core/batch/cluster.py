"""Runs a batch on an existing Dask cluster (extra ``cluster``): the same journal, the same files.

This process reads the pictures, sends groups of them to the workers, and writes and records what comes back; workers
need no common disk. Dask runs a group again whose worker died; nothing is recorded twice, because only this process
records.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib
import logging
import re
import socket
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from diti_studio import __version__
from diti_studio.core import pictures
from diti_studio.core.batch import engine, worker
from diti_studio.core.batch.control import Control, Progress
from diti_studio.core.batch.errors import BatchStopped
from diti_studio.core.batch.journal import Output
from diti_studio.core.batch.queue import LATER, Batch
from diti_studio.core.batch.worker import Done, Picture, Spec, Wanted
from diti_studio.core.errors import DitiError, PictureError, RuntimeUnavailableError, UsageError
from diti_studio.core.packs import Pack

GROUP = 8  # pictures that go to a worker together, and that one killed in the middle has to repeat at most
GROUP_BYTES = 16 << 20  # of their files; the scheduler holds those of all groups under way
AHEAD = 2  # groups a worker's thread has: one that it does, one that waits
CONNECT_SECONDS = 20
ALONE_SECONDS = 60  # without any worker, before the batch stops; a cluster may be starting


def run(
    batch: Batch,
    address: str,
    control: Control | None = None,
    watch: engine.Watch = engine.silent,
    log: engine.Log = engine.silent,
    device: str = "auto",
) -> Progress:
    """Makes what a batch has left to make, on the cluster whose scheduler has that address. Else as ``engine.run``.

    Args:
        address: ``tcp://HOST:PORT``, or a scheduler file.
        device: of the workers.

    Raises:
        UsageError: no scheduler answers there.
        RuntimeUnavailableError: the extra is not installed.
        BatchStopped: no worker is left.
        Cancelled: through ``control``; groups that workers have begun are thrown away.
    """
    control = control or Control()
    report = engine.Reporter(batch, control, watch, log)
    todo = batch.todo()
    if todo:
        check_address(address)
        distributed = _distributed()
        with _client(distributed, address) as client:
            _Run(batch, distributed, client, control, report, device).go(todo)
    engine.make_sheets(batch, control, report)
    report.tell()
    return report.progress()


def _distributed() -> Any:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise RuntimeUnavailableError(
            f"--cluster needs Dask distributed ({error}): install diti-studio with its extra cluster."
        ) from None
    dask: Any = importlib.import_module("dask")
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "4GB"})  # pictures are sent with the tasks
    for name in [*logging.root.manager.loggerDict, "asyncio"]:  # what goes wrong is told by us, in a sentence
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
    return distributed


def check_address(address: str) -> None:
    """Raises UsageError at once where nothing listens: Dask itself would try for long."""
    if Path(address).is_file():
        return
    parts = re.fullmatch(r"(?:(\w+)://)?(\[[0-9a-fA-F:]+\]|[^\s:/\[\]]+):(\d{1,5})", address)
    if parts is None:
        raise UsageError(f"{address} is no address of a Dask scheduler: write tcp://HOST:PORT, or name its file.")
    if parts[1] in (None, "tcp", "tls"):
        try:
            with socket.create_connection((parts[2].strip("[]"), int(parts[3])), timeout=CONNECT_SECONDS) as connection:
                if parts[1] != "tls" and not connection.recv(1):  # a scheduler speaks first
                    raise OSError("it hung up")
        except (OSError, OverflowError) as error:
            raise UsageError(f"No Dask scheduler answers at {address}: {_first_line(error)}.") from None


def _client(distributed: Any, address: str) -> Any:
    named = {"scheduler_file": address} if Path(address).is_file() else {"address": address}
    try:
        return distributed.Client(timeout=CONNECT_SECONDS, set_as_default=False, **named)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UsageError(f"No Dask scheduler answers at {address}: {_first_line(error)}.") from None


class _Run:
    def __init__(
        self, batch: Batch, distributed: Any, client: Any, control: Control, report: engine.Reporter, device: str
    ) -> None:
        self._batch, self._distributed, self._client = batch, distributed, client
        self._control, self._report = control, report
        self._blobs = blobs(batch.pack)
        lenders = list[tuple[str, str]]()
        for path in dict.fromkeys(v.reference for v in batch.variants if v.reference):
            data = pictures.read_bytes(Path(path))
            lenders.append((path, _sha256(data)))
            self._blobs[lenders[-1][1]] = data
        manifest = next(iter(self._blobs))
        self._spec = Spec(__version__, batch.job.to_json(), manifest, tuple(lenders), device)
        self._running = dict[Any, list[Picture]]()
        self._outputs = dict[tuple[int, int], Output]()
        self._alone_since: float | None = None
        self._threads = 0  # of all workers

    def go(self, todo: list[int]) -> None:
        groups = self._groups(todo)
        again = deque[list[Picture]]()
        try:
            with ThreadPoolExecutor(engine.THREADS, "batch-write") as writers:
                exhausted = False
                while not exhausted or again or self._running:
                    self._control.check()
                    room = self._room()
                    while len(self._running) < room and not exhausted:
                        group = again.popleft() if again else next(groups, None)
                        if group is None:
                            exhausted = True
                        else:
                            self._submit(group)
                    for future in self._finished():
                        group = self._running.pop(future)
                        if not self._take(future, group, writers):
                            again.append(group)
                            exhausted = False
        except (OSError, self._distributed.TimeoutError) as error:
            raise BatchStopped(f"The cluster cannot be reached any more ({_first_line(error)}): {LATER}.") from None
        finally:
            if self._running:
                with contextlib.suppress(Exception):  # the cluster may be what has gone
                    self._client.cancel(list(self._running), force=True)

    def _room(self) -> int:
        """How many groups may be under way; waits a while for workers before it gives up."""
        self._threads = sum(self._client.nthreads().values())
        if self._threads:
            self._alone_since = None
            return AHEAD * self._threads
        now = time.monotonic()
        self._alone_since = self._alone_since or now
        if now - self._alone_since > ALONE_SECONDS:
            raise BatchStopped(f"The cluster has had no worker for {ALONE_SECONDS} seconds: {LATER}.")
        return 0

    def _groups(self, todo: list[int]) -> Iterator[list[Picture]]:
        """Pictures that were read, as they go to a worker together."""
        group, size, most = list[Picture](), 0, 0
        for i, number in enumerate(todo):
            if not group:
                most = self._batch.job.rows or group_size(len(todo) - i, self._threads)
            name = self._batch.inputs[number].path.name
            try:
                data = self._batch.read(number)
            except PictureError as error:
                self._report.failed(number, str(error))
                self._report.tell(self._batch.place(number))
                continue
            outputs = self._batch.wanted(number, _sha256(data))
            for output in outputs:
                self._outputs[number, output.variant] = output
            wanted = tuple(Wanted(o.variant, engine.recipe_for(self._batch, o)) for o in outputs)
            group.append(Picture(number, name, data, wanted))
            size += len(data)
            if len(group) >= most or size >= GROUP_BYTES:
                yield group
                group, size = [], 0
        if group:
            yield group

    def _submit(self, group: list[Picture]) -> None:
        # Not pure: a group that is sent again must run again, under a name of its own.
        self._running[self._client.submit(worker.do, self._spec, group, pure=False)] = group
        self._report.tell(self._batch.place(group[0].number))

    def _finished(self) -> list[Any]:
        """Groups that have come back; waits half a second for one at most, so that a pause is soon heard."""
        if not self._running:
            time.sleep(0.2)  # no worker yet
            return []
        heard = (TimeoutError, self._distributed.TimeoutError, asyncio.CancelledError, CancelledError)
        with self._client.as_current(), contextlib.suppress(*heard):
            self._distributed.wait(list(self._running), timeout=0.5, return_when="FIRST_COMPLETED")
        return [future for future in self._running if future.done()]

    def _take(self, future: Any, group: list[Picture], writers: ThreadPoolExecutor) -> bool:
        """Records what a worker made of a group; False when the group has to be sent again."""
        try:
            results: list[Done] | None = future.result()
        except DitiError:
            raise
        except self._distributed.KilledWorker:
            for picture in group:
                self._report.failed(
                    picture.number, f"{picture.name} was given up: several workers died over its group."
                )
            return True
        except (asyncio.CancelledError, CancelledError):  # the scheduler forgot it
            return False
        finally:
            future.release()
        if results is None:
            self._provide()
            return False
        for done in results:
            self._record(done, writers)
        return True

    def _record(self, done: Done, writers: ThreadPoolExecutor) -> None:
        batch, report = self._batch, self._report
        if done.problem is not None:
            report.failed(done.number, done.problem)
        for note in done.notes:
            report.log(f"note {batch.place(done.number)}: {note}")
        for variant, why in done.failed:
            batch.fail_output(self._outputs.pop((done.number, variant)), why)
            report.log(f"failed {batch.place(done.number)}: {why}")

        def store(file: tuple[int, bytes]) -> Output:
            output = self._outputs.pop((done.number, file[0]))
            return batch.store(output, file[1], done.digest, engine.sources_of(batch, output))

        for output in writers.map(store, done.files):
            report.stored(output)
        report.tell(batch.place(done.number))

    def _provide(self) -> None:
        """Sends each worker the files that its machine lacks, verified there; those of one machine share them."""
        for _ in range(2):  # the manifest first; then what it names
            asked = self._client.run(worker.lacking, self._spec, on_error="return")
            for address, lacking in asked.items():
                if isinstance(lacking, DitiError):
                    raise lacking
                if isinstance(lacking, Exception):  # it died meanwhile; its work goes elsewhere
                    continue
                for digest in lacking:
                    self._client.run(worker.accept, digest, self._blobs[digest], workers=[address], on_error="ignore")


def group_size(left: int, threads: int) -> int:
    """How many of the pictures that are left go into the next group: fewer near the end, so that all workers have some.

    This is guided self-scheduling (Polychronopoulos and Kuck, IEEE Transactions on Computers C-36, 1987).
    """
    return max(1, min(GROUP, left // max(1, AHEAD * threads)))


def blobs(pack: Pack) -> dict[str, bytes]:
    """The pack's files by hash, its manifest first."""
    manifest = pack.manifest.model_dump_json().encode()
    return {_sha256(manifest): manifest, **{entry.sha256: pack.read(n) for n, entry in pack.manifest.files.items()}}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200].rstrip(".")
