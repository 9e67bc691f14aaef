"""Note at an e-mail of the outbox that it came back, and that its mailbox can be reached again."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from registration.actions import suppressions
from registration.actions.consents.news import stop_news
from registration.models import Bounce, Message
from registration.models.bounces import BY_GRAVITY, NOBODY_THERE, BounceKind, BounceReason
from registration.models.mailboxes import mailbox_hash, mailbox_hashes
from registration.outbox.bounces.reading import Report
from registration.outbox.bounces.reasons import reason_for, status_in
from registration.tokens import NewsClaim


def note(report: Report, now: datetime) -> Bounce | None:
    """Note a report; None if it names none of our e-mails, or several. Harmless twice."""
    messages = list(Message.objects.filter(message_id__in=report.message_ids)[:2])
    if len(messages) != 1 or report.kind is None:
        return None
    facts: dict[str, object] = {"reason": report.reason, "status": report.status}
    bounce = write(messages[0], report.kind, facts | {"answer": report.answer}, now)
    if report.kind == BounceKind.COMPLAINT and bounce.is_standing:
        suppressions.suppress_reminders(bounce.message.sent_to)
    if is_end_of_news(bounce) and (news := bounce.message.news_address):
        # The report goes with its e-mail, so the next news must not depend on it.
        stop_news(NewsClaim(news.pk, news.link_version))
    return bounce


def is_end_of_news(bounce: Bounce) -> bool:
    """Return whether a reader has said no, or whether there is none."""
    is_gone = bounce.kind == BounceKind.FAILED and bounce.reason in NOBODY_THERE
    return bounce.is_standing and (bounce.kind == BounceKind.COMPLAINT or is_gone)


@transaction.atomic
def write(message: Message, kind: BounceKind, facts: dict[str, object], now: datetime) -> Bounce:
    """Write what became of an e-mail; a later report replaces one that is less grave."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    known = Bounce.objects.filter(message=message).first()
    if known and not is_news(known, message, kind):
        return known
    is_settled = not remember_mailbox(message)
    facts |= {"kind": kind, "reported_at": now, "cleared_at": now if is_settled else None}
    bounce, _is_new = Bounce.objects.update_or_create(message=message, defaults=facts)
    return bounce


def is_news(known: Bounce, message: Message, kind: BounceKind) -> bool:
    """Return whether a report says more than what is known, or is of a later attempt."""
    is_later = message.sent_at is not None and message.sent_at > known.reported_at
    order = BY_GRAVITY.index
    return is_later or order(kind) > order(BounceKind(known.kind))


def remember_mailbox(message: Message) -> bool:
    """Return whether the recipient still has the mailbox to which the e-mail went.

    E-mails of earlier releases do not say it: theirs is taken to be the present one.
    """
    if not message.address:
        return False
    if message.sent_to:
        return message.sent_to in mailbox_hashes(message.mailbox)
    message.sent_to = mailbox_hash(message.mailbox)
    message.save(update_fields=["sent_to"])
    return True


def note_refusal(message: Message, answer: str, now: datetime) -> None:
    """Note what the recipient's server said at once, or at every attempt."""
    status = status_in(answer)
    kind = BounceKind.GIVEN_UP if answer.startswith("4") else BounceKind.FAILED
    facts: dict[str, object] = {"reason": reason_for(status, answer), "status": status}
    write(message, kind, facts | {"answer": answer}, now)


def note_by_hand(message: Message, reason: BounceReason, *, by: User, now: datetime) -> Bounce:
    """Note for an organiser that an e-mail came back, whatever was known before."""
    remember_mailbox(message)
    facts = {"status": "", "answer": "", "noted_by": by, "cleared_at": None, "reported_at": now}
    facts |= {"kind": BounceKind.FAILED, "reason": reason}
    bounce, _is_new = Bounce.objects.update_or_create(message=message, defaults=facts)
    return bounce
