"""Tell whether the meeting is over, which depends on its days and on its sessions."""

from datetime import datetime

from programme.models.meeting import Meeting
from programme.models.sessions import Session


def is_meeting_over(meeting: Meeting, now: datetime) -> bool:
    """Return whether the last day is over at the venue, and the last session that ends after it."""
    if meeting.day_of(now) <= meeting.last_day:
        return False
    return not Session.objects.published().unfinished(now).exists()
