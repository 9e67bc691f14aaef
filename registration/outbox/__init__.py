"""The outbox: a message is claimed, sent outside any transaction, then settled."""

from registration.outbox.circuit import end_of_pause
from registration.outbox.delivery import DATABASE_AWAY, send
from registration.outbox.forecasts import Forecast, when_done
from registration.outbox.outcomes import SENT, SKIPPED, Outcome
from registration.outbox.queue import claim, lease, reschedule, settle
from registration.outbox.sending import send_next
