"""Asks for the file that something is written to."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_target(
    parent: QWidget,
    title: str,
    suggested: Path,
    filters: Sequence[str],
    take: Callable[[Path], object],
    chosen: int = 0,
) -> None:
    """Asks for a file to be written, and for leave where there is one; then calls ``take`` with it.

    A name without a suffix gets the first one of the filter in use, before it is looked whether there is such a file.

    Args:
        filters: as Qt writes them, such as ``Pictures (*.png *.jpg)``; ``chosen`` is the one that is shown first.
    """
    dialog = QFileDialog(parent, title, str(suggested))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(filters)
    dialog.selectNameFilter(filters[chosen])
    dialog.setDefaultSuffix(_suffix(filters[chosen]))
    dialog.filterSelected.connect(lambda text: dialog.setDefaultSuffix(_suffix(text)))
    dialog.fileSelected.connect(lambda path: take(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _suffix(name_filter: str) -> str:
    """The first one that a filter names; empty where it names none."""
    found = re.search(r"\*\.(\w+)", name_filter)
    return found[1] if found else ""
