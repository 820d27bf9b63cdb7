"""The language of the window: chosen by the user, else the system's; English where there is no translation."""

from __future__ import annotations

import os

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

from diti_studio.core.errors import UsageError
from diti_studio.core.resources import resource

SYSTEM, ENGLISH = "system", "en"
LANGUAGES = {ENGLISH: "English", "de": "Deutsch"}
"""By code, each named as those who speak it do."""

_HOLDER = "diti-language"
_spoken = ENGLISH


def translate(context: str, source: str) -> str:
    """A text of a module, in the language of the window; the collector of texts finds calls of this name."""
    return QCoreApplication.translate(context, source)


def known(wanted: str) -> str:
    """What was asked for, if it can be had. Raises UsageError."""
    if wanted != SYSTEM and wanted not in LANGUAGES:
        raise UsageError(f"There is no language {wanted[:20]!r}: use {', '.join(LANGUAGES)} or {SYSTEM}.")
    return wanted


def chosen(wanted: str = SYSTEM) -> str:
    """The code of the language that ``wanted``, a code or "system", leads to here."""
    if wanted in LANGUAGES:
        return wanted
    # What gettext reads, and macOS and Windows do not set: Qt looks at it only in some versions.
    names = [os.environ["LANGUAGE"].split(":")[0]] if os.environ.get("LANGUAGE") else QLocale.system().uiLanguages()
    code = names[0].replace("_", "-").partition("-")[0].lower() if names else ENGLISH
    return code if code in LANGUAGES else ENGLISH


def is_english() -> bool:
    """True where texts are shown as they stand in the source; for any thread."""
    return _spoken == ENGLISH


def apply(app: QApplication, wanted: str = SYSTEM) -> str:
    """Gives the application its language; widgets made afterwards speak it. Returns the code."""
    global _spoken
    code = chosen(wanted)
    if (old := app.findChild(QObject, _HOLDER)) is not None:
        for translator in old.findChildren(QTranslator):
            app.removeTranslator(translator)
        old.setParent(None)
        old.deleteLater()
    _spoken = code
    if code == ENGLISH:
        return code
    holder = QObject(app)
    holder.setObjectName(_HOLDER)
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in ((f"qtbase_{code}", qt_folder), (code, str(resource("translations")))):
        translator = QTranslator(holder)
        if translator.load(name, folder):  # without Qt's own, only its standard buttons stay English
            app.installTranslator(translator)
    return code
