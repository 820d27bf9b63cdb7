"""The square that the model sees, and the exact way from it back into the photo.

Coordinates are continuous: pixel i covers [i, i + 1], x to the right, y down. Angles are in degrees, positive
when the square is turned counter-clockwise on the screen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, model_validator

from diti_studio.core.errors import DitiError, PictureError, UsageError
from diti_studio.core.faces import Face, detect

MIN_SIZE = 16.0
"""The smallest side of a frame, in photo pixels."""

_MAX_COORDINATE = 1e6  # beyond any photo; keeps later arithmetic and allocations finite
_TILT = 5.0  # degrees beyond which the detector's landmarks lean back towards an upright face
_SMALL_FACE = 0.05  # eye distance as a share of the picture's longer side, below which its grid is coarse
_SECOND_LOOK = 256  # pixels; with faces as large in it as in the detector's own training, and quick

_MAX_REACH = 4.0  # how many times as large as the picture a frame may be: most of it is mirrored then
_MAX_SIDE = 20_000.0
_BAND_PIXELS = 1 << 20
_FORM = "X,Y,SIZE or X,Y,SIZE,ANGLE"


@dataclass(frozen=True)
class Frame:
    """A square on the upright photo: its centre and side in photo pixels, its turn in degrees."""

    cx: float
    cy: float
    size: float
    angle: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.cx, self.cy, self.size, self.angle)
        if not all(math.isfinite(n) and abs(n) <= _MAX_COORDINATE for n in numbers):
            raise UsageError("A frame needs finite numbers within the picture's reach.")
        if self.size < MIN_SIZE:
            raise UsageError(f"A frame of {self.size:g} pixels is too small: it needs at least {MIN_SIZE:g}.")

    @classmethod
    def parse(cls, text: str) -> Frame:
        """Reads ``X,Y,SIZE[,ANGLE]``, X and Y being the centre; raises UsageError for anything else."""
        parts = text.split(",")
        try:
            numbers = [float(part) for part in parts]
        except ValueError:
            numbers = []
        if len(numbers) not in (3, 4):
            raise UsageError(f"{text!r} is no frame: write {_FORM} (centre, side, turn; in pixels and degrees).")
        return cls(*numbers)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Frame:
        """The inverse of :meth:`to_json`; raises UsageError."""
        try:
            return cls(**{name: float(value) for name, value in data.items()})
        except (TypeError, ValueError) as error:
            raise UsageError("A frame is written as the numbers cx, cy, size and angle.") from error

    def to_json(self) -> dict[str, float]:
        return {name: float(value) for name, value in asdict(self).items()}

    @property
    def axis(self) -> NDArray[np.float64]:
        """The unit vector [2] (x, y) that points to the square's right."""
        turn = math.radians(self.angle % 360.0)
        return np.array([math.cos(turn), -math.sin(turn)])

    def corners(self) -> NDArray[np.float64]:
        """Photo coordinates [4, 2] of the square's corners: top left, top right, bottom right, bottom left."""
        return self.to_photo(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), 1.0)

    def to_photo(self, points: NDArray[np.float64], side: float) -> NDArray[np.float64]:
        """Square coordinates [N, 2] in [0, side] to photo coordinates [N, 2]."""
        axis = self.axis
        local = (points / side - 0.5) * self.size
        return local @ np.array([axis, [-axis[1], axis[0]]]) + np.array([self.cx, self.cy])

    def to_square(self, points: NDArray[np.float64], side: float) -> NDArray[np.float64]:
        """Photo coordinates [N, 2] to square coordinates [N, 2] in [0, side]: the inverse of :meth:`to_photo`."""
        axis = self.axis
        local = (points - np.array([self.cx, self.cy])) @ np.array([axis, [-axis[1], axis[0]]]).T
        return (local / self.size + 0.5) * side


@dataclass(frozen=True)
class Framed:
    """A frame, the faces that were looked at to find it, and what the user should hear of it."""

    frame: Frame
    faces: tuple[Face, ...] = ()
    note: str | None = None


_NUMBERS: dict[str, dict[str, float]] = {
    "ffhq": {"eyes": 2.0, "mouth": 1.8, "shift": 0.1},
    "celeba": {"top": 57.0, "left": 25.0, "side": 128.0},
    "centre": {},
    "whole": {},
}

# Where CelebA's aligned 178x218 pictures have the eyes (Liu et al., "Deep Learning Face Attributes in the Wild",
# ICCV 2015: list_landmarks_align_celeba.txt gives 69,111 and 108,111 as pixel indices).
_CELEBA_LEFT_EYE = np.array([69.5, 111.5])
_CELEBA_RIGHT_EYE = np.array([108.5, 111.5])


class FramingRecipe(BaseModel):
    """How a pack's training pictures were cut: the recipe's name and the numbers in which it differs from the usual.

    ``ffhq`` (eyes, mouth, shift) and ``celeba`` (top, left, side) align a face, ``centre`` takes the largest
    central square, ``whole`` a square picture as it is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Literal["ffhq", "celeba", "centre", "whole"]
    numbers: dict[str, float] = Field(default_factory=dict[str, float])

    @model_validator(mode="after")
    def _check_numbers(self) -> FramingRecipe:
        for name, value in self.numbers.items():
            if name not in _NUMBERS[self.name]:
                raise ValueError(f"the framing {self.name!r} has no number {name!r}")
            if not (math.isfinite(value) and abs(value) < 1000):
                raise ValueError(f"the framing number {name!r} is out of bounds")
        return self

    @property
    def aligns(self) -> bool:
        """True when it puts the square around a face."""
        return self.name in ("ffhq", "celeba")

    def number(self, name: str) -> float:
        return self.numbers.get(name, _NUMBERS[self.name][name])


def frame_for(pixels: NDArray[np.uint8], recipe: FramingRecipe, choice: str = "auto") -> Framed:
    """The frame that ``choice`` (auto, whole, centre or X,Y,SIZE[,ANGLE]) means for a picture, uint8 [H, W, 3].

    ``auto`` follows the pack's recipe: the largest face, aligned; the centre where there is none, with a note.
    Raises UsageError for a choice that is none of these and PictureError for a picture that cannot be framed so.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < MIN_SIZE:
        raise PictureError(f"The picture is {width}×{height}: it needs at least {MIN_SIZE:g} pixels a side.")
    if choice == "centre":
        return Framed(_centre(width, height))
    if choice == "whole":
        if width != height:
            raise PictureError(
                f"The picture is {width}×{height}, not square: frame it with auto, centre or X,Y,SIZE instead."
            )
        return Framed(_centre(width, height))
    if choice != "auto":
        return Framed(_chosen(choice, width, height))
    if recipe.name == "centre":
        return Framed(_centre(width, height))
    if recipe.name == "whole":
        note = None if width == height else "the picture is not square: its centre is used"
        return Framed(_centre(width, height), note=note)

    faces = detect(pixels)
    for face in faces:
        try:
            better = _looked_at_again(pixels, face)
            frame = align(better, recipe)
        except DitiError:  # a face of a few pixels; the next one is smaller still but may be better seen
            continue
        note = f"{len(faces)} faces found: the largest is used" if len(faces) > 1 else None
        return Framed(frame, tuple(better if f is face else f for f in faces), note)
    note = "the face is too small: the centre of the picture is used" if faces else None
    return Framed(_centre(width, height), faces, note or "no face found: the centre of the picture is used")


def frame_face(pixels: NDArray[np.uint8], face: Face, recipe: FramingRecipe) -> Frame:
    """The frame of a face that ``detect`` found in a picture, uint8 [H, W, 3], under an aligning recipe.

    A tilted or small face is looked at a second time. Raises UsageError for a face of a few pixels.
    """
    return align(_looked_at_again(pixels, face), recipe)


def align(face: Face, recipe: FramingRecipe) -> Frame:
    """The frame of a face under an aligning recipe; raises UsageError for a face of a few pixels."""
    return _celeba(face, recipe) if recipe.name == "celeba" else _ffhq(face, recipe)


def cut(pixels: NDArray[np.uint8], frame: Frame, size: int | None = None) -> NDArray[np.uint8]:
    """The square under the frame as uint8 [S, S, 3]; ``size`` None means the frame's own pixel count, rounded.

    An upright frame on whole pixels at its own size is copied bit for bit; all else is resampled with
    antialiasing. Beyond the photo's edge its mirror image is seen.
    """
    _check_reach(frame, pixels.shape[1], pixels.shape[0])
    side = round(frame.size) if size is None else size
    left, top = frame.cx - frame.size / 2, frame.cy - frame.size / 2
    if _is_upright(frame) and side == frame.size and left.is_integer() and top.is_integer():
        return _mirrored(pixels, int(left), int(top), side, side)

    # Work on the region the frame needs, first reduced by a whole factor where many source pixels fall on one:
    # what is left for the filters then costs no more than the square itself.
    factor = max(1, int(frame.size / side / 4))
    margin = 4 * factor  # the filters' reach
    corners = frame.corners()
    x0, y0 = (math.floor(n) - margin for n in corners.min(axis=0))
    width, height = (
        math.ceil((math.ceil(n) + margin - start) / factor) * factor
        for n, start in zip(corners.max(axis=0), (x0, y0), strict=True)
    )
    region = Image.fromarray(_mirrored(pixels, x0, y0, width, height)).reduce(factor)
    cx, cy, extent = (frame.cx - x0) / factor, (frame.cy - y0) / factor, frame.size / factor
    if _is_upright(frame):
        box = (cx - extent / 2, cy - extent / 2, cx + extent / 2, cy + extent / 2)
        return np.asarray(region.resize((side, side), Image.Resampling.LANCZOS, box=box))
    native = max(side, math.ceil(extent))  # turned at the source's own density, then scaled down
    ax, ay = (float(n) for n in frame.axis * (extent / native))
    origin_x, origin_y = cx - (ax - ay) * native / 2, cy - (ay + ax) * native / 2
    square = np.empty((side, side, 3), np.uint8)
    for channel, band in enumerate(region.split()):  # as floats: on bytes Pillow's turn cuts off instead of rounding
        turned = _affine(band.convert("F"), (native, native), (ax, -ay, origin_x, ay, ax, origin_y))
        turned = turned.resize((side, side), Image.Resampling.LANCZOS)
        square[:, :, channel] = np.rint(np.clip(np.asarray(turned), 0, 255))
    return square


def put_back(
    pixels: NDArray[np.uint8], change: NDArray[np.floating | np.integer], frame: Frame, feather: float = 0.08
) -> NDArray[np.uint8]:
    """The photo with a change of its framed square added under a mask that fades out at the square's edges.

    ``change`` is [S, S, 3] in grey levels (-255..255), ``feather`` the width of the fade as a share of the
    side, 0..0.5. Sides of the square that lie on or beyond the photo's edge do not fade: there is no seam to hide.
    Where the warped change is zero, and everywhere outside the frame, the photo stays bit for bit.

    The change is added to the levels of the photo's own profile, whatever that is (``colour``), not to light: in linear
    light the filters' errors would weigh more in the dark, and the result be 3 to 4 dB worse (benchmarks/detail.py).
    """
    height, width = pixels.shape[:2]
    result = pixels.copy()
    corners = frame.corners()
    x0, y0 = (max(0, math.floor(n)) for n in corners.min(axis=0))
    x1, y1 = (min(limit, math.ceil(n)) for n, limit in zip(corners.max(axis=0), (width, height), strict=True))
    if x0 >= x1 or y0 >= y1:
        return result
    spread = [_spread(change[:, :, channel], frame) for channel in range(3)]
    step = max(1, _BAND_PIXELS // (x1 - x0))  # rows at a time, so that memory stays bounded
    for top in range(y0, y1, step):
        bottom = min(top + step, y1)
        mask = _mask(frame, (width, height), (x0, top, x1, bottom), feather)
        for channel, image in enumerate(spread):
            warped = _warp_back(image, frame, (x0, top, x1, bottom))
            area = result[top:bottom, x0:x1, channel]
            area[...] = np.rint(np.clip(area + mask * warped, 0, 255)).astype(np.uint8)
    return result


def _looked_at_again(pixels: NDArray[np.uint8], face: Face) -> Face:
    """A tilted or small face with the landmarks of a second look, at an upright and enlarged cut of it.

    A face that is upright and large keeps its landmarks, so that it is framed as the training pictures were.
    """
    usual = align(face, FramingRecipe(name="ffhq"))
    tilt = abs((usual.angle + 180) % 360 - 180)
    eye_distance = math.dist(face.left_eye, face.right_eye)
    if tilt <= _TILT and eye_distance >= _SMALL_FACE * max(pixels.shape[:2]):
        return face
    closer = Frame(usual.cx, usual.cy, 1.6 * usual.size, usual.angle)
    middle = _SECOND_LOOK / 2
    seen = detect(cut(pixels, closer, _SECOND_LOOK), max_side=_SECOND_LOOK)
    # A neighbour may be in the cut as well: the same face is the one around the middle.
    same = [f for f in seen if f.box[0] < middle < f.box[2] and f.box[1] < middle < f.box[3]]
    if not same:
        return face
    found = same[0]
    points = [found.left_eye, found.right_eye, found.nose, found.mouth_left, found.mouth_right]
    left_eye, right_eye, nose, mouth_left, mouth_right = (
        (float(x), float(y)) for x, y in closer.to_photo(np.array(points), _SECOND_LOOK)
    )
    return Face(face.box, face.score, left_eye, right_eye, nose, mouth_left, mouth_right)


def _chosen(choice: str, width: int, height: int) -> Frame:
    if "," not in choice:
        raise UsageError(f"{choice!r} is no framing: choose auto, whole, centre or {_FORM}.")
    frame = Frame.parse(choice)
    low, high = frame.corners().min(axis=0), frame.corners().max(axis=0)
    if not (low[0] < width and low[1] < height and high[0] > 0 and high[1] > 0):
        raise UsageError(f"The frame {choice} lies outside the picture, which is {width}×{height}.")
    _check_reach(frame, width, height)
    return frame


def size_limits(width: int, height: int) -> tuple[float, float]:
    """The smallest and the largest side, in photo pixels, of a frame on a photo of this size."""
    return MIN_SIZE, min(_MAX_REACH * max(width, height), _MAX_SIDE)


def _check_reach(frame: Frame, width: int, height: int) -> None:
    if frame.size > size_limits(width, height)[1]:
        raise UsageError(f"A frame of {frame.size:g} pixels is too large for a picture of {width}×{height}.")


def _centre(width: int, height: int) -> Frame:
    """The largest central square, on whole pixels."""
    side = min(width, height)
    return Frame((width - side) // 2 + side / 2, (height - side) // 2 + side / 2, float(side))


def _ffhq(face: Face, recipe: FramingRecipe) -> Frame:
    """Karras et al., "A Style-Based Generator Architecture for GANs", CVPR 2019, appendix C, on five landmarks."""
    left_eye, right_eye = np.array(face.left_eye), np.array(face.right_eye)
    eyes = (left_eye + right_eye) / 2
    eye_to_eye = right_eye - left_eye
    eye_to_mouth = (np.array(face.mouth_left) + np.array(face.mouth_right)) / 2 - eyes
    axis = eye_to_eye - np.array([-eye_to_mouth[1], eye_to_mouth[0]])
    half = max(recipe.number("eyes") * math.hypot(*eye_to_eye), recipe.number("mouth") * math.hypot(*eye_to_mouth))
    centre = eyes + recipe.number("shift") * eye_to_mouth
    return Frame(float(centre[0]), float(centre[1]), 2 * half, _angle(axis))


def _celeba(face: Face, recipe: FramingRecipe) -> Frame:
    """The crop of CelebA's aligned picture, carried to the photo by the similarity that matches the two eyes."""
    left_eye, right_eye = np.array(face.left_eye), np.array(face.right_eye)
    eye_to_eye = right_eye - left_eye
    scale = math.hypot(*eye_to_eye) / (_CELEBA_RIGHT_EYE - _CELEBA_LEFT_EYE)[0]
    right = eye_to_eye / max(math.hypot(*eye_to_eye), 1e-9)
    half = recipe.number("side") / 2
    crop_centre = np.array([recipe.number("left") + half, recipe.number("top") + half])
    x, y = (crop_centre - (_CELEBA_LEFT_EYE + _CELEBA_RIGHT_EYE) / 2) * scale
    centre = (left_eye + right_eye) / 2 + x * right + y * np.array([-right[1], right[0]])
    return Frame(float(centre[0]), float(centre[1]), 2 * half * scale, _angle(eye_to_eye))


def _angle(right: NDArray[np.float64]) -> float:
    return math.degrees(math.atan2(-right[1], right[0]))


def _is_upright(frame: Frame) -> bool:
    return frame.angle % 360.0 == 0.0


def _mirrored(pixels: NDArray[np.uint8], left: int, top: int, width: int, height: int) -> NDArray[np.uint8]:
    """A copy of a region that may reach beyond the photo, which is continued by its mirror images."""
    if left >= 0 and top >= 0 and left + width <= pixels.shape[1] and top + height <= pixels.shape[0]:
        return pixels[top : top + height, left : left + width].copy()
    rows, columns = (
        _mirrored_indices(start, count, limit)
        for start, count, limit in ((top, height, pixels.shape[0]), (left, width, pixels.shape[1]))
    )
    return pixels[rows[:, None], columns[None, :]]


def _mirrored_indices(start: int, count: int, limit: int) -> NDArray[np.intp]:
    index = np.arange(start, start + count) % (2 * limit)
    return np.where(index < limit, index, 2 * limit - 1 - index)


@dataclass(frozen=True, eq=False)
class _Spread:
    """One channel of a change, ``side`` pixels a side, continued by ``margin`` pixels beyond its edges."""

    image: Image.Image
    side: int
    margin: int


def _spread(change: NDArray[Any], frame: Frame) -> _Spread:
    """One channel [S, S] of a change, where it is turned no denser than the photo."""
    image = Image.fromarray(np.ascontiguousarray(change, dtype=np.float32))
    if not _is_upright(frame) and frame.size < image.width:  # the turn does not antialias
        native = math.ceil(frame.size)
        image = image.resize((native, native), Image.Resampling.LANCZOS)
    margin = 4 + math.ceil(image.width / frame.size)  # the filter's reach, and whole pixels around the square
    return _Spread(Image.fromarray(np.pad(np.asarray(image), margin, mode="edge")), image.width, margin)


def _warp_back(spread: _Spread, frame: Frame, area: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """A channel of a change as float32 [h, w] on the photo's pixels in ``area`` (x0, y0, x1, y1)."""
    x0, y0, x1, y1 = area
    side, margin = spread.side, spread.margin
    density = side / frame.size
    size = (x1 - x0, y1 - y0)
    if _is_upright(frame):
        left, top = (n - frame.size / 2 for n in (frame.cx, frame.cy))
        dx, dy = margin - left * density, margin - top * density
        box = (x0 * density + dx, y0 * density + dy, x1 * density + dx, y1 * density + dy)
        return np.asarray(spread.image.resize(size, Image.Resampling.BICUBIC, box=box))
    ax, ay = (float(n) for n in frame.axis * density)
    dx, dy = x0 - frame.cx, y0 - frame.cy
    middle = side / 2 + margin
    return np.asarray(
        _affine(spread.image, size, (ax, ay, ax * dx + ay * dy + middle, -ay, ax, ax * dy - ay * dx + middle))
    )


def _affine(image: Image.Image, size: tuple[int, int], matrix: tuple[float, ...]) -> Image.Image:
    return image.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)


def _mask(frame: Frame, photo: tuple[int, int], area: tuple[int, int, int, int], feather: float) -> NDArray[np.float32]:
    """The share 0..1, float32 [h, w], to which each pixel of ``area`` takes the change."""
    x0, y0, x1, y1 = area
    ax, ay = (float(n) for n in frame.axis / frame.size)
    dx = np.arange(x0, x1, dtype=np.float64)[None, :] + 0.5 - frame.cx
    dy = np.arange(y0, y1, dtype=np.float64)[:, None] + 0.5 - frame.cy
    u = (ax * dx + ay * dy + 0.5).astype(np.float32)
    v = (ax * dy - ay * dx + 0.5).astype(np.float32)
    mask = np.ones_like(u)
    corners = frame.corners()
    for k, distance in enumerate((v, 1 - u, 1 - v, u)):  # top, right, bottom, left: side k joins corners k, k + 1
        ends = corners[[k, (k + 1) % 4]]
        at_edge = any(bool(np.all(ends[:, i] <= 0.5)) or bool(np.all(ends[:, i] >= photo[i] - 0.5)) for i in (0, 1))
        if at_edge or feather <= 0:
            mask *= distance >= 0
        else:
            ramp = np.clip(distance / feather, 0, 1)
            mask *= ramp * ramp * (3 - 2 * ramp)
    return mask
