"""Sources of pictures: what is read, what is held out, what is known, and that a stream can be picked up."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from diti_studio.core import pictures
from diti_studio.core.errors import UsageError
from diti_studio.core.framing import FramingRecipe, cut, frame_for
from trainer.attributes import FACES
from trainer.config import DataOptions
from trainer.data import Mixture, Prefetched, held_out, open_source, store
from trainer.data.attributes import FactorTable, known_factors
from trainer.data.portraits import Augmentation, random_backgrounds
from trainer.data.tables import typed_columns
from trainer.evaluation import heldout

PLAIN = DataOptions(replace_background=0, gamma=0, colour=0)


def _renders(folder: Path, count: int = 40, size: int = 16, **columns: Any) -> Path:
    """Picture i is grey level i, its left half 100 brighter."""
    folder.mkdir(parents=True)
    images = np.repeat(np.arange(count, dtype=np.uint8), size * size * 3).reshape(count, size, size, 3)
    images[:, :, : size // 2] += 100
    np.save(folder / "images.npy", images)
    columns = {"smile": np.linspace(0, 1, count), "yaw": np.linspace(-30, 30, count)} | columns
    with (folder / "factors.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["index", *columns])
        writer.writerows(zip(range(count), *columns.values(), strict=True))
    return folder


def _photo(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (40, 40)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


# -- renders ------------------------------------------------------------------------------------------------


def test_renders_hold_out_the_last_fifth_and_never_draw_it(tmp_path: Path) -> None:
    source = open_source(_renders(tmp_path / "r"), 16, PLAIN)
    assert np.flatnonzero(source.held).tolist() == list(range(32, 40))
    mixture = Mixture([source], [1], flip=False)
    drawn = mixture.draw(2000, np.random.default_rng(0)).images[:, 0, -1, 0]
    assert set(drawn.tolist()) == set(range(32))
    assert set(mixture.held_out(8)[:, 0, -1, 0].tolist()) == set(range(32, 40))


def test_unfinished_renders_are_left_out(tmp_path: Path) -> None:
    folder = _renders(tmp_path / "r")
    done = np.arange(40) % 2 == 0
    np.save(folder / "done.npy", done)
    source = open_source(folder, 16, PLAIN)
    assert len(source) == 20
    assert [int(source.images[i][0, -1, 0]) for i in range(3)] == [0, 2, 4]
    assert source.factors["smile"][1] == pytest.approx(2 / 39)


def test_renders_of_another_size_are_resized(tmp_path: Path) -> None:
    source = open_source(_renders(tmp_path / "r", size=32), 16, PLAIN)
    assert source.images[0].shape == (16, 16, 3)
    assert int(source.images[5][0, -1, 0]) == 5


@pytest.mark.parametrize("array", [np.zeros((4, 8, 8), np.uint8), np.zeros((4, 8, 8, 3)), np.array(["a"], object)])
def test_arrays_that_are_no_pictures_are_refused(tmp_path: Path, array: np.ndarray) -> None:
    folder = _renders(tmp_path / "r")
    np.save(folder / "images.npy", array, allow_pickle=True)
    with pytest.raises(UsageError, match=r"images\.npy"):
        open_source(folder, 16, PLAIN)


def test_evaluation_holds_out_the_same_pictures() -> None:
    images = np.zeros((6_000, 1, 1, 3), np.uint8)
    for kind, held in (("rendered", held_out.held_renders), ("labelled", held_out.held_rows)):
        known = heldout.Pictures(kind, images, {}, Path())
        np.testing.assert_array_equal(known.held, held(len(images)))
    assert held_out.held_renders(20_000).sum() == 1000
    assert held_out.held_rows(16).nonzero()[0].tolist() == [0, 8]


# -- photos -------------------------------------------------------------------------------------------------


def test_a_nested_folder_is_read_and_bad_files_are_named(tmp_path: Path) -> None:
    for i in range(12):
        _photo(tmp_path / f"a/b{i % 3}/{i}.png", (i, 0, 0), (60, 40))
    (tmp_path / "a/broken.jpg").write_bytes(b"no picture")
    (tmp_path / "a/.hidden.png").write_bytes(b"not looked at")
    (tmp_path / "notes.txt").write_text("not looked at")
    _photo(tmp_path / "mattes/0.png", (255, 255, 255))
    source = open_source(tmp_path, 16, PLAIN)
    assert len(source) == 12
    assert len(source.notes) == 1
    assert "broken.jpg" in source.notes[0]
    assert {int(source.images[i][0, 0, 0]) for i in range(12)} == set(range(12))


def test_what_is_held_out_of_a_folder_does_not_move_when_pictures_join(tmp_path: Path) -> None:
    names = [f"{i}.jpg" for i in range(200)]
    held = held_out.held_names(names)
    assert 10 < held.sum() < 45
    more = held_out.held_names([*names, *(f"new{i}.jpg" for i in range(50))])
    np.testing.assert_array_equal(held, more[:200])
    for count in range(2, 12):
        assert 0 < held_out.held_names(names[:count]).sum() < count


def test_labels_choose_pictures_and_hold_out_every_eighth_row(tmp_path: Path) -> None:
    for i in range(20):
        _photo(tmp_path / f"{i:02d}.png", (i, 0, 0))
    rows = [{"name": f"{i:02d}.png", "smiling": str(i % 3), "age_group": "-1" if i == 5 else "1"} for i in range(16)]
    rows.insert(3, {"name": "gone.png", "smiling": "1", "age_group": "0"})
    with (tmp_path / "labels.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["name", "smiling", "age_group"])
        writer.writeheader()
        writer.writerows(rows)
    source = open_source(tmp_path, 16, PLAIN)
    assert [int(source.images[i][0, 0, 0]) for i in range(len(source))] == list(range(16))
    assert np.flatnonzero(source.held).tolist() == [0, 8]
    np.testing.assert_allclose(source.factors["smile"][:3], [-0.05, 0.4, 0.85])


@pytest.mark.parametrize("fill", ["missing", "empty", "file", "broken", "no names", "other names"])
def test_folders_without_pictures_are_refused(tmp_path: Path, fill: str) -> None:
    folder = tmp_path / "d"
    if fill == "file":
        folder.write_text("a file")
    elif fill != "missing":
        folder.mkdir()
    if fill == "broken":
        (folder / "a.jpg").write_bytes(b"x")
    if fill in ("no names", "other names"):
        _photo(folder / "a.png", (1, 2, 3))
        (folder / "labels.csv").write_text("file,x\na.png,1\n" if fill == "no names" else "name,x\nb.png,1\n")
    with pytest.raises(UsageError, match="d") as caught:
        open_source(folder, 16, PLAIN)
    assert "\n" not in str(caught.value)


def _portrait() -> Path:
    import skimage

    return Path(skimage.__file__).parent / "data/astronaut.png"


def test_photos_are_aligned_as_the_application_does_and_those_without_a_face_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "folder", lambda: tmp_path / "cache")
    folder = tmp_path / "photos"
    _photo(folder / "p1.png", (9, 9, 9), (99, 99))
    for name in ("p0.png", "p2.png"):
        shutil.copy(_portrait(), folder / name)
    options = PLAIN.model_copy(update={"framing": FramingRecipe(name="ffhq")})
    source = open_source(folder, 32, options)
    pixels = pictures.load(_portrait()).pixels
    expected = cut(pixels, frame_for(pixels, options.framing).frame, 32)
    assert len(source) == 2
    np.testing.assert_array_equal(source.images[0], expected)
    assert source.notes == ["p1.png shows no face that could be aligned."]
    # A second run looks for faces only where it found none, also when memory may hold nothing.
    monkeypatch.setattr("trainer.data.decoded.cut", lambda *_: pytest.fail("cut again"))
    again = open_source(folder, 32, options.model_copy(update={"memory_mib": 0}))
    np.testing.assert_array_equal(again.images[np.arange(2)], source.images)
    np.testing.assert_array_equal(again.images[1], expected)


def test_pictures_that_came_cut_are_not_framed(tmp_path: Path) -> None:
    _photo(tmp_path / "a.png", (1, 2, 3))
    _photo(tmp_path / "b.png", (3, 2, 1))
    _photo(tmp_path / "mattes/a.png", (255, 255, 255))
    options = PLAIN.model_copy(update={"framing": FramingRecipe(name="ffhq")})
    assert len(open_source(tmp_path, 16, options)) == 2


def test_pictures_smaller_than_the_network_are_named(tmp_path: Path) -> None:
    _photo(tmp_path / "a.png", (1, 2, 3), (40, 15))
    _photo(tmp_path / "b.png", (1, 2, 3))
    _photo(tmp_path / "c.png", (1, 2, 3))
    (note,) = open_source(tmp_path, 16, PLAIN).notes
    assert note == "a.png is 40×15: smaller than the 16 pixels that are trained on."
    with pytest.raises(UsageError, match="at least 32 are needed"):
        open_source(_renders(tmp_path / "r"), 32, PLAIN)


# -- augmentation -------------------------------------------------------------------------------------------


def test_backgrounds_are_replaced_only_where_a_matte_says_so() -> None:
    pixels = torch.full((3, 16, 16, 3), 77, dtype=torch.uint8)
    mattes = torch.zeros(3, 16, 16, dtype=torch.uint8)
    mattes[:2, :, :8] = 255  # the third picture has none
    out = Augmentation(replace=1, gamma=0, colour=0)(pixels, mattes, torch.Generator().manual_seed(0)).numpy()
    np.testing.assert_array_equal(out[:2, :, :8], 77)
    assert (out[:2, :, 8:] != 77).mean() > 0.9
    np.testing.assert_array_equal(out[2], 77)
    assert (pixels == 77).all()


def test_without_chance_pictures_stay_as_they_are() -> None:
    pixels = torch.randint(256, (4, 16, 16, 3), dtype=torch.uint8)
    assert torch.equal(Augmentation(0, 0, 0)(pixels, None, torch.Generator()), pixels)


def test_photos_are_moved_a_little_and_by_different_amounts() -> None:
    pixels = torch.zeros(40, 32, 32, 3, dtype=torch.uint8)
    pixels[:, 12:20, 12:20] = 255
    out = Augmentation(0, 0, 0, place=0.02)(pixels, None, torch.Generator().manual_seed(0)).float()
    at = (out[..., 0].mean(1) * torch.arange(32)).sum(1) / out[..., 0].mean(1).sum(1)
    assert 0.1 < at.std() < 1  # 0.02 of 16 pixels, and half a pixel more from turns and sizes
    assert at.mean() == pytest.approx(15.5, abs=0.3)
    assert (out == 255).flatten(1).any(1).all()


def test_backgrounds_are_of_all_kinds_and_smooth() -> None:
    out = random_backgrounds(300, 32, torch.Generator().manual_seed(0)).numpy()
    assert out.min() >= 0
    assert out.max() <= 255
    plain = np.ptp(out, axis=(2, 3)).max(axis=1) < 1e-3
    assert 0.2 < plain.mean() < 0.5
    assert np.abs(np.diff(out, axis=2)).max() < 80


# -- factors ------------------------------------------------------------------------------------------------


def test_a_flip_turns_the_sign_of_what_it_mirrors_and_of_nothing_else(tmp_path: Path) -> None:
    names = ["yaw", "roll", "gaze_x", "light_az", "hair_part", "smile", "pitch", "gaze_y"]
    rng = np.random.default_rng(0)
    columns = {name: rng.normal(1, 1, 40) for name in names}
    mixture = Mixture([open_source(_renders(tmp_path / "r", **columns), 16, PLAIN)], [1])
    batch = mixture.draw(500, rng)
    images = batch.images.numpy()
    flipped = images[:, 0, 0, 0] < images[:, 0, -1, 0]
    assert 0.4 < flipped.mean() < 0.6
    number = images.min(axis=(1, 2, 3))  # which picture it was
    table = mixture.table
    for name in names:
        i = table.names.index(name)
        raw = batch.targets[:, i] * table.std[i] + table.mean[i]
        mirrored = np.where(flipped & (name not in ("smile", "pitch", "gaze_y")), -1, 1)
        np.testing.assert_allclose(raw, columns[name][number] * mirrored, atol=1e-4)


def test_renders_and_labels_share_a_column_for_what_both_know() -> None:
    factors = [{"smile": "0.1", "gender": "0.2"}, {"smile": "0.9", "gender": "0.8"}]
    rendered = known_factors(typed_columns(factors), "factors")
    labelled = known_factors(typed_columns([{"smiling": "0", "teeth": "1"}, {"smiling": "2", "teeth": "0"}]), "labels")
    table = FactorTable.of([rendered, labelled])
    assert set(table.names) == {"smile", "gender", "teeth"}
    rows = table.rows(labelled, 2)
    assert np.isnan(rows[:, table.names.index("gender")]).all()
    np.testing.assert_allclose(rows[:, table.names.index("smile")], [-0.05, 0.85], atol=1e-6)
    assert table.binary[table.names.index("teeth")]
    assert not table.binary[table.names.index("smile")]


def test_categories_become_columns_and_unknown_labels_are_unknown() -> None:
    columns = typed_columns([{"hair_style": "bald", "noise_seed": "3"}, {"hair_style": "long", "noise_seed": "4"}])
    found = known_factors(columns, "factors")
    np.testing.assert_array_equal(found["hair_style=bald"], [1, 0])
    assert "noise_seed" not in found
    labels = known_factors(typed_columns([{"dimples": "-1"}, {"dimples": "0"}, {"dimples": "1"}]), "labels")
    np.testing.assert_array_equal(labels["dimples"], [np.nan, 0, 1])


def test_every_attribute_of_faces_is_known_from_the_renderer() -> None:
    from trainer.render.factors import FACTORS, sample

    rows = [{name: str(getattr(sample(0, i), name)) for name in FACTORS} for i in range(60)]
    assert {spec.name for spec in FACES} <= set(known_factors(typed_columns(rows), "factors"))


# -- the stream ---------------------------------------------------------------------------------------------


def test_sources_are_mixed_by_weight(tmp_path: Path) -> None:
    first = _renders(tmp_path / "a", count=20)
    second = _renders(tmp_path / "b", count=20, smile=np.linspace(5, 6, 20))
    options = DataOptions(sources=(f"{first}:3", f"{second}:1"), flip=False)
    batch = Mixture.open(options, 16).draw(4000, np.random.default_rng(0))
    table = Mixture.open(options, 16).table
    i = table.names.index("smile")
    share = (batch.targets[:, i] * table.std[i] + table.mean[i] > 3).mean()
    assert share == pytest.approx(0.25, abs=0.03)


def test_sets_that_are_apart_share_no_picture_and_are_mixed_by_weight(tmp_path: Path) -> None:
    few = open_source(_renders(tmp_path / "a", 12), 16, PLAIN)
    many = open_source(_renders(tmp_path / "b", 100), 16, PLAIN)
    sets = Mixture([few, many], [0.2, 0.8], flip=False).apart(2, 20, np.random.default_rng(0))
    shades = [images[:, 0, -1, 0].tolist() for images in sets]
    assert [len(images) for images in sets] == [20, 20]
    for first in (slice(4), slice(4, None)):  # of either source
        assert len({shade for images in shades for shade in images[first]}) == len(shades[0][first]) * 2
    assert all(shade < 12 for images in shades for shade in images[:4])
    lots = Mixture([few, many], [0.5, 0.5]).apart(2, 1000, np.random.default_rng(0))
    assert [len(images) for images in lots] == [12, 12]  # as many as the smaller source has


def test_a_stream_goes_on_exactly_where_it_was_left(tmp_path: Path) -> None:
    _photo(tmp_path / "p/a.png", (9, 80, 120))
    _photo(tmp_path / "p/b.png", (90, 8, 12))
    sources = (str(_renders(tmp_path / "r")), str(tmp_path / "p"))
    mixture = Mixture.open(DataOptions(sources=sources), 16)
    with Prefetched(mixture, 8, 3) as stream:
        batches = [stream.take() for _ in range(5)]
    with Prefetched(mixture, 8, 3, batches[2].state) as stream:
        for expected in batches[3:]:
            again = stream.take()
            assert torch.equal(again.images, expected.images)
            np.testing.assert_array_equal(again.targets, expected.targets)
    with Prefetched(mixture, 8, 4) as stream:
        assert (stream.take().images != batches[0].images).any()


def test_pictures_kept_on_a_device_are_drawn_alike(tmp_path: Path) -> None:
    photos = tmp_path / "p"
    _photo(photos / "a.png", (9, 80, 120), (16, 16))
    _photo(photos / "mattes/a.png", (255, 255, 255), (16, 16))
    options = DataOptions(sources=(str(_renders(tmp_path / "r")), str(photos)), place=0.01)
    drawn = list[torch.Tensor]()
    for kept in (False, True):
        mixture = Mixture.open(options, 16)
        if kept:
            assert mixture.keep_on(torch.device("cpu"), 1)
        drawn.append(mixture.draw(64, np.random.default_rng(0)).images)
    assert torch.equal(*drawn)


def test_pictures_that_do_not_fit_are_not_kept(tmp_path: Path) -> None:
    mixture = Mixture.open(DataOptions(sources=(str(_renders(tmp_path / "r", count=40, size=128)),)), 128)
    assert not mixture.keep_on(torch.device("cpu"), 1)
    on_demand = Mixture.open(DataOptions(sources=(str(tmp_path / "r"),), memory_mib=0), 64)
    assert not on_demand.keep_on(torch.device("cpu"), 1000)


def test_a_failure_in_the_thread_reaches_the_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mixture = Mixture([open_source(_renders(tmp_path / "r"), 16, PLAIN)], [1])

    def fail(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(mixture, "draw", fail)
    with Prefetched(mixture, 8, 0) as stream, pytest.raises(OSError, match="the disk is gone"):
        stream.take()


def test_no_source_is_refused() -> None:
    with pytest.raises(UsageError, match="--data"):
        Mixture.open(DataOptions(), 16)
