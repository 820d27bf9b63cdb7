"""Seconds from the command to the window, and what is imported before it shows."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from statistics import median

from benchmarks.machine import print_table

# Ends as soon as the window was shown once; nothing else differs from `diti-studio`.
PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from diti_studio.ui import app
app.run([], after_show=lambda window: QTimer.singleShot(0, window.close))
heavy = [m for m in ("onnxruntime", "PIL.Image", "pillow_heif", "numpy", "pydantic", "torch") if m in sys.modules]
print(len(sys.modules), ",".join(heavy))
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--repeat", type=int, default=5)


def run(options: argparse.Namespace) -> None:
    """The first run warms the disk cache and is not counted."""
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    rows = list[list[object]]()
    for name, code in (("python", "pass"), ("python + Qt", "import PySide6.QtWidgets"), ("window shown", PROGRAM)):
        times = list[float]()
        for _ in range(options.repeat + 1):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, env=environment, capture_output=True)
            times.append(time.perf_counter() - began)
        rows.append([name, median(times[1:]), min(times[1:]), max(times[1:])])
    print_table(("until", "median s", "min", "max"), rows)
