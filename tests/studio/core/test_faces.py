from __future__ import annotations

import threading

import numpy as np
import pytest
from PIL import Image

from diti_studio.core.faces import Face, detect
from diti_studio.core.pictures import load
from diti_studio.core.resources import resource

# Read off the sample by eye, in continuous coordinates.
LEFT_EYE, RIGHT_EYE, NOSE, MOUTH = (204, 102), (247, 105), (223, 126), (222, 144)


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    return load(resource("samples", "astronaut.jpg")).pixels


def landmarks(face: Face) -> np.ndarray:
    return np.array([face.left_eye, face.right_eye, face.nose, face.mouth_left, face.mouth_right])


def test_the_astronauts_face_is_found_where_it_is(astronaut: np.ndarray) -> None:
    (face,) = detect(astronaut)
    assert face.score > 0.8
    points = landmarks(face)
    mouth = (points[3] + points[4]) / 2
    assert np.abs(np.array([*points[:3], mouth]) - [LEFT_EYE, RIGHT_EYE, NOSE, MOUTH]).max() < 6
    x0, y0, x1, y1 = face.box
    assert (points > (x0, y0)).all()
    assert (points < (x1, y1)).all()
    assert face.left_eye[0] < face.right_eye[0]


@pytest.mark.parametrize("scale", [0.4, 2.5])
def test_landmarks_are_in_the_photos_own_pixels(astronaut: np.ndarray, scale: float) -> None:
    side = round(512 * scale)
    scaled = np.asarray(Image.fromarray(astronaut).resize((side, side), Image.Resampling.LANCZOS))
    (face,) = detect(scaled)
    (reference,) = detect(astronaut)
    assert np.abs(landmarks(face) / scale - landmarks(reference)).max() < 4


def test_the_largest_face_comes_first(astronaut: np.ndarray) -> None:
    canvas = np.full((512, 900, 3), 127, np.uint8)
    canvas[:, :512] = astronaut
    small = np.asarray(Image.fromarray(astronaut[:300, 80:380]).resize((200, 200), Image.Resampling.LANCZOS))
    canvas[100:300, 600:800] = small
    faces = detect(canvas)
    assert len(faces) == 2
    assert faces[0].box[0] < 512 < faces[1].box[0]
    assert faces[0].area > faces[1].area


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (33, 31), (200, 300)])
def test_pictures_without_a_face_have_none(shape: tuple[int, int]) -> None:
    assert detect(np.full((*shape, 3), 90, np.uint8)) == ()


def test_detection_runs_on_several_threads(astronaut: np.ndarray) -> None:
    found: list[tuple[Face, ...]] = []
    threads = [threading.Thread(target=lambda: found.append(detect(astronaut, max_side=320))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
