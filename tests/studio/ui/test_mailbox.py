"""Which job is taken, which is replaced, which is told to end."""

from __future__ import annotations

import threading
from pathlib import Path

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
    waiting = threading.Thread(target=lambda: answers.append(box.take()))
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
