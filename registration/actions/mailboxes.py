"""Mailboxes: a confirmed registration has a slot of its own, and a person one registration.

Everything here runs under the one lock, so it reads before it writes; the unique constraints are
the last guard.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.utils.translation import gettext, ngettext

from eim.lib.normalising import email_key, name_key
from registration.actions.places import Refusal
from registration.models import Registration
from registration.models.mailboxes import MAILBOX_SIZE

NEW_ADDRESS_FIELDS = ("new_email", "new_email_key")
# What `move_to` sets. Save `code_tries` only after a move: requests without the lock count it.
KEY_FIELDS = ("name_key", "email_key")
MAILBOX_FIELDS = (*KEY_FIELDS, "mailbox_slot", "link_version", "code_tries", *NEW_ADDRESS_FIELDS)


class Known(Refusal):
    """The person has another live registration with this address: `registration`."""

    def __init__(self, registration: Registration, *, by: User | None) -> None:
        self.registration = registration
        super().__init__(
            gettext("This person is already registered with this address.")
            if by
            else gettext("You already have another registration with this address.")
        )


class MailboxFull(Refusal):
    """All slots of the mailbox are taken."""

    def __init__(self) -> None:
        super().__init__(
            ngettext(
                "%(count)s person is already registered with this address.",
                "%(count)s people are already registered with this address.",
                MAILBOX_SIZE,
            )
            % {"count": MAILBOX_SIZE}
        )


def free_slot(mailbox: Iterable[Registration]) -> int | None:
    """Return the first slot that no registration of the mailbox has; None if it is full."""
    used = {registration.mailbox_slot for registration in mailbox}
    return next((n for n in range(1, MAILBOX_SIZE + 1) if n not in used), None)


def slot_in(mailbox: Iterable[Registration]) -> int:
    """Return the first free slot. Raises `MailboxFull`."""
    slot = free_slot(mailbox)
    if slot is None:
        raise MailboxFull
    return slot


def take_slot(registration: Registration) -> None:
    """Give a registration that is being confirmed a slot. Raises `MailboxFull`.

    Before, it shuts nobody out, for anybody can type an address. The caller saves it.
    """
    mailbox = Registration.objects.for_mailbox(registration.email_key or "")
    registration.mailbox_slot = registration.mailbox_slot or slot_in(mailbox)


def move_to(
    registration: Registration, email: str, *, by: User | None, is_renamed: bool = False
) -> bool:
    """Register the person under `email` and their present name; return if the mailbox changes.

    Without another name or mailbox the keys stay: two live rows of one person have keys of their
    own since their names are folded, and may be corrected. Another mailbox kills the links that
    were sent to the old one. A cancelled or lapsed registration of the same person there leaves its
    mailbox, so that nobody is two people. The caller saves `registration`. Raises `Known` or
    `MailboxFull`, in words for the organiser `by` or for the person.
    """
    key, name = email_key(email), name_key(registration.full_name)
    is_other = key != email_key(registration.email)
    registration.email = email
    if not (is_other or is_renamed):
        return False
    registration.name_key = name
    if not (is_other or registration.email_key):
        # It gave way to another registration of this person.
        return False
    others = list(Registration.objects.for_mailbox(key).exclude(pk=registration.pk))
    _make_way([other for other in others if other.name_key == name], by)
    registration.email_key = key
    if is_other:
        registration.mailbox_slot = slot_in(others) if registration.is_confirmed else None
        registration.link_version += 1
        registration.code_tries = 0
        registration.new_email, registration.new_email_key = "", None
    return is_other


def _make_way(same_person: Iterable[Registration], by: User | None) -> None:
    """Take ended registrations out of their mailbox. Raises `Known` for a live one."""
    for other in same_person:
        if other.is_live:
            raise Known(other, by=by)
        Registration.objects.filter(pk=other.pk).update(email_key=None)
