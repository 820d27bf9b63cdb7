"""A Dask cluster of processes on this machine, with a cache of its own, as a batch meets it on others."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import distributed


@contextmanager
def local_cluster(folder: Path, workers: int) -> Iterator[tuple[str, Any, float]]:
    """A scheduler and worker processes of one thread each.

    Yields the path of the scheduler's file, a client, and the seconds from a worker's start until it could be used.
    """
    file = folder / "scheduler.json"
    environment = {
        **os.environ, "XDG_CACHE_HOME": str(folder / "cluster-cache"), "DITI_THREADS": "1", "OMP_NUM_THREADS": "1",
        "DASK_LOGGING__DISTRIBUTED": "critical",
    }  # fmt: skip
    processes = list[subprocess.Popen[bytes]]()

    def start(program: str, *arguments: object) -> None:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *map(str, arguments)]
        processes.append(subprocess.Popen(command, env=environment))

    try:
        start("dask_scheduler", "--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--scheduler-file", file)
        while not file.exists():
            time.sleep(0.02)
        with distributed.Client(scheduler_file=str(file), set_as_default=False) as client:
            began = time.perf_counter()
            for _ in range(workers):
                start(
                    "dask_worker", "--scheduler-file", file, "--no-nanny", "--nthreads", 1, "--memory-limit", 0,
                    "--no-dashboard", "--local-directory", folder,
                )  # fmt: skip
            client.wait_for_workers(workers)
            yield str(file), client, time.perf_counter() - began
    finally:
        for process in reversed(processes):  # the workers first: they complain of a lost scheduler
            process.kill()
            process.wait()
        file.unlink(missing_ok=True)
