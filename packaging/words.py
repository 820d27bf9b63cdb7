"""Collects what the window translates without holding it: words of the bundled packs, sentences and words of the core.

    python packaging/words.py               prints them as Python that Qt's lupdate reads (packaging/translations.sh)
    python packaging/words.py --sentences   prints the templates of the sentences as JSON, for diti_studio.ui.sentences

Each pack is a context of its own: "light" may be a shade of a wall here and a lamp there, and the words of a pack that
is not bundled are nobody's to translate.

The core's sentences are found where errors are made and notes are written. Their values become {0}, {1}, ...
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from diti_studio.core.batch.templates import FIELDS

ROOT = Path(__file__).resolve().parents[1]

_ELSEWHERE = ("cluster.py", "worker.py", "blobs.py")  # of the batch: the window runs no cluster
_CALLS = re.compile(r"(?!Type)\w*Error|BatchStopped|Framed|Input|Missing|_note|_fall_back")
_LISTS = ("notes", "reasons")
_VARIABLES = re.compile(r"note|kept|reason|\w+_NOTE")
_FUNCTIONS = ("sentence", "_too_large")
_FEWEST_LETTERS = 6  # a template of fewer could be any sentence


def pack_words(manifest: dict[str, Any]) -> Iterator[str]:
    """The words of a manifest that ``diti_studio.ui.pack_words`` translates."""
    yield manifest["title"]
    yield manifest["domain"]
    yield from (stage["name"] for stage in manifest["stages"])
    for attribute in manifest["attributes"]:
        yield from (attribute[key] for key in ("title", "minus", "plus") if attribute.get(key))


def sentences() -> list[str]:
    """The templates of what the core, and the window's own threads on its behalf, say to a user."""
    paths = sorted((ROOT / "diti_studio" / "core").rglob("*.py"))
    paths = [path for path in paths if not (path.parent.name == "batch" and path.name in _ELSEWHERE)]
    paths += [ROOT / "diti_studio" / "ui" / name for name in ("archivist.py", "batch_dialog.py", "worker.py")]
    found = dict[str, None]()
    for path in paths:
        for node in _spoken(ast.parse(path.read_text("utf-8"))):
            for template in _templates(node):
                letters = re.sub(r"\{\d+\}|[^a-z]", "", template)
                if len(letters) >= _FEWEST_LETTERS:
                    found[template] = None
    return list(found)


def _spoken(tree: ast.AST) -> Iterator[ast.expr]:
    """The expressions that make sentences."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called, _, name = ast.unparse(node.func).rpartition(".")
            if _CALLS.fullmatch(name) or (name == "append" and called in _LISTS):
                yield from node.args
            yield from (keyword.value for keyword in node.keywords if keyword.arg in ("note", "reason"))
        elif isinstance(node, ast.Assign):
            if any(isinstance(target, ast.Name) and _VARIABLES.fullmatch(target.id) for target in node.targets):
                yield node.value
        elif isinstance(node, ast.FunctionDef) and node.name in _FUNCTIONS:
            yield from (part.value for part in ast.walk(node) if isinstance(part, ast.Return) and part.value)


def _templates(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield _escaped(text)
        case ast.JoinedStr(values=parts):
            template, count = "", 0
            for part in parts:
                if isinstance(part, ast.Constant):
                    template += _escaped(str(part.value))
                else:
                    template, count = f"{template}{{{count}}}", count + 1
            yield template
        case ast.IfExp(body=one, orelse=other):
            yield from (*_templates(one), *_templates(other))
        case ast.BoolOp(values=several):
            for one in several:
                yield from _templates(one)
        case _:
            pass


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def main() -> None:
    """Prints a call of translate for each word and sentence, or the sentences alone."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    if "--sentences" in sys.argv[1:]:
        sys.stdout.write(json.dumps(sentences(), indent=1, ensure_ascii=False) + "\n")
        return
    for path in sorted((ROOT / "resources" / "packs").glob("*/manifest.json")):
        manifest = json.loads(path.read_text("utf-8"))
        for word in dict.fromkeys(pack_words(manifest)):
            _call(f"pack {manifest['name']}", word)
    for template in sentences():
        _call("core", template)
    for meaning in FIELDS.values():
        _call("templates", meaning)


def _call(context: str, source: str) -> None:
    sys.stdout.write(f'translate("{context}", {json.dumps(source, ensure_ascii=False)})\n')


if __name__ == "__main__":
    main()
