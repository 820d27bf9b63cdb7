"""Colour profiles as cameras and phones embed them: minimal ICC v2 profiles of three primaries and a gamma."""

from __future__ import annotations

import struct

# XYZ of the primaries, adapted to D50 (Bradford).
_PRIMARIES = {
    "Display P3": ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
    "Adobe RGB (1998)": ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)),
}
_WHITE = (0.9642, 1.0, 0.8249)


def rgb_profile(name: str = "Display P3", *, padding: int = 0) -> bytes:
    """A profile of an RGB display, of gamma 2.2; ``padding`` bytes make it larger."""
    red, green, blue = _PRIMARIES[name]
    gamma = b"curv" + struct.pack(">IIHH", 0, 1, round(2.2 * 256), 0)
    tags = {
        b"desc": _description(name), b"cprt": b"text\0\0\0\0None\0", b"wtpt": _xyz(_WHITE), b"rXYZ": _xyz(red),
        b"gXYZ": _xyz(green), b"bXYZ": _xyz(blue), b"rTRC": gamma, b"gTRC": gamma, b"bTRC": gamma,
    }  # fmt: skip
    return _profile(b"mntr", b"RGB ", tags, padding)


def grey_profile() -> bytes:
    """A profile of grey levels, of gamma 1.8."""
    gamma = b"curv" + struct.pack(">IIHH", 0, 1, round(1.8 * 256), 0)
    tags = {b"desc": _description("Grey"), b"cprt": b"text\0\0\0\0None\0", b"wtpt": _xyz(_WHITE), b"kTRC": gamma}
    return _profile(b"mntr", b"GRAY", tags)


def one_way_profile() -> bytes:
    """A scanner's profile: a table from its RGB to Lab, and none back."""
    grid = [(r, g, b) for r in (0, 1) for g in (0, 1) for b in (0, 1)]
    lab = b"".join(struct.pack(">HHH", round(65280 * (r + g + b) / 3), 32768, 32768) for r, g, b in grid)
    ramp = struct.pack(">HH", 0, 65535)
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    table = b"mft2" + struct.pack(">IBBBB", 0, 3, 3, 2, 0) + identity + struct.pack(">HH", 2, 2)
    table += ramp * 3 + lab + ramp * 3
    tags = {b"desc": _description("A scanner"), b"cprt": b"text\0\0\0\0None\0", b"wtpt": _xyz(_WHITE), b"A2B0": table}
    return _profile(b"scnr", b"RGB ", tags, space=b"Lab ")


def _profile(
    device: bytes, colours: bytes, tags: dict[bytes, bytes], padding: int = 0, space: bytes = b"XYZ "
) -> bytes:
    """ICC.1:2001-04 (version 2.4): header, table of tags, tags."""
    start = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    body += bytes(padding)
    header = struct.pack(">I4s4s4s4s4s", start + len(body), b"lcms", b"\x02\x40\0\0", device, colours, space)
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp"
    header += bytes(68 - len(header)) + struct.pack(">3i", *(round(65536 * n) for n in _WHITE))
    return header + bytes(128 - len(header)) + table + body


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(65536 * n) for n in values))


def _description(text: str) -> bytes:
    data = text.encode("ascii") + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(data)) + data + bytes(12 + 67)
