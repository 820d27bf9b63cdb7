"""Ten thousand random events, and nothing is lost: no exception, no warning of Qt, no edit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QDesktopServices

from diti_studio.ui.jobs import Priority, Thumbnails
from diti_studio.ui.session import Photo, State
from tests.studio.packs_factory import make_pack, picture
from tests.studio.ui.conftest import Desk
from tests.studio.ui.monkey import Monkey

EVENTS = 10_000
PARTS = 5
SEED = int(os.environ.get("DITI_MONKEY_SEED", "5"))
"""Another one finds other things."""


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Photos of several shapes, and a file that is none."""
    shapes = {"square": (96, 96), "wide": (132, 72), "tall": (64, 120), "large": (200, 200)}
    paths = [tmp_path / f"{name}.png" for name in shapes]
    for seed, (path, shape) in enumerate(zip(paths, shapes.values(), strict=True)):
        Image.fromarray(picture(seed, 400)).resize(shape).save(path)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"not a picture")
    return [*paths, broken]


@pytest.fixture
def packs(own_folders: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two packs to choose from; made before the window looks for them. The second hides the large one that ships."""
    more = own_folders / "more"
    make_pack(more / "faces", name="faces", domain="face")
    monkeypatch.setenv("DITI_PACKS", os.pathsep.join((str(tiny_folder.parent), str(more))))
    return ["tiny", "faces"]


def test_ten_thousand_random_events_lose_nothing(
    packs: list[str], desk: Desk, pictures: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: True)  # another program, on the tester's own screen
    desk.window.resize(760, 560)
    desk.open(pictures[0])
    monkey = Monkey(desk.window, SEED, pictures, packs)
    for part in range(PARTS):
        try:
            monkey.act(EVENTS // PARTS)
            check(desk, tmp_path / f"part{part}.diti")
        except BaseException as error:
            error.add_note(f"Seed {SEED}, after {monkey.events} events; the last acts: {', '.join(monkey.log)}")
            raise
    assert monkey.events >= EVENTS
    unexpected = [failure for failure in desk.failures if not failure.expected]
    assert unexpected == []


def check(desk: Desk, document: Path) -> None:
    """Nothing of what the monkey did to any picture is lost."""
    rest(desk)
    for photo in desk.window.session.photos:
        if photo.state is not None:
            check_history(desk, photo)
    check_panels(desk)
    check_document(desk, document)


def rest(desk: Desk) -> None:
    """Waits until nothing is left to do."""
    window = desk.window
    if window.reframing.is_on:
        window.reframing.cancel()
    for _ in range(100):  # the end of one job asks for the next
        last = Thumbnails(sources=(), side=1, lane=None, priority=Priority.IDLE, idle=True)
        window.worker.submit(last)
        desk.until(lambda last=last: not window.worker.holds(last))
        if not window.preview.is_rendering and not desk.running:
            return
    pytest.fail("The window waits for a picture that nobody makes.")


def check_history(desk: Desk, photo: Photo) -> None:
    """Back to the first state and forward to the last passes the same states, and ends with the same picture."""
    window = desk.window
    window.session.go_to(photo)
    window.snapshots.compare(None)  # two snapshots may stand in for the picture
    rest(desk)
    window.preview.resume()  # it may have been cancelled by a key
    rest(desk)
    states, place, seen = photo.history(), photo.stack.index(), desk.canvas_image().copy()
    assert same(photo.state, states[place][1])
    for index in range(place, 0, -1):
        window.undo()
        assert same(photo.state, states[index - 1][1]), f"undo of {states[index][0]!r} led elsewhere"
    assert not photo.stack.canUndo()
    for _, state in states[1:]:
        window.redo()
        assert same(photo.state, state)
    assert not photo.stack.canRedo()
    photo.stack.setIndex(place)
    assert same(photo.state, states[place][1])
    rest(desk)
    assert desk.canvas_image() == seen


def check_panels(desk: Desk) -> None:
    """Every control shows what the edit says."""
    state, space = desk.window.session.state, desk.window.workspace
    pack = desk.window.models.pack
    if state is None or pack is None:
        return
    shown = {a.name: space.attributes.row(a.name).amount for a in pack.manifest.attributes}
    assert shown == pytest.approx({name: state.edit.attributes.get(name, 0.0) for name in shown}, abs=0.01)
    amounts = space.equaliser.equaliser.amounts
    wanted = state.edit.group_amounts(len(amounts), space.equaliser.component)
    assert amounts == pytest.approx(wanted, abs=0.01)


def check_document(desk: Desk, path: Path) -> None:
    """The picture's document brings back the same history and snapshots, those at least that its model has seen."""
    window = desk.window
    photo = window.session.current
    if photo is None or photo.state is None:
        return
    states, place, shots = photo.history(), photo.stack.index(), photo.snapshots
    window.message.clear()
    window.documents.save_to(photo, path, inside=True)
    rest(desk)
    assert photo.document == path, window.message.text
    assert photo.stack.isClean()
    window.close_photo(photo)
    rest(desk)
    use(desk, states[place][1].opened.pack)  # the picture that is shown now may be of another
    window.documents.open(path)
    desk.until(lambda: window.session.current is not None and window.session.current.document == path)
    rest(desk)
    again = window.session.current
    assert again is not None
    model = states[place][1].opened.pack
    assert same(again.state, states[place][1])
    texts = [text for text, _ in again.history()][1:]
    if all(state.opened.pack == model for _, state in states):
        assert again.stack.index() == place
        assert texts == [text for text, _ in states][1:]
        for (_, before), (_, after) in zip(states, again.history(), strict=True):
            assert same(after, before)
    else:  # steps that do nothing under this model are left out
        rest_of = iter([text for text, _ in states][1:])
        assert all(text in rest_of for text in texts)
    assert [shot.name for shot in again.snapshots] == [shot.name for shot in shots]
    for before, after in zip(shots, again.snapshots, strict=True):
        assert before.state.opened.pack != model or same(after.state, before.state)


def use(desk: Desk, identity: str) -> None:
    """Has the pack of that identity in use."""
    models = desk.window.models
    if models.pack is None or models.pack.identity != identity:
        ready = next(ready for ready in desk.packs if ready.pack.identity == identity)
        models.choose_pack(ready.job.name or ready.name)
        desk.until(lambda: models.pack is not None and models.pack.identity == identity)
        rest(desk)


def same(a: State | None, b: State | None) -> bool:
    """True when two states give the same picture: the same photo in the same frame, edit and reference."""
    return a is not None and b is not None and _key(a) == _key(b)


def _key(state: State) -> tuple[object, ...]:
    lender = state.lender
    return (
        state.opened.subject.picture.digest,
        state.opened.subject.frame,
        state.edit.with_reference(None if lender is None else "").to_json(),
        (lender.subject.picture.digest, lender.subject.frame) if lender is not None else None,
    )
