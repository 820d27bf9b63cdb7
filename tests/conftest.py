"""What every test runs under. See ``tests/watchers.py`` for the rules that it enforces."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.watchers", "pytester"]

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

LONG = (
    "test_reference", "test_monkey", "test_export", "test_init_pack", "test_loop", "test_evaluation", "test_science",
    "test_render_dataset",
)  # fmt: skip
"""Files that take half a minute or more. They come first: one that is begun last is waited for by all processes."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order of the files; xdist would begin with those of many tests."""
    items.sort(key=lambda item: item.path.stem not in LONG)
