"""An animation as an MP4 film. FFmpeg's libraries write it; PyAV brings them, which is the extra ``video``."""

from __future__ import annotations

import importlib
import importlib.util
import io
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from diti_studio.core.errors import PictureError, RuntimeUnavailableError

INSTALL = "pip install 'diti-studio[video]'"

# H.264 plays everywhere; MPEG-4 part 2, which FFmpeg always has, nearly so. Each with what makes it look as drawn.
_ENCODERS = (("libx264", {"crf": "18", "preset": "slow"}), ("mpeg4", {"qmin": "2", "qmax": "3"}))
_BT709, _SRGB, _VIDEO_RANGE = 1, 13, 1  # ITU-T H.273: primaries and matrix, transfer; and levels from 16 to 235


def is_available() -> bool:
    """True where PyAV is installed; it is not loaded for that."""
    return importlib.util.find_spec("av") is not None


def check_available(name: str) -> None:
    """Raises RuntimeUnavailableError, which says what to do, where a film of this name could not be written."""
    if not is_available():
        raise RuntimeUnavailableError(f"{name} cannot be written without PyAV: {INSTALL}, or use .webp or .gif.")


def encode(frames: Sequence[npt.NDArray[np.uint8]], frame_ms: int, name: str) -> bytes:
    """The bytes of a film of sRGB frames [H,W,3]; an odd last row or column is left out, as codecs demand.

    Raises RuntimeUnavailableError without PyAV, and PictureError where a film cannot be made.
    """
    check_available(name)
    height, width = (n - n % 2 for n in frames[0].shape[:2])
    buffer = io.BytesIO()
    try:
        av: Any = importlib.import_module("av")
    except ImportError as error:
        raise RuntimeUnavailableError(f"{name} cannot be written, because PyAV does not start: {error}.") from error
    try:
        encoder, options = next(entry for entry in _ENCODERS if entry[0] in av.codecs_available)
        with av.open(buffer, "w", format="mp4") as film:
            stream = film.add_stream(encoder, rate=Fraction(1000, frame_ms), options=options)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            context = stream.codec_context
            context.color_primaries = context.colorspace = _BT709
            context.color_trc, context.color_range = _SRGB, _VIDEO_RANGE
            for frame in frames:
                shown = np.ascontiguousarray(frame[:height, :width])
                picture = av.VideoFrame.from_ndarray(shown, format="rgb24")
                film.mux(stream.encode(picture.reformat(format="yuv420p", dst_colorspace=_BT709)))
            film.mux(stream.encode())
    except (av.FFmpegError, OSError, ValueError, MemoryError, StopIteration) as error:
        raise PictureError(f"{name} cannot be written as MP4: {error}.") from error
    return buffer.getvalue()
