"""Pictures for tests: ``a_picture(color="red")``, ``taken(lon=..., lat=...)``. Made by Pillow, as a phone would."""

import io
from typing import Any

from PIL import ExifTags, Image

SIZE = (640, 480)


def a_picture(form: str = "JPEG", size: tuple[int, int] = SIZE, color: Any = "teal", **more: Any) -> bytes:
    """A file of that form: a plain colour with a red square in the upper left corner."""
    image = Image.new("RGB", size, color)
    image.paste("red", (0, 0, max(1, size[0] // 4), max(1, size[1] // 4)))
    return saved(image, form, **more)


def saved(image: Image.Image, form: str = "JPEG", **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def exif(
    lon: float | None = None,
    lat: float | None = None,
    taken_at: str | None = None,
    offset: str | None = None,
    orientation: int | None = None,
    **gps: Any,
) -> Image.Exif:
    """What a camera writes. ``gps`` are GPS tags by name that stand beside (or instead of) the position."""
    told = Image.Exif()
    told[ExifTags.Base.Make] = "Phone of Lin Xiaoming"
    if orientation is not None:
        told[ExifTags.Base.Orientation] = orientation
    inner: dict[int, Any] = {}
    if taken_at is not None:
        inner[ExifTags.Base.DateTimeOriginal] = taken_at
    if offset is not None:
        inner[ExifTags.Base.OffsetTimeOriginal] = offset
    if inner:
        told[ExifTags.IFD.Exif] = inner
    where: dict[int, Any] = {}
    if lon is not None and lat is not None:
        where[ExifTags.GPS.GPSLatitudeRef], where[ExifTags.GPS.GPSLatitude] = "S" if lat < 0 else "N", sixtieths(lat)
        where[ExifTags.GPS.GPSLongitudeRef], where[ExifTags.GPS.GPSLongitude] = "W" if lon < 0 else "E", sixtieths(lon)
    where |= {ExifTags.GPS[name]: value for name, value in gps.items()}
    if where:
        told[ExifTags.IFD.GPSInfo] = where
    return told


def sixtieths(degrees: float) -> tuple[float, float, float]:
    """Degrees, minutes and seconds without their side."""
    rest = abs(degrees)
    whole = int(rest)
    minutes = int((rest - whole) * 60)
    return float(whole), float(minutes), round(((rest - whole) * 60 - minutes) * 60, 4)


def opened(data: bytes) -> Image.Image:
    """A picture read whole."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
