"""What an import pulls in, seen in a fresh interpreter: import-linter reads the text, this sees what happens."""

from __future__ import annotations

import subprocess
import sys

import pytest

WALK = """
import importlib, pkgutil
import {package}
for module in pkgutil.walk_packages({package}.__path__, "{package}."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def loaded_by(code: str) -> set[str]:
    """The top-level names in ``sys.modules`` after a fresh interpreter has run ``code``."""
    report = "\nimport sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code + report], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


QT = {"PySide6", "shiboken6", "superqt", "qtpy"}
TRAINING = {"torch", "diffusers", "accelerate", "trainer"}


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        pytest.param("import diti_studio.core", QT | TRAINING | {"onnxruntime"}, id="core"),
        pytest.param("import diti_studio.cli", QT | TRAINING | {"onnxruntime"}, id="cli"),
        pytest.param(WALK.format(package="diti_studio.core"), QT | TRAINING, id="all of core"),
        pytest.param(WALK.format(package="diti_studio.cli"), QT | TRAINING, id="all of cli"),
        pytest.param(WALK.format(package="diti_studio"), TRAINING, id="all of diti_studio"),
        pytest.param("import trainer.cli", QT | {"torch", "diffusers"}, id="trainer.cli"),
    ],
)
def test_import_stays_light(code: str, unwanted: set[str]) -> None:
    assert not loaded_by(code) & unwanted


def test_the_walk_sees_what_is_loaded() -> None:
    assert "diti_studio" in loaded_by("import diti_studio.core")
    assert "PySide6" in loaded_by("import PySide6.QtCore")
