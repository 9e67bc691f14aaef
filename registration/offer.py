"""Load what people can ask for now: places in person, seats and services, and what is free."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import cast

from programme.models import Session
from registration.models import Quota, Registration
from registration.models.places import QuotaQuerySet


@dataclass(frozen=True)
class Offer:
    in_person: Quota | None
    seats: list[Quota]
    services: list[Quota]

    @classmethod
    def load(cls) -> "Offer":
        """Load all that pages show of it."""
        return cls.of(Quota.objects.with_sessions().with_waiting())

    @classmethod
    def load_to_check(cls) -> "Offer":
        """Load what a form that was sent is checked against; a page of it would load the rest."""
        return cls.of(Quota.objects.with_checked_columns())

    @classmethod
    def of(cls, rows: QuotaQuerySet) -> "Offer":
        # Sorting in Python costs less than an ORDER BY over so many columns.
        quotas = sorted(rows.order_by(), key=lambda quota: quota.pk)
        seats = [q for q in quotas if q.session and q.session.state == Session.State.PUBLISHED]
        return cls(
            in_person=next((q for q in quotas if q.is_in_person), None),
            seats=sorted(seats, key=_by_hour),
            services=[q for q in quotas if q.kind == Quota.Kind.SERVICE],
        )

    def ahead(self, now: datetime) -> "Offer":
        """Return the offer without sessions that have begun."""
        return replace(self, seats=[q for q in self.seats if not q.has_begun(now)])

    def not_over(self, now: datetime) -> "Offer":
        """Return the offer without sessions that are over: the desk lets late-comers in."""
        return replace(self, seats=[q for q in self.seats if not q.has_ended(now)])

    @cached_property
    def not_open(self) -> list[Session]:
        """Return sessions that will have seats. A query: only the page of the form needs it."""
        without = Session.objects.published().filter(kind__in=Session.SEATED_KINDS, quota=None)
        return list(without.select_related("room", "theme").in_order())

    @property
    def everything(self) -> list[Quota]:
        return [*([self.in_person] if self.in_person else []), *self.seats, *self.services]

    def chosen_seats(self, codes: Iterable[str]) -> list[Quota]:
        return [quota for quota in self.seats if quota.code in codes]

    def wanted(
        self, attendance: str, workshops: Iterable[str], services: Iterable[str]
    ) -> list[Quota]:
        """Return the quotas that these answers of the form ask for."""
        comes = attendance == Registration.Attendance.IN_PERSON
        place = [self.in_person] if comes and self.in_person else []
        chosen = [quota for quota in self.services if quota.code in services]
        return [*place, *self.chosen_seats(workshops), *chosen]


def _by_hour(quota: Quota) -> tuple:
    """Sort as the programme does: sessions without a day or an hour come last."""
    session = cast(Session, quota.session)
    day, hour = session.day, session.starts_at
    return (day is None, day, hour is None, hour, quota.pk)
