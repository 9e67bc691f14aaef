"""Choose what stands on the picture of a session, of a person and of the meeting.

Only what is true whenever a picture is seen: others keep pictures for years.
"""

from collections.abc import Iterable
from io import BytesIO
from typing import IO

from django.utils.text import capfirst
from django.utils.translation import gettext

from eim.lib import weave
from eim.lib.uploads.storage import StorageAway
from eim.lib.woven.poster import Poster, Woven
from programme.models import Meeting, Person, Session, Theme
from programme.models.meeting import Standing
from programme.models.phases import was_held_before
from programme.wording import dates
from programme.wording import sessions as wording
from programme.wording.standing import standing_tag

SEPARATOR = " · "


def session_poster(session: Session, meeting: Meeting, themes: Iterable[Theme]) -> Poster:
    """Describe the picture of a session as `cards.with_card_rows` loads it."""
    theme = [session.theme.name] if session.theme else []
    return Poster(
        seal=str(meeting.number),
        name=meeting.name,
        place=meeting.city if was_held_before(session, meeting) else where_and_when(meeting),
        tag=gettext("Cancelled") if session.is_cancelled else "",
        is_struck=session.is_cancelled,
        kind=SEPARATOR.join([wording.kind_words(session.kind), *theme]),
        title=session.title,
        when=when_of(session, meeting),
        people=wording.people_line(session),
        weave=pattern_of(session.theme, themes),
    )


def person_poster(person: Person, meeting: Meeting, themes: Iterable[Theme]) -> Poster:
    """Describe the picture of a person with the parts that visitors can see."""
    parts = [part for part in person.parts.all() if not part.in_session.is_cancelled]
    theme = parts[0].in_session.theme if parts else None
    pattern = pattern_of(theme, themes)
    roles = dict.fromkeys(str(part.get_role_display()) for part in parts)
    titles = dict.fromkeys(part.in_session.title for part in parts)
    return Poster(
        seal=str(meeting.number),
        name=meeting.name,
        place=where_and_when(meeting),
        kind=capfirst(SEPARATOR.join(roles)),
        title=person.name,
        when=", ".join(filter(None, [person.position, wording.institution_line(person)])),
        people=SEPARATOR.join(titles),
        weave=pattern,
        portrait=photo_of(person) or pattern[0],
    )


def meeting_poster(meeting: Meeting, themes: Iterable[Theme]) -> Poster:
    takes_place = meeting.standing == Standing.AS_PLANNED
    return Poster(
        seal=str(meeting.number),
        name=meeting.name,
        place="",
        tag=standing_tag(meeting),
        is_struck=meeting.standing == Standing.CANCELLED,
        kind=dates.meeting_dates_words(meeting) if takes_place else "",
        title=meeting.theme_line,
        when=f"{meeting.venue_name}, {meeting.city}" if takes_place else "",
        weave=pattern_of(None, themes),
        rows=2,
    )


def where_and_when(meeting: Meeting) -> str:
    """Return city and days, or that the meeting is postponed or cancelled."""
    where = SEPARATOR.join([meeting.city, dates.meeting_dates_words(meeting)])
    return standing_tag(meeting) or where


def when_of(session: Session, meeting: Meeting) -> str:
    """Return day and hours as far as they are known, and nothing that is yet to be confirmed."""
    if session.day is None or not (meeting.takes_place or was_held_before(session, meeting)):
        return ""
    if session.starts_at is None:
        return capfirst(dates.day_words(session.day))
    return capfirst(dates.when_words(session, meeting))


def pattern_of(theme: Theme | None, themes: Iterable[Theme]) -> tuple[Woven, ...]:
    """Return the pattern of a theme, of all of them, or the plain one."""
    pairs = [(one.motif, one.colour) for one in ([theme] if theme else themes)]
    return tuple(pairs) or ((weave.PLAIN_MOTIF, weave.PLAIN_COLOUR),)


def photo_of(person: Person) -> IO[bytes] | None:
    """Return the photograph; None if there is none, or if its file is gone.

    Raises StorageAway.
    """
    if not person.photo:
        return None
    try:
        with person.photo.open() as file:
            return BytesIO(file.read())
    except StorageAway:
        raise
    except OSError:
        return None
