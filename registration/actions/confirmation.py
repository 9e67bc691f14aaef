"""Confirm registrations by link or code; let those lapse that nobody confirms.

`LAPSE_HOURS` and `HOLD_MINUTES` are in eim/settings.py.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from eim import clock
from eim.lib.hashing import Network
from eim.lib.normalising import email_key
from registration import throttling, tokens
from registration.actions.consents.news import keep_news_address
from registration.actions.mailboxes import take_slot
from registration.actions.messages import fitting_kind, write_event, write_history, write_message
from registration.actions.places import Refusal, confirm_held, locked_places, release
from registration.actions.suppressions import reached
from registration.models import History, Message, Registration
from registration.models.registrations import CODE_TRIES, RegistrationQuerySet
from registration.tokens import Claim


def confirm(registration_id: int, link_version: int) -> Registration:
    """Confirm a registration, or its unproven address, by the link. Harmless twice.

    Raises `Refusal`.
    """
    with locked_places() as lock:
        now = lock.now
        registration = Registration.objects.get(pk=registration_id)
        refuse_old_link(registration, link_version)
        if registration.is_confirmed:
            return prove_address(registration, now)
        _refuse_unless_pending(registration, now)
        take_slot(registration)
        registration.state = Registration.State.CONFIRMED
        registration.confirmed_at = now
        registration.save(update_fields=["state", "confirmed_at", "mailbox_slot"])
        throttling.forgive(registration.email_key or "")
        reached(registration.email_key or "", now)
        confirm_held(registration, now)
        lock.told.add(registration.pk)
        history = write_history(registration, History.Event.CONFIRMED, now)
        write_message(Message.Kind.CONFIRMED, registration, history)
    return registration


def refuse_old_link(registration: Registration, link_version: int) -> None:
    """Refuse a link that newer answers or another address have replaced."""
    if registration.link_version != link_version:
        raise Refusal(
            gettext(
                "This link no longer works: use the one in the latest e-mail we sent "
                "to this address."
            )
        )


def prove_address(registration: Registration, now: datetime) -> Registration:
    """Mark the address of a confirmed registration as proven. Call it under the lock."""
    if registration.is_unproven:
        registration.unproven_since = None
        registration.save(update_fields=["unproven_since"])
        keep_news_address(registration)
        reached(registration.email_key or "", now)
        history = write_history(registration, History.Event.MOVED, now)
        write_message(Message.Kind.CONFIRMED, registration, history)
    return registration


def _refuse_unless_pending(registration: Registration, now: datetime) -> None:
    if registration.state == Registration.State.CANCELLED:
        raise Refusal(gettext("This registration was cancelled."))
    if not registration.is_pending or registration.lapses_at <= now:
        raise Refusal(gettext("This registration was not confirmed in time."))


def try_code(claim: Claim | None, typed: str, network: Network) -> Registration | None:
    """Confirm by the code from the mail; return None if it is wrong, or was tried too often.

    Without anything to confirm it writes the same, and undoes it: the time must not reveal it.
    """
    with transaction.atomic():
        may_try = throttling.may_try_code(network, clock.now())
        registration = _count_try(claim) if may_try else None
    is_right = registration is not None and tokens.is_code_of(registration, typed)
    return confirm(claim.registration_id, claim.link_version) if claim and is_right else None


def _count_try(claim: Claim | None) -> Registration | None:
    """Count a try; without a claim count it for anybody, and undo that."""
    few = Registration.objects.filter(code_tries__lt=CODE_TRIES)
    row = pending_of(claim).first() if claim else few.order_by("pk").first()
    with transaction.atomic():
        # Counted before the comparison and in one statement, so that parallel guesses all count.
        is_counted = few.filter(pk=row.pk if row else 0).update(code_tries=F("code_tries") + 1)
        transaction.set_rollback(claim is None)
    return row if claim and is_counted else None


def pending_of(claim: Claim) -> RegistrationQuerySet:
    rows = Registration.objects.pending().filter(pk=claim.registration_id)
    return rows.filter(link_version=claim.link_version)


def ask_again(claim: Claim | None, email: str, network: Network) -> None:
    """Send the first mail again to the person who asks, or else do the same work in vain."""
    with locked_places() as lock:
        registration = pending_of(claim).first() if claim else None
        may_write = throttling.may_write_to(email_key(email), network, lock.now)
        host = registration if may_write else None
        write_event(host, History.Event.ASKED_AGAIN, Message.Kind.PENDING, lock.now)


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
