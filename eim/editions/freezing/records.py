"""Write what stands beside the frozen site: recordings, rights, and what was left out."""

import csv
import io
from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from eim.lib.site_languages import SITE_CODES
from programme.models import Meeting, Session

RECORDINGS, RIGHTS, LEFT_OUT = "recordings.csv", "rights.txt", "left-out.txt"
READ_ME = "read-me.txt"
COLUMNS = ("code", "day", *(f"title_{code}" for code in SITE_CODES), "languages")
ADDRESSES = ("recording_url", "recording_captions", "transcript_url", "materials_url")


def recordings(sessions: Iterable[Session]) -> str:
    """List the recordings as CSV: their files stay where they are, and are not in the bag."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, *ADDRESSES])
    for session in sessions:
        values = (getattr(session, name) for name in (*COLUMNS, *ADDRESSES))
        writer.writerow([words_of(value) for value in values])
    return out.getvalue()


def words_of(value: object) -> str:
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else str(value)


def in_every_language(template: str, meeting: Meeting, **facts: object) -> str:
    """Render a text in all languages of the site, the meeting's own first."""
    codes = sorted(SITE_CODES, key=lambda code: code != meeting.first_language)
    parts = []
    for code in codes:
        with translation.override(code), meeting.activated():
            parts.append(render_to_string(template, {"meeting": meeting, **facts}).strip())
    return "\n\n----\n\n".join(parts) + "\n"


def rights(meeting: Meeting, statement: str) -> str:
    """Return the organisers' own statement, or the sentence that they gave none."""
    if statement.strip():
        return statement.strip() + "\n"
    return in_every_language("editions/rights.txt", meeting)


def left_out(meeting: Meeting, closed: list[str]) -> str:
    return in_every_language("editions/left_out.txt", meeting, closed=closed)


def read_me(meeting: Meeting, day: date) -> str:
    return in_every_language("editions/read_me.txt", meeting, day=day, site=settings.SITE_URL)
