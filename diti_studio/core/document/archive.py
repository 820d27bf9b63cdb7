"""A document as one file: a zip with document.json, a thumbnail, and the pictures that travel inside.

Documents come from strangers. No member is ever written to a path that the file names; sizes are limited before memory
is taken, and pictures inside are not compressed, so that a small file cannot hold a large one.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from diti_studio.core import pictures
from diti_studio.core.atomic import replace_file
from diti_studio.core.document.entries import DocumentError, PictureEntry, is_relative, relative_path
from diti_studio.core.document.model import MAX_JSON_BYTES, Document
from diti_studio.core.document.sources import Found, find_picture
from diti_studio.core.errors import PictureError

SUFFIX = ".diti"
MAX_FILE_BYTES = 1 << 30
MAX_THUMBNAIL_BYTES = 1 << 20
THUMBNAIL_SIDE = 256

_JSON = "document.json"
_THUMBNAIL = "thumbnail.png"
_MAX_MEMBERS = 1_024
_MAX_DIRECTORY_BYTES = 1 << 20
_END = struct.Struct("<4s4H2LH")  # the end record of a zip file (PKWARE APPNOTE.TXT, 4.3.16)
_END64_LOCATOR = 20, b"PK\x06\x07"  # 4.3.15
_ENCRYPTED = 0x1  # in a member's flags (4.4.4)

# What the zip reader and its decompressors raise, some of it undocumented, on damaged and hostile files.
_ZIP_ERRORS = (
    zipfile.BadZipFile, RuntimeError, EOFError, ValueError, KeyError, OverflowError, struct.error, zlib.error,
    lzma.LZMAError,
)  # fmt: skip


class ChangedOnDiskError(DocumentError):
    """The file is not as it was when it was last read or written: another window or program has saved it."""


@dataclass(frozen=True)
class Stamp:
    """By what a file is known to be untouched: modification time in nanoseconds, size, and number on the disk."""

    modified: int
    size: int
    number: int

    @classmethod
    def of(cls, path: Path) -> Stamp | None:
        """The stamp of a file; None when there is none."""
        try:
            status = path.stat()
        except OSError:
            return None
        return cls(status.st_mtime_ns, status.st_size, status.st_ino)


@dataclass(frozen=True, eq=False)
class Bundle:
    """A document and what travels with it.

    Attributes:
        copies: content of pictures by their digest (``PictureEntry.sha256``).
        thumbnail: a small PNG (see :func:`make_thumbnail`).
        notes: what went wrong in reading or writing and could be got over, in sentences for the user.
    """

    document: Document
    copies: Mapping[str, bytes] = field(default_factory=dict[str, bytes], repr=False)
    thumbnail: bytes | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()


def make_thumbnail(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG of at most THUMBNAIL_SIDE pixels a side of uint8 [H, W, 3] pixels."""
    image = Image.fromarray(pixels)
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


# -- writing ------------------------------------------------------------------------------------------------


def write(path: str | Path, bundle: Bundle, *, unless_changed_since: Stamp | None = None) -> Bundle:
    """Saves a document, whole or not at all, and returns it as it was saved.

    Pictures that are to be inside and are not among the copies are read from their files. So is one that cannot be
    named from the document's folder, as on another drive. Pictures that nothing uses are left out.

    Args:
        unless_changed_since: the stamp of the file when it was last read or written.

    Raises:
        ChangedOnDiskError: the file has another stamp than that.
        DocumentError: it cannot be written, or is one of the document's own pictures.
    """
    path = Path(path)
    if path.suffix.lower() != SUFFIX:
        raise DocumentError(f"{path.name} is no name for a document: it has to end in {SUFFIX}.")
    try:
        target = Path(os.path.realpath(path))  # a link stays a link; what it names is written
        _check_target(target, path, bundle.document, unless_changed_since)
    except (OSError, ValueError) as error:  # a name too long, a null character, a folder that may not be entered
        reason = getattr(error, "strerror", None) or error
        raise DocumentError(f"{path} cannot be written: {reason}.") from error
    document, copies, notes = _gathered(bundle, target.parent)
    while len(text := document.to_json(target.parent)) > MAX_JSON_BYTES:
        if document.current == 0:
            raise DocumentError(f"{path.name} cannot be written: its history and snapshots are larger than 16 MiB.")
        document = document.without_oldest(max(1, document.current // 4))
    members = {_JSON: text, **({_THUMBNAIL: bundle.thumbnail} if bundle.thumbnail else {})}
    inside = {
        entry.member: copies[entry.sha256]
        for entry in document.pictures
        if entry.copy_inside and entry.sha256 in copies
    }
    if sum(map(len, inside.values())) + len(text) + MAX_THUMBNAIL_BYTES > MAX_FILE_BYTES:
        raise DocumentError(
            f"{path.name} cannot hold its pictures, which are larger than 1 GiB: keep them beside the document."
        )

    def write_zip(file: BinaryIO) -> None:
        with zipfile.ZipFile(file, "w", allowZip64=False) as archive:
            for name, data in members.items():
                archive.writestr(_member(name), data, zipfile.ZIP_DEFLATED, 6)
            for name, data in inside.items():
                archive.writestr(_member(name), data, zipfile.ZIP_STORED)
        _check_target(target, path, document, unless_changed_since)  # the last moment to notice another window

    try:
        replace_file(target, write_zip)
    except OSError as error:
        raise DocumentError(f"{path} cannot be written: {error.strerror or error}.") from error
    return Bundle(document, copies, bundle.thumbnail, notes)


def _member(name: str) -> zipfile.ZipInfo:
    """A member's header, the same each time: equal documents are equal files."""
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o644 << 16
    return info


def _gathered(bundle: Bundle, folder: Path) -> tuple[Document, dict[str, bytes], tuple[str, ...]]:
    """The document as it can be written into ``folder``, the content of pictures that is known, and what is not.

    A picture that can no longer be put inside does not keep the work from being saved: it is told of.
    """
    document = bundle.document.tidied()
    copies = dict[str, bytes]()
    notes = list[str]()
    for index, entry in enumerate(document.pictures):
        kept = entry
        if entry.path is not None:
            try:
                relative_path(entry.path, folder)
            except ValueError:
                kept = entry.model_copy(update={"copy_inside": True, "path": None})
        if kept.copy_inside or entry.sha256 in bundle.copies:
            found = find_picture(entry, bundle.copies)
            if isinstance(found, Found):
                copies[entry.sha256] = found.data
            else:
                notes.append(f"{entry.name} is not inside the document: {found.sentence}")
        if kept is not entry:
            document = document.with_picture(index, kept)
    return document, copies, tuple(notes)


def _check_target(target: Path, path: Path, document: Document, stamp: Stamp | None) -> None:
    if not target.parent.is_dir():
        raise DocumentError(f"{path} cannot be written: there is no folder {path.parent}.")
    if target.is_dir():
        raise DocumentError(f"{path} cannot be written: it is a folder.")
    if not target.exists():
        return
    for entry in document.pictures:
        if entry.path is not None and _is_same_file(target, entry.path):
            raise DocumentError(f"{path} is a picture of this document and is not replaced: choose another name.")
    if not target.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise DocumentError(f"{path} is write-protected and is kept: choose another name.")
    if stamp is not None and Stamp.of(target) != stamp:
        raise ChangedOnDiskError(f"{path.name} was changed by another window or program since you opened it.")


def _is_same_file(target: Path, picture: Path) -> bool:
    """By identity on the disk: a link, a hard link or another spelling of the name is the picture all the same."""
    try:
        return target.samefile(picture)
    except OSError:  # the picture is not there, or its path leads nowhere
        return False


# -- reading ------------------------------------------------------------------------------------------------


def read(path: str | Path) -> Bundle:
    """Opens a document.

    A picture inside that is damaged is left out, so that the history is not lost with it: ``find_picture`` then tells.
    Raises DocumentError with one sentence for a file that is missing, damaged, hostile, or of a later version.
    """
    path = Path(path)
    with _opened(path) as archive:
        text = archive.read(_JSON, MAX_JSON_BYTES)
        document = Document.from_json(text, Path(os.path.realpath(path)).parent, path.name)
        copies = dict[str, bytes]()
        notes = list[str]()
        for entry in document.pictures:
            if entry.copy_inside:
                data = archive.picture(entry)
                if data is None:
                    notes.append(f"The copy of {entry.name} inside {path.name} is missing or damaged.")
                else:
                    copies[entry.sha256] = data
        thumbnail = archive.thumbnail()
    return Bundle(document, copies, thumbnail, tuple(notes))


def read_thumbnail(path: str | Path) -> NDArray[np.uint8] | None:
    """The picture uint8 [H, W, 3] of a document, for lists; None where it has none. Raises DocumentError."""
    path = Path(path)
    with _opened(path) as archive:
        data = archive.thumbnail()
    return None if data is None else pictures.decode(data, _THUMBNAIL).pixels


class _Archive:
    """The members of an opened document, each limited before it is read."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._zip = archive
        self._name = name
        self._members = dict[str, zipfile.ZipInfo]()
        for info in archive.infolist():
            parts = info.filename.split("/")
            if not is_relative(info.filename) or ".." in parts:
                raise DocumentError(f"The document {name} is refused: it names a file outside itself.")
            if info.filename in self._members:
                raise DocumentError(f"The document {name} is refused: it holds {info.filename[:80]} twice.")
            self._members[info.filename] = info

    def read(self, member: str, limit: int) -> bytes:
        """Content of a member of at most ``limit`` bytes; what its header claims is checked, and then not trusted."""
        info = self._members[member]
        if info.flag_bits & _ENCRYPTED or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DocumentError(f"The document {self._name} is refused: {member[:80]} is packed in an unknown way.")
        if info.file_size > limit:
            raise DocumentError(f"The document {self._name} is refused: {member[:80]} is larger than {limit} bytes.")
        with self._zip.open(info) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise DocumentError(f"The document {self._name} is refused: {member[:80]} is larger than {limit} bytes.")
        return data

    def picture(self, entry: PictureEntry) -> bytes | None:
        """The file inside of a picture; None when it is not there, or not as it was."""
        info = self._members.get(entry.member)
        if info is None or info.compress_type != zipfile.ZIP_STORED or info.file_size != entry.size:
            return None
        try:
            data = self.read(entry.member, entry.size)
        except (DocumentError, *_ZIP_ERRORS):
            return None
        return data if hashlib.sha256(data).hexdigest() == entry.sha256 else None

    def thumbnail(self) -> bytes | None:
        """The small picture, checked to be small; None when there is none."""
        if _THUMBNAIL not in self._members:
            return None
        try:
            data = self.read(_THUMBNAIL, MAX_THUMBNAIL_BYTES)
            with pictures.open_image(data, _THUMBNAIL) as image:
                return data if image.format == "PNG" and max(image.size) <= THUMBNAIL_SIDE else None
        except (DocumentError, PictureError, *_ZIP_ERRORS):
            return None


@contextlib.contextmanager
def _opened(path: Path) -> Generator[_Archive]:
    """A document's file; what the file system and the zip reader raise becomes one sentence."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device could block for ever
            raise DocumentError(f"{path.name} is no document: it is not a file.")
        if status.st_size > MAX_FILE_BYTES:
            raise DocumentError(f"The document {path.name} is refused: it is larger than 1 GiB.")
        with path.open("rb") as file:
            _check_directory(file, path.name)
            with zipfile.ZipFile(file) as archive:
                yield _Archive(archive, path.name)
    except FileNotFoundError:
        raise DocumentError(f"There is no document at {path}.") from None
    except OSError as error:
        raise DocumentError(f"The document {path.name} cannot be read: {error.strerror or error}.") from None
    except _ZIP_ERRORS:
        raise DocumentError(f"{path.name} is no document, or it is damaged: it cannot be read as a zip file.") from None


def _check_directory(file: BinaryIO, name: str) -> None:
    """Limits the list of members before the zip reader takes memory for it.

    Only the plain form of the end record is let through, the one without a comment: the reader tries it first, so that
    it cannot find another one than this.
    """
    size = file.seek(0, os.SEEK_END)
    tail_size, locator = _END64_LOCATOR[0] + _END.size, _END64_LOCATOR[1]
    file.seek(max(0, size - tail_size))
    tail = file.read(tail_size)
    if len(tail) < _END.size or tail[-_END.size :][:4] != b"PK\x05\x06":
        raise DocumentError(f"{name} is no document, or it was cut short.")
    *_, members, directory_bytes, _, comment_bytes = _END.unpack(tail[-_END.size :])
    if comment_bytes or tail.startswith(locator):
        raise DocumentError(f"The document {name} is refused: it was not written by this program.")
    if members > _MAX_MEMBERS or directory_bytes > _MAX_DIRECTORY_BYTES:
        raise DocumentError(f"The document {name} is refused: it lists more files than a document has.")
