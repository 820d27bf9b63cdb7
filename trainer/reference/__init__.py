"""Imports runs of the official DiTi and PDAE code as model packs, and their diffusion models as frozen ones.

``layout`` finds the files and checks that they agree, ``weights`` reads them without running anything, ``networks``
renames what they hold, ``knowledge`` makes statistics and attributes of the rest, ``importing`` puts it together.
"""

from __future__ import annotations

from trainer.reference.importing import Reference, import_reference, load_reference, load_reference_dpm

__all__ = ["Reference", "import_reference", "load_reference", "load_reference_dpm"]
