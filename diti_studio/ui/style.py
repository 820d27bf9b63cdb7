"""What the window adds to the theme: its start page, messages and frames, in the palette's own colours."""

from __future__ import annotations

_STYLE = """
#welcomePage { background: palette(base); }
#welcomeTitle { font-size: 30px; font-weight: 600; }
#welcomeLine { font-size: 15px; color: palette(placeholder-text); }
#heading { font-size: 13px; font-weight: 600; color: palette(placeholder-text); }
#hint { color: palette(placeholder-text); }
#primaryButton {
    background: palette(highlight); color: palette(highlighted-text); border: none; border-radius: 6px;
    padding: 10px 22px; font-size: 14px; font-weight: 600;
}
#primaryButton:focus { border: 2px solid palette(highlighted-text); padding: 8px 20px; }
#linkButton { border: none; padding: 3px 0; color: palette(link); text-align: left; background: transparent; }
#linkButton:hover, #linkButton:focus { text-decoration: underline; }
#segment {
    border: 1px solid palette(mid); border-radius: 6px; padding: 6px 18px; background: transparent;
    color: palette(window-text);
}
#segment:hover, #segment:focus { border-color: palette(accent); }
#segment:checked {
    background: palette(highlight); color: palette(highlighted-text); border-color: palette(highlight);
    font-weight: 600;
}
#segment:checked:focus { border-color: palette(highlighted-text); }
#sampleCard { border: 2px solid transparent; border-radius: 12px; padding: 0; background: transparent; }
#sampleCard:hover, #sampleCard:focus { border-color: palette(accent); }
#panelTitle { font-weight: 600; padding: 9px 8px 3px 8px; }
#prominentButton {
    background: palette(button); border: 1px solid palette(mid); border-radius: 5px; padding: 4px 12px 4px 6px;
    margin: 1px 6px;
}
#prominentButton:hover { background: palette(midlight); }
#prominentButton:disabled { border-color: palette(midlight); }
#statusItem { padding: 0 9px; border-left: 1px solid palette(midlight); }
#statusWork { padding: 0 4px 0 8px; }
#modelTitle { font-size: 18px; font-weight: 600; }
#guide { background: transparent; }
#messageBar { background: palette(midlight); border: none; border-left: 4px solid palette(accent); }
#messageBar[kind="error"] { border-left-color: #d9534f; }
#pages[dropTarget="true"] { border: 3px solid palette(accent); }
#applyButton {
    background: palette(highlight); color: palette(highlighted-text); border: 1px solid palette(highlight);
    border-radius: 4px; padding: 4px 14px; font-weight: 600;
}
#applyButton:hover { border-color: palette(accent); }
#applyButton:focus { border-color: palette(highlighted-text); }
#cancelButton { padding: 1px 8px; }
#commandList::item { padding: 4px 2px; }
#key { font-weight: 600; }
"""


def window_style() -> str:
    """The style sheet of the main window."""
    return _STYLE
