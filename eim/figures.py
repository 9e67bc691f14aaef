"""What the organisers see first: how many are coming, and what waits for them."""

from dataclasses import dataclass

from django.db.models import Count, Q

from registration.models import Message, Place, Quota, Registration
from registration.models.places import QuotaQuerySet

IN_PERSON = Q(attendance=Registration.Attendance.IN_PERSON)
ONLINE = Q(attendance=Registration.Attendance.ONLINE)
CONFIRMED = Q(state=Registration.State.CONFIRMED)


@dataclass(frozen=True, kw_only=True)
class Figures:
    in_person: int
    in_person_size: int | None
    in_person_free: int
    online: int
    pending: int
    waiting: int
    failed_mails: int
    sent_mails: int


def figures() -> Figures:
    """Four queries, whatever there is to count."""
    people = Registration.objects.aggregate(
        in_person=Count("pk", filter=CONFIRMED & IN_PERSON),
        online=Count("pk", filter=CONFIRMED & ONLINE),
        pending=Count("pk", filter=Q(state=Registration.State.PENDING)),
    )
    mails = Message.objects.aggregate(
        failed_mails=Count("pk", filter=Q(state=Message.State.FAILED)),
        sent_mails=Count("pk", filter=Q(state=Message.State.SENT)),
    )
    quota = Quota.objects.in_person().first()
    return Figures(
        in_person_size=quota.size if quota else None,
        in_person_free=quota.free if quota else 0,
        waiting=Place.objects.waiting().count(),
        **people,
        **mails,
    )


def seated_sessions() -> QuotaQuerySet:
    waiting = Count("places", filter=Q(places__state=Place.State.WAITING))
    return (
        Quota.objects.seats()
        .with_sessions()
        .annotate(waiting_count=waiting)
        .order_by("session__day", "session__starts_at", "pk")
    )
