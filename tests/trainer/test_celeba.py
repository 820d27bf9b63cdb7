"""CelebA as its authors and as Kaggle hand it out: crop, attributes, partition."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from diti_studio.core.errors import UsageError
from trainer.attributes import specs_for
from trainer.config import DataOptions
from trainer.data import open_pictures, open_source
from trainer.evaluation import heldout

PLAIN = DataOptions(replace_background=0, gamma=0, colour=0)
NAMES = ("5_o_Clock_Shadow", "Male", "Smiling")


def _celeba(folder: Path, *, form: str = "txt", count: int = 10, nested: bool = False) -> Path:
    pictures = folder / "img_align_celeba"
    pictures = pictures / "img_align_celeba" if nested else pictures
    pictures.mkdir(parents=True)
    files = [f"{i + 1:06d}.jpg" for i in range(count)]
    for i, file in enumerate(files):
        pixels = np.zeros((218, 178, 3), np.uint8)
        pixels[57:185, 25:153] = 100 + 5 * i
        Image.fromarray(pixels).save(pictures / file, quality=95)
    marks = [[1 if (i >> j) & 1 else -1 for j in range(len(NAMES))] for i in range(count)]
    parts = [0 if i < 6 else 1 if i < 8 else 2 for i in range(count)]
    if form == "txt":
        lines = [str(count), " ".join(NAMES)]
        lines += [f"{f}  {'  '.join(f'{m:2d}' for m in row)}" for f, row in zip(files, marks, strict=True)]
        (folder / "list_attr_celeba.txt").write_text("\n".join(lines) + "\n")
        rows = [f"{f} {p}" for f, p in zip(files, parts, strict=True)]
        (folder / "list_eval_partition.txt").write_text("\n".join(rows) + "\n")
    else:
        lines = [",".join(("image_id", *NAMES))]
        lines += [",".join((f, *map(str, row))) for f, row in zip(files, marks, strict=True)]
        (folder / "list_attr_celeba.csv").write_text("\n".join(lines) + "\n")
        rows = ["image_id,partition", *(f"{f},{p}" for f, p in zip(files, parts, strict=True))]
        (folder / "list_eval_partition.csv").write_text("\n".join(rows) + "\n")
    return folder


@pytest.mark.parametrize(("form", "nested"), [("txt", False), ("csv", True)])
def test_crop_attributes_and_partition_are_read(tmp_path: Path, form: str, nested: bool) -> None:
    pictures = open_pictures(_celeba(tmp_path / "c", form=form, nested=nested), 64, PLAIN)
    assert pictures.images.shape == (10, 64, 64, 3)
    for i in range(10):  # nothing of the black around the crop, save the JPEG's own ringing at its edge
        assert np.abs(pictures.images[i][4:-4, 4:-4].astype(int) - (100 + 5 * i)).max() <= 3
    for j, name in enumerate(NAMES):
        np.testing.assert_array_equal(pictures.columns[name], [(i >> j) & 1 for i in range(10)])
    assert [int(pictures.part(p).sum()) for p in ("train", "valid", "test")] == [6, 2, 2]
    assert np.flatnonzero(pictures.held).tolist() == [6, 7, 8, 9]


def test_training_and_evaluation_see_the_same(tmp_path: Path) -> None:
    folder = _celeba(tmp_path / "c")
    source, known = open_source(folder, 64, PLAIN), heldout.load(folder, 64)
    np.testing.assert_array_equal(source.held, known.held)
    np.testing.assert_array_equal(source.images, known.images)
    assert set(source.factors) == set(NAMES)
    inner = open_source(folder / "img_align_celeba", 64, PLAIN)  # who names the inner folder means the same
    np.testing.assert_array_equal(inner.images, source.images)


def test_each_attribute_can_have_a_direction(tmp_path: Path) -> None:
    known = heldout.load(_celeba(tmp_path / "c"), 64)
    specs = specs_for("face", [known])
    assert [(s.name, s.title, s.kind) for s in specs] == [
        ("5_o_clock_shadow", "5 o Clock Shadow", "binary"),
        ("male", "Male", "binary"),
        ("smiling", "Smiling", "binary"),
    ]
    np.testing.assert_array_equal(known.values(specs)[:, 1], known.columns["Male"])


def test_without_lists_it_is_a_folder_of_pictures(tmp_path: Path) -> None:
    folder = _celeba(tmp_path / "c", count=30)
    for path in folder.glob("*.txt"):
        path.unlink()
    source = open_source(folder, 64, PLAIN)
    assert not source.factors
    assert 0 < source.held.sum() < 10
    with pytest.raises(UsageError, match="Nothing is known"):
        heldout.load(folder, 64)


def test_pictures_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    folder = _celeba(tmp_path / "c")
    (folder / "img_align_celeba/000003.jpg").unlink()
    pictures = open_pictures(folder, 64, PLAIN)
    assert len(pictures.images) == 9
    np.testing.assert_array_equal(pictures.columns["Male"], [(i >> 1) & 1 for i in range(10) if i != 2])


def test_a_picture_smaller_than_the_crop_is_named(tmp_path: Path) -> None:
    folder = _celeba(tmp_path / "c")
    Image.new("RGB", (150, 150)).save(folder / "img_align_celeba/000002.jpg")
    (note,) = open_pictures(folder, 64, PLAIN).notes
    assert "000002.jpg is 150×150: smaller than the crop of 128 pixels" in note


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("list_attr_celeba.txt", "3\nMale Smiling\n000001.jpg 1\n"),
        ("list_attr_celeba.txt", "0\nMale\n"),
        ("list_attr_celeba.txt", "1\nMale\nother.jpg 1\n"),
        ("list_eval_partition.txt", "000001.jpg 7\n"),
    ],
)
def test_damaged_lists_are_one_sentence(tmp_path: Path, file: str, text: str) -> None:
    folder = _celeba(tmp_path / "c")
    (folder / file).write_text(text)
    with pytest.raises(UsageError, match=file.removesuffix(".txt")) as caught:
        open_pictures(folder, 64, PLAIN)
    assert "\n" not in str(caught.value)
