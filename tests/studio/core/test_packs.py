from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from safetensors.numpy import load, save

from diti_studio.core import packs
from diti_studio.core.errors import PackError
from diti_studio.core.groups import TimestepGroups
from diti_studio.core.packs import Manifest, Pack
from tests.studio.pack_surgery import change_manifest, replace_file, zipped
from tests.studio.packs_factory import GROUPS, LATENT, STAGE_ENDS, make_pack

Change = Callable[[dict[str, Any]], object]


def refused(action: Callable[[], object], *words: str) -> None:
    """The action raises PackError with one short sentence that holds the words."""
    with pytest.raises(PackError) as caught:
        action()
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 500
    for word in words:
        assert word in text


# -- a good pack -------------------------------------------------------------------------------------------


def test_a_pack_opens_with_what_its_manifest_says(tiny: Pack) -> None:
    assert (tiny.manifest.name, tiny.manifest.image_size, tiny.manifest.latent_dim) == ("tiny", 32, LATENT)
    assert tiny.groups == TimestepGroups.balanced(LATENT, GROUPS, stage_ends=STAGE_ENDS)
    assert tiny.schedule.alpha_bar(999) == pytest.approx(4.0358e-5, rel=1e-4)
    assert [stage.name for stage in tiny.manifest.stages] == ["Texture", "Colour", "Shape"]
    tiny.verify()


def test_latents_have_the_shapes_of_the_contract(tiny: Pack) -> None:
    shapes = {key: value.shape for key, value in vars(tiny.latents).items()}
    assert shapes == {
        "mean": (48,),
        "std": (48,),
        "principal": (2, 48),
        "attribute_directions": (3, 48),
        "attribute_weights": (3, 48),
        "attribute_bias": (3,),
    }
    assert {value.dtype for value in vars(tiny.latents).values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_zipped_pack_is_the_same_pack(tiny: Pack, tiny_folder: Path, tmp_path: Path, compression: int) -> None:
    pack = Pack.open(zipped(tiny_folder, tmp_path / "any.ditipack", compression))
    pack.verify()
    assert pack.manifest == tiny.manifest
    assert pack.identity == tiny.identity
    assert pack.read("unet.onnx") == tiny.read("unet.onnx")


def test_the_identity_follows_what_decides_the_pictures(tiny: Pack, copied: Path) -> None:
    change_manifest(copied, lambda m: m.update(title="Other words", licence="none"))
    assert Pack.open(copied).identity == tiny.identity
    change_manifest(copied, lambda m: m["diffusion"].update(beta_end=0.021))
    assert Pack.open(copied).identity != tiny.identity
    changed = make_pack(copied.parent / "other")
    replace_file(changed, "encoder.onnx", b"other weights")
    assert Pack.open(changed).identity != tiny.identity


def test_samples_are_the_pictures_only(copied: Path) -> None:
    for name in ("samples/b.jpg", "samples/a.png", "samples/values.csv", "samples/values.json"):
        replace_file(copied, name, name.encode())
    assert Pack.open(copied).samples() == ("samples/a.png", "samples/b.jpg")


def test_unknown_fields_of_a_later_program_are_ignored(copied: Path) -> None:
    change_manifest(copied, lambda m: m.update(colour_of_the_box="red"))
    Pack.open(copied).verify()


def test_entries_of_groups_make_the_same_groups() -> None:
    groups = TimestepGroups.unequal()
    entries = Manifest.group_entries(groups)
    assert [(e.t_start, e.t_end, e.dim_start, e.dim_end) for e in entries[:2]] == [(0, 16, 0, 2), (16, 32, 2, 4)]


# -- damage ------------------------------------------------------------------------------------------------


def test_a_wrong_hash_is_found_when_read(copied: Path) -> None:
    path = copied / "unet.onnx"
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    pack = Pack.open(copied)
    pack.read("encoder.onnx")
    refused(lambda: pack.read("unet.onnx"), "hash of unet.onnx", "damaged")
    refused(pack.verify, "unet.onnx")


@pytest.mark.parametrize("name", ["manifest.json", "encoder.onnx", "unet.onnx", "latents.safetensors"])
def test_a_missing_file_is_refused(copied: Path, tmp_path: Path, name: str) -> None:
    (copied / name).unlink()
    refused(lambda: Pack.open(copied), "incomplete")
    refused(lambda: Pack.open(zipped(copied, tmp_path / "a.ditipack")), "incomplete")


@pytest.mark.parametrize("change", [-1, 1, 10**6])
def test_a_size_that_lies_is_refused(copied: Path, tmp_path: Path, change: int) -> None:
    def lie(m: dict[str, Any]) -> None:
        m["files"]["unet.onnx"]["size"] += change

    change_manifest(copied, lie)
    refused(lambda: Pack.open(copied), "unet.onnx", "bytes")
    refused(lambda: Pack.open(zipped(copied, tmp_path / "a.ditipack")), "unet.onnx", "bytes")


def test_a_file_that_grows_after_opening_is_refused(copied: Path) -> None:
    pack = Pack.open(copied)
    with (copied / "unet.onnx").open("ab") as file:
        file.write(b"x" * 1000)
    refused(lambda: pack.read("unet.onnx"), "larger than")


def test_a_file_that_is_not_listed_cannot_be_read(tiny: Pack) -> None:
    refused(lambda: tiny.read("manifest.json"), "has no file")
    refused(lambda: tiny.read("../tiny/manifest.json"), "has no file")


@pytest.mark.parametrize("where", ["nothing", "nothing.ditipack", "a/b/c", "n" * 300])
def test_a_pack_that_is_not_there(tmp_path: Path, where: str) -> None:
    refused(lambda: Pack.open(tmp_path / where))


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all" * 99, b"PK\x05\x06" + b"\xff" * 18])
def test_a_file_that_is_no_zip(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.ditipack"
    path.write_bytes(content)
    refused(lambda: Pack.open(path), "a.ditipack")


def test_a_zip_cut_short(tiny_folder: Path, tmp_path: Path) -> None:
    path = zipped(tiny_folder, tmp_path / "a.ditipack")
    path.write_bytes(path.read_bytes()[:-200])
    refused(lambda: Pack.open(path), "a.ditipack")


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_with_rotten_bytes_inside(tiny_folder: Path, tmp_path: Path, compression: int) -> None:
    path = zipped(tiny_folder, tmp_path / "a.ditipack", compression)
    for name in ("manifest.json", "unet.onnx"):
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(name)
        data = bytearray(path.read_bytes())
        start = info.header_offset + 30 + len(name)
        data[start + 9 : start + info.compress_size - 9] = b"\xa5" * (info.compress_size - 18)
        rotten = tmp_path / f"rotten-{name}.ditipack"
        rotten.write_bytes(data)
        refused(lambda rotten=rotten: Pack.open(rotten).verify(), "rotten-")


def test_an_encrypted_zip(tiny_folder: Path, tmp_path: Path) -> None:
    path = zipped(tiny_folder, tmp_path / "a.ditipack")
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:  # the flag "encrypted" in every entry of the directory
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 1)
    path.write_bytes(data)
    refused(lambda: Pack.open(path), "a.ditipack")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_damage_to_a_zip_is_a_pack_error_or_harmless(
    tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = bytearray(zipped(tiny_folder, tmp_path_factory.mktemp("zip") / "a.ditipack").read_bytes())
    directory = len(whole) - 400  # where entries and their fields are: most of the damage goes there
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.one_of(st.integers(directory, len(whole) - 1), st.integers(0, len(whole) - 1)))
        whole[at] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "a.ditipack"
    path.write_bytes(whole[: data.draw(st.integers(len(whole) - 50, len(whole)))])
    with contextlib.suppress(PackError):
        Pack.open(path).verify()


# -- hostility ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "samples/../../secret",
        "/etc/passwd",
        "//host/share",
        "C:/windows",
        "C:\\windows",
        "samples\\..\\x",
        ".hidden",
        "samples/.hidden",
        "",
        "samples/",
        "a/b/c/d",
        "nul\x00l",
        "line\nbreak",
        "x" * 200,
        "$(sh)",
    ],
)
def test_names_that_lead_out_are_refused(copied: Path, name: str) -> None:
    change_manifest(copied, lambda m: m["files"].update({name: {"sha256": "0" * 64, "size": 1}}))
    refused(lambda: Pack.open(copied), "not allowed")


def test_links_that_lead_out_are_refused(copied: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_bytes(b"secret")
    entry = {"sha256": hashlib.sha256(b"secret").hexdigest(), "size": 6}
    change_manifest(copied, lambda m: m["files"].update({"samples/a.png": entry}))
    (copied / "samples").mkdir()
    (copied / "samples" / "a.png").symlink_to(secret)
    refused(lambda: Pack.open(copied), "leads out")

    (copied / "samples" / "a.png").unlink()
    (copied / "samples").rmdir()
    (copied / "samples").symlink_to(tmp_path)
    secret.rename(tmp_path / "a.png")
    refused(lambda: Pack.open(copied), "leads out")


def test_a_link_put_in_place_after_opening_is_refused(copied: Path, tmp_path: Path) -> None:
    pack = Pack.open(copied)
    outside = tmp_path / "outside.onnx"
    shutil.move(copied / "encoder.onnx", outside)
    (copied / "encoder.onnx").symlink_to(outside)
    refused(lambda: pack.read("encoder.onnx"), "leads out")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_place_of_a_file_does_not_hang(copied: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ditipack")
    refused(lambda: Pack.open(tmp_path / "pipe.ditipack"))
    (copied / "manifest.json").unlink()
    os.mkfifo(copied / "manifest.json")
    refused(lambda: Pack.open(copied))


def test_a_zip_bomb_is_not_unpacked(copied: Path, tmp_path: Path) -> None:
    (copied / "unet.onnx").write_bytes(b"\0" * (8 << 20))
    path = zipped(copied, tmp_path / "a.ditipack")
    assert path.stat().st_size < 1 << 20
    refused(lambda: Pack.open(path), "unet.onnx", "bytes")


def test_a_member_that_says_it_is_smaller_than_it_is(copied: Path, tmp_path: Path) -> None:
    """The zip's directory claims the listed size; what it unpacks to is larger and something else."""
    size = (copied / "unet.onnx").stat().st_size
    (copied / "unet.onnx").write_bytes(b"\0" * (8 << 20))
    path = zipped(copied, tmp_path / "a.ditipack")
    data = path.read_bytes().replace(struct.pack("<I", 8 << 20), struct.pack("<I", size))
    path.write_bytes(data)
    pack = Pack.open(path)
    refused(lambda: pack.read("unet.onnx"))


def test_a_manifest_that_is_a_bomb(copied: Path, tmp_path: Path) -> None:
    (copied / "manifest.json").write_bytes(b" " * (packs.MAX_MANIFEST_BYTES + 1))
    refused(lambda: Pack.open(copied), "larger than")
    refused(lambda: Pack.open(zipped(copied, tmp_path / "a.ditipack")), "larger than")


def test_what_is_larger_than_it_may_be_takes_no_memory(copied: Path, tmp_path: Path) -> None:
    pack = Pack.open(copied)
    for name in ("manifest.json", "unet.onnx"):
        with (copied / name).open("r+b") as file:
            file.truncate(40 << 20)  # sparse: it takes no room on the disk either
    archive = zipped(copied, tmp_path / "a.ditipack")
    tracemalloc.start()
    try:
        refused(lambda: pack.read("unet.onnx"), "larger than")
        refused(lambda: Pack.open(copied), "larger than")
        refused(lambda: Pack.open(archive), "larger than")
        assert tracemalloc.get_traced_memory()[1] < 24 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 100_000, b"nul", b'{"format": ' + b"9" * 6000 + b"}"],
    ids=lambda text: repr(text[:10]),
)
def test_a_manifest_that_is_not_json(copied: Path, text: bytes) -> None:
    (copied / "manifest.json").write_bytes(text)
    refused(lambda: Pack.open(copied), "not JSON")


@pytest.mark.parametrize("text", ["null", "[]", "1", '"x"', "{}", '{"format": 2}', '{"format": "1"}', '{"format": {}}'])
def test_a_manifest_of_another_format(copied: Path, text: str) -> None:
    (copied / "manifest.json").write_text(text)
    refused(lambda: Pack.open(copied), "format 1")


def put(*keys: str | int, value: Any) -> Change:
    """A change that sets one value deep inside the manifest."""

    def change(manifest: dict[str, Any]) -> None:
        place: Any = manifest
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(put("name", value="../up"), id="name leads out"),
        pytest.param(put("name", value="Tiny Pack"), id="name with a space"),
        pytest.param(put("name", value=""), id="no name"),
        pytest.param(put("title", value="x" * 200), id="long title"),
        pytest.param(put("image_size", value=4), id="small picture"),
        pytest.param(put("image_size", value=10**9), id="huge picture"),
        pytest.param(put("image_size", value=float("nan")), id="size is no number"),
        pytest.param(put("latent_dim", value=47), id="dims without owner"),
        pytest.param(put("latent_dim", value=10**12), id="huge latent"),
        pytest.param(put("framing", "name", value="shell"), id="unknown framing"),
        pytest.param(put("framing", "numbers", value={"eyes": 1}), id="number of another framing"),
        pytest.param(put("diffusion", "timesteps", value=0), id="no time-steps"),
        pytest.param(put("diffusion", "timesteps", value=10**9), id="many time-steps"),
        pytest.param(put("diffusion", "beta_schedule", value="stairs"), id="unknown schedule"),
        pytest.param(put("diffusion", "beta_end", value=float("nan")), id="beta is no number"),
        pytest.param(put("diffusion", "beta_end", value=1.0), id="beta is one"),
        pytest.param(put("diffusion", "beta_start", value=-0.1), id="beta is negative"),
        pytest.param(put("diffusion", value={"timesteps": 1000, "beta_schedule": "linear", "beta_end": 0.9}),
                     id="no signal left"),
        pytest.param(put("diffusion", value={"timesteps": 1000, "beta_schedule": "linear", "beta_start": 1e-18,
                     "beta_end": 1e-18}), id="no noise"),
        pytest.param(put("diffusion", value={"timesteps": 1000, "beta_schedule": "linear", "beta_start": 0.02,
                     "beta_end": 1e-18}), id="no noise in the end"),
        pytest.param(put("groups", value=[]), id="no groups"),
        pytest.param(put("groups", 0, "t_end", value=100), id="gap in time"),
        pytest.param(put("groups", 3, "dim_start", value=0), id="shared dims"),
        pytest.param(put("groups", 0, "dim_end", value=0), id="group without dims"),
        pytest.param(put("groups", 0, "dim_end", value=10**400), id="endless group"),
        pytest.param(put("groups", 7, "stage", value=0), id="wrong stage"),
        pytest.param(lambda m: m["groups"].reverse(), id="groups reversed"),
        pytest.param(lambda m: m["groups"].pop(), id="group missing"),
        pytest.param(put("stages", value=[]), id="no stages"),
        pytest.param(put("stages", 2, "t_end", value=900), id="stages end early"),
        pytest.param(put("stages", 1, "t_end", value=100), id="stages overlap"),
        pytest.param(put("stages", 1, "t_start", value=100), id="stages overlap at their starts"),
        pytest.param(put("attributes", 1, "name", value="brightness"), id="attribute twice"),
        pytest.param(put("attributes", 0, "name", value="rm -rf"), id="attribute with a space"),
        pytest.param(put("attributes", 0, "range", value=[1, 2]), id="range without zero"),
        pytest.param(put("attributes", 0, "range", value=[0, 0]), id="empty range"),
        pytest.param(put("attributes", 0, "range", value=[-1, float("inf")]), id="endless range"),
        pytest.param(put("attributes", 0, "profile", value=[1.0]), id="short profile"),
        pytest.param(put("attributes", 0, "profile", value=[-1.0] * 8), id="negative profile"),
        pytest.param(lambda m: m["files"].pop("unet.onnx"), id="unet not listed"),
        pytest.param(put("files", "unet.onnx", "sha256", value="0"), id="short hash"),
        pytest.param(put("files", "unet.onnx", "size", value=-1), id="negative size"),
        pytest.param(put("files", "unet.onnx", "size", value=10**12), id="huge file"),
        pytest.param(put("files", value=[]), id="files are a list"),
        pytest.param(lambda m: m.pop("diffusion"), id="no diffusion"),
    ],
)  # fmt: skip
def test_a_manifest_that_does_not_hold_together(copied: Path, change: Change) -> None:
    change_manifest(copied, change)
    refused(lambda: Pack.open(copied), "refused")


def test_a_pack_that_is_too_large_as_a_whole(copied: Path) -> None:
    entry = {"sha256": "0" * 64, "size": packs.MAX_FILE_BYTES}
    change_manifest(copied, lambda m: m["files"].update({f"samples/{i}.png": entry for i in range(3)}))
    refused(lambda: Pack.open(copied), "larger than 4 GiB")


def network_with_weights_elsewhere(location: str) -> onnx.ModelProto:
    weights = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    for key, value in (("location", location), ("offset", "0"), ("length", "16")):
        weights.external_data.add(key=key, value=value)
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "w"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [4])],
        [weights],
    )
    return helper.make_model(graph)


def test_networks_with_weights_in_other_files_are_refused(copied: Path) -> None:
    data = network_with_weights_elsewhere("../../secret.bin").SerializeToString()
    replace_file(copied, "unet.onnx", data)
    refused(lambda: Pack.open(copied).read("unet.onnx"), "outside itself")

    # The same message in an encoding that no writer uses but every reader understands.
    entry = b"\x0a\x08location"
    assert entry in data
    for spelling in (b"\x8a\x00\x08location", b"\x0a\x88\x00location", b"\x8a\x80\x00\x88\x80\x00location"):
        grown = spelling + b"\x12\x10../../secret.bin"
        at = data.index(entry)
        # 15 = external_data, then its length: one byte more for every byte that the spelling grew
        start = data.rindex(b"\x6a", 0, at)
        tensor = data[: start + 1] + bytes([len(grown)]) + grown + data[at + len(entry) + 18 :]
        replace_file(copied, "unet.onnx", tensor)
        refused(lambda: Pack.open(copied).read("unet.onnx"), "outside itself")


def tensors_of(folder: Path) -> dict[str, Any]:
    return load((folder / "latents.safetensors").read_bytes())


def nan_in(key: str) -> Change:
    def change(tensors: dict[str, Any]) -> None:
        tensors[key] = tensors[key].copy()
        tensors[key].flat[-1] = np.nan

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(nan_in("mean"), id="mean is no number"),
        pytest.param(nan_in("principal"), id="principal is no number"),
        pytest.param(nan_in("attribute.directions"), id="direction is no number"),
        pytest.param(put("std", value=np.full(48, np.inf, np.float32)), id="endless std"),
        pytest.param(put("std", value=np.zeros(48, np.float32)), id="std is zero"),
        pytest.param(put("std", value=-np.ones(48, np.float32)), id="std is negative"),
        pytest.param(put("mean", value=np.full(48, 1e300)), id="mean beyond float32"),
        pytest.param(put("mean", value=np.zeros(47, np.float32)), id="short mean"),
        pytest.param(put("mean", value=np.zeros((48, 1), np.float32)), id="mean is a matrix"),
        pytest.param(put("principal", value=np.float32(0)), id="principal is a number"),
        pytest.param(put("principal", value=np.zeros((1, 47), np.float32)), id="short principal"),
        pytest.param(put("attribute.directions", value=np.zeros((2, 48), np.float32)), id="direction missing"),
        pytest.param(put("attribute.bias", value=np.zeros((3, 1), np.float32)), id="bias is a matrix"),
        pytest.param(lambda t: t.pop("std"), id="no std"),
        pytest.param(lambda t: t.pop("attribute.weights"), id="no weights"),
        pytest.param(lambda t: t.clear(), id="no tensors"),
    ],
)
def test_latents_that_do_not_fit(copied: Path, change: Change) -> None:
    tensors = tensors_of(copied)
    change(tensors)
    replace_file(copied, "latents.safetensors", save({k: np.asarray(v) for k, v in tensors.items()}))
    pack = Pack.open(copied)
    refused(lambda: pack.latents, "latents.safetensors")
    refused(pack.verify)


def test_a_pack_without_principal_directions_has_zero_ones(copied: Path) -> None:
    tensors = tensors_of(copied)
    del tensors["principal"]
    replace_file(copied, "latents.safetensors", save(tensors))
    assert Pack.open(copied).latents.principal.tolist() == [[0.0] * 48]


def header(text: dict[str, Any] | bytes, body: bytes = b"", length: int | None = None) -> bytes:
    data = text if isinstance(text, bytes) else json.dumps(text).encode()
    return struct.pack("<Q", len(data) if length is None else length) + data + body


FLOATS = {"dtype": "F32", "shape": [48], "data_offsets": [0, 192]}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\0" * 7, id="shorter than a length"),
        pytest.param(b"\xff" * 8, id="endless header"),
        pytest.param(header(b"{}", length=2**40), id="header longer than the file"),
        pytest.param(header(b"not json"), id="header is not JSON"),
        pytest.param(header(b"\xff" * 40), id="header is no text"),
        pytest.param(header(b"[" * 5000), id="deep header"),
        pytest.param(header({"mean": FLOATS}), id="no data"),
        pytest.param(header({"mean": {**FLOATS, "shape": [2**62]}}, b"\0" * 192), id="shape larger than its data"),
        pytest.param(header({"mean": {**FLOATS, "shape": [2**40, 2**40]}}, b"\0" * 192), id="shape overflows"),
        pytest.param(header({"mean": {**FLOATS, "data_offsets": [0, 2**50]}}, b"\0" * 192), id="data beyond the end"),
        pytest.param(header({"mean": {**FLOATS, "data_offsets": [192, 0]}}, b"\0" * 192), id="data backwards"),
        pytest.param(header({"mean": FLOATS, "std": FLOATS}, b"\0" * 192), id="shared data"),
        pytest.param(header({"mean": {**FLOATS, "dtype": "EXEC"}}, b"\0" * 192), id="unknown type"),
        pytest.param(header({"mean": {**FLOATS, "dtype": "F8_E4M3", "shape": [192]}}, b"\0" * 192), id="8-bit floats"),
        pytest.param(header({"mean": {**FLOATS, "dtype": "BF16", "shape": [96]}}, b"\0" * 192), id="16-bit floats"),
        pytest.param(header({"mean": {**FLOATS, "dtype": "BOOL", "shape": [192]}}, b"\0" * 192), id="truth values"),
    ],
)
def test_safetensors_that_lie(copied: Path, data: bytes) -> None:
    replace_file(copied, "latents.safetensors", data)
    pack = Pack.open(copied)
    refused(lambda: pack.latents, "latents.safetensors")


def test_latents_that_are_too_large_are_not_parsed(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "MAX_LATENT_BYTES", 100)
    refused(lambda: Pack.open(copied).latents, "latents.safetensors")


# -- where packs are ---------------------------------------------------------------------------------------


@pytest.fixture
def nothing_bundled(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No pack is found but those that the test puts into $DITI_PACKS (shelf) and the user's folder."""
    monkeypatch.setattr(packs, "resource", own_folders.joinpath)
    monkeypatch.setenv("DITI_PACKS", str(own_folders / "shelf"))
    return own_folders


def test_the_search_path_is_the_users_wish_then_the_users_then_ours(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DITI_PACKS", os.pathsep.join(["/one", "", "/two"]))
    assert packs.search_path()[:3] == (Path("/one"), Path("/two"), packs.user_folder())
    assert packs.user_folder() == own_folders / "data" / "diti-studio" / "packs"
    assert packs.search_path()[3].parts[-2:] == ("resources", "packs")


def test_packs_are_listed_once_and_hidden_ones_never(nothing_bundled: Path, tiny_folder: Path) -> None:
    shelf = nothing_bundled / "shelf"
    make_pack(shelf / "alpha")
    make_pack(shelf / ".hidden")
    make_pack(packs.user_folder() / "alpha")
    zipped(tiny_folder, shelf / "zebra.ditipack")
    (shelf / "notes.txt").write_text("no pack")
    (shelf / "empty").mkdir()
    (shelf / "folder.ditipack").mkdir()
    assert list(packs.installed()) == [shelf / "alpha", shelf / "zebra.ditipack"]


def test_packs_are_found_by_name_by_path_and_by_default(nothing_bundled: Path, tiny_folder: Path) -> None:
    shelf = nothing_bundled / "shelf"
    make_pack(shelf / "alpha", name="alpha")
    zipped(tiny_folder, shelf / "zebra.ditipack")
    assert packs.find("alpha").path == shelf / "alpha"
    assert packs.find("zebra").path == shelf / "zebra.ditipack"
    assert packs.find(str(tiny_folder)).path == tiny_folder
    assert packs.find().path == shelf / "alpha"
    make_pack(packs.user_folder() / "faces", name="faces")
    assert packs.find().path == shelf / "alpha"  # a nearer folder wins
    make_pack(shelf / "faces", name="faces")
    assert packs.find().path == shelf / "faces"


@pytest.mark.parametrize("name", ["zebra", "", "n" * 400, "a\x00b", "../shelf"])
def test_a_pack_that_is_not_found(nothing_bundled: Path, name: str) -> None:
    make_pack(nothing_bundled / "shelf" / "alpha")
    refused(lambda: packs.find(name))


def test_no_pack_at_all(nothing_bundled: Path) -> None:
    refused(packs.find, "No model pack was found", "--pack")


def test_search_folders_that_cannot_be_listed_are_passed_over(
    nothing_bundled: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(path: Path) -> Any:
        if path.name == "locked":
            raise PermissionError(13, "Permission denied")
        return listing(path)

    listing = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", forbidden)
    (nothing_bundled / "locked").mkdir()
    file = nothing_bundled / "file"
    file.write_text("")
    folders = [nothing_bundled / "locked", file, nothing_bundled / "none", tiny_folder.parent]
    monkeypatch.setenv("DITI_PACKS", os.pathsep.join(map(str, folders)))
    assert list(packs.installed()) == [tiny_folder]


# -- installing --------------------------------------------------------------------------------------------


def hidden_leftovers() -> list[str]:
    folder = packs.user_folder()
    return [p.name for p in folder.iterdir() if p.name.startswith(".")] if folder.exists() else []


def test_a_folder_and_a_zip_install_alike_and_are_removed(
    nothing_bundled: Path, copied: Path, tmp_path: Path, tiny: Pack
) -> None:
    replace_file(copied, "samples/a.png", b"a picture")
    for source in (copied, zipped(copied, tmp_path / "a.ditipack")):
        pack = packs.install(source)
        assert pack.path == packs.user_folder() / "tiny"
        assert sorted(p.relative_to(pack.path).as_posix() for p in pack.path.rglob("*") if p.is_file()) == [
            "encoder.onnx",
            "latents.safetensors",
            "manifest.json",
            "samples/a.png",
            "unet.onnx",
        ]
        pack.verify()
        assert packs.find("tiny").identity == pack.identity
        assert packs.remove("tiny") == pack.path
        assert not pack.path.exists()
    assert hidden_leftovers() == []
    assert copied.exists()


def test_only_listed_files_are_installed(nothing_bundled: Path, copied: Path) -> None:
    (copied / "evil.sh").write_text("#!/bin/sh")
    assert not (packs.install(copied).path / "evil.sh").exists()


def test_installing_replaces_the_older_one(nothing_bundled: Path, tiny_folder: Path, copied: Path) -> None:
    packs.install(tiny_folder)
    change_manifest(copied, lambda m: m.update(title="Newer"))
    assert packs.install(copied).manifest.title == "Newer"
    assert packs.install(packs.user_folder() / "tiny").manifest.title == "Newer"  # onto itself
    assert [p.name for p in packs.user_folder().iterdir()] == ["tiny"]


def test_a_damaged_pack_is_not_installed_and_the_older_one_stays(
    nothing_bundled: Path, tiny_folder: Path, copied: Path
) -> None:
    before = packs.install(tiny_folder)
    data = bytearray((copied / "encoder.onnx").read_bytes())
    data[-1] ^= 1
    (copied / "encoder.onnx").write_bytes(data)
    refused(lambda: packs.install(copied), "encoder.onnx")
    Pack.open(before.path).verify()
    assert hidden_leftovers() == []


@pytest.mark.parametrize("failing", ["write", "old aside", "new in place"])
def test_a_disk_that_fails_leaves_the_older_one_whole(
    nothing_bundled: Path, tiny_folder: Path, copied: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    before = packs.install(tiny_folder)
    change_manifest(copied, lambda m: m.update(title="Newer"))
    replace, write = Path.replace, Path.write_bytes

    def failing_replace(path: Path, target: Any) -> Path:
        old_aside = path.name == "tiny"
        if (failing == "old aside" and old_aside) or (failing == "new in place" and path.suffix == ".new"):
            raise OSError(28, "No space left on device")
        return replace(path, target)

    def failing_write(path: Path, data: Any) -> int:
        if failing == "write" and path.name == "unet.onnx":
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "replace", failing_replace)
    monkeypatch.setattr(Path, "write_bytes", failing_write)
    refused(lambda: packs.install(copied), "could not be installed", "No space left")
    monkeypatch.undo()
    assert Pack.open(before.path).manifest.title == "Tiny test pack"
    Pack.open(before.path).verify()
    assert [p.name for p in before.path.parent.iterdir()] == ["tiny"]


@pytest.mark.parametrize("name", ["tiny", "..", ".", "", "../packs/tiny", "/", "none", "a\x00b", "n" * 400])
def test_removing_what_was_not_installed(nothing_bundled: Path, tiny_folder: Path, name: str) -> None:
    make_pack(nothing_bundled / "shelf" / "tiny")
    packs.user_folder().mkdir(parents=True)
    refused(lambda: packs.remove(name), "nothing was removed")
    assert (nothing_bundled / "shelf" / "tiny" / "manifest.json").exists()


def test_removing_a_link_removes_the_link_only(nothing_bundled: Path, copied: Path) -> None:
    packs.user_folder().mkdir(parents=True)
    (packs.user_folder() / "tiny").symlink_to(copied, target_is_directory=True)
    packs.remove("tiny")
    assert not (packs.user_folder() / "tiny").exists()
    Pack.open(copied).verify()
