"""``python -m benchmarks NAME``: prints one table, in Markdown, with the command and the machine above it."""

from __future__ import annotations

import argparse
import shlex
import sys
from importlib import import_module

from benchmarks.machine import describe

NAMES = (
    "steps", "runtime", "detail", "specks", "export", "startup", "ui", "familiarity", "training", "science", "batch",
)  # fmt: skip


def main() -> int:
    """Runs the benchmark that the first argument names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    names = parser.add_subparsers(dest="name", required=True)
    asked = [name for name in NAMES if name in sys.argv[1:2]]  # some need what others do without: Qt, a cluster
    modules = {name: import_module(f"benchmarks.{name}") for name in asked or NAMES}
    for name, module in modules.items():
        module.add_arguments(names.add_parser(name, help=module.__doc__, description=module.__doc__))
    options = parser.parse_args()
    print(f"`python -m benchmarks {shlex.join(sys.argv[1:])}` on {describe()}\n")
    modules[options.name].run(options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
