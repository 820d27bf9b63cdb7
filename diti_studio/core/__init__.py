"""Everything that works without a screen: packs, sampling, editing, pictures. Imports no Qt and no torch."""

from __future__ import annotations
