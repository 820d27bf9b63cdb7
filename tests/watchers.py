"""A pytest plugin: a test fails that leaves something behind, or logs a warning nobody expected.

Watched are threads, QThreads, pooled Qt jobs, active QTimers, child processes, and files in the current or the
temporary folder. Both folders, the home folder and Qt's settings are private to the test run, so that nothing
here can fail through what another program does, and no test reads or writes the user's own files.

Qt is looked at only where something else has imported it. Warnings that Qt itself logs are pytest-qt's
business (``qt_log_level_fail``).
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest

GRACE = 1.0
"""Seconds that a thread or a process which is about to end may still take."""

KNOWN_THREADS = {
    "tqdm_monitor",  # tqdm starts one a process, never ends it, and it holds nothing
}
KNOWN_CHILDREN = (
    "multiprocessing.resource_tracker",  # Python starts one a process and ends it at exit
    "multiprocessing.forkserver",
)
KNOWN_FILES = ("pymp-",)  # the folder that multiprocessing makes once a process and removes at exit

T = TypeVar("T")

_run_key = pytest.StashKey["_PrivateFolders"]()


class _PrivateFolders:
    """The folders that stand in for the user's while tests run; the environment points there until ``close``."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="diti-tests-")).resolve()
        self.temporary, self.current, self.homes = (self.root / name for name in ("tmp", "cwd", "homes"))
        for folder in (self.temporary, self.current, self.homes):
            folder.mkdir()
        self._patch = pytest.MonkeyPatch()
        # pytest's own temporary folders stay where they were: they are kept after a failure.
        self._patch.setenv("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
        self._patch.setenv("TMPDIR", str(self.temporary))
        self._patch.setattr(tempfile, "tempdir", str(self.temporary))
        point_home(self._patch, self.homes / "run")

    def close(self) -> None:
        self._patch.undo()
        shutil.rmtree(self.root, ignore_errors=True)


def point_home(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Makes ``home`` and its subfolders the places where programs keep the user's files."""
    patch.setenv("HOME", str(home))
    for variable, name in {
        "XDG_CONFIG_HOME": ".config",
        "XDG_CACHE_HOME": ".cache",
        "XDG_DATA_HOME": ".local/share",
        "XDG_STATE_HOME": ".local/state",
    }.items():
        (home / name).mkdir(parents=True, exist_ok=True)
        patch.setenv(variable, str(home / name))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Turns Qt to its screenless platform where there is no screen, and the user's folders to private ones."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("NO_AT_BRIDGE", "1")  # no accessibility bus to complain about
    config.stash[_run_key] = _PrivateFolders()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Gives the environment back."""
    folders = config.stash.get(_run_key, None)
    if folders is not None:
        folders.close()


# --- logging -----------------------------------------------------------------------------------------------------


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.levelname}: {record.getMessage()}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fails a test during which Python logged a warning or worse, unless it asked for ``caplog`` to look itself."""
    collector = _Collector()
    logging.getLogger().addHandler(collector)
    try:
        result = yield
    finally:
        logging.getLogger().removeHandler(collector)
    if collector.lines and "caplog" not in getattr(item, "fixturenames", ()):
        pytest.fail("Logged, and not expected (use caplog):\n" + "\n".join(collector.lines), pytrace=False)
    return result


# --- what a test leaves behind -----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def private_folders(pytestconfig: pytest.Config) -> Iterator[None]:
    """A home of its own for each test; fails one that leaves a file in the current or the temporary folder."""
    folders = pytestconfig.stash[_run_key]
    home = Path(tempfile.mkdtemp(dir=folders.homes))
    before = _entries(folders)
    with pytest.MonkeyPatch.context() as patch:
        point_home(patch, home)
        patch.chdir(folders.current)
        _isolate_qt_settings(home)
        yield
    shutil.rmtree(home, ignore_errors=True)
    left = sorted(_entries(folders) - before)
    for path in left:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    _fail_over("files outside tmp_path", [str(path.relative_to(folders.root)) for path in left])


def _entries(folders: _PrivateFolders) -> set[Path]:
    """What lies in the two watched folders."""
    found = [*folders.current.iterdir(), *folders.temporary.iterdir()]
    return {path for path in found if not path.name.startswith(KNOWN_FILES)}


def _isolate_qt_settings(home: Path) -> None:
    """Qt reads the environment for its settings' place once a process: it has to be told of each new one."""
    if core := sys.modules.get("PySide6.QtCore"):
        for style in (core.QSettings.Format.NativeFormat, core.QSettings.Format.IniFormat):
            core.QSettings.setPath(style, core.QSettings.Scope.UserScope, str(home / ".config"))


@pytest.fixture(autouse=True)
def no_thread_left(private_folders: None) -> Iterator[None]:
    """Fails a test that leaves a Python thread running."""
    before = set(threading.enumerate())
    yield

    def left() -> list[threading.Thread]:
        return [
            thread
            for thread in threading.enumerate()
            # Python shows a dummy for each foreign thread that ran Python code; no_qt_work_left sees to those.
            if thread not in before
            and not isinstance(thread, threading._DummyThread)
            and thread.name not in KNOWN_THREADS
        ]

    _fail_over("threads", [repr(thread) for thread in _after_grace(left)])


@pytest.fixture(autouse=True)
def no_child_left(private_folders: None) -> Iterator[None]:
    """Fails a test that leaves a child process behind, and ends that process."""
    this = psutil.Process()
    before = set(this.children(recursive=True))
    yield

    def left() -> list[psutil.Process]:
        return [
            child
            for child in this.children(recursive=True)
            if child not in before and not any(known in _command(child) for known in KNOWN_CHILDREN)
        ]

    remaining = _after_grace(left)
    described = [f"{child.pid}: {_command(child)}" for child in remaining]
    for child in remaining:
        child.kill()
    psutil.wait_procs(remaining, timeout=GRACE)
    _fail_over("processes", described)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline()) or process.name()
    except psutil.Error:
        return "(ended)"


@pytest.fixture(autouse=True)
def no_qt_work_left(private_folders: None) -> Iterator[None]:
    """Fails a test that leaves a QThread running, a job in Qt's pool, or a QTimer active, and stops what it can."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        threads = _record_starts(patch, core.QThread)
        timers = _record_starts(patch, core.QTimer)
        yield
    if core.QCoreApplication.instance() is not None:
        # What was marked for deletion is not left behind.
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)

    def running() -> list[Any]:
        return [thread for thread in threads() if thread.isRunning()]

    left = [f"QThread {thread.objectName() or repr(thread)}" for thread in _after_grace(running)]
    for thread in running():
        thread.requestInterruption()
        thread.quit()
        thread.wait(1000)
    for timer in timers():
        if timer.isActive():
            left.append(f"QTimer {timer.objectName() or repr(timer)}, every {timer.interval()} ms")
            timer.stop()
    pool = core.QThreadPool.globalInstance()
    if not pool.waitForDone(int(GRACE * 1000)):
        left.append(f"{pool.activeThreadCount()} jobs in Qt's pool")
    _fail_over("Qt work", left)


def _record_starts(patch: pytest.MonkeyPatch, kind: Any) -> Callable[[], list[Any]]:
    """Notes every object of ``kind`` that is started; returns a function that gives those still alive."""
    from shiboken6 import isValid

    started: list[weakref.ref[Any]] = []
    original = kind.start

    def start(self: Any, *arguments: Any, **named: Any) -> None:
        started.append(weakref.ref(self))
        original(self, *arguments, **named)

    patch.setattr(kind, "start", start)

    def alive() -> list[Any]:
        objects = {id(thing): thing for thing in (reference() for reference in started) if thing is not None}
        return [thing for thing in objects.values() if isValid(thing)]

    return alive


def _after_grace(left: Callable[[], list[T]]) -> list[T]:
    deadline = time.monotonic() + GRACE
    while (remaining := left()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return remaining


def _fail_over(what: str, left: Iterable[str]) -> None:
    if listed := list(left):
        pytest.fail(f"The test left {what} behind:\n" + "\n".join(listed), pytrace=False)
