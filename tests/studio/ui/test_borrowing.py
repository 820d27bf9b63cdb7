"""The strip of steps toward the reference, and the swap, on the real window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from diti_studio.ui.imaging import to_pixels
from diti_studio.ui.jobs import (
    Source,
    Sweep,
)
from diti_studio.ui.step_strip import STEPS, StepStrip
from tests.studio.packs_factory import picture
from tests.studio.ui.conftest import Desk
from tests.studio.ui.test_main_window import drag_attribute, history
from tests.studio.ui.views_fixtures import drag


@pytest.fixture
def strip(desk: Desk, photo: Path, other_photo: Path) -> StepStrip:
    """The strip, filled: a picture is open and has a reference."""
    desk.finish(lambda: desk.open(photo))
    desk.window.open_source(Source.file(other_photo), "reference")
    made = desk.window.workspace.reference.strip
    desk.until(lambda: made.images is not None)
    return made


def blend(desk: Desk) -> tuple[int, int, float] | None:
    state = desk.window.session.state
    assert state is not None
    return next(((b.start, b.end, b.alpha) for b in state.edit.blends), None)


def test_without_a_reference_there_is_no_strip(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    assert not desk.window.workspace.reference.strip.isVisible()
    assert not desk.window.actions_by_id["swap"].isEnabled()


def test_the_steps_go_from_the_picture_to_the_reference(desk: Desk, strip: StepStrip) -> None:
    assert strip.images is not None
    state = desk.window.session.state
    assert state is not None
    assert state.lender is not None
    steps = [to_pixels(image).astype(float) for image in strip.images]
    np.testing.assert_array_equal(steps[0], state.opened.subject.square)
    far = [np.abs(step - state.lender.subject.square).mean() for step in steps]
    assert far == sorted(far, reverse=True)
    assert history(desk).count() == 1  # the reference; nothing is borrowed yet


def test_a_click_takes_a_step_and_undo_gives_it_back(desk: Desk, strip: StepStrip) -> None:
    desk.finish(lambda: QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.step(3).center().toPoint()))
    assert blend(desk) == (0, 8, 0.5)
    assert history(desk).undoText() == "Borrow groups 0–7, 50 %"
    desk.finish(desk.window.undo)
    assert blend(desk) is None


def test_keys_take_a_step(desk: Desk, strip: StepStrip) -> None:
    strip.setFocus()
    QTest.keyClick(strip, Qt.Key.Key_End)
    QTest.keyClick(strip, Qt.Key.Key_Left)
    assert strip.accessibleDescription() == "Step 6 of 7: blend 0.83"
    assert blend(desk) is None
    desk.finish(lambda: QTest.keyClick(strip, Qt.Key.Key_Return))
    assert blend(desk) == (0, 8, STEPS[5])


def test_a_range_dragged_on_the_equaliser_is_what_the_steps_lend(desk: Desk, strip: StepStrip) -> None:
    before = strip.images
    bars = desk.window.workspace.equaliser.equaliser
    y = bars.axis().center().y()
    drag(bars, QPointF(bars.bars()[1].left + 5, y), QPointF(bars.bars()[1].right - 5, y))
    assert desk.window.workspace.reference.range() == (2, 5)
    desk.until(lambda: strip.images not in (None, before))
    desk.finish(lambda: QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.step(6).center().toPoint()))
    assert blend(desk) == (2, 5, 1.0)


def test_another_edit_is_part_of_every_step(desk: Desk, strip: StepStrip) -> None:
    assert strip.images is not None
    before = to_pixels(strip.images[0]).mean()
    desk.finish(lambda: drag_attribute(desk, "brightness", 0.3))
    desk.until(lambda: strip.images is not None)
    assert to_pixels(strip.images[0]).mean() > before + 3


def test_taking_a_step_makes_no_new_pictures(desk: Desk, strip: StepStrip) -> None:
    begun = list[Sweep]()
    desk.window.worker.began.connect(lambda job: begun.append(job) if isinstance(job, Sweep) else None)
    desk.finish(lambda: QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.step(2).center().toPoint()))
    desk.until(lambda: not desk.running)
    assert not begun
    assert strip.images is not None


def test_a_reference_is_lent_to_the_picture_that_it_was_dropped_on(
    desk: Desk, photo: Path, other_photo: Path, tmp_path: Path
) -> None:
    window = desk.window
    desk.finish(lambda: desk.open(photo))
    first = window.session.current
    desk.finish(lambda: desk.open(other_photo))
    second = window.session.current
    assert first is not None
    assert second is not None
    lender = tmp_path / "lender.png"
    Image.fromarray(picture(5)).save(lender)
    window.open_source(Source.file(lender), "reference")
    window.session.go_to(first)  # before it is there
    desk.until(lambda: second.state is not None and second.state.lender is not None)
    assert window.session.current is first
    assert first.state is not None
    assert first.state.lender is None


def test_picture_and_reference_change_places_in_one_step(desk: Desk, strip: StepStrip) -> None:
    desk.finish(lambda: drag_attribute(desk, "brightness", 0.2))
    before = desk.window.session.state
    assert before is not None
    count = history(desk).count()
    desk.finish(lambda: QTest.keyClick(desk.window, Qt.Key.Key_X))
    after = desk.window.session.state
    assert after is not None
    assert (after.opened, after.lender) == (before.lender, before.opened)
    assert after.edit.attributes == before.edit.attributes
    assert desk.window.windowTitle().startswith("other.png")
    assert desk.window.session.photos[0].source.name == "other.png"
    assert history(desk).count() == count + 1
    desk.finish(desk.window.undo)
    assert desk.window.session.state == before
    assert desk.window.windowTitle().startswith("photo.png")


def test_the_axis_tells_what_it_is_for(desk: Desk, strip: StepStrip) -> None:
    panel = desk.window.workspace.equaliser
    bars = panel.equaliser
    QTest.mouseMove(bars, QPoint(bars.width() // 2, 5))
    QTest.mouseMove(bars, QPoint(bars.width() // 2, round(bars.axis().center().y())))
    desk.until(lambda: "reference lends" in panel._readout.text())
