"""What minus and plus of a control would do, seen before it is moved: the mouse rests on it, or a key asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QPoint, QRect, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from diti_studio.ui.equaliser_layout import LIMIT, shifted
from diti_studio.ui.glance_popup import Card, GlancePopup
from diti_studio.ui.sweeps import Sweeps

if TYPE_CHECKING:
    from diti_studio.core.edit import Edit
    from diti_studio.core.packs import Pack
    from diti_studio.ui.session import Session, State
    from diti_studio.ui.worker import Worker
    from diti_studio.ui.workspace import Workspace

REST_MS = 350
"""So long the mouse rests before it is taken for a question."""
STEP = 2.0
"""How far minus and plus go, in standard deviations."""


@dataclass(frozen=True)
class _Target:
    """A bar by its index, or an attribute by its name; ``held`` where the keyboard asked: the mouse then counts not."""

    what: int | str
    held: bool = False


class Glances(QObject):
    """Follows mouse and keys over equaliser and attributes, and shows what would become of the picture."""

    def __init__(self, worker: Worker, session: Session, space: Workspace, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._space = space
        self._window = window
        self._pack: Pack | None = None
        self._target: _Target | None = None
        self.popup = GlancePopup(window)
        self._sweeps = Sweeps(worker, "glance", self)
        self._sweeps.made.connect(self._show)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._show)
        bars = space.equaliser.equaliser
        bars.pointed.connect(lambda index: self._point(index if index >= 0 else None))
        bars.asked.connect(self._hold)
        bars.chosen.connect(self._follow_keys)
        space.attributes.pointed.connect(lambda name: self._point(name or None))
        space.attributes.asked.connect(self._hold)
        session.changed.connect(self._on_changed)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus)

    def set_pack(self, pack: Pack) -> None:
        """The pack in use is another one."""
        self._pack = pack
        self.close()

    def close(self) -> None:
        """Shows and wishes nothing any more."""
        self._target = None
        self._rest.stop()
        self._sweeps.cancel()
        self.popup.hide()

    # -- asked -----------------------------------------------------------------------------------------

    def _point(self, what: int | str | None) -> None:
        if self._target is not None and self._target.held:
            return
        if what is None:
            self.close()
        elif not self.popup.isVisible() or self._target is None or self._target.what != what:
            self.close()
            self._target = _Target(what)
            self._rest.start()

    def _hold(self, what: int | str) -> None:
        """The keyboard asks; a second time ends it."""
        again = self.popup.isVisible() and self._target is not None and self._target.held and self._target.what == what
        self.close()
        if not again:
            self._target = _Target(what, held=True)
            self._show()

    def _follow_keys(self, index: int) -> None:
        if self._target is not None and self._target.held and isinstance(self._target.what, int):
            self._target = _Target(index, held=True)
            self._show()

    def _on_changed(self) -> None:
        self.close()
        self._space.equaliser.equaliser.set_tips_over_bars(self._session.state is None)

    def _on_focus(self) -> None:
        if self._target is not None and self._target.held:
            self.close()

    # -- shown -----------------------------------------------------------------------------------------

    def _show(self) -> None:
        state, target = self._session.state, self._target
        if state is None or target is None or self._pack is None or state.opened.pack != self._pack.identity:
            return
        if isinstance(target.what, int):
            self._show_bar(state, target.what)
        else:
            self._show_attribute(state, self._pack, target.what)

    def _show_bar(self, state: State, index: int) -> None:
        panel = self._space.equaliser
        bars = panel.equaliser
        bar = bars.bars()[index]
        amounts = tuple(state.edit.group_amounts(len(bars.amounts), panel.component).tolist())
        mean = sum(amounts[bar.start : bar.end]) / len(bar)
        ends = [min(max(mean + step, -LIMIT), LIMIT) for step in (-STEP, STEP)]
        edits = [
            state.edit.with_group_amounts(shifted(amounts, bar.start, bar.end, end), panel.component) for end in ends
        ]
        plot = bars.plot()
        anchor = QRect(round(bar.left), round(plot.top()) - 20, round(bar.right - bar.left), round(plot.height()))
        hint = self.tr("Drag across bars to paint; double-click resets.")
        self._present(state, bars.describe(index), ("", ""), ends, edits, bars, anchor, "above", hint)

    def _show_attribute(self, state: State, pack: Pack, name: str) -> None:
        attribute = next(a for a in pack.manifest.attributes if a.name == name)
        row = self._space.attributes.row(name)
        low, high = attribute.range
        ends = [min(max(row.amount + step, low), high) for step in (-STEP, STEP)]
        edits = [state.edit.with_attribute(name, end) for end in ends]
        words = (attribute.minus or "−", attribute.plus or "+")
        self._present(state, attribute.title, words, ends, edits, row, row.rect(), "left", row.hint)

    def _present(
        self, state: State, title: str, words: tuple[str, str], ends: list[float], edits: list[Edit],
        widget: QWidget, anchor: QRect, side: Literal["above", "left"], hint: str,
    ) -> None:  # fmt: skip
        images = self._sweeps.ask(state, edits)
        captions = [
            self.tr("already at its end") if edit == state.edit else f"{word}  {_number(end)}".strip()
            for word, end, edit in zip(words, ends, edits, strict=True)
        ]
        cards = tuple(Card(caption, images[i] if images else None) for i, caption in enumerate(captions))
        origin = widget.mapTo(self._window, QPoint(0, 0))
        self.popup.show_cards(title, cards, anchor.translated(origin), side, hint)


def _number(amount: float) -> str:
    return f"{amount:+.2f}".replace("-", "−") if amount else "0"
