"""Edit many pictures by one recipe, resumable: folders, globs and lists, times a sweep, times references."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TextIO, get_args

from diti_studio.cli import DONE, FAILED_PICTURE, answer, say
from diti_studio.cli.edit import add_looks, add_moves, add_profile, edit_from, settings_from
from diti_studio.core import packs
from diti_studio.core.batch import cluster, engine, job, priority
from diti_studio.core.batch.control import Control, Progress
from diti_studio.core.batch.job import Job, Sweep
from diti_studio.core.batch.queue import Batch
from diti_studio.core.batch.templates import FIELDS, RESERVED
from diti_studio.core.editor import Editor
from diti_studio.core.errors import Cancelled, UsageError
from diti_studio.core.metadata import Metadata
from diti_studio.core.packs import Pack

LOG = Path(RESERVED, "log.txt")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``diti-studio batch``."""
    parser.add_argument("inputs", metavar="INPUT", nargs="*", help="a picture, a folder with its subfolders, or a glob")
    parser.add_argument("-o", "--out", metavar="FOLDER", type=Path, help="where the results go; made when missing")
    parser.add_argument("--list", metavar="FILE", help="also the pictures that a file names, one a line; - for stdin")
    parser.add_argument("--flat", action="store_true", help="do not look into subfolders")
    parser.add_argument("--pack", metavar="P", help="name or path of the model pack")
    add_moves(parser, many_references=True)
    parser.add_argument(
        "--sweep",
        metavar="NAME=FROM:TO:N",
        action="append",
        default=[],
        help="an attribute at N amounts; twice for two attributes, each with each",
    )
    add_looks(parser)
    results = parser.add_argument_group("the results")
    results.add_argument(
        "--template",
        metavar="T",
        default="",
        help="names without suffix, from " + " ".join(f"{{{name}}}" for name in FIELDS),
    )
    results.add_argument("--format", choices=get_args(job.Format), default="png")
    results.add_argument("--quality", metavar="Q", type=int, default=92, help="1 to 100, for jpg, webp and avif")
    results.add_argument("--size", metavar="N", type=int, help="longest side at most, in pixels")
    results.add_argument(
        "--collision",
        choices=get_args(job.Collision),
        default="skip",
        help="when a name is taken: skip it, number the new one, or overwrite what this program wrote",
    )
    results.add_argument("--metadata", choices=get_args(Metadata), default="keep", help="of the camera")
    add_profile(results)
    results.add_argument("--no-recipe", action="store_true", help="leave the recipe out of the written files")
    results.add_argument("--sheet", choices=get_args(job.Sheet), help="a contact sheet of the sweep")
    running = parser.add_argument_group("how it runs")
    running.add_argument("--job", metavar="FILE", type=Path, help="run a job file instead of what options say")
    running.add_argument("--save-job", metavar="FILE", type=Path, help="write the job to a file and end")
    running.add_argument("--resume", action="store_true", help="continue the folder's last batch where it was left")
    running.add_argument("--retry", action="store_true", help="as --resume, and try again what failed")
    running.add_argument("--device", default="auto", help="auto, cuda, directml, coreml or cpu")
    running.add_argument("--rows", metavar="N", type=int, help="pictures in one network call; measured when left out")
    running.add_argument(
        "--nice", metavar="N", type=int, nargs="?", const=10, default=0, help="lower priority, 1 to 19"
    )
    running.add_argument("--cluster", metavar="ADDRESS", help="run on a Dask cluster: tcp://HOST:PORT of its scheduler")
    running.add_argument("--log", metavar="FILE", type=Path, help=f"instead of {LOG} in the output folder")
    running.add_argument("--json", action="store_true", help="print a JSON object about the result")


def run(options: argparse.Namespace) -> int:
    """Does the batch; status 1 when a picture failed."""
    if not 0 <= options.nice <= 19:
        raise UsageError(f"--nice {options.nice} is out of bounds: it goes from 1 to 19.")
    if options.save_job:
        return _save(_job(options, packs.find(options.pack)), options.save_job)
    batch = _batch(options)
    try:
        return _run(batch, options)
    finally:
        batch.close()


def _batch(options: argparse.Namespace) -> Batch:
    """The batch to run: a new one, or the one that is to be continued."""
    again = options.resume or options.retry
    if options.job:
        if options.inputs or options.list:
            raise UsageError("A job file names its pictures: leave INPUT out.")
        wanted = Job.load(options.job)
        if options.out:
            wanted = wanted.model_copy(update={"out": str(options.out)})
        return _reopen(Path(wanted.out), wanted, options.retry) if again else Batch.queue(wanted)
    if options.out is None:
        raise UsageError("Say where the results go: -o FOLDER.")
    if again and not (options.inputs or options.list):
        return Batch.reopen(options.out, retry=options.retry)
    pack = packs.find(options.pack)
    wanted = _job(options, pack)
    return _reopen(options.out, wanted, options.retry) if again else Batch.queue(wanted, pack)


def _reopen(out: Path, wanted: Job, retry: bool) -> Batch:
    batch = Batch.reopen(out, retry=retry)
    if not batch.is_of(wanted):
        batch.close()
        raise UsageError(
            f"The batch in {out} was begun with other inputs or settings, which it keeps: continue it with "
            f"--resume -o {out} alone, or leave --resume out for a new one."
        )
    return batch


def _job(options: argparse.Namespace, pack: Pack) -> Job:
    """The job that the options describe."""
    if options.out is None:
        raise UsageError("Say where the results go: -o FOLDER.")
    inputs = [*options.inputs, *(_listed(options.list) if options.list else [])]
    if not inputs:
        raise UsageError("Say which pictures: name files, folders or globs, or --list FILE.")
    sweeps = [Sweep.parse(text) for text in options.sweep]
    edit = edit_from(options, pack)
    nothing_asked = not (options.recipe or sweeps or options.set or options.group or options.blend)
    if nothing_asked and options.blend_noise is None:
        raise UsageError("Say what to do with the pictures: --recipe, --set, --group, --blend or --sweep.")
    settings = settings_from(options, pack)
    return Job.make(
        inputs=inputs, out=str(options.out), edit=edit, recipe_name=options.recipe.stem if options.recipe else "",
        sweeps=sweeps, references=options.references, pack=options.pack, recursive=not options.flat,
        frame=options.frame, output=options.output, detail=options.detail, steps=settings.steps,
        invert_steps=settings.invert_steps, template=options.template, format=options.format, quality=options.quality,
        size=options.size, collision=options.collision, metadata=options.metadata, profile=options.profile,
        keep_recipe=not options.no_recipe,
        sheet=options.sheet, rows=options.rows,
    ).seen_from(Path.cwd())  # fmt: skip


def _listed(name: str) -> list[str]:
    """The pictures that a list names: one a line, or parted by null characters; seen from the list's folder."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"The list {name} cannot be read: {error.strerror}.") from None
    lines = data.split(b"\0") if b"\0" in data else data.splitlines()
    folder = Path.cwd() if name == "-" else Path(name).absolute().parent
    return [str(folder / os.fsdecode(line)) for line in lines if line.strip()]


def _save(wanted: Job, path: Path) -> int:
    try:
        path.write_text(wanted.to_json() + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The job cannot be written to {path}: {error.strerror}.") from None
    answer(str(path))
    return DONE


def _run(batch: Batch, options: argparse.Namespace) -> int:
    began = time.monotonic()
    if options.nice:
        priority.lower(options.nice)
    control = Control()
    with _Log(options.log or batch.out / LOG) as log, _signals(control):
        log(f"begin {batch.count('pending')} of {batch.total} results in {batch.out}")
        try:
            if options.cluster:
                end = cluster.run(batch, options.cluster, control, _show, log, options.device)
            else:
                end = _here(batch, options.device, control, log)
        except BaseException as error:
            _clear()
            log(f"stopped: {str(error) or type(error).__name__}")
            if isinstance(error, Cancelled | KeyboardInterrupt):
                say(f"diti-studio: Stopped; continue with: diti-studio batch --resume -o {_one_line(str(batch.out))}")
            raise
        _clear()
        log(f"end {end.done} done, {end.failed} failed, {end.skipped} skipped")
    return _tell(batch, end, time.monotonic() - began, options.json)


def _here(batch: Batch, device: str, control: Control, log: engine.Log) -> Progress:
    if not batch.todo():  # a sheet may be left to make, which needs no networks
        report = engine.Reporter(batch, control, _show, log)
        engine.make_sheets(batch, control, report)
        return report.progress()
    editor = Editor(batch.pack, device)
    for note in editor.notes:
        say(f"diti-studio: {note}")
    return engine.run(batch, editor, control, _show, log)


def _tell(batch: Batch, end: Progress, seconds: float, as_json: bool) -> int:
    failures = batch.failures()
    for failure in failures:
        path = failure.path
        name = path.relative_to(batch.out) if path.is_relative_to(batch.out) else path
        say(f"diti-studio: {_one_line(f'{name}: {failure.reason}')}")
    if as_json:
        answer(json.dumps({
            "out": str(batch.out), "results": end.total, "done": end.done, "failed": end.failed,
            "skipped": end.skipped, "seconds": round(seconds, 3), "rows": batch.rows,
            "failures": [{key: str(value) for key, value in asdict(failure).items()} for failure in failures],
        }))  # fmt: skip
    else:
        skipped = f", {end.skipped} skipped because they exist" if end.skipped else ""
        failed = f", {len(failures)} pictures failed" if failures else ""
        answer(_one_line(f"{end.done} results in {batch.out}{skipped}{failed} ({seconds:.1f} s)"))
        if failures:
            say(f"diti-studio: try those again with: diti-studio batch --retry -o {_one_line(str(batch.out))}")
    return FAILED_PICTURE if failures else DONE


def _show(progress: Progress) -> None:
    """One line that is overwritten, on a terminal only."""
    if not sys.stderr.isatty():
        return
    left = "" if progress.seconds_left is None else f", {_duration(progress.seconds_left)} left"
    failed = f", {progress.failed} failed" if progress.failed else ""
    count = progress.done + progress.failed + progress.skipped
    sys.stderr.write(f"\r\x1b[K{count}/{progress.total}{failed}{left}  {_one_line(progress.now)[:40]}")
    sys.stderr.flush()


def _clear() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def _one_line(text: str) -> str:
    """Names may hold line breaks: one failure is one line all the same."""
    return "".join(c if c.isprintable() or "\ud800" <= c <= "\udfff" else repr(c)[1:-1] for c in text)


class _Log:
    """Lines with their time, appended to a file. A full disk does not end the batch here, but where it writes."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._file: TextIO = path.open("a", encoding="utf-8", errors="surrogateescape", buffering=1)
        except OSError as error:
            raise UsageError(f"The log {path} cannot be written: {error.strerror}.") from None

    def __enter__(self) -> _Log:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._file.close()

    def __call__(self, line: str) -> None:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        with self._lock, suppress(OSError):
            self._file.write(f"{now} {_one_line(line)}\n")


@contextmanager
def _signals(control: Control) -> Generator[None]:
    """The first interrupt ends the work at its next step, what is being written included; the second one at once."""

    def stop(number: int, _: FrameType | None) -> None:
        if control.cancelled:
            raise KeyboardInterrupt
        control.cancel()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
