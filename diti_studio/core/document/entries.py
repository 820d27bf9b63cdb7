"""What a document remembers of the files it depends on: pictures and the pack.

Paths are absolute in memory and relative to the document's folder in its file: a folder may be moved as a whole.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializationInfo,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from diti_studio.core.errors import DitiError
from diti_studio.core.packs import Pack
from diti_studio.core.pictures import MAX_BYTES, read_bytes

MAX_TEXT = 400


def _label(value: object) -> object:
    """Words for a screen: cut where they are too long, and without the half characters that file names may hold."""
    return value[:MAX_TEXT].encode("utf-8", "replace").decode() if isinstance(value, str) else value


Text = Annotated[str, Field(max_length=MAX_TEXT)]
Label = Annotated[str, BeforeValidator(_label)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class DocumentError(DitiError):
    """A document that cannot be read or written."""


class NewerDocumentError(DocumentError):
    """A document that a later version of the program wrote."""


class Frozen(BaseModel):
    # An unknown field is refused: who writes one raises the version, or saving would lose it without a word.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PictureEntry(Frozen):
    """A picture file that the document uses.

    Attributes:
        name: the file's name, as users read it.
        sha256, size: of the file's bytes, by which it is recognised wherever it is.
        copy_inside: True when the file's bytes travel inside the document.
        path: where the file is, absolute; None for one that has no file, which then travels inside.
    """

    name: Annotated[str, Field(min_length=1, max_length=255)]
    sha256: Digest
    size: Annotated[int, Field(ge=1, le=MAX_BYTES)]
    copy_inside: bool = False
    path: Path | None = None

    @classmethod
    def of_bytes(cls, data: bytes, name: str, path: Path | None = None) -> PictureEntry:
        """How a document remembers a picture file of that content; without a path it travels inside.

        Raises DocumentError when it is empty or larger than any picture may be.
        """
        if not 1 <= len(data) <= MAX_BYTES:
            raise DocumentError(f"{name} has {len(data)} bytes: a document holds pictures of at most 512 MiB.")
        name = re.sub(r"[/\\\x00-\x1f]", "_", name.encode("utf-8", "replace").decode())[-255:]
        return cls(
            name="picture" if name in ("", ".", "..") else name,
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            copy_inside=path is None,
            path=path.absolute() if path is not None else None,
        )

    @classmethod
    def of_file(cls, path: str | Path) -> PictureEntry:
        """How a document remembers a picture file on the disk, which is read for its digest. Raises PictureError."""
        path = Path(path)
        return cls.of_bytes(read_bytes(path), path.name, path)

    @field_validator("name", mode="after")
    @classmethod
    def _only_a_name(cls, name: str) -> str:
        if name in (".", "..") or re.search(r"[/\\\x00-\x1f]", name):
            raise ValueError("it is no file name")
        return name

    @field_validator("path", mode="before")
    @classmethod
    def _path_from_file(cls, value: object, info: ValidationInfo) -> object:
        folder: object = info.context
        if not isinstance(folder, Path) or value is None:
            return value
        if not isinstance(value, str) or not is_relative(value):
            raise ValueError("it is not relative to the document")
        return os.path.normpath(folder / value)

    @field_validator("path", mode="after")
    @classmethod
    def _path_is_absolute(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_absolute():
            raise ValueError("it is not absolute")
        return path

    @field_serializer("path")
    def _path_to_file(self, path: Path | None, info: SerializationInfo) -> str | None:
        if path is None:
            return None
        folder: object = info.context
        return relative_path(path, folder) if isinstance(folder, Path) else str(path)

    @model_validator(mode="after")
    def _is_somewhere(self) -> PictureEntry:
        if not self.copy_inside and self.path is None:
            raise ValueError("the picture is neither inside the document nor in a file")
        return self

    @property
    def member(self) -> str:
        """The name of its copy inside the document's file: made from the digest, so that none can lead elsewhere."""
        suffix = Path(self.name).suffix.lower()
        return f"sources/{self.sha256}{suffix if re.fullmatch(r'[.][a-z0-9]{1,8}', suffix) else ''}"


class PackEntry(Frozen):
    """The pack that the edits were made with.

    Attributes:
        name, title: to find it, and to ask for it.
        identity: of what decides the pictures (``Pack.identity``).
        group_ends: where each time-step group ends, in time-steps.
        attributes: titles by name, to tell what is lost when the pack is.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    title: Text
    identity: Digest
    group_ends: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(max_length=4096)]
    attributes: Annotated[dict[Text, Text], Field(max_length=512)]

    @classmethod
    def of(cls, pack: Pack) -> PackEntry:
        """How a document remembers an opened pack."""
        return cls(
            name=pack.manifest.name,
            title=pack.manifest.title,
            identity=pack.identity,
            group_ends=tuple(group.t_end for group in pack.manifest.groups),
            attributes={attribute.name: attribute.title for attribute in pack.manifest.attributes},
        )


def is_relative(text: str) -> bool:
    """True for a path that is relative on every system: no root, no drive, no server, no null character.

    A server's name would be contacted, with the user's credentials, by merely looking for the file.
    """
    if not text or "\0" in text or "\\" in text or text[1:2] == ":":
        return False
    windows = PureWindowsPath(text)
    return not (PurePosixPath(text).is_absolute() or windows.drive or windows.root)


def relative_path(path: Path, folder: Path) -> str:
    """``path`` as seen from ``folder``, with forward slashes. Raises ValueError where there is no way (a drive)."""
    # Through the folders themselves, not through links to them: those may lie outside what is moved as a whole.
    real = Path(os.path.realpath(path.parent)) / path.name
    text = Path(os.path.relpath(real, folder)).as_posix()
    # A name with a backslash or a colon would be read otherwise on another system; one that is no Unicode, by nobody.
    if not is_relative(text) or text.encode("utf-8", "replace").decode() != text:
        raise ValueError(f"{path.name} cannot be named from {folder}")
    return text
