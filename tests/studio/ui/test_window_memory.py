"""What the window remembers: start page, recent pictures, theme, layout, and a pack that is gone."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from diti_studio.ui import theme
from diti_studio.ui.main_window import MainWindow
from diti_studio.ui.preferences import RECENT, Preferences
from diti_studio.ui.recent_menu import RecentMenu
from diti_studio.ui.theme_menu import ThemeMenu
from tests.studio.packs_factory import make_pack
from tests.studio.ui.conftest import Desk, started


def test_recent_pictures_are_offered_and_opened(desk: Desk, photo: Path, other_photo: Path) -> None:
    desk.open(photo)
    desk.open(other_photo)
    menu = desk.window.findChild(RecentMenu)
    assert menu is not None
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()[:2]] == ["other.png", "photo.png"]
    desk.window.close_picture()
    desk.window.close_picture()
    menu.actions()[1].trigger()
    desk.until(lambda: len(desk.opened) == 3)
    assert desk.opened[-1].source.path == photo


def test_the_start_page_lists_recent_pictures(desk: Desk, photo: Path) -> None:
    desk.open(photo)
    desk.window.actions_by_id["start"].trigger()
    assert desk.window.pages.currentWidget() is desk.window.welcome
    link = next(b for b in desk.window.welcome.findChildren(QPushButton) if b.text() == "photo.png")
    QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    assert desk.window.pages.currentWidget() is desk.window.workspace
    assert len(desk.opened) == 1  # it was open already


def test_recent_pictures_are_bounded_and_unique(own_folders: Path) -> None:
    preferences = Preferences()
    for number in [*range(20), 15]:
        preferences.add_recent(Path(f"/pictures/{number}.png"))
    assert len(preferences.recent) == RECENT
    assert [p.stem for p in preferences.recent[:3]] == ["15", "19", "18"]
    preferences.clear_recent()
    assert preferences.recent == ()


def test_one_recent_picture_survives_a_restart(own_folders: Path) -> None:
    Preferences().add_recent(Path("/pictures/one.png"))  # settings files keep a list of one as a plain text
    assert Preferences().recent == (Path("/pictures/one.png"),)


def test_settings_of_a_wrong_kind_count_as_absent(own_folders: Path) -> None:
    preferences = Preferences()
    preferences._settings.setValue("look/scheme", 7)
    preferences._settings.setValue("files/recent", {"a": 1})
    preferences._settings.setValue("window/geometry", "no bytes")
    assert preferences.scheme == "system"
    assert preferences.recent == ()
    assert preferences.layout("geometry").isEmpty()


def test_the_theme_is_worn_and_remembered(desk: Desk) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme_menu = desk.window.findChild(ThemeMenu)
    assert theme_menu is not None
    light, dark, _ = theme_menu.menu.actions()[1:]
    dark.trigger()
    night = application.palette().color(QPalette.ColorRole.Window)
    light.trigger()
    day = application.palette().color(QPalette.ColorRole.Window)
    assert day.lightness() > night.lightness() + 100
    assert Preferences().scheme == "light"
    theme.apply(application, "system")


def test_where_the_lines_were_is_remembered(desk: Desk, photo: Path, qtbot: QtBot) -> None:
    desk.open(photo)
    desk.window.workspace.setSizes([700, 500])
    sizes = desk.window.workspace.sizes()
    desk.window.close()
    again = MainWindow(Preferences())
    qtbot.addWidget(again)
    again.resize(desk.window.size())
    again.show()
    again.pages.setCurrentWidget(again.workspace)
    assert again.workspace.sizes() == sizes


def test_a_remembered_pack_that_is_gone_gives_way_to_another(
    qtbot: QtBot, own_folders: Path, tiny_folder: Path, tmp_path: Path
) -> None:
    shutil.rmtree(make_pack(tmp_path / "gone" / "gone", name="gone"))
    Preferences().pack = "gone"
    with started(qtbot, None) as desk:
        desk.until(lambda: desk.packs)
        assert "gone" in desk.window.message.text


def test_samples_of_the_pack_are_offered_and_open(qtbot: QtBot, own_folders: Path, tmp_path: Path) -> None:
    make_pack(tmp_path / "faces" / "faces", domain="face")
    with started(qtbot, str(tmp_path / "faces" / "faces")) as desk:
        window = desk.window
        desk.until(lambda: window.welcome.samples())
        QTest.mouseClick(window.welcome.samples()[0], Qt.MouseButton.LeftButton)
        desk.until(lambda: desk.opened)
        assert window.pages.currentWidget() is window.workspace
