"""Names of results: a template such as ``{folder}/{stem}_{attribute}{amount}`` and what its fields stand for."""

from __future__ import annotations

import os
import re
import string
import unicodedata
from collections.abc import Mapping

from diti_studio.core.errors import UsageError

FIELDS: Mapping[str, str] = {
    "stem": "the picture's name without its suffix",
    "suffix": "the picture's suffix, without the dot",
    "folder": "the subfolder in which the picture was found",
    "parent": "the name of the folder that holds the picture",
    "index": "the picture's number, from 1",
    "attribute": "the swept attribute",
    "amount": "its amount, as +1.5",
    "attribute2": "the second swept attribute",
    "amount2": "its amount",
    "reference": "the name of the picture that lends, without its suffix",
    "recipe": "the recipe's name",
    "pack": "the model pack",
    "date": "the day on which the job was queued, as 2026-01-31",
    "time": "the time at which it was, as 235959",
}
"""Fields and what they stand for, in a user's words."""

MAX_NAME_BYTES = 255
RESERVED = ".diti-batch"  # the folder inside the output folder that holds the journal

_SPEC = re.compile(r"[+<>^=0-9.,dfgs]{0,8}")
_UNSAFE = '<>:"|?*\\' if os.name == "nt" else ""


class Template:
    """A template that was understood."""

    def __init__(self, text: str) -> None:
        """Raises UsageError for an unknown field, a format that is none, or a path that leaves the folder."""
        self.text = text
        if not text.isprintable():
            raise UsageError("The template holds a line break or another character that no name should have.")
        if not text.strip():
            raise UsageError("The template is empty: write for example {folder}/{stem}.")
        if text.startswith(("/", "~")) or "\\" in text or re.match("[A-Za-z]:", text):
            raise UsageError(f"The template {text} leaves the output folder: write it as seen from there, with /.")
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError as error:
            raise UsageError(f"The template {text} is not understood: {error}.") from None
        self.fields = frozenset(name for _, name, _, _ in parts if name is not None)
        for _, name, spec, conversion in parts:
            if name is None:
                continue
            if name not in FIELDS:
                known = ", ".join(FIELDS)
                raise UsageError(f"The template {text} has an unknown field {{{name}}}: known are {known}.")
            width = re.search(r"\d+", spec or "")
            if conversion or not _SPEC.fullmatch(spec or "") or (width and int(width.group()) > MAX_NAME_BYTES):
                raise UsageError(f"The template {text} asks for {{{name}}} in a form that is not known.")

    def name(self, values: Mapping[str, str | int | float]) -> str:
        """The name of a result, without suffix: parts joined by ``/``.

        Raises UsageError when it leaves the folder or names nothing.
        """
        shown = {
            key: _Shown(value) if key.startswith("amount") else _cleaned(key, value) for key, value in values.items()
        }
        try:
            text = string.Formatter().vformat(self.text, (), shown)
        except KeyError as error:
            raise UsageError(f"The template {self.text} uses {{{error.args[0]}}}, which this job has not.") from None
        except ValueError as error:
            raise UsageError(f"The template {self.text} is not understood: {error}.") from None
        parts = [part for part in text.split("/") if part]
        if not parts or text.endswith("/"):
            raise UsageError(f"The template {self.text} gives no name for {values.get('stem')}.")
        if any(part.strip() in (".", "..") for part in parts) or parts[0] == RESERVED:
            raise UsageError(f"The template {self.text} leaves the output folder: {text}.")
        return "/".join(parts)


def usual(sweeps: int, references: int) -> str:
    """The template of a job that names none: as short as keeps its results apart."""
    text = "{folder}/{stem}"
    for number in ("", "2")[:sweeps]:
        text += f"_{{attribute{number}}}{{amount{number}}}"
    return text + ("_{reference}" if references > 1 else "")


def check_length(name: str, suffix: str) -> None:
    """Raises UsageError for a name that file systems do not hold."""
    for part in f"{name}{suffix}".split("/"):
        size = len(os.fsencode(part))
        if size > MAX_NAME_BYTES:
            raise UsageError(
                f"The name {part[:40]}… would be {size} bytes long, and {MAX_NAME_BYTES} is the limit: shorten the "
                "template, for example to {stem:.40}."
            )


class _Shown(float):
    """An amount that shows as +1.5 unless the template says how."""

    def __format__(self, spec: str) -> str:
        return format(float(self), spec or "+g")


def _cleaned(field: str, value: str | int | float) -> str | int | float:
    """A text without control characters and, but for ``folder``, without separators."""
    if not isinstance(value, str):
        return value
    unsafe = _UNSAFE if field == "folder" else _UNSAFE + "/"
    return "".join("_" if c in unsafe or unicodedata.category(c) == "Cc" else c for c in value)
