from __future__ import annotations

import numpy as np
import pytest
import torch
import torch._dynamo  # torch's optimisers import it, and its first import makes a cache folder: not in a test

from trainer.promask import learn_masks, within_budget

COUNT, DIMS = 1500, 24


def _latents() -> tuple[np.ndarray, np.ndarray]:
    """Correlated latents, and attributes of which each is told by two dims: 3 and 7, 10 and 11."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(COUNT, DIMS))
    x[:, 15] = 0.6 * x[:, 3] + 0.8 * x[:, 15]  # goes along, and says nothing beyond dim 3
    number = x[:, 3] - x[:, 7]
    answer = (x[:, 10] + x[:, 11] > 0.3).astype(float)
    return x, np.stack([number / number.std(), answer], axis=1)


def test_masks_keep_the_dims_that_tell() -> None:
    x, targets = _latents()
    masks = learn_masks(x, targets, np.array([False, True]), 2)
    assert [np.flatnonzero(mask).tolist() for mask in masks] == [[3, 7], [10, 11]]


def test_unknown_values_and_attributes_without_any_do_no_harm() -> None:
    x, targets = _latents()
    targets[::2, 0] = np.nan
    targets = np.concatenate([targets, np.full((COUNT, 1), np.nan)], axis=1)
    masks = learn_masks(x, targets, np.array([False, True, False]), 4)
    assert masks.sum(axis=1).tolist() == [4, 4, 4]
    assert masks[0, [3, 7]].all()
    assert masks[1, [10, 11]].all()


def test_the_same_seed_gives_the_same_masks() -> None:
    x, targets = _latents()
    first, again = (learn_masks(x[:200], targets[:200], np.array([False, True]), 5) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_the_budget_is_the_nearest_point_within_it() -> None:
    values = torch.tensor([[0.9, 0.5, -0.2, 2.0], [0.1, 0.2, 0.0, 0.3]])
    found = within_budget(values, 1.5)
    assert found[0].sum() == pytest.approx(1.5, abs=1e-4)
    assert found.min() >= 0
    assert found.max() <= 1
    assert found[0, 0] - found[0, 1] == pytest.approx(0.4, abs=1e-4)  # what lies inside is moved alike
    torch.testing.assert_close(found[1], values[1])
