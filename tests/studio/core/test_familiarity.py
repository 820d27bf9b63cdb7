"""What is like the pictures that a pack knows: the bundled pack on real pictures, and the rules by themselves."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from diti_studio.core import pictures
from diti_studio.core.editor import Editor
from diti_studio.core.familiarity import (
    MAX_DISTANCE,
    MAX_MISPLACEMENT,
    PSNR_SLACK,
    Familiarity,
    familiarity,
)
from diti_studio.core.packs import Pack
from diti_studio.core.resources import resource


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Editor:
    """The pack that ships with the program; nothing but its encoder is run."""
    return Editor(Pack.open(resource("packs", "faces")), "cpu", cache_folder=tmp_path_factory.mktemp("inversions"))


@pytest.fixture
def astronaut() -> pictures.Picture:
    return pictures.load(resource("samples", "astronaut.jpg"))


def reason(editor: Editor, picture: pictures.Picture, choice: str = "auto") -> str | None:
    return familiarity(editor.pack, editor.open(picture, choice)).reason


def test_faces_that_are_framed_as_the_pack_does_are_usual(faces: Editor, astronaut: pictures.Picture) -> None:
    assert reason(faces, astronaut) is None
    for name in faces.pack.samples():
        assert reason(faces, pictures.decode(faces.pack.read(name), name)) is None, name


def test_the_same_face_framed_otherwise_is_not(faces: Editor, astronaut: pictures.Picture) -> None:
    frame = faces.open(astronaut).frame
    where = f"{frame.cx},{frame.cy}"
    assert reason(faces, astronaut, f"{where},{1.7 * frame.size}") == "face elsewhere"
    assert reason(faces, astronaut, f"{where},{0.55 * frame.size}") == "face elsewhere"
    assert reason(faces, astronaut, f"{where},{frame.size},{frame.angle + 40}") == "face elsewhere"
    assert reason(faces, astronaut, "100,300,180") == "no face"


def test_noise_and_a_room_show_no_face(faces: Editor) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    room = Image.new("RGB", (160, 160), (205, 196, 180))
    room.paste((120, 86, 60), (0, 110, 160, 160))
    room.paste((150, 190, 230), (60, 30, 100, 70))
    room.paste((150, 40, 40), (30, 80, 80, 130))
    for pixels in (noise, np.asarray(room)):
        known = familiarity(faces.pack, faces.open(pictures.from_pixels(pixels)))
        assert known.reason == "no face"
        assert math.isinf(known.misplacement)


def test_the_packs_own_figures_are_the_measure(faces: Editor, astronaut: pictures.Picture) -> None:
    known = familiarity(faces.pack, faces.open(astronaut))
    measured = [m.value for m in faces.pack.manifest.training.metrics if m.name.startswith("psnr_")]
    assert known.usual_psnr == min(measured)
    assert known.rebuilt_at(min(measured) - PSNR_SLACK - 0.1).reason == "rebuilt"
    assert known.rebuilt_at(min(measured) - PSNR_SLACK + 0.1).reason is None


def test_the_distance_is_one_for_what_lies_a_standard_deviation_off(editor: Editor, photo: Path) -> None:
    subject, latents = editor.open(pictures.load(photo)), editor.pack.latents
    assert familiarity(editor.pack, replace(subject, z=latents.mean + latents.std)).distance == pytest.approx(1)
    far = familiarity(editor.pack, replace(subject, z=latents.mean + 2 * latents.std))
    assert far.distance == pytest.approx(4)
    assert far.reason == "latent"
    assert far.misplacement == 0  # this pack aligns no faces


def test_what_is_seen_at_once_comes_before_what_is_computed() -> None:
    both = Familiarity(MAX_DISTANCE + 1, misplacement=MAX_MISPLACEMENT + 0.1, usual_psnr=30.0, psnr=10.0)
    assert both.reason == "face elsewhere"
    assert replace(both, misplacement=0.0).reason == "latent"
    assert replace(both, misplacement=0.0, distance=1.0).reason == "rebuilt"
    assert replace(both, misplacement=0.0, distance=1.0, usual_psnr=None).reason is None
