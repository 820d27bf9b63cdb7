"""Recipes in files: an edit as JSON, or inside a picture that this program wrote; its reference named by a path.

The path of a reference is relative to the folder of the file that carries the recipe, so that the two can be moved
together.
"""

from __future__ import annotations

import importlib
import os
import stat
from pathlib import Path

from diti_studio.core import pictures
from diti_studio.core.atomic import replace_file
from diti_studio.core.edit import Edit, Moves
from diti_studio.core.errors import UsageError
from diti_studio.core.packs import Pack

MAX_TEXT_BYTES = 4 << 20
TEXT_SUFFIXES = (".json", ".txt", ".recipe")
DOCUMENT_SUFFIX = ".diti"

# What a pack may be unable to do, in a user's words.
SOME_GROUPS_NOTE = "some time-step groups"
SOME_BORROWED_NOTE = "some of what was borrowed"


def read(path: Path) -> Edit:
    """The edit in a JSON file, in an exported picture or of a ``.diti`` document, its reference named from here.

    Raises:
        UsageError: the file cannot be read, or carries no recipe.
        PictureError: it is neither.
    """
    if path.suffix.lower() == DOCUMENT_SUFFIX:
        return _of_document(path)
    if path.suffix.lower() in TEXT_SUFFIXES:
        edit = Edit.from_json(_read_text(path))
    else:
        text = pictures.read_recipe(path)
        if text is None:
            raise UsageError(f"{path} carries no recipe.")
        edit = Edit.from_json(text)
    if edit.reference and not Path(edit.reference).is_absolute():
        edit = edit.with_reference(str(path.parent / edit.reference))
    return edit


def _read_text(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device could block for ever
            raise UsageError(f"The recipe {path} is not a file.")
        if status.st_size > MAX_TEXT_BYTES:
            raise UsageError(f"{path} is no recipe: it is larger than {MAX_TEXT_BYTES >> 20} MiB.")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"The recipe {path} cannot be read: {error.strerror}.") from None


def _of_document(path: Path) -> Edit:
    """The present edit of a document. A picture that lends and has no file is left out: it has to be named anew."""
    document = importlib.import_module("diti_studio.core.document")  # few recipes are documents
    try:
        bundle = document.read(path)
    except document.DocumentError as error:
        raise UsageError(str(error)) from None
    state = bundle.document.state
    lender: str | None = None
    if state.reference is not None:
        found = document.find_picture(bundle.document.pictures[state.reference.picture], {}, path.absolute().parent)
        if isinstance(found, document.Found):
            lender = str(found.entry.path)
    return state.edit.model_copy(update={"reference": lender})


def seen_from(edit: Edit, out: Path) -> Edit:
    """The edit with its reference named from the folder of ``out``, the file that will carry it."""
    if edit.reference is None:
        return edit
    try:
        path = os.path.relpath(Path(edit.reference).absolute(), out.parent.absolute())
    except ValueError:  # on another drive
        path = str(Path(edit.reference).absolute())
    return edit.with_reference(path) if is_text(path) else edit


def fitted(edit: Edit, pack: Pack) -> tuple[Edit, tuple[str, ...]]:
    """What of an edit that came from elsewhere a pack can do, and what it cannot, in a user's words."""
    lost = dict[str, None]()
    return edit.each(lambda moves: _fitted(moves, pack, lost)), tuple(lost)


def _fitted(moves: Moves, pack: Pack, lost: dict[str, None]) -> Moves:
    known = {attribute.name for attribute in pack.manifest.attributes}
    count, components = len(pack.groups), pack.latents.principal.shape[0]
    lost.update((name.replace("_", " "), None) for name in moves.attributes if name not in known)
    groups = tuple(move for move in moves.groups if move.end <= count and move.component < components)
    blends = tuple(blend for blend in moves.blends if blend.end <= count)
    if len(groups) < len(moves.groups):
        lost[SOME_GROUPS_NOTE] = None
    if len(blends) < len(moves.blends):
        lost[SOME_BORROWED_NOTE] = None
    kept = {name: amount for name, amount in moves.attributes.items() if name in known}
    return Moves(attributes=kept, groups=groups, blends=blends, blend_noise=moves.blend_noise)


def is_text(path: str) -> bool:
    """False for a file name whose bytes are no UTF-8: Python shows them as lone surrogates, which JSON cannot hold."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def write(edit: Edit, path: Path) -> None:
    """Writes an edit as JSON, whole or not at all. Raises UsageError where that cannot be."""
    data = seen_from(edit, path).to_json().encode()
    try:
        replace_file(path, lambda file: file.write(data))
    except OSError as error:
        raise UsageError(f"The recipe {path} cannot be written: {error.strerror or error}.") from None
