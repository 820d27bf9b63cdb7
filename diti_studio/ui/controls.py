"""Carries what the panels say to the session, and the session's edit to the panels."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from diti_studio.ui import wording

if TYPE_CHECKING:
    from diti_studio.core.edit import Blend, Edit
    from diti_studio.core.packs import Pack
    from diti_studio.core.parts import Part
    from diti_studio.ui.answers import (
        Opened,
    )
    from diti_studio.ui.attribute_panel import AttributePanel
    from diti_studio.ui.edits_panel import EditsPanel
    from diti_studio.ui.equaliser_panel import EqualiserPanel
    from diti_studio.ui.reference_panel import ReferencePanel
    from diti_studio.ui.session import Session
    from diti_studio.ui.workspace import Workspace


class Controls(QObject):
    """Every move of a panel becomes a change of the session; every change, undo included, is shown by all panels."""

    def __init__(self, session: Session, space: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._space = space
        self._pack: Pack | None = None
        self._lender: Opened | None = None
        attributes, equaliser, reference = space.attributes, space.equaliser, space.reference
        attributes.moved.connect(self._move_attribute)
        attributes.settled.connect(self._settle_attribute)
        attributes.reset_all_requested.connect(self.reset_all)
        equaliser.moved.connect(self._move_groups)
        equaliser.settled.connect(self._settle_groups)
        equaliser.varied.connect(self._vary)
        reference.moved.connect(self._move_blend)
        reference.settled.connect(self._settle_blend)
        reference.removed.connect(self._remove_reference)
        equaliser.range_selected.connect(reference.set_selected_range)
        reference.range_chosen.connect(equaliser.set_selected_range)
        space.edits.switched.connect(self._switch)
        space.edits.removed.connect(self._remove_part)
        session.changed.connect(self._follow)

    def set_pack(self, pack: Pack) -> None:
        """The panels show what this pack offers."""
        self._pack = pack
        for panel in self._panels():
            panel.set_pack(pack)
        self._follow()

    def reset_all(self) -> None:
        """Sets every control to zero; the reference stays."""
        state = self._session.state
        if state is not None:
            from diti_studio.core.edit import Edit

            self._session.settle(Edit(reference=state.edit.reference), self.tr("Reset all"), "reset")

    def swap(self) -> None:
        """Lets the picture and its reference change places; the edit stays, and now borrows the other way."""
        state = self._session.state
        if state is not None and state.lender is not None:
            edit = state.edit.with_reference(state.opened.source.reference)
            swapped = replace(state, opened=state.lender, edit=edit, lender=state.opened)
            self._session.replace(swapped, self.tr("Swap picture and reference"))

    # -- to the panels ---------------------------------------------------------------------------------

    def _follow(self) -> None:
        state = self._session.state
        self._space.attributes.set_enabled_for(state is not None)
        self._space.equaliser.set_enabled_for(state is not None)
        if state is None or self._pack is None:
            return
        for panel in self._panels():
            panel.set_edit(state.edit)
        self._space.equaliser.set_lending(state.lender is not None)
        if state.lender is not self._lender:
            self._lender = lender = state.lender
            image, name = (lender.image, lender.source.name) if lender else (None, None)
            self._space.reference.set_reference(name, image)

    def _panels(self) -> tuple[AttributePanel, EqualiserPanel, ReferencePanel, EditsPanel]:
        space = self._space
        return space.attributes, space.equaliser, space.reference, space.edits

    # -- from the panels -------------------------------------------------------------------------------

    def _move_attribute(self, name: str, amount: float) -> None:
        self._set_attribute(name, amount, moving=True)

    def _settle_attribute(self, name: str, amount: float) -> None:
        self._set_attribute(name, amount, moving=False)

    def _move_groups(self, amounts: Sequence[float], component: int) -> None:
        self._set_groups(amounts, component, moving=True)

    def _settle_groups(self, amounts: Sequence[float], component: int) -> None:
        self._set_groups(amounts, component, moving=False)

    def _vary(self, amounts: Sequence[float], component: int, seed: int) -> None:
        state = self._session.state
        if state is not None:
            edit = state.edit.with_group_amounts(amounts, component)
            self._session.settle(edit, self.tr("Variation {0}").format(seed), ("variation", seed))

    def _move_blend(self, blend: Blend | None, noise: float) -> None:
        self._set_blend(blend, noise, moving=True)

    def _settle_blend(self, blend: Blend | None, noise: float) -> None:
        self._set_blend(blend, noise, moving=False)

    def _remove_reference(self) -> None:
        self._session.set_lender(None, self.tr("Remove the reference"))

    def _switch(self, part: Part) -> None:
        from diti_studio.core import parts

        state = self._session.state
        if state is not None and self._pack is not None:
            text = self.tr("{0} off") if part.on else self.tr("{0} on again")
            text = text.format(wording.part(self._pack, part.moves))
            self._session.settle(parts.switched(state.edit, part), text, ("switch", part))

    def _remove_part(self, part: Part) -> None:
        from diti_studio.core import parts

        state = self._session.state
        if state is not None and self._pack is not None:
            text = self.tr("Remove {0}").format(wording.part(self._pack, part.moves))
            self._session.settle(parts.without(state.edit, part), text, ("remove", part))

    def _set_attribute(self, name: str, amount: float, *, moving: bool) -> None:
        state = self._session.state
        if state is not None and self._pack is not None:
            text = wording.attribute_change(self._pack, name, amount)
            self._change(state.edit.with_attribute(name, amount), text, ("attribute", name), moving)

    def _set_groups(self, amounts: Sequence[float], component: int, *, moving: bool) -> None:
        state = self._session.state
        if state is not None:
            before = state.edit.group_amounts(len(amounts), component).tolist()
            text = wording.groups_change(before, amounts)
            self._change(state.edit.with_group_amounts(amounts, component), text, ("groups", component), moving)

    def _set_blend(self, blend: Blend | None, noise: float, *, moving: bool) -> None:
        state = self._session.state
        if state is not None:
            edit = state.edit.with_blends([blend] if blend is not None else [], noise)
            self._change(edit, wording.blend_change(blend, noise), "blend", moving)

    def _change(self, edit: Edit, text: str, what: Hashable, moving: bool) -> None:
        if moving:
            self._session.move(edit, text, what)
        else:
            self._session.settle(edit, text, what)
