"""The start page: open a picture, choose a model, try a picture that comes with it, or go on with a recent one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from diti_studio.ui.answers import (
    InstalledPack,
    Thumbnail,
)
from diti_studio.ui.jobs import (
    Source,
)

CARD = 116  # logical pixels
COLUMNS = 6
PACKS_IN_A_ROW = 5
MOST_SAMPLES = 12
MOST_RECENT = 5


class WelcomePage(QScrollArea):
    """Offers ways to begin. Thumbnails arrive one by one; nothing is read here."""

    open_requested = Signal()
    source_chosen = Signal(object)  # Source
    pack_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setAccessibleName(self.tr("Start page"))
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        title = QLabel("DiTi Studio")
        title.setObjectName("welcomeTitle")
        line = QLabel(self.tr("A graphic equaliser for pictures: every slider is a moment in the life of an image."))
        line.setObjectName("welcomeLine")
        open_button = QPushButton(self.tr("Open a Picture…"))
        open_button.setObjectName("primaryButton")
        open_button.clicked.connect(self.open_requested)
        hint = QLabel(self.tr("or drop one here, or paste it"))
        hint.setObjectName("hint")
        opening = QHBoxLayout()
        opening.setSpacing(14)
        opening.addWidget(open_button)
        opening.addWidget(hint)
        opening.addStretch(1)

        self._packs_title = _heading(self.tr("Choose a model"))
        self._packs = QGridLayout()
        self._packs.setSpacing(8)
        self._packs.setColumnStretch(PACKS_IN_A_ROW, 1)
        self._offered = tuple[InstalledPack, ...]()
        self._current_pack = ""
        self._pack_buttons = QButtonGroup(self)  # exclusive: arrow keys go from one to the next
        self._samples_title = _heading(self.tr("Try one of these"))
        self._samples = QGridLayout()
        self._samples.setSpacing(12)
        self._samples.setColumnStretch(COLUMNS, 1)  # what is there stands on the left
        self._recent_title = _heading(self.tr("Recent"))
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        for heading in (self._packs_title, self._samples_title, self._recent_title):
            heading.hide()

        column = QVBoxLayout()
        column.setSpacing(0)
        column.addStretch(2)
        column.addWidget(title)
        column.addSpacing(4)
        column.addWidget(line)
        column.addSpacing(26)
        column.addLayout(opening)
        column.addSpacing(34)
        column.addWidget(self._packs_title)
        column.addSpacing(10)
        column.addLayout(self._packs)
        column.addSpacing(24)
        column.addWidget(self._samples_title)
        column.addSpacing(12)
        column.addLayout(self._samples)
        column.addSpacing(28)
        column.addWidget(self._recent_title)
        column.addSpacing(6)
        column.addLayout(self._recent)
        column.addStretch(3)
        content = QWidget()
        content.setLayout(column)
        content.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        page = QWidget()
        page.setObjectName("welcomePage")
        outer = QHBoxLayout(page)
        outer.setContentsMargins(40, 24, 40, 24)
        outer.addStretch(1)
        outer.addWidget(content)
        outer.addStretch(1)
        self.setWidget(page)

    def thumbnail_side(self) -> int:
        """Pixels that a thumbnail needs on this screen."""
        return round(CARD * self.devicePixelRatioF())

    def set_recent(self, paths: Sequence[Path]) -> None:
        """Lists pictures that were opened before."""
        while (item := self._recent.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for path in paths[:MOST_RECENT]:
            button = QPushButton(path.name)
            button.setObjectName("linkButton")
            button.setToolTip(str(path))
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setFlat(True)
            button.clicked.connect(lambda _=False, path=path: self.source_chosen.emit(Source.file(path)))
            self._recent.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._recent_title.setVisible(bool(paths))

    def set_packs(self, installed: Sequence[InstalledPack], current: str) -> None:
        """Offers the packs by their titles, ``current`` marked; nothing where there is no choice."""
        offered = tuple(installed) if len(installed) > 1 else ()
        if offered != self._offered:
            self._offer_packs(offered)
        for button, pack in zip(self.packs(), offered, strict=True):
            button.setChecked(pack.name == current)
        self._packs_title.setVisible(bool(offered))
        self._current_pack = current
        self._set_samples_enabled(True)

    def _offer_packs(self, offered: tuple[InstalledPack, ...]) -> None:
        self._offered = offered
        for old in self._pack_buttons.buttons():
            self._pack_buttons.removeButton(old)
            self._packs.removeWidget(old)
            old.hide()
            old.deleteLater()
        for index, pack in enumerate(offered):
            button = QPushButton(pack.title.replace("&", "&&"))
            button.setObjectName("segment")
            button.setCheckable(True)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setToolTip(self.tr("Use the model {0}").format(pack.name))
            button.setAccessibleName(self.tr("Model {0}").format(pack.title))
            button.clicked.connect(lambda _=False, name=pack.name: self._choose_pack(name))
            self._pack_buttons.addButton(button)
            self._packs.addWidget(button, index // PACKS_IN_A_ROW, index % PACKS_IN_A_ROW)

    def packs(self) -> list[QPushButton]:
        """The buttons of the packs that can be chosen."""
        return [button for button in self._pack_buttons.buttons() if isinstance(button, QPushButton)]

    def _choose_pack(self, name: str) -> None:
        if name != self._current_pack:
            self._set_samples_enabled(False)  # they belong to the pack that is about to go
            self.pack_chosen.emit(name)

    def _set_samples_enabled(self, on: bool) -> None:
        for card in self.samples():
            card.setEnabled(on)

    def clear_samples(self) -> None:
        """Takes the samples away; another pack brings its own."""
        while (item := self._samples.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self._samples_title.hide()

    def add_sample(self, thumbnail: Thumbnail) -> None:
        """Adds a picture to try."""
        index = self._samples.count()
        card = QToolButton()
        card.setObjectName("sampleCard")
        card.setAutoRaise(True)
        card.setCursor(Qt.CursorShape.PointingHandCursor)
        card.setIcon(QIcon(_rounded(thumbnail.image, self.devicePixelRatioF())))
        card.setIconSize(QSize(CARD, CARD))
        card.setAccessibleName(self.tr("Open the sample {0}").format(thumbnail.source.name))
        card.setToolTip(thumbnail.source.name)
        card.clicked.connect(lambda: self.source_chosen.emit(thumbnail.source))
        self._samples.addWidget(card, index // COLUMNS, index % COLUMNS)
        self._samples_title.show()

    def samples(self) -> list[QToolButton]:
        """The buttons of the pictures to try."""
        items = (self._samples.itemAt(i) for i in range(self._samples.count()))
        return [widget for item in items if item and isinstance(widget := item.widget(), QToolButton)]


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("heading")
    return label


def _rounded(image: QImage, ratio: float) -> QPixmap:
    pixmap = QPixmap(image.size())
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addRoundedRect(QRectF(pixmap.rect()), 10 * ratio, 10 * ratio)
    painter.setClipPath(path)
    painter.drawImage(0, 0, image)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
