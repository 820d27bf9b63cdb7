"""Films: what FFmpeg reads back of them, and what is said without PyAV."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from diti_studio.core import series, video
from diti_studio.core.errors import PictureError, RuntimeUnavailableError

av: Any = pytest.importorskip("av")


def ramps(width: int = 96, height: int = 64, count: int = 4) -> list[np.ndarray]:
    """Smooth frames that get redder."""
    y, x = np.mgrid[0:height, 0:width]
    return [
        np.stack([np.full_like(x, 60 * i), x * 255 // width, y * 255 // height], axis=-1).astype(np.uint8)
        for i in range(count)
    ]


def read(data: bytes) -> tuple[Any, list[np.ndarray]]:
    """The stream's description and the frames of a film."""
    with av.open(io.BytesIO(data)) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        context = film.streams.video[0].codec_context
        told = (context.name, context.pix_fmt, float(film.streams.video[0].average_rate), context.color_trc)
    return told, frames


def test_a_film_goes_there_and_back_in_the_colours_of_its_frames() -> None:
    frames = ramps()
    told, shown = read(series.animate(frames, Path("a.MP4")))
    assert told == ("h264", "yuv420p", 1000 / series.FRAME_MS, 13)
    assert len(shown) == 6
    for seen, drawn in zip(shown, [*frames, *frames[-2:0:-1]], strict=True):
        assert np.abs(seen.astype(int) - drawn).mean() < 2.5
    _, once = read(series.animate(frames, Path("a.mp4"), there_and_back=False))
    assert len(once) == 4


def test_equal_frames_give_equal_films_and_odd_sides_lose_a_row() -> None:
    data = video.encode(ramps(97, 63), 80, "a.mp4")
    assert data == video.encode(ramps(97, 63), 80, "a.mp4")
    _, shown = read(data)
    assert shown[0].shape == (62, 96, 3)


def test_without_x264_another_codec_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av, "codecs_available", av.codecs_available - {"libx264"})
    told, shown = read(video.encode(ramps(), 80, "a.mp4"))
    assert told[0] == "mpeg4"
    assert np.abs(shown[2].astype(int) - ramps()[2]).mean() < 4
    monkeypatch.setattr(av, "codecs_available", set())
    with pytest.raises(PictureError, match=r"a\.mp4"):
        video.encode(ramps(), 80, "a.mp4")


def test_without_pyav_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RuntimeUnavailableError, match=r"pip install 'diti-studio\[video\]'") as told:
        series.animated_format(Path("a.mp4"))
    assert str(told.value).count("\n") == 0
    assert series.animated_format(Path("a.webp")) == "WEBP"
