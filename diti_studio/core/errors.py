"""The errors that a user can cause or must hear of. Each message is one sentence: what is wrong and what to do."""

from __future__ import annotations


class DitiError(Exception):
    """Base of all errors whose text is written for the user; no traceback is shown for them."""


class UsageError(DitiError):
    """A wrong argument: an unknown attribute, an amount that is no number, a range out of bounds."""


class PictureError(DitiError):
    """A picture that cannot be read or written."""


class PackError(DitiError):
    """A model pack that is missing, damaged, hostile or of another format version."""


class RuntimeUnavailableError(DitiError):
    """No execution provider could load or run a network."""


class Cancelled(DitiError):
    """The work was cancelled between two steps."""

    def __init__(self) -> None:
        super().__init__("Cancelled.")
