"""Models > Manage Models: the packs that are there, what each is and can do, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from diti_studio.ui import icons
from diti_studio.ui.pack_shelf import Shelved, facts, is_pack
from diti_studio.ui.sentences import told

if TYPE_CHECKING:
    from diti_studio.ui.answers import (
        PackReady,
    )

SAMPLE_SIDE = 72
SIGN = 16
_SHELVED = Qt.ItemDataRole.UserRole


class ModelManager(QDialog):
    """Shows and asks; whoever listens does it."""

    chosen = Signal(object)
    """A Shelved is selected: its samples are wanted."""
    use_asked = Signal(object)  # Shelved
    verify_asked = Signal(object)  # Shelved
    remove_asked = Signal(object)  # Shelved
    folder_asked = Signal(object)  # Shelved
    install_asked = Signal(object)  # Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Models"))
        self.setAcceptDrops(True)
        self._in_use: Path | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Installed models"))
        self.list.setMinimumWidth(190)
        self.list.setMaximumWidth(260)
        self.list.setWordWrap(True)
        self.list.setSpacing(2)
        self.list.setIconSize(QSize(SIGN, SIGN))
        self.list.currentItemChanged.connect(self._show_current)
        self.title = QLabel()
        self.title.setObjectName("modelTitle")
        self.title.setWordWrap(True)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self._sign = QLabel()
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setAccessibleName(self.tr("Message"))
        self._samples = QHBoxLayout()
        self._samples.setSpacing(6)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(7)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.use = self._button(self.tr("Use"), self.use_asked)
        self.verify = self._button(self.tr("Verify"), self.verify_asked)
        self.verify.setToolTip(self.tr("Check every file against its hash."))
        self.folder = self._button(self.tr("Open Folder"), self.folder_asked)
        self.remove = self._button(self.tr("Remove…"), self.remove_asked)
        self.device = QLabel()
        self.device.setWordWrap(True)
        self.device.setTextFormat(Qt.TextFormat.PlainText)
        self.device.setAccessibleName(self.tr("Device"))
        self.device.setToolTip(self.tr("Models > Device chooses another one."))
        self.install = QPushButton(self.tr("Install"))
        self.install.setToolTip(self.tr("Or drop a .ditipack file or a pack’s folder here."))
        menu = QMenu(self.install)
        menu.addAction(self.tr("From a &File…")).triggered.connect(self._choose_file)
        menu.addAction(self.tr("From a F&older…")).triggered.connect(self._choose_folder)
        self.install.setMenu(menu)
        self._lay_out()
        self.resize(820, 560)

    def _lay_out(self) -> None:
        said = QHBoxLayout()
        said.setSpacing(7)
        said.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.said, 1, Qt.AlignmentFlag.AlignTop)
        inside = QWidget()
        details = QVBoxLayout(inside)
        details.setContentsMargins(0, 0, 8, 0)
        details.setSpacing(12)
        details.addWidget(self.title)
        details.addLayout(said)
        details.addLayout(self._samples)
        details.addLayout(self._form)
        details.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        actions = QHBoxLayout()
        for button in (self.use, self.verify, self.folder):
            actions.addWidget(button)
        actions.addStretch(1)
        actions.addWidget(self.remove)
        right = QVBoxLayout()
        right.addWidget(area, 1)
        right.addLayout(actions)
        columns = QHBoxLayout()
        columns.setSpacing(18)
        columns.addWidget(self.list)
        columns.addLayout(right, 1)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addWidget(self.install)
        foot.addSpacing(12)
        foot.addWidget(self.device, 1)
        foot.addWidget(close)
        for button in (self.install, close):
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 14)
        layout.setSpacing(14)
        layout.addLayout(columns, 1)
        layout.addLayout(foot)

    def _button(self, text: str, signal: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setEnabled(False)  # until a model is listed
        button.clicked.connect(lambda: signal.emit(self.current))  # type: ignore[attr-defined]
        return button

    # -- what is there ---------------------------------------------------------------------------------

    @property
    def current(self) -> Shelved | None:
        """The pack that is shown."""
        item = self.list.currentItem()
        return item.data(_SHELVED) if item is not None else None

    def show_shelf(self, shelf: Sequence[Shelved], in_use: Path | None, select: str | None = None) -> None:
        """Lists packs; ``select`` names the one to show, else it stays or is the one in use."""
        before = self.current
        wanted = select or (before.name if before is not None else None)
        self._in_use = in_use
        self.list.blockSignals(True)
        self.list.clear()
        rows = dict[str, int]()
        for row, shelved in enumerate(shelf):
            item = QListWidgetItem(self._line(shelved))
            item.setData(_SHELVED, shelved)
            if shelved.pack is None:
                item.setIcon(icons.icon("warning"))
            self.list.addItem(item)
            rows[shelved.name] = row
            if wanted is None and shelved.path == in_use:
                wanted = shelved.name
        self.list.setCurrentRow(rows.get(wanted or "", 0 if shelf else -1))
        self.list.blockSignals(False)
        self._show_current()

    def show_samples(self, of: Shelved, images: Sequence[QImage]) -> None:
        """Shows sample pictures, where their pack is still the one that is shown."""
        if of is not self.current:
            return
        self._clear_samples()
        ratio = self.devicePixelRatioF()
        for number, image in enumerate(images):
            picture = QPixmap.fromImage(image)
            picture.setDevicePixelRatio(ratio)
            label = QLabel()
            label.setPixmap(picture)
            label.setAccessibleName(self.tr("Sample {0}").format(number + 1))
            self._samples.addWidget(label)
        self._samples.addStretch(1)

    def show_device(self, ready: PackReady | None, memory: str) -> None:
        """Says what the model in use runs on, what that takes, and why nothing better was to be had."""
        if ready is None:
            self.device.setText(self.tr("No model is in use."))
            return
        parts = [self.tr("Runs on {0}").format(ready.device.title), memory, *map(told, ready.notes)]
        self.device.setText(" · ".join(part for part in parts if part))

    def say(self, text: str, sign: str = "info") -> None:
        """Says something about the pack that is shown."""
        self.said.setText(text)
        self.said.setVisible(bool(text))
        self._sign.setVisible(bool(text))
        self._sign.setPixmap(icons.icon(sign).pixmap(QSize(SIGN, SIGN), self.devicePixelRatioF()))

    def set_busy(self, busy: bool) -> None:
        """While files are checked or copied, nothing else may be asked for."""
        for button in (self.use, self.verify, self.remove, self.install):
            button.setEnabled(not busy)
        if not busy:
            self._follow_current()

    # -- inside ----------------------------------------------------------------------------------------

    def _line(self, shelved: Shelved) -> str:
        if shelved.pack is None:
            return f"{shelved.title}\n{self.tr('cannot be used')}"
        manifest = shelved.pack.manifest
        what = f"{manifest.domain} · {manifest.image_size} px"
        return f"{shelved.title}\n{what}" + (f" · {self.tr('in use')}" if shelved.path == self._in_use else "")

    def _show_current(self) -> None:
        shelved = self.current
        self._clear_samples()
        while self._form.rowCount():
            self._form.removeRow(0)
        self.title.setText(shelved.title if shelved is not None else self.tr("No model is installed."))
        self.say("")
        self._follow_current()
        if shelved is None:
            return
        if shelved.pack is None:
            self.say(shelved.problem, "warning")
        else:
            for label, value, measured in facts(shelved.pack):
                self._add_fact(label, value, measured)
        place = str(shelved.path)
        if not shelved.own:
            place += "\n" + self.tr("It was not installed here, so it cannot be removed here.")
        self._add_fact(self.tr("Where"), place)
        if shelved.pack is not None:
            self.chosen.emit(shelved)

    def _add_fact(self, label: str, value: str, measured: str = "") -> None:
        name = QLabel(label)
        name.setObjectName("hint")
        text = QLabel(value)
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setToolTip(measured)
        text.setAccessibleName(label)
        self._form.addRow(name, text)

    def _follow_current(self) -> None:
        shelved = self.current
        usable = shelved is not None and shelved.pack is not None
        self.use.setEnabled(usable and shelved is not None and shelved.path != self._in_use)
        self.verify.setEnabled(usable)
        self.folder.setEnabled(shelved is not None)
        self.remove.setEnabled(shelved is not None and shelved.own)

    def _clear_samples(self) -> None:
        while (item := self._samples.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Install a Model"), "", self.tr("Model packs ({0});;All files (*)").format("*.ditipack")
        )
        if path:
            self.install_asked.emit(Path(path))

    def _choose_folder(self) -> None:
        if path := QFileDialog.getExistingDirectory(self, self.tr("Install a Model from Its Folder")):
            self.install_asked.emit(Path(path))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        packs = [path for path in paths if is_pack(path)]
        event.acceptProposedAction()
        if packs:
            self.install_asked.emit(packs[0])
        else:
            self.say(self.tr("{0} is no model pack.").format(paths[0].name), "warning")
