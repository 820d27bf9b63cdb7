"""What the export dialog is told ends up in the file."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QFileDialog, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from diti_studio.core import pictures, video
from diti_studio.core.colour import Profile
from diti_studio.core.metadata import Metadata
from diti_studio.core.pictures import read_recipe
from diti_studio.core.resources import resource, root
from diti_studio.ui.export_dialog import ExportDialog
from diti_studio.ui.file_field import FileField
from diti_studio.ui.jobs import ExportSeries
from diti_studio.ui.preferences import Preferences
from diti_studio.ui.sweep_dialog import SweepDialog
from tests.studio.photographs import take_photo, tells
from tests.studio.profiles import rgb_profile
from tests.studio.ui.conftest import Desk
from tests.studio.ui.views_fixtures import drag, name_file, view_pack


@pytest.mark.parametrize(
    ("policy", "told"),
    [("no-location", {"camera", "moment", "profile"}), ("none", {"profile"})],
)
def test_the_camera_metadata_is_written_as_chosen_and_the_choice_remembered(
    desk: Desk, tmp_path: Path, policy: Metadata, told: set[str]
) -> None:
    desk.finish(lambda: desk.open(take_photo(tmp_path / "photo.jpg")))
    dialog = export_dialog(desk)
    dialog.set_metadata(policy)
    dialog.set_path(tmp_path / "out.jpg")
    dialog.accept()
    desk.until(lambda: "Written" in desk.window.message.text)
    assert tells(tmp_path / "out.jpg") == told
    assert read_recipe(tmp_path / "out.jpg") is not None
    assert Preferences().export_metadata == policy


@pytest.mark.parametrize("profile", ["own", "srgb"])
def test_the_colours_are_written_as_chosen_and_the_choice_remembered(
    desk: Desk, tmp_path: Path, profile: Profile
) -> None:
    vivid = np.random.default_rng(3).integers(0, 256, (96, 96, 3), np.uint8)
    Image.fromarray(vivid).save(tmp_path / "wide.png", icc_profile=rgb_profile())
    opened = desk.open(tmp_path / "wide.png")
    dialog = export_dialog(desk)
    assert dialog._profile.currentData() == "own"
    assert "Display P3" in dialog._profile.currentText()
    dialog.set_profile(profile)
    dialog.set_path(tmp_path / "out.png")
    dialog.accept()
    desk.until(lambda: "Written" in desk.window.message.text)
    with Image.open(tmp_path / "out.png") as image:
        assert (image.info["icc_profile"] == rgb_profile()) == (profile == "own")
        assert np.array_equal(np.asarray(image), vivid if profile == "own" else opened.subject.square)
    assert Preferences().export_profile == profile


def test_a_photo_in_srgb_offers_no_other_colours_and_the_choice_stays(desk: Desk, photo: Path, tmp_path: Path) -> None:
    desk.open(photo)
    dialog = export_dialog(desk)
    assert [dialog._profile.itemData(i) for i in range(dialog._profile.count())] == ["srgb"]
    dialog.set_path(tmp_path / "out.png")
    dialog.accept()
    desk.until(lambda: "Written" in desk.window.message.text)
    assert Preferences().export_profile == "own"


def export_dialog(desk: Desk) -> ExportDialog:
    desk.window.actions_by_id["export"].trigger()
    dialog = desk.window.findChild(ExportDialog)
    assert dialog is not None
    return dialog


def sweep_dialog(desk: Desk) -> SweepDialog:
    desk.window.actions_by_id["export_sweep"].trigger()
    dialog = desk.window.findChild(SweepDialog)
    assert dialog is not None
    return dialog


@pytest.mark.parametrize("suffix", [".webp", ".gif"])
def test_a_sweep_is_written_as_it_was_asked_for(desk: Desk, photo: Path, suffix: str) -> None:
    desk.finish(lambda: desk.open(photo))
    dialog = sweep_dialog(desk)
    dialog.attribute.setCurrentIndex(dialog.attribute.findData("brightness"))
    dialog.start.setValue(-2)
    dialog.stop.setValue(2)
    dialog.frames.setValue(4)
    dialog.side.setValue(64)
    dialog.file.format.setCurrentIndex(dialog.file.format.findData(suffix))
    dialog.file.format.activated.emit(dialog.file.format.currentIndex())
    dialog.accept()
    desk.until(lambda: "Written" in desk.window.message.text)
    with Image.open(photo.with_name(f"photo-sweep{suffix}")) as image:
        assert image.size == (64, 64)
        assert getattr(image, "n_frames", 1) == 6
        first = np.asarray(image.convert("RGB")).mean()
        image.seek(3)
        assert np.asarray(image.convert("RGB")).mean() > first + 5


def test_a_film_is_offered_and_written_where_there_is_a_library_for_it(desk: Desk, photo: Path) -> None:
    av: Any = pytest.importorskip("av")
    desk.finish(lambda: desk.open(photo))
    dialog = sweep_dialog(desk)
    dialog.frames.setValue(4)
    dialog.file.format.setCurrentIndex(dialog.file.format.findData(".mp4"))
    dialog.file.format.activated.emit(dialog.file.format.currentIndex())
    dialog.accept()
    desk.until(lambda: "Written" in desk.window.message.text)
    with av.open(str(photo.with_name("photo-sweep.mp4"))) as film:
        assert len(list(film.decode(video=0))) == 6


def test_without_that_library_the_dialog_says_how_to_get_it(
    desk: Desk, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.finish(lambda: desk.open(photo))
    monkeypatch.setattr(video, "is_available", lambda: False)
    dialog = sweep_dialog(desk)
    assert dialog.file.format.findData(".mp4") < 0
    assert any(video.INSTALL in label.text() for label in dialog.findChildren(QLabel))
    dialog.file.set_path(photo.with_name("a.mp4"))
    assert not dialog._go.isEnabled()
    dialog.reject()


def test_a_sweep_begins_with_the_range_of_its_attribute(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    dialog = sweep_dialog(desk)
    for attribute in desk.packs[0].pack.manifest.attributes:
        dialog.attribute.setCurrentIndex(dialog.attribute.findData(attribute.name))
        assert (dialog.start.value(), dialog.stop.value()) == attribute.range
    dialog.file.name.setText("a.png")
    assert not dialog._go.isEnabled()
    dialog.reject()


@pytest.mark.parametrize("command", ["export_sweep", "export_sheet"])
def test_a_model_without_attributes_has_nothing_to_sweep_and_that_is_said(
    desk: Desk, photo: Path, command: str
) -> None:
    desk.finish(lambda: desk.open(photo))
    desk.window.exporter.set_pack(view_pack(0))
    desk.window.actions_by_id[command].trigger()
    assert desk.window.message.text == "Views has no attributes: there is nothing to sweep."
    assert desk.window.findChild(QDialog) is None


def test_no_export_is_suggested_among_the_programs_own_files(desk: Desk, photo: Path) -> None:
    suggested = list[Path]()
    for path in (photo, resource("samples", "astronaut.jpg")):
        desk.finish(lambda path=path: desk.open(path))
        dialog = sweep_dialog(desk)
        suggested.append(dialog.file.path)
        dialog.reject()
        desk.until(lambda: desk.window.findChild(SweepDialog) is None)
    assert suggested[0].parent == photo.parent
    assert not suggested[1].is_relative_to(root())


def test_a_file_and_its_format_follow_each_other_and_only_the_name_that_was_agreed_to_is_replaced(
    qtbot: QtBot, tmp_path: Path
) -> None:
    field = FileField((("PNG", ".png"), ("JPEG", ".jpg")), tmp_path / "a.JPEG")
    qtbot.addWidget(field)
    assert (field.format.currentText(), field.suffix, field.is_known) == ("JPEG", ".jpg", True)
    field.format.setCurrentIndex(0)
    field.format.activated.emit(0)
    assert field.path == tmp_path / "a.png"
    field.name.setText("a.v2.txt")
    assert not field.is_known
    field.format.activated.emit(0)
    assert field.path == Path("a.v2.txt.png")
    field.name.clear()
    field.format.activated.emit(0)
    assert (field.name.text(), field.is_known) == ("", False)
    browse = field.findChild(QPushButton)
    assert browse is not None
    browse.click()
    name_file(field, tmp_path / "there.jpg")
    assert (field.path, field.suffix, field.overwrite) == (tmp_path / "there.jpg", ".jpg", True)
    field.set_path(tmp_path / "other.jpg")
    assert not field.overwrite


def test_a_name_without_a_suffix_gets_that_of_the_format_that_is_chosen_beside_it(qtbot: QtBot, tmp_path: Path) -> None:
    field = FileField((("PNG", ".png"), ("JPEG", ".jpg")), tmp_path / "a.png")
    qtbot.addWidget(field)
    field.show()
    browse = field.findChild(QPushButton)
    assert browse is not None
    browse.click()
    dialog = field.findChild(QFileDialog)
    assert dialog is not None
    kinds = dialog.findChild(QComboBox, "fileTypeCombo")
    assert kinds is not None
    QTest.keyClick(kinds, Qt.Key.Key_Down)
    name_file(field, tmp_path / "b")
    assert (field.path, field.suffix) == (tmp_path / "b.jpg", ".jpg")


def test_a_sheet_replaces_no_file_that_was_not_asked_about(desk: Desk, photo: Path, tmp_path: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    kept, asked = tmp_path / "sheet.png", list[str]()
    kept.write_bytes(b"kept")

    def refuse() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            box.button(QMessageBox.StandardButton.No).click()

    answering = QTimer(interval=10)
    answering.timeout.connect(refuse)
    answering.start()
    desk.window.exporter.ask_sheet()
    name_file(desk.window, tmp_path / "sheet")
    answering.stop()
    dialog = desk.window.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()
    desk.window.exporter.ask_sheet()
    name_file(desk.window, tmp_path / "another")
    desk.until(lambda: "Written" in desk.window.message.text)
    assert (tmp_path / "another.png").is_file()
    assert len(asked) == 1
    assert "sheet.png" in asked[0]
    assert kept.read_bytes() == b"kept"


def test_a_sheet_is_written_and_the_edit_stays_unsaved(desk: Desk, photo: Path, tmp_path: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    slider = desk.window.workspace.attributes.row("brightness").slider
    middle = slider.rect().center()
    desk.finish(lambda: drag(slider, *(QPoint(middle.x() + 10 * i, middle.y()) for i in range(4))))
    desk.window.exporter.write_sheet(tmp_path / "sheet.png")
    desk.until(lambda: "Written" in desk.window.message.text)
    with Image.open(tmp_path / "sheet.png") as image:
        assert min(image.size) > 300
    assert desk.window.isWindowModified()


def test_the_status_line_speaks_of_the_export_again_after_an_edit(
    desk: Desk, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.finish(lambda: desk.open(photo))
    encoding, go_on = threading.Event(), threading.Event()
    original = pictures.encode

    def encode(*arguments: Any, **options: Any) -> bytes:
        encoding.set()
        assert go_on.wait(20)
        return original(*arguments, **options)

    monkeypatch.setattr(pictures, "encode", encode)
    desk.window.exporter.write_sheet(tmp_path / "sheet.png")
    desk.until(encoding.is_set)
    slider = desk.window.workspace.attributes.row("brightness").slider
    middle = slider.rect().center()
    desk.finish(lambda: drag(slider, *(QPoint(middle.x() + 10 * i, middle.y()) for i in range(4))))
    desk.until(lambda: desk.window.status.work == "Exporting…")
    desk.qtbot.wait(400)  # longer than it takes to say that nothing is done
    assert desk.window.status.is_busy
    go_on.set()
    desk.until(lambda: "Written" in desk.window.message.text)
    desk.until(lambda: not desk.window.status.is_busy)


def test_a_series_never_replaces_a_file_unasked_and_can_be_cancelled(desk: Desk, photo: Path, tmp_path: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    before = photo.read_bytes()
    desk.window.exporter.write_sheet(photo, overwrite=True)
    desk.until(lambda: desk.failures)
    assert photo.read_bytes() == before
    (tmp_path / "there.png").write_bytes(before)
    desk.window.exporter.write_sheet(tmp_path / "there.png")
    desk.until(lambda: len(desk.failures) == 2)
    desk.window.exporter.write_sheet(tmp_path / "cancelled.png")
    desk.until(lambda: any(isinstance(job, ExportSeries) for job in desk.running))
    desk.window.preview.stop()
    desk.until(lambda: not desk.running)
    assert not (tmp_path / "cancelled.png").exists()
    assert len(desk.failures) == 2
