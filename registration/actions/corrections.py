"""Corrections of answers, by organisers or by the person, and changes of the address."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext

from eim import clock
from eim.lib.normalising import email_key
from programme.models import Person
from registration import throttling, tokens
from registration.actions.confirmation import prove_address
from registration.actions.consents.news import (
    move_news_address,
    proven_mailbox,
    write_news_in_language_of,
)
from registration.actions.mailboxes import KEY_FIELDS, MAILBOX_FIELDS, NEW_ADDRESS_FIELDS, move_to
from registration.actions.messages import write_history, write_message
from registration.actions.places import Lock, Refusal, locked_places
from registration.actions.suppressions import reached
from registration.models import Bounce, History, Message, Registration
from registration.models.history import Event


def correct(
    registration: Registration, corrected: Mapping[str, str], *, by: User, note: str = ""
) -> Registration:
    """Write the corrected answers for an organiser. Raises `Refusal`.

    Another address kills the links in the old mailbox, and gets a mail that asks for its proof. The
    mail does not name the person: the organiser may have mistyped the address.
    """
    return _rewrite(registration, corrected, event=History.Event.CORRECTED, by=by, note=note)


def _rewrite(
    registration: Registration,
    answers: Mapping[str, str],
    *,
    event: Event,
    by: User | None = None,
    note: str = "",
) -> Registration:
    """Write some answers again, for an organiser or the person. Harmless twice."""
    with locked_places() as lock:
        registration = Registration.objects.get(pk=registration.pk)
        refuse_if_erased(registration)
        return _write_changed(registration, answers, event, by, note, lock.now)


def forget_bounces(registration: Registration, now: datetime) -> None:
    """Settle what came back from an address that is no longer the person's."""
    Bounce.objects.filter(message__registration=registration).clear(now)


def refuse_if_erased(registration: Registration) -> None:
    if registration.erased_at:
        raise Refusal(
            gettext("The data of this registration have been erased: nothing was changed.")
        )


def _write_changed(
    registration: Registration,
    answers: Mapping[str, str],
    event: Event,
    by: User | None,
    note: str,
    now: datetime,
) -> Registration:
    changed = [name for name in answers if answers[name] != str(getattr(registration, name))]
    if not (changed or by):
        return registration
    for name in changed:
        if name != "email":
            setattr(registration, name, answers[name])
    email = answers.get("email", registration.email)
    left = proven_mailbox(registration)
    is_moved = move_to(registration, email, by=by, is_renamed="full_name" in changed)
    if is_moved:
        registration.unproven_since = None if registration.is_pending else now
        forget_bounces(registration, now)
    keys = (*MAILBOX_FIELDS, "unproven_since") if is_moved else KEY_FIELDS
    registration.save(update_fields=[*changed, *keys])
    if is_moved:
        move_news_address(registration, left=left)
    if "mail_language" in changed:
        write_news_in_language_of(registration)
    note = f"{note}\n{', '.join(changed)}".strip()
    history = write_history(registration, event, now, by=by, note=note)
    if is_moved and registration.is_live:
        kind = Message.Kind.PENDING if registration.is_pending else Message.Kind.MOVED
        write_message(kind, registration, history)
    return registration


def change_details(registration: Registration, details: Mapping[str, str]) -> Registration:
    """Correct the answers that the person may change without a proof. Raises `Refusal`."""
    return _rewrite(registration, details, event=History.Event.DETAILS_CHANGED)


def set_category(
    registration: Registration,
    *,
    category: str,
    person: Person | None,
    by: User,
) -> None:
    """Set the category, and which speaker of the programme the person is."""
    with locked_places() as lock:
        rows = Registration.objects.filter(pk=registration.pk)
        label = str(Registration.Category(category).label)
        if rows.exclude(category=category, person=person).update(category=category, person=person):
            write_history(registration, History.Event.CORRECTED, lock.now, by=by, note=label)


# A new address, by the person


def count_address(registration: Registration, email: str) -> None:
    """Count an attempt to change the address, which is limited. Raises `Refusal`.

    Call it outside of any transaction, so that refused attempts count: nobody may make the site
    write to mailboxes all over the world.
    """
    now = clock.now()
    may_change = throttling.may_change_address(registration.pk, now)
    key = email_key(email)
    if not (may_change and throttling.may_write_to_new_address(key, registration.pk, now)):
        raise Refusal(
            gettext("The address has been changed many times today: please try again tomorrow.")
        )


def change_address(registration: Registration, email: str) -> Registration:
    """Send a mail to the new address, which replaces the old one once its reader confirms.

    Whether somebody is registered with it is checked and answered only then. Raises `Refusal`.
    """
    with locked_places() as lock:
        registration = Registration.objects.get(pk=registration.pk)
        refuse_if_erased(registration)
        if not registration.is_confirmed:
            raise Refusal(gettext("This registration has been cancelled: nothing was changed."))
        _request_address(registration, email, lock)
    return registration


def _request_address(registration: Registration, email: str, lock: Lock) -> None:
    """Remember the new address and write to it; the present address cancels the request."""
    key = email_key(email)
    is_other = key != registration.email_key
    registration.new_email, registration.new_email_key = (email, key) if is_other else ("", None)
    registration.save(update_fields=[*NEW_ADDRESS_FIELDS])
    if is_other:
        event = History.Event.ADDRESS_CHANGED
        history = write_history(registration, event, lock.now, note="email")
        write_message(Message.Kind.NEW_ADDRESS, registration, history, to=email)


def take_new_address(claim: tokens.MailboxClaim) -> Registration:
    """Replace the address by the new one, which its reader confirms. Harmless twice.

    Raises `Refusal`.
    """
    with locked_places() as lock:
        registration = Registration.objects.get(pk=claim.registration_id)
        if registration.is_confirmed and claim.is_of(registration.email_key):
            return prove_address(registration, lock.now)
        if not claim.is_of(registration.new_email_key):
            raise Refusal(
                gettext(
                    "This link no longer works: use the one in the latest e-mail we sent "
                    "to this address."
                )
            )
        left, left_mailbox = registration.email, proven_mailbox(registration)
        move_to(registration, registration.new_email, by=None)
        registration.save(update_fields=["email", *MAILBOX_FIELDS])
        move_news_address(registration, left=left_mailbox)
        forget_bounces(registration, lock.now)
        reached(registration.email_key or "", lock.now)
        history = write_history(registration, History.Event.MOVED, lock.now)
        write_message(Message.Kind.CONFIRMED, registration, history)
        write_message(Message.Kind.ADDRESS_LEFT, registration, history, to=left)
    return registration
