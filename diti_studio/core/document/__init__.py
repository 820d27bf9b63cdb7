"""The ``.diti`` document: what was opened and everything done to it, in one file (docs/document-format.md).

``Document`` says what there is, ``Bundle`` adds what travels along, ``read`` and ``write`` are its file,
``find_picture`` tells where its pictures are now, ``fit`` takes it to another pack, ``Autosaves`` keeps what is not
saved, and ``Claim`` tells other windows that it is open. Nothing here knows a window; everything may be called from a
worker's thread.
"""

from __future__ import annotations

from diti_studio.core.document.archive import (
    SUFFIX,
    Bundle,
    ChangedOnDiskError,
    Stamp,
    make_thumbnail,
    read,
    read_thumbnail,
    write,
)
from diti_studio.core.document.autosave import Autosave, Autosaves, Leftover, Recovery
from diti_studio.core.document.entries import DocumentError, NewerDocumentError, PackEntry, PictureEntry
from diti_studio.core.document.fitting import fit, fit_edit, without_repeats
from diti_studio.core.document.lock import Claim, Holder
from diti_studio.core.document.model import (
    Document,
    Seen,
    Snapshot,
    Step,
    StoredState,
)
from diti_studio.core.document.sources import Changed, Found, Missing, Whereabouts, find_picture, look_at

__all__ = [
    "SUFFIX",
    "Autosave",
    "Autosaves",
    "Bundle",
    "Changed",
    "ChangedOnDiskError",
    "Claim",
    "Document",
    "DocumentError",
    "Found",
    "Holder",
    "Leftover",
    "Missing",
    "NewerDocumentError",
    "PackEntry",
    "PictureEntry",
    "Recovery",
    "Seen",
    "Snapshot",
    "Stamp",
    "Step",
    "StoredState",
    "Whereabouts",
    "find_picture",
    "fit",
    "fit_edit",
    "look_at",
    "make_thumbnail",
    "read",
    "read_thumbnail",
    "without_repeats",
    "write",
]
