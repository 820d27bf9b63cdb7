"""Finding faces and their five landmarks with CenterFace, on the CPU.

The network (Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point", 2019) is
fully convolutional and answers on a grid with a stride of four pixels: a heat map of face centres, the
logarithm of the box's size, the offset of the centre inside its cell, and five landmarks in units of the box.
"""

from __future__ import annotations

import importlib
import math
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from diti_studio.core.resources import resource

Point = tuple[float, float]

_STRIDE = 4
_MULTIPLE = 32  # the backbone halves its input five times
_MAX_ENLARGEMENT = 3.0  # small pictures are enlarged up to this: the landmarks are steadier on larger faces
_MAX_OVERLAP = 0.3  # intersection over union above which the weaker of two boxes is dropped
_session_lock = threading.Lock()


@dataclass(frozen=True)
class Face:
    """A face in continuous photo coordinates: pixel i covers [i, i + 1]. Left and right are the viewer's."""

    box: tuple[float, float, float, float]
    """x0, y0, x1, y1."""
    score: float
    left_eye: Point
    right_eye: Point
    nose: Point
    mouth_left: Point
    mouth_right: Point

    @property
    def area(self) -> float:
        x0, y0, x1, y1 = self.box
        return (x1 - x0) * (y1 - y0)


def detect(pixels: NDArray[np.uint8], *, min_score: float = 0.5, max_side: int = 640) -> tuple[Face, ...]:
    """The faces of a picture, largest first.

    ``pixels`` is uint8 [H, W, 3] sRGB. The picture is looked at with its longer side scaled to ``max_side``
    pixels, so faces much smaller than a fortieth of it are missed. ``min_score`` is a probability, 0..1.
    """
    height, width = pixels.shape[:2]
    scale = min(_MAX_ENLARGEMENT, max_side / max(height, width))
    seen_width, seen_height = max(1, round(width * scale)), max(1, round(height * scale))
    image = Image.fromarray(pixels)
    if (seen_width, seen_height) != (width, height):
        image = image.resize((seen_width, seen_height), Image.Resampling.BICUBIC, reducing_gap=3.0)
    padded_height, padded_width = (math.ceil(n / _MULTIPLE) * _MULTIPLE for n in (seen_height, seen_width))
    batch = np.zeros((1, 3, padded_height, padded_width), np.float32)  # the network takes grey levels, 0..255
    batch[0, :, :seen_height, :seen_width] = np.asarray(image).transpose(2, 0, 1)

    outputs = _session().run(["heatmap", "scale", "offset", "landmarks"], {"image": batch})
    boxes, scores, points = _decode(*(output[0] for output in outputs), min_score=min_score)

    back = np.array([width / seen_width, height / seen_height])
    boxes *= np.tile(back, 2)
    points *= back
    boxes = np.clip(boxes, 0.0, np.tile([float(width), float(height)], 2))
    faces = [_face(boxes[i], scores[i], points[i]) for i in _strongest(boxes, scores)]
    return tuple(sorted(faces, key=lambda face: face.area, reverse=True))


def _decode(
    heatmap: NDArray[np.float32],
    log_size: NDArray[np.float32],
    offset: NDArray[np.float32],
    landmarks: NDArray[np.float32],
    *,
    min_score: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Boxes [N, 4] (x0, y0, x1, y1), scores [N] and landmarks [N, 5, 2] (x, y), in network input pixels.

    All maps are [C, h, w] and hold y before x: log_size and offset two channels, landmarks ten.
    """
    rows, columns = np.nonzero(heatmap[0] > min_score)
    size_yx = np.exp(log_size[:, rows, columns].T.astype(np.float64)) * _STRIDE
    cell_yx = np.stack([rows, columns], axis=1) + 0.5
    centre_yx = (cell_yx + offset[:, rows, columns].T) * _STRIDE
    corner_yx = centre_yx - size_yx / 2
    points_yx = landmarks[:, rows, columns].T.reshape(-1, 5, 2) * size_yx[:, None] + corner_yx[:, None]
    boxes = np.concatenate([corner_yx[:, ::-1], (corner_yx + size_yx)[:, ::-1]], axis=1)
    return boxes, heatmap[0, rows, columns].astype(np.float64), points_yx[:, :, ::-1].copy()


def _strongest(boxes: NDArray[np.float64], scores: NDArray[np.float64]) -> list[int]:
    """Greedy non-maximum suppression: indices of the boxes that no stronger box overlaps."""
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    kept: list[int] = []
    for i in (int(n) for n in np.argsort(-scores, kind="stable")):
        low = np.maximum(boxes[kept, :2], boxes[i, :2])
        high = np.minimum(boxes[kept, 2:], boxes[i, 2:])
        shared = np.prod(np.clip(high - low, 0.0, None), axis=1)
        union = areas[kept] + areas[i] - shared
        if not bool(np.any(shared > _MAX_OVERLAP * union)):
            kept.append(i)
    return kept


def _face(box: NDArray[np.float64], score: float, points: NDArray[np.float64]) -> Face:
    x0, y0, x1, y1 = (float(n) for n in box)
    left_eye, right_eye, nose, mouth_left, mouth_right = ((float(x), float(y)) for x, y in points)
    return Face((x0, y0, x1, y1), float(score), left_eye, right_eye, nose, mouth_left, mouth_right)


def _session() -> Any:
    with _session_lock:  # two threads that ask at once must not both load the network
        return _load_session()


@cache
def _load_session() -> Any:
    onnxruntime: Any = importlib.import_module("onnxruntime")  # slow, so only when faces are sought
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    return onnxruntime.InferenceSession(
        resource("detector", "centerface.onnx"), options, providers=["CPUExecutionProvider"]
    )
