"""Tells who opens a picture without a face on a model of faces that another model takes any picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from diti_studio.ui.pack_words import translated

if TYPE_CHECKING:
    from diti_studio.core.packs import Pack
    from diti_studio.ui.answers import Opened
    from diti_studio.ui.clerk import Clerk
    from diti_studio.ui.models import Models
    from diti_studio.ui.session import Session


class PackAdvice(QObject):
    """Looks for the other model on the clerk's thread, and offers it while that picture is still shown."""

    offered = Signal(str, str, object)
    """A sentence, the name of what can be done about it, and the function that does it."""

    def __init__(self, clerk: Clerk, models: Models, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._clerk = clerk
        self._models = models
        self._session = session

    def consider(self, opened: Opened) -> None:
        """Looks at a picture that was just opened."""
        pack = self._models.pack
        by_itself = opened.job.role in ("subject", "carried") and opened.job.choice == "auto"
        if pack is None or not by_itself or opened.subject.faces or not pack.manifest.framing.aligns:
            return
        self._clerk.send(
            self, lambda _: _other(), lambda other: self._offer(opened, other), lambda _: None, lane="advice"
        )

    def _offer(self, opened: Opened, other: Pack | None) -> None:
        from diti_studio.core.packs import name_of

        state = self._session.state
        if other is None or state is None or state.opened is not opened:
            return
        name, title = name_of(other.path), other.manifest.title
        self.offered.emit(
            self.tr("{0}: no face found, so its centre is used; the model {1} needs none.").format(
                opened.source.name, title
            ),
            self.tr("Use {0}").format(title),
            lambda: self._models.choose_pack(name),
        )


def _other() -> Pack | None:
    from diti_studio.core import packs

    other = packs.for_any_picture()
    return None if other is None else translated(other)
