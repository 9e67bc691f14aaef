"""Pause all mails while the relay takes none, so that no message pays for the relay's fault.

A relay that cannot be reached, or lets nobody in, is certain. One that goes away in the middle of a
mail (421) is taken for the fault until it accepts another mail. A refusal by policy (5.7.x) may
come from the recipient's server too: it counts against the relay once several are refused in a row.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from registration.models import Message, Relay
from registration.models.messages import GIVE_UP_AFTER
from registration.models.relay import LONGEST_PAUSE, SEVERAL
from registration.outbox.outcomes import Blame, MailRefusal, Outcome

logger = logging.getLogger(__name__)

# As long as the relay has refused already: a pause doubles, however many workers are refused.
SHORTEST_PAUSE = timedelta(seconds=15)
# After a pause one worker tries one mail, which takes less than this.
TRIAL = timedelta(seconds=150)
# Refusals that may be the recipients' are the relay's if so many domains, or mails, see them.
MANY = 10
# Most mails that are noted as suspected: each makes the search for another one longer.
MOST_SUSPECTED = 100
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=30)


def end_of_pause(now: datetime) -> datetime | None:
    """Return when mails are tried again; None if they go out now."""
    relay = Relay.known()
    return relay.paused_until if relay.is_paused(now) else None


def domains_of(relay: Relay) -> frozenset[str]:
    """Return the domains whose mails were refused since the relay last took one."""
    suspected = Message.objects.filter(pk__in=relay.suspected).with_recipients()
    return frozenset(message.domain for message in suspected if message.domain)


def admits(relay: Relay, now: datetime) -> bool:
    """Return whether this worker may send; after a pause only one of several may try."""
    if relay.paused_until is None:
        return True
    as_it_was = Relay.objects.filter(pk=relay.pk, paused_until=relay.paused_until)
    return bool(as_it_was.update(paused_until=now + TRIAL))


def judged(message: Message, outcome: Outcome, now: datetime) -> Outcome:
    """Note what the outcome says of the relay; return what it means for the message.

    Call it in the transaction that settles the message.
    """
    if outcome.state == Message.State.SENT:
        note_acceptance(now)
        return outcome
    refusal = outcome.refusal
    if refusal is None:
        # The relay was not asked: the next message is tried at once.
        end_trial(now)
        return outcome
    log_refusal(message, refusal)
    relay, _is_new = Relay.objects.select_for_update().get_or_create(pk=1)
    if refusal.blame == Blame.RECIPIENT or is_recipients(message, refusal, relay):
        note_conversation(relay, now)
        return outcome
    note_refusal(relay, message, refusal, now)
    return spared(message, outcome, relay, now)


def is_recipients(message: Message, refusal: MailRefusal, relay: Relay) -> bool:
    """Return whether others, and no more refusals, came after this message was refused before."""
    return refusal.blame != Blame.RELAY and bool(message.last_error) and not relay.refusals


def log_refusal(message: Message, refusal: MailRefusal) -> None:
    logger.warning(
        "The mail server refused message %s (%s): %s",
        message.pk,
        message.kind,
        refusal.answer or refusal.fault.value,
    )


def note_acceptance(now: datetime) -> None:
    """Note that the relay took a mail: whatever was wrong is over."""
    trouble = Relay.objects.exclude(refusals=0, paused_until=None)
    if relay := trouble.select_for_update().first():
        close(relay, now)


def note_conversation(relay: Relay, now: datetime) -> None:
    """Note that the relay talks to us again, unless it may be refusing everybody."""
    if relay.suspected:
        end_trial(now)
    elif relay.refusals:
        close(relay, now)


def close(relay: Relay, now: datetime) -> None:
    if relay.refusals:
        logger.info(
            "The mail server takes e-mails again: it had refused %s since %s",
            relay.refusals,
            relay.refused_since and relay.refused_since.isoformat(timespec="seconds"),
            extra={"is_report": relay.is_failing},
        )
    Relay.objects.filter(pk=relay.pk).update(
        refusals=0, refused_since=None, paused_until=None, suspected=[], fault="", answer=""
    )


def end_trial(now: datetime) -> None:
    Relay.objects.filter(paused_until__gt=now).update(paused_until=now)


def note_refusal(relay: Relay, message: Message, refusal: MailRefusal, now: datetime) -> None:
    relay.refusals += 1
    relay.refused_since = relay.refused_since or now
    relay.refused_at, relay.fault, relay.answer = now, refusal.fault, refusal.answer
    relay.paused_until = None
    if refusal.blame != Blame.RELAY and message.pk not in relay.suspected:
        relay.suspected = [*relay.suspected, message.pk][-MOST_SUSPECTED:]
    if refusal.blame != Blame.UNCLEAR or is_general(relay):
        lasted = now - relay.refused_since
        relay.paused_until = now + min(max(lasted, SHORTEST_PAUSE), LONGEST_PAUSE)
    relay.save()
    if relay.refusals == SEVERAL:
        logger.error(
            "The mail server has refused %s e-mails in a row: %s", relay.refusals, refusal.answer
        )


def is_general(relay: Relay) -> bool:
    """Return whether so many are refused that the relay is at fault."""
    return len(relay.suspected) >= MANY or len(domains_of(relay)) >= SEVERAL


def spared(message: Message, outcome: Outcome, relay: Relay, now: datetime) -> Outcome:
    """Return the outcome for a message that pays for no fault of the relay, for five days.

    In a pause it goes to the end of the queue: the next attempt is made with another message.
    """
    age = now - message.is_worth_trying_since
    if age >= GIVE_UP_AFTER:
        return replace(outcome, state=Message.State.FAILED)
    alone = min(max(age, SHORTEST_WAIT), LONGEST_WAIT)
    wait = relay.paused_until - now if relay.paused_until else alone
    return replace(outcome, wait=wait, costs_attempt=False)
