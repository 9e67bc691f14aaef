"""Sentences about e-mails that came back: what organisers can do, and which of them count."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.models import Bounce, Message
from registration.models.bounces import BounceKind, BounceReason
from registration.models.mailboxes import mailbox_hashes

MISTYPED = _("Look for a slip in the address and correct it, or phone.")
LATER = _("Send it again in some days, or phone.")
ADVICE: dict[str, Promise] = {
    BounceReason.UNKNOWN: MISTYPED,
    BounceReason.DOMAIN: MISTYPED,
    BounceReason.DISABLED: _("Ask the person for another address."),
    BounceReason.FULL: LATER,
    BounceReason.TIME: LATER,
    BounceReason.SPAM: _(
        "Look at the health of the e-mails, and write to the person from another mailbox, or phone."
    ),
    BounceReason.SIZE: _("Write to the person from another mailbox, or phone."),
    BounceReason.LOOP: _("Ask the person for another address."),
    BounceReason.OTHER: _("Write to the person from another mailbox, or phone."),
}
OF_CHALLENGES = _(
    "Open the mailbox of e-mails that come back, and follow the link in what waits there, or phone."
)
OF_COMPLAINTS = _("Nothing: they get no more reminders and letters.")


def advice_for(bounce: Bounce) -> str:
    """Return what organisers can do about it."""
    if bounce.kind == BounceKind.CHALLENGE:
        return str(OF_CHALLENGES)
    if bounce.kind == BounceKind.COMPLAINT:
        return str(OF_COMPLAINTS)
    return str(ADVICE[bounce.reason])


def present(bounces: Iterable[Bounce]) -> list[Bounce]:
    """Return those of mailboxes that their recipients still have."""
    return [bounce for bounce in bounces if is_present(bounce.message)]


def is_present(message: Message) -> bool:
    registration = message.registration
    if registration and not registration.is_live:
        return False
    return bool(message.address) and message.sent_to in mailbox_hashes(message.mailbox)
