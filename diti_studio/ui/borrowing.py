"""Fills the strip of steps toward the reference, when it is seen and nothing else is to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from diti_studio.ui.step_strip import STEPS
from diti_studio.ui.sweeps import Sweeps

if TYPE_CHECKING:
    from diti_studio.core.packs import Pack
    from diti_studio.ui.reference_panel import ReferencePanel
    from diti_studio.ui.session import Session
    from diti_studio.ui.worker import Worker


class Borrowing(QObject):
    """The steps are what the blend's slider would give: the range, the noise and all other edits as they are now."""

    def __init__(self, worker: Worker, session: Session, panel: ReferencePanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._panel = panel
        self._pack: Pack | None = None
        self._sweeps = Sweeps(worker, "borrow", self)
        self._sweeps.made.connect(self._follow)
        session.changed.connect(self._follow)
        session.settled.connect(self._follow)
        panel.strip.shown.connect(self._follow)
        panel.choice_changed.connect(self._follow)

    def set_pack(self, pack: Pack) -> None:
        """The pack in use is another one."""
        self._pack = pack
        self._follow()

    def _follow(self, moving: bool = False) -> None:
        state, strip = self._session.state, self._panel.strip
        if moving:
            return  # the last pictures stay while a control moves
        fits = state is not None and self._pack is not None and state.opened.pack == self._pack.identity
        if state is None or state.lender is None or not fits or not strip.isVisible():
            self._sweeps.cancel()
            strip.show_images(None)
            return
        edits = [state.edit.with_blends(*self._panel.blend_at(alpha)) for alpha in STEPS]
        strip.show_images(self._sweeps.ask(state, edits))
