"""Say where sessions are and go, as shortly as a card of the board needs it."""

from django.utils.translation import gettext, pgettext

from programme.models import Meeting, Session, StagedMove
from programme.wording.dates import end_in, hour_in, short_day_words
from programme.wording.sessions import where_name


def hours_of(session: Session, meeting: Meeting) -> str:
    """Return “9:30–11:00”, or nothing for a session without hours."""
    if not (session.starts_at and session.ends_at):
        return ""
    end = end_in(session.ends_at, session.starts_at, meeting.zone)
    return f"{hour_in(session.starts_at, meeting.zone)}–{end}"


def place_of(session: Session, meeting: Meeting) -> str:
    """“Mon 25, 9:30–11:00 · Auditorium”, with words for what is not known."""
    if not session.day:
        when = gettext("day to be confirmed")
    else:
        hours = hours_of(session, meeting) or gettext("without hours")
        when = f"{short_day_words(session.day)}, {hours}"
    return f"{when} · {where_of(session)}"


def where_of(session: Session) -> str:
    return where_name(session) or pgettext("board", "no room yet")


def target_of(move: StagedMove, meeting: Meeting) -> str:
    """Return where a move goes, also that of a session which is no longer there."""
    return place_of(move.placed(move.session or Session()), meeting)
