"""Send the next message of the outbox, and put down what came of it."""

import time
from datetime import datetime, timedelta

from django.db import close_old_connections, transaction

from eim import clock
from eim.lib.databases.faults import is_unavailable
from registration.actions import suppressions
from registration.models import Message, Suppression
from registration.outbox import circuit
from registration.outbox.bounces.noting import note_refusal
from registration.outbox.delivery import send
from registration.outbox.outcomes import Outcome
from registration.outbox.queue import claim, settle

PAUSE = timedelta(seconds=5)


def send_next() -> Outcome | None:
    """Claim, send and settle one message; return None if nothing is to be sent now."""
    message = claim(clock.now())
    if message is None:
        return None
    outcome = put_down_with_retries(message, send(message))
    if outcome.is_unknown_mailbox:
        suppressions.suppress(message.mailbox, Suppression.Reason.REFUSED)
    return outcome


def put_down_with_retries(message: Message, outcome: Outcome) -> Outcome:
    """Put down, and retry while the database is away: otherwise the mail would be sent twice."""
    while True:
        try:
            return put_down(message, outcome, clock.now())
        except Exception as error:
            if not is_unavailable(error):
                raise
            if not message.leased_until or clock.now() + PAUSE >= message.leased_until:
                raise
            close_old_connections()
            time.sleep(PAUSE.total_seconds())


@transaction.atomic
def put_down(message: Message, outcome: Outcome, now: datetime) -> Outcome:
    """Settle the message, and note what its outcome says of the relay."""
    outcome = circuit.judged(message, outcome, now).after(message.attempts)
    is_settled = settle(message, outcome, now)
    is_bounce = outcome.is_refused_by_recipient and outcome.is_of_mailbox
    if is_settled and outcome.refusal and is_bounce:
        note_refusal(message, outcome.refusal.answer, now)
    return outcome
