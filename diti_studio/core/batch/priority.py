"""Politeness to whatever else runs on this machine."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from typing import Any

_BELOW_NORMAL, _IDLE = 0x4000, 0x40  # priority classes of Windows


def lower_thread(by: int) -> None:
    """Lowers the priority of the calling thread, and of those that it starts from now on, by 1..19.

    Only Linux can do so; elsewhere it would slow the whole program, and nothing is done.
    """
    if sys.platform == "linux":
        lower(by)


def lower(by: int) -> None:
    """Lowers this process's priority by 1..19; never raises it again. What the system refuses is left as it is.

    On Linux it holds for the calling thread and those that it starts from now on.
    """
    with contextlib.suppress(OSError, AttributeError):
        if os.name == "nt":
            kernel: Any = ctypes.WinDLL("kernel32")  # pyright: ignore[reportUnknownVariableType, reportAttributeAccessIssue]
            kernel.SetPriorityClass(kernel.GetCurrentProcess(), _IDLE if by >= 15 else _BELOW_NORMAL)
        else:
            os.nice(by)
