"""Everything that works without a screen: packs, sampling, editing, pictures. Imports no Qt and no torch."""

from __future__ import annotations

import os

# From 1.29 on ONNX Runtime reports to its maker how it is used, unless this is set before its first import.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
