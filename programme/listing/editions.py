"""List the editions of the meeting, this site's own among them."""

from collections.abc import Iterable
from copy import copy

from eim.lib.site_languages import SITE_CODES
from programme.models import Edition, Meeting

# Texts of the meeting by the names that an edition has for them.
TEXTS = {"city": "place", "theme_line": "theme_line"}


def all_editions(rows: Iterable[Edition], meeting: Meeting) -> list[Edition]:
    """Return all editions, newest first; the meeting's own facts come from the meeting."""
    by_number = {row.number: row for row in rows}
    by_number[meeting.number] = present_edition(meeting, by_number.get(meeting.number))
    return [by_number[number] for number in sorted(by_number, reverse=True)]


def present_edition(meeting: Meeting, row: Edition | None) -> Edition:
    """Return the meeting as an edition, with the figures and results that its row adds."""
    edition = copy(row) if row else Edition(number=meeting.number)
    edition.year, edition.country = meeting.first_day.year, meeting.country
    edition.first_day, edition.last_day = meeting.first_day, meeting.last_day
    for theirs, own in TEXTS.items():
        for code in SITE_CODES:
            setattr(edition, f"{own}_{code}", getattr(meeting, f"{theirs}_{code}"))
    return edition
