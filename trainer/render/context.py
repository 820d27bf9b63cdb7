"""An OpenGL context without a display, through EGL."""

from __future__ import annotations

import os

import moderngl

from diti_studio.core.errors import DitiError


def create_context() -> moderngl.Context:
    """By default Mesa's software rasteriser with one thread: its pictures are the same on every machine, and
    processes scale better than its threads. Raises :class:`DitiError` where there is no EGL."""
    os.environ.setdefault("LIBGL_ALWAYS_SOFTWARE", "1")
    os.environ.setdefault("GALLIUM_DRIVER", "llvmpipe")
    os.environ.setdefault("LP_NUM_THREADS", "0")
    try:
        return moderngl.create_context(standalone=True, require=330, backend="egl")  # pyright: ignore[reportArgumentType]
    except Exception as error:  # glcontext raises bare Exception
        raise DitiError(
            "OpenGL could not be started through EGL: install the packages libegl1 and libgl1-mesa-dri "
            f"(or your system's Mesa) and try again ({error})."
        ) from error
