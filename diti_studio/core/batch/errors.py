"""Why a batch stops before its end; what is done stays done."""

from __future__ import annotations

from diti_studio.core.errors import DitiError


class BatchStopped(DitiError):
    """The place where a batch reads or writes gave out: a full disk, a share that went away, no workers left."""
