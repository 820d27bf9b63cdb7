"""Programs that print the tables of docs/benchmarks.md. Nothing here is asserted by a test."""

from __future__ import annotations
