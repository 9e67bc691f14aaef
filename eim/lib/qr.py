"""Draw QR codes: for passes at the door, and for links to open on a phone."""

from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe

QUIET_ZONE = 4  # modules of white on each side, as ISO/IEC 18004 requires


def qr_svg(text: str) -> SafeString:
    code = segno.make(text, error="m", micro=False)
    picture = code.svg_inline(
        border=QUIET_ZONE, light="white", omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(picture)  # safe: rectangles only, the text itself is not in the SVG


def qr_png(text: str, scale: int = 6) -> bytes:
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", border=QUIET_ZONE, scale=scale)
    return out.getvalue()
