"""Check and name the files that organisers upload, and re-encode pictures."""

import secrets
import warnings
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

PICTURE_BYTES = 5 * 1024 * 1024
DOCUMENT_BYTES = 25 * 1024 * 1024
DOCUMENT_ENDINGS = (".pdf", ".docx", ".odt", ".pptx", ".odp", ".xlsx", ".ods", ".zip")
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
PICTURE_TYPES = [f"image/{name.lower()}" for name in PICTURE_FORMATS]
LONGEST_SIDE = 1600
# Of the pictures that other sites show beside a link.
SHARE_SIZE = (1200, 630)
Image.MAX_IMAGE_PIXELS = 40_000_000
# What decoding a picture and making it smaller may take; the bytes of a pixel were measured, copies
# included. Pillow decodes a JPEG nearly at the size that is asked for, but keeps all values of a
# progressive one at its full size.
DECODED_BYTES = 160 * 1024 * 1024
BYTES_PER_PIXEL = {"JPEG": 10, "PNG": 10, "GIF": 10, "WEBP": 16}
PROGRESSIVE_BYTES_PER_PIXEL = 6


class TooLarge(Exception):
    """A picture would take more memory than DECODED_BYTES."""


def picture_path(instance: Any, filename: str) -> str:
    return f"pictures/{secrets.token_hex(8)}.webp"


def share_picture_path(instance: Any, filename: str) -> str:
    return f"pictures/{secrets.token_hex(8)}.jpg"


def document_path(instance: Any, filename: str) -> str:
    """Keep the file's name, which downloads show, in a folder with a random name."""
    return f"documents/{secrets.token_hex(8)}/{PurePath(filename).name}"


def validate_picture_size(file: File) -> None:
    if file.size > PICTURE_BYTES:
        raise ValidationError(_("The picture is larger than 5 MB."))


def validate_document(file: File) -> None:
    if file.size > DOCUMENT_BYTES:
        raise ValidationError(_("The file is larger than 25 MB."))
    if not str(file.name).lower().endswith(DOCUMENT_ENDINGS):
        raise ValidationError(_("Upload a PDF, an office document or a zip file."))


def reencoded(file: File) -> ContentFile:
    """Return the picture as WebP: upright, at most 1,600 px on each side, without EXIF data.

    Raises ValidationError if the file is no picture or decodes to too many pixels.
    """
    picture = upright(file)
    out = BytesIO()
    picture.save(out, "WEBP", quality=85)
    return ContentFile(out.getvalue(), name="picture.webp")


def share_picture(file: File) -> ContentFile:
    """Return the picture as JPEG, cut to the size and on the white that other sites show.

    Not as WebP, which some of them do not read. Raises ValidationError as `reencoded` does.
    """
    picture = upright(file)
    page = Image.new("RGB", picture.size, "white")
    page.paste(picture, mask=picture if picture.mode == "RGBA" else None)
    out = BytesIO()
    ImageOps.fit(page, SHARE_SIZE).save(out, "JPEG", quality=88)
    return ContentFile(out.getvalue(), name="share.jpg")


def upright(file: File) -> Image.Image:
    """Open a picture, turn it upright, and make it small enough to be stored."""
    try:
        with (
            warnings.catch_warnings(action="error"),
            Image.open(file, formats=PICTURE_FORMATS) as picture,
        ):
            refuse_too_large(picture)
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            # Phones store the orientation in EXIF data, which are dropped.
            ImageOps.exif_transpose(picture, in_place=True)
            mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
            return picture.convert(mode)
    except (TooLarge, Image.DecompressionBombWarning, Image.DecompressionBombError) as fault:
        raise ValidationError(
            _("The picture has too many pixels: make it smaller, 3,000 pixels wide for example.")
        ) from fault
    except Exception as fault:  # Pillow raises nearly anything for a damaged file.
        sentence = _(
            "This file is not a picture that can be read here. Save it as JPEG, PNG, WebP or GIF, "
            "also if it is HEIC (as iPhones have it) or SVG."
        )
        raise ValidationError(sentence) from fault


def refuse_too_large(picture: Image.Image) -> None:
    """Refuse a picture that would take too much memory, before it is decoded."""
    full = picture.width * picture.height
    if picture.format == "JPEG":
        share = LONGEST_SIDE / max(picture.size)
        picture.draft("RGB", (int(picture.width * share), int(picture.height * share)))
    taken = picture.width * picture.height * BYTES_PER_PIXEL[str(picture.format)]
    if picture.info.get("progressive"):
        taken += full * PROGRESSIVE_BYTES_PER_PIXEL
    if taken > DECODED_BYTES:
        raise TooLarge
