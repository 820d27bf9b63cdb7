"""What every test runs under. See ``tests/watchers.py`` for the rules that it enforces."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.watchers", "pytester"]

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
