"""What the program remembers between starts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QByteArray, QSettings

from diti_studio.ui.theme import Scheme

if TYPE_CHECKING:  # Pillow, which the window does not wait for
    from diti_studio.core.colour import Profile
    from diti_studio.core.export import Area
    from diti_studio.core.metadata import Metadata

RECENT = 8
BATCHES = 32
METADATA: Final[tuple[Metadata, ...]] = ("keep", "no-location", "none")
SCHEMES: Final[tuple[Scheme, ...]] = ("system", "light", "dark", "contrast")


class Preferences:
    """Typed access to the settings; a value of the wrong kind counts as absent."""

    def __init__(self) -> None:
        self._settings = QSettings("DiTi Studio", "DiTi Studio")

    # -- look and models -------------------------------------------------------------------------------

    @property
    def scheme(self) -> Scheme:
        """The colours that were chosen."""
        text = self._text("look/scheme")
        for scheme in SCHEMES:
            if scheme == text:
                return scheme
        return SCHEMES[0]

    @scheme.setter
    def scheme(self, value: Scheme) -> None:
        self._settings.setValue("look/scheme", value)

    @property
    def language(self) -> str:
        """Code of the language that was chosen; "system" follows the desktop."""
        return self._text("look/language") or "system"

    @language.setter
    def language(self, value: str) -> None:
        self._settings.setValue("look/language", value)

    @property
    def tour_seen(self) -> bool:
        """True once the tour was shown."""
        return self._text("window/tour") == "seen"

    @tour_seen.setter
    def tour_seen(self, value: bool) -> None:
        self._settings.setValue("window/tour", "seen" if value else "")

    @property
    def pack(self) -> str | None:
        """Name of the pack that was chosen; None leaves it to the program."""
        return self._text("models/pack") or None

    @pack.setter
    def pack(self, value: str | None) -> None:
        self._settings.setValue("models/pack", value or "")

    @property
    def device(self) -> str:
        """auto, or the name of a device."""
        return self._text("models/device") or "auto"

    @device.setter
    def device(self, value: str) -> None:
        self._settings.setValue("models/device", value)

    # -- files -----------------------------------------------------------------------------------------

    @property
    def recent(self) -> tuple[Path, ...]:
        """Pictures that were opened, the latest first."""
        value: Any = self._settings.value("files/recent")
        paths = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return tuple(Path(path) for path in paths if isinstance(path, str) and path)[:RECENT]

    def add_recent(self, path: Path) -> None:
        """Puts a picture first."""
        others = [other for other in self.recent if other != path]
        self._settings.setValue("files/recent", [str(p) for p in (path, *others)][:RECENT])

    def clear_recent(self) -> None:
        """Forgets them all."""
        self._settings.remove("files/recent")

    def folder(self, which: str) -> str:
        """Where pictures were last opened from, or exported to."""
        return self._text(f"files/{which}-folder")

    def set_folder(self, which: str, path: Path) -> None:
        """Remembers a folder."""
        self._settings.setValue(f"files/{which}-folder", str(path))

    @property
    def export_format(self) -> str:
        """The suffix that was last exported to."""
        return self._text("files/export-format") or ".png"

    @export_format.setter
    def export_format(self, suffix: str) -> None:
        self._settings.setValue("files/export-format", suffix)

    @property
    def export_area(self) -> Area:
        """What was last exported: the square or the whole photo."""
        return "photo" if self._text("files/export-area") == "photo" else "square"

    @export_area.setter
    def export_area(self, area: Area) -> None:
        self._settings.setValue("files/export-area", area)

    @property
    def export_metadata(self) -> Metadata:
        """What of a photo's metadata was last exported."""
        text = self._text("files/export-metadata")
        for policy in METADATA:
            if policy == text:
                return policy
        return METADATA[0]

    @export_metadata.setter
    def export_metadata(self, policy: Metadata) -> None:
        self._settings.setValue("files/export-metadata", policy)

    @property
    def export_profile(self) -> Profile:
        """The colours that were last exported: the photo's own, or sRGB."""
        return "srgb" if self._text("files/export-profile") == "srgb" else "own"

    @export_profile.setter
    def export_profile(self, profile: Profile) -> None:
        self._settings.setValue("files/export-profile", profile)

    @property
    def presets(self) -> dict[str, str]:
        """Recipes as JSON, by the names that they were kept under."""
        try:
            kept = json.loads(self._text("edit/presets") or "{}")
        except ValueError:
            return {}
        if not isinstance(kept, dict):
            return {}
        return {name: recipe for name, recipe in kept.items() if isinstance(recipe, str)}

    def set_preset(self, name: str, recipe: str) -> None:
        """Keeps a recipe; one of that name is replaced."""
        self._settings.setValue("edit/presets", json.dumps({**self.presets, name: recipe}))

    def remove_preset(self, name: str) -> None:
        """Forgets a recipe."""
        kept = {other: recipe for other, recipe in self.presets.items() if other != name}
        self._settings.setValue("edit/presets", json.dumps(kept))

    # -- batches ---------------------------------------------------------------------------------------

    @property
    def batches(self) -> tuple[Path, ...]:
        """Folders whose batch may be unfinished."""
        value: Any = self._settings.value("batch/folders")
        paths = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return tuple(Path(path) for path in paths if isinstance(path, str) and path)[:BATCHES]

    def add_batch(self, out: Path) -> None:
        """Remembers a folder whose batch has begun, at once: the program may be killed."""
        others = [other for other in self.batches if other != out]
        self._settings.setValue("batch/folders", [str(p) for p in (out, *others)][:BATCHES])
        self._settings.sync()

    def remove_batch(self, out: Path) -> None:
        """Forgets a folder."""
        self._settings.setValue("batch/folders", [str(other) for other in self.batches if other != out])

    @property
    def batch_settings(self) -> dict[str, Any]:
        """How results were last written, as fields of a job."""
        try:
            kept = json.loads(self._text("batch/settings") or "{}")
        except ValueError:
            return {}
        return kept if isinstance(kept, dict) else {}

    @batch_settings.setter
    def batch_settings(self, value: dict[str, Any]) -> None:
        self._settings.setValue("batch/settings", json.dumps(value))

    # -- window ----------------------------------------------------------------------------------------

    def layout(self, name: str) -> QByteArray:
        """The saved state of a window or splitter; empty when there is none."""
        value: Any = self._settings.value(f"window/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Saves the state of a window or splitter."""
        self._settings.setValue(f"window/{name}", state)

    def _text(self, key: str) -> str:
        value: Any = self._settings.value(key)
        return value if isinstance(value, str) else ""
