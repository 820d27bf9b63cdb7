"""What the export dialog is told ends up in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from diti_studio.core.metadata import Metadata
from diti_studio.core.pictures import read_recipe
from diti_studio.ui.export_dialog import ExportDialog
from diti_studio.ui.preferences import Preferences
from tests.studio.photographs import take_photo, tells
from tests.studio.ui.conftest import Desk


@pytest.mark.parametrize(
    ("policy", "told"),
    [("no-location", {"camera", "moment", "profile"}), ("none", {"profile"})],
)
def test_the_camera_metadata_is_written_as_chosen_and_the_choice_remembered(
    desk: Desk, tmp_path: Path, policy: Metadata, told: set[str]
) -> None:
    desk.finish(lambda: desk.open(take_photo(tmp_path / "photo.jpg")))
    desk.window.actions_by_id["export"].trigger()
    dialog = desk.window.findChild(ExportDialog)
    assert dialog is not None
    dialog.set_metadata(policy)
    dialog.set_path(tmp_path / "out.jpg")
    dialog.accept()
    desk.until(lambda: "Written" in desk.window.message.text)
    assert tells(tmp_path / "out.jpg") == told
    assert read_recipe(tmp_path / "out.jpg") is not None
    assert Preferences().export_metadata == policy
