"""Take messages out of the outbox, one worker each, and put down what came of them."""

from datetime import datetime

from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext

from registration.models import Bounce, Message, Relay
from registration.models.bounces import UNDELIVERED
from registration.models.mailboxes import mailbox_hash
from registration.models.messages import LEASE, RETRY_AFTER, SHARING, MessageQuerySet
from registration.outbox import circuit
from registration.outbox.delivery import organisers_language
from registration.outbox.outcomes import ATTEMPTS, Outcome


def claim(now: datetime) -> Message | None:
    """Lease the next due message and return it; None without one, at a limit, or in a pause."""
    relay = Relay.known()
    if relay.is_paused(now):
        return None
    due, domains = Message.objects.due(now), circuit.domains_of(relay)
    while message := due.most_awaited_but(relay.suspected, domains):
        attempts = Message.objects.attempts(now)
        if attempts.is_minute_used_up or attempts.is_day_used_up:
            return None
        if message.kind in SHARING and attempts.is_bulk_used_up:
            # An awaited one may be left: the first choice had to avoid a domain.
            due = due.exclude(kind__in=SHARING)
        elif message.attempts >= ATTEMPTS:
            abandon(message)
        elif not circuit.admits(relay, now):
            return None
        elif lease(message, now):
            message.refresh_from_db()
            return message
    return None


def lease(message: Message, now: datetime) -> bool:
    """Lease a message by one conditional UPDATE, which only one of several workers wins.

    Mails to many may wait for days until it is their turn: from then on they are tried.
    """
    facts: dict[str, object] = {"attempts": message.attempts + 1, "attempted_at": now}
    if message.is_bulk and message.attempted_at is None:
        facts["rescheduled_at"] = now
    leased = {"state": Message.State.LEASED, "leased_until": now + LEASE}
    return bool(as_it_was(message).update(**leased, **facts))


def as_it_was(message: Message) -> MessageQuerySet:
    """Filter the row, unless another worker has changed it since `message` was read."""
    return Message.objects.filter(
        pk=message.pk,
        state=message.state,
        attempts=message.attempts,
        leased_until=message.leased_until,
    )


def abandon(message: Message) -> None:
    """Give up a message whose last attempt killed the worker: it must not do so for ever."""
    with translation.override(organisers_language()):
        error = gettext("The worker stopped in the middle of the last attempt.")
    as_it_was(message).update(state=Message.State.FAILED, leased_until=None, last_error=error)


def settle(message: Message, outcome: Outcome, now: datetime) -> bool:
    """Write the outcome; return False if the lease ended and another worker has the message."""
    facts: dict[str, object] = {"state": outcome.state, "last_error": outcome.error}
    if outcome.state == Message.State.DUE:
        wait = RETRY_AFTER[message.attempts - 1] if outcome.wait is None else outcome.wait
        facts["next_attempt_at"] = now + wait
    if outcome.state == Message.State.SENT:
        facts["sent_at"] = now
    if outcome.is_with_recipient:
        facts["sent_to"] = mailbox_hash(message.mailbox)
    if not outcome.costs_attempt:
        facts["attempts"] = F("attempts") - 1
    return bool(as_it_was(message).update(leased_until=None, **facts))


def reschedule(message: Message, now: datetime) -> bool:
    """Make a message due again, with all attempts; return False if it is being sent or done."""
    is_unsent = Q(state__in=[Message.State.FAILED, Message.State.DUE])
    came_back = Q(state=Message.State.SENT, bounce__kind__in=UNDELIVERED)
    rows = Message.objects.filter(is_unsent | came_back, pk=message.pk)
    changed = bool(
        rows.update(
            state=Message.State.DUE,
            sent_at=None,
            attempts=0,
            next_attempt_at=now,
            rescheduled_at=now,
        )
    )
    if changed and message.sent_to:
        # Whoever sends it again takes it that it can arrive.
        Bounce.objects.sent_to([message.sent_to]).undelivered().clear(now)
    return changed
