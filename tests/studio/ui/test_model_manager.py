"""The model manager: what it tells of packs, and installing, verifying and removing them by hand."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton

from diti_studio.core import packs
from diti_studio.core.cancel import CancelToken
from diti_studio.core.errors import Cancelled
from diti_studio.core.packs import Pack
from diti_studio.ui import pack_shelf
from diti_studio.ui.model_manager import ModelManager
from tests.studio.packs_factory import make_pack, picture
from tests.studio.ui.conftest import Desk
from tests.studio.ui.test_main_window import drop


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """A pack from elsewhere, as one file."""
    folder = make_pack(tmp_path / "download" / "kitchens", name="kitchens", domain="room")
    path = folder.with_suffix(".ditipack")
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    shutil.rmtree(folder)
    return path


def manager(desk: Desk) -> ModelManager:
    """The manager, opened from the menu."""
    desk.window.actions_by_id["manage_models"].trigger()
    dialog = desk.window.packs.dialog
    desk.until(lambda: dialog.list.count())
    return dialog


def files(*paths: Path) -> QMimeData:
    """What a file manager drags."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def question(desk: Desk) -> QMessageBox:
    """The question that is asked."""
    desk.until(lambda: desk.window.packs.dialog.findChildren(QMessageBox))
    return desk.window.packs.dialog.findChildren(QMessageBox)[0]


def answer(desk: Desk, text: str) -> None:
    """Presses a button of the question."""
    box = question(desk)
    button = next(b for b in box.findChildren(QPushButton) if b.text().replace("&", "") == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def fact(dialog: ModelManager, label: str) -> str:
    """What the form says about something."""
    found = [w for w in dialog.findChildren(QLabel) if w.accessibleName() == label]
    assert len(found) == 1, label
    return found[0].text()


def test_it_lists_what_is_there_and_what_cannot_be_used(desk: Desk, own_folders: Path) -> None:
    broken = make_pack(packs.user_folder() / "torn", name="torn")
    (broken / "unet.onnx").write_bytes(b"short")
    dialog = manager(desk)
    lines = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert lines[0] == "Tiny test pack\nother · 32 px · in use"
    assert "torn\ncannot be used" in lines
    assert fact(dialog, "Attributes") == "3 (1 of them experimental)"
    assert fact(dialog, "Licence") == "MIT"
    assert fact(dialog, "Trained on") == "The pack does not say."
    assert "kB" in fact(dialog, "Size on disk") or "KiB" in fact(dialog, "Size on disk")
    assert not dialog.use.isEnabled()  # it is in use
    assert not dialog.remove.isEnabled()  # and not installed here
    assert dialog.device.text().startswith("Runs on CPU")
    dialog.list.setCurrentRow(lines.index("torn\ncannot be used"))
    assert (
        dialog.said.text()
        == "The model pack torn is damaged: unet.onnx has 5 bytes, not "
        + str(json.loads((broken / "manifest.json").read_text())["files"]["unet.onnx"]["size"])
        + "."
    )
    assert dialog.remove.isEnabled()
    assert not dialog.verify.isEnabled()


def test_a_dropped_pack_is_checked_asked_about_once_and_installed(
    desk: Desk, own_folders: Path, stranger: Path
) -> None:
    assert drop(desk.window, files(stranger))
    box = question(desk)
    assert "Tiny test pack" in box.text()
    assert str(stranger) in box.informativeText()
    assert "Licence: MIT" in box.informativeText()
    assert not packs.user_folder().exists()  # nothing before the answer
    answer(desk, "Install")
    desk.until(lambda: "is installed" in desk.window.packs.dialog.said.text())
    assert Pack.open(packs.user_folder() / "kitchens").manifest.domain == "room"
    current = desk.window.packs.dialog.current
    assert current is not None
    assert current.name == "kitchens"
    QTest.mouseClick(desk.window.message.action, Qt.MouseButton.LeftButton)  # Use It
    desk.until(lambda: len(desk.packs) == 2)
    assert desk.packs[-1].pack.manifest.name == "kitchens"
    desk.until(lambda: not desk.window.packs.dialog.use.isEnabled())


def test_a_pack_that_was_tampered_with_is_refused(desk: Desk, own_folders: Path, tmp_path: Path) -> None:
    folder = make_pack(tmp_path / "download" / "evil", name="evil")
    graph = bytearray((folder / "unet.onnx").read_bytes())
    graph[-1] ^= 1
    (folder / "unet.onnx").write_bytes(graph)
    dialog = manager(desk)
    assert drop(dialog, files(folder))
    desk.until(lambda: "hash of unet.onnx is wrong" in dialog.said.text())
    assert not dialog.findChildren(QMessageBox)
    assert dialog.install.isEnabled()
    drop(dialog, files(tmp_path))
    assert "is no model pack" in dialog.said.text()


def test_saying_no_installs_nothing(desk: Desk, own_folders: Path, stranger: Path) -> None:
    desk.window.packs.install(stranger)
    answer(desk, "Cancel")
    desk.until(lambda: not desk.window.packs.dialog.findChildren(QMessageBox))
    assert not packs.user_folder().exists()


def test_verifying_finds_what_has_rotted(desk: Desk, own_folders: Path, stranger: Path) -> None:
    packs.install(stranger)
    dialog = manager(desk)
    desk.until(lambda: dialog.list.count() > 1)
    dialog.list.setCurrentRow(
        [dialog.list.item(r).data(Qt.ItemDataRole.UserRole).name for r in range(2)].index("kitchens")
    )
    QTest.mouseClick(dialog.verify, Qt.MouseButton.LeftButton)
    desk.until(lambda: dialog.said.text() == "Tiny test pack: all 3 files are as they should be.")
    graph = packs.user_folder() / "kitchens" / "encoder.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"?")
    QTest.mouseClick(dialog.verify, Qt.MouseButton.LeftButton)
    desk.until(lambda: "the hash of encoder.onnx is wrong" in dialog.said.text())


def test_removing_what_is_in_use_goes_back_to_another_one(desk: Desk, own_folders: Path, stranger: Path) -> None:
    packs.install(stranger)
    dialog = manager(desk)
    names = [dialog.list.item(r).data(Qt.ItemDataRole.UserRole).name for r in range(dialog.list.count())]
    dialog.list.setCurrentRow(names.index("kitchens"))
    QTest.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    desk.until(lambda: desk.packs[-1].pack.manifest.name == "kitchens")
    desk.until(dialog.remove.isEnabled)
    QTest.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    answer(desk, "Remove")
    desk.until(lambda: desk.packs[-1].pack.manifest.name == "tiny")
    assert not (packs.user_folder() / "kitchens").exists()
    desk.until(lambda: "kitchens" not in [pack.name for pack in desk.window.models.in_use.installed])
    assert "was removed" in desk.window.message.text


def test_samples_and_figures_are_shown(desk: Desk, own_folders: Path, tmp_path: Path) -> None:
    folder = make_pack(tmp_path / "download" / "shown", name="shown")
    add_to(folder, "samples/one.png", lambda path: Image.fromarray(picture(3)).save(path))
    change(folder, "training", {
        "data": "10 pictures", "images_seen": 5000,
        "metrics": [{"name": "psnr_labelled_20_20", "value": 29.57, "unit": "dB", "command": "evaluate"},
                    {"name": "selectivity_labelled_age", "value": 1.8}],
    })  # fmt: skip
    packs.install(folder)
    dialog = manager(desk)
    names = [dialog.list.item(r).data(Qt.ItemDataRole.UserRole).name for r in range(dialog.list.count())]
    dialog.list.setCurrentRow(names.index("shown"))
    desk.until(lambda: [w for w in dialog.findChildren(QLabel) if w.accessibleName() == "Sample 1"])
    assert fact(dialog, "Rebuilds at") == "29.6 dB (labelled)"
    assert fact(dialog, "Pictures seen") == "5,000"


def test_verifying_can_be_stopped(tiny: Pack) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        pack_shelf.verify(tiny, token)


def test_the_gpus_memory_is_what_its_driver_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho '1024, 81920'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert "80.0 GiB on the GPU" in pack_shelf.memory("cuda")
    assert "GPU" not in pack_shelf.memory("cpu")
    tool.write_text("#!/bin/sh\necho broken\n")
    assert "GPU" not in pack_shelf.memory("cuda")


def add_to(folder: Path, name: str, write: Callable[[Path], object]) -> None:
    """Adds a file to a pack."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    write(path)
    manifest = json.loads((folder / "manifest.json").read_text())
    data = path.read_bytes()
    manifest["files"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def change(folder: Path, key: str, value: object) -> None:
    """Changes a field of a pack's manifest."""
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, key: value}))
