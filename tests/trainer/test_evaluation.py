from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from diti_studio.core.editor import Settings
from diti_studio.core.errors import UsageError
from diti_studio.core.framing import FramingRecipe
from diti_studio.core.packs import Metric, Pack
from diti_studio.core.resources import resource
from tests.studio.pack_surgery import change_manifest
from tests.studio.packs_factory import SIZE, make_pack, picture
from tests.trainer.tiny import make_renders
from trainer.attributes import FACES, AttributeSpec, number
from trainer.config import DataOptions
from trainer.data.mixture import Mixture
from trainer.discovery import discover
from trainer.evaluation import add_metrics, evaluate, heldout, readers, report
from trainer.evaluation.calibration import Calibrator, rest
from trainer.evaluation.counterfactuals import alignment, share
from trainer.evaluation.distributions import Likeness, frechet
from trainer.evaluation.edits import score_edits
from trainer.evaluation.engine import Bench, Engine
from trainer.evaluation.factors import Factors
from trainer.evaluation.generation import generation
from trainer.evaluation.identity import identity_kept
from trainer.evaluation.lending import LOOKS, FactorReader, lend, looks
from trainer.evaluation.metrics import psnr, selectivity, ssim
from trainer.evaluation.readers import Reader
from trainer.evaluation.reconstruction import reconstruct
from trainer.evaluation.sheets import contact_sheet
from trainer.latents import Statistics

SETTINGS = Settings(8, 8, "ddim")
SPECS = (
    AttributeSpec("brightness", "Brightness", "", "", number("brightness")),
    AttributeSpec("warmth", "Warmth", "", "", number("warmth")),
)


class _Meter(nn.Module):
    """Reads brightness and warmth (red less blue) off a picture, in units of a tenth of the range."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean = x.mean(dim=(2, 3))
        return torch.stack([mean.mean(dim=1), mean[:, 0] - mean[:, 2]], dim=1) * 10


METER = Reader(_Meter(), ("brightness", "warmth"), np.zeros(2), np.ones(2), {"rendered": np.array([1.0, 1.0])})


@pytest.fixture(scope="module", autouse=True)
def _one_reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Readers are trained shortly, and kept between the tests here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(readers, "IMAGES", 1_920)
        yield


@pytest.fixture(scope="module")
def renders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_renders(tmp_path_factory.mktemp("data") / "renders", 400)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return Pack.open(make_pack(tmp_path_factory.mktemp("packs") / "tiny", domain="face"))


@pytest.fixture(scope="module")
def bench(pack: Pack) -> Bench:
    return Bench(Engine(pack, "cpu"), np.stack([picture(i, SIZE) for i in range(5)]), SETTINGS)


# -- measures ----------------------------------------------------------------------------------------------


def test_psnr_and_ssim_know_equal_and_different_pictures() -> None:
    a = np.stack([picture(i, 32) for i in range(3)])
    b = np.clip(a.astype(int) + 10, 0, 255).astype(np.uint8)
    assert (psnr(a, a) == 100).all()
    np.testing.assert_allclose(psnr(a, b), 10 * np.log10(255**2 / 100), atol=0.3)
    np.testing.assert_allclose(ssim(a, a), 1)
    assert (ssim(a, b) > ssim(a, a[::-1])[[0, 2]].max()).all()


def test_selectivity_is_own_change_over_what_else_changes() -> None:
    change = np.array([[2.0, 0.5, -0.5, 9], [2.0, -0.5, 0.5, 9]])
    assert selectivity(change, 0, np.array([False, True, True, False])) == pytest.approx(4)
    assert selectivity(-change, 0, np.array([False, True, True, False])) == pytest.approx(-4)


def test_the_share_of_a_true_change() -> None:
    source, truth = (np.stack([picture(i + j, 32) for i in range(3)]) for j in (0, 5))
    assert share(source, truth, truth) == 1
    assert share(source, source, truth) == 0
    halfway = ((source.astype(int) + truth) // 2).astype(np.uint8)
    assert share(source, halfway, truth) == pytest.approx(0.75, abs=0.01)
    assert alignment(source, halfway, truth) == pytest.approx(1, abs=0.02)
    assert alignment(source, source, truth) == 0
    away = np.clip(2 * source.astype(int) - truth, 0, 255).astype(np.uint8)
    assert share(source, away, truth) < 0
    assert alignment(source, away, truth) < -0.8


def test_edits_are_compared_with_pictures_in_which_one_thing_changed(pack: Pack, renders: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(pack.path, tmp_path / "pack")
    names = ["skin_tone", "hair_dark", "hair_blond"]

    def rename(manifest: dict[str, Any]) -> None:
        for attribute, name in zip(manifest["attributes"], names, strict=False):
            attribute["name"] = name

    change_manifest(folder, rename)
    pairs = make_renders(tmp_path / "pairs", 60, changes=[["skin_tone"], ["hair_color"], ["roll"]])
    told = list[str]()
    found = evaluate(
        folder, data=[renders, pairs], parts=["counterfactuals"], count=2, record=True, command="a test",
        say=told.append,
    )  # fmt: skip
    moved = {name for c in found.counterfactuals for name in c.names}
    assert moved == {attribute.name for attribute in Pack.open(folder).manifest.attributes} & set(names)
    assert len(found.counterfactuals) == 2  # nothing rolls the head
    for c in found.counterfactuals:
        assert 1 <= c.pairs <= 2
        assert c.share <= 1
        assert -1 <= c.alignment <= 1
        assert -1 <= c.lent <= 1
    tone = next(c for c in found.counterfactuals if c.names == ("skin_tone",))
    assert tone.change > 5
    recorded = {metric.name: metric.value for metric in Pack.open(folder).manifest.training.metrics}
    assert recorded["counterfactual_skin_tone"] == tone.alignment
    assert "one thing changed" in told[-1]


def test_families_are_no_leaks_of_each_other() -> None:
    names = [spec.name for spec in FACES]
    blond = rest(FACES, names.index("hair_blond"))
    assert not blond[names.index("hair_blond")]
    assert not blond[names.index("hair_dark")]
    assert blond[names.index("smile")]


# -- pictures with known values ----------------------------------------------------------------------------


def test_the_last_renders_and_every_eighth_photo_are_held_out(tmp_path: Path) -> None:
    renders = heldout.load(make_renders(tmp_path / "renders", 40), 32)
    assert np.flatnonzero(renders.held).tolist() == list(range(32, 40))
    (tmp_path / "photos").mkdir()
    with (tmp_path / "photos" / "labels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "smiling"])
        for i in range(17):
            Image.fromarray(picture(i, 48)).save(tmp_path / "photos" / f"{i}.png")
            writer.writerow([f"{i}.png", i % 3])
    photos = heldout.load(tmp_path / "photos", 32)
    assert photos.images.shape == (17, 32, 32, 3)
    assert np.flatnonzero(photos.held).tolist() == [0, 8, 16]
    images, parts = heldout.held_out([renders, photos], "labelled", 2)
    assert len(images) == 2
    assert parts[0].columns["name"].tolist() == ["0.png", "16.png"]


def test_a_folder_of_nothing_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither"):
        heldout.load(tmp_path, 32)
    with pytest.raises(UsageError, match="at least 64 are needed"):
        heldout.load(make_renders(tmp_path / "r", 10), 64)


# -- readers -----------------------------------------------------------------------------------------------


def test_a_reader_learns_from_pictures_and_is_kept(renders: Path) -> None:
    sets = [heldout.load(renders, 32)]
    trained = readers.reader(sets, FACES)
    index = trained.names.index
    agreement = trained.correlation["rendered"]
    assert agreement[index("skin_tone")] > 0.8
    assert agreement[index("yaw")] > 0.5
    assert abs(agreement[index("smile")]) < 0.4  # which cannot be seen
    images = sets[0].images[-5:]
    again = readers.reader(sets, FACES)
    assert again is not trained
    np.testing.assert_array_equal(trained.read(images), again.read(images))
    np.testing.assert_array_equal(trained.correlation["rendered"], again.correlation["rendered"])


# -- edits -------------------------------------------------------------------------------------------------


def test_an_edit_of_nothing_shows_the_source(bench: Bench) -> None:
    np.testing.assert_array_equal(bench.edited(np.zeros(bench.z.shape[1])), bench.images)


def test_reconstruction_gets_better_with_calls(bench: Bench) -> None:
    settings = [Settings(2, 2, "ddim"), Settings(50, 50, "ddim")]
    few, many, random = reconstruct(bench.engine, "rendered", bench.images, settings)
    assert many.psnr > few.psnr
    assert many.mse < few.mse
    assert many.worst <= many.psnr
    assert many.name == "50+50 ddim"
    assert (random.noise, random.name) == ("random", "0+50 ddim")
    assert random.mse > many.mse  # x_T holds what z does not


def test_who_is_left_alone_is_the_same_person() -> None:
    images = np.stack([picture(i, 32) for i in range(3)])
    np.testing.assert_allclose(identity_kept(METER, images, images), 1)
    assert (identity_kept(METER, images, 255 - images) < 0).all()


def test_edits_are_scored_by_what_they_do(bench: Bench) -> None:
    scores = {score.name: score for score in score_edits(bench, "rendered", METER, SPECS)}
    assert set(scores) == {"brightness", "warmth"}  # the reader knows no smile
    found, base = scores["brightness"], METER.read(bench.images)
    move = 2 * bench.engine.pack.latents.attribute_directions[0]
    up, down = METER.read(bench.edited(move)) - base, base - METER.read(bench.edited(-move))
    change = np.where(base[:, :1] < 0, up, down)  # each picture away from its side
    assert found.moved == 1
    assert found.effect == pytest.approx(change[:, 0].mean())
    # early time-steps see the first dims of z only, which are red: this pack leaks on purpose
    assert found.leaks == (("warmth", pytest.approx(change[:, 1].mean(), abs=1e-3)),)
    assert found.selectivity == pytest.approx(change[:, 0].mean() / np.abs(change[:, 1]).mean(), rel=1e-3)


def test_calibration_takes_the_cleaner_direction_and_scales_it(pack: Pack, bench: Bench) -> None:
    statistics = Statistics(np.zeros(bench.z.shape[1]), np.ones(bench.z.shape[1]))
    calibrator = Calibrator(bench, METER, SPECS, pack.groups, statistics, spread=10.0)
    clean = 0.5 * pack.latents.attribute_directions[0].astype(np.float64)
    mixed = clean + 0.5 * pack.latents.attribute_directions[1]
    found = calibrator.calibrate(0, {"mixed": mixed, "clean": clean, "nothing": np.zeros_like(clean)})
    assert found.method.startswith("clean")
    assert found.useful
    assert found.range[0] < 0 < found.range[1]
    assert found.profile.shape == (len(pack.groups),)
    assert found.profile.sum() == pytest.approx(1)
    change = METER.read(bench.edited(found.direction)) - METER.read(bench.images)
    assert 0.5 < change[:, 0].mean() < 1.5  # one standard deviation


def test_a_direction_that_does_nothing_is_useless(pack: Pack, bench: Bench) -> None:
    statistics = Statistics(np.zeros(bench.z.shape[1]), np.ones(bench.z.shape[1]))
    calibrator = Calibrator(bench, METER, SPECS, pack.groups, statistics, spread=10.0)
    rng = np.random.default_rng(0)
    assert not calibrator.calibrate(0, {"noise": rng.normal(0, 1e-3, bench.z.shape[1])}).useful
    assert not calibrator.calibrate(0, {"zero": np.zeros(bench.z.shape[1])}).useful


def test_the_range_ends_where_pictures_leave_the_data(pack: Pack, bench: Bench) -> None:
    statistics = Statistics.of(bench.z.astype(np.float64))
    direction = pack.latents.attribute_directions[0].astype(np.float64)
    free = Calibrator(bench, METER, SPECS, pack.groups, statistics, 1e9).calibrate(0, {"d": direction})
    bound = Calibrator(bench, METER, SPECS, pack.groups, statistics, 2.0).calibrate(0, {"d": direction})
    assert bound.range[1] < free.range[1]


# -- what the diffusion model makes, and what its stages carry ---------------------------------------------


def test_precision_falls_where_pictures_are_odd_and_recall_where_they_are_alike() -> None:
    rng = np.random.default_rng(0)
    real, others = rng.normal(size=(2, 300, 4))
    same = Likeness.of(others, real)
    alike, odd = Likeness.of(others / 10, real), Likeness.of(np.concatenate([others[:150], others[150:] + 30]), real)
    assert same.precision > 0.85
    assert same.recall > 0.85
    assert alike.precision > 0.95
    assert alike.recall < 0.5
    assert odd.precision == pytest.approx(same.precision / 2, abs=0.05)
    assert same.frechet < 0.2 < min(alike.frechet, odd.frechet)


def test_the_frechet_distance_is_that_of_gaussians() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(size=(20_000, 2)) @ np.diag([1.0, 2.0])
    b = rng.normal(size=(20_000, 2)) @ np.diag([3.0, 2.0]) + np.array([0.0, 5.0])
    assert frechet(a, a) == pytest.approx(0, abs=1e-6)
    assert frechet(a, b) == pytest.approx(25 + (3 - 1) ** 2, rel=0.03)
    assert frechet(a, b) == pytest.approx(frechet(b, a))


def test_what_the_frozen_model_makes_hangs_on_the_noise_alone(bench: Bench) -> None:
    noise = np.random.default_rng(0).standard_normal((3, 3, SIZE, SIZE)).astype(np.float32)
    made = bench.engine.imagine(noise, SETTINGS)
    np.testing.assert_allclose(made[:1], bench.engine.imagine(noise[:1], SETTINGS), atol=1e-3)
    assert np.abs(made[0] - made[1]).mean() > 5


def test_pictures_are_compared_with_as_many_real_ones(pack: Pack, renders: Path) -> None:
    mixture = Mixture.open(DataOptions(sources=(str(renders),)), SIZE)
    found, made = generation(Engine(pack, "cpu"), mixture, 300, SETTINGS)
    assert found.pictures == len(made) == 200  # two disjoint halves of 400
    assert found.real.precision > found.made.precision
    assert found.real.frechet < found.made.frechet


def test_a_stage_takes_what_it_carries_and_all_stages_take_everything(bench: Bench) -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(400, bench.z.shape[1]))
    factors = Factors(("first", "last", "unknown"), ("continuous",) * 3,
                      np.stack([z[:, 0], z[:, -1], rng.normal(size=400)], axis=1))  # fmt: skip
    reader = FactorReader(z, factors, np.arange(400) < 300)
    assert reader.names == ("first", "last")
    found = lend(bench, reader)
    assert found.names == (*LOOKS, "first", "last")
    assert found.taken.shape == (6, 3)
    # each cell of colour is a dim, and late time-steps see all: a dim is taken over with its own stage
    first, last = found.taken[4:]
    assert first.argmax() == 0
    assert last.argmax() == 2
    np.testing.assert_allclose(found.bands.sum(axis=1), 1)
    assert (found.bands[:, 0] > 0.5).all()  # colours of cells: nothing fine
    assert (found.moved > 0).all()


def test_looks_tell_brightness_from_colour_from_layout_from_texture() -> None:
    image = picture(3, 64)[None]
    base = looks(image)

    def changed(other: np.ndarray) -> list[bool]:
        return [np.abs(a - b).mean() > 0.15 * np.abs(a).mean() for a, b in zip(looks(other), base, strict=True)]

    assert changed(np.clip(image * 0.7, 0, 255).astype(np.uint8))[0]
    assert changed(image[..., ::-1])[1]
    assert changed(image[:, ::-1])[2]
    assert not changed(image[:, :, ::-1])[0]
    smooth = np.asarray(Image.fromarray(image[0]).resize((4, 4), Image.Resampling.BOX).resize((64, 64), 0))[None]
    assert changed(smooth) == [False, False, False, True]


def test_discovery_measures_a_real_pack(pack: Pack, renders: Path) -> None:
    sets = [heldout.load(renders, 32)]
    found = discover(Engine(pack, "cpu"), sets, FACES)
    names = [attribute.name for attribute in found.attributes]
    assert "skin_tone" in names  # the one that the pictures show in broad colours
    assert "smile" not in names
    tone = found.attributes[names.index("skin_tone")]
    assert tone.selectivity is not None
    assert len(found.directions) == len(names) == len(found.weights) == len(found.bias)


def test_a_contact_sheet_shows_each_picture_between_the_ends_of_each_range(bench: Bench, tmp_path: Path) -> None:
    contact_sheet(bench, tmp_path / "docs" / "sheet.png", cell=SIZE)
    with Image.open(tmp_path / "docs" / "sheet.png") as sheet:
        last = np.asarray(sheet.convert("RGB")).astype(int)[:, -3 * SIZE :]
    low, source, high = (last[:, i * SIZE : (i + 1) * SIZE] for i in range(3))
    first = slice(len(last) - 3 * SIZE, len(last) - 2 * SIZE)  # of three attributes: brightness
    np.testing.assert_array_equal(last[first, SIZE : 2 * SIZE], bench.images[-1])
    assert low[first].mean() + 10 < source[first].mean() < high[first].mean() - 10


# -- the whole ---------------------------------------------------------------------------------------------


def test_evaluate_writes_a_table_json_and_the_manifest(
    renders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "IMAGES", 1_280)  # what they read does not matter here
    folder = make_pack(tmp_path / "tiny", domain="face")
    told: list[str] = []
    found = evaluate(
        folder, data=[renders], count=2, reconstructed=3, generated=16, command="evaluate it",
        record=True, sheet=tmp_path / "sheet.jpg", say=told.append,
    )  # fmt: skip
    assert [score.name for score in found.edits] == ["smile"]
    assert "reconstruction" in told[-1]
    assert "smile" in told[-1]
    record = json.loads((tmp_path / "evaluation.json").read_text())
    assert record["identity"] == Pack.open(folder).identity
    assert len(record["reconstructions"]) == 5
    assert record["representations"]["rendered"]["r"]["skin_tone"] > 0.8
    assert abs(record["representations"]["rendered"]["r"]["smile"]) < 0.5
    assert not record["disentanglement"]  # the folder holds out fewer pictures than that needs
    assert "same person" in told[-1]
    assert found.edits[0].identity <= 1
    metrics = {metric.name: metric for metric in Pack.open(folder).manifest.training.metrics}
    assert metrics["psnr_rendered_12_12"].command == "evaluate it"
    assert metrics["recall_generated_16"].unit == ""
    assert metrics["frechet_real_16"].value > 0
    assert (tmp_path / "evaluation-generated.png").is_file()
    assert (tmp_path / "sheet-rendered.jpg").is_file()
    standard = next(metric for metric in found.metrics() if metric.name.startswith("psnr_rendered_"))
    add_metrics(folder, [standard.model_copy(update={"name": "psnr_rendered_200_100", "value": 1.0})])
    add_metrics(folder, found.metrics())  # replaced, not doubled; also what other numbers of calls have given
    assert len(Pack.open(folder).manifest.training.metrics) == len(metrics)
    Pack.open(folder).verify()


def test_figures_are_replaced_by_those_of_the_same_attribute_and_set(tmp_path: Path) -> None:
    folder = make_pack(tmp_path / "tiny", domain="face")

    def names_with(*names: str) -> set[str]:
        add_metrics(folder, [Metric(name=name, value=1.0) for name in names])
        return {metric.name for metric in Pack.open(folder).manifest.training.metrics}

    first = names_with("selectivity_labelled_age_10_20", "psnr_rendered_20_20", "psnr_own_pictures_12_12_after",
                       "recall_real_16", "frechet_generated")  # fmt: skip
    added = ("selectivity_labelled_age_20_30", "psnr_rendered_12_12", "psnr_labelled_12_12", "recall_real_256",
             "frechet_generated_256")  # fmt: skip
    replaced = {"psnr_rendered_20_20", "recall_real_16", "frechet_generated"}
    assert names_with(*added) == first - replaced | set(added)


def _photos(folder: Path, count: int) -> Path:
    folder.mkdir()
    for i in range(count):
        Image.fromarray(picture(i, 48)).save(folder / f"{i}.png")
    (folder / "labels.csv").write_text("\n".join(["name,smiling", *(f"{i}.png,{i % 2}" for i in range(count))]))
    return folder


def test_photos_are_framed_as_the_pack_frames_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, photos = make_pack(tmp_path / "tiny", domain="other"), tmp_path / "photos"
    change_manifest(folder, lambda manifest: manifest.update(framing={"name": "ffhq"}))
    photos.mkdir()
    shutil.copy(resource("samples") / "astronaut.jpg", photos / "a.jpg")
    (photos / "labels.csv").write_text("name,smiling\na.jpg,1")
    seen = list[heldout.Pictures]()

    def loaded(*arguments: Any) -> list[heldout.Pictures]:
        seen.extend(heldout.load_sets(*arguments))
        return seen

    monkeypatch.setattr(report, "load_sets", loaded)
    evaluate(folder, data=[photos], parts=[], say=lambda _: None)
    framed, centred = (
        heldout.load(photos, SIZE, DataOptions(framing=FramingRecipe(name=name))).images[:]
        for name in ("ffhq", "centre")
    )
    np.testing.assert_array_equal(seen[0].images[:], framed)
    assert np.abs(framed.astype(int) - centred).mean() > 5


def test_too_few_pictures_to_compare_with_cost_no_other_figure(tmp_path: Path) -> None:
    folder, told = make_pack(tmp_path / "tiny", domain="other"), list[str]()
    found = evaluate(
        folder, data=[_photos(tmp_path / "photos", 7)], parts=["reconstruction", "generation"], say=told.append
    )
    assert found.generation is None
    assert len(found.reconstructions) == 5
    assert any("left out" in line for line in told)


def test_what_was_measured_before_a_failure_is_kept(
    renders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(report, "generation", fails)
    folder, before = make_pack(tmp_path / "tiny", domain="other"), tmp_path / "evaluation.json"
    before.write_text("{}")
    with pytest.raises(RuntimeError, match="memory"):
        evaluate(
            folder, data=[renders], parts=["reconstruction", "generation"], reconstructed=2, generated=8,
            say=lambda _: None,
        )  # fmt: skip
    assert len(json.loads((tmp_path / "evaluation.partial.json").read_text())["reconstructions"]) == 5
    assert before.read_text() == "{}"  # that of a run that ended well


def test_evaluate_needs_a_pack_and_pictures(pack: Pack, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither a model pack nor a run"):
        evaluate(tmp_path, data=[])
    with pytest.raises(UsageError, match="known values"):
        evaluate(pack.path, data=[])
    with pytest.raises(UsageError, match="no part 'looks'"):
        evaluate(pack.path, data=[], parts=["looks"])


def test_parts_that_need_no_edits_are_measured_alone(
    renders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "_FEWEST", 50)
    folder = make_pack(tmp_path / "tiny", domain="face")
    found = evaluate(
        folder,
        data=[renders],
        parts=["disentanglement", "times", "lending"],
        count=3,
        out=tmp_path / "e.json",
        say=lambda _: None,
    )
    assert not found.edits
    assert not found.reconstructions
    assert [d.units for d in found.disentanglement["rendered"]] == ["dims", "groups", "stages"]
    times = found.times["rendered"]
    assert times.whole[times.names.index("skin_tone")] > 0.7
    assert (tmp_path / "e-times-rendered.png").is_file()
    assert "skin_tone" in found.lending["rendered"].names
    assert (tmp_path / "e-lending-rendered.png").is_file()
    record = json.loads((tmp_path / "e.json").read_text())
    assert len(record["times"]["rendered"]["only"]) == len(times.names)
    assert "lost without them" in found.table()
