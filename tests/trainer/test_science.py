from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from accelerate.state import AcceleratorState

from benchmarks import experiment, science
from trainer import objective
from trainer.evaluation import disentanglement

SHARED = ("unequal", "pdae")
TITLES = {variant.name: variant.title for variant in experiment.VARIANTS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("science")


def _experiment(folder: Path, minutes: float = 10) -> experiment.Experiment:
    return experiment.Experiment(
        folder, images=32, pictures=40, measured=160, minutes=minutes, threads=1, say=lambda _: None
    )


@pytest.fixture(scope="module")
def records(folder: Path) -> list[dict[str, Any]]:
    """Two kinds of runs, of one step each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(experiment, "VARIANTS", experiment.VARIANTS[:2])
        patch.setattr(experiment, "_RECONSTRUCTED", 4)
        patch.setattr(experiment, "_STEPS", 2)
        patch.setattr(objective, "BINS", 2)
        patch.setattr(disentanglement, "_TREES", 2)
        patch.setattr(AcceleratorState, "_shared_state", {})  # which other tests of this process set to fp32
        return _experiment(folder).run(1)


def test_runs_share_a_diffusion_model_and_are_measured(folder: Path, records: list[dict[str, Any]]) -> None:
    assert [(r["variant"], r["seed"]) for r in records] == [(name, 0) for name in SHARED]
    models = [(folder / f"{name}-0" / "dm" / "config.json").read_bytes() for name in SHARED]
    assert models[0] == models[1]
    for record in records:
        assert record["images"] == 32
        assert len(record["read"]["r"]) == 9
        assert record["read"]["r"]["shape"] is None  # a category
        assert 0 < record["mse"]["inferred"] < 1
    assert set(records[0]["cuts"]) == {"unequal"}
    pdae = json.loads((folder / "pdae-0" / "config.json").read_text())
    assert pdae["config"]["groups"]["layout"] == "single"


def test_what_is_done_is_not_done_again(
    folder: Path, records: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiment, "VARIANTS", experiment.VARIANTS[:2])
    monkeypatch.setattr(experiment, "train", None)  # would raise
    assert _experiment(folder, minutes=0).run(1) == records
    assert _experiment(folder, minutes=0).run(2) == records  # no time for the second seed


def test_no_run_begins_after_the_time(tmp_path: Path) -> None:
    assert _experiment(tmp_path, minutes=0).run(1) == []


def test_the_document_is_filled_and_can_be_filled_again(records: list[dict[str, Any]]) -> None:
    document = (Path(science.__file__).parents[1] / "docs" / "science.md").read_text(encoding="utf-8")
    parts = {"run": "it ran", **science.tables(records, TITLES)}
    filled = science.filled(document, parts)
    assert science.filled(filled, parts) == filled
    assert filled.count("<!-- end -->") == len(parts)
    assert "| DiTi, unequal groups |" in filled
    assert "not measured" in parts["claims"]  # there were no balanced groups
    assert "hue, r" in parts["factors"]
    assert "shape, AP" in parts["factors"]
    with pytest.raises(ValueError, match="marks"):
        science.filled("nothing here", parts)


def test_heat_maps_have_a_row_for_each_factor(records: list[dict[str, Any]]) -> None:
    found = {name: (rows, columns, values) for name, _, rows, columns, values in science.heat_maps(records, TITLES)}
    document = (Path(science.__file__).parents[1] / "docs" / "science.md").read_text(encoding="utf-8")
    assert all(f"images/science-{name}.png" in document for name in found)
    rows, columns, values = found["unequal-only"]
    assert "background hue" in rows
    assert columns == ["t 0–50", "t 50–100", "t 100–300", "t 300–500", "t 500–1000"]
    assert values.shape == (9, 5)


def test_a_verdict_needs_seeds_that_do_not_overlap() -> None:
    claim = science.Claim("A beats B", "a", "b", lambda record: record["x"], "x")
    assert "**found** (x 0.850 ± 0.050 against" in claim.verdict(_runs([0.8, 0.9], [0.1, 0.7]))
    assert "undecided" in claim.verdict(_runs([0.6, 0.9], [0.1, 0.7]))
    assert "other way round" in claim.verdict(_runs([0.1, 0.2], [0.6, 0.7]))
    assert "of one seed" in claim.verdict(_runs([0.8], [0.1]))
    lower = science.Claim("A errs less", "a", "b", lambda record: record["x"], "x", lower=True)
    assert "**found**" in lower.verdict(_runs([0.1, 0.2], [0.6, 0.7]))
    assert "not measured" in claim.verdict({"a": []})


def _runs(a: list[float], b: list[float]) -> dict[str, list[dict[str, Any]]]:
    return {"a": [{"x": x} for x in a], "b": [{"x": x} for x in b]}


def test_spread_is_half_of_the_range() -> None:
    assert science.spread([0.5, 0.6]) == "0.550 ± 0.050"
    assert science.spread([0.5]) == "0.500"
    assert science.spread([np.nan, 0.5]) == "–"
    assert science.spread([0.0012]) == "0.00120"
