"""Tell whether the meeting is over, which depends on its days and on its sessions."""

from datetime import datetime

from django.conf import settings
from django.db.models import Exists

from programme.models.meeting import Meeting, Standing
from programme.models.sessions import Session


def is_meeting_over(meeting: Meeting, now: datetime) -> bool:
    """Return whether the last day is over at the venue, and the last session that ends after it.

    A postponed meeting keeps its days until the new ones are known: it is not over by them.
    """
    if meeting.standing == Standing.POSTPONED or meeting.day_of(now) <= meeting.last_day:
        return False
    return not Session.objects.published().unfinished(now).exists()


def allows_no_changes(meeting: Meeting, now: datetime) -> bool:
    """Return whether people can no longer change what they take part in: cancelled, or over."""
    return meeting.is_cancelled or is_meeting_over(meeting, now)


def is_just_over(meeting: Meeting, now: datetime) -> bool:
    """Return whether people's own pages are still open, by the days of the meeting alone.

    They look up what they took part in. Those of a postponed meeting are open: people change their
    plans, or wait for its new days.
    """
    return is_kept_for(settings.OWN_PAGE_DAYS, meeting, now)


def is_list_open(meeting: Meeting, now: datetime) -> bool:
    """Return whether those who are registered can see who else takes part."""
    return is_kept_for(settings.LIST_KEPT_DAYS, meeting, now)


def is_kept_for(days: int, meeting: Meeting, now: datetime) -> bool:
    until = meeting.kept_until(days)
    return until is None or meeting.day_of(now) <= until


def present_meeting() -> Meeting | None:
    """Load the meeting with `has_stream`: whether any session is streamed, or may yet be.

    Workshops and visits, which are often published first, say nothing of the others.
    """
    shown = Session.objects.published().without_breaks()
    streamed = Exists(shown.followed_online())
    others = Exists(shown.exclude(kind__in=Session.SEATED_KINDS))
    return Meeting.objects.annotate(has_stream=~others | streamed).first()


def standing_of(session: Session, meeting: Meeting) -> Standing:
    """Return how a session stands, which the meeting decides unless it had been held before."""
    if session.is_cancelled:
        return Standing.CANCELLED
    return Standing.AS_PLANNED if was_held_before(session, meeting) else Standing(meeting.standing)


def is_held(session: Session, meeting: Meeting) -> bool:
    """Return whether a session was, is or will be held, as far as anybody has decided."""
    return standing_of(session, meeting) == Standing.AS_PLANNED


def was_held_before(session: Session, meeting: Meeting) -> bool:
    """Return whether it had ended when the meeting was postponed or cancelled."""
    broken_off_at = meeting.broken_off_at
    if meeting.takes_place or broken_off_at is None or session.day is None:
        return False
    if session.ends_at:
        return session.is_over(broken_off_at)
    return session.day < meeting.day_of(broken_off_at)
