from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from diti_studio.core import pictures, series
from diti_studio.core.batch.job import Sweep
from diti_studio.core.cancel import CancelToken
from diti_studio.core.edit import Edit
from diti_studio.core.editor import Editor, Settings, View, result
from diti_studio.core.errors import Cancelled, PictureError, UsageError
from diti_studio.core.packs import Pack
from tests.studio.packs_factory import picture

FEW = Settings(10, 5)


def test_a_name_alone_means_its_whole_range(tiny: Pack) -> None:
    sweep = series.sweep_of("brightness", tiny)
    attribute = next(a for a in tiny.manifest.attributes if a.name == "brightness")
    assert (sweep.start, sweep.stop, sweep.count) == (*attribute.range, series.FRAMES)
    assert series.sweep_of("brightness=-1:2:7", tiny) == Sweep(attribute="brightness", start=-1, stop=2, count=7)


@pytest.mark.parametrize("text", ["brightnes", "brightness=1", "brightness=0:1:0"])
def test_what_cannot_be_swept_is_refused(tiny: Pack, text: str) -> None:
    with pytest.raises(UsageError):
        series.sweep_of(text, tiny)


def test_each_edit_is_rendered_as_alone_and_steps_are_counted_over_all(editor: Editor) -> None:
    subject = editor.open(pictures.from_pixels(picture(1)))
    edits = series.sweep_edits(Edit(), Sweep(attribute="brightness", start=-2, stop=2, count=11))
    views = list[View]()
    shown = series.render(editor, subject, edits, FEW, passed=views.append)
    assert len(shown) == 11
    alone = result(editor.render(subject, edits[10], FEW)).pixels
    assert np.abs(shown[10].astype(int) - alone).max() <= 1
    assert np.array_equal(shown[5], subject.square)  # at zero, bit for bit
    rendering = [view for view in views if view.phase == "rendering"]
    assert [view.step for view in rendering] == list(range(1, 11))
    assert {view.of for view in rendering} == {10}
    assert [view.final for view in rendering] == [False] * 9 + [True]


def test_a_cancelled_series_ends(editor: Editor) -> None:
    subject = editor.open(pictures.from_pixels(picture(1)))
    edits = series.sweep_edits(Edit(), series.sweep_of("brightness", editor.pack))
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        series.render(editor, subject, edits, FEW, cancel=cancel, passed=lambda _: cancel.cancel())


@pytest.mark.parametrize(("name", "format_"), [("a.webp", "WEBP"), ("a.GIF", "GIF")])
def test_an_animation_goes_there_and_back_for_ever(name: str, format_: str) -> None:
    frames = [np.full((40, 40, 3), level, np.uint8) for level in (10, 90, 170, 250)]
    for back, levels in ((True, (10, 90, 170, 250, 170, 90)), (False, (10, 90, 170, 250))):
        data = series.animate(frames, Path(name), there_and_back=back)
        with Image.open(io.BytesIO(data)) as image:
            assert image.format == format_
            assert image.n_frames == len(levels)
            assert image.info["loop"] == 0
            for i, level in enumerate(levels):
                image.seek(i)
                image.load()
                assert image.info["duration"] == series.FRAME_MS
                assert np.abs(np.asarray(image.convert("RGB")).astype(int) - level).max() <= 4


def test_only_animated_formats_are_taken() -> None:
    with pytest.raises(PictureError, match=r"\.webp, \.gif, \.mp4"):
        series.animate([picture(1)], Path("a.png"))


def test_a_sheet_has_a_row_for_each_attribute_with_zero_among_its_amounts(editor: Editor) -> None:
    rows = series.sheet_moments(Edit(), editor.pack)
    assert [row[0].label.rpartition(" ")[0] for row in rows] == [a.title for a in editor.pack.manifest.attributes]
    assert all(any(moment.edit.is_identity for moment in row) for row in rows)
    shown = [picture(1)] * sum(map(len, rows))
    page = series.sheet(rows, shown, "A title")
    assert page.shape[0] > 112 * len(rows)
    assert page.shape[1] > 112 * max(map(len, rows))
    assert page.std() > 20
