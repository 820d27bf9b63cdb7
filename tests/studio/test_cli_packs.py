"""``diti-studio packs`` and what the program does with its arguments as a whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from diti_studio import __version__
from diti_studio.__main__ import main
from diti_studio.cli import COMMANDS, report
from diti_studio.core import packs
from diti_studio.core.errors import Cancelled, PackError, PictureError, RuntimeUnavailableError, UsageError
from diti_studio.core.packs import Pack
from tests.studio.pack_surgery import change_manifest, replace_file, zipped
from tests.studio.packs_factory import make_pack

ROOT = Path(__file__).resolve().parents[2]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line: exit status, standard output, standard error."""

    def go(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as left:  # argparse's way
            status = int(left.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return status, out, err

    return go


@pytest.fixture
def shelf(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the search path beside the user's."""
    monkeypatch.setattr(packs, "resource", own_folders.joinpath)
    monkeypatch.setenv("DITI_PACKS", str(own_folders / "shelf"))
    return own_folders / "shelf"


# -- listing and telling -----------------------------------------------------------------------------------


def test_the_list_as_json(run: Run, shelf: Path, tiny_folder: Path) -> None:
    make_pack(shelf / "alpha", name="alpha", domain="face")
    archive = zipped(tiny_folder, shelf / "zebra.ditipack")
    status, out, err = run("packs", "list", "--json")
    assert (status, err) == (0, "")
    first, second = json.loads(out)
    assert first == {
        "name": "alpha",
        "title": "Tiny test pack",
        "domain": "face",
        "path": str(shelf / "alpha"),
        "image_size": 32,
        "attributes": ["brightness", "warmth", "smile"],
        "bytes": sum((tiny_folder / n).stat().st_size for n in ("encoder.onnx", "unet.onnx", "latents.safetensors")),
        "licence": "MIT",
    }
    assert (second["name"], second["path"]) == ("tiny", str(archive))


def test_the_list_as_a_table(run: Run, shelf: Path) -> None:
    make_pack(shelf / "alpha", name="alpha", domain="room")
    status, out, err = run("packs", "list")
    assert (status, err) == (0, "")
    assert out.split()[:4] == ["alpha", "room", "32", "px"]
    assert str(shelf / "alpha") in out


def test_an_empty_list_says_where_packs_are_looked_for(run: Run, shelf: Path) -> None:
    status, out, err = run("packs", "list")
    assert (status, out) == (0, "")
    assert str(shelf) in err
    assert str(packs.user_folder()) in err
    assert run("packs", "list", "--json") == (0, "[]\n", "")


def test_a_broken_pack_does_not_hide_the_others(run: Run, shelf: Path) -> None:
    make_pack(shelf / "alpha", name="alpha")
    broken = make_pack(shelf / "broken", name="broken")
    change_manifest(broken, lambda m: m.update(format=2))
    status, out, err = run("packs", "list", "--json")
    assert status == 3
    assert [pack["name"] for pack in json.loads(out)] == ["alpha"]
    assert err == "diti-studio: The model pack broken has format 2; this program reads format 1.\n"


def test_info_as_json_is_the_manifest(run: Run, shelf: Path, tiny_folder: Path) -> None:
    manifest = json.loads((tiny_folder / "manifest.json").read_text())
    for pack in (tiny_folder, zipped(tiny_folder, tiny_folder.parent.with_suffix(".ditipack"))):
        status, out, err = run("packs", "info", pack, "--json")
        assert (status, err) == (0, "")
        told = json.loads(out)
        assert set(manifest) <= set(told)
        for key in ("format", "name", "title", "domain", "image_size", "latent_dim", "groups", "stages", "files"):
            assert told[key] == manifest[key]
        assert [a["range"] for a in told["attributes"]] == [a["range"] for a in manifest["attributes"]]


def test_info_for_people(run: Run, shelf: Path, copied: Path) -> None:
    metric = {"name": "PSNR", "value": 31.25, "unit": "dB", "command": "diti-train --evaluate"}
    training = {"data": "renders", "images_seen": 12345, "metrics": [metric]}
    change_manifest(copied, lambda m: m.update(training=training))
    status, out, err = run("packs", "info", copied)
    assert (status, err) == (0, "")
    for words in (
        "Tiny test pack",
        "8 groups",
        "48 latent dims",
        "12,345 images",
        "Texture (0-250)",
        "darker ... brighter",
        "(experimental)",
        "selectivity 8.0",
        "PSNR: 31.25 dB   [diti-train --evaluate]",
        "licence: MIT",
    ):
        assert words in out


# -- installing --------------------------------------------------------------------------------------------


def test_a_pack_is_installed_used_by_name_and_removed(run: Run, shelf: Path, tiny_folder: Path, tmp_path: Path) -> None:
    archive = zipped(tiny_folder, tmp_path / "download.ditipack")
    target = packs.user_folder() / "tiny"
    assert run("packs", "install", archive) == (0, f"{target}\n", "")
    archive.unlink()
    assert run("packs", "verify", "tiny") == (0, "tiny: 3 files are as they should be.\n", "")
    assert [pack["path"] for pack in json.loads(run("packs", "list", "--json")[1])] == [str(target)]
    assert run("packs", "remove", "tiny") == (0, f"Removed {target}.\n", "")
    assert not target.exists()
    assert run("packs", "remove", "tiny")[0] == 3


@pytest.mark.parametrize("action", ["verify", "install"])
def test_damage_is_found(run: Run, shelf: Path, copied: Path, action: str) -> None:
    data = bytearray((copied / "unet.onnx").read_bytes())
    data[-1] ^= 1
    (copied / "unet.onnx").write_bytes(data)
    status, out, err = run("packs", action, copied)
    assert (status, out) == (3, "")
    assert err == "diti-studio: The model pack tiny is damaged: the hash of unet.onnx is wrong; get it again.\n"
    assert not packs.user_folder().exists() or list(packs.user_folder().iterdir()) == []


@pytest.mark.parametrize("action", ["info", "verify", "install", "remove"])
@pytest.mark.parametrize("name", ["nothing", "../nothing", "/etc/passwd", "n" * 300])
def test_a_pack_that_is_none(run: Run, shelf: Path, action: str, name: str) -> None:
    status, out, err = run("packs", action, name)
    assert (status, out) == (3, "")
    assert err.startswith("diti-studio: ")
    assert err.count("\n") == 1


def test_a_pack_with_weights_elsewhere_is_refused(run: Run, shelf: Path, copied: Path) -> None:
    replace_file(copied, "unet.onnx", b"\x0a\x08location\x12\x0b/etc/passwd")
    status, _, err = run("packs", "install", copied)
    assert status == 3
    assert "refers to files outside itself" in err


@pytest.mark.parametrize("arguments", [(), ("frobnicate",), ("info",), ("list", "extra")])
def test_wrong_arguments(run: Run, shelf: Path, arguments: tuple[str, ...]) -> None:
    status, out, err = run("packs", *arguments)
    assert (status, out) == (2, "")
    assert "error: " in err


# -- the program as a whole --------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_help_and_version(run: Run, command: str) -> None:
    status, out, err = run(command, "--help")
    assert (status, err) == (0, "")
    assert f"usage: diti-studio {command}" in out
    assert run("--version") == (0, f"diti-studio {__version__}\n", "")


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (PictureError("A."), 1, "diti-studio: A.\n"),
        (UsageError("B."), 2, "diti-studio: B.\n"),
        (PackError("C."), 3, "diti-studio: C.\n"),
        (RuntimeUnavailableError("D."), 3, "diti-studio: D.\n"),
        (Cancelled(), 130, ""),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_errors_become_a_status_and_a_sentence(
    capsys: pytest.CaptureFixture[str], error: BaseException, status: int, text: str
) -> None:
    with report() as outcome:
        raise error
    assert outcome.status == status
    assert capsys.readouterr() == ("", text)


def program(*arguments: object, **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": ""},
        stderr=subprocess.PIPE,
        **options,
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
@pytest.mark.parametrize("arguments", [("info", "--json"), ("verify",)], ids=["much to read", "one line"])
def test_a_reader_that_goes_away_is_no_error(
    shelf: Path, tiny_folder: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with program("-m", "diti_studio", "packs", *arguments, tiny_folder, cwd=tmp_path, stdout=writing) as process:
        os.close(writing)
        _, err = process.communicate()
    assert err == b""
    assert process.returncode == 0


def test_the_commands_load_neither_qt_nor_torch(shelf: Path, tiny_folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from diti_studio.__main__ import main\n"
        f"status = main(['packs', 'verify', {str(tiny_folder)!r}])\n"
        "print(status, sorted({m.split('.')[0] for m in sys.modules} & {'PySide6', 'torch', 'superqt', 'onnxruntime'}))"
    )
    with program("-c", code, cwd=tmp_path, stdout=subprocess.PIPE) as process:
        out, err = process.communicate()
    assert out.decode().splitlines() == ["tiny: 3 files are as they should be.", "0 []"]
    assert err == b""


def test_what_was_installed_is_the_pack(run: Run, shelf: Path, tiny: Pack, tiny_folder: Path) -> None:
    run("packs", "install", tiny_folder)
    assert packs.find("tiny").identity == tiny.identity
