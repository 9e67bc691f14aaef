"""Refuse typed text that would deceive or break once it is printed, mailed or exported."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Zero-width joiners, which some scripts need; other invisible characters only deceive.
JOINERS = "\u200c\u200d"
# Letters by category that look like blanks.
FILLERS = "\u115f\u1160\u3164\uffa0"
NAME_SIGNS = set(" .,'’‘ʼ`´·-‐‑–()ªº")
# People type “Univ.Nacional” and “Dir.de Museos”: a two-letter ending counts only before a slash.
ADDRESS = re.compile(
    r"://|www\.|@|\w\.[a-z]{2}/"
    r"|\w\.(?:com|net|org|info|biz|edu|gob|gov|xyz|top|site|online|shop|link|club|live)\b",
    re.IGNORECASE,
)


def validate_visible(text: str) -> None:
    if any(c in "\r\n\u2028\u2029" for c in text):
        raise ValidationError(_("Please use a single line."), code="lines")
    if any(_is_hidden(c) for c in text):
        raise ValidationError(
            _("There is an invisible character in this text. Please type it again."), code="hidden"
        )


def validate_visible_lines(text: str) -> None:
    """Refuse invisible characters in a text of several lines."""
    if any(_is_hidden(c) for c in text if c not in "\r\n\t"):
        raise ValidationError(
            _("There is an invisible character in this text. Please type it again."), code="hidden"
        )


def validate_no_address(text: str) -> None:
    if ADDRESS.search(text):
        raise ValidationError(_("Remove web and e-mail addresses."), code="address")


def validate_person_name(text: str) -> None:
    odd = sorted({c for c in text if not (_is_letter(c) or c in NAME_SIGNS)})
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


def _is_hidden(character: str) -> bool:
    is_control = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")
    return character in FILLERS or (is_control and character not in JOINERS)


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" or character.isdigit() or character in JOINERS
