from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from diti_studio.core.packs import Metric, Pack
from tests.studio.packs_factory import make_pack
from tests.trainer.tiny import make_renders
from trainer.attributes import FACES, AttributeSpec, label, number
from trainer.discovery import Discovered, discover
from trainer.evaluation import add_metrics, heldout
from trainer.evaluation.engine import Engine
from trainer.evaluation.heldout import Pictures
from trainer.export import remeasure
from trainer.packing import write_files


@pytest.fixture(scope="module", autouse=True)
def _short_reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    from trainer.evaluation import readers

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(readers, "IMAGES", 1_280)
        yield


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return Pack.open(make_pack(tmp_path_factory.mktemp("packs") / "tiny", domain="face"))


@pytest.fixture(scope="module")
def renders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_renders(tmp_path_factory.mktemp("data") / "renders", 100)


def test_without_named_attributes_there_are_statistics_and_main_directions(pack: Pack, renders: Path) -> None:
    found = discover(Engine(pack, "cpu"), [heldout.load(renders, 32)], ())
    assert found.attributes == ()
    assert found.std.std() > 0
    assert found.principal.any()


def test_hand_labels_alone_give_directions_of_what_can_be_read(pack: Pack, renders: Path) -> None:
    drawn = heldout.load(renders, 32)
    rng = np.random.default_rng(0)
    labels = {"tone": drawn.columns["skin_tone"], "luck": rng.random(len(drawn.images))}
    photos = Pictures("labelled", drawn.images, labels, drawn.folder)
    specs = tuple(AttributeSpec(name, name, "", "", None, label(name)) for name in labels)
    found = discover(Engine(pack, "cpu"), [photos], specs)
    assert [attribute.name for attribute in found.attributes] == ["tone"]
    assert found.attributes[0].experimental  # nobody has looked at what it does
    assert found.directions[0].any()


def test_refined_directions_are_among_the_candidates(
    pack: Pack, renders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[dict[str, np.ndarray]]()

    def measured(_engine, _sets, specs, candidates, *_rest):
        seen.append(candidates)
        from trainer.discovery import _taken_as_is
        from trainer.latents import Statistics

        dims = pack.groups.latent_dim
        statistics = Statistics(np.zeros(dims), np.ones(dims))
        return [_taken_as_is(s, candidates["promask"][i], Engine(pack, "cpu"), statistics) for i, s in enumerate(specs)]

    monkeypatch.setattr("trainer.discovery._measure", measured)
    specs = (AttributeSpec("tone", "Tone", "", "", number("skin_tone")), *FACES[-1:])
    found = discover(Engine(pack, "cpu"), [heldout.load(renders, 32)], specs)
    assert {"covariance", "partial", "cleared", "promask"} <= set(seen[0])
    dims = found.directions.shape[1]
    assert (np.count_nonzero(found.directions, axis=1) <= max(1, round(dims / 8))).all()


def test_pairs_are_told_apart_from_single_pictures(
    pack: Pack, renders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They give candidates of their own; what is edited and read are the single pictures."""
    seen = list[tuple[dict[str, np.ndarray], list[bool]]]()

    def measured(engine, sets, specs, candidates, statistics, *_rest):
        seen.append((candidates, [bool(pictures.changes) for pictures in sets]))
        from trainer.discovery import _taken_as_is

        return [_taken_as_is(s, candidates["paired"][i], engine, statistics) for i, s in enumerate(specs)]

    monkeypatch.setattr("trainer.discovery._measure", measured)
    pairs = heldout.load(make_renders(tmp_path / "pairs", 60, changes=[["skin_tone"], ["yaw"]]), 32)
    specs = tuple(spec for spec in FACES if spec.name in ("skin_tone", "yaw", "pitch"))
    found = discover(Engine(pack, "cpu"), [heldout.load(renders, 32), pairs], specs)
    assert {"paired", "paired, cleared"} < set(seen[0][0])
    assert seen[0][1] == [False]
    assert {attribute.name for attribute in found.attributes} == {"skin_tone", "yaw"}  # no pair nods

    discover(Engine(pack, "cpu"), [pairs], specs)
    assert seen[1][1] == [True]  # all that there is


def test_remeasuring_keeps_samples_and_what_still_holds(
    renders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_pack(tmp_path / "tiny", domain="face")
    add_metrics(
        folder, [Metric(name=name, value=1.0) for name in ("psnr_rendered_20_20", "selectivity_rendered_smile")]
    )
    made = Pack.open(folder)
    samples = {"samples/one.png": b"a picture", "samples/samples.json": b"{}"}
    write_files(folder, made.manifest, {name: made.read(name) for name in made.manifest.files} | samples)
    before = Pack.open(folder)
    assert before.samples() == ("samples/one.png",)
    monkeypatch.setattr("trainer.export.discover", lambda *_, **__: Discovered.none(before.manifest.latent_dim))
    after = remeasure(folder, data=[renders])
    assert after.samples() == before.samples()
    assert {name: after.read(name) for name in samples} == samples
    names = [metric.name for metric in after.manifest.training.metrics]
    assert "psnr_rendered_20_20" in names
    assert "selectivity_rendered_smile" not in names  # of the directions that were there before
    assert after.manifest.training.images_seen == before.manifest.training.images_seen
