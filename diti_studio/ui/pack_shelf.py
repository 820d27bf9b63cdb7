"""What the model manager tells of packs: read, checked and counted by the clerk. Nothing in a pack is run here."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtGui import QImage

from diti_studio.core.errors import PackError, PictureError
from diti_studio.ui.imaging import thumbnail, to_image
from diti_studio.ui.language import translate
from diti_studio.ui.pack_words import translated, word
from diti_studio.ui.sentences import told

if TYPE_CHECKING:
    from diti_studio.core.cancel import CancelToken
    from diti_studio.core.packs import Manifest, Pack

SAMPLES = 6
_SUFFIX = ".ditipack"
_PSNR = re.compile(r"psnr_(?:(?P<data>[a-z]+)_)?\d+_\d+")


@dataclass(frozen=True, eq=False)
class Shelved:
    """A pack on the search path.

    Attributes:
        name: by which it is chosen.
        pack: None where it cannot be opened; ``problem`` is then the sentence that says why.
        own: the user installed it, and may remove it.
        size: bytes on the disk.
    """

    name: str
    path: Path
    pack: Pack | None
    problem: str
    own: bool
    size: int

    @property
    def title(self) -> str:
        """What a person calls it."""
        return self.pack.manifest.title if self.pack is not None else self.name


def shelf() -> list[Shelved]:
    """All packs that are found, those that cannot be opened too."""
    from diti_studio.core import packs

    out = list[Shelved]()
    own = packs.user_folder()
    for path in packs.installed():
        pack, problem = None, ""
        try:
            pack = translated(packs.Pack.open(path))
        except PackError as error:
            problem = told(str(error))
        removable = path.parent == own and path.is_dir()
        out.append(Shelved(packs.name_of(path), path, pack, problem, removable, size_of(pack)))
    return out


def size_of(pack: Pack | None) -> int:
    """Bytes of a pack's files."""
    return sum(entry.size for entry in pack.manifest.files.values()) if pack is not None else 0


def is_pack(path: Path | None) -> bool:
    """True for what looks like a pack from outside: by its suffix, or a folder with a manifest."""
    if path is None:
        return False
    return path.suffix.lower() == _SUFFIX or (path / "manifest.json").is_file()


def checked(path: Path, token: CancelToken) -> Pack:
    """A pack from anywhere, every file checked against its hash. Raises PackError, or Cancelled."""
    from diti_studio.core.packs import Pack

    pack = Pack.open(path)
    verify(pack, token)
    return translated(pack)


def verify(pack: Pack, token: CancelToken) -> int:
    """Checks every file against its hash and returns how many there are. Raises PackError, or Cancelled."""
    fresh = type(pack).open(pack.path)  # as it is on the disk now
    for name in fresh.manifest.files:
        token.check()
        fresh.read(name)
    _ = fresh.latents
    return len(fresh.manifest.files)


def samples(pack: Pack, side: int, token: CancelToken) -> list[QImage]:
    """Some of the pictures that a pack carries, ``side`` pixels large."""
    from diti_studio.core import pictures

    out = list[QImage]()
    for name in pack.samples()[:SAMPLES]:
        token.check()
        try:
            out.append(thumbnail(to_image(pictures.decode(pack.read(name), name).pixels), side))
        except (PackError, PictureError):  # verifying tells; here one picture less is shown
            continue
    return out


def facts(pack: Pack) -> list[tuple[str, str, str]]:
    """What a person wants to know: label, value, and how it was measured where it was."""
    manifest = pack.manifest
    experimental = sum(attribute.experimental for attribute in manifest.attributes)
    attributes = f"{len(manifest.attributes):,}"
    if experimental:
        attributes += " " + translate("packs", "({0} of them experimental)").format(experimental)
    side = manifest.image_size
    out = [
        (translate("packs", "Made for"), word(manifest, manifest.domain).capitalize(), ""),
        (translate("packs", "Pictures inside"), translate("packs", "{0} × {0} pixels").format(side), ""),
        (translate("packs", "Size on disk"), QLocale().formattedDataSize(size_of(pack), 1), ""),
        (translate("packs", "Attributes"), attributes, ", ".join(attribute.title for attribute in manifest.attributes)),
        (
            translate("packs", "Time-step groups"),
            f"{len(manifest.groups):,}",
            ", ".join(stage.name for stage in manifest.stages),
        ),
        *_rebuilds(manifest),
        (translate("packs", "Trained on"), manifest.training.data or translate("packs", "The pack does not say."), ""),
    ]
    if manifest.training.images_seen:
        out.append((translate("packs", "Pictures seen"), f"{manifest.training.images_seen:,}", ""))
    out.append((translate("packs", "Licence"), manifest.licence or translate("packs", "The pack does not say."), ""))
    return out


def _rebuilds(manifest: Manifest) -> list[tuple[str, str, str]]:
    """How closely the model rebuilds pictures, where that was measured with as many steps as an export takes."""
    found = list[str]()
    commands = list[str]()
    for metric in manifest.training.metrics:
        match = _PSNR.fullmatch(metric.name)
        if match is not None and metric.unit == "dB":
            data = f" ({match['data']})" if match["data"] else ""
            found.append(f"{metric.value:.1f} dB{data}")
            commands.append(metric.command)
    return [(translate("packs", "Rebuilds at"), ", ".join(found), "\n".join(dict.fromkeys(commands)))] if found else []


def memory(device: str) -> str:
    """``412 MiB in use`` by this program, and what of the GPU's is, where the system tells; else empty."""
    parts = list[str]()
    if sys.platform == "linux":
        try:
            import resource

            pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
            held = QLocale().formattedDataSize(pages * resource.getpagesize(), 0)
            parts.append(translate("packs", "{0} of memory in use").format(held))
        except (OSError, ValueError, IndexError):
            pass
    if device == "cuda" and (gpu := _gpu_memory()) is not None:
        used, total = (QLocale().formattedDataSize(mebibytes << 20, 1) for mebibytes in gpu)
        parts.append(translate("packs", "{0} of {1} on the GPU, all programs together").format(used, total))
    return " · ".join(parts)


def _gpu_memory() -> tuple[int, int] | None:
    """MiB used and in all of the first NVIDIA GPU, as its driver's own tool tells."""
    query = ["nvidia-smi", "--query-gpu=memory.used,memory.total", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=5, check=True)
        used, total = done.stdout.splitlines()[0].split(",")
        return int(used), int(total)
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
