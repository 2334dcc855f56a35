"""Pictures from strangers: what is read of them, what is left of them, and what is refused."""

import io
import struct
import zlib
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from store import pictures
from store.pictures import BadPhoto, Picture, read_picture
from tests.pictures import a_picture, exif, opened, saved

ZONE = ZoneInfo("Asia/Shanghai")


def read(sent: bytes) -> Picture:
    return read_picture(sent, ZONE)


@pytest.mark.parametrize(
    ("form", "mode", "color"),
    [
        ("JPEG", "RGB", "teal"),
        ("JPEG", "L", 90),
        ("JPEG", "CMYK", (200, 0, 0, 0)),
        ("PNG", "RGB", "teal"),
        ("PNG", "RGBA", (0, 128, 128, 255)),
        ("PNG", "LA", (90, 255)),
        ("PNG", "P", 5),
        ("PNG", "1", 1),
        ("PNG", "I;16", 9000),
        ("WEBP", "RGB", "teal"),
        ("WEBP", "RGBA", (0, 128, 128, 128)),
    ],
)
def test_formats_and_modes(form: str, mode: str, color: Any) -> None:
    found = read(saved(Image.new(mode, (640, 480), color), form))
    image, small = opened(found.data), opened(found.thumbnail)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (640, 480))
    assert (found.width, found.height) == (640, 480)
    assert (small.format, small.size) == ("JPEG", (320, 240))


@pytest.mark.parametrize(
    ("size", "stored", "small"),
    [
        ((5000, 4000), (2560, 2048), (320, 256)),
        ((4000, 5000), (2048, 2560), (256, 320)),
        ((2560, 100), (2560, 100), (320, 12)),
        ((300, 200), (300, 200), (300, 200)),
        ((1, 1), (1, 1), (1, 1)),
        ((1, 9000), (1, 2560), (1, 320)),
    ],
)
def test_sizes(size: tuple[int, int], stored: tuple[int, int], small: tuple[int, int]) -> None:
    found = read(a_picture(size=size))
    assert opened(found.data).size == (found.width, found.height) == stored
    assert opened(found.thumbnail).size == pytest.approx(small, abs=1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_upright_whichever_way_the_camera_was_held(orientation: int) -> None:
    """The camera's own pixels are the upright picture turned back; the red corner must come out upper left."""
    upright = opened(a_picture("PNG"))
    back = {2: 0, 3: 1, 4: 2, 5: 3, 6: 4, 7: 5, 8: 6}
    undo = [
        Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180, Image.Transpose.FLIP_TOP_BOTTOM,
        Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_90, Image.Transpose.TRANSVERSE, Image.Transpose.ROTATE_270,
    ]  # fmt: skip
    held = upright.transpose(undo[back[orientation]]) if orientation in back else upright
    image = opened(read(saved(held, "JPEG", exif=exif(orientation=orientation), quality=95)).data)
    assert image.size == upright.size
    red, green, _ = image.getpixel((20, 20))  # type: ignore[misc]
    assert red > 200 > 60 > green
    assert image.getpixel((620, 460))[0] < 60  # type: ignore[index]


def test_see_through_becomes_white() -> None:
    image = opened(read(saved(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG")).data)
    assert min(image.getpixel((10, 10))) > 250  # type: ignore[type-var]


@pytest.mark.parametrize("form", ["WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_counts(form: str) -> None:
    frames = [Image.new("RGB", (40, 40), color) for color in ("red", "blue")]
    image = opened(read(saved(frames[0], form, save_all=True, append_images=frames[1:], duration=50)).data)
    red, _, blue = image.getpixel((20, 20))  # type: ignore[misc]
    assert red > 200 > 60 > blue


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_place_and_time_are_read_and_nothing_of_them_is_left(form: str) -> None:
    told = exif(119.305, 26.085, "2026:11:24 12:00:00", "+08:00")
    found = read(a_picture(form, exif=told))
    assert found.spot is not None
    assert (found.spot.lon, found.spot.lat) == pytest.approx((119.305, 26.085), abs=1e-7)
    assert found.taken_at == datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    for data in (found.data, found.thumbnail):
        image = opened(data)
        assert not image.getexif() and not image.info.keys() & {"exif", "xmp", "comment", "icc_profile"}
        assert b"Xiaoming" not in data and b"Exif" not in data and b"2026:11" not in data


def test_words_in_the_file_are_gone_too() -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", "Lin Xiaoming")
    words.add_itxt("XML:com.adobe.xmp", "<x>Lin Xiaoming</x>")
    name = b"<x>Lin Xiaoming</x>"
    for one in (a_picture("PNG", pnginfo=words), a_picture(comment=name), a_picture("WEBP", xmp=name)):
        assert b"Xiaoming" in one
        assert b"Xiaoming" not in read(one).data


@pytest.mark.parametrize(
    ("told", "spot"),
    [
        (exif(-119.305, -26.085), (-119.305, -26.085)),
        (exif(119.305, 26.085, GPSMapDatum="WGS-84"), (119.305, 26.085)),
        (exif(119.305, 26.085, GPSMapDatum="TOKYO"), None),
        (exif(0.0, 0.0), None),
        (exif(119.305, 99.0), None),
        (exif(GPSLatitude=(26.0, 5.0, 0.0)), None),
        (exif(119.305, 26.085, GPSLatitudeRef="?"), None),
        (exif(119.305, 26.085, GPSLatitude=(26.0,)), None),
        (exif(orientation=1), None),
    ],
)
def test_places_that_are_none(told: Image.Exif, spot: tuple[float, float] | None) -> None:
    found = read(a_picture(exif=told)).spot
    assert (found and (round(found.lon, 6), round(found.lat, 6))) == spot


def test_a_place_in_gcj02_is_converted() -> None:
    found = read(a_picture(exif=exif(119.305, 26.085, GPSMapDatum="GCJ-02"))).spot
    assert found is not None and abs(found.lon - 119.305) > 0.001


@pytest.mark.parametrize(
    ("said", "offset", "at"),
    [
        ("2026:11:24 12:00:00", None, datetime(2026, 11, 24, 4, 0, tzinfo=UTC)),
        ("2026:11:24 12:00:00", "-05:00", datetime(2026, 11, 24, 17, 0, tzinfo=UTC)),
        ("2026:11:24 12:00:00", "soon", datetime(2026, 11, 24, 4, 0, tzinfo=UTC)),
        ("0000:00:00 00:00:00", None, None),
        ("0001:01:01 00:00:00", "+08:00", None),
        ("yesterday", None, None),
        (None, None, None),
    ],
)
def test_when_it_was_taken(said: str | None, offset: str | None, at: datetime | None) -> None:
    assert read(a_picture(exif=exif(taken_at=said, offset=offset))).taken_at == at


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_cannot_be_read_beside_a_sound_picture_does_not_spoil_it() -> None:
    whole = a_picture(exif=exif(119.305, 26.085))
    broken = whole.replace(b"MM\x00*\x00\x00\x00\x08", b"MM\x00*\x7f\xff\xff\xff")
    assert broken != whole
    assert read(broken).spot is None


def png_that_says(width: int, height: int) -> bytes:
    """The head of a PNG of that size, and a little of its body."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 10_000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("size", [(10_000, 5_001), (8_000, 8_000), (40_000, 40_000), (2_000_000_000, 2)])
def test_bombs(size: tuple[int, int]) -> None:
    with pytest.raises(BadPhoto, match="50 million pixels") as refused:
        read(png_that_says(*size))
    assert refused.value.members == {"most_pixels": 50_000_000}


def test_a_bomb_of_words() -> None:
    """A few kilobytes of compressed text that are a gigabyte."""
    words = zlib.compress(b"x" * 80_000_000, 9)
    body = b"Comment\0\0" + words
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    whole = a_picture("PNG")
    with pytest.raises(BadPhoto, match="no whole picture"):
        read(whole[:33] + chunk + whole[33:])


def test_the_largest_that_is_taken() -> None:
    found = read(saved(Image.new("L", (10_000, 5_000)), "PNG"))
    assert (found.width, found.height) == (2560, 1280)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF = saved(Image.new("P", (9, 9)), "GIF")


@pytest.mark.parametrize(
    "sent",
    [b"", b"\0", b"\xff\xd8", b"\xff\xd8\xff\xd9", SVG, b"%PDF-1.7\n", b"<!doctype html><p>1", b"PK\3\4", GIF,
     saved(Image.new("RGB", (9, 9)), "BMP"), saved(Image.new("RGB", (9, 9)), "TIFF"), b"%!PS-Adobe-3.0 EPSF-3.0\n",
     saved(Image.new("RGB", (9, 9)), "PPM"), b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"],
    ids=lambda sent: repr(sent[:6]),
)  # fmt: skip
def test_what_is_no_picture_of_a_known_format(sent: bytes) -> None:
    with pytest.raises(BadPhoto, match="no whole picture"):
        read(sent)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_cut_short(form: str, share: float) -> None:
    whole = saved(Image.effect_noise((640, 480), 80).convert("RGB"), form)
    read(whole)
    with pytest.raises(BadPhoto, match="no whole picture"):
        read(whole[: int(len(whole) * share)])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_second_file_in_the_same_bytes_is_gone(form: str) -> None:
    other = b"<!doctype html><script>alert(document.cookie)</script>%PDF-1.7 PK\3\4"
    stored = read(a_picture(form) + other).data
    assert b"script" not in stored and b"PDF" not in stored
    assert stored == read(a_picture(form)).data


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_spoiled_bytes_are_a_picture_or_a_refusal(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP"]))
    sent = bytearray(a_picture(form, (64, 48), exif=exif(119.3, 26.08, "2026:11:24 12:00:00")))
    for _ in range(data.draw(st.integers(1, 6))):
        sent[data.draw(st.integers(0, len(sent) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read(bytes(sent))
    except BadPhoto:
        return
    assert opened(found.data).size == (found.width, found.height)


def test_the_same_bytes_become_the_same_bytes() -> None:
    sent = a_picture(exif=exif(119.305, 26.085))
    assert read(sent) == read(sent)
    assert read(sent).data == read(a_picture()).data, "what is written beside the picture is no part of it"


def test_a_program_sees_no_bombs_either() -> None:
    """The limit holds for every use of Pillow in this process, not only for this road."""
    assert pictures.MOST_PIXELS == Image.MAX_IMAGE_PIXELS
    with pytest.raises((Image.DecompressionBombWarning, Image.DecompressionBombError)):
        Image.open(io.BytesIO(png_that_says(9_000, 9_000)))
