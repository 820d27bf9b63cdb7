"""Fixtures of the core's and the command line's tests: a small real pack, an editor on it, folders of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image

from diti_studio.core.editor import Editor
from diti_studio.core.packs import Pack
from tests.studio.packs_factory import make_pack, picture


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny pack's folder, which nobody changes."""
    return make_pack(tmp_path_factory.mktemp("packs") / "tiny")


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> Pack:
    """The tiny pack, opened."""
    return Pack.open(tiny_folder)


@pytest.fixture
def copied(tiny_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny pack's folder that a test may damage."""
    return shutil.copytree(tiny_folder, tmp_path / "copied" / "tiny")


@pytest.fixture
def editor(tiny: Pack, tmp_path: Path) -> Editor:
    """An editor on the tiny pack, its cache in the test's own folder."""
    return Editor(tiny, "cpu", cache_folder=tmp_path / "inversions")


@pytest.fixture
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tiny_folder: Path) -> Path:
    """The user's own folders inside the test's own; the tiny pack is the first on the search path."""
    names = {"DATA": "data", "CACHE": "cache", "CONFIG": "config", "STATE": "state"}
    for variable, name in names.items():
        monkeypatch.setenv(f"XDG_{variable}_HOME", str(tmp_path / name))
    monkeypatch.setenv("DITI_PACKS", str(tiny_folder.parent))
    return tmp_path


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A square photo of 96 px as a PNG file."""
    path = tmp_path / "photo.png"
    Image.fromarray(picture(1)).save(path)
    return path
