"""Names of results, the pictures that a job finds, and the job as data."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diti_studio.core.batch.inputs import Input, collect
from diti_studio.core.batch.job import Job, Sweep
from diti_studio.core.batch.plan import names
from diti_studio.core.batch.templates import FIELDS, Template, check_length, usual
from diti_studio.core.edit import Blend, Edit
from diti_studio.core.errors import UsageError

VALUES: dict[str, str | int | float] = {
    "stem": "photo", "suffix": "jpg", "folder": "trip/day 1", "parent": "day 1", "index": 7, "attribute": "smile",
    "amount": -1.5, "attribute2": "age", "amount2": 0.0, "reference": "aunt", "recipe": "sunny", "pack": "faces",
    "date": "2026-01-31", "time": "120000",
}  # fmt: skip


# -- templates ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{folder}/{stem}", "trip/day 1/photo"),
        ("{stem}_{attribute}{amount}", "photo_smile-1.5"),
        ("{index:04}_{amount2}", "0007_+0"),
        ("{amount:.2f}", "-1.50"),
        ("{stem:.3}", "pho"),
        ("{date} {time} {recipe} {pack} {reference} {parent} {suffix}", "2026-01-31 120000 sunny faces aunt day 1 jpg"),
        ("{{{stem}}}", "{photo}"),
        ("all//of/it", "all/of/it"),
    ],
)
def test_a_template_names(template: str, name: str) -> None:
    assert Template(template).name(VALUES) == name


def test_the_top_folder_leaves_no_slash() -> None:
    assert Template("{folder}/{stem}").name({**VALUES, "folder": ""}) == "photo"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("../{stem}", "leaves"),
        ("a/../../{stem}", "leaves"),
        ("/etc/{stem}", "leaves"),
        ("~/{stem}", "leaves"),
        ("C:/{stem}", "leaves"),
        ("a\\{stem}", "leaves"),
        (".diti-batch/{stem}", "leaves"),
        ("{stem}/", "no name"),
        ("/".join(["{folder}"] * 2) + "/", "no name"),
        ("{stm}", "unknown field {stm}"),
        ("{}", "unknown field"),
        ("{0}", "unknown field"),
        ("{stem.__class__}", "unknown field"),
        ("{stem[0]}", "unknown field"),
        ("{stem!r}", "not known"),
        ("{stem:{index}}", "not known"),
        ("{index:999}", "not known"),
        ("{stem:d}", "not understood"),
        ("{stem", "not understood"),
        ("a}b", "not understood"),
        ("a\n{stem}", "line break"),
    ],
)
def test_a_template_that_is_none(template: str, words: str) -> None:
    with pytest.raises(UsageError, match=words.replace("{", r"\{").replace("}", r"\}")) as told:
        Template(template).name(VALUES)
    assert "\n" not in str(told.value)


def test_a_field_that_the_job_has_not() -> None:
    values = {key: value for key, value in VALUES.items() if key != "amount"}
    with pytest.raises(UsageError, match=r"uses \{amount\}"):
        Template("{amount}").name(values)


@given(stem=st.text(min_size=1), folder=st.text(alphabet="ab./~\\ \n\0"), template=st.text(alphabet="{stem}/.folder x"))
def test_no_name_leaves_the_folder(stem: str, folder: str, template: str) -> None:
    """Whatever pictures are called and templates say: a relative path without dots and control characters, or a no."""
    try:
        name = Template(template).name({**VALUES, "stem": stem, "folder": folder})
    except UsageError:
        return
    parts = name.split("/")
    assert all(part and part.strip() not in (".", "..") for part in parts)
    assert not any(c in name for c in "\0\n\r")
    assert not Path(name).is_absolute()


def test_names_that_no_file_system_holds() -> None:
    check_length("é" * 125 + "x", ".png")
    with pytest.raises(UsageError, match="256 bytes"):
        check_length("é" * 126, ".png")


def test_the_usual_template_keeps_results_apart() -> None:
    assert usual(0, 0) == "{folder}/{stem}"
    assert usual(2, 2) == "{folder}/{stem}_{attribute}{amount}_{attribute2}{amount2}_{reference}"
    for sweeps in range(3):
        assert Template(usual(sweeps, 2)).fields <= FIELDS.keys()


# -- inputs ------------------------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "photos"
    for name in ("b10.jpg", "b9.jpg", "a/x.PNG", "a/deep/x.heic", "notes.txt", ".hidden.jpg", ".git/x.png", "c.tiff"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return root


def found(*named: object, **options: object) -> list[str]:
    return [
        f"{entry.folder}|{entry.path.name}"
        for entry in collect([str(name) for name in named], **options)  # type: ignore[arg-type]
    ]


def test_a_folder_with_its_subfolders_in_natural_order(tree: Path) -> None:
    assert found(tree) == ["|b9.jpg", "|b10.jpg", "|c.tiff", "a|x.PNG", "a/deep|x.heic"]
    assert found(tree, recursive=False) == ["|b9.jpg", "|b10.jpg", "|c.tiff"]


def test_globs_and_files(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(tree / "*.jpg") == ["|b9.jpg", "|b10.jpg"]
    assert found(tree / "**" / "x.*") == ["a|x.PNG", "a/deep|x.heic"]
    monkeypatch.chdir(tree)
    assert found("notes.txt", "*.jpg", "b9.jpg") == ["|notes.txt", "|b9.jpg", "|b10.jpg"]
    assert collect(["c.tiff"]) == [Input(tree / "c.tiff", tree, "")]


def test_a_name_with_brackets_is_a_name_first(tree: Path) -> None:
    (tree / "x[1].png").write_bytes(b"x")
    assert found(tree / "x[1].png") == ["|x[1].png"]


def test_several_folders_keep_their_names(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "x.png").write_bytes(b"x")
    assert "photos/a|x.PNG" in found(tree, tmp_path / "more")
    assert "more|x.png" in found(tree, tmp_path / "more")


def test_what_is_left_out_and_what_is_missing(tree: Path, tmp_path: Path) -> None:
    assert found(tree, leave_out={tree / "c.tiff", tree / "a" / "x.PNG"}) == ["|b9.jpg", "|b10.jpg", "a/deep|x.heic"]
    entries = collect([str(tree / "c.tiff"), str(tree / "gone.png")])
    assert entries[0].problem is None
    assert "gone.png was not found" in (entries[1].problem or "")
    (tmp_path / "empty").mkdir()
    for name, words in (
        (tmp_path / "empty", "There is no picture"),
        (tmp_path / "gone", "was not found"),
        (tree / "*.bmp", "There is no picture"),
    ):
        with pytest.raises(UsageError, match=words):
            collect([str(name)])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_subfolder_that_may_not_be_read_is_named(tree: Path) -> None:
    (tree / "a").chmod(0)
    try:
        entries = collect([str(tree)])
    finally:
        (tree / "a").chmod(0o700)
    assert [entry.problem for entry in entries if entry.problem] == ["The folder a cannot be read: Permission denied."]


# -- jobs --------------------------------------------------------------------------------------------------


def job(**fields: object) -> Job:
    return Job.make(**{"inputs": ["in"], "out": "out", "edit": Edit(attributes={"smile": 1}), **fields})


def test_sweeps_are_read() -> None:
    assert Sweep.parse("smile=-2:2:5").amounts == (-2, -1, 0, 1, 2)
    assert Sweep.parse("smile=1:5:1").amounts == (1,)
    assert Sweep.parse("smile=0:1:4").amounts == (0, 0.3333, 0.6667, 1)
    assert str(Sweep.parse("smile=-1:1:3").amounts[1]) == "0.0"


@pytest.mark.parametrize(
    "text", ["smile=0:1:0", "smile=0:1:-2", "smile=0:1:100", "smile=0:1", "smile", "=0:1:2", "smile=a:1:2", "s=0:999:2",
             "s=0:nan:2", "s=0:1:2.5", "s=0:1:" + "9" * 5000]
)  # fmt: skip
def test_sweeps_that_are_none(text: str) -> None:
    with pytest.raises(UsageError) as told:
        Sweep.parse(text)
    assert "--sweep" in str(told.value)


def test_variants_are_every_amount_with_every_amount_and_reference() -> None:
    lends = Edit(blends=(Blend(start=0, end=2, alpha=0.5),))
    variants = job(
        edit=lends, references=["a.png", "b.png"],
        sweeps=[Sweep.parse("smile=0:1:2"), Sweep.parse("warmth=-1:1:2")],
    ).variants  # fmt: skip
    assert len(variants) == 8
    assert variants[0].amounts == (("smile", 0), ("warmth", -1))
    assert [v.reference for v in variants[:2]] == ["a.png", "b.png"]
    assert variants[-1].edit == Edit(attributes={"smile": 1, "warmth": 1}, blends=lends.blends, reference="b.png")


def test_jobs_travel_as_json_and_paths_are_seen_from_the_file(tmp_path: Path) -> None:
    wanted = job(sweeps=[Sweep.parse("smile=-1:1:3")], template="{stem}", format="jpg", inputs=["in", "/abs/*.png"])
    assert Job.from_json(wanted.to_json()) == wanted
    (tmp_path / "job.json").write_text(wanted.to_json())
    read = Job.load(tmp_path / "job.json")
    assert read.inputs == (str(tmp_path / "in"), "/abs/*.png")
    assert read.out == str(tmp_path / "out")
    assert read.variants == wanted.variants


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"inputs": []}, "inputs"),
        ({"sweeps": [{"attribute": "smile", "start": 0, "stop": 1, "count": 0}]}, "count"),
        ({"sweeps": [Sweep.parse("smile=0:1:2")] * 2}, "swept twice"),
        ({"sweeps": [Sweep.parse(f"{n}=0:1:2") for n in "abc"]}, "sweeps"),
        ({"sweeps": [Sweep.parse("a=0:1:99"), Sweep.parse("b=0:1:99")]}, "9801 results"),
        ({"sheet": "png"}, "contact sheet"),
        ({"references": ["a.png"]}, "borrows nothing"),
        ({"edit": Edit(blends=(Blend(start=0, end=1, alpha=1),))}, "no reference"),
        ({"output": "photo", "detail": "model"}, "whole photo"),
        ({"quality": 0}, "quality"),
        ({"size": 3}, "size"),
        ({"format": "bmp"}, "format"),
        ({"collision": "destroy"}, "collision"),
        ({"inputs": ["\udcff.png"]}, "rename it"),
        ({"version": 3}, "version"),
        ({"profile": "cmyk"}, "profile"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_jobs_that_cannot_be_done(fields: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words) as told:
        job(**fields)
    assert "\n" not in str(told.value)


def test_a_job_file_of_version_1_stays_in_srgb(tmp_path: Path) -> None:
    now = json.loads(job().to_json())
    assert (now["version"], now["profile"]) == (2, "own")
    before = {name: value for name, value in now.items() if name != "profile"} | {"version": 1}
    (tmp_path / "job.json").write_text(json.dumps(before))
    read = Job.load(tmp_path / "job.json")
    assert (read.version, read.profile) == (2, "srgb")
    assert Job.from_json(read.to_json()) == read
    assert Job.from_json(json.dumps(now)).profile == "own"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 1}', b"\xff\xfe", b"{" * 100_000])
def test_job_files_that_are_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "job.json").write_bytes(content)
    with pytest.raises(UsageError, match="no batch job"):
        Job.load(tmp_path / "job.json")
    with pytest.raises(UsageError, match="is not a file"):
        Job.load(tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        Job.load(tmp_path / "gone.json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_no_job_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "job.json")
    with pytest.raises(UsageError, match="is not a file"):
        Job.load(tmp_path / "job.json")


def test_a_preview_names_what_will_be_written() -> None:
    entries = [Input(Path("/in/a/ü\n.jpg"), Path("/in"), "a"), Input(Path("/in/b.png"), Path("/in"), "")]
    wanted = job(sweeps=[Sweep.parse("smile=0:1:2")], template="{folder}/{index:03}-{stem}{amount}", format="webp")
    planned = [
        (n.input, n.variant, n.path.as_posix())
        for n in names(wanted, "faces", entries, datetime(2026, 1, 31, tzinfo=UTC))
    ]
    assert planned == [
        (0, 0, "a/001-ü_+0.webp"), (0, 1, "a/001-ü_+1.webp"), (1, 0, "002-b+0.webp"), (1, 1, "002-b+1.webp"),
    ]  # fmt: skip
