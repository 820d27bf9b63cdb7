"""Tool tips that show what a pack says as it is: packs come from strangers, and Qt takes tags in a tip for markup."""

from __future__ import annotations

import html


def tip(text: str) -> str:
    """The text of a tool tip, every character shown as it is, long lines wrapped."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>"
