"""Which job is taken, which is replaced, which is told to end."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import SimpleQueue

from diti_studio.ui.jobs import (
    Job,
    LoadPack,
    OpenPicture,
    Priority,
    Source,
    Thumbnails,
)
from diti_studio.ui.mailbox import Mailbox


def job(lane: str | None = "render", priority: Priority = Priority.RENDER, *, idle: bool = False) -> Job:
    return Job(lane=lane, priority=priority, idle=idle)


def taken(box: Mailbox) -> Job:
    ticket = box.take()
    assert ticket is not None
    return ticket.job


def test_jobs_come_by_priority_then_in_the_order_of_asking() -> None:
    box = Mailbox()
    last = Thumbnails(sources=(), side=8)
    first, second = (OpenPicture(source=Source.file(Path(n)), lane=n) for n in ("a", "b"))
    pack = LoadPack(name=None, device="cpu")
    for one in (last, first, second, pack):
        box.put(one)
    assert [taken(box) for _ in range(4)] == [pack, first, second, last]


def test_a_newer_job_replaces_the_one_of_its_lane_that_waits() -> None:
    box = Mailbox()
    old, other, new = job(), job("export"), job()
    for one in (old, other, new):
        box.put(one)
    assert [taken(box), taken(box)] == [other, new]


def test_jobs_without_a_lane_all_run() -> None:
    box = Mailbox()
    jobs = [job(None), job(None)]
    for one in jobs:
        box.put(one)
    assert [taken(box), taken(box)] == jobs


def test_a_newer_job_tells_the_running_one_of_its_lane_to_give_way() -> None:
    box = Mailbox()
    box.put(job())
    ticket = box.take()
    assert ticket is not None
    box.put(job("export"))
    assert not ticket.replaced.cancelled
    box.put(job())
    assert ticket.replaced.cancelled
    assert not ticket.stopped.cancelled


def test_idle_work_gives_way_to_anything() -> None:
    box = Mailbox()
    box.put(job("assessment", Priority.IDLE, idle=True))
    ticket = box.take()
    assert ticket is not None
    box.put(job("export"))
    assert ticket.replaced.cancelled


def test_cancel_drops_what_waits_and_stops_what_runs() -> None:
    box = Mailbox()
    box.put(job())
    ticket = box.take()
    assert ticket is not None
    kept = job("export")
    for one in (job(), kept):
        box.put(one)
    assert box.cancel(lambda one: one.lane == "render")
    assert ticket.stopped.cancelled
    assert ticket.replaced.cancelled
    assert not box.cancel(lambda one: one.lane == "open")
    assert taken(box) is kept


def test_close_ends_a_waiting_taker_and_takes_no_more() -> None:
    box = Mailbox()
    answers = list[object]()
    waiting = threading.Thread(target=lambda: answers.append(box.take()), daemon=True)
    waiting.start()
    box.close()
    waiting.join(10)
    assert answers == [None]
    box.put(job())
    assert box.take() is None


def test_idle_work_does_not_end_other_idle_work_unless_it_comes_first() -> None:
    box = Mailbox()
    box.put(job("explore", Priority.IDLE, idle=True))
    ticket = box.take()
    assert ticket is not None
    box.put(job("assessment", Priority.IDLE, idle=True))
    assert not ticket.replaced.cancelled
    box.put(job("glance", Priority.GLANCE, idle=True))
    assert ticket.replaced.cancelled
    assert taken(box).lane == "glance"


def test_a_job_is_held_until_its_end_has_been_heard() -> None:
    box = Mailbox()
    job = Job(lane="a")
    box.put(job)
    assert box.holds(job)
    ticket = box.take()
    assert ticket is not None
    box.put(Job(lane="b"))
    box.take()  # the first has ended, and nobody knows yet
    assert box.holds(job)
    box.hear(job)
    assert not box.holds(job)
    dropped = Job(lane="c")
    box.put(dropped)
    box.cancel(lambda waiting: waiting is dropped)
    assert not box.holds(dropped)


def test_a_running_job_steps_aside_for_what_comes_before_it() -> None:
    box = Mailbox()
    box.put(job("export", Priority.WRITE))
    export = box.take()
    assert export is not None
    assert box.take_before(export) is None
    late, save, preview = job("glance", Priority.GLANCE), job("save", Priority.SAVE), job()
    for one in (late, save, preview):
        box.put(one)
    first = box.take_before(export)
    assert first is not None
    assert first.job is preview
    box.put(job())  # a newer one of its lane
    assert first.replaced.cancelled
    assert not export.replaced.cancelled
    assert [box.take_before(export) is not None for _ in range(3)] == [True, True, False]
    assert taken(box) is late


def test_nothing_is_stepped_aside_for_while_a_pack_waits() -> None:
    box = Mailbox()
    box.put(job("export", Priority.WRITE))
    export = box.take()
    assert export is not None
    pack, preview = LoadPack(name=None, device="cpu"), job()
    box.put(pack)
    box.put(preview)
    assert box.take_before(export) is None
    assert [taken(box), taken(box)] == [pack, preview]


def test_what_has_stepped_aside_is_cancelled_and_held_too() -> None:
    box = Mailbox()
    box.put(job("export", Priority.WRITE))
    export = box.take()
    assert export is not None
    box.put(job())
    preview = box.take_before(export)
    assert preview is not None
    assert box.cancel(lambda one: one.lane == "export")
    assert export.stopped.cancelled
    assert not preview.stopped.cancelled
    assert box.holds(export.job)


def test_a_job_waits_for_others_until_it_can_go_on() -> None:
    box = Mailbox()
    box.put(job("export", Priority.WRITE))
    export = box.take()
    assert export is not None
    over = threading.Event()
    served = SimpleQueue[Job]()

    def wait() -> None:
        while (ticket := box.take_before(export, over.is_set)) is not None:
            served.put(ticket.job)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    preview = job()
    box.put(preview)
    assert served.get(timeout=10) is preview
    over.set()
    box.wake()
    waiting.join(10)
    assert not waiting.is_alive()
    assert served.empty()
