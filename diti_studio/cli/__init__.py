"""The commands that need no screen: edit, batch, packs, doctor. They import no Qt."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module

from diti_studio import __version__
from diti_studio.core.errors import Cancelled, DitiError, PictureError, UsageError

COMMANDS = ("edit", "batch", "packs", "doctor")

DONE, FAILED_PICTURE, WRONG_USAGE, BAD_ENVIRONMENT, INTERRUPTED = 0, 1, 2, 3, 130


@dataclass
class Outcome:
    """The exit status of what ran inside ``report``."""

    status: int = DONE


def command_line(arguments: Sequence[str]) -> int:
    """Runs one of COMMANDS and returns the exit status: 0 done, 1 a picture failed, 2 wrong usage, 3 environment."""
    parser = argparse.ArgumentParser(prog="diti-studio")
    add_version(parser)
    commands = parser.add_subparsers(dest="command", required=True)
    module = import_module(f"diti_studio.cli.{arguments[0]}")
    module.add_arguments(commands.add_parser(arguments[0], help=module.__doc__, description=module.__doc__))
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # the path of a result need not be text, and is printed all the same
        sys.stdout.reconfigure(errors="backslashreplace" if os.name == "nt" else "surrogateescape")
    with report() as outcome:
        outcome.status = module.run(options)
        sys.stdout.flush()  # at the interpreter's end it would be too late to hear that the reader has gone
    return outcome.status


def add_version(parser: argparse.ArgumentParser) -> None:
    """Adds --version."""
    parser.add_argument("--version", action="version", version=f"diti-studio {__version__}")


@contextlib.contextmanager
def report() -> Iterator[Outcome]:
    """Turns errors that a user can cause into one sentence on stderr and an exit status; no traceback is shown."""
    outcome = Outcome()
    try:
        yield outcome
    except (Cancelled, KeyboardInterrupt):
        outcome.status = INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except DitiError as error:
        say(f"diti-studio: {error}")
        kinds = {PictureError: FAILED_PICTURE, UsageError: WRONG_USAGE}
        outcome.status = next((s for kind, s in kinds.items() if isinstance(error, kind)), BAD_ENVIRONMENT)


def say(text: str) -> None:
    """A line for the person at the terminal, apart from what a program may read."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def answer(text: str) -> None:
    """A line of the command's result."""
    sys.stdout.write(text + "\n")
