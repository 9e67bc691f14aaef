"""Files that organisers upload: small, of a known kind, and named by us."""

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
LONGEST_SIDE = 1600
Image.MAX_IMAGE_PIXELS = 40_000_000


def picture_path(instance: Any, filename: str) -> str:
    return f"pictures/{secrets.token_hex(8)}.webp"


def document_path(instance: Any, filename: str) -> str:
    """Keeps the name, which people see when they download, behind a folder nobody can guess."""
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
    """The picture as WebP, upright, at most 1,600 px a side, without the camera's data.

    Raises ValidationError for what is not a picture, or hides too many pixels.
    """
    try:
        with (
            warnings.catch_warnings(action="error"),
            Image.open(file, formats=PICTURE_FORMATS) as picture,
        ):
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            # A phone says in its own data which way up the picture is.
            ImageOps.exif_transpose(picture, in_place=True)
            out = BytesIO()
            mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
            picture.convert(mode).save(out, "WEBP", quality=85)
    except Exception as fault:  # Of a damaged file, Pillow's readers raise nearly anything.
        raise ValidationError(_("This file is not a picture we can read.")) from fault
    return ContentFile(out.getvalue(), name="picture.webp")
