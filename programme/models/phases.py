"""Tell whether the meeting is over, which depends on its days and on its sessions."""

from datetime import datetime, timedelta

from programme.models.meeting import Meeting
from programme.models.sessions import Session

# People's own pages stay open for a while: they look up what they took part in.
JUST_OVER_LASTS = timedelta(days=30)


def is_meeting_over(meeting: Meeting, now: datetime) -> bool:
    """Return whether the last day is over at the venue, and the last session that ends after it."""
    if meeting.day_of(now) <= meeting.last_day:
        return False
    return not Session.objects.published().unfinished(now).exists()


def is_just_over(meeting: Meeting, now: datetime) -> bool:
    """Return whether people's own pages are still open, by the days of the meeting alone."""
    return meeting.day_of(now) <= meeting.last_day + JUST_OVER_LASTS
