"""Refuse typed text that would deceive or break once it is printed, mailed or exported."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Zero-width joiners, which some scripts need.
JOINERS = "\u200c\u200d"
NAME_SIGNS = set(" .,'’‘ʼ`´·-‐‑–()ªº")
# People type “Univ.Nacional” and “Dir.de Museos”: a two-letter ending counts only before a slash.
ADDRESS = re.compile(
    r"://|www\.|@|\w\.[a-z]{2}/"
    r"|\w\.(?:com|net|org|info|biz|edu|gob|gov|xyz|top|site|online|shop|link|club|live)\b",
    re.IGNORECASE,
)


def validate_visible(text: str) -> None:
    """Refuse what no font shows, by its number; what nobody needs was taken off before."""
    odd = sorted({character for character in text if _has_no_shape(character)})
    if odd:
        raise ValidationError(
            _("This text has a character that cannot be shown: %(code)s. Delete it."),
            code="hidden",
            params={"code": ", ".join(f"U+{ord(c):04X}" for c in odd)},
        )


def validate_no_address(text: str) -> None:
    if ADDRESS.search(text):
        raise ValidationError(_("Remove web and e-mail addresses."), code="address")


def validate_person_name(text: str) -> None:
    known = {c for c in text if _is_letter(c) or c in NAME_SIGNS or _has_no_shape(c)}
    odd = sorted({*text} - known)
    if odd:
        raise ValidationError(
            _("Names are written with letters: remove %(signs)s"),
            code="signs",
            params={"signs": " ".join(odd[:5])},
        )
    if not any(unicodedata.category(c).startswith("L") for c in text):
        raise ValidationError(_("Names are written with letters."), code="letters")


def validate_no_markup(text: str) -> None:
    if "<" in text or ">" in text:
        raise ValidationError(_("Remove < and >."), code="markup")


def _has_no_shape(character: str) -> bool:
    is_blank = character in "\n\t"
    return unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") and not is_blank


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" or character.isdigit() or character in JOINERS
