"""Prints what the window translates without holding it, as Python that Qt's lupdate reads: packaging/translations.sh.

That is the words of the bundled packs. Each pack is a context of its own: "light" may be a shade of a wall here and a
lamp there, and the words of a pack that is not bundled are nobody's to translate.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def pack_words(manifest: dict[str, Any]) -> Iterator[str]:
    """The words of a manifest that ``diti_studio.ui.pack_words`` translates."""
    yield manifest["title"]
    yield manifest["domain"]
    yield from (stage["name"] for stage in manifest["stages"])
    for attribute in manifest["attributes"]:
        yield from (attribute[key] for key in ("title", "minus", "plus") if attribute.get(key))


def main() -> None:
    """Prints a call for each word."""
    lines = list[str]()
    for path in sorted((ROOT / "resources" / "packs").glob("*/manifest.json")):
        manifest = json.loads(path.read_text("utf-8"))
        for word in dict.fromkeys(pack_words(manifest)):
            lines.append(f'translate("pack {manifest["name"]}", {json.dumps(word, ensure_ascii=False)})')
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
