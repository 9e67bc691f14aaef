"""Rate limits of a network or a mailbox, counted in rows that all processes share."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection

from eim.lib.hashing import keyed_hash
from registration.models import Throttle

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# New addresses of one registration: a person may mistype a few times.
ADDRESSES_A_DAY = 5


def may_sign_up(network: str, now: datetime) -> bool:
    return allow_one_more(
        f"sign-up:{network}", limit=settings.SIGNUPS_PER_NETWORK, period=HOUR, now=now
    )


def may_write_to(email_key: str, now: datetime) -> bool:
    """Limit the mails that anybody can cause by typing an address into a form."""
    key = keyed_hash("mailbox", email_key)
    return allow_one_more(f"mail:{key}", limit=settings.MAILS_PER_ADDRESS, period=DAY, now=now)


def may_ask_for_links(network: str, now: datetime) -> bool:
    return allow_one_more(
        f"lost-link:{network}", limit=settings.SIGNUPS_PER_NETWORK, period=HOUR, now=now
    )


def may_change_address(registration_id: int, now: datetime) -> bool:
    return allow_one_more(f"address:{registration_id}", limit=ADDRESSES_A_DAY, period=DAY, now=now)


# One statement on both databases; the ORM's upsert cannot increment.
COUNT_ONE_MORE = """
    INSERT INTO registration_throttle (key, window_at, count) VALUES (%s, %s, 1)
    ON CONFLICT (key, window_at) DO UPDATE SET count = registration_throttle.count + 1
    RETURNING count
"""


def allow_one_more(what: str, *, limit: int, period: timedelta, now: datetime) -> bool:
    """Count one more in the current window; return False beyond the limit."""
    seconds = period.total_seconds()
    window = datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)
    facts = [keyed_hash("throttle", what), connection.ops.adapt_datetimefield_value(window)]
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ONE_MORE, facts)
        (count,) = cursor.fetchone()
    return count <= limit


def forget_old_windows(now: datetime) -> int:
    return Throttle.objects.filter(window_at__lt=now - 2 * DAY).delete()[0]
