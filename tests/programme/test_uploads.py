from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image

from eim.lib.uploads import reencoded

RED, BLUE = (200, 20, 20), (20, 20, 200)


def content(kind, *, mode="RGB", **facts):
    """Return the bytes of a picture, wider than high, red with a blue right half."""
    picture = Image.new("RGB", (64, 32), RED)
    picture.paste(BLUE, (32, 0, 64, 32))
    file = BytesIO()
    picture.convert(mode).save(file, kind, **facts)
    return file.getvalue()


def opened(data):
    return Image.open(reencoded(ContentFile(data, name="foto.jpg")))


def is_near(pixel, colour):
    return all(abs(one - other) < 40 for one, other in zip(pixel, colour, strict=False))


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("GIF", "P")]
)
def test_picture_of_an_allowed_format_is_reencoded_as_webp(kind, mode):
    picture = opened(content(kind, mode=mode))

    assert (picture.format, picture.size) == ("WEBP", (64, 32))
    assert is_near(picture.getpixel((8, 16)), RED)


@pytest.mark.parametrize(
    ("orientation", "size", "top_left"),
    [(1, (64, 32), RED), (3, (64, 32), BLUE), (6, (32, 64), RED), (8, (32, 64), BLUE)],
)
def test_exif_orientation_is_applied_and_removed(orientation, size, top_left):
    exif = Image.Exif()
    exif[0x0112] = orientation

    picture = opened(content("JPEG", exif=exif))

    assert (picture.size, dict(picture.getexif())) == (size, {})
    assert is_near(picture.getpixel((4, 4)), top_left)


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize("kind", ["EPS", "PPM", "TIFF", "BMP", "PDF"])
def test_picture_of_another_format_is_refused(kind):
    with pytest.raises(ValidationError, match="not a picture"):
        opened(content(kind))


def damaged():
    png, jpeg, gif = content("PNG"), content("JPEG"), content("GIF", mode="P")
    bad_exif = content("JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\x01" * 9)
    yield "cut short", png[: len(png) // 2]
    yield "header only", png[:40]
    yield "broken length", png.replace(b"\0\0\0\rIHDR", b"\0\0\0\x01IHDR")
    yield "broken checksum", png[:29] + b"\0\0\0\0" + png[33:]
    yield "broken data", png.replace(b"IDAT", b"IDAT\xff\xff", 1)
    yield "no size", png[:16] + b"\0" * 8 + png[24:]
    yield "cut JPEG", jpeg[:300]
    yield "cut GIF", gif[:20]
    yield "broken Exif", bad_exif
    yield "empty file", b""
    yield "SVG", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"


DAMAGED = dict(damaged())


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_picture_is_refused_with_a_sentence(name):
    with pytest.raises(ValidationError) as refused:
        opened(DAMAGED[name])

    assert refused.value.messages == [
        "This file is not a picture that can be read here. Save it as JPEG, PNG, WebP or GIF, also "
        "if it is HEIC (as iPhones have it) or SVG."
    ]


# Too many pixels


def blank(kind, size, **facts):
    file = BytesIO()
    Image.new("RGB", size).save(file, kind, **facts)
    return file.getvalue()


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize(
    ("kind", "size", "facts", "is_accepted"),
    [
        ("PNG", (4000, 4000), {}, True),
        ("PNG", (4200, 4200), {}, False),
        ("WEBP", (3600, 3000), {}, False),
        ("JPEG", (7000, 5600), {}, True),
        ("JPEG", (4200, 3000), {"progressive": True}, True),
        ("JPEG", (5600, 5000), {"progressive": True}, False),
        ("PNG", (8000, 6000), {}, False),
    ],
)
def test_picture_is_bounded_by_the_memory_that_decoding_takes(kind, size, facts, is_accepted):
    data = blank(kind, size, **facts)

    if is_accepted:
        assert max(opened(data).size) == 1600
    else:
        with pytest.raises(ValidationError, match="too many pixels"):
            opened(data)
