"""The documents: what they link to is there, and the guide shows all that is photographed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WINDOWS = sorted(p for p in (ROOT / "docs" / "images").glob("*.png") if not p.name.startswith("science-"))
LARGEST = 250 << 10  # bytes


def headings(document: Path) -> set[str]:
    """The anchors of a document, as the web page of the repository makes them."""
    titles = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_links_to_is_there(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", document.read_text("utf-8"))
    for name, anchor in targets:
        target = document.parent / name if name else document
        assert target.exists(), name
        assert not anchor or anchor in headings(target), f"{name}#{anchor}"


def test_the_guide_shows_every_picture_of_the_window_once_and_each_is_small() -> None:
    shown = re.findall(r"\(images/([^)]+\.png)\)", (ROOT / "docs" / "guide.md").read_text("utf-8"))
    assert sorted(shown) == [path.name for path in WINDOWS]
    assert {path.name: path.stat().st_size for path in WINDOWS if path.stat().st_size > LARGEST} == {}
