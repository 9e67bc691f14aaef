"""Tell when so many more e-mails to many would be sent, by the limits and by what waits already."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings

from registration.models import Message
from registration.models.letters import LetterState
from registration.models.mail_budget import Attempts, half_of
from registration.models.messages import DAY, MINUTE, MessageQuerySet


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """When the last of so many e-mails goes out, if nothing else is written to many meanwhile."""

    count: int
    # Those to many that are written already, and go first.
    ahead: int
    begins_at: datetime
    ends_at: datetime

    @property
    def days(self) -> int:
        """Return how many days of 24 hours it takes, begun ones too."""
        return max(ceil((self.ends_at - self.begins_at) / DAY), 1)


def when_done(count: int, now: datetime) -> Forecast:
    ahead = bulk_ahead().count()
    ends_at = end_of(ahead + count, Message.objects.attempts(now), now)
    return Forecast(count=count, ahead=ahead, begins_at=now, ends_at=ends_at)


def bulk_ahead() -> MessageQuerySet:
    """Return what waits for the same half of the limits, but for paused and stopped letters."""
    waiting = Message.objects.unsent().bulk()
    return waiting.exclude(letter__state__in=[LetterState.PAUSED, LetterState.STOPPED])


def end_of(count: int, attempts: Attempts, now: datetime) -> datetime:
    """Return when the last of so many e-mails goes out.

    Each of them takes the room of one that was sent a day before, by the limit of any 24 hours.
    """
    days, last = divmod(max(count, 1) - 1, half_of(settings.MAILS_PER_DAY))
    number = last + 1
    at_this_pace = now + number * MINUTE / half_of(settings.MAILS_PER_MINUTE)
    return max(at_this_pace, has_room_at(number, attempts, now)) + days * DAY


def has_room_at(number: int, attempts: Attempts, now: datetime) -> datetime:
    """Return when the limits of the day have room for so many more."""
    of_bulk = half_of(settings.MAILS_PER_DAY) - attempts.bulk_of_day
    of_all = settings.MAILS_PER_DAY - attempts.day
    room = max(min(of_bulk, of_all), 0)
    if number <= room:
        return now
    rows = Message.objects.bulk() if of_bulk <= of_all else Message.objects.all()
    return leaves_at(rows, number - room, now)


def leaves_at(rows: MessageQuerySet, number: int, now: datetime) -> datetime:
    """Return when the attempts of the last 24 hours are so many fewer."""
    of_day = rows.filter(attempted_at__gt=now - DAY).order_by("attempted_at")
    moments = of_day.values_list("attempted_at", flat=True)[number - 1 : number]
    return (next(iter(moments), None) or now) + timedelta(days=1)
