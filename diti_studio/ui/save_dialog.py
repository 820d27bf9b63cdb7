"""Asks for the file that something is written to."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

ALIASES = {".jpeg": ".jpg", ".tiff": ".tif"}
"""Suffixes that mean the same as another."""


def ask_target(
    parent: QWidget,
    title: str,
    suggested: Path,
    filters: Sequence[str],
    take: Callable[[Path], object],
    chosen: int = 0,
) -> None:
    """Asks for a file to be written, and for leave where there is one; then calls ``take`` with it.

    A name without a suffix of the filters gets the first one of the filter in use, before it is looked whether there is
    such a file.

    Args:
        filters: as Qt writes them, such as ``Pictures (*.png *.jpg)``; ``chosen`` is the one that is shown first.
    """
    dialog = QFileDialog(parent, title, str(suggested))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(filters)
    dialog.selectNameFilter(filters[chosen])
    dialog.setDefaultSuffix(_suffixes(filters[chosen])[0])
    dialog.filterSelected.connect(lambda text: dialog.setDefaultSuffix(_suffixes(text)[0]))
    known = {suffix for text in filters for suffix in _suffixes(text)}
    known |= {alias for alias, plain in ALIASES.items() if plain in known}

    def answer(text: str) -> None:
        path = Path(text)
        if path.suffix.lower() in known:
            take(path)
            return
        path = path.with_name(path.name + _suffixes(dialog.selectedNameFilter())[0])  # Qt takes "v1.5" for complete
        if path.exists():  # nobody has been asked about this one
            ask_target(parent, title, path, filters, take, filters.index(dialog.selectedNameFilter()))
        else:
            take(path)

    dialog.fileSelected.connect(answer)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _suffixes(name_filter: str) -> list[str]:
    """Those that a filter names, each with its dot."""
    return re.findall(r"\*(\.\w+)", name_filter)
