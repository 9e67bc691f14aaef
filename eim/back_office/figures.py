"""Count registrations, waiting lists and mails for the start page."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from programme.models import Meeting
from registration.models import Message, Place, Quota, Registration
from registration.models.places import QuotaQuerySet

IN_PERSON = Q(attendance=Registration.Attendance.IN_PERSON)
ONLINE = Q(attendance=Registration.Attendance.ONLINE)
CONFIRMED = Q(state=Registration.State.CONFIRMED)
DAYS_SHOWN = 14


@dataclass(frozen=True, kw_only=True)
class PeopleCounts:
    in_person: int
    in_person_size: int | None
    in_person_free: int
    online: int
    pending: int
    waiting: int
    waiting_lists: int


@dataclass(frozen=True, kw_only=True)
class MailCounts:
    failed: int
    sent: int


@dataclass(frozen=True, kw_only=True)
class DayCount:
    """Registrations confirmed on one day, by the attendance they have now."""

    day: date
    in_person: int = 0
    online: int = 0

    @property
    def total(self) -> int:
        return self.in_person + self.online


def people_counts() -> PeopleCounts:
    """Count with three queries, however many rows there are."""
    registered = Registration.objects.aggregate(
        in_person=Count("pk", filter=CONFIRMED & IN_PERSON),
        online=Count("pk", filter=CONFIRMED & ONLINE),
        pending=Count("pk", filter=Q(state=Registration.State.PENDING)),
    )
    waiting = Place.objects.waiting().aggregate(
        waiting=Count("registration", distinct=True),
        waiting_lists=Count("quota", distinct=True),
    )
    quota = Quota.objects.in_person().first()
    return PeopleCounts(
        in_person_size=quota.size if quota else None,
        in_person_free=quota.free if quota else 0,
        **registered,
        **waiting,
    )


def mail_counts() -> MailCounts:
    counts = Message.objects.aggregate(
        failed=Count("pk", filter=Q(state=Message.State.FAILED)),
        sent=Count("pk", filter=Q(state=Message.State.SENT)),
    )
    return MailCounts(**counts)


def confirmed_per_day(meeting: Meeting, now: datetime) -> list[DayCount]:
    """Return the last two weeks, until today or the meeting's last day, by the venue's calendar."""
    last = min(meeting.day_of(now), meeting.last_day)
    first = last - timedelta(days=DAYS_SHOWN - 1)
    start, end = (
        datetime.combine(day, time.min, meeting.zone) for day in (first, last + timedelta(days=1))
    )
    counted = (
        Registration.objects.confirmed()
        .filter(confirmed_at__gte=start, confirmed_at__lt=end)
        .order_by()
        .values(day=TruncDate("confirmed_at", tzinfo=meeting.zone))
        .annotate(in_person=Count("pk", filter=IN_PERSON), online=Count("pk", filter=ONLINE))
    )
    known = {row["day"]: DayCount(**row) for row in counted}
    days = [first + timedelta(days=n) for n in range(DAYS_SHOWN)]
    return [known.get(day) or DayCount(day=day) for day in days]


def seated_sessions() -> QuotaQuerySet:
    waiting = Count("places", filter=Q(places__state=Place.State.WAITING))
    return (
        Quota.objects.seats()
        .with_sessions()
        .annotate(waiting_count=waiting)
        .order_by("session__day", "session__starts_at", "pk")
    )
