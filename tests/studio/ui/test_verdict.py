"""The one line that tells what the pack makes of a picture."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from diti_studio.core.familiarity import Familiarity
from diti_studio.ui.verdict import Verdict
from tests.studio.ui.conftest import Desk


def test_it_is_told_at_once_and_better_when_the_picture_was_rebuilt(desk: Desk, photo: Path) -> None:
    verdict = desk.window.status.verdict
    assert verdict.isHidden()
    assessed = list[float]()
    desk.window.preview.assessed.connect(assessed.append)
    desk.open(photo)
    assert verdict.isVisible()
    assert verdict.text() in ("Like the pictures this model knows", "Unusual for this model")
    assert "Rebuilt" not in verdict.toolTip()
    desk.until(lambda: assessed)
    assert f"Rebuilt at {assessed[0]:.1f} dB" in verdict.toolTip()
    QTest.mouseClick(verdict, Qt.MouseButton.LeftButton)
    assert desk.window.message.text == verdict.explanation
    desk.window.close_picture()
    assert verdict.isHidden()


def test_each_picture_has_its_own(desk: Desk, photo: Path, tmp_path: Path) -> None:
    white = tmp_path / "white.png"
    Image.new("RGB", (96, 96), "white").save(white)
    verdict = desk.window.status.verdict
    desk.finish(lambda: desk.open(photo))
    first = verdict.explanation
    desk.finish(lambda: desk.open(white))
    assert verdict.explanation != first
    desk.window.previous_picture()
    assert verdict.explanation.startswith(first)


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (Familiarity(1.0), "is like those"),
        (Familiarity(1.0, misplacement=float("inf")), "no face is seen"),
        (Familiarity(1.0, misplacement=0.5), "Square beside the face’s own by 50 % of its side (at most 22 %)"),
        (Familiarity(8.0), "Distance of its latent: 8.0"),
        (Familiarity(1.0, usual_psnr=30, psnr=20), "Rebuilt at 20.0 dB (pictures that it knows: 30.0 dB)"),
    ],
)
def test_it_says_why_and_gives_the_numbers(qtbot: QtBot, known: Familiarity, text: str) -> None:
    verdict = Verdict()
    qtbot.addWidget(verdict)
    verdict.show_familiarity(known)
    assert text in verdict.explanation
    assert (verdict.text() == "Unusual for this model") == (known.reason is not None)
    assert verdict.accessibleDescription() == verdict.toolTip() == verdict.explanation
    assert not verdict.icon().isNull()
