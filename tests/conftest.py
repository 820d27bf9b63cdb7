"""What every test runs under. See ``tests/watchers.py`` for the rules that it enforces."""

from __future__ import annotations

pytest_plugins = ["tests.watchers", "pytester"]
