from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from diti_studio.core.errors import PictureError, UsageError
from diti_studio.core.faces import Face
from diti_studio.core.framing import Frame, FramingRecipe, align, cut, frame_for, put_back
from diti_studio.core.pictures import load
from diti_studio.core.resources import resource

FFHQ = FramingRecipe(name="ffhq")
CELEBA = FramingRecipe(name="celeba")
CENTRE = FramingRecipe(name="centre")
WHOLE = FramingRecipe(name="whole")

coordinates = st.floats(-3000, 3000)
frames = st.builds(Frame, coordinates, coordinates, st.floats(16, 4000), st.floats(-720, 720))


def noise(width: int, height: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def waves(width: int, height: int) -> np.ndarray:
    """A smooth picture whose grey levels stay within 68..188, so that a change of 60 never clips."""
    y, x = np.mgrid[0:height, 0:width]
    channels = [np.sin(x / 23), np.cos(y / 19), np.sin((x + y) / 31)]
    return np.rint(128 + 60 * np.stack(channels, axis=-1)).astype(np.uint8)


# Frames


@given(frames, st.lists(st.tuples(st.floats(0, 64), st.floats(0, 64)), min_size=1, max_size=5))
def test_points_come_back_from_the_square_exactly(frame: Frame, points: list[tuple[float, float]]) -> None:
    there = frame.to_photo(np.array(points), 64)
    back = frame.to_square(there, 64)
    assert np.abs(back - points).max() < 1e-9
    assert np.abs(frame.to_photo(back, 64) - there).max() < 1e-9


def test_corners_of_a_turned_frame() -> None:
    assert np.allclose(Frame(50, 40, 20).corners(), [[40, 30], [60, 30], [60, 50], [40, 50]])
    # A quarter turn counter-clockwise: the square's top looks to the left, its right side up.
    assert np.allclose(Frame(50, 40, 20, 90).corners(), [[40, 50], [40, 30], [60, 30], [60, 50]])


@given(frames)
def test_a_frame_survives_json_and_its_own_text(frame: Frame) -> None:
    assert Frame.from_json(frame.to_json()) == frame
    assert Frame.parse(f"{frame.cx!r},{frame.cy!r},{frame.size!r},{frame.angle!r}") == frame


def test_a_frame_is_parsed_with_and_without_a_turn() -> None:
    assert Frame.parse("10, 20.5,300") == Frame(10, 20.5, 300, 0)
    assert Frame.parse("10,20,300,-7.5") == Frame(10, 20, 300, -7.5)


@pytest.mark.parametrize(
    "text", ["", "1,2", "1,2,3,4,5", "a,b,c", "1,2,nan", "inf,2,30", "1,2,15", "1,2,-30", "1,2,30,inf", "1e9,0,64"]
)
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        Frame.parse(text)


@pytest.mark.parametrize("data", [{}, {"cx": 1, "cy": 2, "size": "x"}, {"cx": 1, "cy": 2, "size": 30, "tilt": 1}])
def test_json_that_is_no_frame_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Frame.from_json(data)


def test_a_recipe_refuses_unknown_names_and_numbers() -> None:
    assert FramingRecipe(name="ffhq", numbers={"eyes": 2.5}).number("eyes") == 2.5
    assert FFHQ.number("mouth") == 1.8
    for bad in (
        {"name": "other"},
        {"name": "ffhq", "numbers": {"top": 1}},
        {"name": "ffhq", "numbers": {"eyes": math.inf}},
    ):
        with pytest.raises(ValidationError):
            FramingRecipe.model_validate(bad)


# Choosing a frame


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(100, 60, Frame(50, 30, 60)), (61, 100, Frame(30.5, 49.5, 61)), (64, 64, Frame(32, 32, 64))],
)
def test_the_centre_is_a_square_on_whole_pixels(width: int, height: int, expected: Frame) -> None:
    pixels = noise(width, height)
    for framed in (frame_for(pixels, FFHQ, "centre"), frame_for(pixels, CENTRE)):
        assert framed.frame == expected
        assert framed.note is None
    left, top = int(expected.cx - expected.size / 2), int(expected.cy - expected.size / 2)
    side = int(expected.size)
    assert np.array_equal(cut(pixels, expected), pixels[top : top + side, left : left + side])


def test_whole_takes_a_square_as_it_is_and_refuses_another() -> None:
    square = noise(80, 80)
    assert np.array_equal(cut(square, frame_for(square, FFHQ, "whole").frame), square)
    with pytest.raises(PictureError, match="80×60, not square"):
        frame_for(noise(80, 60), WHOLE, "whole")
    framed = frame_for(noise(80, 60), WHOLE)
    assert framed.frame == Frame(40, 30, 60)
    assert framed.note is not None


def test_no_face_says_so_and_falls_to_the_centre() -> None:
    framed = frame_for(waves(200, 160), FFHQ)
    assert framed.frame == Frame(100, 80, 160)
    assert framed.faces == ()
    assert framed.note == "no face found: the centre of the picture is used"


def test_a_chosen_frame_is_taken_and_checked_against_the_picture() -> None:
    assert frame_for(noise(100, 100), FFHQ, "50,40,30,10").frame == Frame(50, 40, 30, 10)
    for choice, word in [
        ("500,500,30", "outside"),
        ("50,50,900", "too large"),
        ("middle", "no framing"),
        ("1,2", "no frame"),
    ]:
        with pytest.raises(UsageError, match=word):
            frame_for(noise(100, 100), FFHQ, choice)


def test_a_tiny_picture_is_refused() -> None:
    with pytest.raises(PictureError, match="at least 16 pixels"):
        frame_for(noise(15, 100), FFHQ)


def face(left_eye: tuple[float, float], right_eye: tuple[float, float], mouth: tuple[float, float]) -> Face:
    x, y = mouth
    return Face((0, 0, 1, 1), 1.0, left_eye, right_eye, (0, 0), (x - 10, y), (x + 10, y))


def test_ffhq_alignment_of_an_upright_face() -> None:
    # eyes 40 apart, mouth 44 below: half side max(2.0 * 40, 1.8 * 44) = 80, centre 4.4 below the eyes
    frame = align(face((80, 100), (120, 100), (100, 144)), FFHQ)
    assert np.allclose([frame.cx, frame.cy, frame.size, frame.angle], [100, 104.4, 160, 0])
    # a long face: the mouth decides
    assert align(face((80, 100), (120, 100), (100, 150)), FFHQ).size == pytest.approx(180)


def test_celeba_alignment_puts_the_eyes_where_celeba_has_them() -> None:
    frame = align(face((200, 300), (278, 300), (239, 380)), CELEBA)
    eyes = frame.to_square(np.array([[200.0, 300.0], [278.0, 300.0]]), 128)
    assert np.allclose(eyes, [[69.5 - 25, 111.5 - 57], [108.5 - 25, 111.5 - 57]])


@given(st.floats(-170, 170), st.floats(0.2, 20), coordinates, coordinates)
def test_alignment_follows_the_face(turn: float, scale: float, x: float, y: float) -> None:
    """A similarity of the landmarks is the same similarity of the frame."""
    points = np.array([[80.0, 101.0], [121.0, 99.0], [93.0, 143.0], [109.0, 145.0]])
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    matrix = scale * np.array([[cos, sin], [-sin, cos]])  # counter-clockwise on a screen whose y points down
    for recipe in (FFHQ, CELEBA):
        plain, moved = (
            align(Face((0, 0, 1, 1), 1.0, p[0], p[1], (0, 0), p[2], p[3]), recipe)
            for p in ([tuple(q) for q in points], [tuple(q) for q in points @ matrix.T + (x, y)])
        )
        assert moved.size == pytest.approx(plain.size * scale, rel=1e-9)
        assert np.allclose(moved.corners(), plain.corners() @ matrix.T + (x, y), atol=1e-6)
        assert math.cos(math.radians(moved.angle - plain.angle - turn)) == pytest.approx(1)


@pytest.mark.parametrize("turn", [0, 20, -35, 80])
def test_a_real_face_is_found_and_stands_upright_in_its_frame(turn: float) -> None:
    astronaut = Image.fromarray(load(resource("samples", "astronaut.jpg")).pixels)
    pixels = np.asarray(astronaut.rotate(turn, Image.Resampling.BICUBIC, center=(225, 125)))
    framed = frame_for(pixels, FFHQ)
    assert framed.note is None
    assert len(framed.faces) == 1
    # Rotating the photo turns the frame with it; the sample's own head is inclined by a few degrees.
    upright = frame_for(np.asarray(astronaut), FFHQ).frame
    assert framed.frame.angle - upright.angle == pytest.approx(turn, abs=5)
    assert framed.frame.size == pytest.approx(upright.size, rel=0.1)
    found = framed.faces[0]
    eyes = framed.frame.to_square(np.array([found.left_eye, found.right_eye]), 1.0)
    assert abs(eyes[0, 1] - eyes[1, 1]) < 0.03
    assert eyes.mean(axis=0) == pytest.approx([0.5, 0.46], abs=0.03)


# Cutting


@given(st.integers(-20, 60), st.integers(-20, 50), st.integers(16, 60))
def test_a_frame_on_whole_pixels_is_copied_bit_for_bit(left: int, top: int, side: int) -> None:
    pixels = noise(50, 40)
    mirrored = np.pad(pixels, ((80, 80), (80, 80), (0, 0)), mode="symmetric")
    expected = mirrored[top + 80 : top + 80 + side, left + 80 : left + 80 + side]
    frame = Frame(left + side / 2, top + side / 2, side)
    assert np.array_equal(cut(pixels, frame), expected)
    assert np.array_equal(cut(pixels, frame, side), expected)


@pytest.mark.parametrize("angle", [0.0, 30.0, -145.0])
@pytest.mark.parametrize("size", [16, 40, 97, 200])
def test_a_square_shows_what_lies_under_it(size: int, angle: float) -> None:
    """Colours that are linear in x and y tell where each pixel of the square was taken."""
    y, x = np.mgrid[0:240, 0:250]
    pixels = np.stack([x, y, np.zeros_like(x)], axis=-1).astype(np.uint8)
    frame = Frame(123.3, 118.6, 97.0, angle)
    square = cut(pixels, frame, size)
    assert square.shape == (size, size, 3)
    v, u = np.mgrid[0:size, 0:size] + 0.5
    there = frame.to_photo(np.stack([u.ravel(), v.ravel()], axis=1), size) - 0.5  # pixel i is sampled at i + 0.5
    assert np.abs(square[..., :2].reshape(-1, 2) - there).max() <= 0.75


def test_a_great_reduction_does_not_alias() -> None:
    stripes = np.zeros((1200, 1200, 3), np.uint8)
    stripes[:, ::2] = 255
    for angle in (0.0, 15.0):
        square = cut(stripes, Frame(601.3, 600.2, 800, angle), 32)
        assert np.abs(square.astype(int) - 127.5).max() <= 4


def test_a_quarter_turn_is_numpys_quarter_turn() -> None:
    pixels = waves(64, 64)
    square = cut(pixels, Frame(32, 32, 64, 90))
    assert np.abs(square.astype(int) - np.rot90(pixels, -1)).max() <= 1


def test_a_frame_far_too_large_is_refused_before_memory_is_asked_for() -> None:
    with pytest.raises(UsageError, match="too large"):
        cut(noise(64, 64), Frame(32, 32, 500_000), 64)


# Putting back


@given(frames)
def test_no_change_leaves_the_photo_bit_for_bit(frame: Frame) -> None:
    pixels = noise(70, 50)
    result = put_back(pixels, np.zeros((24, 24, 3), np.float32), frame)
    assert np.array_equal(result, pixels)
    assert result is not pixels


@given(st.floats(20, 100), st.floats(20, 80), st.floats(16, 120), st.floats(-180, 180))
def test_nothing_outside_the_frame_is_touched(cx: float, cy: float, size: float, angle: float) -> None:
    pixels = np.full((100, 120, 3), 100, np.uint8)
    frame = Frame(cx, cy, size, angle)
    result = put_back(pixels, np.full((16, 16, 3), 60, np.float32), frame)
    y, x = np.mgrid[0:100, 0:120] + 0.5
    inner = frame.to_square(np.stack([x.ravel(), y.ravel()], axis=1), 1.0).reshape(100, 120, 2)
    outside = ((inner < 0) | (inner > 1)).any(axis=-1)
    assert (result[outside] == 100).all()
    deep = ((inner > 0.1) & (inner < 0.9)).all(axis=-1)
    assert (result[deep] == 160).all()
    assert (result >= 100).all()
    assert (result <= 160).all()


@pytest.mark.parametrize("angle", [0.0, 25.0, 190.0])
@pytest.mark.parametrize("size", [48.0, 64.0, 173.7, 300.0])
def test_a_change_put_back_is_found_again_by_cutting(size: float, angle: float) -> None:
    photo = waves(420, 400)
    frame = Frame(205.4, 198.1, size, angle)
    v, u = (np.mgrid[0:64, 0:64] + 0.5) / 64
    change = (30 * np.stack([np.sin(6 * u), np.cos(5 * v), np.sin(4 * (u - v))], axis=-1)).astype(np.float32)
    edited = put_back(photo, change, frame)
    seen = cut(edited, frame, 64).astype(int) - cut(photo, frame, 64).astype(int)
    inner = slice(8, -8)  # beyond the fade
    assert np.abs(seen[inner, inner] - change[inner, inner]).max() <= 2.5


def test_a_change_on_whole_pixels_is_added_exactly() -> None:
    photo = waves(100, 90)
    change = np.random.default_rng(1).integers(-60, 60, (40, 40, 3)).astype(np.float32)
    edited = put_back(photo, change, Frame(50, 45, 40), feather=0)
    assert np.array_equal(edited[25:65, 30:70], (photo[25:65, 30:70] + change).astype(np.uint8))
    edited[25:65, 30:70] = photo[25:65, 30:70]
    assert np.array_equal(edited, photo)


def test_sides_at_the_photos_edge_do_not_fade() -> None:
    photo = np.full((60, 100, 3), 100, np.uint8)
    edited = put_back(photo, np.full((16, 16, 3), 50, np.float32), Frame(50, 30, 60))[..., 0]
    assert (edited[:, 50] == 150).all()  # top and bottom are the photo's own
    assert edited[30, 20] < 105  # left and right are seams
    assert edited[30, 79] < 105
    whole = put_back(photo[:, :60], np.full((16, 16, 3), 50, np.float32), Frame(30, 30, 60))
    assert (whole == 150).all()


def test_levels_are_clipped() -> None:
    photo = np.full((40, 40, 3), 200, np.uint8)
    change = np.full((8, 8, 3), 100, np.float32)
    assert (put_back(photo, change, Frame(20, 20, 40)) == 255).all()
    assert (put_back(photo, -3 * change, Frame(20, 20, 40)) == 0).all()
