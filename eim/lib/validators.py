"""Refuse typed text that would deceive or break once it is printed, mailed or exported."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

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


def raise_every_error(*checks: Callable[[], None]) -> None:
    """Run all checks, and raise their errors together: each has a field of its own."""
    errors: dict[str, Any] = {}
    for check in checks:
        try:
            check()
        except ValidationError as error:
            errors = error.update_error_dict(errors)
    if errors:
        raise ValidationError(errors)


def validate_visible(text: str) -> None:
    """Refuse what no font shows; what nobody needs was taken off before."""
    if codes := without_shape(text):
        raise ValidationError(
            _("This text has a character that cannot be shown: %(code)s. Delete it."),
            code="hidden",
            params={"code": ", ".join(codes)},
        )


def without_shape(text: str) -> list[str]:
    """Return the numbers of the characters that have no shape of their own: U+F04A."""
    odd = {character for character in text if _has_no_shape(character)}
    return [f"U+{ord(character):04X}" for character in sorted(odd)]


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
    """Tell surrogates, the private signs of a font, and numbers that will never be a character.

    Those without a meaning yet may be letters or emoji that are newer than this Python.
    """
    number = ord(character)
    is_none = 0xFDD0 <= number <= 0xFDEF or number & 0xFFFE == 0xFFFE
    is_control = character not in "\n\t" and unicodedata.category(character) == "Cc"
    return is_none or is_control or unicodedata.category(character) in ("Cs", "Co")


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" or character.isdigit() or character in JOINERS
