"""The windows of the Help menu: shortcuts, how it works, about."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QTextBrowser, QVBoxLayout, QWidget

from diti_studio import __version__
from diti_studio.ui.actions import shortcut_rows
from diti_studio.ui.language import translate


def shortcut_sheet(parent: QWidget) -> QDialog:
    """Every key and gesture in two columns."""
    dialog = _dialog(parent, translate("help", "Keyboard Shortcuts"))
    grid = QGridLayout()
    grid.setHorizontalSpacing(22)
    grid.setVerticalSpacing(7)
    rows = shortcut_rows()
    half = (len(rows) + 1) // 2
    for index, (keys, meaning) in enumerate(rows):
        column = 3 * (index // half)
        key = QLabel(keys)
        key.setObjectName("key")
        grid.addWidget(key, index % half, column, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(QLabel(meaning), index % half, column + 1)
    grid.setColumnMinimumWidth(2, 24)
    _finish(dialog, grid)
    return dialog


def guide(parent: QWidget) -> QDialog:
    """The idea in a page."""
    dialog = _dialog(parent, translate("help", "How It Works"))
    text = QTextBrowser()
    text.setOpenExternalLinks(False)
    text.setObjectName("guide")
    text.setFrameShape(QTextBrowser.Shape.NoFrame)
    text.setMinimumSize(540, 360)
    text.setHtml(
        translate(
            "help",
            "<h3>Pictures lose what they show in an order</h3>"
            "<p>A diffusion model takes a picture apart in a thousand small steps of noise. Fine texture goes first, "
            "then small parts, then what makes a face or a room, and last the tone of the whole. Each attribute is "
            "lost at its own time.</p>"
            "<p>This program’s model keeps, for every range of time-steps, a few numbers that hold just what is lost "
            "there. Moving them changes that, and little else. The equaliser below the picture shows these ranges "
            "from fine (left) to coarse (right); a named slider such as <i>Smile</i> moves a mix of them.</p>"
            "<h3>What you see</h3>"
            "<p>Your own pixels plus the change. At zero the picture is untouched, bit for bit. <i>Model’s Own "
            "Picture</i> in the View menu shows what the network itself draws, and the status line how closely it "
            "rebuilds your picture before any edit.</p>"
            "<h3>Borrowing</h3>"
            "<p>Drop a second picture on <i>Reference</i>, choose a range of time-steps and raise the blend: that "
            "range comes from there.</p>"
            "<p><small>After Yue et al., <i>Exploring Diffusion Time-steps for Unsupervised Representation "
            "Learning</i>, ICLR 2024.</small></p>",
        )
    )
    layout = QVBoxLayout()
    layout.addWidget(text)
    _finish(dialog, layout)
    return dialog


def about(parent: QWidget) -> QDialog:
    """Name, version, licence."""
    dialog = _dialog(parent, translate("help", "About DiTi Studio"))
    title = QLabel("DiTi Studio")
    title.setObjectName("welcomeTitle")
    words = translate(
        "help",
        "Version {0}<br>A desktop editor for disentangled image editing over diffusion time-steps.<br>MIT licence.",
    )
    text = QLabel(words.format(__version__))
    layout = QVBoxLayout()
    layout.addWidget(title)
    layout.addWidget(text)
    _finish(dialog, layout)
    return dialog


def _dialog(parent: QWidget, title: str) -> QDialog:
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _finish(dialog: QDialog, content: QGridLayout | QVBoxLayout) -> None:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(24, 20, 24, 16)
    layout.setSpacing(18)
    layout.addLayout(content)
    layout.addWidget(buttons)
