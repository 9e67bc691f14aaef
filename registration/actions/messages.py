import secrets
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User

from registration.models import History, Message, Place, Quota, Registration
from registration.models.messages import PROVING, Kind
from registration.models.registrations import Event

# Of rows in one statement: as many as every database takes.
AT_ONCE = 500


def write_history(
    registration: Registration,
    event: Event,
    now: datetime,
    *,
    by: User | None = None,
    quota: Quota | None = None,
    note: str = "",
) -> History:
    return History.objects.create(
        registration=registration, event=event, happened_at=now, actor=by, quota=quota, note=note
    )


def write_histories(
    registration_ids: Iterable[int], event: Event, now: datetime, *, by: User | None = None
) -> list[History]:
    """Write the same event for many registrations, in few statements."""
    return History.objects.bulk_create(
        [
            History(registration_id=key, event=event, happened_at=now, actor=by)
            for key in registration_ids
        ],
        batch_size=AT_ONCE,
    )


def write_place_histories(
    places: Iterable[Place], event: Event, now: datetime, *, by: User | None = None, note: str = ""
) -> list[History]:
    """Write the same event for many places, in few statements."""
    return History.objects.bulk_create(
        [
            History(
                registration=place.registration,
                event=event,
                happened_at=now,
                actor=by,
                quota_id=place.quota_id,
                note=note,
            )
            for place in places
        ],
        batch_size=AT_ONCE,
    )


def fitting_kind(registration: Registration) -> Kind:
    """What somebody who is registered should have: nothing personal to an unproven address."""
    if registration.is_pending:
        return Kind.PENDING
    return proving_kind(registration) if registration.is_unproven else Kind.CONFIRMED


def proving_kind(registration: Registration) -> Kind:
    """That of the mail which asked for the proof before."""
    asked = registration.messages.filter(kind__in=PROVING).order_by("pk").last()
    return Kind(asked.kind) if asked else Kind.MOVED


def write_message(
    kind: Kind, registration: Registration, history: History, *, to: str = ""
) -> Message:
    """Puts a mail into the outbox, in the transaction that makes it true.

    `to` is given for who does not have this address yet, or has it no more.
    """
    message = _message(kind, registration, history, to)
    message.save(force_insert=True)
    return message


def write_messages(kind: Kind, histories: Iterable[History]) -> None:
    """One to each, in few statements."""
    Message.objects.bulk_create(
        [_message(kind, history.registration, history) for history in histories],
        batch_size=AT_ONCE,
    )


def _message(kind: Kind, registration: Registration, history: History, to: str = "") -> Message:
    return Message(
        kind=kind,
        registration=registration,
        history=history,
        to=to,
        created_at=history.happened_at,
        next_attempt_at=history.happened_at,
        message_id=f"<{secrets.token_hex(16)}@{urlsplit(settings.SITE_URL).hostname}>",
    )
