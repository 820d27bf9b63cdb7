"""The German window: nothing is missing, placeholders fit, and the choice of the language is kept."""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import diti_studio.ui
from diti_studio.core.errors import UsageError
from diti_studio.core.resources import resource
from diti_studio.ui import language
from diti_studio.ui.preferences import Preferences
from tests.studio.ui.conftest import Desk, started

SOURCES = sorted(Path(diti_studio.ui.__file__).parent.glob("*.py"))


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
    command = [str(lupdate), "-no-obsolete", "-locations", "none", *map(str, SOURCES), "-ts", str(collected)]
    subprocess.run(command, check=True, capture_output=True)
    missing = [source for _, source, _, done in messages(Path(collected)) if not done]
    assert missing == [], "run packaging/translations.sh de, and translate these"


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
