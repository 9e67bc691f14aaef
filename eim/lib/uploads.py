"""Check and name the files that organisers upload, and re-encode pictures."""

import re
import secrets
import warnings
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

PICTURE_BYTES = 5 * 1024 * 1024
DOCUMENT_BYTES = 25 * 1024 * 1024
DOCUMENT_ENDINGS = (".pdf", ".docx", ".odt", ".pptx", ".odp", ".xlsx", ".ods", ".zip")
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# An iPhone sends its photographs as JPEG to a page that asks for these alone.
PICTURE_TYPES = "image/jpeg,image/png,image/webp,image/gif"
# In the first bytes of a HEIC file.
HEIC = re.compile(rb".{4}ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", re.DOTALL)
LONGEST_SIDE = 1600
Image.MAX_IMAGE_PIXELS = 40_000_000


def picture_path(instance: Any, filename: str) -> str:
    return f"pictures/{secrets.token_hex(8)}.webp"


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
    try:
        with (
            warnings.catch_warnings(action="error"),
            Image.open(file, formats=PICTURE_FORMATS) as picture,
        ):
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            # Phones store the orientation in EXIF data, which are dropped.
            ImageOps.exif_transpose(picture, in_place=True)
            out = BytesIO()
            mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
            picture.convert(mode).save(out, "WEBP", quality=85)
    except Exception as fault:  # Pillow raises nearly anything for a damaged file.
        raise ValidationError(refusal_of(file)) from fault
    return ContentFile(out.getvalue(), name="picture.webp")


def refusal_of(file: File) -> str:
    """Return what is accepted, in words."""
    file.seek(0)
    if HEIC.match(file.read(12)):
        return gettext(
            "This is a photograph as an iPhone keeps it (HEIC), which browsers cannot show. Save "
            "it as JPEG, for example by sending it to yourself by e-mail, and choose that file."
        )
    return gettext(
        "We cannot read this file as a picture. Choose a photograph or a drawing saved as JPEG, "
        "PNG, WebP or GIF, with at most 40 million dots."
    )
