"""The desk: organisers register or confirm a person who stands before them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.translation import gettext

from eim.lib.normalising import email_key, name_key
from registration.actions.mailboxes import Known, slot_in, take_slot
from registration.actions.messages import write_history, write_message
from registration.actions.places import Lock, Refusal, confirm_held, locked_places, set_places
from registration.answers import Answers, Use, answers_for
from registration.models import History, Message, Quota, Registration


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """A person whom an organiser writes down at the desk; their e-mail may be empty."""

    # Drawn with the form: the same reference sent twice is one person.
    reference: str
    # Those that the desk asks for: `Use.DESK`.
    answers: Answers
    category: str
    quotas: Sequence[Quota] = ()


def add_by_hand(newcomer: Newcomer, *, by: User) -> Registration:
    """Add a confirmed registration, or confirm the person's pending one.

    Nobody else is promoted in the last 24 hours, unlike after other acts of an organiser. Raises
    `Full` and `Refusal`.
    """
    with locked_places() as lock:
        if same := Registration.objects.filter(reference=newcomer.reference).first():
            return same
        mailbox = _mailbox_of(newcomer)
        key = name_key(newcomer.answers.full_name)
        known = next((one for one in mailbox if one.name_key == key), None)
        if known and known.is_confirmed:
            raise Known(known, by=by)
        if known and known.is_pending:
            return _let_in_with(newcomer, known, lock, by)
        return _add(newcomer, known or Registration(), mailbox, lock, by)


def confirm_by_hand(registration: Registration, *, by: User, note: str = "") -> Registration:
    """Confirm a pending registration and the places that it holds. Raises `Refusal`."""
    with locked_places() as lock:
        registration = Registration.objects.get(pk=registration.pk)
        if not registration.is_pending:
            raise Refusal(gettext("It is no longer waiting to be confirmed: nothing was changed."))
        return _let_in(registration, lock, by, note)


def _let_in_with(
    newcomer: Newcomer, registration: Registration, lock: Lock, by: User
) -> Registration:
    """Confirm a pending registration with the desk's places; the person's other answers stay."""
    registration.attendance = newcomer.answers.attendance
    registration.category = newcomer.category
    registration.save(update_fields=["attendance", "category"])
    set_places(registration, newcomer.quotas, by_organiser=True, now=lock.now)
    return _let_in(registration, lock, by)


def _let_in(registration: Registration, lock: Lock, by: User, note: str = "") -> Registration:
    take_slot(registration)
    registration.state = Registration.State.CONFIRMED
    registration.confirmed_at = registration.unproven_since = lock.now
    registration.save(update_fields=["state", "confirmed_at", "unproven_since", "mailbox_slot"])
    confirm_held(registration, lock.now)
    lock.told.add(registration.pk)
    history = write_history(registration, History.Event.LET_IN, lock.now, by=by, note=note)
    write_message(Message.Kind.DESK, registration, history)
    return registration


def _add(
    newcomer: Newcomer, row: Registration, mailbox: Sequence[Registration], lock: Lock, by: User
) -> Registration:
    """Write a confirmed registration into `row`: a new one, or the person's ended one."""
    is_new = row.pk is None
    _write_down(newcomer, row)
    row.state = Registration.State.CONFIRMED
    row.submitted_at = row.confirmed_at = lock.now
    if newcomer.answers.email:
        row.mailbox_slot = slot_in(mailbox)
        row.unproven_since = lock.now
    row.save()
    set_places(row, newcomer.quotas, is_new=is_new, by_organiser=True, now=lock.now)
    lock.told.add(row.pk)
    history = write_history(row, History.Event.ADDED, lock.now, by=by)
    if newcomer.answers.email:
        write_message(Message.Kind.DESK, row, history)
    return row


def _write_down(newcomer: Newcomer, row: Registration) -> None:
    if row.pk:
        row.link_version += 1
        row.cancelled_at = row.expired_at = row.coming_at = None
    else:
        row.reference = newcomer.reference
    row.category = newcomer.category
    for name in answers_for(Use.DESK):
        setattr(row, name, getattr(newcomer.answers, name))
    row.name_key = name_key(newcomer.answers.full_name)
    if newcomer.answers.email:
        row.email_key = email_key(newcomer.answers.email)


def _mailbox_of(newcomer: Newcomer) -> list[Registration]:
    if not newcomer.answers.email:
        return []
    return list(Registration.objects.for_mailbox(email_key(newcomer.answers.email)))
