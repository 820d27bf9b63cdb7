"""A batch on a real local Dask cluster: a scheduler and worker processes, one of which is killed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from diti_studio.core.batch import cluster, worker
from diti_studio.core.batch.blobs import Store, pack_files
from diti_studio.core.batch.templates import RESERVED
from diti_studio.core.errors import PackError, UsageError
from diti_studio.core.packs import Pack
from tests.studio.packs_factory import picture

ROOT = Path(__file__).resolve().parents[3]
PICTURES = 10

pytest.importorskip("distributed")
pytestmark = pytest.mark.usefixtures("own_folders")

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts programs whose folders are the test's own; ends those that are left."""
    started = list[subprocess.Popen[bytes]]()

    def go(*arguments: object, **variables: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(tmp_path),
            "OMP_NUM_THREADS": "1", "DASK_LOGGING__DISTRIBUTED": "error", "DASK_TEMPORARY_DIRECTORY": str(tmp_path),
            "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "10s", **variables,
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-m", *map(str, arguments)], cwd=tmp_path, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        return process

    yield go
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.communicate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "in"
    root.mkdir()
    for n in range(PICTURES):
        Image.fromarray(picture(n)).save(root / f"p{n}.png")
    (root / "text.jpg").write_text("no picture")
    return root


def until(what: Callable[[], Any], process: subprocess.Popen[bytes], seconds: float = 120) -> Any:
    """What that becomes true, while a process lives."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError(
        f"it did not come to that: {process.communicate()[1].decode() if process.poll() else 'waiting'}"
    )


def made(out: Path) -> dict[str, bytes]:
    """The results; what is being written has another name soon."""
    paths = (p for p in out.rglob("*") if p.suffix != ".part" and p.is_file() and RESERVED not in p.parts)
    return {p.name: p.read_bytes() for p in paths}


def address_in(file: Path) -> str | None:
    try:
        return str(json.loads(file.read_text())["address"])
    except (OSError, ValueError):
        return None


def test_a_killed_worker_loses_nothing(start: Start, folder: Path, tmp_path: Path) -> None:
    options = ("--sweep", "brightness=-1:1:2", "--sheet", "png", "--rows", "2", "--steps", "40", "--device", "cpu")
    alone = start("diti_studio", "batch", folder, "-o", "alone", *options)
    assert alone.wait() == 1

    file = tmp_path / "scheduler.json"
    scheduler = start(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show",
        "--scheduler-file", file,
    )  # fmt: skip
    address = until(lambda: address_in(file), scheduler)
    # Each worker has a cache of its own, as on a machine of its own, and neither sees the packs.
    workers = [
        start(
            "distributed.cli.dask_worker", address, "--no-nanny", "--nthreads", "1", "--memory-limit", "0",
            "--no-dashboard", "--local-directory", tmp_path / name, XDG_CACHE_HOME=str(tmp_path / f"cache-{name}"),
            DITI_PACKS="", XDG_DATA_HOME=str(tmp_path / "no-packs"),
        )
        for name in ("a", "b")
    ]  # fmt: skip
    out = tmp_path / "out"
    batch = start("diti_studio", "batch", folder, "-o", out, *options, "--cluster", address)
    caches = [tmp_path / f"cache-{name}" / "diti-studio" / "cluster" / "packs" for name in ("a", "b")]
    until(lambda: all(list(cache.glob("*/manifest.json")) for cache in caches), batch)
    # Both are at work. One is stopped in the middle, so that it surely holds pictures, and killed when the other one
    # has brought some, or has none left.
    workers[1].send_signal(signal.SIGSTOP)
    before, end = len(made(out)), time.monotonic() + 10
    assert before < 3 * PICTURES, "nothing was left to lose"
    until(lambda: len(made(out)) > before or time.monotonic() > end, batch)
    workers[1].kill()
    status, errors = batch.wait(), batch.stderr
    assert errors is not None
    text = errors.read().decode()
    assert status == 1, text
    assert text.count("text.jpg is not a picture") == 1
    assert made(out) == made(tmp_path / "alone")
    assert len(made(out)) == 3 * PICTURES
    assert not list(out.rglob("*.part"))
    log = (out / RESERVED / "log.txt").read_text()
    assert all(log.count(f"done {name}") == 1 for name in made(out))


@pytest.mark.parametrize(
    ("address", "words"),
    [("tcp://127.0.0.1:9", "No Dask scheduler answers"), ("127.0.0.1:99999", "No Dask scheduler answers"),
     ("nonsense", "no address"), ("tcp://x", "no address"), ("tcp://[::1]:9", "No Dask scheduler answers")],
)  # fmt: skip
def test_no_scheduler_is_one_sentence(address: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as told:
        cluster.check_address(address)
    assert "\n" not in str(told.value)


def test_what_listens_may_be_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dask itself would wait for such a one for ever."""
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(UsageError, match=f"No Dask scheduler answers at 127.0.0.1:{port}: timed out"):
            cluster.check_address(f"127.0.0.1:{port}")


def test_groups_become_smaller_so_that_all_workers_end_together() -> None:
    def sizes(left: int, threads: int) -> list[int]:
        out = list[int]()
        while left:
            out.append(cluster.group_size(left, threads))
            left -= out[-1]
        return out

    assert sizes(4, 2) == [1, 1, 1, 1]
    assert sizes(40, 2) == [8, 8, 6, 4, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1]
    assert set(sizes(10_000, 4)[:1200]) == {8}
    assert sizes(3, 0) == [3]


# -- what a worker does ------------------------------------------------------------------------------------


def test_files_are_kept_by_their_hash(tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest = hashlib.sha256(b"abc").hexdigest()
    assert store.lacks([digest]) == [digest]
    with pytest.raises(PackError, match="damaged"):
        store.put(digest, b"abd")
    assert store.lacks([digest]) == [digest]
    store.put(digest, b"abc")
    assert store.lacks([digest]) == []
    assert store.get(digest) == b"abc"
    for bad in ("../../x", "", digest.upper()):
        with pytest.raises(PackError, match="no hash"):
            store.put(bad, b"abc")
    (tmp_path / "files" / digest).write_bytes(b"abd")
    with pytest.raises(PackError, match="damaged on the disk"):
        store.get(digest)
    assert store.lacks([digest]) == [digest]


def test_a_pack_is_put_together_from_what_was_sent(tiny: Pack, tmp_path: Path) -> None:
    store, blobs = Store(tmp_path), cluster.blobs(tiny)
    manifest = next(iter(blobs))
    assert set(pack_files(blobs[manifest]).values()) == set(blobs) - {manifest}
    for digest, data in blobs.items():
        store.put(digest, data)
    for _ in range(2):
        pack = store.pack(manifest)
        assert pack.identity == tiny.identity
        pack.verify()
    (tmp_path / "packs" / manifest / "unet.onnx").unlink()
    with pytest.raises(PackError):
        store.pack(manifest)


def test_a_pack_that_leads_out_is_refused(tiny: Pack, tmp_path: Path) -> None:
    store = Store(tmp_path)
    data = hashlib.sha256(b"x").hexdigest()
    manifest = json.dumps({"files": {"../../../x": {"sha256": data, "size": 1}}}).encode()
    digest = hashlib.sha256(manifest).hexdigest()
    store.put(data, b"x")
    store.put(digest, manifest)
    with pytest.raises(PackError, match="leads out"):
        store.pack(digest)
    assert not (tmp_path.parent / "x").exists()


def test_a_worker_of_another_version_says_so(tiny: Pack) -> None:
    spec = worker.Spec("0.0.0-other", "{}", "0" * 64, (), "cpu")
    with pytest.raises(PackError, match=r"and not 0.0.0-other: install the same everywhere"):
        worker.lacking(spec)
