"""Two models side by side: chosen on the start page, and offered where a picture has no face."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from diti_studio.core.edit import Edit
from diti_studio.core.resources import resource
from diti_studio.ui.jobs import Job
from diti_studio.ui.main_window import MainWindow
from diti_studio.ui.preferences import Preferences
from diti_studio.ui.session import Snapshot
from tests.studio.pack_surgery import change_manifest, replace_file
from tests.studio.packs_factory import make_pack, picture
from tests.studio.ui.conftest import Desk


@pytest.fixture
def two_packs(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack of faces and one of rooms, each with a sample."""
    folder = own_folders / "packs"
    make_pack(folder / "faces", name="faces", domain="face", recipe="ffhq")
    make_pack(folder / "rooms", name="rooms", domain="room", recipe="centre")
    for name, title in (("faces", "Faces"), ("rooms", "Rooms")):
        change_manifest(folder / name, lambda m, title=title: m.update(title=title))
        data = io.BytesIO()
        Image.fromarray(picture(len(name) + ord(name[0]))).save(data, "PNG")
        replace_file(folder / name, f"samples/{name}-one.png", data.getvalue())
    monkeypatch.setenv("DITI_PACKS", str(folder))
    monkeypatch.setattr("diti_studio.core.packs.search_path", lambda: (folder,))
    return folder


@pytest.fixture
def pair_desk(qtbot: QtBot, two_packs: Path) -> Iterator[Desk]:
    """The window as a newcomer meets it: faces in use, rooms beside them."""
    window = MainWindow(Preferences())
    desk = Desk(window, qtbot)
    window.show()
    window.start()
    desk.until(lambda: desk.packs and window.welcome.samples())
    yield desk
    window.close()
    window.deleteLater()


def test_the_start_page_offers_the_models_by_title_and_shows_the_samples_of_the_chosen_one(pair_desk: Desk) -> None:
    welcome = pair_desk.window.welcome
    assert [(b.text(), b.isChecked()) for b in welcome.packs()] == [("Faces", True), ("Rooms", False)]
    assert all(button.isVisible() for button in welcome.packs())
    assert welcome.samples()[0].toolTip() == "Faces one"
    QTest.mouseClick(welcome.packs()[1], Qt.MouseButton.LeftButton)
    pair_desk.until(lambda: [card.toolTip() for card in welcome.samples()] == ["Rooms one"])
    assert [b.isChecked() for b in welcome.packs()] == [False, True]
    assert Preferences().pack == "rooms"
    pack = pair_desk.window.models.pack
    assert pack is not None
    assert pack.manifest.name == "rooms"


def test_the_models_are_chosen_by_keyboard_and_keep_the_focus(pair_desk: Desk) -> None:
    pair_desk.window.activateWindow()
    welcome = pair_desk.window.welcome
    welcome.packs()[0].setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(welcome.packs()[0], Qt.Key.Key_Right)
    pair_desk.until(lambda: len(pair_desk.packs) == 2)
    assert [b.isChecked() for b in welcome.packs()] == [False, True]
    assert welcome.packs()[1].hasFocus()
    spoken = QAccessible.queryAccessibleInterface(welcome.packs()[1])
    assert spoken.text(QAccessible.Text.Name) == "Model Rooms"
    assert spoken.state().checked == 1


def test_a_model_that_cannot_be_loaded_leaves_the_one_in_use_marked(pair_desk: Desk, two_packs: Path) -> None:
    welcome = pair_desk.window.welcome
    manifest = two_packs / "rooms" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 99}))
    QTest.mouseClick(welcome.packs()[1], Qt.MouseButton.LeftButton)
    pair_desk.until(lambda: pair_desk.failures)
    assert [b.isChecked() for b in welcome.packs()] == [True, False]
    assert all(card.isEnabled() for card in welcome.samples())
    assert pair_desk.window.message.kind == "error"


def test_with_one_model_there_is_nothing_to_choose(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = desk.packs[0]
    desk.window.models.set_installed(ready.installed[:1])
    assert desk.window.welcome.packs() == []


def test_a_picture_without_a_face_offers_the_model_that_needs_none(pair_desk: Desk, photo: Path) -> None:
    pair_desk.finish(lambda: pair_desk.open(photo))
    message = pair_desk.window.message
    pair_desk.until(lambda: message.action.isVisible())
    assert message.action.text() == "Use Rooms"
    assert message.text == "photo.png: no face found, so its centre is used; the model Rooms needs none."
    message.action.click()
    pair_desk.until(lambda: len(pair_desk.opened) == 2)
    state, pack = pair_desk.window.session.state, pair_desk.window.models.pack
    assert state is not None
    assert pack is not None
    assert pack.manifest.name == "rooms"
    assert state.opened.pack == pack.identity
    assert not message.action.isVisible()


def test_a_snapshot_of_another_model_waits_until_that_is_back(pair_desk: Desk, photo: Path) -> None:
    window = pair_desk.window
    pair_desk.finish(lambda: pair_desk.open(photo))
    seen, jobs = window.session.state, list[Job]()
    assert seen is not None
    image = seen.opened.image
    pair_desk.finish(lambda: window.models.choose_pack("rooms"))
    pair_desk.until(lambda: window.session.state is not None and window.session.state.opened.pack != seen.opened.pack)
    window.worker.began.connect(lambda job: jobs.append(job))
    current = window.session.current
    assert current is not None
    bright = Edit(attributes={"brightness": 1.5})
    current.set_snapshots([Snapshot("Of faces", replace(seen, edit=bright), image, drawn=False)])
    pair_desk.finish(lambda: window.session.settle(bright, "Brighter", "test"))
    pair_desk.until(lambda: not pair_desk.running)
    assert [job for job in jobs if job.lane == "snapshot"] == []
    window.models.choose_pack("faces")
    pair_desk.until(lambda: current.snapshots[0].drawn)
    assert current.snapshots[0].image != image


def test_a_portrait_offers_no_other_model(pair_desk: Desk) -> None:
    pair_desk.finish(lambda: pair_desk.open(resource("samples", "astronaut.jpg")))
    assert not pair_desk.window.message.action.isVisible()
