"""A document opened again gives the very picture that was on the screen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from diti_studio.core.document import (
    Bundle,
    Document,
    Found,
    Seen,
    Step,
    StoredState,
    find_picture,
    fit,
    read,
    write,
)
from diti_studio.core.edit import Blend, Edit
from diti_studio.core.editor import Editor, Settings, Subject, result
from diti_studio.core.packs import Pack
from tests.studio.packs_factory import make_pack, picture

QUICK = Settings(invert_steps=4, steps=3)


def test_the_same_picture_comes_back_with_its_reference(editor: Editor, tmp_path: Path) -> None:
    path = tmp_path / "pictures" / "a.png"
    path.parent.mkdir()
    Image.fromarray(picture(1, 120)).save(path)
    taken = [Found.of_file(path), Found.of_pixels(picture(2, 120), "Pasted picture")]
    a, b = editor.open(taken[0].picture(), "60.3,57.7,81.9,12.5"), editor.open(taken[1].picture(), "centre")
    edit = Edit(attributes={"warmth": 1.5}).with_blends((Blend(start=4, end=8, alpha=0.7),), noise=0.5)
    before = result(editor.render(a, edit, QUICK, reference=b)).pixels

    state = StoredState(
        subject=Seen(picture=0, choice="60.3,57.7,81.9,12.5", frame=a.frame),
        edit=edit,
        reference=Seen(picture=1, choice="centre", frame=b.frame),
    )
    document = Document.of(editor.pack, [found.entry for found in taken], [Step(text="All at once", state=state)], 0)
    write(tmp_path / "d.diti", Bundle(document, {taken[1].entry.sha256: taken[1].data}))

    bundle = read(tmp_path / "d.diti")

    def opened(seen: Seen) -> Subject:
        found = find_picture(bundle.document.pictures[seen.picture], bundle.copies, tmp_path)
        assert isinstance(found, Found)
        return editor.open(found.picture(), seen.framing)

    again = bundle.document.state
    assert again.reference is not None
    subject, lender = opened(again.subject), opened(again.reference)
    assert (subject.key, lender.key) == (a.key, b.key)
    assert subject.picture.path == path
    after = result(editor.render(subject, again.edit, QUICK, reference=lender)).pixels
    assert np.array_equal(before, after)


def test_what_is_kept_under_another_pack_can_be_rendered_there(editor: Editor, tmp_path: Path, photo: Path) -> None:
    found = Found.of_file(photo)
    edit = Edit(attributes={"warmth": 1, "smile": 1}).with_group_amounts([0, 1, 1, 0, 0, 0, 0, 0], component=1)
    state = StoredState(subject=Seen(picture=0, frame=editor.open(found.picture()).frame), edit=edit)
    document = Document.of(editor.pack, [found.entry], [Step(text="", state=state)], 0)

    other = Pack.open(make_pack(tmp_path / "other", name="other", recipe="centre"))
    assert fit(document, other)[0].state.edit == edit  # the same networks under another name

    folder = make_pack(tmp_path / "third", name="third")
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"smile"', '"grin"').replace('"linear"', '"cosine"'))
    third = Pack.open(folder)
    fitted, lost = fit(document, third)
    assert lost == ("Smile", "time-step groups")
    assert fitted.state.edit == Edit(attributes={"warmth": 1})
    fitted.state.edit.check(third)
