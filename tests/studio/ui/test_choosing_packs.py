"""Two models side by side: chosen on the start page, and offered where a picture has no face."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from diti_studio.core import document
from diti_studio.core.edit import Blend, Edit
from diti_studio.core.packs import Pack
from diti_studio.core.resources import resource
from diti_studio.ui.frame_geometry import Square
from diti_studio.ui.jobs import Export, Job, LoadPack, OpenPicture, Source
from diti_studio.ui.preferences import Preferences
from diti_studio.ui.session import Snapshot, State
from tests.studio.pack_surgery import change_manifest, replace_file
from tests.studio.packs_factory import make_pack, picture
from tests.studio.ui.conftest import Desk, started


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
    with started(qtbot, None) as desk:
        desk.until(lambda: desk.packs and desk.window.welcome.samples())
        yield desk


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


def state_of(desk: Desk) -> State:
    state = desk.window.session.state
    assert state is not None
    return state


def settled_on(desk: Desk, name: str) -> bool:
    """The pack ``name`` is in use, has seen the open picture, and nothing more is to be done."""
    pack = desk.window.models.pack
    known = pack is not None and pack.manifest.name == name and state_of(desk).opened.pack == pack.identity
    return known and not desk.running and not desk.window.preview.is_rendering


def test_a_change_of_model_is_a_step_that_undo_takes_back_with_what_it_cost(pair_desk: Desk, photo: Path) -> None:
    window = pair_desk.window
    pair_desk.finish(lambda: pair_desk.open(photo))
    bright = pair_desk.finish(lambda: window.session.settle(Edit(attributes={"brightness": 1.5}), "Brighter", 0)).copy()
    before = state_of(pair_desk)
    window.models.choose_pack("rooms")
    pair_desk.until(lambda: settled_on(pair_desk, "rooms"))
    after = state_of(pair_desk)
    assert after.edit == before.edit  # both packs have this attribute
    for _ in range(2):
        window.undo()
        pair_desk.until(lambda: settled_on(pair_desk, "faces"))
        assert state_of(pair_desk) is before
        assert pair_desk.canvas_image() == bright
        window.redo()
        pair_desk.until(lambda: settled_on(pair_desk, "rooms"))
        assert state_of(pair_desk) is after
    window.undo()
    window.redo()  # before the model is there
    pair_desk.until(lambda: settled_on(pair_desk, "rooms"))
    assert state_of(pair_desk) is after


def test_undo_brings_back_a_model_that_was_named_by_its_path(qtbot: QtBot, two_packs: Path, photo: Path) -> None:
    elsewhere = make_pack(two_packs.parent / "elsewhere" / "mine", name="mine")
    with started(qtbot, str(elsewhere)) as desk:
        desk.finish(lambda: desk.open(photo))
        before = state_of(desk)
        desk.window.models.choose_pack("rooms")
        desk.until(lambda: settled_on(desk, "rooms"))
        desk.window.undo()
        desk.until(lambda: settled_on(desk, "mine"))
        assert state_of(desk) is before


def test_undo_to_a_model_that_is_another_now_or_gone_opens_the_picture_for_what_is_there(
    pair_desk: Desk, photo: Path, two_packs: Path
) -> None:
    window = pair_desk.window
    pair_desk.finish(lambda: pair_desk.open(photo))
    first = state_of(pair_desk)
    window.models.choose_pack("rooms")
    pair_desk.until(lambda: settled_on(pair_desk, "rooms"))
    replace_file(two_packs / "faces", "samples/faces-one.png", (two_packs / "rooms/samples/rooms-one.png").read_bytes())
    window.undo()
    pair_desk.until(lambda: settled_on(pair_desk, "faces"))
    other = state_of(pair_desk)
    assert other.opened.pack != first.opened.pack
    assert not pair_desk.failures
    window.models.choose_pack("rooms")
    pair_desk.until(lambda: settled_on(pair_desk, "rooms"))
    photo_ = window.session.current
    assert photo_ is not None
    texts = [text for text, _ in photo_.history()]
    shutil.rmtree(two_packs / "faces")
    window.undo()
    pair_desk.until(lambda: pair_desk.failures and settled_on(pair_desk, "rooms"))
    assert len(pair_desk.failures) == 1
    assert state_of(pair_desk).edit == other.edit
    assert [text for text, _ in photo_.history()] == texts  # no step is lost, and none is added


def test_going_to_a_picture_brings_back_the_model_that_its_edit_is_of(
    pair_desk: Desk, photo: Path, other_photo: Path
) -> None:
    window = pair_desk.window
    pair_desk.finish(lambda: pair_desk.open(photo))
    pair_desk.finish(lambda: window.session.settle(Edit(attributes={"brightness": 1.5}), "Brighter", 0))
    before, edited = state_of(pair_desk), window.session.current
    pair_desk.finish(lambda: pair_desk.open(other_photo))
    assert edited is not None
    window.models.choose_pack("rooms")
    pair_desk.until(lambda: settled_on(pair_desk, "rooms"))
    window.session.go_to(edited)
    pair_desk.until(lambda: settled_on(pair_desk, "faces"))
    assert edited.state is before
    assert edited.stack.count() == 1
    assert Preferences().pack == "rooms"  # what was chosen, not what was looked at


def test_an_edit_whose_model_is_gone_is_kept_as_far_as_the_model_in_use_has_it(
    pair_desk: Desk, photo: Path, other_photo: Path, two_packs: Path
) -> None:
    window = pair_desk.window
    pair_desk.finish(lambda: pair_desk.open(photo))
    window.models.choose_pack("rooms")
    pair_desk.until(lambda: settled_on(pair_desk, "rooms"))
    window.models.choose_pack("faces")
    pair_desk.until(lambda: settled_on(pair_desk, "faces"))
    pair_desk.finish(lambda: window.session.settle(Edit(attributes={"brightness": 1.5}), "Brighter", 0))
    edited, edit = window.session.current, state_of(pair_desk).edit
    pair_desk.finish(lambda: pair_desk.open(other_photo))
    window.models.choose_pack("rooms")
    pair_desk.until(lambda: settled_on(pair_desk, "rooms"))
    shutil.rmtree(two_packs / "faces")
    window.session.go_to(edited)
    pair_desk.until(lambda: pair_desk.failures and settled_on(pair_desk, "rooms"))
    assert len(pair_desk.failures) == 1
    assert state_of(pair_desk).edit == edit
    assert edited is not None
    assert [text for text, _ in edited.history()][1:] == ["Model Rooms", "Model Faces", "Brighter", "Model Rooms"]


def test_a_jump_over_steps_of_another_model_loads_none(pair_desk: Desk, photo: Path) -> None:
    window = pair_desk.window
    pair_desk.finish(lambda: pair_desk.open(photo))
    for name in ("rooms", "faces"):
        window.models.choose_pack(name)
        pair_desk.until(lambda name=name: settled_on(pair_desk, name))
    loads = list[Job]()
    window.worker.began.connect(lambda job: loads.append(job) if isinstance(job, LoadPack) else None)
    photo_ = window.session.current
    assert photo_ is not None
    photo_.stack.setIndex(0)
    pair_desk.until(lambda: settled_on(pair_desk, "faces"))
    assert loads == []


def test_a_frame_that_is_chosen_while_the_model_changes_is_one_under_the_new(pair_desk: Desk, photo: Path) -> None:
    window = pair_desk.window
    pair_desk.finish(lambda: pair_desk.open(photo))
    window.reframing.set_on(True)
    pair_desk.until(lambda: window.workspace.views.currentWidget() is window.workspace.frame_editor)
    window.models.choose_pack("rooms")
    window.reframing.apply(Square(40, 40, 50))
    pair_desk.until(lambda: settled_on(pair_desk, "rooms") and state_of(pair_desk).opened.job.choice == "40,40,50,0")


def test_a_picture_that_nothing_was_done_to_follows_the_model_in_use(
    pair_desk: Desk, photo: Path, other_photo: Path
) -> None:
    window = pair_desk.window
    pair_desk.finish(lambda: pair_desk.open(photo))
    first = window.session.current
    pair_desk.finish(lambda: pair_desk.open(other_photo))
    window.models.choose_pack("rooms")
    pair_desk.until(lambda: settled_on(pair_desk, "rooms"))
    assert first is not None
    window.session.go_to(first)
    pair_desk.until(lambda: settled_on(pair_desk, "rooms"))
    assert first.stack.count() == 0
    assert first.stack.isClean()


def test_a_reference_that_comes_while_the_model_changes_is_lent_under_the_new_one(
    pair_desk: Desk, photo: Path, other_photo: Path
) -> None:
    window = pair_desk.window
    pair_desk.finish(lambda: pair_desk.open(photo))
    window.models.choose_pack("rooms")
    window.open_source(Source.file(other_photo), "reference")
    pair_desk.until(lambda: settled_on(pair_desk, "rooms") and state_of(pair_desk).lender is not None)
    state, current = state_of(pair_desk), window.session.current
    assert state.lender is not None
    assert state.lender.pack == state.opened.pack
    assert current is not None
    assert all(s.lender is None or s.lender.pack == s.opened.pack for _, s in current.history())
    window.models.choose_pack("faces")  # it lends nothing yet, and stays all the same
    pair_desk.until(lambda: settled_on(pair_desk, "faces"))
    assert state_of(pair_desk).lender is not None


def test_an_export_that_the_model_was_changed_before_says_so(pair_desk: Desk, photo: Path, tmp_path: Path) -> None:
    window, path = pair_desk.window, tmp_path / "out.png"
    pair_desk.finish(lambda: pair_desk.open(photo))
    window.models.choose_pack("rooms")
    window.worker.submit(Export(opened=state_of(pair_desk).opened, edit=Edit(), path=path))
    pair_desk.until(lambda: pair_desk.failures)
    assert pair_desk.failures[0].text == "The model was changed before this export began: export again."
    assert not path.exists()


def test_a_document_is_saved_for_the_model_that_its_edit_is_of(pair_desk: Desk, photo: Path, tmp_path: Path) -> None:
    window, path = pair_desk.window, tmp_path / "work.diti"
    pair_desk.finish(lambda: pair_desk.open(photo))
    edit = Edit(attributes={"brightness": 1.5}).with_group_amounts([1.0])
    pair_desk.finish(lambda: window.session.settle(edit, "Brighter", 0))
    current, before = window.session.current, state_of(pair_desk)
    assert current is not None
    window.models.choose_pack("rooms")  # which is loaded first
    window.documents.save_to(current, path)
    pair_desk.until(path.exists)
    kept = document.read(path).document
    assert kept.pack.identity == before.opened.pack
    assert kept.state.edit == before.edit


def test_a_model_is_brought_back_once_however_much_is_changed_meanwhile(pair_desk: Desk, photo: Path) -> None:
    window = pair_desk.window
    pair_desk.finish(lambda: pair_desk.open(photo))
    window.models.choose_pack("rooms")
    pair_desk.until(lambda: settled_on(pair_desk, "rooms"))
    loads = list[Job]()
    window.worker.began.connect(lambda job: loads.append(job) if isinstance(job, LoadPack) else None)
    window.undo()
    for amount in (0.5, 1.0, 1.5):
        window.session.settle(Edit(attributes={"brightness": amount}), "Brighter", "test")
        if not loads:
            pair_desk.until(lambda: loads)
    pair_desk.until(lambda: settled_on(pair_desk, "faces"))
    assert len(loads) == 1


def test_a_change_of_model_that_is_stopped_on_its_way_goes_back(pair_desk: Desk, photo: Path) -> None:
    window = pair_desk.window
    pair_desk.finish(lambda: pair_desk.open(photo))
    before = state_of(pair_desk)

    def stop(job: Job) -> None:
        if isinstance(job, OpenPicture) and job.role == "carried":
            window.worker.cancel_all()

    window.worker.began.connect(stop, Qt.ConnectionType.DirectConnection)  # before the picture is there
    window.models.choose_pack("rooms")
    pair_desk.until(lambda: len(pair_desk.packs) == 3)
    pair_desk.until(lambda: settled_on(pair_desk, "faces"))
    assert state_of(pair_desk) is before
    assert Preferences().pack == "faces"


def test_of_two_models_chosen_at_once_the_first_is_used_where_the_second_cannot_be(
    pair_desk: Desk, photo: Path
) -> None:
    window = pair_desk.window
    pair_desk.finish(lambda: pair_desk.open(photo))

    def choose_another(job: Job) -> None:
        if isinstance(job, LoadPack) and job.name == "rooms":
            window.models.choose_pack("nothing")

    window.worker.began.connect(choose_another)
    window.models.choose_pack("rooms")
    pair_desk.until(lambda: settled_on(pair_desk, "rooms"))
    assert "'nothing'" in pair_desk.failures[0].text
    assert Preferences().pack == "rooms"


def test_what_was_borrowed_is_borrowed_under_the_next_model(pair_desk: Desk, photo: Path, tmp_path: Path) -> None:
    window, other = pair_desk.window, tmp_path / "other.png"
    Image.fromarray(picture(77)).save(other)
    pair_desk.finish(lambda: pair_desk.open(photo))
    window.open_source(Source.file(other), "reference")
    pair_desk.until(lambda: state_of(pair_desk).lender is not None)
    blended = state_of(pair_desk).edit.with_blends([Blend(start=0, end=1, alpha=0.5)])
    pair_desk.finish(lambda: window.session.settle(blended, "Borrow", 0))
    window.models.choose_pack("rooms")
    pair_desk.until(lambda: settled_on(pair_desk, "rooms"))
    state, pack = state_of(pair_desk), window.models.pack
    assert state.edit == blended
    assert state.lender is not None
    assert pack is not None
    assert state.lender.pack == pack.identity
    assert "no counterpart" not in window.message.text


def test_a_document_keeps_of_the_model_before_what_the_present_one_has(
    pair_desk: Desk, photo: Path, two_packs: Path, tmp_path: Path
) -> None:
    window, path = pair_desk.window, tmp_path / "work.diti"
    change_manifest(two_packs / "rooms", lambda m: m["attributes"][1].update(name="other"))
    lost = Pack.open(two_packs / "faces").manifest.attributes[1].name
    pair_desk.finish(lambda: pair_desk.open(photo))
    pair_desk.finish(lambda: window.session.settle(Edit(attributes={"brightness": 1.5}), "Brighter", 0))
    pair_desk.finish(lambda: window.session.settle(Edit(attributes={"brightness": 1.5, lost: 1}), "More", 0))
    window.models.choose_pack("rooms")
    pair_desk.until(lambda: settled_on(pair_desk, "rooms"))
    assert "no counterpart" in window.message.text
    current = window.session.current
    assert current is not None
    window.documents.save_to(current, path)
    pair_desk.until(path.exists)
    kept = document.read(path).document
    assert [step.text for step in kept.history] == ["Open", "Brighter", "Model Rooms"]  # "More" did nothing that it can
    assert kept.state.edit == state_of(pair_desk).edit


def test_a_portrait_offers_no_other_model(pair_desk: Desk) -> None:
    pair_desk.finish(lambda: pair_desk.open(resource("samples", "astronaut.jpg")))
    assert not pair_desk.window.message.action.isVisible()
