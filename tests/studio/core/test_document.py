"""The document as a value: what it accepts, how it travels as JSON, how it meets another pack."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from diti_studio.core.document import (
    Document,
    DocumentError,
    NewerDocumentError,
    PackEntry,
    PictureEntry,
    Seen,
    Step,
    StoredState,
    fit,
)
from diti_studio.core.document.entries import is_relative
from diti_studio.core.document.model import MAX_JSON_BYTES, MAX_STEPS
from diti_studio.core.edit import Blend, Edit, GroupMove
from diti_studio.core.errors import DitiError
from diti_studio.core.framing import Frame
from diti_studio.core.packs import Pack
from tests.studio.core.document_samples import PACK, make_document


def as_json(document: Document, folder: Path) -> dict[str, Any]:
    return json.loads(document.to_json(folder))


def reread(data: dict[str, Any], folder: Path) -> Document:
    return Document.from_json(json.dumps(data).encode(), folder, "d.diti")


# -- travelling --------------------------------------------------------------------------------------------


def test_json_brings_the_same_document_back(tmp_path: Path) -> None:
    document = make_document(tmp_path)
    assert Document.from_json(document.to_json(tmp_path), tmp_path, "d.diti") == document


def test_paths_are_relative_in_the_file_and_absolute_in_memory(tmp_path: Path) -> None:
    document = make_document(tmp_path)
    data = as_json(document, tmp_path / "documents")
    assert [p["path"] for p in data["pictures"]] == ["../photos/a.png", "../photos/b.png"]
    moved = reread(data, tmp_path / "elsewhere" / "documents")
    assert [p.path for p in moved.pictures] == [tmp_path / "elsewhere" / "photos" / f"{name}.png" for name in "ab"]


def test_the_json_says_its_version_and_that_of_each_edit(tmp_path: Path) -> None:
    data = as_json(make_document(tmp_path), tmp_path)
    assert data["version"] == 1
    assert data["history"][0]["state"]["edit"] == {"version": 1}
    assert data["history"][1]["state"]["edit"]["attributes"] == {"age": 1.0, "smile": 0.1}


@given(st.floats(-500, 500), st.floats(-500, 500), st.floats(16, 900), st.floats(-720, 720))
def test_a_frame_comes_back_to_the_last_bit(cx: float, cy: float, size: float, angle: float) -> None:
    frame = Frame(cx, cy, size, angle)
    seen = Seen.model_validate_json(Seen(picture=0, frame=frame).model_dump_json())
    assert seen.frame == frame
    assert Frame.parse(seen.framing) == frame


def test_framing_falls_back_to_the_choice() -> None:
    assert Seen(picture=0, choice="centre").framing == "centre"


def test_tidying_drops_unused_pictures_and_private_paths(tmp_path: Path) -> None:
    document = make_document(tmp_path)
    edit = document.history[-1].state.edit
    assert edit.reference == str(tmp_path / "photos" / "b.png")
    tidy = document.tidied()
    assert tidy.history[-1].state.edit == edit.with_reference("b.png")
    assert str(tmp_path) not in tidy.to_json(tmp_path).decode()

    last = document.history[-1].state
    assert last.reference is not None
    only_b = Document.of(PACK, document.pictures, [Step(text="", state=StoredState(subject=last.reference))], 0)
    assert [p.name for p in only_b.tidied().pictures] == ["b.png"]
    assert only_b.tidied().state.subject.picture == 0


def test_long_histories_keep_the_latest_steps_and_the_present_one(tmp_path: Path) -> None:
    document = make_document(tmp_path)
    seen = document.state.subject
    steps = [Step(text=str(i), state=StoredState(subject=seen)) for i in range(MAX_STEPS + 10)]
    late = Document.of(PACK, document.pictures, steps, len(steps) - 1)
    assert len(late.history) == MAX_STEPS
    assert late.history[late.current].text == str(len(steps) - 1)
    early = Document.of(PACK, document.pictures, steps, 3)
    assert early.history[early.current].text == "3"
    assert len(early.history) == MAX_STEPS


def test_forgetting_never_takes_the_present_step(tmp_path: Path) -> None:
    document = make_document(tmp_path)
    forgot = document.without_oldest(100)
    assert forgot.current == 0
    assert forgot.state == document.state
    assert forgot.history == document.history[document.current :]


def test_words_that_no_screen_can_show_are_mended() -> None:
    step = Step(text="Open \udcff" + "x" * 1000, state=StoredState(subject=Seen(picture=0)))
    assert step.text.startswith("Open ?x")
    assert len(step.text) == 400


@pytest.mark.parametrize("name", ["a/b\\c\n.png", "\udcffä.png", "", "..", "x" * 300 + ".png"])
def test_any_name_becomes_one_that_travels(name: str) -> None:
    entry = PictureEntry.of_bytes(b"data", name)
    again = PictureEntry.model_validate_json(entry.model_dump_json())
    assert again == entry
    assert entry.copy_inside


def test_an_empty_picture_is_refused() -> None:
    with pytest.raises(DocumentError, match="0 bytes"):
        PictureEntry.of_bytes(b"", "a.png")


def test_the_example_in_the_guide_to_the_format_is_a_document(tmp_path: Path) -> None:
    guide = Path(__file__).parents[3] / "docs" / "document-format.md"
    example = guide.read_text(encoding="utf-8").split("```json\n")[1].split("```")[0]
    document = Document.from_json(example.encode(), tmp_path / "documents", "example.diti")
    assert document.state.edit == Edit(attributes={"smile": 2})
    assert document.pictures[0].path == tmp_path / "photos" / "ada.jpg"
    frame = document.state.subject.frame
    assert frame == Frame(410.5, 300.0, 402.3, -2.0)
    assert as_json(document, tmp_path / "documents") == json.loads(example)


# -- what is refused ---------------------------------------------------------------------------------------

CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "no history": lambda d: d.update(history=[]),
    "no pictures": lambda d: d.update(pictures=[]),
    "current beyond": lambda d: d.update(current=6),
    "current negative": lambda d: d.update(current=-1),
    "current no number": lambda d: d.update(current="1"),
    "picture beyond": lambda d: d["history"][0]["state"]["subject"].update(picture=2),
    "same picture twice": lambda d: d["pictures"].append(d["pictures"][0]),
    "absolute path": lambda d: d["pictures"][0].update(path="/etc/passwd"),
    "drive": lambda d: d["pictures"][0].update(path="C:/x.png"),
    "server": lambda d: d["pictures"][0].update(path="//server/share/x.png"),
    "server, backslashes": lambda d: d["pictures"][0].update(path="\\\\server\\share\\x.png"),
    "null character": lambda d: d["pictures"][0].update(path="a\0b"),
    "path no text": lambda d: d["pictures"][0].update(path=7),
    "neither inside nor beside": lambda d: d["pictures"][0].pop("path"),
    "name with slash": lambda d: d["pictures"][0].update(name="../x.png"),
    "name of dots": lambda d: d["pictures"][0].update(name=".."),
    "digest no digest": lambda d: d["pictures"][0].update(sha256="../../x"),
    "huge picture": lambda d: d["pictures"][0].update(size=1 << 40),
    "unknown field": lambda d: d.update(script="x"),
    "endless amount": lambda d: d["history"][1]["state"]["edit"].update(attributes={"smile": 1e999}),
    "borrows from nobody": lambda d: d["history"][-1]["state"].pop("reference"),
    "tiny frame": lambda d: d["history"][0]["state"]["subject"]["frame"].update(size=1),
    "frame of words": lambda d: d["history"][0]["state"]["subject"].update(frame={"cx": "a"}),
    "choice no choice": lambda d: d["history"][0]["state"]["subject"].update(choice="somewhere"),
    "choice too small": lambda d: d["history"][0]["state"]["subject"].update(choice="1,1,1"),
    "large view": lambda d: d.update(view={"x": "y" * 70_000}),
    "pack no name": lambda d: d["pack"].update(name="../x"),
    "history no list": lambda d: d.update(history={}),
    "later edit": lambda d: d["history"][0]["state"]["edit"].update(version=3),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_cannot_be_a_document_is_one_sentence(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    data = as_json(make_document(tmp_path), tmp_path)
    change(data)
    with pytest.raises(DocumentError, match=r"^The document d\.diti is damaged: .*\.$") as caught:
        reread(data, tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"null", b"\xff\xfe", b"{", b'{"version":true}', b'{"version":"1"}', b'{"version":-1}',
     b'{"version":1,"view":' + b"[" * 20_000 + b"]" * 20_000 + b"}", b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_json_object_with_a_version_is_refused(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(DocumentError, match="damaged"):
        Document.from_json(text, tmp_path, "d.diti")


def test_a_description_beyond_the_limit_is_not_even_parsed(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="16 MiB"):
        Document.from_json(b" " * (MAX_JSON_BYTES + 1), tmp_path, "d.diti")


@given(st.binary(max_size=60), st.integers(0, 2_000))
def test_damage_anywhere_gives_a_document_or_one_sentence(noise: bytes, at: int) -> None:
    document = Document.of(
        PACK,
        [PictureEntry.of_bytes(b"a", "a.png")],
        [Step(text="x", state=StoredState(subject=Seen(picture=0), edit=Edit(attributes={"smile": 1})))],
        0,
    )
    data = bytearray(document.to_json(Path("/d")))
    data[at : at + len(noise)] = noise
    with contextlib.suppress(DocumentError):  # anything else fails the test
        assert Document.from_json(bytes(data), Path("/d"), "d.diti").history


@given(st.text(max_size=30))
def test_no_relative_path_is_absolute_anywhere(text: str) -> None:
    if is_relative(text):
        assert not text.startswith(("/", "\\"))
        assert text[1:2] != ":"


def test_a_document_cannot_be_changed(tmp_path: Path) -> None:
    document = make_document(tmp_path)
    with pytest.raises(ValidationError):
        document.current = 0  # pyright: ignore[reportAttributeAccessIssue]


def test_a_picture_that_is_in_the_document_cannot_take_another_ones_place(tmp_path: Path) -> None:
    document = make_document(tmp_path)
    with pytest.raises(DocumentError, match="already another picture"):
        document.with_picture(0, document.pictures[1])


# -- versions ----------------------------------------------------------------------------------------------


def test_a_later_version_is_refused_with_advice(tmp_path: Path) -> None:
    data = as_json(make_document(tmp_path), tmp_path) | {"version": 3, "unknown": [1]}
    with pytest.raises(NewerDocumentError, match=r"later DiTi Studio .* update the program"):
        reread(data, tmp_path)


def test_an_older_version_is_brought_up_step_by_step(tmp_path: Path) -> None:
    document = make_document(tmp_path)
    data = as_json(document, tmp_path) | {"version": 0}
    position = data.pop("current")

    def from_0(old: dict[str, Any]) -> dict[str, Any]:
        return {**old, "current": len(old["history"]) - 1}

    again = Document.from_json(json.dumps(data).encode(), tmp_path, "d.diti", {0: from_0})
    assert again.current == len(document.history) - 1 != position
    assert again.history == document.history


def test_an_older_version_that_does_not_follow_its_own_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="does not follow format 0"):
        Document.from_json(b'{"version":0}', tmp_path, "d.diti", {0: lambda old: {"current": old["history"]}})


def test_a_version_that_never_was_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no released program"):
        Document.from_json(b'{"version":0}', tmp_path, "d.diti")


# -- another pack ------------------------------------------------------------------------------------------


def test_the_same_pack_changes_nothing(tmp_path: Path, tiny: Pack) -> None:
    document = make_document(tmp_path).model_copy(update={"pack": PackEntry.of(tiny)})
    fitted, lost = fit(document, tiny)
    assert fitted is document
    assert lost == ()


def test_another_pack_keeps_what_meets_and_lists_what_does_not(tmp_path: Path, tiny: Pack) -> None:
    document = make_document(tmp_path)  # made with a pack that also has "age", and other directions
    fitted, lost = fit(document, tiny)
    assert lost == ("Age", "time-step groups")
    assert fitted.pack == PackEntry.of(tiny)
    assert fitted.state.edit == Edit(attributes={"smile": 0.3})
    for step in fitted.history:
        step.state.edit.check(tiny)


def test_frames_are_chosen_anew_and_chosen_frames_stay(tmp_path: Path, tiny: Pack) -> None:
    document = make_document(tmp_path)
    seen = Seen(picture=0, choice="40,40,60", frame=Frame(40, 40, 60))
    document = document.model_copy(update={"history": (Step(text="", state=StoredState(subject=seen)),), "current": 0})
    fitted, _ = fit(document, tiny)
    assert fitted.state.subject.framing == "40,40,60"
    assert fit(make_document(tmp_path), tiny)[0].state.subject.framing == "auto"


def test_what_was_borrowed_stays_where_time_is_cut_alike(tmp_path: Path, tiny: Pack) -> None:
    document = make_document(tmp_path)
    borrowed = document.history[-1].state
    assert fit(document, tiny)[0].history[-1].state.edit == borrowed.edit

    other = PACK.model_copy(update={"group_ends": (500, 1000)})
    fitted, lost = fit(document.model_copy(update={"pack": other}), tiny)
    assert "what was borrowed" in lost
    edit = fitted.history[-1].state.edit
    assert edit.blends == ()
    assert edit.blend_noise == 0.25
    assert edit.attributes == {"smile": 1.0}


def test_steps_that_become_the_same_are_one_and_the_present_one_is_followed(tmp_path: Path, tiny: Pack) -> None:
    document = make_document(tmp_path)
    seen = document.state.subject
    edits = [Edit(), Edit(attributes={"age": 1}), Edit(attributes={"age": 2}), Edit(attributes={"age": 2, "smile": 1})]
    steps = tuple(Step(text=str(i), state=StoredState(subject=seen, edit=edit)) for i, edit in enumerate(edits))
    for current, expected in ((0, 0), (1, 0), (2, 0), (3, 1)):
        fitted, _ = fit(document.model_copy(update={"history": steps, "current": current}), tiny)
        assert [step.text for step in fitted.history] == ["0", "3"]
        assert fitted.current == expected


def test_a_pack_that_only_renamed_an_attribute_keeps_the_rest(tmp_path: Path, tiny: Pack) -> None:
    old = PackEntry.of(tiny).model_copy(update={"attributes": {"grin": "Grin", "warmth": "Warmth"}})
    edit = Edit(attributes={"grin": 1, "warmth": 2}, groups=(GroupMove(start=0, end=1, amount=1),))
    edit = edit.with_blends((Blend(start=0, end=1, alpha=1),))
    seen = Seen(picture=0)
    document = make_document(tmp_path)
    state = StoredState(subject=seen, edit=edit, reference=seen)
    document = document.model_copy(update={"pack": old, "history": (Step(text="", state=state),), "current": 0})
    fitted, lost = fit(document, tiny)
    assert lost == ("Grin",)
    assert fitted.state.edit == edit.with_attribute("grin", 0)


def test_all_errors_are_for_the_user() -> None:
    assert issubclass(NewerDocumentError, DocumentError)
    assert issubclass(DocumentError, DitiError)
