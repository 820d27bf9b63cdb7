"""The German window: nothing is missing, placeholders fit, and the choice of the language is kept."""

from __future__ import annotations

import json
import re
import shutil
import string
import subprocess
import sys
import sysconfig
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QTranslator
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

import diti_studio.ui
from diti_studio.core.errors import UsageError
from diti_studio.core.packs import Pack
from diti_studio.core.resources import resource
from diti_studio.ui import language
from diti_studio.ui.batch_dialog import BatchDialog
from diti_studio.ui.jobs import Source
from diti_studio.ui.pack_words import translated
from diti_studio.ui.preferences import Preferences
from diti_studio.ui.sentences import told
from diti_studio.ui.sweep_dialog import SweepDialog
from tests.studio.packs_factory import make_pack
from tests.studio.ui.conftest import Desk, started
from tests.studio.ui.views_fixtures import drag

SOURCES = sorted(Path(diti_studio.ui.__file__).parent.glob("*.py"))
WORDS = Path(diti_studio.__file__).parents[1] / "packaging" / "words.py"


def messages(path: Path) -> Iterator[tuple[str, str, str, bool]]:
    """Context, source, translation, and whether it is done."""
    for context in ET.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            done = message.find("translation")
            assert done is not None
            unfinished = done.get("type") == "unfinished" or not done.text
            yield context.findtext("name", ""), message.findtext("source", ""), done.text or "", not unfinished


def test_every_text_of_the_window_is_in_the_german_file(tmp_path: Path) -> None:
    collected = shutil.copy(resource("translations", "de.ts"), tmp_path / "de.ts")
    lupdate = Path(sysconfig.get_path("scripts")) / "pyside6-lupdate"
    words = tmp_path / "words.py"
    words.write_bytes(subprocess.run([sys.executable, str(WORDS)], check=True, capture_output=True).stdout)
    command = [str(lupdate), "-no-obsolete", "-locations", "none", *map(str, [*SOURCES, words]), "-ts", str(collected)]
    subprocess.run(command, check=True, capture_output=True)
    missing = [source for _, source, _, done in messages(Path(collected)) if not done]
    assert missing == [], "run packaging/translations.sh de, and translate these"


def test_the_sentences_of_the_core_are_those_of_its_source() -> None:
    found = subprocess.run([sys.executable, str(WORDS), "--sentences"], check=True, capture_output=True).stdout
    assert json.loads(found) == sentences(), "run packaging/translations.sh"


def sentences() -> list[str]:
    """The templates of the core's sentences."""
    return json.loads(resource("translations", "sentences.json").read_text("utf-8"))


def test_placeholders_mnemonics_and_spaces_are_those_of_the_source() -> None:
    def kept(text: str) -> tuple[object, ...]:
        return (
            Counter(re.findall(r"\{\{?[^{}]*\}\}?", text)), len(re.findall("&(?! )", text)), "…" in text,
            len(text) - len(text.lstrip()), len(text) - len(text.rstrip()),
        )  # fmt: skip

    wrong = [
        (source, text)
        for _, source, text, _ in messages(resource("translations", "de.ts"))
        if kept(source) != kept(text)
    ]
    assert wrong == []


def test_the_compiled_file_says_what_the_text_file_says() -> None:
    translator = QTranslator()
    assert translator.load(str(resource("translations", "de.qm")))
    stale = [
        source
        for context, source, text, _ in messages(resource("translations", "de.ts"))
        if translator.translate(context, source) != text
    ]
    assert stale == []


def test_no_two_commands_of_a_german_menu_share_a_letter(german: Desk) -> None:
    for action in german.window.menuBar().actions():
        menu = action.menu()
        texts = [entry.text() for entry in menu.actions() if not entry.isSeparator()]
        letters = Counter(match[1].lower() for text in texts if (match := re.search("&([^& ])", text)))
        assert [letter for letter, count in letters.items() if count > 1] == [], texts


@pytest.fixture
def german(qtbot: QtBot, own_folders: Path, qapp: QApplication) -> Iterator[Desk]:
    """The window in German."""
    assert language.apply(qapp, "de") == "de"
    with started(qtbot) as desk:
        desk.until(lambda: desk.packs)
        yield desk
    language.apply(qapp, "en")


def test_the_window_speaks_german_once_it_is_chosen(german: Desk, photo: Path) -> None:
    german.finish(lambda: german.open(photo))
    window = german.window
    assert window.actions_by_id["export"].text() == "&Exportieren…"
    bar = window.workspace.equaliser.equaliser.reader.bar(0).actionInterface()
    assert bar.localizedActionDescription("reset") == "Zurück auf null"
    assert window.workspace.equaliser.equaliser.describe(0).startswith("Texture, Zeitschritte 0 bis")
    german.finish(lambda: window.workspace.equaliser.settled.emit((0.0,) * 7 + (2.0,), 0))
    assert window.session.group.undoText() == "Gruppe 7 +2.00"
    menu = next(a.menu() for a in window.menuBar().actions() if a.text() == "&Ansicht")
    tongues = next(a.menu() for a in menu.actions() if a.text() == "&Sprache")
    assert [a.text() for a in tongues.actions()] == ["&System", "English", "Deutsch"]
    tongues.actions()[1].trigger()
    assert Preferences().language == "en"
    assert window.message.text.startswith("Die Sprache wechselt")


def test_the_system_decides_where_nobody_chose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de_AT:en")
    assert language.chosen() == "de"
    assert language.chosen("en") == "en"
    monkeypatch.setenv("LANGUAGE", "xx")
    assert language.chosen() == "en"
    with pytest.raises(UsageError, match="en, de or system"):
        language.known("klingon")


@pytest.fixture
def in_german(qapp: QApplication) -> Iterator[None]:
    """What is said now is said in German."""
    assert language.apply(qapp, "de") == "de"
    yield
    language.apply(qapp, "en")


@pytest.mark.usefixtures("in_german")
def test_each_sentence_of_the_core_is_known_again_among_all_others() -> None:
    for template in sentences():
        fields = [field for _, field, *_ in string.Formatter().parse(template) if field is not None]
        values = [f"/a folder/ü {i}.png" for i in range(len(fields))]
        said = QCoreApplication.translate("core", template)
        assert said != template
        assert told(template.format(*values)) == said.format(*values)


@pytest.mark.usefixtures("in_german")
@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("a.jpg is empty.", "a.jpg ist leer."),
        ("a.jpg: The picture is 8×9: it needs at least 16 pixels a side.",
         "a.jpg: Das Bild hat 8×9: Es braucht mindestens 16 Pixel je Seite."),
        ("A GPU did not answer for 60 seconds; using CPU instead.",
         "A GPU hat 60 Sekunden lang nicht geantwortet; genommen wird stattdessen CPU."),
        ("A GPU did not answer for 60 seconds.", "A GPU hat 60 Sekunden lang nicht geantwortet."),
        ("This job cannot be done: smile is swept twice.",
         "Dieser Auftrag ist nicht ausführbar: smile wird zweimal durchlaufen."),
        ("What nobody has translated stays.", "What nobody has translated stays."),
        ("{0} is empty.", "{0} ist leer."),
        ("", ""),
    ],
)  # fmt: skip
def test_sentences_in_sentences_are_told_too(english: str, german: str) -> None:
    assert told(english) == german


@pytest.mark.usefixtures("in_german")
def test_a_name_of_any_length_does_no_harm() -> None:
    name = "a: failed (is empty. " * 400
    assert told(f"{name} is empty.") == f"{name} ist leer."
    assert told(name) == name


def test_a_picture_that_cannot_be_opened_says_so_in_german(german: Desk, tmp_path: Path) -> None:
    (tmp_path / "nothing.png").write_bytes(b"")
    german.window.open_source(Source.file(tmp_path / "nothing.png"))
    german.until(lambda: german.window.message.text == "nothing.png ist leer.")


def test_in_english_a_sentence_is_what_it_is() -> None:
    assert told("a.jpg is empty.") == "a.jpg is empty."


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch, own_folders: Path, tmp_path: Path) -> Path:
    """A pack that is called as a bundled one and shares some of its words, alone on the search path."""
    monkeypatch.setenv("DITI_PACKS", str(tmp_path / "mine"))
    return make_pack(tmp_path / "mine" / "faces", name="faces")


def test_the_words_of_a_bundled_pack_are_translated_wherever_they_are_shown(
    qtbot: QtBot, qapp: QApplication, bundled: Path, photo: Path
) -> None:
    assert language.apply(qapp, "de") == "de"
    with started(qtbot, pack="faces") as desk:
        desk.until(lambda: desk.packs)
        desk.finish(lambda: desk.open(photo))
        window, space = desk.window, desk.window.workspace
        rows = [space.attributes.row(name) for name in ("brightness", "warmth", "smile")]
        assert [row.slider.accessibleName() for row in rows] == ["Helligkeit", "Warmth", "Lächeln"]
        assert [row.matches("läch") for row in rows] == [False, False, True]
        assert [row.matches("smile") for row in rows] == [False, False, True]  # its name is as it was
        assert space.equaliser.equaliser.describe(0).startswith("Textur, Zeitschritte 0 bis")
        middle = rows[0].slider.rect().center()
        desk.finish(lambda: drag(rows[0].slider, *(QPoint(middle.x() + 10 * i, middle.y()) for i in range(4))))
        assert window.session.group.undoText().startswith("Helligkeit ")
        assert [row.title.text().partition(" ")[0] for row in space.edits.rows() if row.isVisibleTo(space.edits)] == [
            "Helligkeit"
        ]
        assert "Helligkeit" in space.explorer.heat.map._words(0, 0)
        window.actions_by_id["export_sweep"].trigger()
        dialog = window.findChild(SweepDialog)
        assert dialog is not None
        assert [dialog.attribute.itemText(i) for i in range(3)] == ["Helligkeit", "Warmth", "Lächeln"]
        assert dialog.attribute.itemData(2) == "smile"
        dialog.reject()
        window.ask_batch()
        batch = window.findChild(BatchDialog)
        assert batch is not None
        assert "Lächeln" in [box.itemText(i) for box in batch.sweep.findChildren(QComboBox) for i in range(box.count())]
        batch.reject()
    language.apply(qapp, "en")


def test_a_file_keeps_the_words_of_the_pack(qapp: QApplication, bundled: Path) -> None:
    pack = Pack.open(bundled)
    language.apply(qapp, "de")
    shown = translated(pack)
    language.apply(qapp, "en")
    assert [stage.name for stage in shown.manifest.stages] == ["Textur", "Colour", "Shape"]
    assert [attribute.name for attribute in shown.manifest.attributes] == ["brightness", "warmth", "smile"]
    assert [attribute.title for attribute in pack.manifest.attributes] == ["Brightness", "Warmth", "Smile"]
    assert shown.identity == pack.identity
    assert shown.groups == pack.groups
    assert translated(pack).manifest == pack.manifest
