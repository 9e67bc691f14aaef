import secrets
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User

from registration.models import History, Message, Quota, Registration
from registration.models.messages import Kind
from registration.models.registrations import Event


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


def fitting_kind(registration: Registration) -> Kind:
    """What somebody who is registered should have: nothing personal to an unproven address."""
    if registration.is_pending:
        return Kind.PENDING
    return Kind.MOVED if registration.moved_at else Kind.CONFIRMED


def write_message(kind: Kind, registration: Registration, history: History) -> Message:
    """Puts a mail into the outbox, in the transaction that makes it true."""
    return Message.objects.create(
        kind=kind,
        registration=registration,
        history=history,
        created_at=history.happened_at,
        next_attempt_at=history.happened_at,
        message_id=f"<{secrets.token_hex(16)}@{urlsplit(settings.SITE_URL).hostname}>",
    )
