"""Starts the window: arguments, look, log file, and a picture of itself on demand."""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from diti_studio.core.errors import DitiError, RuntimeUnavailableError, UsageError
from diti_studio.ui import language as speech
from diti_studio.ui import theme
from diti_studio.ui.answers import (
    Failed,
    PackReady,
)
from diti_studio.ui.imaging import to_pixels
from diti_studio.ui.jobs import (
    LoadPack,
    OpenPicture,
    Source,
)
from diti_studio.ui.main_window import REST_MS, MainWindow
from diti_studio.ui.preferences import Preferences

log = logging.getLogger(__name__)

LOG_BYTES = 1 << 20
SCREENSHOT_SECONDS = 300


def run(
    pictures: Sequence[str] = (),
    *,
    screenshot: str | None = None,
    pack: str | None = None,
    device: str = "auto",
    language: str | None = None,
    after_show: Callable[[MainWindow], object] | None = None,
) -> int:
    """Shows the window until it is closed and returns the exit status.

    Args:
        pictures: files to open.
        screenshot: a file to which a picture of the window is written once the picture (the first sample where none
            is given) has been rebuilt; then the program ends. No display is needed for it.
        pack, device: instead of those that were chosen in the window; "auto" leaves the device as chosen.
        language: a code or "system", instead of the one that was chosen in the window.
        after_show: called with the window once it shows.

    Raises:
        DitiError: no display; or, with ``screenshot``, what kept the picture from being opened.
    """
    _find_display(needed=screenshot is None)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    QCoreApplication.setApplicationName("diti-studio")
    application.setApplicationDisplayName("DiTi Studio")
    application.setDesktopFileName("diti-studio")
    _log_to_file()
    preferences = Preferences()
    theme.apply(application, preferences.scheme)
    speech.apply(application, speech.known(language) if language is not None else preferences.language)
    window = MainWindow(
        preferences, pack=pack, device=None if device == "auto" else device, remember_layout=screenshot is None
    )
    sources = [Path(picture) for picture in pictures]
    shooter = _Screenshot(window, Path(screenshot), sources) if screenshot is not None else None
    sys.excepthook = _reporter(window, shooter)
    window.show()
    QTimer.singleShot(0, window.start)
    if screenshot is None and after_show is None:
        window.tour.begin_with_first_picture()
    if sources:
        window.open_all([Source.file(path) for path in sources])
    if after_show is not None:
        after_show(window)
    application.exec()
    sys.excepthook = sys.__excepthook__
    if shooter is not None and shooter.error is not None:
        raise shooter.error
    return 0


class _Screenshot:
    """Waits until the picture has been rebuilt, writes what the window looks like, and closes it."""

    def __init__(self, window: MainWindow, path: Path, sources: Sequence[Path]) -> None:
        from diti_studio.core.pictures import WRITTEN_FORMATS

        if path.suffix.lower() not in WRITTEN_FORMATS:
            raise UsageError(f"{path} has no suffix that can be written: use {', '.join(WRITTEN_FORMATS)}.")
        self.error: DitiError | None = None
        self._window = window
        self._path = path
        self._sources = sources
        self._limit = QTimer(window)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._give_up)
        self._limit.start(SCREENSHOT_SECONDS * 1000)
        window.failed.connect(self._on_failed)
        window.preview.assessed.connect(self._take)
        if not sources:
            window.models.ready.connect(self._open_sample)

    def _open_sample(self, ready: PackReady) -> None:
        if ready.samples:
            self._window.open_source(ready.samples[0])
        else:
            self._take()

    def _take(self) -> None:
        QTimer.singleShot(2 * REST_MS, self._window, self._write)  # when the window has come to rest

    def _write(self) -> None:
        from diti_studio.core import pictures

        try:
            pictures.save(to_pixels(self._window.grab().toImage()), self._path, sources=self._sources)
        except DitiError as error:
            self.end(error)
        else:
            self.end(None)

    def _on_failed(self, failed: Failed) -> None:
        if isinstance(failed.job, LoadPack | OpenPicture) or not failed.expected:
            self.end(failed.error if isinstance(failed.error, DitiError) else RuntimeUnavailableError(failed.text))

    def _give_up(self) -> None:
        self.end(RuntimeUnavailableError(f"The picture was not ready within {SCREENSHOT_SECONDS} seconds."))

    def end(self, error: DitiError | None) -> None:
        """Closes the window; ``error`` is what ``run`` raises."""
        self.error = error
        self._limit.stop()
        self._window.close()


def _find_display(needed: bool) -> None:
    """Without a display, a screenshot is drawn off screen, and anything else cannot be shown."""
    chosen = os.environ.get("QT_QPA_PLATFORM") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if chosen or sys.platform in ("win32", "darwin"):
        return
    if needed:
        raise RuntimeUnavailableError(
            "There is no display to show a window on: use `diti-studio edit` (--help explains), or --screenshot FILE."
        )
    os.environ["QT_QPA_PLATFORM"] = "offscreen"


def log_path() -> Path:
    """The file that holds what users are not bothered with."""
    import platformdirs

    return platformdirs.user_log_path("diti-studio", appauthor=False) / "diti-studio.log"


def _log_to_file() -> None:
    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=LOG_BYTES, backupCount=1, delay=True, encoding="utf-8"
        )
    except OSError:
        return  # a home that cannot be written to is no reason not to start
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.INFO)
    root = logging.getLogger("diti_studio")
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    qInstallMessageHandler(_log_qt)


def _log_qt(kind: QtMsgType, context: object, text: str) -> None:
    """What Qt would write to the terminal."""
    serious = kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
    logging.getLogger("diti_studio.qt").log(logging.ERROR if serious else logging.INFO, "%s", text)


def _reporter(
    window: MainWindow, shooter: _Screenshot | None
) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """An exception hook: what nobody caught goes to the log, and a sentence to the window, which lives on."""

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        log.critical("unexpected", exc_info=(kind, error, trace))
        window.report_defect(f"{kind.__name__}: {error}")
        if shooter is not None:
            shooter.end(RuntimeUnavailableError(f"This should not have happened; details are in {log_path()}."))

    return report
