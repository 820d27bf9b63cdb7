"""A photo as a phone writes it: a JPEG with EXIF that tells camera, moment and place."""

from __future__ import annotations

from pathlib import Path

from PIL import ExifTags, Image

from tests.studio.packs_factory import picture

PLACE = {
    ExifTags.GPS.GPSLatitudeRef: "N",
    ExifTags.GPS.GPSLatitude: (52.0, 31.0, 12.0),
    ExifTags.GPS.GPSLongitudeRef: "E",
    ExifTags.GPS.GPSLongitude: (13.0, 24.0, 18.0),
}


def take_photo(path: Path, *, place: bool = True) -> Path:
    """Writes one of 96 px."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "A camera"
    exif[ExifTags.IFD.Exif] = {ExifTags.Base.DateTimeOriginal: "2026:05:01 12:00:00"}
    if place:
        exif[ExifTags.IFD.GPSInfo] = PLACE
    Image.fromarray(picture(1)).save(path, exif=exif, quality=95)
    return path


def tells(path: Path) -> set[str]:
    """Which of camera, moment, place and profile a written picture tells."""
    with Image.open(path) as image:
        exif = image.getexif()
        found = {
            "camera": exif.get(ExifTags.Base.Make),
            "moment": exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal),
            "place": exif.get_ifd(ExifTags.IFD.GPSInfo),
            "profile": image.info.get("icc_profile"),
        }
    return {name for name, value in found.items() if value}
