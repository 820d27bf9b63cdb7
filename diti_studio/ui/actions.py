"""The one table of commands, behind menus, toolbar and the sheet of shortcuts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QSizePolicy, QToolBar, QToolButton, QWidget

from diti_studio.ui import icons

if TYPE_CHECKING:  # Qt's own says that it returns an object; it is what the collector of texts looks for

    def QT_TRANSLATE_NOOP(context: str, text: str) -> str: ...
else:
    from PySide6.QtCore import QT_TRANSLATE_NOOP

CONTEXT = "commands"
Needs = Literal["", "picture", "reference", "canvas"]
Place = Literal["", "left", "right"]
_Key = QKeySequence.StandardKey


def _text(source: str) -> str:
    return QCoreApplication.translate(CONTEXT, source)


@dataclass(frozen=True)
class Command:
    """What a person can ask the window for.

    Attributes:
        id: names the action.
        text: as menus show it, with its mnemonic.
        menu: the menu that holds it; a line is drawn above where ``line`` is set.
        handler: a method of the window or, after dots, of one of its parts; a checkable command's takes a bool.
        shortcuts: the first is shown.
        icon: of ``icons.icon``.
        toolbar: where in the toolbar it has a button; those on the right carry their text.
        needs: it is disabled while no picture is open, while it has no reference, or while the canvas is not shown.
        tip: one sentence for toolbar and status line.
    """

    id: str
    text: str
    menu: str
    handler: str
    shortcuts: tuple[str | QKeySequence.StandardKey, ...] = ()
    icon: str = ""
    toolbar: Place = ""
    checkable: bool = False
    needs: Needs = ""
    line: bool = False
    tip: str = ""


MENUS = (
    ("file", QT_TRANSLATE_NOOP("commands", "&File")),
    ("edit", QT_TRANSLATE_NOOP("commands", "&Edit")),
    ("view", QT_TRANSLATE_NOOP("commands", "&View")),
    ("image", QT_TRANSLATE_NOOP("commands", "&Image")),
    ("models", QT_TRANSLATE_NOOP("commands", "&Models")),
    ("help", QT_TRANSLATE_NOOP("commands", "&Help")),
)

COMMANDS = (
    Command(
        "open", QT_TRANSLATE_NOOP("commands", "&Open…"), "file", "choose_picture", (_Key.Open,), "open", "left",
        tip=QT_TRANSLATE_NOOP("commands", "Open a picture."),
    ),
    Command(
        "save", QT_TRANSLATE_NOOP("commands", "&Save"), "file", "documents.save", (_Key.Save,), needs="picture",
        line=True, tip=QT_TRANSLATE_NOOP("commands", "Save the picture with its whole history, to go on later."),
    ),
    Command(
        "save_as", QT_TRANSLATE_NOOP("commands", "Save &As…"), "file", "documents.save_as", (_Key.SaveAs,),
        needs="picture", tip=QT_TRANSLATE_NOOP("commands", "Save it to another document."),
    ),
    Command(
        "open_document", QT_TRANSLATE_NOOP("commands", "Open &Document…"), "file", "documents.ask", ("Ctrl+Shift+O",),
        tip=QT_TRANSLATE_NOOP("commands", "Go on with a picture that was saved with its history."),
    ),
    Command(
        "close_picture", QT_TRANSLATE_NOOP("commands", "&Close Picture"), "file", "close_picture",
        ("Ctrl+W", _Key.Close), needs="picture",
        tip=QT_TRANSLATE_NOOP("commands", "Take the picture off the film strip."),
    ),
    Command("start", QT_TRANSLATE_NOOP("commands", "S&tart Page"), "file", "show_welcome"),
    Command(
        "export", QT_TRANSLATE_NOOP("commands", "&Export…"), "file", "exporter.ask", ("Ctrl+E",), "export", "right",
        needs="picture", line=True, tip=QT_TRANSLATE_NOOP("commands", "Write the edited picture to a new file."),
    ),
    Command(
        "export_sweep", QT_TRANSLATE_NOOP("commands", "Export S&weep…"), "file", "exporter.ask_sweep", needs="picture",
        tip=QT_TRANSLATE_NOOP("commands", "Write an animation of one attribute from end to end."),
    ),
    Command(
        "export_sheet", QT_TRANSLATE_NOOP("commands", "Export Contact S&heet…"), "file", "exporter.ask_sheet",
        needs="picture", tip=QT_TRANSLATE_NOOP("commands", "Write one page that shows what every attribute does."),
    ),
    Command(
        "batch_export", QT_TRANSLATE_NOOP("commands", "&Batch Export…"), "file", "ask_batch", ("Ctrl+Shift+E",),
        tip=QT_TRANSLATE_NOOP("commands", "Do one edit, or a sweep, to many pictures."),
    ),
    Command(
        "batch_progress", QT_TRANSLATE_NOOP("commands", "Batch P&rogress"), "file", "show_batches",
        tip=QT_TRANSLATE_NOOP("commands", "How far the batches are, and what failed."),
    ),
    Command("quit", QT_TRANSLATE_NOOP("commands", "&Quit"), "file", "close", (_Key.Quit,), line=True),
    Command("undo", QT_TRANSLATE_NOOP("commands", "&Undo"), "edit", "undo", (_Key.Undo,), "undo", "left"),
    Command("redo", QT_TRANSLATE_NOOP("commands", "&Redo"), "edit", "redo", (_Key.Redo, "Ctrl+Y"), "redo", "left"),
    Command(
        "copy", QT_TRANSLATE_NOOP("commands", "&Copy Picture"), "edit", "exporter.copy", (_Key.Copy,),
        needs="picture", line=True, tip=QT_TRANSLATE_NOOP("commands", "Copy the edited picture."),
    ),
    Command(
        "paste", QT_TRANSLATE_NOOP("commands", "&Paste Picture"), "edit", "paste", (_Key.Paste,), "paste",
        tip=QT_TRANSLATE_NOOP("commands", "Open the picture that was copied."),
    ),
    Command(
        "copy_edit", QT_TRANSLATE_NOOP("commands", "Copy E&dit"), "edit", "recipes.copy", ("Ctrl+Shift+C",),
        needs="picture", line=True, tip=QT_TRANSLATE_NOOP("commands", "Copy what was done, for other pictures."),
    ),
    Command(
        "paste_edit", QT_TRANSLATE_NOOP("commands", "Paste Ed&it"), "edit", "recipes.paste", ("Ctrl+Shift+V",),
        needs="picture", tip=QT_TRANSLATE_NOOP("commands", "Do to this picture what was copied from another."),
    ),
    Command(
        "save_preset", QT_TRANSLATE_NOOP("commands", "Save as Prese&t…"), "edit", "recipes.ask_preset", needs="picture",
    ),
    Command(
        "load_recipe", QT_TRANSLATE_NOOP("commands", "&Load Recipe…"), "edit", "recipes.ask_load", needs="picture",
        tip=QT_TRANSLATE_NOOP("commands", "Apply the edit in a file or in an exported picture."),
    ),
    Command(
        "save_recipe", QT_TRANSLATE_NOOP("commands", "Sa&ve Recipe…"), "edit", "recipes.ask_save", needs="picture",
        tip=QT_TRANSLATE_NOOP("commands", "Write the edit to a file of its own, to share it."),
    ),
    Command(
        "reset", QT_TRANSLATE_NOOP("commands", "Reset &All"), "edit", "controls.reset_all",
        ("Ctrl+Shift+R",), "reset-all",
        needs="picture", line=True, tip=QT_TRANSLATE_NOOP("commands", "Set every control back to zero."),
    ),
    Command(
        "snapshot", QT_TRANSLATE_NOOP("commands", "Take a S&napshot"), "edit", "snapshots.take", ("Ctrl+D",),
        needs="picture", line=True, tip=QT_TRANSLATE_NOOP("commands", "Keep how it looks now, to come back to it."),
    ),
    Command(
        "swap", QT_TRANSLATE_NOOP("commands", "Swap Picture and Reference"), "edit", "controls.swap", ("X",), "swap",
        needs="reference", tip=QT_TRANSLATE_NOOP("commands", "Let the picture and its reference change places."),
    ),
    Command(
        "cancel", QT_TRANSLATE_NOOP("commands", "Cancel &Work"), "edit", "cancel_work", ("Esc",), "cancel",
        tip=QT_TRANSLATE_NOOP("commands", "Stop the rendering that runs."),
    ),
    Command(
        "split", QT_TRANSLATE_NOOP("commands", "&Before and After"), "view", "workspace.canvas.set_split",
        ("S",), "split", "left", True,
        needs="picture", tip=QT_TRANSLATE_NOOP("commands", "Compare with the original across a line that you drag."),
    ),
    Command(
        "difference", QT_TRANSLATE_NOOP("commands", "&Difference"), "view", "workspace.canvas.set_difference",
        ("D",), checkable=True, needs="picture",
        tip=QT_TRANSLATE_NOOP("commands", "Show what changed, as light where it did."),
    ),
    Command(
        "gain", QT_TRANSLATE_NOOP("commands", "Difference &Gain"), "view", "workspace.canvas.turn_gain", ("Shift+D",),
        needs="picture", tip=QT_TRANSLATE_NOOP("commands", "Once, four times or sixteen times as bright."),
    ),
    Command(
        "model", QT_TRANSLATE_NOOP("commands", "&Model’s Own Picture"), "view", "preview.set_model_view",
        ("M",), "pack",
        "left", True, needs="picture",
        tip=QT_TRANSLATE_NOOP("commands", "Show what the network itself draws, not your pixels plus the change."),
    ),
    Command(
        "explorer", QT_TRANSLATE_NOOP("commands", "&Time Explorer"), "view", "workspace.show_explorer",
        ("T",), "time", "left", True, needs="picture",
        tip=QT_TRANSLATE_NOOP("commands", "Show the picture along its diffusion, and where in time attributes live."),
    ),
    Command(
        "grid", QT_TRANSLATE_NOOP("commands", "Grid of &Snapshots"), "view", "workspace.show_grid", ("G",),
        checkable=True, needs="picture",
        tip=QT_TRANSLATE_NOOP("commands", "Show the original and all snapshots side by side, and compare two."),
    ),
    Command(
        "zoom_in", QT_TRANSLATE_NOOP("commands", "Zoom &In"), "view", "workspace.canvas.zoom_in",
        (_Key.ZoomIn, "Ctrl+="), "zoom-in",
        needs="canvas", line=True,
    ),
    Command(
        "zoom_out", QT_TRANSLATE_NOOP("commands", "Zoom &Out"), "view", "workspace.canvas.zoom_out",
        (_Key.ZoomOut,), "zoom-out",
        needs="canvas",
    ),
    Command(
        "fit", QT_TRANSLATE_NOOP("commands", "&Fit to Window"), "view", "workspace.canvas.fit",
        ("Ctrl+0",), "zoom-fit", "left",
        needs="canvas", tip=QT_TRANSLATE_NOOP("commands", "Show the whole picture."),
    ),
    Command(
        "actual", QT_TRANSLATE_NOOP("commands", "&100 %"), "view", "workspace.canvas.actual_size",
        ("Ctrl+1",), "zoom-100",
        needs="canvas",
    ),
    Command(
        "next", QT_TRANSLATE_NOOP("commands", "&Next Picture"), "view", "next_picture", ("Ctrl+PgDown",),
        needs="picture", line=True,
    ),
    Command(
        "previous", QT_TRANSLATE_NOOP("commands", "Pre&vious Picture"), "view", "previous_picture", ("Ctrl+PgUp",),
        needs="picture",
    ),
    Command(
        "frame", QT_TRANSLATE_NOOP("commands", "&Frame…"), "image", "reframing.set_on", ("F",), "frame", "left", True,
        needs="picture", tip=QT_TRANSLATE_NOOP("commands", "Choose the part of the photo, or the face, to edit."),
    ),
    Command(
        "palette", QT_TRANSLATE_NOOP("commands", "&Find a Command…"), "help", "show_palette", ("Ctrl+K",),
        tip=QT_TRANSLATE_NOOP("commands", "Type a few letters of what you want to do."),
    ),
    Command(
        "manage_models", QT_TRANSLATE_NOOP("commands", "&Manage Models…"), "models", "manage_models",
        tip=QT_TRANSLATE_NOOP("commands", "See what models there are; verify, install and remove them."),
    ),
    Command("shortcuts", QT_TRANSLATE_NOOP("commands", "&Keyboard Shortcuts"), "help", "show_shortcuts", ("F1",)),
    Command(
        "tour", QT_TRANSLATE_NOOP("commands", "&Tour of the Window"), "help", "tour.begin",
        tip=QT_TRANSLATE_NOOP("commands", "Show what is where, in a minute."),
    ),
    Command("guide", QT_TRANSLATE_NOOP("commands", "&How It Works"), "help", "show_guide"),
    Command("about", QT_TRANSLATE_NOOP("commands", "&About DiTi Studio"), "help", "show_about", line=True),
)  # fmt: skip

# What is done without an action, for the sheet of shortcuts.
GESTURES = (
    ("B  \\", QT_TRANSLATE_NOOP("commands", "Hold to see the original")),
    (QT_TRANSLATE_NOOP("commands", "Wheel"), QT_TRANSLATE_NOOP("commands", "Zoom at the pointer")),
    (QT_TRANSLATE_NOOP("commands", "Drag"), QT_TRANSLATE_NOOP("commands", "Move the picture")),
    (
        QT_TRANSLATE_NOOP("commands", "Double-click the picture"),
        QT_TRANSLATE_NOOP("commands", "Between the whole picture and its own pixels"),
    ),
    (QT_TRANSLATE_NOOP("commands", "Double-click a control"), QT_TRANSLATE_NOOP("commands", "Set it back to zero")),
    ("Shift+S, Shift+M", QT_TRANSLATE_NOOP("commands", "Solo or mute the stage of the equaliser’s chosen bar")),
    (
        "Shift+F10",
        QT_TRANSLATE_NOOP("commands", "See what minus and plus of a control would do (or rest the mouse on it)"),
    ),
    (QT_TRANSLATE_NOOP("commands", "Arrow keys"), QT_TRANSLATE_NOOP("commands", "Move the focused control")),
    ("+  −  [  ]", QT_TRANSLATE_NOOP("commands", "While framing: resize and turn the square")),
    ("Tab", QT_TRANSLATE_NOOP("commands", "While framing: the next face")),
    (
        QT_TRANSLATE_NOOP("commands", "Alt or Shift, drag a corner"),
        QT_TRANSLATE_NOOP("commands", "While framing: hold the centre"),
    ),
)


def build(target: QObject) -> dict[str, QAction]:
    """Makes an action for each command, bound to the methods of ``target``."""
    return {command.id: _action(command, target) for command in COMMANDS}


def fill_menus(bar: QMenuBar, actions: Mapping[str, QAction]) -> dict[str, QMenu]:
    """Adds the menus with their commands to a menu bar; returns them by name."""
    menus = {name: bar.addMenu(_text(title)) for name, title in MENUS}
    for command in COMMANDS:
        menu = menus[command.menu]
        if command.line and not menu.isEmpty():
            menu.addSeparator()
        menu.addAction(actions[command.id])
    return menus


def fill_toolbar(bar: QToolBar, actions: Mapping[str, QAction]) -> None:
    """Adds the commands that have a button; on the left with a line between those of different menus."""
    last = ""
    for command in COMMANDS:
        if command.toolbar == "left":
            if last and command.menu != last:
                bar.addSeparator()
            bar.addAction(actions[command.id])
            last = command.menu
    spacer = QWidget()
    spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(spacer)
    for command in COMMANDS:
        if command.toolbar == "right":
            bar.addAction(actions[command.id])
            button = bar.widgetForAction(actions[command.id])
            if isinstance(button, QToolButton):
                button.setObjectName("prominentButton")
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)


def with_menus(actions: Mapping[str, QAction]) -> list[tuple[str, QAction]]:
    """Each command's menu and action, in the order of the table."""
    titles = {name: _text(title) for name, title in MENUS}
    return [(titles[command.menu], actions[command.id]) for command in COMMANDS]


def update(actions: Mapping[str, QAction], *, picture: bool, reference: bool, canvas: bool) -> None:
    """Enables what can be done now."""
    there = {"picture": picture, "reference": reference, "canvas": picture and canvas}
    for command in COMMANDS:
        if command.needs:
            actions[command.id].setEnabled(there[command.needs])


def shortcut_rows() -> list[tuple[str, str]]:
    """Keys and what they do, for the sheet: commands first, then gestures."""
    rows = list[tuple[str, str]]()
    for command in COMMANDS:
        if sequences := _sequences(command):
            keys = sequences[0].toString(QKeySequence.SequenceFormat.NativeText)
            rows.append((keys, plain(_text(command.text))))
    return rows + [(_text(keys), _text(meaning)) for keys, meaning in GESTURES]


def plain(text: str) -> str:
    """A command's text without mnemonic and ellipsis."""
    return text.replace("&", "").rstrip("…")


def _sequences(command: Command) -> list[QKeySequence]:
    found = list[QKeySequence]()
    for key in command.shortcuts:
        bound = [QKeySequence(key)] if isinstance(key, str) else QKeySequence.keyBindings(key)
        found += [sequence for sequence in bound if sequence not in found]
    return found


def _action(command: Command, target: QObject) -> QAction:
    action = QAction(_text(command.text), target)
    action.setObjectName(command.id)
    action.setShortcuts(_sequences(command))
    action.setCheckable(command.checkable)
    if command.icon:
        action.setIcon(icons.icon(command.icon))
    tip = _text(command.tip) if command.tip else ""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    name = plain(_text(command.text))
    action.setToolTip(" ".join(part for part in (f"<b>{name}</b>", f"({keys})" if keys else "", f"<br>{tip}") if part))
    handler = attrgetter(command.handler)(target)
    (action.toggled if command.checkable else action.triggered).connect(handler)
    return action
