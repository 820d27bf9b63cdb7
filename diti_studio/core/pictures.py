"""Reading pictures into upright 8-bit sRGB, and writing them with their profile, metadata and recipe."""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import logging
import os
import stat
import threading
import warnings
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, PngImagePlugin, UnidentifiedImageError

from diti_studio.core.atomic import replace_file
from diti_studio.core.colour import (
    CONVERTED_NOTE,
    DEPTH_NOTE,
    as_stored,
    is_deep,
    own_profile,
    profile_name,
    to_srgb,
    written_profile,
)
from diti_studio.core.errors import PictureError
from diti_studio.core.named_colours import named_profile

MAX_PIXELS = 100_000_000
MAX_BYTES = 512 * 2**20

WRITTEN_FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".avif": "AVIF",
}
"""Suffixes that :func:`save` knows, and Pillow's names of the formats."""

_LONGEST_SIDE = {"JPEG": 65_500, "WEBP": 16_383, "AVIF": 65_536}
_MAX_APP_SEGMENT = 65_000  # a JPEG holds metadata in segments of 64 KiB; the same limit serves all formats

_RECIPE_KEY = "diti:recipe"  # of the PNG text chunk
_NAMESPACE = "urn:diti-studio:1:"
_XMP_TAG = 700  # of TIFF
_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:diti="{namespace}"><diti:recipe>{recipe}</diti:recipe>'
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)

# The decoders that are let near a stranger's file. Pillow has more, among them one that starts Ghostscript and
# some that take any bytes for a picture.
_FORMATS = ("AVIF", "BMP", "GIF", "ICO", "JPEG", "JPEG2000", "PNG", "PPM", "QOI", "TIFF", "WEBP")

# What a later picture may say about its maker and moment; sizes, offsets and thumbnails of the source would be lies.
_KEPT_TAGS = frozenset(
    {
        ExifTags.Base.ImageDescription,
        ExifTags.Base.Make,
        ExifTags.Base.Model,
        ExifTags.Base.XResolution,
        ExifTags.Base.YResolution,
        ExifTags.Base.ResolutionUnit,
        ExifTags.Base.DateTime,
        ExifTags.Base.Artist,
        ExifTags.Base.HostComputer,
        ExifTags.Base.Rating,
        ExifTags.Base.Copyright,
        ExifTags.Base.XPTitle,
        ExifTags.Base.XPComment,
        ExifTags.Base.XPAuthor,
        ExifTags.Base.XPKeywords,
        ExifTags.Base.XPSubject,
        ExifTags.IFD.Exif,
        ExifTags.IFD.GPSInfo,
    }
)

_DROPPED_DETAILS = frozenset(
    {
        ExifTags.Base.ExifImageWidth,
        ExifTags.Base.ExifImageHeight,
        ExifTags.Base.ColorSpace,  # the profile tells
        ExifTags.IFD.Interop,
    }
)

_TURNS = {  # EXIF orientation to what makes the picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# What Pillow logs of a damaged file is told to the user in one sentence.
logging.getLogger("PIL").setLevel(logging.CRITICAL)

# warnings.catch_warnings swaps a global: only one thread at a time may do so, and only for as long as a header takes.
_header_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class Own:
    """A picture in the colours of its file, where those are not sRGB.

    Attributes:
        profile: the ICC profile of an RGB device.
        pixels: makes [H,W,3] uint8, upright and opaque, in that profile. A file that is not much larger than its
            pixels is kept, and decoded anew each time: the photo would take twice its memory for the sake of an
            export. Raises PictureError.
        held: bytes that are kept for it.
    """

    profile: bytes
    pixels: Callable[[], NDArray[np.uint8]]
    held: int


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as it is seen: upright, opaque, sRGB."""

    pixels: NDArray[np.uint8]
    """[H, W, 3], not writeable."""
    path: Path | None
    format: str
    """The file's format as Pillow names it (``JPEG``, ``PNG``, ``HEIF``, ...), or empty for bare pixels."""
    exif: bytes | None
    """The metadata worth keeping, orientation removed, ready for :func:`save`."""
    notes: tuple[str, ...] = ()
    """What was changed in reading, in a user's words."""
    own: Own | None = None
    """The same in the file's own colours; None where those are sRGB, or no picture can be written in them."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of size and pixels: the same for the same picture whatever file it came from."""
        state = hashlib.sha256(repr(self.pixels.shape).encode())
        state.update(np.ascontiguousarray(self.pixels).data)
        return state.hexdigest()


def load(path: str | Path) -> Picture:
    """Reads a picture file; raises PictureError with one sentence that names it."""
    path = Path(path)
    data = read_bytes(path)
    return replace(decode(data, path.name), path=path)


def decode(data: bytes, name: str) -> Picture:
    """Reads a picture from the bytes of a file; ``name`` is what messages call it."""
    with open_image(data, name) as image:
        notes: list[str] = []
        orientation, exif = _load(image, name, notes)
        profile = own_profile(image)
        rgb = _converted(image, lambda image: to_srgb(image, notes), orientation, name)
        own = None
        if profile is not None:
            own = Own(profile, partial(_decode_own, data, name), len(data))
            if own.held > 1.5 * rgb.nbytes:  # a file of 16 bits a colour
                stored = _converted(image, as_stored, orientation, name)
                own = Own(profile, lambda: stored, stored.nbytes)
            kept = f"edited in sRGB; an export can keep its own colours ({profile_name(profile)})"
            notes = [kept if note == CONVERTED_NOTE else note for note in notes]
        return Picture(rgb, None, _format(image), exif, tuple(notes), own)


def _decode_own(data: bytes, name: str) -> NDArray[np.uint8]:
    with open_image(data, name) as image:
        orientation, _ = _load(image, name, [])
        return _converted(image, as_stored, orientation, name)


def _format(image: Image.Image) -> str:
    return "JPEG" if image.format == "MPO" else image.format or ""


def _load(image: Image.Image, name: str, notes: list[str]) -> tuple[int, bytes | None]:
    """Decodes the first frame; returns its orientation and the metadata to keep. Raises PictureError.

    Where the file has no profile but names its colours, the image is given theirs.
    """
    _select_first_frame(image, _format(image), notes)
    try:
        deep = is_deep(image)
        image.load()
    except Exception as error:  # decoders raise whatever their library does, MemoryError included
        raise PictureError(f"{name} is damaged or cut short and cannot be read.") from error
    if deep:
        notes.append(DEPTH_NOTE)
    return _read_exif(image, notes)


def _converted(
    image: Image.Image, convert: Callable[[Image.Image], Image.Image], orientation: int, name: str
) -> NDArray[np.uint8]:
    """A loaded image in RGB, upright. Raises PictureError."""
    try:
        rgb = convert(image)
        if orientation in _TURNS:
            rgb = rgb.transpose(_TURNS[orientation])
        return _read_only(np.array(rgb))
    except MemoryError:
        raise PictureError(f"{name} needs more memory than this machine has.") from None
    except (OSError, ValueError) as error:
        raise PictureError(f"{name} has colours that cannot be converted to RGB.") from error


def from_pixels(array: NDArray[Any]) -> Picture:
    """A picture from uint8 [H, W, 3] sRGB pixels, which are copied."""
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise PictureError(f"A picture is 8-bit RGB, but the pixels are {array.dtype} {list(array.shape)}.")
    if array.shape[0] * array.shape[1] > MAX_PIXELS:
        raise PictureError(_too_large("The picture", array.shape[1], array.shape[0]))
    return Picture(_read_only(np.array(array, order="C")), None, "", None)


def save(
    pixels: NDArray[np.uint8],
    path: str | Path,
    *,
    recipe: str | None = None,
    exif: bytes | None = None,
    profile: bytes | None = None,
    sources: Sequence[Path] = (),
    quality: int = 92,
    overwrite: bool = True,
) -> Path:
    """Writes uint8 [H, W, 3] pixels in the format that the path's suffix names, and returns the path.

    ``recipe`` is JSON and can be read back by :func:`read_recipe`; ``exif`` comes from a :class:`Picture`;
    ``quality`` (1..100) is for JPEG, WebP and AVIF; ``profile`` is that of the pixels, sRGB where it is None. The file
    appears whole or not at all. None of ``sources`` is ever replaced, under whatever name; another file that is in the
    way is, unless ``overwrite`` is False. Raises PictureError.
    """
    path = Path(path)
    check_target(path, sources, overwrite)
    data = encode(pixels, path, recipe=recipe, exif=exif, profile=profile, quality=quality)
    return write(data, path, sources, overwrite)


def encode(
    pixels: NDArray[np.uint8],
    path: str | Path,
    *,
    recipe: str | None = None,
    exif: bytes | None = None,
    profile: bytes | None = None,
    quality: int = 92,
) -> bytes:
    """The bytes that :func:`save` writes to that path, whose suffix names the format. Raises PictureError."""
    path = Path(path)
    format_ = _written_format(path)
    longest = max(pixels.shape[:2])
    if longest > _LONGEST_SIDE.get(format_, longest):
        raise PictureError(
            f"{path.name} cannot be written: {format_} holds at most {_LONGEST_SIDE[format_]} pixels a side; use .png."
        )
    return _encode(pixels, format_, path.name, recipe, exif, profile, quality)


def write(
    data: bytes,
    path: str | Path,
    sources: Sequence[Path] = (),
    overwrite: bool = True,
    check: Callable[[], object] | None = None,
) -> Path:
    """Writes a file whole or not at all, with the promises of :func:`save`, and returns the path.

    ``check`` is called when the content lies on the disk beside the path, and may raise: nothing is left behind then.
    Raises PictureError; where the system refused, its OSError is the cause.
    """
    path = Path(path)
    target = Path(os.path.realpath(path))  # a link stays a link; what it names is written

    def put(file: BinaryIO) -> None:
        file.write(data)
        check_way(path, sources, overwrite)  # again: encoding and writing take time
        if check is not None:
            check()

    try:
        replace_file(target, put)
    except OSError as error:
        raise PictureError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path


def read_recipe(path: str | Path) -> str | None:
    """The recipe, as JSON, that :func:`save` wrote into a picture; None where there is none.

    Raises PictureError for a file that is no picture.
    """
    path = Path(path)
    with open_image(read_bytes(path), path.name) as image:
        text = image.info.get(_RECIPE_KEY)
        if text is None:
            text = _recipe_in_xmp(image.info.get("xmp"))
    if not isinstance(text, str) or len(text) > _MAX_APP_SEGMENT:
        return None
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    return str(text)


def read_bytes(path: Path) -> bytes:
    """The content of a picture file, checked before it is read; raises PictureError."""
    name = path.name or str(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise PictureError(f"{name} is a folder, not a picture.")
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device could block for ever
            raise PictureError(f"{name} is not a file.")
        if status.st_size == 0:
            raise PictureError(f"{name} is empty.")
        if status.st_size > MAX_BYTES:
            raise PictureError(f"{name} is larger than {MAX_BYTES // 2**20} MiB.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PictureError(f"{name} was not found; looked for it at {path}.") from error
    except PermissionError as error:
        raise PictureError(f"{name} may not be read: its permissions forbid it.") from error
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        raise PictureError(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if len(data) > MAX_BYTES:
        raise PictureError(f"{name} is larger than {MAX_BYTES // 2**20} MiB.")
    return data


def open_image(data: bytes, name: str) -> Image.Image:
    """Opens the header of a picture and checks its size, decoding nothing; raises PictureError."""
    if not data:
        raise PictureError(f"{name} is empty.")
    try:
        with _header_lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # oddities of metadata, and Pillow's own, lower size limit
            image = _open(data)
    except Image.DecompressionBombError as error:
        raise PictureError(f"{name} has more than {MAX_PIXELS // 1_000_000} megapixels.") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"{name} is not a picture that can be read here.") from error
    except Exception as error:  # a broken header makes decoders raise anything
        raise PictureError(f"{name} is damaged and cannot be read.") from error
    if min(image.size) < 1:
        raise PictureError(f"{name} has no pixels.")
    if image.width * image.height > MAX_PIXELS:
        raise PictureError(_too_large(name, image.width, image.height))
    return image


def _open(data: bytes) -> Image.Image:
    if data[4:8] == b"ftyp" and data[8:12] not in (b"avif", b"avis"):
        pillow_heif: Any = importlib.import_module("pillow_heif")  # only those who open such a picture pay for it
        if pillow_heif.get_file_mimetype(data[:12]):
            return pillow_heif.HeifImageFile(io.BytesIO(data))
    Image.init()
    return Image.open(io.BytesIO(data), formats=[name for name in _FORMATS if name in Image.OPEN])


def _too_large(name: str, width: int, height: int) -> str:
    return f"{name} has {width * height / 1e6:.0f} megapixels; at most {MAX_PIXELS // 1_000_000} can be opened."


def _read_only(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    pixels.setflags(write=False)
    return pixels


def _select_first_frame(image: Image.Image, format_: str, notes: list[str]) -> None:
    """Notes that only one of several pictures is used; a JPEG's extra ones are previews and depth maps."""
    if format_ == "JPEG" or not getattr(image, "is_animated", False):
        return
    if format_ == "HEIF":
        notes.append("the main picture of several in the file")
        return
    notes.append("the first page of several" if format_ == "TIFF" else "the first frame of an animation")
    image.seek(0)


def _read_exif(image: Image.Image, notes: list[str]) -> tuple[int, bytes | None]:
    """The orientation, as the file tells it, and the metadata that stays true of an upright, edited picture."""
    try:
        with _header_lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source = image.getexif()
            if not image.info.get("icc_profile"):
                image.info["icc_profile"] = named_profile(image, source)
            orientation = source.get(ExifTags.Base.Orientation, 1)
            kept = Image.Exif()
            for tag, value in source.items():
                if tag in _KEPT_TAGS:
                    kept[tag] = source.get_ifd(tag) if tag in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo) else value
            details = kept.get(ExifTags.IFD.Exif)
            if details:
                kept[ExifTags.IFD.Exif] = {tag: value for tag, value in details.items() if tag not in _DROPPED_DETAILS}
            data = kept.tobytes() if len(kept) else None
    except Exception:  # whatever a broken block makes the parser raise: the picture itself is fine
        notes.append("unreadable metadata left out")
        return 1, None
    return orientation, data


def check_target(path: Path, sources: Sequence[Path] = (), overwrite: bool = True) -> str:
    """The format that :func:`save` would write; raises PictureError where it would refuse, before there are pixels."""
    format_ = _written_format(path)
    check_way(path, sources, overwrite)
    return format_


def _written_format(path: Path) -> str:
    format_ = WRITTEN_FORMATS.get(path.suffix.lower())
    if format_ is None:
        raise PictureError(f"{path.name} has no suffix that can be written: use {', '.join(WRITTEN_FORMATS)}.")
    return format_


def check_way(path: Path, sources: Sequence[Path] = (), overwrite: bool = True) -> None:
    """Raises PictureError where :func:`write` would refuse a path, whatever the format."""
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise PictureError(f"{path} cannot be written: there is no folder {path.parent}.")
    if target.is_dir():
        raise PictureError(f"{path} cannot be written: it is a folder.")
    if not target.exists():
        return
    for source in sources:
        # By identity on the disk: a link, a hard link or another spelling of the name is the source all the same.
        if source.exists() and target.samefile(source):
            raise PictureError(f"{path} is the source picture and is not replaced: choose another name.")
    if not overwrite:
        raise PictureError(f"{path} exists already and is kept: choose another name.")


def _encode(
    pixels: NDArray[np.uint8], format_: str, name: str, recipe: str | None, exif: bytes | None,
    profile: bytes | None, quality: int,
) -> bytes:  # fmt: skip
    options: dict[str, Any] = {"icc_profile": profile or written_profile()}
    text = None if recipe is None else json.dumps(json.loads(recipe), separators=(",", ":"))
    xmp = b"" if text is None else _xmp(text)
    if len(xmp) > _MAX_APP_SEGMENT:
        raise PictureError(f"{name} cannot hold its recipe ({len(xmp)} bytes): export it without the recipe.")
    if exif and len(exif) <= _MAX_APP_SEGMENT:
        options["exif"] = exif
    if format_ in ("JPEG", "WEBP", "AVIF"):
        options["quality"] = quality
        if xmp:
            options["xmp"] = xmp
    if format_ == "JPEG":
        options |= {"subsampling": "4:4:4" if quality >= 90 else "4:2:0", "optimize": True}
    elif format_ == "AVIF":
        options["subsampling"] = "4:4:4" if quality >= 90 else "4:2:0"
    elif format_ == "PNG" and text is not None:
        chunks = PngImagePlugin.PngInfo()
        chunks.add_itxt(_RECIPE_KEY, text)
        options["pnginfo"] = chunks
    elif format_ == "TIFF":
        tags = Image.Exif()
        tags.load(options.pop("exif", b""))
        if xmp:
            tags[_XMP_TAG] = xmp
        options["exif"] = tags  # uncompressed: libtiff, which would compress, refuses a camera's metadata
    buffer = io.BytesIO()
    try:
        Image.fromarray(pixels).save(buffer, format_, **options)
    except (OSError, ValueError, MemoryError) as error:
        raise PictureError(f"{name} cannot be written as {format_}: {error}.") from error
    return buffer.getvalue()


def _xmp(recipe: str) -> bytes:
    escaped = recipe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _XMP.format(namespace=_NAMESPACE, recipe=escaped).encode()


def _recipe_in_xmp(packet: object) -> str | None:
    """The recipe of an XMP packet, as an element or, as other programs rewrite it, an attribute."""
    if not isinstance(packet, bytes) or len(packet) > 4 * _MAX_APP_SEGMENT:
        return None
    if b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:  # XMP has none; a hostile file may expand them without end
        return None
    try:
        root = ElementTree.fromstring(packet.strip(b"\0 \r\n\t"))
    except (ElementTree.ParseError, ValueError):
        return None
    key = f"{{{_NAMESPACE}}}recipe"
    for element in root.iter():
        if element.tag == key:
            return element.text
        if key in element.attrib:
            return element.attrib[key]
    return None
