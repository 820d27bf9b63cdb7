"""``diti-studio``: the window, or one of the commands that need no screen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from diti_studio.cli import COMMANDS, add_version, command_line, report


def main(argv: Sequence[str] | None = None) -> int:
    """Starts what the arguments ask for and returns the exit status.

    A first argument that names a command runs it; anything else is for the window. Write ``./edit`` for a picture
    that is called like a command.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] in COMMANDS:
        return command_line(arguments)
    parser = argparse.ArgumentParser(
        prog="diti-studio",
        description="Opens the window. Commands that need none: " + ", ".join(COMMANDS) + " (COMMAND --help explains).",
    )
    parser.add_argument("pictures", nargs="*", metavar="PICTURE", help="pictures to open")
    parser.add_argument("--screenshot", metavar="FILE", help="save a picture of the window once it shows, then end")
    parser.add_argument("--pack", metavar="P", help="name or path of the model pack")
    parser.add_argument("--device", default="auto", help="auto, cuda, directml, coreml or cpu")
    parser.add_argument("--language", metavar="L", help="en, de or system; without it, as chosen in the View menu")
    add_version(parser)
    options = parser.parse_args(arguments)
    with report() as outcome:
        from diti_studio.ui import app

        outcome.status = app.run(
            options.pictures, screenshot=options.screenshot, pack=options.pack, device=options.device,
            language=options.language,
        )  # fmt: skip
    return outcome.status


if __name__ == "__main__":
    sys.exit(main())
