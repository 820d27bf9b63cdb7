"""What tests of the trainer share."""

from __future__ import annotations

import pytest

from diti_studio.core.errors import DitiError


@pytest.fixture(scope="session")
def egl() -> None:
    """Skips the test where EGL gives no OpenGL context."""
    from trainer.render.context import create_context  # which needs moderngl, as only the renderers' tests do

    try:
        create_context().release()
    except DitiError as error:
        pytest.skip(str(error))
