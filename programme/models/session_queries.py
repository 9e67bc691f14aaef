"""Ask for sessions in the words of the programme."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q

from programme.models.meeting import Meeting
from programme.models.session_choices import (
    MAX_MINUTES_LATE,
    ONLINE_FORMATS,
    VISIBLE_STATES,
    SessionKind,
    SessionState,
)


class SessionQuerySet(models.QuerySet[Any]):
    def visible(self) -> "SessionQuerySet":
        """Return sessions that visitors see, cancelled ones among them. Twin of `is_visible`."""
        return self.filter(state__in=VISIBLE_STATES)

    def for_agenda(self, codes: Iterable[str]) -> "SessionQuerySet":
        """Return sessions by the codes of a visitor's agenda; unknown codes are ignored."""
        return self.with_calendar_codes(codes)

    def with_calendar_codes(self, codes: Iterable[str]) -> "SessionQuerySet":
        """Return sessions by the codes that never change. Twin of `Session.calendar_code`."""
        named = list(codes)
        return self.filter(Q(first_code__in=named) | Q(first_code="", code__in=named))

    def published(self) -> "SessionQuerySet":
        return self.filter(state=SessionState.PUBLISHED)

    def with_hours(self) -> "SessionQuerySet":
        return self.filter(starts_at__isnull=False)

    def recorded(self) -> "SessionQuerySet":
        """Return sessions that took place and can be watched again."""
        return self.published().exclude(recording_url="")

    def without_breaks(self) -> "SessionQuerySet":
        """Return all but breaks. Twin of `Session.is_break`, negated."""
        return self.exclude(kind=SessionKind.BREAK)

    def followed_online(self) -> "SessionQuerySet":
        return self.filter(format__in=ONLINE_FORMATS)

    def with_room_and_theme(self) -> "SessionQuerySet":
        """Join what calendars show of a session."""
        return self.select_related("room", "theme")

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> "SessionQuerySet":
        """Return sessions that overlap an interval; one that only touches it does not.

        Twin of `Session.overlaps`.
        """
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def unfinished(self, now: datetime) -> "SessionQuerySet":
        """Return sessions whose end is to come, delays included. Twin of `has_end_ahead`."""
        latest = timedelta(minutes=MAX_MINUTES_LATE)
        late = self.filter(minutes_late__gt=0, ends_at__gt=now - latest, ends_at__lte=now)
        still_on = [session.pk for session in late if session.has_end_ahead(now)]
        return self.filter(Q(ends_at__gt=now) | Q(pk__in=still_on))

    def of_today(self, meeting: Meeting, now: datetime) -> "SessionQuerySet":
        """Return today's sessions, and those of days before that last past midnight until now.

        Twin of `Session.is_of_today`.
        """
        today = meeting.day_of(now)
        unfinished = self.unfinished(now).filter(day__lt=today)
        return self.filter(Q(day=today) | Q(pk__in=unfinished.values("pk")))

    def in_order(self) -> "SessionQuerySet":
        """Sort by day and time; without a time: at the end of the day; without a day: last."""
        return self.order_by(
            F("day").asc(nulls_last=True),
            F("starts_at").asc(nulls_last=True),
            F("room__order").asc(nulls_last=True),
            "order",
            "pk",
        )
