"""The part of the Models menu that depends on what is installed: packs and devices to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from diti_studio.ui.answers import (
        PackReady,
    )


class ModelsMenu(QObject):
    """Lists packs and devices, marks those in use, and tells what was chosen."""

    pack_chosen = Signal(str)
    device_chosen = Signal(str)

    def __init__(self, menu: QMenu) -> None:
        super().__init__(menu)
        self._menu = menu
        self._devices = QMenu(self.tr("&Device"), menu)
        self._pack_group = QActionGroup(self)
        self._device_group = QActionGroup(self)
        self._placeholder = menu.addAction(self.tr("No model is loaded"))
        self._placeholder.setEnabled(False)
        menu.addSeparator()
        menu.addMenu(self._devices)

    def fill(self, ready: PackReady, asked_device: str) -> None:
        """Shows what is installed and marks what is in use."""
        _clear(self._pack_group)
        _clear(self._device_group)
        self._placeholder.setVisible(not ready.installed)
        for pack in ready.installed:
            action = QAction(pack.title, self._pack_group)
            action.setCheckable(True)
            action.setChecked(pack.name == ready.name)
            action.triggered.connect(lambda _=False, name=pack.name: self.pack_chosen.emit(name))
            self._menu.insertAction(self._placeholder, action)
        titles = {"auto": self.tr("Automatic ({0})").format(ready.device.title)}
        titles |= {device.name: device.title for device in ready.devices}
        for name, title in titles.items():
            action = QAction(title, self._device_group)
            action.setCheckable(True)
            action.setChecked(name == asked_device)
            action.triggered.connect(lambda _=False, name=name: self.device_chosen.emit(name))
            self._devices.addAction(action)


def _clear(group: QActionGroup) -> None:
    for action in group.actions():
        group.removeAction(action)
        action.deleteLater()
