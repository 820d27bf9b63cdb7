"""The words of the bundled packs in the language of the window; those of other packs stay as they are.

A pack is translated where it comes into the window, so that sliders, stages, lists, searches and the history all speak
of it alike. What is written into files keeps the pack's own words.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from diti_studio.core.packs import Manifest, Pack


def word(manifest: Manifest, text: str) -> str:
    """A word of a manifest; packaging/words.py collects them."""
    return QCoreApplication.translate(f"pack {manifest.name}", text) if text else ""


def translated(pack: Pack) -> Pack:
    """The pack with the words of its manifest translated; all else is shared with it."""
    manifest = pack.manifest
    out = copy.copy(pack)
    out.manifest = manifest.model_copy(
        update={
            "title": word(manifest, manifest.title),
            "stages": tuple(s.model_copy(update={"name": word(manifest, s.name)}) for s in manifest.stages),
            "attributes": tuple(
                a.model_copy(update={key: word(manifest, getattr(a, key)) for key in ("title", "minus", "plus")})
                for a in manifest.attributes
            ),
        }
    )
    return out
