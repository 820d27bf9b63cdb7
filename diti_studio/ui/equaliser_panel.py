"""The equaliser with what belongs to it: which principal direction it moves, its zoom, and its reset."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSpinBox, QToolButton, QVBoxLayout, QWidget

from diti_studio.core.errors import PackError
from diti_studio.ui import icons, theme
from diti_studio.ui.calm import CalmComboBox
from diti_studio.ui.equaliser import Equaliser
from diti_studio.ui.equaliser_layout import varied

if TYPE_CHECKING:
    from diti_studio.core.edit import Edit
    from diti_studio.core.packs import Pack


class EqualiserPanel(QWidget):
    """Shows an edit's moves of time-step groups, and tells what a person does to them."""

    moved = Signal(tuple, int)
    settled = Signal(tuple, int)
    range_selected = Signal(int, int)
    varied = Signal(tuple, int, int)
    """Amounts of all groups, the principal direction, and the seed that they were drawn with."""
    heard_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edit: Edit | None = None
        self.equaliser = Equaliser()
        self._readout = QLabel()
        self._component = CalmComboBox()
        self._zoom = QToolButton()
        self._reset = QToolButton()
        self._vary = QToolButton()
        self._seed = QSpinBox()
        self._build()
        self.equaliser.moved.connect(lambda amounts: self._moved(amounts, settled=False))
        self.equaliser.settled.connect(lambda amounts: self._moved(amounts, settled=True))
        self.equaliser.range_selected.connect(self.range_selected)
        self.equaliser.described.connect(self._readout.setText)
        self.equaliser.opened_changed.connect(self._show_zoom)
        self._component.currentIndexChanged.connect(self._show_edit)
        self._zoom.toggled.connect(self._zoom_to)
        self._reset.clicked.connect(self.equaliser.reset_all)
        self._vary.clicked.connect(self._roll)
        self._seed.valueChanged.connect(self._draw)
        self._seed.lineEdit().returnPressed.connect(lambda: self._draw(self._seed.value()))  # the same once more
        self.equaliser.heard_changed.connect(self.heard_changed)
        self.set_pack(None)

    @property
    def component(self) -> int:
        """The principal direction that the bars move, from 0."""
        return max(self._component.currentIndex(), 0)

    def set_pack(self, pack: Pack | None) -> None:
        """Shows the groups of a pack; None shows that there is none."""
        self._edit = None
        with QSignalBlocker(self._component):
            self._component.clear()
            self._component.addItems([self.tr("Direction {n}").format(n=i + 1) for i in range(_components(pack))])
        self._component.setVisible(self._component.count() > 1)
        self.equaliser.set_manifest(pack.manifest if pack else None)
        self._show_zoom()
        self._show_edit()

    def set_edit(self, edit: Edit) -> None:
        """Shows the amounts of an edit, and tells nobody."""
        self._edit = edit
        self._show_edit()

    def set_lending(self, on: bool) -> None:
        """Whether there is a reference that lends."""
        self.equaliser.set_lending(on)

    def set_selected_range(self, start: int, end: int) -> None:
        """Shows a range of groups as chosen, and tells nobody; equal numbers mean none."""
        self.equaliser.set_selected_range(start, end)

    def set_enabled_for(self, subject: bool) -> None:
        """Whether there is a picture to vary."""
        self._vary.setEnabled(subject)
        self._seed.setEnabled(subject)

    # -- inside ----------------------------------------------------------------------------------------

    def _moved(self, amounts: tuple[float, ...], *, settled: bool) -> None:
        self._show_reset()
        (self.settled if settled else self.moved).emit(amounts, self.component)

    def _roll(self) -> None:
        seed = self._seed.value()
        while seed == self._seed.value():
            seed = random.randint(self._seed.minimum(), self._seed.maximum())
        self._seed.setValue(seed)

    def _draw(self, seed: int) -> None:
        start, end = self.equaliser.selected_range
        if start == end:
            start, end = 0, len(self.equaliser.amounts)
        self.varied.emit(varied(self.equaliser.amounts, start, end, seed), self.component, seed)

    def _show_edit(self) -> None:
        count = len(self.equaliser.amounts)
        if self._edit is None:
            self.equaliser.set_amounts((0.0,) * count)
        else:
            self.equaliser.set_amounts(tuple(self._edit.group_amounts(count, self.component).tolist()))
        self._show_reset()

    def _show_reset(self) -> None:
        self._reset.setEnabled(any(self.equaliser.amounts))

    def _zoom_to(self, groups: bool) -> None:
        everything = frozenset(stage.index for stage in self.equaliser.stages)
        self.equaliser.set_opened(everything if groups else frozenset())

    def _show_zoom(self) -> None:
        stages = self.equaliser.stages
        with QSignalBlocker(self._zoom):
            self._zoom.setChecked(bool(stages) and all(stage.index in self.equaliser.opened for stage in stages))
        self._zoom.setEnabled(any(len(stage) > 1 for stage in stages))

    def _build(self) -> None:
        self.setAccessibleName(self.tr("Time-step equaliser"))
        self._readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._readout.setTextFormat(Qt.TextFormat.PlainText)
        self._readout.setForegroundRole(self._readout.palette().ColorRole.PlaceholderText)
        self._component.setToolTip(
            self.tr("Which of each group's principal directions the bars move: the first varies most between pictures")
        )
        self._component.setAccessibleName(self.tr("Principal direction"))
        self._zoom.setText(self.tr("Single groups"))
        self._zoom.setIcon(icons.icon("expand"))
        self._zoom.setCheckable(True)
        self._zoom.setToolTip(self.tr("One bar for each time-step group instead of one for each stage"))
        self._reset.setText(self.tr("Reset"))
        self._reset.setIcon(icons.icon("reset"))
        self._reset.setToolTip(self.tr("All bars of this direction back to zero"))
        self._vary.setText(self.tr("Vary"))
        self._vary.setIcon(icons.icon("dice"))
        self._vary.setToolTip(
            self.tr(
                "Draw amounts at random: for the range chosen on the axis, or for all of time. "
                "The number beside draws the same again."
            )
        )
        self._seed.setRange(0, 9999)
        self._seed.setKeyboardTracking(False)  # a typed number counts once it is whole
        self._seed.setAccessibleName(self.tr("Seed of the variation"))
        self._seed.setToolTip(self.tr("The number that a variation is drawn with; the same one gives the same again"))
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE)
        head.addWidget(self._readout, 1)
        head.addWidget(self._component)
        for button in (self._vary, self._zoom, self._reset):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setAutoRaise(True)
            head.addWidget(button)
            if button is self._vary:
                head.addWidget(self._seed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE, theme.TIGHT, theme.SPACE, theme.TIGHT)
        layout.setSpacing(theme.TIGHT)
        layout.addLayout(head)
        layout.addWidget(self.equaliser, 1)


def _components(pack: Pack | None) -> int:
    """How many principal directions a group of the pack has; one, when the pack's numbers cannot be read."""
    if pack is None:
        return 1
    try:
        return pack.latents.principal.shape[0]
    except PackError:  # who edits with this pack is told so
        return 1
