"""LFW's attribute table, attributes of the user's own, and two folders of pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from diti_studio.core.errors import UsageError
from tests.trainer.tiny import make_renders
from trainer.attributes import FACES, labels, specs_for
from trainer.config import DataOptions
from trainer.data import contrast, open_pictures
from trainer.evaluation import heldout

PEOPLE = ("Aaron Eckhart", "Zoë Ball", "Bob")


def _picture(path: Path, level: int, side: int = 25) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (side, side), (level, level, level)).save(path)


def _lfw(folder: Path, inner: str = "lfw_funneled") -> Path:
    rows = ["#lfw_attributes.txt v.1.1", "#\tperson\timagenum\tMale\tSmiling"]
    for p, person in enumerate(PEOPLE):
        for number in range(1, 5):
            stem = person.replace(" ", "_")
            _picture(folder / inner / stem / f"{stem}_{number:04d}.jpg", 40 * p + 5 * number)
            rows.append(f"{person}\t{number}\t{p - 1.5:.4f}\t{-number / 3:.4f}")
    (folder / "lfw_attributes.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("inner", ["lfw", "lfw_funneled", "."])
def test_pictures_meet_their_numbers(tmp_path: Path, inner: str) -> None:
    pictures = open_pictures(_lfw(tmp_path / "lfw-py", inner), 16)
    assert len(pictures.images) == 12
    for name, image, male, smiling in zip(
        pictures.columns["name"], pictures.images, pictures.columns["Male"], pictures.columns["Smiling"], strict=True
    ):
        person, number = str(name).split("/")[0].replace("_", " "), int(str(name)[-8:-4])
        p = PEOPLE.index(person)
        assert abs(int(image[0, 0, 0]) - (40 * p + 5 * number)) <= 2
        assert male == pytest.approx(p - 1.5)
        assert smiling == pytest.approx(-number / 3, abs=1e-4)  # -1 is a number here, not "unknown"


def test_nobody_is_on_both_sides(tmp_path: Path) -> None:
    folder = _lfw(tmp_path / "l")
    pictures = open_pictures(folder, 16)
    people = np.array([str(name).split("/")[0] for name in pictures.columns["name"]])
    assert 0 < pictures.held.sum() < 12
    assert not set(people[pictures.held]) & set(people[~pictures.held])
    (folder / "peopleDevTest.txt").write_text("1\nBob\t4\n", encoding="utf-8")
    split = open_pictures(folder, 16)
    assert set(people[split.part("test")]) == {"Bob"}


def test_real_numbers_are_continuous_attributes(tmp_path: Path) -> None:
    known = heldout.load(_lfw(tmp_path / "l"), 16)
    specs = specs_for("face", [known])
    assert [(s.name, s.kind) for s in specs] == [("male", "continuous"), ("smiling", "continuous")]


@pytest.mark.parametrize("text", ["no columns\n", "#\tperson\timagenum\tMale\nBob\t1\n", "#\tperson\tMale\nBob\t1\n"])
def test_a_damaged_table_is_one_sentence(tmp_path: Path, text: str) -> None:
    folder = _lfw(tmp_path / "l")
    (folder / "lfw_attributes.txt").write_text(text)
    with pytest.raises(UsageError, match="lfw_attributes"):
        open_pictures(folder, 16)


# -- attributes of the user's own ---------------------------------------------------------------------------


def _own(folder: Path, table: str) -> heldout.Pictures:
    for i in range(4):
        _picture(folder / f"{i}.png", 50 * i)
    (folder / "labels.csv").write_text(table, encoding="utf-8")
    return heldout.load(folder, 16)


def test_every_column_of_numbers_is_an_attribute(tmp_path: Path) -> None:
    table = "name,Red hat,mood,place,smiling,same\n0.png,1,0.5,home,2,1\n1.png,0,-1,work,0,1\n2.png,,2.5,home,1,1\n"
    known = _own(tmp_path / "p", table)
    specs = specs_for("face", [known])
    assert [(s.name, s.title, s.kind) for s in specs] == [
        ("smile", "Smile", "continuous"), ("red-hat", "Red hat", "binary"), ("mood", "Mood", "continuous"),
    ]  # fmt: skip
    np.testing.assert_array_equal(known.values(specs[1:]), [[1, 0.5], [0, -1], [np.nan, 2.5]])
    assert [s.name for s in specs_for("room", [known])] == ["red-hat", "mood", "smiling"]


def test_a_column_called_like_an_attribute_of_faces_is_another(tmp_path: Path) -> None:
    known = _own(tmp_path / "p", "name,glasses\n0.png,1\n1.png,0\n2.png,1\n3.png,0\n")
    rendered = heldout.load(make_renders(tmp_path / "r", size=16), 16)
    specs = specs_for("face", [rendered, known])
    assert specs[: len(FACES)] == FACES
    assert [(s.name, s.title) for s in specs[len(FACES) :]] == [("own-glasses", "Glasses (own)")]
    assert np.isnan(rendered.values(specs[len(FACES) :])).all()


def test_two_tables_share_a_column(tmp_path: Path) -> None:
    sets = [_own(tmp_path / name, "name,hat\n0.png,1\n1.png,0\n") for name in ("a", "b")]
    assert [s.name for s in specs_for("face", sets)] == ["hat"]


def test_factors_of_other_domains_are_attributes(tmp_path: Path) -> None:
    rendered = heldout.load(make_renders(tmp_path / "r", size=16), 16)
    specs = {s.name: s for s in specs_for("shapes", [rendered])}
    assert "seed" not in specs
    assert specs["yaw"].kind == "continuous"
    hair = [name for name in specs if name.startswith("hair_style-")]
    assert len(hair) > 2
    values = rendered.values([specs[name] for name in hair])
    np.testing.assert_array_equal(values.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([-1, 1, -1], [0, 1, 0]),
        ([-1, 0, 1], [np.nan, 0, 1]),
        ([-1, 0.5, 1], [-1, 0.5, 1]),
        ([-2, -1, 3], [-2, -1, 3]),
        ([0, np.nan, 1], [0, np.nan, 1]),
    ],
)
def test_what_minus_one_means(values: list[float], expected: list[float]) -> None:
    np.testing.assert_array_equal(labels(np.array(values)), expected)


# -- two folders --------------------------------------------------------------------------------------------


def test_two_folders_are_one_column(tmp_path: Path) -> None:
    for i in range(12):
        _picture(tmp_path / f"with/{i}.png", 100 + i)
        _picture(tmp_path / f"without/deep/{i}.png", i)
    pictures = contrast("Red hat", tmp_path / "with", tmp_path / "without", 16)
    (spec,) = specs_for("face", [pictures])
    assert (spec.name, spec.title, spec.kind) == ("red-hat", "Red hat", "binary")
    np.testing.assert_array_equal(pictures.values([spec])[:, 0], pictures.images[:, 0, 0, 0] >= 100)
    for shown in (0, 1):  # some of each are held out, and some are not
        part = pictures.held[pictures.columns["Red hat"] == shown]
        assert 0 < part.sum() < 12


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    _picture(tmp_path / "with/a.png", 1)
    (tmp_path / "without").mkdir()
    with pytest.raises(UsageError, match="without"):
        contrast("hat", tmp_path / "with", tmp_path / "without", 16, DataOptions())
