"""Tell what is here to run on: versions, devices, packs, and what is missing with its remedy."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from diti_studio import __version__
from diti_studio.cli import BAD_ENVIRONMENT, DONE, answer
from diti_studio.core import packs
from diti_studio.core.errors import DitiError
from diti_studio.core.packs import Pack
from diti_studio.core.runtime import Network, devices

LIBRARIES = (
    "PySide6-Essentials",
    "superqt",
    "numpy",
    "pillow",
    "pillow-heif",
    "pydantic",
    "safetensors",
    "platformdirs",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``diti-studio doctor``."""
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    """Prints the report; status 3 when something that is needed is missing."""
    found = examine()
    if options.json:
        answer(json.dumps(found, indent=2))
    else:
        for key in ("program", "python", "system", "display"):
            answer(f"{key:10} {found[key]}")
        for name, value in found["libraries"].items():
            answer(f"library    {name} {value or 'MISSING'}")
        for device in found["devices"]:
            answer(f"device     {device['name']}: {device['title']}")
        for pack in found["packs"]:
            answer(f"pack       {pack['name']}: runs on {pack['device']} ({pack['path']})")
        for note in found["notes"]:
            answer(f"note       {note}")
        for problem in found["problems"]:
            answer(f"PROBLEM    {problem}")
    return BAD_ENVIRONMENT if found["problems"] else DONE


def examine() -> dict[str, Any]:
    """What is here, as JSON values. A device that was passed over is worth a note; what is missing is a problem."""
    problems, notes = list[str](), list[str]()
    libraries = {name: _version(name) for name in LIBRARIES}
    libraries["onnxruntime"] = _version("onnxruntime-gpu") or _version("onnxruntime")
    problems += [
        f"{name} is not installed: pip install -e . brings it." for name, value in libraries.items() if not value
    ]
    if find_spec("PySide6") is None:
        problems.append("The window cannot be shown without PySide6-Essentials; the commands work.")
    available = list[dict[str, str]]()
    opened = list[dict[str, str]]()
    try:
        available = [{"name": d.name, "title": d.title} for d in devices()]
        for path in packs.installed():
            try:
                pack = Pack.open(path)
                network = Network(pack)
                opened.append({"name": pack.manifest.name, "path": str(path), "device": network.device.name})
                notes += network.notes
            except DitiError as error:
                problems.append(str(error))
        if not opened:
            problems.append(f"No model pack was found: put one into {packs.user_folder()}.")
    except DitiError as error:
        problems.append(str(error))
    folder = packs.user_folder()
    if not _writeable(folder):
        problems.append(f"{folder} cannot be written: packs cannot be installed there.")
    return {
        "program": f"diti-studio {__version__}",
        "python": f"{platform.python_version()} ({sys.executable})",
        "system": platform.platform(),
        "display": _display(),
        "libraries": libraries, "devices": available, "packs": opened, "notes": notes, "problems": problems,
    }  # fmt: skip


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _display() -> str:
    if sys.platform != "linux":
        return "native"
    return os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or "none"


def _writeable(folder: Path) -> bool:
    while not folder.exists():
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
