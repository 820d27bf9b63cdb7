"""Changes a pack on disk, honestly (hashes and sizes follow) or not, and zips it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def change_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Rewrites manifest.json after ``change`` has had its way with it."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def replace_file(folder: Path, name: str, data: bytes) -> None:
    """Writes a file of the pack and lists its new hash and size, as its author could."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    entry = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    change_manifest(folder, lambda m: m["files"].update({name: entry}))


def zipped(folder: Path, target: Path, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """The pack as one .ditipack file."""
    with zipfile.ZipFile(target, "w", compression) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return target
