"""The tour through the real window: its stops, how it is skipped, and that it comes by itself only once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest

from diti_studio.ui.preferences import Preferences
from diti_studio.ui.tour import TourPage
from tests.studio.ui.conftest import Desk


def page(desk: Desk) -> TourPage:
    """The tour that is on."""
    shown = desk.window.tour.page
    assert shown is not None
    return shown


def test_the_first_picture_begins_the_tour_and_it_is_skipped_for_good(desk: Desk, photo: Path) -> None:
    desk.window.tour.begin_with_first_picture()
    desk.finish(lambda: desk.open(photo))
    assert page(desk).isVisible()
    QTest.mouseClick(page(desk).skip, Qt.MouseButton.LeftButton)
    desk.until(lambda: desk.window.tour.page is None)
    assert Preferences().tour_seen
    desk.window.tour.begin_with_first_picture()
    desk.window.close_picture()
    desk.open(photo)
    assert desk.window.tour.page is None


def test_the_tour_points_at_five_parts_and_never_covers_what_it_explains(desk: Desk, photo: Path) -> None:
    desk.finish(lambda: desk.open(photo))
    desk.window.actions_by_id["tour"].trigger()
    titles = list[str]()
    for _ in range(5):
        shown = page(desk)
        titles.append(shown.title.text())
        assert desk.window.rect().contains(shown.callout.geometry())
        assert not shown.spot().isEmpty()
        assert not shown.callout.geometry().intersects(shown.spot())
        assert shown.accessibleDescription().startswith(titles[-1])
        desk.window.resize(desk.window.width() - 10, desk.window.height())
        assert shown.geometry() == QRect(0, 0, desk.window.width(), desk.window.height())
        QTest.keyClick(shown, Qt.Key.Key_Return)
    assert len(set(titles)) == 5
    desk.until(lambda: desk.window.tour.page is None)


def test_escape_ends_it_and_without_a_picture_the_start_page_is_back(desk: Desk) -> None:
    desk.window.actions_by_id["tour"].trigger()
    QTest.keyClick(page(desk), Qt.Key.Key_Escape)
    desk.until(lambda: desk.window.tour.page is None)
    assert desk.window.pages.currentWidget() is desk.window.welcome
