"""Mailboxes to which no mail, or no reminder, is sent."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from eim import clock
from eim.lib.hashing import keyed_hashes
from registration.models import Bounce, Suppression
from registration.models.bounces import BounceQuerySet
from registration.models.mailboxes import mailbox_hash, mailbox_hashes, mailbox_of
from registration.models.privacy import SuppressionReason


def suppress(email_key: str, reason: SuppressionReason) -> None:
    rehash([email_key])
    suppress_hashed(mailbox_hash(email_key), reason)


def suppress_hashed(mailbox: str, reason: SuppressionReason) -> None:
    """Send no mail to this mailbox from now on. Harmless twice.

    A refusal, which may be taken back, replaces no wish of a reader.
    """
    facts = {"reason": reason, "created_at": clock.now()}
    Suppression.objects.get_or_create(mailbox=mailbox, defaults=facts)
    if reason != SuppressionReason.REFUSED:
        of_reminders = Suppression.objects.filter(mailbox=mailbox, is_of_reminders=True)
        of_reminders.update(is_of_reminders=False, **facts)


def suppress_reminders(mailbox: str) -> None:
    """Send no reminders to this mailbox from now on. Harmless twice.

    Its reader acts, so a refusal of before is over.
    """
    facts = {"reason": SuppressionReason.ASKED, "created_at": clock.now(), "is_of_reminders": True}
    _row, is_new = Suppression.objects.get_or_create(mailbox=mailbox, defaults=facts)
    if not is_new:
        rows = Suppression.objects.filter(mailbox=mailbox, reason=SuppressionReason.REFUSED)
        rows.update(**facts)


def is_suppressed(email_key: str) -> bool:
    return suppressions_of(email_key).filter(is_of_reminders=False).exists()


def is_without_reminders(email_key: str) -> bool:
    """Return whether the mailbox gets no reminders, be it because it gets no mails at all."""
    return suppressions_of(email_key).exists()


def is_bouncing(email_key: str) -> bool:
    """Return whether an e-mail to the mailbox came back, and nothing since says otherwise."""
    return bounces_of(email_key).stopping().standing().exists()


def bounces_of(email_key: str) -> BounceQuerySet:
    return Bounce.objects.sent_to(mailbox_hashes(email_key))


def reached(email_key: str, now: datetime) -> None:
    """Note that the mailbox can be reached: its reader has proven it, or organisers know it."""
    reached_hashed(mailbox_hashes(email_key), now)


def reached_hashed(mailboxes: list[str], now: datetime) -> None:
    Bounce.objects.sent_to(mailboxes).clear(now)
    refused = Suppression.objects.filter(mailbox__in=mailboxes)
    refused.filter(reason=SuppressionReason.REFUSED, is_of_reminders=False).delete()


def suppressions_of(email_key: str) -> QuerySet[Suppression]:
    return Suppression.objects.filter(mailbox__in=mailbox_hashes(email_key))


def rehash(email_keys: Iterable[str]) -> int:
    """Store the suppressions of addresses under the present key, and return how many these were.

    When an older key is given up, what is stored under it is forgotten.
    """
    present: dict[str, str] = {}
    for address in {one for key in email_keys for one in (key, mailbox_of(key))}:
        first, *older = keyed_hashes("mailbox", address)
        present |= dict.fromkeys(older, first)
    rows = list(Suppression.objects.filter(mailbox__in=present)) if present else []
    for row in rows:
        _move(row, present[row.mailbox])
    return len(rows)


def _move(row: Suppression, mailbox: str) -> None:
    """Give a suppression another hash, or add it to the one that is there."""
    try:
        # Not save(): the organisers may have deleted the row meanwhile.
        with transaction.atomic():
            Suppression.objects.filter(pk=row.pk).update(mailbox=mailbox)
    except IntegrityError:
        if not row.is_of_reminders:
            suppress_hashed(mailbox, SuppressionReason(row.reason))
        Suppression.objects.filter(pk=row.pk).delete()
