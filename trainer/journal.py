"""What a run says: lines for a person, metrics.jsonl for programs, and TensorBoard where it is installed."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


class Journal:
    """The log of a run. Where stderr is a terminal a progress bar shows the images seen; elsewhere there are lines.

    Args:
        seen, total: images before this process began, and when it will be done.
    """

    def __init__(self, run: Path, seen: int, total: int) -> None:
        self._file = (run / "metrics.jsonl").open("a", encoding="utf-8")
        self._total = total
        self._began, self._first = time.monotonic(), seen
        self._board = _board(run / "tensorboard")
        self._bar: Any = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=total, initial=seen, unit="img", unit_scale=True, dynamic_ncols=True)

    def line(self, text: str) -> None:
        """A line for the person at the terminal or the reader of the log."""
        if self._bar is not None:
            self._bar.write(text, file=sys.stderr)
        else:
            print(text, file=sys.stderr, flush=True)  # noqa: T201

    def progress(self, step: int, images: int, values: Mapping[str, float]) -> None:
        """Losses at a step, with speed and time left."""
        speed = (images - self._first) / max(time.monotonic() - self._began, 1e-9)
        self.metrics(step, images, {**values, "images_per_second": speed})
        losses = "  ".join(f"{name} {value:.4f}" for name, value in values.items())
        if self._bar is not None:
            self._bar.update(images - self._bar.n)
            self._bar.set_postfix_str(losses)
        else:
            left = duration((self._total - images) / speed) if speed > 0 else "?"
            self.line(f"step {step}  {images}/{self._total} images  {losses}  {speed:.1f} images/s  {left} left")

    def metrics(self, step: int, images: int, values: Mapping[str, float]) -> None:
        """Numbers for programs."""
        rounded = {name: float(f"{value:.6g}") for name, value in values.items()}
        record = {"step": step, "images": images, "time": round(time.time(), 1)} | rounded
        self._file.write(json.dumps(record) + "\n")
        self._file.flush()
        if self._board is not None:
            for name, value in values.items():
                self._board.add_scalar(name, value, step)

    def picture(self, step: int, sheet: npt.NDArray[np.uint8]) -> None:
        """A sheet of pictures [H,W,3] for TensorBoard; the run folder keeps it as a file."""
        if self._board is not None:
            self._board.add_image("samples", sheet, step, dataformats="HWC")

    def close(self) -> None:
        """Ends the log."""
        self._file.close()
        if self._bar is not None:
            self._bar.close()
        if self._board is not None:
            self._board.close()


class Counter:
    """Says how far a job of ``total`` things is: a bar on a terminal, else a line at every tenth."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._bar: Any = None
        self._told = 0

    def __enter__(self) -> Counter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, done: int, total: int) -> None:
        if sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = self._bar if self._bar is not None else tqdm(total=total, initial=done, unit=f" {self._unit}")
            self._bar.update(done - self._bar.n)
        elif 10 * done // total > self._told or done == total:
            self._told = 10 * done // total
            print(f"{done} of {total} {self._unit}", file=sys.stderr, flush=True)  # noqa: T201


def duration(seconds: float) -> str:
    """Such as 45 s, 12 min, 3 h 05."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d}"


def _board(folder: Path) -> Any:
    try:
        from torch.utils.tensorboard.writer import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder))
