"""The end of a registration that its person or an organiser wants."""

from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext

from registration import throttling
from registration.actions.mailboxes import NEW_ADDRESS_FIELDS
from registration.actions.messages import write_history, write_message
from registration.actions.places import Refusal, locked_places, refuse_when_over, release
from registration.models import History, Message, Registration
from registration.tokens import MailboxClaim


def cancel(registration: Registration, *, by: User | None = None, note: str = "") -> Registration:
    """Cancel a registration and release its places. Harmless twice.

    A pending one gets no mail: its address is not proven. Raises `Refusal` after the meeting,
    but not for organisers: who took part stays in the counts.
    """
    with locked_places(by_organiser=by is not None) as lock:
        registration = Registration.objects.get(pk=registration.pk)
        if not registration.is_live:
            return registration
        if by is None:
            refuse_when_over(lock.now)
        was_confirmed = registration.is_confirmed
        history = cancel_locked(registration, lock.now, by=by, note=note)
        if was_confirmed:
            write_message(Message.Kind.CANCELLED, registration, history)
    return registration


def withdraw(claim: MailboxClaim) -> Registration:
    """Cancel a pending registration for the reader of its mailbox, whoever had typed the address.

    Harmless twice. Raises `Refusal`.
    """
    with locked_places() as lock:
        registration = Registration.objects.get(pk=claim.registration_id)
        refuse_to_withdraw(registration, claim)
        if registration.is_pending:
            cancel_locked(registration, lock.now)
        throttling.forgive(registration.email_key or "")
    return registration


def refuse_to_withdraw(registration: Registration, claim: MailboxClaim) -> None:
    if not claim.is_of(registration.email_key):
        raise Refusal(gettext("This registration no longer has this e-mail address."))
    if registration.is_confirmed:
        raise Refusal(
            gettext("This registration has been confirmed: you can cancel it on its own page.")
        )


def cancel_locked(
    registration: Registration, now: datetime, *, by: User | None = None, note: str = ""
) -> History:
    """Cancel a live registration without a mail. Call it under the lock."""
    registration.state = Registration.State.CANCELLED
    registration.cancelled_at = now
    registration.mailbox_slot = registration.new_email_key = None
    registration.new_email = ""
    registration.save(update_fields=["state", "cancelled_at", "mailbox_slot", *NEW_ADDRESS_FIELDS])
    release(registration.places.current(), now)
    return write_history(registration, History.Event.CANCELLED, now, by=by, note=note)
