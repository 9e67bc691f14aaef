"""Confirm registrations by link or code; let those lapse that nobody confirms.

`LAPSE_HOURS` and `HOLD_MINUTES` are in eim/settings.py.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from eim import clock
from registration import throttling, tokens
from registration.actions.messages import fitting_kind, write_history, write_message
from registration.actions.places import Refusal, confirm_held, locked_places, release
from registration.models import History, Message, Registration
from registration.models.registrations import CODE_TRIES


def confirm(registration_id: int, link_version: int) -> Registration:
    """Confirm a registration, or its unproven address, by the link. Harmless twice.

    Raises `Refusal`.
    """
    with locked_places() as lock:
        now = lock.now
        registration = Registration.objects.get(pk=registration_id)
        if registration.link_version != link_version:
            raise Refusal(
                gettext(
                    "This link no longer works: use the one in the latest e-mail we sent "
                    "to this address."
                )
            )
        if registration.is_confirmed:
            return prove_address(registration, now)
        _refuse_unless_pending(registration, now)
        registration.state = Registration.State.CONFIRMED
        registration.confirmed_at = now
        registration.save(update_fields=["state", "confirmed_at"])
        confirm_held(registration, now)
        lock.told.add(registration.pk)
        history = write_history(registration, History.Event.CONFIRMED, now)
        write_message(Message.Kind.CONFIRMED, registration, history)
    return registration


def prove_address(registration: Registration, now: datetime) -> Registration:
    """Mark the address of a confirmed registration as proven. Call it under the lock."""
    if registration.is_unproven:
        registration.unproven_since = None
        registration.save(update_fields=["unproven_since"])
        history = write_history(registration, History.Event.MOVED, now)
        write_message(Message.Kind.CONFIRMED, registration, history)
    return registration


def _refuse_unless_pending(registration: Registration, now: datetime) -> None:
    if registration.state == Registration.State.CANCELLED:
        raise Refusal(gettext("This registration was cancelled."))
    if not registration.is_pending or registration.lapses_at <= now:
        raise Refusal(gettext("This registration was not confirmed in time."))


def try_code(registration_id: int, link_version: int, typed: str) -> Registration | None:
    """Confirm by the code from the mail; return None if it is wrong, or was tried too often."""
    tries = Registration.objects.pending().filter(pk=registration_id, link_version=link_version)
    with transaction.atomic():
        # Counted before the comparison and in one statement, so that parallel guesses all count.
        if not tries.filter(code_tries__lt=CODE_TRIES).update(code_tries=F("code_tries") + 1):
            return None
        registration = tries.first()
    if registration is None or not tokens.is_code_of(registration, typed):
        return None
    return confirm(registration_id, link_version)


def ask_again(registration_id: int, link_version: int) -> None:
    """Send the first mail again to the person who asks; do nothing if none is to be sent."""
    with locked_places() as lock:
        now = lock.now
        rows = Registration.objects.pending().filter(pk=registration_id, link_version=link_version)
        registration = rows.first()
        if registration and throttling.may_write_to(registration.email_key or "", now):
            history = write_history(registration, History.Event.ASKED_AGAIN, now)
            write_message(Message.Kind.PENDING, registration, history)


def resend(registration: Registration, *, by: User) -> None:
    """Send the mail that fits the state, for an organiser. Raises `Refusal` if none does."""
    with locked_places() as lock:
        now = lock.now
        registration = Registration.objects.get(pk=registration.pk)
        if not (registration.is_live and registration.email):
            raise Refusal(
                gettext(
                    "There is no e-mail to send: the registration is cancelled, has lapsed "
                    "or has no address."
                )
            )
        history = write_history(registration, History.Event.RESENT, now, by=by)
        write_message(fitting_kind(registration), registration, history)


def sweep() -> int:
    """Let overdue holds wait and unconfirmed registrations lapse; return how many lapsed."""
    now = clock.now()
    overdue = Registration.objects.hold_is_over(now).filter(places__state="held")
    if not (overdue.exists() or Registration.objects.lapsed(now).exists()):
        return 0
    with locked_places() as lock:
        now = lock.now
        lapsed = list(Registration.objects.lapsed(now))
        for registration in lapsed:
            release(registration.places.current(), now)
            write_history(registration, History.Event.EXPIRED, now)
        Registration.objects.filter(pk__in=[r.pk for r in lapsed]).update(
            state=Registration.State.EXPIRED, expired_at=now, mailbox_slot=None
        )
    return len(lapsed)
