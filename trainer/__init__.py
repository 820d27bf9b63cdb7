"""Trains DiTi and writes model packs: the code behind ``diti-train``. Imports no Qt."""

from __future__ import annotations
