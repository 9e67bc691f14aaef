"""What stands in a registration is put right, by organisers or by the person; and its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils.translation import gettext

from eim import clock
from registration import limits, tokens
from registration.actions.changes import NEW_ADDRESS, prove_address
from registration.actions.messages import write_history, write_message
from registration.actions.places import Lock, Refusal, locked_places
from registration.models import History, Message, Registration
from registration.models.registrations import MAILBOX_SIZE, Event
from registration.normalising import email_key, name_key

# What follows from another address; `code_tries` is counted by others at the same time.
MOVED = (
    "name_key",
    "email_key",
    "mailbox_slot",
    "link_version",
    "code_tries",
    "unproven_since",
    *NEW_ADDRESS,
)


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What an organiser may put right for a person who asks."""

    full_name: str
    email: str
    country: str
    institution: str
    occupation: str
    mail_language: str


def correct(
    registration: Registration, correction: Correction, *, by: User, note: str = ""
) -> Registration:
    """Raises `Refusal` if that would make two registrations of one person.

    Another address makes the links in the old mailbox dead, and gets a mail of its own: without
    the person's name until its reader has pressed the button, for the organiser may slip too.
    """
    facts = vars(correction)
    return rewrite(registration, facts, event=History.Event.CORRECTED, by=by, note=note)


def rewrite(
    registration: Registration,
    facts: Mapping[str, str],
    *,
    event: Event,
    by: User | None = None,
    note: str = "",
) -> Registration:
    """Some of the facts of a `Correction`, by an organiser or by the person; twice is once."""
    try:
        with locked_places() as lock:
            registration = Registration.objects.get(pk=registration.pk)
            refuse_if_erased(registration)
            return _rewrite(registration, facts, event, by, note, lock.now)
    except IntegrityError as clash:
        raise Refusal(
            gettext("This person is already registered with this address, or five others are.")
        ) from clash


def refuse_if_erased(registration: Registration) -> None:
    if registration.erased_at:
        raise Refusal(
            gettext("The data of this registration have been erased: nothing was changed.")
        )


def _rewrite(
    registration: Registration,
    facts: Mapping[str, str],
    event: Event,
    by: User | None,
    note: str,
    now: datetime,
) -> Registration:
    changed = [name for name in facts if facts[name] != str(getattr(registration, name))]
    if not (changed or by):
        return registration
    for name in changed:
        setattr(registration, name, facts[name])
    is_moved = email_key(registration.email) != registration.email_key
    registration.name_key = name_key(registration.full_name)
    registration.email_key = email_key(registration.email)
    if is_moved:
        registration.link_version += 1
        registration.code_tries = 0
        registration.mailbox_slot = _slot_in_new_mailbox(registration)
        registration.unproven_since = None if registration.is_pending else now
        registration.new_email, registration.new_email_key = "", None
    registration.save(update_fields=[*changed, *(MOVED if is_moved else ["name_key"])])
    note = f"{note}\n{', '.join(changed)}".strip()
    history = write_history(registration, event, now, by=by, note=note)
    if is_moved and registration.is_live:
        kind = Message.Kind.PENDING if registration.is_pending else Message.Kind.MOVED
        write_message(kind, registration, history)
    return registration


def _slot_in_new_mailbox(registration: Registration) -> int | None:
    if not registration.is_live:
        return None
    mailbox = Registration.objects.for_mailbox(registration.email_key or "")
    used = set(mailbox.exclude(pk=registration.pk).values_list("mailbox_slot", flat=True))
    # With five there it is the fifth's: the database refuses it, and `correct` says so.
    return next((n for n in range(1, MAILBOX_SIZE + 1) if n not in used), MAILBOX_SIZE)


def change_details(registration: Registration, details: Mapping[str, str]) -> Registration:
    """What is not the address: name, institution, country, occupation, language of the mails."""
    return rewrite(registration, details, event=History.Event.DETAILS_CHANGED)


# A new address, by the person


def change_address(registration: Registration, email: str) -> Registration:
    """Writes to the new address; nothing else changes until its reader says yes. Raises `Refusal`.

    Whether anybody is registered with it is asked only then, and answered only there.
    """
    now = clock.now()
    # Counted before the lock, so that what is refused counts too: nobody may have us write to
    # mailboxes all over the world.
    may_change = limits.may_change_address(registration.pk, now)
    if not (may_change and limits.may_write_to(email_key(email), now)):
        raise Refusal(
            gettext("The address has been changed many times today: please try again tomorrow.")
        )
    with locked_places() as lock:
        registration = Registration.objects.get(pk=registration.pk)
        refuse_if_erased(registration)
        if not registration.is_confirmed:
            raise Refusal(gettext("This registration has been cancelled: nothing was changed."))
        _want_address(registration, email, lock)
    return registration


def _want_address(registration: Registration, email: str, lock: Lock) -> None:
    """The one that it has already: nothing else is wanted any more."""
    key = email_key(email)
    is_other = key != registration.email_key
    registration.new_email, registration.new_email_key = (email, key) if is_other else ("", None)
    registration.save(update_fields=[*NEW_ADDRESS])
    if is_other:
        event = History.Event.ADDRESS_CHANGED
        history = write_history(registration, event, lock.now, note="email")
        write_message(Message.Kind.NEW_ADDRESS, registration, history, to=email)


def take_new_address(claim: tokens.MailboxClaim) -> Registration:
    """Its reader says yes: from now on it is the address. Twice is once. Raises `Refusal`."""
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
        left = registration.email
        _move(registration)
        history = write_history(registration, History.Event.MOVED, lock.now)
        write_message(Message.Kind.CONFIRMED, registration, history)
        write_message(Message.Kind.ADDRESS_LEFT, registration, history, to=left)
    return registration


def _move(registration: Registration) -> None:
    """All links in the mails to the old address die."""
    mailbox = Registration.objects.for_mailbox(registration.new_email_key or "")
    same_person = mailbox.filter(name_key=registration.name_key)
    if same_person.live().exists():
        raise Refusal(gettext("You already have another registration with this address."))
    if mailbox.live().count() >= MAILBOX_SIZE:
        raise Refusal(gettext("Five people are already registered with this address."))
    # What they cancelled or never confirmed under this address gives way: nobody is two people.
    same_person.update(email_key=None, name_key=None)
    registration.email, registration.email_key = registration.new_email, registration.new_email_key
    registration.new_email, registration.new_email_key = "", None
    registration.mailbox_slot = _slot_in_new_mailbox(registration)
    registration.link_version += 1
    registration.code_tries = 0
    registration.save(update_fields=["email", *MOVED])
