"""The QR code that is shown at the door: of the reference, and of nothing else."""

from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe

QUIET_ZONE = 4  # modules of white around it, as ISO/IEC 18004 asks


def qr_svg(reference: str) -> SafeString:
    code = segno.make(reference, error="m", micro=False)
    picture = code.svg_inline(
        border=QUIET_ZONE, light="white", omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(picture)  # drawn from a reference of our own alphabet


def qr_png(reference: str, scale: int = 6) -> bytes:
    out = BytesIO()
    segno.make(reference, error="m", micro=False).save(
        out, kind="png", border=QUIET_ZONE, scale=scale
    )
    return out.getvalue()
