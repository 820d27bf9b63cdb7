"""Recipes in files: an edit as JSON, or inside a picture that this program wrote; its reference named by a path.

The path of a reference is relative to the folder of the file that carries the recipe, so that the two can be moved
together.
"""

from __future__ import annotations

import os
from pathlib import Path

from diti_studio.core import pictures
from diti_studio.core.edit import Edit
from diti_studio.core.errors import UsageError

TEXT_SUFFIXES = (".json", ".txt", ".recipe")


def read(path: Path) -> Edit:
    """The edit in a JSON file or in an exported picture, its reference named from here.

    Raises:
        UsageError: the file cannot be read, or carries no recipe.
        PictureError: it is neither.
    """
    if path.suffix.lower() in TEXT_SUFFIXES:
        try:
            edit = Edit.from_json(path.read_bytes())
        except OSError as error:
            raise UsageError(f"The recipe {path} cannot be read: {error.strerror}.") from None
    else:
        text = pictures.read_recipe(path)
        if text is None:
            raise UsageError(f"{path} carries no recipe.")
        edit = Edit.from_json(text)
    if edit.reference and not Path(edit.reference).is_absolute():
        edit = edit.with_reference(str(path.parent / edit.reference))
    return edit


def seen_from(edit: Edit, out: Path) -> Edit:
    """The edit with its reference named from the folder of ``out``, the file that will carry it."""
    if edit.reference is None:
        return edit
    try:
        path = os.path.relpath(Path(edit.reference).absolute(), out.parent.absolute())
    except ValueError:  # on another drive
        path = str(Path(edit.reference).absolute())
    return edit.with_reference(path) if is_text(path) else edit


def is_text(path: str) -> bool:
    """False for a file name whose bytes are no UTF-8: Python shows them as lone surrogates, which JSON cannot hold."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
