"""``diti-studio doctor``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from diti_studio import __version__
from diti_studio.__main__ import main
from diti_studio.cli import doctor
from diti_studio.core import packs
from diti_studio.core.errors import RuntimeUnavailableError
from tests.studio.pack_surgery import change_manifest, replace_file
from tests.studio.packs_factory import make_pack

Ask = Callable[[], tuple[int, dict[str, Any]]]


@pytest.fixture
def shelf(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the search path beside the user's; the CPU is the only device."""
    monkeypatch.setattr(packs, "resource", own_folders.joinpath)
    monkeypatch.setenv("DITI_PACKS", str(own_folders / "shelf"))
    return own_folders / "shelf"


@pytest.fixture
def ask(shelf: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Exit status and the report read as JSON."""

    def go() -> tuple[int, dict[str, Any]]:
        status = main(["doctor", "--json"])
        out, err = capsys.readouterr()
        assert err == ""
        return status, json.loads(out)

    return go


def test_a_machine_in_order(ask: Ask, shelf: Path) -> None:
    make_pack(shelf / "tiny")
    status, found = ask()
    assert (status, found["problems"]) == (0, [])
    assert found["program"] == f"diti-studio {__version__}"
    assert "cpu" in [device["name"] for device in found["devices"]]
    assert [(pack["name"], pack["path"]) for pack in found["packs"]] == [("tiny", str(shelf / "tiny"))]
    assert found["packs"][0]["device"] in [device["name"] for device in found["devices"]]
    assert {"numpy", "pillow", "onnxruntime", "PySide6-Essentials"} <= set(found["libraries"])
    assert all(found["libraries"].values())


def test_the_report_for_people(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_pack(shelf / "tiny")
    assert main(["doctor"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    for words in (f"diti-studio {__version__}", "library    numpy", "device     cpu: CPU", "pack       tiny: runs on"):
        assert words in out
    assert "PROBLEM" not in out


def test_no_pack_is_a_problem_with_a_remedy(ask: Ask) -> None:
    status, found = ask()
    assert status == 3
    assert found["problems"] == [f"No model pack was found: put one into {packs.user_folder()}."]


def test_broken_packs_are_named_and_the_others_told(ask: Ask, shelf: Path) -> None:
    make_pack(shelf / "good", name="good")
    change_manifest(make_pack(shelf / "later", name="later"), lambda m: m.update(format=2))
    replace_file(make_pack(shelf / "odd", name="odd"), "unet.onnx", b"no network")
    status, found = ask()
    assert status == 3
    assert [pack["name"] for pack in found["packs"]] == ["good"]
    assert len(found["problems"]) == 2
    assert "later has format 2" in found["problems"][0]
    assert "cannot run this pack" in found["problems"][1]


def test_a_missing_library_is_named_with_its_remedy(ask: Ask, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_pack(shelf / "tiny")
    monkeypatch.setattr(doctor, "LIBRARIES", (*doctor.LIBRARIES, "no-such-library-anywhere"))
    status, found = ask()
    assert status == 3
    assert found["libraries"]["no-such-library-anywhere"] is None
    assert found["problems"] == ["no-such-library-anywhere is not installed: pip install -e . brings it."]


def test_a_runtime_that_cannot_be_loaded(ask: Ask, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise RuntimeUnavailableError("ONNX Runtime cannot be loaded (no such file): install onnxruntime.")

    make_pack(shelf / "tiny")
    monkeypatch.setattr(doctor, "devices", broken)
    status, found = ask()
    assert status == 3
    assert found["devices"] == []
    assert found["problems"] == ["ONNX Runtime cannot be loaded (no such file): install onnxruntime."]


def test_a_folder_that_cannot_be_written(ask: Ask, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_pack(shelf / "tiny")
    (shelf.parent / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_DATA_HOME", str(shelf.parent / "file"))
    status, found = ask()
    assert status == 3
    assert "packs cannot be installed there" in found["problems"][0]


def test_asking_leaves_nothing_behind(ask: Ask, shelf: Path) -> None:
    make_pack(shelf / "tiny")
    ask()
    assert [path.name for path in shelf.parent.iterdir()] == ["shelf"]
