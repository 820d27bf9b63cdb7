"""The named attributes of a pack, one slider each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from diti_studio.ui import icons, theme
from diti_studio.ui.attribute_slider import AttributeSlider

if TYPE_CHECKING:
    from diti_studio.core.edit import Edit
    from diti_studio.core.packs import Pack

FILTER_FROM = 13
"""So many attributes ask for a field to search them."""


class AttributePanel(QWidget):
    """Shows an edit's attribute amounts, and tells what a person does to them."""

    moved = Signal(str, float)
    settled = Signal(str, float)
    reset_all_requested = Signal()
    pointed = Signal(str)
    """The mouse is over the title of a named attribute; empty when it has left."""
    asked = Signal(str)
    """A key asks what a named attribute would do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Attributes"))
        self._edit: Edit | None = None
        self._enabled = False
        self._rows: dict[str, AttributeSlider] = {}
        self._filter = QLineEdit()
        self._filter.setObjectName("filter")
        self._filter.setPlaceholderText(self.tr("Find an attribute"))
        self._filter.setAccessibleName(self._filter.placeholderText())
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._apply_filter)
        self._summary = QLabel()
        self._summary.setForegroundRole(self._summary.palette().ColorRole.PlaceholderText)
        self._summary.setFont(theme.small_font(self))
        self._reset_all = QToolButton()
        self._reset_all.setIcon(icons.icon("reset-all"))
        self._reset_all.setText(self.tr("Reset all"))
        self._reset_all.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._reset_all.setAutoRaise(True)
        self._reset_all.clicked.connect(self.reset_all_requested)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._align)
        self._experimental = _Section(self.tr("Experimental"))
        self._build()
        self.set_pack(None)

    def sizeHint(self) -> QSize:
        return QSize(300, 460)

    # -- what is shown ---------------------------------------------------------------------------------

    def set_pack(self, pack: Pack | None) -> None:
        """Shows the attributes of a pack; None shows that there is none."""
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(theme.MARGIN, theme.TIGHT, 0, theme.MARGIN)
        layout.setSpacing(theme.SPACE)
        self._rows = {}
        self._experimental = _Section(self.tr("Experimental"))
        attributes = pack.manifest.attributes if pack else ()
        for attribute in attributes:
            assert pack is not None
            row = AttributeSlider(attribute, pack.manifest)
            row.moved.connect(self._row_moved)
            row.moved.connect(self.moved)
            row.settled.connect(self._row_moved)
            row.settled.connect(self.settled)
            row.pointed.connect(self.pointed)
            row.asked.connect(self.asked)
            self._rows[attribute.name] = row
            if attribute.experimental:
                self._experimental.add(row)
            else:
                layout.addWidget(row)
        if any(attribute.experimental for attribute in attributes):
            layout.addWidget(self._experimental)
        if not attributes:
            layout.addWidget(self._notice(pack))
        layout.addStretch(1)
        old = self._scroll.takeWidget()
        body.setContentsMargins(0, 0, theme.MARGIN, 0)
        self._scroll.setWidget(body)
        if old is not None:
            old.deleteLater()
        self._filter.clear()
        self._filter.setVisible(len(attributes) >= FILTER_FROM)
        self._show_state()

    def set_edit(self, edit: Edit) -> None:
        """Shows the amounts of an edit, and tells nobody."""
        self._edit = edit
        for name, row in self._rows.items():
            row.set_amount(edit.attributes.get(name, 0.0))
        self._show_state()

    def set_enabled_for(self, subject: bool) -> None:
        """Whether there is a picture to edit."""
        self._enabled = subject
        self._show_state()

    def row(self, name: str) -> AttributeSlider:
        """The row of a named attribute. Raises KeyError when the pack has none of that name."""
        return self._rows[name]

    def reveal(self, name: str) -> None:
        """Brings the row of a named attribute into view and gives its slider the focus."""
        row = self._rows[name]
        if not row.matches(self._filter.text().strip()):
            self._filter.clear()
        if row.attribute.experimental:
            self._experimental.open()
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # or it would scroll to where the row was
        self._scroll.ensureWidgetVisible(row)
        row.slider.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # -- inside ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(theme.MARGIN, theme.TIGHT, theme.MARGIN, 0)
        head.addWidget(self._summary, 1)
        head.addWidget(self._reset_all)
        search = QHBoxLayout()
        search.setContentsMargins(theme.MARGIN, 0, theme.MARGIN, 0)
        search.addWidget(self._filter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addLayout(head)
        layout.addLayout(search)
        layout.addWidget(self._scroll, 1)

    def _align(self) -> None:
        """The rows end where the heading ends, whether or not there is a scroll bar beside them."""
        bar = self._scroll.verticalScrollBar()
        body: QWidget | None = self._scroll.widget()
        if body is not None:  # none while a pack is exchanged
            beside = bar.sizeHint().width() if bar.maximum() > 0 else 0
            body.setContentsMargins(0, 0, max(theme.MARGIN - beside, 0), 0)

    def _notice(self, pack: Pack | None) -> QLabel:
        text = self.tr("This pack names no attributes; use the equaliser.") if pack else self.tr("No model pack yet.")
        label = QLabel(text)
        label.setWordWrap(True)
        label.setForegroundRole(label.palette().ColorRole.PlaceholderText)
        return label

    def _row_moved(self) -> None:
        self._show_state()

    def _show_state(self) -> None:
        changed = sum(bool(row.amount) for row in self._rows.values())
        for row in self._rows.values():
            row.setEnabled(self._enabled)
        self._filter.setEnabled(bool(self._rows))
        self._reset_all.setEnabled(self._enabled and changed > 0)
        if not self._rows:
            self._summary.clear()
        elif not self._enabled:
            self._summary.setText(self.tr("Open a picture to move these."))
        elif changed:
            self._summary.setText(self.tr("{n} of {of} moved").format(n=changed, of=len(self._rows)))
        else:
            self._summary.setText(self.tr("Nothing moved"))

    def _apply_filter(self, text: str) -> None:
        found_hidden = False
        for row in self._rows.values():
            hit = row.matches(text.strip())
            row.setVisible(hit)
            found_hidden = found_hidden or (hit and row.attribute.experimental and bool(text.strip()))
        if found_hidden:
            self._experimental.open()


class _Section(QWidget):
    """Rows behind a heading that opens and closes them; closed at first."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.heading = QToolButton()
        self.heading.setText(title)
        self.heading.setCheckable(True)
        self.heading.setAutoRaise(True)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.heading.setToolTip(self.tr("Attributes that do not yet move cleanly"))
        self.heading.toggled.connect(self._show)
        self._body = QWidget()
        self._rows = QVBoxLayout(self._body)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(theme.SPACE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.SPACE, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addWidget(self.heading)
        layout.addWidget(self._body)
        self._show(False)

    def add(self, row: QWidget) -> None:
        self._rows.addWidget(row)

    def open(self) -> None:
        self.heading.setChecked(True)

    def _show(self, opened: bool) -> None:
        self._body.setVisible(opened)
        self.heading.setIcon(icons.icon("chevron-down" if opened else "chevron-right"))
