"""The core's sentences in the language of the window.

The core knows no window: what it has to say it says in English, as the text of an error, as a note, or in the journal
of a batch that ran before. A sentence is recognised here by its template and said anew, its values put in. The
templates are collected from the core's own source by packaging/words.py; one that is not among them stays English.
"""

from __future__ import annotations

import json
import re
import string
from functools import cache

from diti_studio.core.resources import resource
from diti_studio.ui.language import is_english, translate

_DEPTH = 3
"""Sentences in sentences are looked for so deep: names of files may be anything."""


def told(text: str) -> str:
    """A sentence of the core, or a part of one, as the window says it."""
    return text if is_english() else _told(text, _DEPTH) or text


def _told(text: str, depth: int) -> str | None:
    for pattern, template in _templates():
        if (match := pattern.fullmatch(text)) is not None:
            values = [(_told(value, depth - 1) if depth else None) or value for value in match.groups()]
            return translate("core", template).format(*values)
    if depth and text.endswith(".") and (said := _told(text[:-1], depth - 1)) is not None:
        return f"{said}."  # a part that was made a sentence
    name, colon, rest = text.partition(": ")
    if depth and colon and (said := _told(rest, depth - 1)) is not None:
        return f"{name}: {said}"  # a file, and what there is to say of it
    return None


@cache
def _templates() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Those that say most come first: they fit fewest other sentences."""
    templates = json.loads(resource("translations", "sentences.json").read_text("utf-8"))
    parsed = [(list(string.Formatter().parse(template)), template) for template in templates]
    parsed.sort(key=lambda entry: -sum(len(literal) for literal, *_ in entry[0]))
    return tuple((_pattern(parts), template) for parts, template in parsed)


def _pattern(parts: list[tuple[str, str | None, str | None, str | None]]) -> re.Pattern[str]:
    text = "".join(re.escape(literal) + ("(.*?)" if field is not None else "") for literal, field, *_ in parts)
    return re.compile(text, re.DOTALL)
