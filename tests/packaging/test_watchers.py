"""The watchers themselves: what they must catch, and what they must let pass. Each runs in a pytest of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with the watchers and the settings of this one."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    pytester.makeini("[pytest]\nqt_api = pyside6\nqt_log_level_fail = WARNING\nfilterwarnings = error\n")
    pytester.makeconftest('pytest_plugins = ["tests.watchers"]')
    return pytester


LEAKS = {
    "thread": (
        """
        import threading
        release = threading.Event()

        def test_leaks():
            threading.Thread(target=release.wait, daemon=True, name="forgotten").start()
        """,
        "*left threads behind*",
        "*forgotten*",
    ),
    "process": (
        """
        import os, sys

        def test_leaks():
            os.posix_spawn(sys.executable, [sys.executable, "-c", "import time; time.sleep(60)"], os.environ)
        """,
        "*left processes behind*",
        "*time.sleep(60)*",
    ),
    "file in the current folder": (
        """
        from pathlib import Path

        def test_leaks():
            Path("stray.txt").write_text("")
        """,
        "*left files outside tmp_path behind*",
        "*cwd/stray.txt*",
    ),
    "file in the temporary folder": (
        """
        import os, tempfile

        def test_leaks():
            handle, _ = tempfile.mkstemp(prefix="stray-")
            os.close(handle)
        """,
        "*left files outside tmp_path behind*",
        "*tmp/stray-*",
    ),
    "QThread": (
        """
        from PySide6.QtCore import QThread
        thread = QThread()
        thread.setObjectName("lane")

        def test_leaks(qapp):
            thread.start()
        """,
        "*left Qt work behind*",
        "*QThread lane*",
    ),
    "QTimer": (
        """
        from PySide6.QtCore import QTimer
        timer = QTimer()
        timer.setObjectName("ticker")

        def test_leaks(qapp):
            timer.start(60_000)
        """,
        "*left Qt work behind*",
        "*QTimer ticker, every 60000 ms*",
    ),
    "job in Qt's pool": (
        """
        import time
        from PySide6.QtCore import QThreadPool

        def test_leaks(qapp):
            QThreadPool.globalInstance().start(lambda: time.sleep(3))
        """,
        "*left Qt work behind*",
        "*1 jobs in Qt's pool*",
    ),
}


@pytest.mark.parametrize("kind", LEAKS)
def test_what_is_left_behind_fails(inner: pytest.Pytester, kind: str) -> None:
    code, *expected = LEAKS[kind]
    inner.makepyfile(code)
    result = inner.runpytest_subprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(expected)


def test_a_logged_warning_fails_unless_expected(inner: pytest.Pytester) -> None:
    inner.makepyfile(
        """
        import logging
        import PySide6.QtCore

        def test_python_warning():
            logging.getLogger("studio").warning("the cache is full")

        def test_expected(caplog):
            logging.getLogger("studio").warning("the cache is full")
            assert "full" in caplog.text

        def test_information():
            logging.getLogger("studio").info("the cache was made")

        def test_qt_warning():
            PySide6.QtCore.qWarning("QPainter: not active")
        """
    )
    result = inner.runpytest_subprocess()
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines_random(["*studio: WARNING: the cache is full*", "*QPainter: not active*"])


def test_what_is_cleared_away_passes(inner: pytest.Pytester) -> None:
    inner.makepyfile(
        """
        import os, subprocess, sys, tempfile, threading
        from pathlib import Path
        from PySide6.QtCore import QSettings, QStandardPaths, QThread, QTimer

        def test_clean(qtbot, tmp_path):
            thread = threading.Thread(target=lambda: None)
            thread.start()
            subprocess.run([sys.executable, "-c", ""], check=True)
            with tempfile.TemporaryDirectory() as folder:
                (Path(folder) / "a").write_text("")
            (tmp_path / "b").write_text("")
            worker, timer = QThread(), QTimer()
            worker.start()
            timer.start(1000)
            timer.stop()
            worker.quit()
            assert worker.wait(5000)
            doomed = QTimer()
            doomed.start(1000)
            doomed.deleteLater()

        def test_settings_are_written():
            settings = QSettings("DiTi", "Watchers")
            settings.setValue("size", 3)
            settings.sync()
            assert Path(settings.fileName()).is_relative_to(os.environ["HOME"])
            cache = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.CacheLocation)
            assert Path(cache).is_relative_to(os.environ["HOME"])

        def test_settings_do_not_reach_the_next_test():
            assert QSettings("DiTi", "Watchers").value("size") is None
        """
    )
    inner.runpytest_subprocess().assert_outcomes(passed=3)


def test_the_private_folders_are_removed(inner: pytest.Pytester) -> None:
    inner.makepyfile(
        """
        import os

        def test_home_is_private():
            print("HOME is", os.environ["HOME"])
        """
    )
    result = inner.runpytest_subprocess("-s")
    result.assert_outcomes(passed=1)
    [home] = [line.partition("HOME is ")[2] for line in result.outlines if "HOME is " in line]
    assert "diti-tests-" in home
    assert not Path(home).parents[1].exists()
