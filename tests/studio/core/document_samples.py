"""Documents for tests: a photo and a reference on the disk, and a history over them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from diti_studio.core.document import Document, Found, PackEntry, Seen, Snapshot, Step, StoredState
from diti_studio.core.edit import Blend, Edit, GroupMove
from diti_studio.core.framing import Frame

PACK = PackEntry(
    name="tiny",
    title="Tiny",
    identity="1" * 64,
    group_ends=tuple(range(125, 1001, 125)),
    attributes={"brightness": "Brightness", "warmth": "Warmth", "smile": "Smile", "age": "Age"},
)


def picture(seed: int) -> NDArray[np.uint8]:
    """[96, 96, 3]; its own, as the programs that tests start should not wait for what builds packs."""
    return np.random.default_rng(seed).integers(0, 256, (96, 96, 3), dtype=np.uint8)


def make_photo(path: Path, seed: int = 1) -> Path:
    """A small photo as a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture(seed)).save(path)
    return path


def make_document(folder: Path, steps: int = 6) -> Document:
    """A document over ``folder``/photos/{a,b}.png: the photo opened, moved, lent to by the second one; two undone."""
    pictures = [Found.of_file(make_photo(folder / "photos" / f"{name}.png", i)).entry for i, name in enumerate("ab")]
    a = Seen(picture=0, frame=Frame(48.25, 47.0, 80.1, 3.0))
    b = Seen(picture=1, choice="centre", frame=Frame(48, 48, 96))
    history = [Step(text="Open a.png", state=StoredState(subject=a))]
    for i in range(1, steps - 1):
        edit = Edit(attributes={"smile": i / 10, "age": 1}, groups=(GroupMove(start=2, end=4, amount=0.5),))
        history.append(Step(text=f"Smile {i / 10:g}", state=StoredState(subject=a, edit=edit)))
    lent = Edit(attributes={"smile": 1}, blends=(Blend(start=0, end=3, alpha=0.5),), blend_noise=0.25)
    lent = lent.with_reference(str(folder / "photos" / "b.png"))
    history.append(Step(text="Reference b.png", state=StoredState(subject=a, edit=lent, reference=b)))
    shot = Snapshot(name="Better", state=history[-1].state)
    return Document.of(PACK, pictures, history, steps - 3, snapshots=[shot], view={"zoom": 1.5, "open": ["history"]})
