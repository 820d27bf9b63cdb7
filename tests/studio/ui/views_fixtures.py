"""A pack as the controls see it: a manifest with stages, groups and attributes, and no file behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget

from diti_studio.core.groups import TimestepGroups
from diti_studio.core.packs import Manifest, Pack

STAGES = (
    ("Texture", 0, 50),
    ("Fine detail", 50, 100),
    ("Features", 100, 300),
    ("Expression", 300, 500),
    ("Shape", 500, 1000),
)
STARTS = (0, 4, 7, 20, 32, 64)
"""Where the stages begin among 64 groups."""


def view_pack(attributes: int = 3, *, experimental: int = 0) -> Pack:
    """A pack of 64 groups in five stages with so many attributes; the last ones are experimental."""
    groups = TimestepGroups.balanced(512, 64)
    listed: list[dict[str, Any]] = [
        {
            "name": f"a{i}",
            "title": f"Attribute {i}",
            "range": (-2, 3),
            "minus": "less",
            "plus": f"more{i}",
            "profile": (0.25, *([0.0] * 62), 0.75),
            "experimental": i >= attributes - experimental,
        }
        for i in range(attributes)
    ]
    manifest = Manifest.model_validate(
        {
            "format": 1,
            "name": "views",
            "title": "Views",
            "domain": "face",
            "image_size": 64,
            "framing": {"name": "whole"},
            "diffusion": {"timesteps": 1000, "beta_schedule": "linear"},
            "latent_dim": 512,
            "groups": [entry.model_dump() for entry in Manifest.group_entries(groups)],
            "stages": [{"name": n, "t_start": a, "t_end": b} for n, a, b in STAGES],
            "attributes": listed,
            "files": {f: {"sha256": "0" * 64, "size": 1} for f in ("encoder.onnx", "unet.onnx", "latents.safetensors")},
        }
    )
    return Pack(Path("no-such-pack"), manifest)


def drag(
    widget: QWidget,
    *places: QPointF | QPoint,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    release: bool = True,
) -> None:
    """Presses the left button at the first place, moves over the others, and lets go at the last."""
    points = [place.toPoint() if isinstance(place, QPointF) else place for place in places]
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, modifiers, points[0])
    for point in points[1:]:
        # QTest.mouseMove takes no modifiers and no buttons: the event is built as the window system would.
        _move(widget, point, modifiers)
    if release:
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, modifiers, points[-1])


def _move(widget: QWidget, point: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    where = QPointF(point)
    QApplication.sendEvent(
        widget,
        QMouseEvent(
            QEvent.Type.MouseMove,
            where,
            QPointF(widget.mapToGlobal(point)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            modifiers,
        ),
    )


def wheel(widget: QWidget, notches: int, place: QPointF | None = None) -> None:
    """Turns the wheel over a shown widget, through its window, so that Qt passes an ignored event on."""
    window = widget.window()
    handle = window.windowHandle()
    assert handle is not None, "the widget must be shown"
    inside = place if place is not None else QPointF(widget.rect().center())
    QTest.wheelEvent(handle, widget.mapTo(window, inside), QPoint(0, 120 * notches))


def name_file(parent: QWidget, path: Path) -> None:
    """Types a path into the file dialog that a widget has opened, and confirms it."""
    dialog = next(d for d in parent.findChildren(QFileDialog) if d.isVisible())
    field = dialog.findChild(QLineEdit)
    assert field is not None
    field.setText(str(path))
    QTest.keyClick(field, Qt.Key.Key_Return)
