"""Sampling: reproducible, inside the declared ranges, plausible."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from trainer.render.factors import FACTORS, FaceFactors, sample


@pytest.fixture(scope="module")
def faces() -> list[FaceFactors]:
    return [sample(11, i) for i in range(300)]


def test_a_sample_depends_on_seed_and_index_alone(faces: list[FaceFactors]) -> None:
    assert sample(11, 7) == faces[7]
    assert sample(12, 7) != faces[7]
    assert sample(11, 8) != faces[7]


def test_the_table_covers_every_field_and_every_value(faces: list[FaceFactors]) -> None:
    assert list(FACTORS) == [f.name for f in dataclasses.fields(FaceFactors)]
    for face in faces:
        for name, domain in FACTORS.items():
            value = getattr(face, name)
            if domain.kind == "categorical":
                assert value in domain.categories, name
            elif domain.kind == "binary":
                assert value in (0, 1), name
            else:
                assert domain.low <= value <= domain.high, name


def test_every_factor_varies_and_every_category_occurs(faces: list[FaceFactors]) -> None:
    for name, domain in FACTORS.items():
        seen = {getattr(face, name) for face in faces}
        if domain.kind == "categorical":
            assert seen == set(domain.categories), name
        else:
            assert len(seen) > 1, name


def test_women_wear_no_beard_and_expression_is_independent_of_identity(faces: list[FaceFactors]) -> None:
    assert all(face.beard == 0 for face in faces if face.gender < 0.5)
    for name in ("gender", "age", "skin_tone"):
        r = np.corrcoef([face.smile for face in faces], [getattr(face, name) for face in faces])[0, 1]
        assert abs(r) < 0.2, name
