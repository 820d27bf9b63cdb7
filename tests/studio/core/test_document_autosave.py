"""Unsaved work outlives the program; two windows on one file are noticed. Processes are really killed here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from diti_studio.core.document import Autosaves, Bundle, Claim, DocumentError, Recovery, read, write
from diti_studio.core.document.lock import FileLock, Holder, Occupied, lock_path, read_holder
from tests.studio.core.document_samples import make_document

ROOT = Path(__file__).parents[3]

PRELUDE = """
import os, resource, sys, time
from pathlib import Path
from diti_studio.core.document import *
from tests.studio.core.document_samples import make_document
folder = Path(sys.argv[1])
document = make_document(folder)
def ready(text="ready"):
    print(text, flush=True)
"""

Start = Callable[[str, Path], "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts another program on a folder, and waits until it says that it is ready."""
    children = list["subprocess.Popen[str]"]()

    def started(code: str, folder: Path) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-c", PRELUDE + code, str(folder)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        children.append(child)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        return child

    yield started
    for child in children:
        kill(child)


def kill(child: subprocess.Popen[str]) -> None:
    """kill -9."""
    if child.poll() is None:
        child.send_signal(signal.SIGKILL)
    child.communicate()


def leave_all(recovery: Recovery) -> None:
    for leftover in recovery.found:
        leftover.autosave.leave()


WAIT = "ready(); sys.stdin.read()"
OPEN_UNSAVED = "saves = Autosaves(folder / 'state'); a = saves.begin(); a.write(Bundle(document)); "
OPEN_SAVED = "write(folder / 'd.diti', Bundle(document)); a = Autosaves(folder / 'state').begin(folder / 'd.diti'); "


# -- autosave ----------------------------------------------------------------------------------------------


def test_work_of_a_killed_program_is_found_and_then_is_this_ones(tmp_path: Path, start: Start) -> None:
    saves = Autosaves(tmp_path / "state")
    child = start(OPEN_UNSAVED + WAIT, tmp_path)
    assert not saves.recover().found  # it still has it open
    kill(child)
    recovery = saves.recover()
    (leftover,) = recovery.found
    assert recovery.problems == ()
    assert leftover.name == "a.png"
    assert leftover.autosave.document is None
    assert leftover.bundle is not None
    assert leftover.bundle.document == make_document(tmp_path).tidied()
    assert not leftover.overtaken
    assert not saves.recover().found  # the same is offered once
    leftover.autosave.write(leftover.bundle)  # and is gone on with in its place
    leftover.autosave.discard()
    assert list((tmp_path / "state").iterdir()) == []


def test_a_killed_start_that_was_asked_leaves_it_to_the_next(tmp_path: Path, start: Start) -> None:
    kill(start(OPEN_UNSAVED + WAIT, tmp_path))
    code = "left = Autosaves(folder / 'state').recover(); assert len(left.found) == 1; "
    second = start(code + WAIT, tmp_path)
    assert not Autosaves(tmp_path / "state").recover().found
    kill(second)
    recovery = Autosaves(tmp_path / "state").recover()
    assert len(recovery.found) == 1
    leave_all(recovery)
    again = Autosaves(tmp_path / "state").recover()
    assert len(again.found) == 1
    leave_all(again)


def test_what_was_open_and_saved_is_told_as_well(tmp_path: Path, start: Start) -> None:
    kill(start(OPEN_SAVED + WAIT, tmp_path))
    recovery = Autosaves(tmp_path / "state").recover()
    (leftover,) = recovery.found
    assert leftover.bundle is None
    assert leftover.autosave.document == tmp_path / "d.diti"
    assert leftover.name == "d.diti"
    leftover.autosave.discard()


def test_unsaved_work_on_a_saved_document_knows_where_it_was(tmp_path: Path, start: Start) -> None:
    kill(start(OPEN_SAVED + "a.write(Bundle(document)); " + WAIT, tmp_path))
    (leftover,) = Autosaves(tmp_path / "state").recover().found
    assert leftover.bundle is not None
    assert leftover.autosave.document == tmp_path / "d.diti"
    assert not leftover.overtaken
    leftover.autosave.leave()

    write(tmp_path / "d.diti", Bundle(make_document(tmp_path)))  # somebody saves it after the crash
    later = leftover.when.timestamp() + 10
    os.utime(tmp_path / "d.diti", (later, later))
    (leftover,) = Autosaves(tmp_path / "state").recover().found
    assert leftover.overtaken
    leftover.autosave.discard()


def test_a_document_closed_cleanly_leaves_nothing(tmp_path: Path) -> None:
    saves = Autosaves(tmp_path / "state")
    autosave = saves.begin()
    autosave.write(Bundle(make_document(tmp_path)))
    autosave.discard()
    autosave.discard()
    assert list(saves.folder.iterdir()) == []
    assert saves.recover().found == ()


def test_saving_lets_the_copy_go_and_remembers_the_place(tmp_path: Path) -> None:
    saves = Autosaves(tmp_path / "state")
    autosave = saves.begin()
    assert autosave.document is None
    bundle = Bundle(make_document(tmp_path))
    autosave.write(bundle)
    write(tmp_path / "d.diti", bundle)
    autosave.saved(tmp_path / "d.diti")
    assert not autosave.path.exists()
    autosave.leave()
    (leftover,) = saves.recover().found
    assert leftover.bundle is None
    assert leftover.autosave.document == tmp_path / "d.diti"
    leftover.autosave.discard()


def test_a_place_whose_document_is_gone_and_that_holds_nothing_is_cleared(tmp_path: Path) -> None:
    saves = Autosaves(tmp_path / "state")
    saves.begin(tmp_path / "gone.diti").leave()
    saves.begin().leave()
    assert saves.recover().found == ()
    assert list(saves.folder.iterdir()) == []


def test_an_autosave_is_an_ordinary_document(tmp_path: Path) -> None:
    autosave = Autosaves(tmp_path / "state").begin()
    autosave.write(Bundle(make_document(tmp_path)))
    assert read(autosave.path).document == make_document(tmp_path).tidied()
    autosave.discard()


@pytest.mark.parametrize("damage", [b"", b"PK\x05\x06", b"hello", bytes(5_000)])
def test_a_damaged_copy_is_told_of_and_kept_aside(tmp_path: Path, damage: bytes) -> None:
    saves = Autosaves(tmp_path / "state")
    good, bad = saves.begin(), saves.begin()
    for autosave in (good, bad):
        autosave.write(Bundle(make_document(tmp_path)))
        autosave.leave()
    bad.path.write_bytes(damage)
    recovery = saves.recover()
    assert [leftover.autosave.path for leftover in recovery.found] == [good.path]
    (problem,) = recovery.problems
    aside = bad.path.with_suffix(".damaged")
    assert str(aside) in problem
    assert aside.read_bytes() == damage
    leave_all(recovery)
    assert saves.recover().problems == ()  # told of once


def test_work_of_a_later_version_is_left_to_it(tmp_path: Path) -> None:
    saves = Autosaves(tmp_path / "state")
    autosave = saves.begin()
    autosave.write(Bundle(make_document(tmp_path)))
    autosave.leave()
    with zipfile.ZipFile(autosave.path) as members:
        data = json.loads(members.read("document.json")) | {"version": 5}
    with zipfile.ZipFile(autosave.path, "w") as members:
        members.writestr("document.json", json.dumps(data))
    before = autosave.path.read_bytes()
    recovery = saves.recover()
    assert recovery.found == ()
    assert "later DiTi Studio" in recovery.problems[0]
    assert autosave.path.read_bytes() == before


@pytest.mark.parametrize("text", [b"", b"garbage", bytes(300)])
def test_a_damaged_lock_does_not_hide_the_work(tmp_path: Path, text: bytes) -> None:
    saves = Autosaves(tmp_path / "state")
    autosave = saves.begin(tmp_path / "d.diti")
    autosave.write(Bundle(make_document(tmp_path)))
    autosave.leave()
    autosave.path.with_suffix(".lock").write_bytes(text)
    (leftover,) = saves.recover().found
    assert leftover.bundle is not None
    assert leftover.autosave.document is None
    leftover.autosave.discard()
    assert list(saves.folder.iterdir()) == []


def test_work_without_a_lock_is_found(tmp_path: Path) -> None:
    saves = Autosaves(tmp_path / "state")
    saves.folder.mkdir()
    write(saves.folder / "restored-from-a-backup.diti", Bundle(make_document(tmp_path)))
    (leftover,) = saves.recover().found
    assert leftover.bundle is not None
    leftover.autosave.discard()


def test_the_newest_work_comes_first(tmp_path: Path) -> None:
    saves = Autosaves(tmp_path / "state")
    places = [saves.begin() for _ in range(3)]
    for moment, autosave in zip((200, 300, 100), places, strict=True):
        autosave.write(Bundle(make_document(tmp_path)))
        os.utime(autosave.path, (moment, moment))
        autosave.leave()
    recovery = saves.recover()
    assert [leftover.when.timestamp() for leftover in recovery.found] == [300, 200, 100]
    leave_all(recovery)


def test_nothing_was_ever_kept(tmp_path: Path) -> None:
    assert Autosaves(tmp_path / "none").recover().found == ()
    assert Autosaves().folder.parts[-2:] == ("diti-studio", "autosave")


def test_a_folder_that_cannot_be_had_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DocumentError, match="Unsaved work cannot be kept in"):
        Autosaves(tmp_path / "file" / "state").begin()


def test_many_threads_keep_their_work_at_once(tmp_path: Path) -> None:
    saves = Autosaves(tmp_path / "state")
    bundle = Bundle(make_document(tmp_path))
    problems = list[BaseException]()

    def work() -> None:
        try:
            autosave = saves.begin()
            for _ in range(3):
                autosave.write(bundle)
            assert not saves.recover().found
            autosave.discard()
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert list(saves.folder.iterdir()) == []


# -- killed in the middle, and a full disk -----------------------------------------------------------------


def test_kill_9_in_the_middle_of_saving_leaves_the_old_document_whole(tmp_path: Path, start: Start) -> None:
    path = tmp_path / "d.diti"
    old = write(path, Bundle(make_document(tmp_path)))
    before = path.read_bytes()
    # The content is written to the disk in full; the process dies before the file gets its name.
    code = (
        "os.fsync = lambda fd: (ready(), time.sleep(600)); write(folder / 'd.diti', Bundle(document, thumbnail=b'x'))"
    )
    child = start(code, tmp_path)
    assert any(p.suffix == ".part" for p in tmp_path.iterdir())
    kill(child)
    assert path.read_bytes() == before
    assert read(path).document == old.document


def test_kill_9_at_any_moment_leaves_a_whole_document(tmp_path: Path, start: Start) -> None:
    path = tmp_path / "d.diti"
    whole = {len(make_document(tmp_path, steps).history) for steps in range(4, 12)}
    code = """
document = document.keeping_inside(True)
write(folder / 'd.diti', Bundle(document))
ready()
while True:
    for steps in range(4, 12):
        write(folder / 'd.diti', Bundle(make_document(folder, steps).keeping_inside(True)))
"""
    for delay in (0.0, 0.011, 0.027):
        child = start(code, tmp_path)
        threading.Event().wait(delay)
        kill(child)
        bundle = read(path)
        assert len(bundle.document.history) in whole
        assert len(bundle.copies) == 2


def test_a_full_disk_leaves_the_old_document_and_says_so(tmp_path: Path, start: Start) -> None:
    path = tmp_path / "d.diti"
    write(path, Bundle(make_document(tmp_path)))
    before = path.read_bytes()
    names = sorted(p.name for p in tmp_path.iterdir())
    code = """
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
ready()
try:
    write(folder / 'd.diti', Bundle(document.keeping_inside(True)))
except DocumentError as error:
    print(error)
"""
    child = start(code, tmp_path)
    assert child.stdout is not None
    out = child.stdout.read()  # communicate() would lose what has come together with "ready"
    assert child.wait() == 0
    assert out.endswith("d.diti cannot be written: File too large.\n")
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == names


def test_a_full_disk_keeps_the_autosave_before(tmp_path: Path, start: Start) -> None:
    code = (
        OPEN_UNSAVED
        + """
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
ready()
try:
    a.write(Bundle(document.keeping_inside(True)))
except DocumentError as error:
    print(error, flush=True)
sys.stdin.read()
"""
    )
    child = start(code, tmp_path)
    assert child.stdout is not None
    assert "File too large" in child.stdout.readline()
    kill(child)
    (leftover,) = Autosaves(tmp_path / "state").recover().found
    assert leftover.bundle is not None
    assert leftover.bundle.document == make_document(tmp_path).tidied()
    leftover.autosave.discard()


# -- two windows on one file -------------------------------------------------------------------------------


def test_another_process_that_has_the_document_open_is_named(tmp_path: Path, start: Start) -> None:
    child = start("c = Claim.of(folder / 'd.diti'); assert c.held; " + WAIT, tmp_path)
    claim = Claim.of(tmp_path / "d.diti")
    assert not claim.held
    assert claim.other is not None
    assert claim.other.pid == child.pid
    assert claim.other.document == str(tmp_path / "d.diti")
    assert claim.other.host in claim.sentence
    kill(child)
    after = Claim.of(tmp_path / "d.diti")  # a crash does not lock anybody out
    assert after.held
    assert after.sentence == ""
    after.release()
    after.release()
    assert not lock_path(tmp_path / "d.diti").exists()


def test_two_windows_of_one_process_and_other_spellings_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "d.diti").touch()
    (tmp_path / "link.diti").symlink_to("d.diti")
    (tmp_path / "folder").symlink_to(".")
    first = Claim.of(tmp_path / "d.diti")
    for spelling in ("d.diti", "link.diti", "folder/d.diti", "folder/./d.diti"):
        second = Claim.of(tmp_path / spelling)
        assert not second.held
        assert second.other is not None
        assert second.other.pid == os.getpid()
        second.release()
    other = Claim.of(tmp_path / "e.diti")
    assert other.held
    other.release()
    first.release()
    third = Claim.of(tmp_path / "d.diti")
    assert third.held
    third.release()


def test_a_folder_that_cannot_be_written_forbids_nothing(tmp_path: Path) -> None:
    claim = Claim.of(tmp_path / "none" / "d.diti")
    assert not claim.held
    assert claim.other is None
    claim.release()


def test_a_lock_never_writes_into_another_file(tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("x" * 40)
    path = lock_path(tmp_path / "d.diti")
    path.symlink_to(precious)
    assert not Claim.of(tmp_path / "d.diti").held
    path.unlink()
    path.hardlink_to(precious)
    claim = Claim.of(tmp_path / "d.diti")
    claim.release()
    assert precious.read_text() == "x" * 40
    os.mkfifo(path)
    assert not Claim.of(tmp_path / "d.diti").held


def test_a_lock_goes_to_one_of_many(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    gate = threading.Barrier(8)
    won, lost = list[FileLock](), list[Holder]()

    def contend() -> None:
        gate.wait()
        try:
            won.append(FileLock.take(path, Holder.this()))
        except Occupied as error:
            lost.append(error.holder)

    threads = [threading.Thread(target=contend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert len(lost) == 7
    won[0].release()


def test_a_lock_removed_under_the_hand_of_its_taker_is_made_anew(tmp_path: Path) -> None:
    """The holder removes its file after another one opened it: the other one must not lock a file without a name."""
    path = tmp_path / "x.lock"
    first = FileLock.take(path, Holder.this())
    descriptor = os.open(path, os.O_RDWR)  # as one who is just about to lock it
    first.release()
    second = FileLock.take(path, Holder.this())
    assert not os.path.samestat(os.fstat(descriptor), path.stat())
    os.close(descriptor)
    assert read_holder(path).pid == os.getpid()
    second.release()
    assert not path.exists()


def test_what_is_written_in_a_lock_is_for_people(tmp_path: Path) -> None:
    assert Holder(user="ada", host="studio").words == "ada on studio"
    assert Holder().words == "another window"
    for text in (b"", b"[]", b'{"user":7}', b"\xff"):
        (tmp_path / "x").write_bytes(text)
        assert read_holder(tmp_path / "x") == Holder()
    assert read_holder(tmp_path / "none") == Holder()
