"""The whole way, by hand: a picture is opened, a slider dragged, the change taken back."""

from __future__ import annotations

import os
import re
import threading
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QUndoStack
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from diti_studio.core.edit import Blend, Edit
from diti_studio.core.pictures import read_recipe
from diti_studio.ui.export_dialog import ExportDialog
from diti_studio.ui.imaging import to_image, to_pixels
from diti_studio.ui.jobs import (
    Source,
)
from diti_studio.ui.main_window import STEP_MS
from diti_studio.ui.preferences import Preferences
from diti_studio.ui.session import Snapshot
from tests.studio.pack_surgery import replace_file
from tests.studio.packs_factory import make_pack, picture
from tests.studio.ui.conftest import Desk, started
from tests.studio.ui.views_fixtures import drag


def drag_attribute(desk: Desk, name: str, share: float, *, release: bool = True) -> None:
    """Drags an attribute's slider from where it stands by a share of its width, in several moves."""
    slider = desk.window.workspace.attributes.row(name).slider
    middle = slider.rect().center()
    steps = [QPoint(round(middle.x() + share * slider.width() * i / 5), middle.y()) for i in range(6)]
    drag(slider, *steps, release=release)


def history(desk: Desk) -> QUndoStack:
    """The history of the current picture."""
    stack = desk.window.session.group.activeStack()
    assert stack is not None
    return stack


def drop(widget: QWidget, data: QMimeData) -> bool:
    """Drags something over a widget and lets it fall; True when it was taken."""
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    place = widget.rect().center()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Qt wants fractions here, older takes none
        entering = QDragEnterEvent(place, Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(widget, entering)
    if not entering.isAccepted():
        return False
    falling = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(widget, falling)
    return falling.isAccepted()


# -- editing ---------------------------------------------------------------------------------------------------


def test_a_dragged_slider_changes_the_canvas_and_undo_brings_back_every_bit(desk: Desk, photo: Path) -> None:
    before = desk.finish(lambda: desk.open(photo)).copy()
    after = desk.finish(lambda: drag_attribute(desk, "brightness", 0.3)).copy()
    assert np.mean(to_pixels(after).astype(float) - to_pixels(before)) > 5
    assert desk.finish(desk.window.undo) == before
    assert desk.window.workspace.attributes.row("brightness").amount == 0
    assert desk.finish(desk.window.redo) == after


def test_at_zero_the_canvas_shows_the_photo_itself(desk: Desk, photo: Path) -> None:
    shown = desk.finish(lambda: desk.open(photo))
    np.testing.assert_array_equal(to_pixels(shown), picture(1))


def test_a_drag_shows_previews_and_is_one_step_of_the_history(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    count = len(desk.shown)
    drag_attribute(desk, "warmth", 0.25, release=False)
    desk.until(lambda: len(desk.shown) > count)
    assert not any(final for _, final in desk.shown[count:])
    slider = desk.window.workspace.attributes.row("warmth").slider
    desk.finish(lambda: QTest.mouseRelease(slider, Qt.MouseButton.LeftButton))
    stack = history(desk)
    assert stack.count() == 1  # one drag of many moves
    assert stack.undoText().startswith("Warmth +")


def test_a_drag_back_to_where_it_began_leaves_no_step(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    slider = desk.window.workspace.attributes.row("warmth").slider
    middle = slider.rect().center()
    drag(slider, middle, middle + QPoint(30, 0), middle)
    assert history(desk).count() == 0


def test_each_picture_of_the_film_strip_keeps_its_edit_and_history(desk: Desk, photo: Path, other_photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    edited = desk.finish(lambda: drag_attribute(desk, "brightness", 0.2)).copy()
    desk.finish(lambda: desk.open(other_photo))
    assert desk.window.windowTitle().startswith("other.png")
    assert not desk.window.actions_by_id["undo"].isEnabled()
    strip = desk.window.workspace.film_strip
    assert strip.isVisible()
    first = strip.visualRect(strip.model().index(0, 0)).center()
    shown = desk.finish(lambda: QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=first))
    assert shown == edited
    assert desk.window.windowTitle().startswith("photo.png")
    assert desk.window.actions_by_id["undo"].isEnabled()
    desk.finish(desk.window.undo)
    assert desk.finish(desk.window.next_picture) != edited
    assert desk.window.windowTitle().startswith("other.png")


def test_several_dropped_pictures_wait_in_the_film_strip(desk: Desk, photo: Path, other_photo: Path) -> None:
    broken = photo.with_name("broken.png")
    broken.write_bytes(b"no picture")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in (photo, broken, other_photo)])
    desk.finish(lambda: drop(desk.window, data))
    photos = desk.window.session.photos
    assert [p.source.name for p in photos] == ["photo.png", "broken.png", "other.png"]
    assert [p.state is not None for p in photos] == [True, False, False]
    desk.until(lambda: photos[2].thumbnail is not None)
    desk.window.go_to(photos[1])
    desk.until(lambda: photos[1].problem)
    assert "broken.png" in photos[1].problem
    assert desk.window.session.current is photos[0]
    desk.finish(lambda: desk.window.go_to(photos[2]))
    desk.finish(desk.window.close_picture)
    assert desk.window.session.current is photos[0]
    desk.window.close_picture()
    assert desk.window.pages.currentWidget() is desk.window.welcome


def test_a_closed_picture_that_is_brought_back_is_drawn_once_for_each_change(
    desk: Desk, photo: Path, other_photo: Path
) -> None:
    desk.finish(lambda: desk.open(other_photo))
    desk.finish(lambda: desk.open(photo))
    desk.finish(lambda: drag_attribute(desk, "brightness", 0.2))
    closed, drawn = desk.window.session.photos[1], list[str]()
    for _ in range(2):
        desk.window.close_photo(closed)
        desk.window.message.action.click()
    assert desk.window.session.photos[1] is closed
    strip = desk.window.workspace.film_strip.model()
    strip.dataChanged.connect(lambda index: drawn.append(index.data()))
    closed.set_thumbnail(to_image(picture(3)))
    assert drawn == ["photo.png"]


@pytest.mark.parametrize("key", [Qt.Key.Key_G, Qt.Key.Key_T])
def test_a_view_that_is_asked_for_on_the_start_page_is_shown(desk: Desk, photo: Path, key: Qt.Key) -> None:
    desk.finish(lambda: desk.open(photo))
    space = desk.window.workspace
    desk.window.actions_by_id["start"].trigger()
    assert desk.window.welcome.isVisible()
    QTest.keyClick(desk.window, key)
    assert (space.grid if key == Qt.Key.Key_G else space.explorer).isVisible()


def test_reset_all_is_one_step(desk: Desk, photo: Path) -> None:
    plain = desk.finish(lambda: desk.open(photo)).copy()
    desk.finish(lambda: drag_attribute(desk, "brightness", 0.2))
    desk.finish(lambda: drag_attribute(desk, "warmth", 0.2))
    assert desk.finish(desk.window.actions_by_id["reset"].trigger) == plain
    state = desk.window.session.state
    assert state is not None
    assert state.edit.is_identity
    desk.finish(desk.window.undo)
    assert set(desk.window.session.state.edit.attributes) == {"brightness", "warmth"}


def test_the_equaliser_moves_the_picture(desk: Desk, photo: Path) -> None:
    before = desk.finish(lambda: desk.open(photo)).copy()
    panel = desk.window.workspace.equaliser
    after = desk.finish(lambda: panel.settled.emit((2.0,) + (0.0,) * 7, 0))
    assert after != before
    assert history(desk).undoText() == "Group 0 +2.00"
    assert desk.finish(desk.window.undo) == before
    assert not any(panel.equaliser.amounts)


def test_a_reference_lends_and_is_undone(desk: Desk, photo: Path, other_photo: Path) -> None:
    plain = desk.finish(lambda: desk.open(photo)).copy()
    panel = desk.window.workspace.reference
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(other_photo))])
    assert drop(panel, data)
    desk.until(lambda: desk.window.session.state.lender is not None)
    blended = desk.finish(lambda: panel.settled.emit(Blend(start=0, end=8, alpha=1), 0.0)).copy()
    assert blended != plain
    with_noise = desk.finish(lambda: panel.settled.emit(Blend(start=0, end=8, alpha=1), 1.0)).copy()
    lender = desk.window.session.state.lender
    own, borrowed = (np.abs(to_pixels(i).astype(float) - lender.subject.square).mean() for i in (plain, with_noise))
    assert borrowed < own / 2
    desk.finish(desk.window.undo)
    desk.finish(desk.window.undo)
    desk.window.undo()
    assert desk.window.session.state.lender is None
    assert not desk.window.session.state.edit.needs_reference


def test_the_model_view_shows_the_networks_own_picture(desk: Desk, photo: Path) -> None:
    own = desk.finish(lambda: desk.open(photo)).copy()
    model = desk.finish(lambda: desk.window.actions_by_id["model"].setChecked(True)).copy()
    assert model != own
    assert desk.finish(lambda: desk.window.actions_by_id["model"].setChecked(False)) == own


def test_the_original_shows_while_a_key_is_held(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    desk.finish(lambda: drag_attribute(desk, "brightness", 0.3))
    canvas = desk.window.workspace.canvas
    edited = canvas.grab().toImage()
    QTest.keyPress(desk.window, Qt.Key.Key_B)
    assert canvas.is_holding
    assert canvas.grab().toImage() != edited
    QTest.keyRelease(desk.window, Qt.Key.Key_B)
    assert canvas.grab().toImage() == edited


# -- opening ---------------------------------------------------------------------------------------------------


def test_a_dropped_file_opens(desk: Desk, photo: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo))])
    assert drop(desk.window, data)
    desk.until(lambda: desk.opened)
    assert desk.window.pages.currentWidget() is desk.window.workspace
    assert Preferences().recent == (photo,)


def test_a_dropped_folder_opens_its_pictures(desk: Desk, photo: Path, other_photo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    (folder / "day 2").mkdir(parents=True)
    photo.rename(folder / "photo.png")
    other_photo.rename(folder / "day 2" / "other.png")
    (folder / "notes.txt").write_text("no picture")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    desk.finish(lambda: drop(desk.window, data))
    assert sorted(p.source.name for p in desk.window.session.photos) == ["other.png", "photo.png"]
    (tmp_path / "empty").mkdir()
    desk.window.open_all([Source.file(tmp_path / "empty")])
    desk.until(lambda: desk.failures)
    assert "no picture" in desk.window.message.text


def test_dropped_pixels_open_and_transparency_is_white(desk: Desk) -> None:
    image = QImage(64, 64, QImage.Format.Format_ARGB32)
    image.fill(0x80FF0000)  # red, half there
    data = QMimeData()
    data.setImageData(image)
    assert drop(desk.window, data)
    desk.until(lambda: desk.opened)
    assert abs(desk.opened[0].subject.square.astype(int) - [255, 127, 127]).max() <= 1


def test_something_without_a_picture_is_not_taken(desk: Desk) -> None:
    data = QMimeData()
    data.setText("hello")
    assert not drop(desk.window, data)


def test_a_copied_picture_is_pasted(desk: Desk) -> None:
    QGuiApplication.clipboard().setImage(to_image(picture(3)))
    desk.window.actions_by_id["paste"].trigger()
    desk.until(lambda: desk.opened)
    np.testing.assert_array_equal(desk.opened[0].subject.square, picture(3))


def test_pasting_nothing_says_so(desk: Desk) -> None:
    QGuiApplication.clipboard().clear()
    desk.window.actions_by_id["paste"].trigger()
    assert "no picture" in desk.window.message.text


@pytest.mark.parametrize("content", [b"", b"no picture at all", b"\x89PNG\r\n\x1a\n cut short"])
def test_what_cannot_be_opened_is_said_and_changes_nothing(
    desk: Desk, photo: Path, tmp_path: Path, content: bytes
) -> None:
    kept = desk.finish(lambda: desk.open(photo)).copy()
    broken = tmp_path / "broken.png"
    broken.write_bytes(content)
    desk.window.open_source(Source.file(broken))
    desk.until(lambda: desk.failures)
    assert "broken.png" in desk.window.message.text
    assert desk.window.message.kind == "error"
    assert desk.canvas_image() == kept
    assert history(desk).count() == 0
    desk.finish(lambda: drag_attribute(desk, "brightness", 0.2))  # and the window goes on


def test_a_picture_that_is_not_square_is_framed_and_said(desk: Desk, tmp_path: Path) -> None:
    wide = tmp_path / "wide.png"
    Image.fromarray(picture(1)[:64]).save(wide)
    desk.open(wide)
    assert "not square" in desk.window.message.text
    assert desk.window.message.kind == "note"


# -- writing ---------------------------------------------------------------------------------------------------


def test_copy_puts_the_edited_pixels_into_the_clipboard(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    edited = desk.finish(lambda: drag_attribute(desk, "brightness", 0.3))
    desk.window.actions_by_id["copy"].trigger()
    desk.until(lambda: not QGuiApplication.clipboard().image().isNull())
    np.testing.assert_array_equal(to_pixels(QGuiApplication.clipboard().image()), to_pixels(edited))


def test_export_writes_what_is_seen_with_its_recipe_and_marks_it_saved(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    edited = desk.finish(lambda: drag_attribute(desk, "brightness", 0.3))
    assert desk.window.isWindowModified()
    desk.window.actions_by_id["export"].trigger()
    dialog = desk.window.findChild(ExportDialog)
    assert dialog is not None
    dialog.accept()
    target = photo.with_name("photo-edited.png")
    desk.until(lambda: "Written" in desk.window.message.text)
    with Image.open(target) as image:
        np.testing.assert_array_equal(np.asarray(image), to_pixels(edited))
    assert Edit.from_json(read_recipe(target) or "").attributes.keys() == {"brightness"}
    assert not desk.window.isWindowModified()


def test_the_whole_photo_is_exported_with_the_edit_put_back(desk: Desk, tmp_path: Path) -> None:
    pixels = np.full((90, 140, 3), 90, np.uint8)
    pixels[:, 40:100] = picture(1)[:90, :60]
    photo = tmp_path / "wide.png"
    Image.fromarray(pixels).save(photo)
    desk.finish(lambda: desk.open(photo))
    desk.finish(lambda: drag_attribute(desk, "brightness", 0.3))
    desk.window.actions_by_id["export"].trigger()
    dialog = desk.window.findChild(ExportDialog)
    assert dialog is not None
    dialog.set_area("photo")
    dialog.set_path(tmp_path / "out.tif")
    dialog.accept()
    desk.until(lambda: "Written" in desk.window.message.text)
    with Image.open(tmp_path / "out.tif") as image:
        written = np.asarray(image)
    assert written.shape == pixels.shape
    frame = desk.opened[0].subject.frame
    left, right = int(frame.corners()[:, 0].min()), int(frame.corners()[:, 0].max())
    np.testing.assert_array_equal(written[:, : max(0, left)], pixels[:, : max(0, left)])  # outside, nothing changes
    assert np.abs(written[:, left:right].astype(int) - pixels[:, left:right]).mean() > 3
    assert Preferences().export_area == "photo"


def test_the_source_is_never_written_over(desk: Desk, photo: Path) -> None:
    before = photo.read_bytes()
    desk.finish(lambda: desk.open(photo))
    desk.window.actions_by_id["export"].trigger()
    dialog = desk.window.findChild(ExportDialog)
    assert dialog is not None
    dialog.set_path(photo)
    dialog.accept()
    desk.until(lambda: desk.failures)
    assert "source" in desk.window.message.text
    assert photo.read_bytes() == before


# -- work ------------------------------------------------------------------------------------------------------


def test_escape_cancels_and_the_next_move_renders_again(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    desk.until(lambda: not desk.running)
    drag_attribute(desk, "brightness", 0.3, release=False)
    desk.until(lambda: desk.window.status.is_busy)
    desk.window.actions_by_id["cancel"].trigger()
    desk.until(lambda: not desk.running)
    assert not desk.window.status.is_busy
    assert not desk.failures
    slider = desk.window.workspace.attributes.row("brightness").slider
    desk.finish(lambda: QTest.mouseRelease(slider, Qt.MouseButton.LeftButton))


class Stuck:
    """A session that hears no cancel, as on a driver that hangs, until it is released."""

    def __init__(self) -> None:
        self.released = threading.Event()

    def run(self, *_: object) -> list[object]:
        self.released.wait()
        raise RuntimeError("the driver is back")


def test_escape_says_until_when_a_step_is_waited_for_that_does_not_end(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    status, cancel = desk.window.status, desk.window.actions_by_id["cancel"]
    desk.until(lambda: not desk.running and not status.work)
    cancel.trigger()
    assert not status.work
    editor = desk.window.worker._editor
    assert editor is not None
    stuck = Stuck()
    working, editor.network._unet = editor.network._unet, stuck
    try:
        drag_attribute(desk, "brightness", 0.3)
        desk.until(lambda: status.is_busy and desk.window.worker.seconds_left() is not None)
        cancel.trigger()
        assert status.work == "Cancelled"
        wanted = r"Waiting for the running step to end, at \d\d:\d\d:\d\d at the latest"
        desk.until(lambda: re.fullmatch(wanted, status.work))
        drag_attribute(desk, "brightness", 0.1)  # which waits, and does not hide why
        assert status.is_waiting
    finally:
        editor.network._unet = working
        stuck.released.set()
    desk.until(lambda: not desk.running and not status.work)
    assert not desk.failures
    desk.finish(lambda: drag_attribute(desk, "brightness", 0.2))


def test_escape_says_the_same_of_an_opening_which_it_does_not_end(
    desk: Desk, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor, stuck = desk.window.worker._editor, Stuck()
    assert editor is not None
    with monkeypatch.context() as patch:
        patch.setattr(editor.network, "_encoder", stuck)
        desk.window.open_source(Source.file(photo))
        desk.until(lambda: desk.window.status.work and desk.window.worker.seconds_left() is not None)
        desk.window.actions_by_id["cancel"].trigger()
        assert desk.window.status.work == "Opening photo.png…"  # an opening mostly goes on, and ends soon
        desk.until(lambda: desk.window.status.work.startswith("Waiting for the running step to end"))
        stuck.released.set()
        desk.until(lambda: desk.failures)
    desk.finish(lambda: desk.open(photo))


def test_escape_speaks_of_no_step_that_nobody_waits_for(
    desk: Desk, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.finish(lambda: desk.open(photo))
    status, cancel = desk.window.status, desk.window.actions_by_id["cancel"]
    desk.until(lambda: not desk.running and not status.work)
    desk.window.actions_by_id["copy"].trigger()
    editor, current, stuck = desk.window.worker._editor, desk.window.session.current, Stuck()
    assert editor is not None
    assert current is not None
    assert current.state is not None
    later = replace(current.state, edit=Edit(attributes={"brightness": 1}))
    with monkeypatch.context() as patch:
        patch.setattr(editor.network, "_unet", stuck)
        current.set_snapshots([Snapshot("Later", later, current.state.opened.image, drawn=False)])
        desk.until(lambda: desk.window.worker.seconds_left() is not None)
        said = status.work
        cancel.trigger()
        QTest.qWait(2 * STEP_MS)
        stuck.released.set()
        assert status.work == said != ""
        desk.until(lambda: desk.failures)


def test_closing_while_it_works_ends_the_thread(desk: Desk, photo: Path) -> None:
    desk.open(photo)
    drag_attribute(desk, "brightness", 0.3)
    desk.window.close()
    assert desk.window.worker.isFinished()


def test_a_defect_is_reported_and_the_window_lives_on(
    desk: Desk, photo: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a defect")

    with monkeypatch.context() as patch:
        patch.setattr("diti_studio.core.pictures.decode", broken)
        desk.window.open_source(Source.file(photo))
        desk.until(lambda: desk.failures)
    assert "should not have happened" in desk.window.message.text
    assert "a defect" in caplog.text
    desk.finish(lambda: desk.open(photo))


# -- models ----------------------------------------------------------------------------------------------------


def test_another_pack_opens_the_picture_again_and_keeps_what_it_can(
    desk: Desk, photo: Path, tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.finish(lambda: desk.open(photo))
    desk.finish(lambda: drag_attribute(desk, "brightness", 0.3))
    other = make_pack(tmp_path / "more" / "second", name="second")
    changed = other / "manifest.json"
    changed.write_text(
        changed.read_text().replace('"beta_schedule": "linear"', '"beta_schedule": "linear", "beta_end": 0.019')
    )
    monkeypatch.setenv("DITI_PACKS", os.pathsep.join([str(tiny_folder.parent), str(other.parent)]))
    desk.finish(lambda: desk.window.models.choose_pack("second"))
    desk.until(lambda: len(desk.opened) == 2)
    state = desk.window.session.state
    assert state is not None
    assert state.edit.attributes.keys() == {"brightness"}
    assert [history(desk).text(i) for i in range(history(desk).count())] == ["Brightness +1.90", "Model Tiny test pack"]
    assert Preferences().pack == "second"


def test_a_pack_that_cannot_be_loaded_leaves_the_one_in_use(desk: Desk, photo: Path) -> None:
    desk.window.models.choose_pack("no-such-pack")
    desk.until(lambda: desk.failures)
    assert "no-such-pack" in desk.window.message.text
    desk.finish(lambda: desk.open(photo))
    desk.finish(lambda: drag_attribute(desk, "brightness", 0.3))


def test_without_a_pack_it_says_what_to_do(
    qtbot: QtBot, own_folders: Path, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DITI_PACKS", str(tmp_path / "nothing"))
    monkeypatch.setattr("diti_studio.core.packs.installed", lambda: iter(()))
    with started(qtbot, None) as desk:
        desk.until(lambda: desk.failures)
        assert "No model pack" in desk.window.message.text


def test_a_pack_that_cannot_take_the_picture_gives_way_to_the_one_before_and_nothing_is_lost(
    desk: Desk, photo: Path, tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import onnx

    desk.finish(lambda: desk.open(photo))
    after = desk.finish(lambda: drag_attribute(desk, "brightness", 0.3)).copy()
    broken = make_pack(tmp_path / "more" / "broken", name="broken")
    model = onnx.load(broken / "encoder.onnx")
    model.graph.node[0].attribute[0].ints[:] = model.graph.node[0].attribute[1].ints[:] = [16, 16]  # z too short
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 12
    replace_file(broken, "encoder.onnx", model.SerializeToString())
    monkeypatch.setenv("DITI_PACKS", os.pathsep.join([str(tiny_folder.parent), str(broken.parent)]))
    packs = len(desk.packs)
    desk.window.models.choose_pack("broken")
    desk.until(lambda: len(desk.packs) == packs + 2)
    pack, current = desk.window.models.pack, desk.window.session.current
    assert pack is not None
    assert pack.manifest.name == "tiny"
    assert current is not None
    assert not current.problem
    assert history(desk).count() == 1
    assert "cannot take photo.png" in desk.window.message.text
    assert desk.canvas_image() == after
    desk.finish(desk.window.undo)
    assert desk.finish(desk.window.redo) == after
    assert Preferences().pack in (None, "tiny")
