"""Postpone, cancel or hold the meeting after all, and write to everybody about it."""

from django.contrib.auth.models import User
from django.db.models import F
from django.db.models.functions import Coalesce

from programme.actions import bump_version
from programme.models import Meeting
from programme.models.meeting import Standing
from registration.actions.messages import write_histories, write_messages
from registration.actions.places import locked_places
from registration.models import History, Registration
from registration.models.messages import BY_STANDING
from registration.models.registrations import RegistrationQuerySet


def people_to_tell() -> RegistrationQuerySet:
    """Return the confirmed people whose address is proven to be theirs."""
    rows = Registration.objects.confirmed().with_proven_address()
    return rows.exclude(email="").order_by("pk")


def change_standing(standing: Standing, *, by: User) -> int:
    """Write whether the meeting takes place, and a mail to everybody; return how many.

    None if it stands like this already: a second press writes nothing.
    """
    with locked_places() as lock:
        is_held = standing == Standing.AS_PLANNED
        changed = Meeting.objects.exclude(standing=standing).update(
            standing=standing,
            standing_revision=F("standing_revision") + 1,
            standing_since=lock.now,
            broken_off_at=None if is_held else Coalesce("broken_off_at", lock.now),
        )
        if not changed:
            return 0
        bump_version()
        people = people_to_tell().values_list("pk", flat=True)
        event = History.Event.STANDING_TOLD
        histories = write_histories(people, event, lock.now, by=by)
        write_messages(BY_STANDING[standing], histories)
    return len(histories)
