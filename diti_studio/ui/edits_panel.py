"""What is done to the picture, part by part: an eye switches one off and on again, a cross removes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from diti_studio.ui import icons, theme, wording

if TYPE_CHECKING:
    from diti_studio.core.edit import Edit
    from diti_studio.core.packs import Pack
    from diti_studio.core.parts import Part


class EditsPanel(QScrollArea):
    """Lists the parts of an edit, and tells what a person does to them."""

    switched = Signal(object)
    """A Part is to be off that is on, or on that is off."""
    removed = Signal(object)
    """A Part is to go."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Edits"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pack: Pack | None = None
        self._edit: Edit | None = None
        self._hint = QLabel(self.tr("What you move is listed here, to be switched off and on again."))
        self._hint.setObjectName("hint")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setMargin(16)
        self._rows = list[_Row]()
        body = QWidget()
        self._list = QVBoxLayout(body)
        self._list.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        self._list.setSpacing(0)
        self._list.addWidget(self._hint)
        self._list.addStretch(1)
        self.setWidget(body)

    def sizeHint(self) -> QSize:
        return QSize(300, 160)

    def set_pack(self, pack: Pack | None) -> None:
        """Names parts as a pack does."""
        self._pack = pack
        self._show()

    def set_edit(self, edit: Edit) -> None:
        """Lists the parts of an edit, and tells nobody."""
        if edit != self._edit:
            self._edit = edit
            self._show()

    def rows(self) -> list[_Row]:
        """One for each part, in their order."""
        return list(self._rows)

    def _show(self) -> None:
        from diti_studio.core.parts import parts  # not before it is needed: the window shows without the core

        listed = parts(self._edit) if self._edit is not None and self._pack is not None else []
        while len(self._rows) > len(listed):
            row = self._rows.pop()
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self._rows) < len(listed):
            row = _Row(self.switched.emit, self.removed.emit)
            self._list.insertWidget(len(self._rows), row)
            self._rows.append(row)
        for row, part in zip(self._rows, listed, strict=True):
            assert self._pack is not None
            row.show_part(part, wording.part(self._pack, part.moves))
        self._hint.setVisible(not listed)


class _Row(QWidget):
    """One part. Rows keep their place and are given other parts, so that the keyboard's focus stays where it was."""

    def __init__(self, switch: Callable[[Part], object], remove: Callable[[Part], object]) -> None:
        super().__init__()
        self._part: Part | None = None
        self.eye = QToolButton()
        self.eye.setCheckable(True)
        self.eye.setAutoRaise(True)
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.cross = QToolButton()
        self.cross.setAutoRaise(True)
        self.cross.setIcon(icons.icon("close"))
        self.eye.clicked.connect(lambda: self._tell(switch))
        self.cross.clicked.connect(lambda: self._tell(remove))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addWidget(self.eye)
        layout.addWidget(self.title, 1)
        layout.addWidget(self.cross)

    def show_part(self, part: Part, text: str) -> None:
        """Shows a part under its name."""
        self._part = part
        self.eye.setChecked(part.on)
        self.eye.setIcon(icons.icon("eye" if part.on else "eye-off"))
        self.eye.setToolTip(self.tr("Switch it off") if part.on else self.tr("Switch it on again"))
        self.eye.setAccessibleName(self.tr("{0} is in effect").format(text))
        self.title.setText(text)
        self.title.setToolTip(text)
        self.title.setForegroundRole(
            self.title.palette().ColorRole.WindowText if part.on else self.title.palette().ColorRole.PlaceholderText
        )
        self.cross.setToolTip(self.tr("Remove it"))
        self.cross.setAccessibleName(self.tr("Remove {0}").format(text))

    def _tell(self, tell: Callable[[Part], object]) -> None:
        if self._part is not None:
            tell(self._part)
