"""Framing by hand in the real window: mouse and keys, faces, limits, and the step that it leaves in the history."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QSizeF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from diti_studio.core.framing import Frame, cut
from diti_studio.core.pictures import load
from diti_studio.core.resources import resource
from diti_studio.ui.frame_editor import FrameEditor
from diti_studio.ui.frame_geometry import Grip, Limits, Part, Square
from diti_studio.ui.frame_view import FrameView
from tests.studio.packs_factory import make_pack, picture
from tests.studio.ui.conftest import Desk, started
from tests.studio.ui.test_main_window import drag_attribute, history
from tests.studio.ui.views_fixtures import drag

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    """A photo of 140 x 90 pixels without a face; the pack frames its middle, 90 pixels large."""
    pixels = np.full((90, 140, 3), 90, np.uint8)
    pixels[:, 30:110] = picture(1)[:90, :80]
    path = tmp_path / "wide.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def group(tmp_path: Path) -> Path:
    """A photo with two faces, the larger one on the left."""
    astronaut = Image.fromarray(load(resource("samples", "astronaut.jpg")).pixels)
    both = Image.new("RGB", (800, 512), (120, 130, 140))
    both.paste(astronaut, (0, 0))
    both.paste(astronaut.resize((288, 288), Image.Resampling.LANCZOS), (512, 150))
    path = tmp_path / "group.png"
    both.save(path)
    return path


@pytest.fixture
def face_desk(qtbot: QtBot, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The window with a pack that aligns faces."""
    folder = make_pack(own_folders / "packs" / "portraits", name="portraits", domain="face", recipe="ffhq")
    monkeypatch.setenv("DITI_PACKS", str(folder.parent))
    with started(qtbot, "portraits") as desk:
        desk.until(lambda: desk.packs)
        yield desk


def editor(desk: Desk) -> FrameEditor:
    """The frame editor, asked for by its key and shown."""
    space = desk.window.workspace
    QTest.keyClick(desk.window, Qt.Key.Key_F)
    desk.until(lambda: space.views.currentWidget() is space.frame_editor)
    return space.frame_editor


def frame(desk: Desk) -> Frame:
    """What is framed now."""
    state = desk.window.session.state
    assert state is not None
    return state.opened.subject.frame


def reframed(desk: Desk, act: object) -> Frame:
    """Does something that applies a square, and waits for the photo to be opened with it."""
    count = len(desk.opened)
    act()  # pyright: ignore[reportCallIssue]
    desk.until(lambda: len(desk.opened) > count)
    return frame(desk)


def move_by(view: FrameView, x: float, y: float) -> None:
    """Drags the square's inside by photo pixels."""
    start = view.square.centre + QPointF(3, 2)
    drag(
        view,
        view.on_screen(start),
        view.on_screen(start + QPointF(x / 2, y / 2)),
        view.on_screen(start + QPointF(x, y)),
    )


def drag_corner(view: FrameView, corner: int, to: QPointF, keys: Qt.KeyboardModifier | None = None) -> None:
    """Drags a corner of the square to a place of the photo."""
    start = view.on_screen(view.square.corner(corner))
    middle = (start + view.on_screen(to)) / 2
    drag(view, start, middle, view.on_screen(to), modifiers=keys or Qt.KeyboardModifier.NoModifier)


# -- opening and leaving ---------------------------------------------------------------------------------------


def test_the_editor_shows_the_whole_photo_with_the_present_square(desk: Desk, wide: Path) -> None:
    desk.finish(lambda: desk.open(wide))
    view = editor(desk).view
    assert desk.window.actions_by_id["frame"].isChecked()
    assert view.hasFocus()
    assert view.square == Square(70, 45, 90)
    # Inside the square the photo is seen as it is, outside it is darkened.
    image, ratio = view.grab().toImage(), view.devicePixelRatio()

    def grey(x: float, y: float) -> int:
        point = view.on_screen(QPointF(x, y)) * ratio
        return image.pixelColor(point.toPoint()).red()

    assert abs(grey(28, 40) - 90) <= 1
    assert grey(10, 40) < 60


@pytest.mark.parametrize("leave", ["escape", "button", "key"])
def test_leaving_changes_nothing(desk: Desk, wide: Path, leave: str) -> None:
    desk.finish(lambda: desk.open(wide))
    before = frame(desk)
    panel = editor(desk)
    move_by(panel.view, 20, 0)
    assert panel.view.square.cx == pytest.approx(90, abs=1)
    if leave == "button":
        QTest.mouseClick(panel.cancel_button, Qt.MouseButton.LeftButton)
    else:
        QTest.keyClick(panel.view, Qt.Key.Key_Escape if leave == "escape" else Qt.Key.Key_F)
    space = desk.window.workspace
    assert space.views.currentWidget() is space.canvas
    assert not desk.window.actions_by_id["frame"].isChecked()
    assert frame(desk) == before
    assert history(desk).count() == 0
    assert len(desk.opened) == 1


def test_applying_the_same_square_leaves_no_step(desk: Desk, wide: Path) -> None:
    desk.finish(lambda: desk.open(wide))
    QTest.keyClick(editor(desk).view, Qt.Key.Key_Return)
    assert not desk.window.reframing.is_on
    assert history(desk).count() == 0
    assert len(desk.opened) == 1


# -- applying --------------------------------------------------------------------------------------------------


def test_a_moved_square_is_one_step_that_keeps_the_edit(desk: Desk, wide: Path) -> None:
    desk.finish(lambda: desk.open(wide))
    edited = desk.finish(lambda: drag_attribute(desk, "brightness", 0.3)).copy()
    view = editor(desk).view
    move_by(view, -20, 0)
    wanted = view.square
    after = reframed(desk, lambda: QTest.keyClick(view, Qt.Key.Key_Return))
    assert (after.cx, after.cy, after.size, after.angle) == (wanted.cx, wanted.cy, wanted.size, wanted.angle)
    assert after.cx == pytest.approx(50, abs=1)
    state = desk.window.session.state
    assert state is not None
    assert state.edit.attributes.keys() == {"brightness"}
    np.testing.assert_array_equal(state.opened.subject.square, cut(state.opened.subject.picture.pixels, after))
    assert history(desk).count() == 2
    assert history(desk).undoText() == "Frame"
    desk.until(lambda: desk.shown[-1][1] and desk.shown[-1][0].opened is state.opened)
    assert desk.finish(desk.window.undo) == edited
    assert frame(desk).cx == 70
    desk.finish(desk.window.redo)
    assert frame(desk) == after


def test_a_double_click_applies(desk: Desk, wide: Path) -> None:
    desk.finish(lambda: desk.open(wide))
    view = editor(desk).view
    QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)
    place = view.on_screen(view.square.centre).toPoint()

    def double_click() -> None:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=place)  # or later tests drag, and leave nothing

    assert reframed(desk, double_click).cx == 80


def test_the_square_waits_for_the_photo_that_it_belongs_to(desk: Desk, wide: Path, other_photo: Path) -> None:
    desk.finish(lambda: desk.open(wide))
    desk.finish(lambda: desk.open(other_photo))
    first, second = desk.window.session.photos
    desk.window.go_to(first)
    view = editor(desk).view
    move_by(view, 20, 0)
    wanted = view.square.cx
    count = len(desk.opened)
    QTest.keyClick(view, Qt.Key.Key_Return)
    desk.window.go_to(second)
    desk.until(lambda: len(desk.opened) > count)
    assert first.state is not None
    assert first.state.opened.subject.frame.cx == wanted
    assert desk.window.session.current is second
    assert second.stack.count() == 0


def test_going_to_another_photo_leaves_the_editor(desk: Desk, wide: Path, other_photo: Path) -> None:
    desk.finish(lambda: desk.open(wide))
    editor(desk)
    desk.finish(lambda: desk.open(other_photo))
    space = desk.window.workspace
    assert space.views.currentWidget() is space.canvas
    assert not desk.window.actions_by_id["frame"].isChecked()
    assert editor(desk).view.square == Square(48, 48, 96)


# -- mouse -----------------------------------------------------------------------------------------------------


def test_a_corner_is_dragged_against_the_opposite_one(desk: Desk, wide: Path) -> None:
    desk.finish(lambda: desk.open(wide))
    view = editor(desk).view
    drag_corner(view, 2, QPointF(85, 60))
    assert view.square.corner(0).toPoint() == QPoint(25, 0)
    assert view.square.size == pytest.approx(60, abs=2)


@pytest.mark.parametrize("keys", [ALT, SHIFT])
def test_with_alt_or_shift_the_centre_stays(desk: Desk, wide: Path, keys: Qt.KeyboardModifier) -> None:
    desk.finish(lambda: desk.open(wide))
    view = editor(desk).view
    drag_corner(view, 2, QPointF(100, 75), keys)
    assert view.square.centre.toPoint() == QPoint(70, 45)
    assert view.square.size == pytest.approx(60, abs=2)


def test_the_handle_turns_and_shift_holds_to_fifteen_degrees(desk: Desk, wide: Path) -> None:
    desk.finish(lambda: desk.open(wide))
    panel = editor(desk)
    view = panel.view
    centre, knob = view.on_screen(view.square.centre), view.knob()
    radius = math.dist(centre.toTuple(), knob.toTuple())

    def at(degrees: float) -> QPointF:
        """A place on the handle's circle, so far counter-clockwise from the top."""
        turn = math.radians(degrees)
        return centre - QPointF(radius * math.sin(turn), radius * math.cos(turn))

    drag(view, at(0), at(10), at(21))
    assert view.square.angle == pytest.approx(21, abs=1)
    assert view.square.centre == QPointF(70, 45)
    assert panel.turn.value() == pytest.approx(view.square.angle, abs=0.05)
    centre = view.on_screen(view.square.centre)  # the photo may be shown smaller now, to make room for the corners
    radius = math.dist(centre.toTuple(), view.knob().toTuple())
    drag(view, view.knob(), at(30), at(43), modifiers=SHIFT)
    assert view.square.angle == 45
    turned = reframed(desk, lambda: QTest.mouseClick(panel.apply_button, Qt.MouseButton.LeftButton))
    assert turned.angle == 45


def test_the_square_keeps_to_its_limits(desk: Desk, wide: Path) -> None:
    desk.finish(lambda: desk.open(wide))
    view = editor(desk).view
    drag_corner(view, 2, QPointF(-40, -40))
    assert view.square.size == 16
    assert view.square.corner(0).toPoint() == QPoint(25, 0)
    move_by(view, -500, -500)
    assert view.square.centre == QPointF(0, 0)
    for _ in range(200):
        QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.square.size == 4 * 140
    largest = reframed(desk, lambda: QTest.keyClick(view, Qt.Key.Key_Enter))
    assert largest.size == 560


# -- keys and numbers ------------------------------------------------------------------------------------------


def test_keys_move_resize_and_turn(desk: Desk, wide: Path) -> None:
    desk.finish(lambda: desk.open(wide))
    view = editor(desk).view
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Down, SHIFT)
    assert view.square == Square(69, 55, 90)
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.square.size == 88
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.square == Square(69, 55, 90)
    QTest.keyClick(view, Qt.Key.Key_BracketLeft)
    assert view.square.angle == 1
    QTest.keyClick(view, Qt.Key.Key_BracketRight)
    QTest.keyClick(view, Qt.Key.Key_BracketRight)
    assert view.square.angle == -1
    assert "turned by -1" in view.accessibleDescription()


def test_numbers_are_typed_and_reset_gives_the_automatic_square(desk: Desk, wide: Path) -> None:
    desk.finish(lambda: desk.open(wide))
    panel = editor(desk)
    panel.side.selectAll()
    QTest.keyClicks(panel.side, "64")
    QTest.keyClick(panel.side, Qt.Key.Key_Return)
    assert panel.view.square == Square(70, 45, 64)
    assert panel.isVisible()  # Enter took the number, and has not applied it yet
    assert panel.view.hasFocus()
    assert reframed(desk, lambda: QTest.keyClick(panel.view, Qt.Key.Key_Return)).size == 64
    assert editor(desk).view.square == Square(70, 45, 64)
    QTest.mouseClick(panel.reset_button, Qt.MouseButton.LeftButton)
    assert panel.view.square == Square(70, 45, 90)
    assert not panel.reset_button.isEnabled()
    reframed(desk, lambda: QTest.keyClick(panel.view, Qt.Key.Key_Return))
    assert desk.opened[-1].job.choice == "auto"


def test_a_photo_smaller_than_its_square_is_continued_by_its_mirror_image(desk: Desk, tmp_path: Path) -> None:
    pixels = np.zeros((24, 24, 3), np.uint8)
    pixels[:, 12:] = 220
    path = tmp_path / "small.png"
    Image.fromarray(pixels).save(path)
    desk.finish(lambda: desk.open(path))
    panel = editor(desk)
    panel.side.setValue(72)
    view = panel.view
    visible = view.rect()
    assert all(visible.contains(view.on_screen(view.square.corner(i)).toPoint()) for i in range(4))
    image, ratio = view.grab().toImage(), view.devicePixelRatio()
    for x, expected in ((-15, 220), (-3, 0), (6, 0), (21, 220), (27, 220), (33, 220), (39, 0)):
        seen = image.pixelColor((view.on_screen(QPointF(x, 9)) * ratio).toPoint()).red()
        assert abs(seen - expected) < 30, x
    shown = reframed(desk, lambda: QTest.keyClick(view, Qt.Key.Key_Return))
    assert shown.size == 72


# -- faces -----------------------------------------------------------------------------------------------------


def test_several_faces_are_said_and_a_click_frames_one_as_the_pack_does(face_desk: Desk, group: Path) -> None:
    desk = face_desk
    desk.finish(lambda: desk.open(group))
    assert "2 faces" in desk.window.message.text
    assert "Frame" in desk.window.message.text
    larger = frame(desk)
    view = editor(desk).view
    assert len(view.faces) == 2
    assert view.square == view.faces[0].square
    small = view.faces[1]
    QTest.mouseMove(view, view.on_screen(small.box.center()).toPoint())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.on_screen(small.box.center()).toPoint())
    assert view.square == small.square
    chosen = reframed(desk, lambda: QTest.keyClick(view, Qt.Key.Key_Return))
    assert chosen.cx > 512
    assert chosen.size < 0.7 * larger.size
    assert chosen.angle == pytest.approx(larger.angle, abs=4)


def test_tab_goes_through_the_faces_and_on(face_desk: Desk, group: Path) -> None:
    desk = face_desk
    desk.finish(lambda: desk.open(group))
    panel = editor(desk)
    view = panel.view
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert view.square == view.faces[1].square
    QTest.keyClick(view, Qt.Key.Key_Backtab)
    assert view.square == view.faces[0].square
    QTest.keyClick(view, Qt.Key.Key_Tab)
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert view.square == view.faces[1].square
    assert not view.hasFocus()


def test_a_double_click_on_a_face_keeps_the_square_that_was_dragged(face_desk: Desk, group: Path) -> None:
    desk = face_desk
    desk.finish(lambda: desk.open(group))
    view = editor(desk).view
    QTest.keyClick(view, Qt.Key.Key_Left, SHIFT)
    wanted = view.square
    place = view.on_screen(view.faces[0].box.center()).toPoint()

    def double_click() -> None:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=place)  # or later tests drag, and leave nothing

    assert reframed(desk, double_click).cx == pytest.approx(wanted.cx, abs=0.01)


def test_a_photo_without_a_face_is_framed_by_hand(face_desk: Desk, wide: Path) -> None:
    desk = face_desk
    desk.finish(lambda: desk.open(wide))
    assert "no face" in desk.window.message.text
    view = editor(desk).view
    assert view.faces == []
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert reframed(desk, lambda: QTest.keyClick(view, Qt.Key.Key_Return)).cx == 71


# -- arithmetic ------------------------------------------------------------------------------------------------


def test_the_square_is_the_frame_of_the_core() -> None:
    square = Square(40, 30, 20, 25)
    expected = Frame(40, 30, 20, 25).corners()
    corners = [corner.toTuple() for corner in square.polygon().toList()]
    np.testing.assert_allclose(corners, expected, atol=1e-9)
    assert Frame.parse(square.choice) == Frame(40, 30, 20, 25)
    assert Square(1.005, 2, 16, -0.001).choice == "1,2,16,0" or Square(1.005, 2, 16, -0.001).choice == "1.01,2,16,0"


def test_an_upright_square_lies_on_whole_pixels() -> None:
    limits = Limits(QSizeF(100, 100), 16, 400)
    kept = limits.keep(Square(50.3, 49.8, 33.4, 360))
    assert kept.angle == 0
    assert kept.size == 33
    assert (kept.corner(0) - QPointF(34, 33)).isNull()


def test_a_turned_square_grows_along_its_own_diagonal() -> None:
    square = Square(50, 50, 20, 30)
    grip = Grip(square, Part.CORNER, square.corner(1), 1)
    out = square.corner(1) - square.corner(3)
    grown = grip.dragged(square.corner(1) + out, Limits(QSizeF(200, 200), 16, 400), centred=False, snapped=False)
    assert grown.size == pytest.approx(40)
    assert grown.angle == pytest.approx(30)
    assert grown.corner(3).toTuple() == pytest.approx(square.corner(3).toTuple())


def test_zooming_waits_while_the_canvas_is_hidden(desk: Desk, photo: Path) -> None:
    window, zoom = desk.window, [desk.window.actions_by_id[name] for name in ("zoom_in", "zoom_out", "fit", "actual")]
    desk.open(photo)
    assert all(action.isEnabled() for action in zoom)
    window.actions_by_id["frame"].setChecked(True)
    desk.until(lambda: window.workspace.views.currentWidget() is window.workspace.frame_editor)
    assert not any(action.isEnabled() for action in zoom)
    window.actions_by_id["frame"].setChecked(False)
    assert all(action.isEnabled() for action in zoom)
