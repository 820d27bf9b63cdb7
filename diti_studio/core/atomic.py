"""Files and folders that appear whole or not at all, whatever ends the program that writes them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

TEMPORARIES = ".diti-*.part"
"""What a killed program leaves in a folder while it writes there."""

ABANDONED_AFTER = 3600.0
"""Seconds after which what a killed program left of a file is taken for abandoned."""


def replace_file(target: Path, write: Callable[[BinaryIO], object], *, durable: bool = True) -> None:
    """Replaces ``target`` by what ``write`` writes; an older file keeps its content until then, and its mode.

    Not ``durable`` is quicker, and for what can be made again: a power cut may cost it.
    Raises OSError, and leaves nothing behind then.
    """
    # Short names: the target's own may be as long as the file system allows.
    stem = f".diti-{hashlib.sha256(target.name.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}-"
    _clear_abandoned(target.parent, stem)
    temporary = target.with_name(f"{stem}{secrets.token_hex(6)}.part")
    try:
        with temporary.open("xb") as file:
            write(file)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        with contextlib.suppress(OSError):
            temporary.chmod(target.stat().st_mode & 0o777)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    if durable:
        _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Makes the new name survive a power cut, where the system lets one ask for it."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _clear_abandoned(folder: Path, stem: str) -> None:
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{stem}*.part"):
            if time.time() - path.stat().st_mtime > ABANDONED_AFTER:
                path.unlink()


def replace_folder(target: Path, staging: Path) -> None:
    """Puts the folder ``staging``, which lies beside it, in the place of ``target``.

    An older one is there until the new one is, and is put back when that fails. Raises OSError.
    """
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    if target.exists():
        target.replace(old)
    try:
        staging.replace(target)
    except OSError:
        if old.exists():
            old.replace(target)
        raise
    with contextlib.suppress(OSError):  # the new one is in place; what is left of the old one is hidden
        if old.is_symlink() or old.is_file():
            old.unlink()
        elif old.exists():
            shutil.rmtree(old)
