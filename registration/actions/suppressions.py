"""Mailboxes to which no mail is sent."""

from eim import clock
from eim.lib.hashing import keyed_hash
from registration.models import Suppression
from registration.models.mailboxes import mailbox_of
from registration.models.privacy import SuppressionReason


def suppress(email_key: str, reason: SuppressionReason) -> None:
    suppress_hashed(mailbox_hash(email_key), reason)


def suppress_hashed(mailbox: str, reason: SuppressionReason) -> None:
    """Send no mail to this mailbox from now on. Harmless twice."""
    Suppression.objects.get_or_create(
        mailbox=mailbox, defaults={"reason": reason, "created_at": clock.now()}
    )


def is_suppressed(email_key: str) -> bool:
    return Suppression.objects.filter(mailbox__in=mailbox_hashes(email_key)).exists()


def mailbox_hashes(email_key: str) -> list[str]:
    """Return the hashes under which an address may be suppressed: its own, and its mailbox's."""
    return [mailbox_hash(email_key), mailbox_hash(mailbox_of(email_key))]


def mailbox_hash(email_key: str) -> str:
    return keyed_hash("mailbox", email_key)
