"""Pictures that strangers send: read, turned upright, made small enough, and written anew.

What is stored is never what was sent: pixels are drawn into a new JPEG, so that nothing else the file held (position,
names, a second file in the same bytes) comes along. What the camera wrote of place and time is read before that.
"""

import io
import math
import threading
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image

from gis.datum import datum_named
from gis.errors import Refusal
from gis.place import NoPlace, Place, place

FORMATS = ("JPEG", "PNG", "WEBP")
"""What is opened at all. Of a moving picture the first frame counts."""
MOST_PIXELS = 50_000_000
LONGEST_SIDE, THUMBNAIL_SIDE = 2560, 320
QUALITY, THUMBNAIL_QUALITY = 85, 78
STRIP = 128
"""Rows of the result that are made at once."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

_one_at_a_time = threading.Lock()
"""A picture of 50 megapixels takes up to 260 MB while it is read: one thread of a process reads at a time."""

_PLAIN = frozenset({"RGB", "L", "RGBA", "LA", "CMYK"})
"""Modes that become RGB as they are; the others (palettes, which may be see-through, and 16 bits) become RGBA first."""
_SEE_THROUGH = frozenset({"RGBA", "LA"})

_T = Image.Transpose
_UPRIGHT = {
    2: _T.FLIP_LEFT_RIGHT, 3: _T.ROTATE_180, 4: _T.FLIP_TOP_BOTTOM, 5: _T.TRANSPOSE,
    6: _T.ROTATE_270, 7: _T.TRANSVERSE, 8: _T.ROTATE_90,
}  # fmt: skip
"""EXIF orientation -> what turns the picture upright (CIPA DC-008, tag 274)."""


class BadPhoto(Refusal):
    """The bytes are no picture of a known format, not a whole one, or too large to be drawn."""

    code = "bad-photo"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready to be stored: two JPEGs, the size of the first in pixels, and where and when it was taken."""

    data: bytes
    thumbnail: bytes
    width: int
    height: int
    spot: Place | None
    taken_at: datetime | None


def read_picture(sent: bytes, zone: ZoneInfo) -> Picture:
    """Read what was sent. A camera's time without an offset is in ``zone``. Raises BadPhoto, and nothing else."""
    with _one_at_a_time:
        try:
            with Image.open(io.BytesIO(sent), formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise _too_many()
                exif = _exif(image)
                picture = _drawn(image, exif.get(ExifTags.Base.Orientation))
        except BadPhoto:
            raise
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise _too_many() from None
        except Exception as error:  # whatever a decoder stumbles over in a stranger's bytes
            raise BadPhoto("This is no whole picture that can be read: send a JPEG, PNG or WebP file.") from error
        data, thumbnail = _jpeg(picture, QUALITY), _thumbnail(picture)
    return Picture(data, thumbnail, *picture.size, _spot(exif), _taken_at(exif, zone))


def _too_many() -> BadPhoto:
    return BadPhoto(f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels.", most_pixels=MOST_PIXELS)


def _drawn(image: Image.Image, orientation: Any) -> Image.Image:
    """The picture upright, at most LONGEST_SIDE long, on white, as a new RGB image that carries nothing else."""
    share = LONGEST_SIDE / max(image.size)
    image.draft(None, (math.ceil(image.width * share), math.ceil(image.height * share)))  # a JPEG comes out smaller
    image.load()
    picture = _reduced(image, max(1, max(image.size) // LONGEST_SIDE))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    turn = _UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    return picture if turn is None else picture.transpose(turn)


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """The picture on white with squares of ``factor`` pixels made one: strip by strip, since a whole copy of a large
    picture in another mode takes hundreds of megabytes."""
    width, height = image.size
    out = Image.new("RGB", (math.ceil(width / factor), math.ceil(height / factor)))
    for top in range(0, height, STRIP * factor):
        strip = image.crop((0, top, width, min(top + STRIP * factor, height)))
        out.paste(_on_white(strip).reduce(factor), (0, top // factor))
    return out


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode not in _PLAIN:
        image = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image.convert("RGB"), mask=image.getchannel("A") if image.mode in _SEE_THROUGH else None)
    return white


def _thumbnail(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return _jpeg(small, THUMBNAIL_QUALITY)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _exif(image: Image.Image) -> dict[int, Any]:
    """What the camera wrote, all tags in one dictionary by number (GPS tags, whose numbers are small, are 0x10000
    and more here); empty where it wrote nothing that can be read."""
    try:
        exif = image.getexif()
        found = {int(tag): value for tag, value in exif.items()}
        found |= {int(tag): value for tag, value in exif.get_ifd(ExifTags.IFD.Exif).items()}
        return found | {0x10000 + int(tag): value for tag, value in exif.get_ifd(ExifTags.IFD.GPSInfo).items()}
    except Exception:  # the picture may be sound where what is written beside it is not
        return {}


def _gps(exif: dict[int, Any], tag: ExifTags.GPS) -> Any:
    return exif.get(0x10000 + tag)


def _spot(exif: dict[int, Any]) -> Place | None:
    """Where the camera was; None where it does not say, or says what is no place. WGS84 unless it names a datum."""
    lat = _degrees(_gps(exif, ExifTags.GPS.GPSLatitude), _gps(exif, ExifTags.GPS.GPSLatitudeRef), "NS")
    lon = _degrees(_gps(exif, ExifTags.GPS.GPSLongitude), _gps(exif, ExifTags.GPS.GPSLongitudeRef), "EW")
    named = _text(_gps(exif, ExifTags.GPS.GPSMapDatum))
    try:
        return place(lon, lat, datum_named(named) or "unknown" if named else "wgs84")
    except NoPlace:
        return None


def _degrees(parts: Any, side: Any, sides: str) -> float | None:
    """Degrees, minutes and seconds as one number, negative on the second of two sides."""
    letter = _text(side).upper()[:1]
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    whole = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(whole) or not letter or letter not in sides:
        return None
    return -whole if letter == sides[1] else whole


def _taken_at(exif: dict[int, Any], zone: ZoneInfo) -> datetime | None:
    """When the picture was taken (else when the file was made), in UTC; None where the camera does not say."""
    said = _text(exif.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime))
    offset = _text(exif.get(ExifTags.Base.OffsetTimeOriginal) or exif.get(ExifTags.Base.OffsetTime))
    for text, form in ((said + offset, "%Y:%m:%d %H:%M:%S%z"), (said, "%Y:%m:%d %H:%M:%S")):
        try:
            at = datetime.strptime(text, form)  # noqa: DTZ007 (the next line gives a zone to what has none)
            return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return value.strip("\0 ") if isinstance(value, str) else ""
