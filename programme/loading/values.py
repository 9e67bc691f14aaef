"""Parse single values: each function returns what the row stores, or raises ValueRefused."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django_countries import countries

from eim.lib.fields import unknown_codes
from eim.lib.normalising import cleaned_lines, cleaned_text
from eim.lib.validators import without_shape
from programme.models.meeting import MOST_ANSWER_DAYS, validate_time_zone

type Parser = Callable[[object], Any]

MAX_NUMBER = 1_000_000
# Stands for 24:00: a `time` ends before it.
END_OF_DAY = time.max


class ValueRefused(Exception):
    """The value is not accepted; `str()` returns a translated sentence."""


def text(value: object) -> str:
    """Accept a text of one line."""
    return cleaned_text(visible(typed(value)))


def typed(value: object) -> str:
    if not isinstance(value, str):
        raise ValueRefused(gettext("Write a text, between quotation marks."))
    return value


def visible(value: str) -> str:
    """Return a text with the line ends of this system, without what cannot be seen."""
    lines = cleaned_lines(value)
    for number, line in enumerate(lines.split("\n"), start=1):
        if codes := without_shape(line):
            sentence = gettext(
                "Line %(line)s has a character that cannot be shown: %(code)s. Delete it."
            )
            raise ValueRefused(sentence % {"line": number, "code": ", ".join(codes)})
    return lines


def filled_text(value: object) -> str:
    words = text(value)
    if not words:
        raise ValueRefused(gettext("This is empty."))
    return words


def long_text(value: object) -> str:
    """Accept a text or a list of its lines, because a JSON string cannot span lines."""
    lines = value if isinstance(value, list) else [value]
    return visible("\n".join(map(typed, lines)))


def texts(value: object) -> list[str]:
    if not isinstance(value, list):
        raise ValueRefused(gettext("Write a list, between square brackets."))
    return [filled_text(one) for one in value]


def text_or_texts(value: object) -> list[str]:
    return texts(value if isinstance(value, list) else [value])


def yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueRefused(gettext("Write true or false."))
    return value


def whole_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_NUMBER:
        raise ValueRefused(
            gettext("Write a whole number between 0 and %(most)s.") % {"most": MAX_NUMBER}
        )
    return value


def answer_days(value: object) -> int:
    if not 1 <= (number := whole_number(value)) <= MOST_ANSWER_DAYS:
        sentence = gettext("Write a whole number between 1 and %(most)s.")
        raise ValueRefused(sentence % {"most": MOST_ANSWER_DAYS})
    return number


def size(value: object) -> int:
    number = whole_number(value)
    if number == 0:
        raise ValueRefused(gettext("There must be at least one."))
    return number


def degrees(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueRefused(gettext("Write degrees as a number, such as -12.046374."))
    return Decimal(value)


def day(value: object) -> date:
    try:
        return datetime.strptime(text(value), "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError as fault:
        raise ValueRefused(gettext("Write a day of the calendar as 2024-11-25.")) from fault


def hour(value: object) -> time:
    try:
        return datetime.strptime(text(value), "%H:%M").time()  # noqa: DTZ007
    except ValueError as fault:
        raise ValueRefused(gettext("Write a time at the venue as 09:30.")) from fault


def end_hour(value: object) -> time:
    """Accept 24:00 too, as END_OF_DAY."""
    return END_OF_DAY if value == "24:00" else hour(value)


def moment(value: object) -> datetime:
    """Return a time without a zone: the caller adds the meeting's zone."""
    try:
        return datetime.strptime(text(value), "%Y-%m-%d %H:%M")  # noqa: DTZ007
    except ValueError as fault:
        raise ValueRefused(
            gettext("Write a day and a time at the venue as 2024-11-25 09:30.")
        ) from fault


def country(value: object) -> str:
    code = text(value)
    if code not in countries:
        raise ValueRefused(
            gettext("“%(code)s” is not the code of a country, such as PE.") % {"code": code}
        )
    return code


def time_zone(value: object) -> str:
    name = text(value)
    try:
        validate_time_zone(name)
    except ValidationError as fault:
        raise ValueRefused(" ".join(fault.messages)) from fault
    return name


def language_code(value: object) -> str:
    """Accept any code of a language; which ones the site knows is a fact of the meeting."""
    code = text(value)
    if not re.fullmatch("[a-z]{2,3}", code):
        raise ValueRefused(gettext("Write a code of ISO 639, such as es or nah."))
    return code


def language_codes(value: object) -> list[str]:
    return list(dict.fromkeys(map(language_code, texts(value))))


def one_of(codes: Iterable[str]) -> Parser:
    allowed = list(codes)

    def value_of(value: object) -> str:
        code = text(value)
        if code not in allowed:
            raise ValueRefused(unknown_codes([code], allowed))
        return code

    return value_of


def some_of(codes: Iterable[str]) -> Parser:
    allowed = list(codes)

    def value_of(value: object) -> list[str]:
        chosen = texts(value)
        unknown = [code for code in chosen if code not in allowed]
        if unknown:
            raise ValueRefused(unknown_codes(unknown, allowed))
        return list(dict.fromkeys(chosen))

    return value_of
