"""DiTi Studio: a desktop editor for disentangled image editing over diffusion time-steps."""

from __future__ import annotations

__version__ = "0.1.0"
