"""Rows of the history and of the outbox, written in the transaction that makes them true."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from registration.models import History, Message, NewsAddress, Place, Quota, Registration
from registration.models.history import Event
from registration.models.messages import PROVING, Kind

# Rows in one statement: as many as every database takes.
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
    """Return the kind of mail that fits the state: nothing personal to an unproven address."""
    if registration.is_pending:
        return Kind.PENDING
    return proving_kind(registration) if registration.is_unproven else Kind.CONFIRMED


def proving_kind(registration: Registration) -> Kind:
    """Return the kind of the mail that asked for the proof before."""
    asked = registration.messages.filter(kind__in=PROVING).order_by("pk").last()
    return Kind(asked.kind) if asked else Kind.MOVED


def write_message(
    kind: Kind, registration: Registration, history: History, *, to: str = ""
) -> Message:
    """Put a mail into the outbox.

    `to` is an address that the registration does not have yet, or has no longer.
    """
    message = _message(kind, registration, history, to)
    message.save(force_insert=True)
    return message


def write_event(registration: Registration | None, event: Event, kind: Kind, now: datetime) -> None:
    """Write an event and its mail; without a registration do the same work, and undo it.

    The time of an answer must not tell known addresses from unknown ones.
    """
    host = registration or Registration(pk=0)
    with transaction.atomic():
        write_message(kind, host, write_history(host, event, now))
        transaction.set_rollback(registration is None)


def write_to_news_address(news_address: NewsAddress | None, now: datetime) -> None:
    """Tell an address for news what is kept of it; without one do the same work, and undo it."""
    with transaction.atomic():
        Message(
            kind=Kind.NEWS_KEPT,
            news_address=news_address or NewsAddress(pk=0),
            created_at=now,
            next_attempt_at=now,
            message_id=new_message_id(),
        ).save(force_insert=True)
        transaction.set_rollback(news_address is None)


def write_messages(kind: Kind, histories: Iterable[History]) -> None:
    """Put a mail into the outbox for each history, in few statements."""
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
        message_id=new_message_id(),
    )


def new_message_id() -> str:
    return f"<{secrets.token_hex(16)}@{urlsplit(settings.SITE_URL).hostname}>"
