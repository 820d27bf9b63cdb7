"""Files by their hash: how a cluster's worker gets a pack and the pictures that lend, without sharing a disk.

Everything is named by the sha256 of its content and checked against it when it arrives and when it is used. The hash of
a pack's manifest stands for the pack, because the manifest holds the hashes of all its files.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

import platformdirs

from diti_studio.core.atomic import replace_file
from diti_studio.core.errors import PackError
from diti_studio.core.packs import MANIFEST, Pack

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Store:
    """A folder of files named by their hash, shared by all processes of a machine."""

    def __init__(self, folder: Path | None = None) -> None:
        """``folder`` None means the user's cache folder."""
        self._folder = folder or platformdirs.user_cache_path("diti-studio", appauthor=False) / "cluster"

    def lacks(self, digests: Iterable[str]) -> list[str]:
        """Those that are not here."""
        return [digest for digest in digests if not self._path(digest).is_file()]

    def put(self, digest: str, data: bytes) -> None:
        """Keeps a file. Raises PackError when it is not what its name says."""
        path = self._path(digest)
        if hashlib.sha256(data).hexdigest() != digest:
            raise PackError(f"A file that was sent is damaged: it is not {digest[:12]}….")
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, lambda file: file.write(data))

    def get(self, digest: str) -> bytes:
        """The content of a file. Raises PackError when it is not here, or damaged; a damaged one is removed."""
        path = self._path(digest)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise PackError(f"The file {digest[:12]}… cannot be read: {error.strerror}.") from None
        if hashlib.sha256(data).hexdigest() != digest:
            path.unlink(missing_ok=True)
            raise PackError(f"The file {digest[:12]}… was damaged on the disk; it is fetched again.")
        return data

    def pack(self, manifest: str) -> Pack:
        """The pack with that manifest, laid out as a folder; its files have to be here. Raises PackError."""
        folder = self._folder / "packs" / manifest
        if not (folder / MANIFEST).is_file():
            raw = self.get(manifest)
            for name, digest in pack_files(raw).items():
                path = folder / name
                if not path.resolve().is_relative_to(folder.resolve()):
                    raise PackError(f"The pack is refused: {name} leads out of it.")
                path.parent.mkdir(parents=True, exist_ok=True)
                self._lay(path, digest)
            self._lay(folder / MANIFEST, manifest)  # last: it tells that the folder is whole
        return Pack.open(folder)

    def _lay(self, path: Path, digest: str) -> None:
        """A hard link where the file system has them, else a copy."""
        temporary = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            os.link(self._path(digest), temporary)
        except OSError:
            temporary.write_bytes(self.get(digest))
        temporary.replace(path)
        temporary.unlink(missing_ok=True)  # replacing a link by another to the same file leaves it

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise PackError(f"{digest[:70]!r} is no hash.")
        return self._folder / "files" / digest


def pack_files(manifest: bytes) -> dict[str, str]:
    """Names and hashes of a pack's files, from its manifest's JSON."""
    return {name: entry["sha256"] for name, entry in json.loads(manifest)["files"].items()}
