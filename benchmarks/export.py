"""What it costs to write an edited photo of 24 megapixels whole: in sRGB, and in the colours of its own."""

from __future__ import annotations

import argparse
import io
import multiprocessing
import resource
import struct
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image, ImageCms

from benchmarks.machine import print_table
from diti_studio.core import framing, pictures
from diti_studio.core.colour import Profile
from diti_studio.core.editor import Subject
from diti_studio.core.export import develop
from diti_studio.core.framing import Frame

WIDTH, HEIGHT, SIDE = 6000, 4000, 2800
DISPLAY_P3 = {  # XYZ of the primaries, adapted to D50
    b"rXYZ": (0.51512, 0.24120, -0.00105), b"gXYZ": (0.29198, 0.69225, 0.04189), b"bXYZ": (0.15710, 0.06657, 0.78407),
}  # fmt: skip
CASES: tuple[tuple[bool, Profile], ...] = ((False, "srgb"), (True, "srgb"), (True, "own"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--side", type=int, default=SIDE, help="of the framed square, in pixels of the photo")


def run(options: argparse.Namespace) -> None:
    """Each case in a process of its own, whose peak of memory is its own."""
    print(f"{WIDTH} x {HEIGHT} pixels as JPEG, a square of {options.side} edited; the network's time is left out\n")
    rows = list[tuple[object, ...]]()
    for wide, profile in CASES:
        measured = _alone(_measure, _alone(_photo, wide), profile, options.side)
        rows.append(("wide" if wide else "sRGB", "its own" if profile == "own" else "sRGB", *measured))
    print_table(
        ("the photo's profile", "written in", "reading, s", "held while open, MB", "developing, s", "peak, MB"), rows
    )


def _alone(work: Callable[..., Any], *arguments: object) -> Any:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def _measure(data: bytes, profile: Profile, side: int) -> tuple[float, float, float, float]:
    before = _peak()
    began = time.perf_counter()
    picture = pictures.decode(data, "photo.jpg")
    reading = time.perf_counter() - began
    held = picture.pixels.nbytes + (picture.own.held if picture.own else 0)
    frame = Frame(WIDTH / 2, HEIGHT / 2, float(side))
    square = framing.cut(picture.pixels, frame)
    subject = Subject(picture, frame, square, square[:64, :64], np.zeros(1, np.float32), "", ())
    edited = np.clip(square.astype(np.int16) + np.linspace(0, 40, side).astype(np.int16)[:, None, None], 0, 255)
    edited = edited.astype(np.uint8)
    began = time.perf_counter()
    made = develop(subject, edited, area="photo", profile=profile)
    developing = time.perf_counter() - began
    assert (made.profile is not None) == (profile == "own")
    return reading, held / 1e6, developing, (_peak() - before) / 1e6


def _photo(wide: bool) -> bytes:
    """Soft colours with some texture; the wide profile is sRGB's with the primaries of Display P3."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    planes = [128 + 100 * np.sin(x / 300 + k) * np.cos(y / 200 - k) for k in range(3)]
    pixels = np.stack(planes, axis=-1) + np.random.default_rng(0).integers(-6, 7, (HEIGHT, WIDTH, 3), np.int8)
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for tag in range(struct.unpack_from(">I", profile, 128)[0] if wide else 0):  # ICC.1:2010, 7.3
        name, offset = struct.unpack_from(">4sI", profile, 132 + 12 * tag)
        if name in DISPLAY_P3:
            struct.pack_into(">3i", profile, offset + 8, *(round(65536 * n) for n in DISPLAY_P3[name]))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=92, icc_profile=bytes(profile))
    return buffer.getvalue()


def _peak() -> int:
    """The most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
