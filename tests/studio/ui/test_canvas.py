"""Zoom, pan and comparison, by real events."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from diti_studio.ui.canvas import Canvas
from tests.studio.ui.views_fixtures import drag, wheel

SIDE = 400
RED, BLUE = QColor(200, 30, 30), QColor(30, 30, 200)


def plain(colour: QColor, side: int = SIDE) -> QImage:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(colour)
    return image


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas of 300 x 240 logical pixels, the original red, the result blue."""
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(300, 240)
    canvas.show()
    canvas.show_pictures(plain(RED), plain(BLUE), SIDE)
    return canvas


def colour_at(canvas: Canvas, point: QPoint) -> QColor:
    image = canvas.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    return image.pixelColor(round(point.x() * ratio), round(point.y() * ratio))


def test_the_whole_picture_is_fitted_and_stays_so(canvas: Canvas) -> None:
    assert canvas.zoom * SIDE < 240 * canvas.devicePixelRatioF()
    small = canvas.zoom
    canvas.resize(600, 480)
    assert canvas.zoom > 1.8 * small


def test_the_wheel_zooms_at_the_pointer(canvas: Canvas) -> None:
    place = QPointF(180, 100)
    under = canvas.mapToScene(place.toPoint())
    before = canvas.zoom
    wheel(canvas.viewport(), 4, place)
    assert canvas.zoom == pytest.approx(before * 1.25**4)
    after = canvas.mapToScene(place.toPoint())
    # Bars count whole pixels: the point may be off by one of them.
    assert abs(after.x() - under.x()) * canvas.zoom <= 1.5
    assert abs(after.y() - under.y()) * canvas.zoom <= 1.5


def test_zoom_has_ends(canvas: Canvas) -> None:
    for notches in (60, -120):
        wheel(canvas.viewport(), notches)
    assert canvas.zoom == pytest.approx(0.02)


def test_dragging_moves_a_picture_that_is_larger_than_the_view(canvas: Canvas) -> None:
    canvas.set_zoom(3)
    before = canvas.mapToScene(QPoint(0, 0))
    drag(canvas.viewport(), QPoint(150, 120), QPoint(120, 110), QPoint(110, 100))
    after = canvas.mapToScene(QPoint(0, 0))
    assert after.x() > before.x()
    assert after.y() > before.y()


def test_a_double_click_goes_to_the_pictures_own_pixels_and_back(canvas: Canvas) -> None:
    fitted = canvas.zoom
    QTest.mouseDClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(150, 120))
    assert canvas.zoom == pytest.approx(1)
    QTest.mouseDClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(150, 120))
    assert canvas.zoom == pytest.approx(fitted)


def test_the_split_shows_before_on_the_left_and_after_on_the_right_and_is_dragged(canvas: Canvas) -> None:
    left, right, y = 90, 210, 180
    assert colour_at(canvas, QPoint(left, y)) == BLUE
    canvas.set_split(True)
    assert colour_at(canvas, QPoint(left, y)) == RED
    assert colour_at(canvas, QPoint(right, y)) == BLUE
    line = QPoint(round(canvas.split_x()), y)
    drag(canvas.viewport(), line, line + QPoint(30, 0), QPoint(240, y))
    assert colour_at(canvas, QPoint(right, y)) == RED
    canvas.set_split(False)
    assert colour_at(canvas, QPoint(right, y)) == BLUE


def test_the_split_moves_by_keys(canvas: Canvas) -> None:
    canvas.set_split(True)
    before = canvas.split_x()
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.split_x() < before


def test_the_original_is_held(canvas: Canvas) -> None:
    canvas.set_holding(True)
    assert colour_at(canvas, QPoint(150, 180)) == RED
    canvas.set_holding(False)
    assert colour_at(canvas, QPoint(150, 180)) == BLUE


def test_fine_detail_drawn_small_is_averaged_and_does_not_shimmer(qtbot: QtBot) -> None:
    line = QImage(1600, 1, QImage.Format.Format_RGB32)
    for x in range(1600):
        line.setPixelColor(x, 0, QColor("white" if x % 2 else "black"))
    row = line.scaled(1600, 1600)
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(240, 240)
    canvas.show()
    canvas.show_pictures(row, row, 1600)
    greys = {colour_at(canvas, QPoint(x, 120)).red() for x in range(60, 180)}
    assert max(greys) - min(greys) < 12


def test_progress_is_a_line_along_the_top(canvas: Canvas) -> None:
    plain_top = colour_at(canvas, QPoint(50, 1))
    canvas.set_progress(0.5)
    assert colour_at(canvas, QPoint(50, 1)) != plain_top
    assert colour_at(canvas, QPoint(250, 1)) != colour_at(canvas, QPoint(50, 1))
    canvas.set_progress(None)
    assert colour_at(canvas, QPoint(50, 1)) == plain_top
