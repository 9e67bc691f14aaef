"""Tell whether the meeting is over, which depends on its days and on its sessions."""

from datetime import datetime, timedelta

from programme.models.meeting import Meeting, Standing
from programme.models.sessions import Session

# People's own pages stay open for a while: they look up what they took part in.
JUST_OVER_LASTS = timedelta(days=30)


def is_meeting_over(meeting: Meeting, now: datetime) -> bool:
    """Return whether the last day is over at the venue, and the last session that ends after it.

    A postponed meeting keeps its days until the new ones are known: it is not over by them.
    """
    if meeting.standing == Standing.POSTPONED or meeting.day_of(now) <= meeting.last_day:
        return False
    return not Session.objects.published().unfinished(now).exists()


def is_just_over(meeting: Meeting, now: datetime) -> bool:
    """Return whether people's own pages are still open, by the days of the meeting alone.

    Those of a postponed meeting are: people change their plans, or wait for its new days.
    """
    if meeting.standing == Standing.POSTPONED:
        return True
    return meeting.day_of(now) <= meeting.last_day + JUST_OVER_LASTS
