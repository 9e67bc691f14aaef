"""Limits of a network or a mailbox over a sliding window, counted in rows that processes share."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from eim.lib.hashing import Network, keyed_hash
from registration.models import Throttle
from registration.models.mailboxes import mailbox_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# A window slides in so many steps: each has a row of its own.
STEPS = 12
# New addresses of one registration: a person may mistype a few times.
ADDRESSES_A_DAY = 5


@dataclass(frozen=True)
class Limit:
    """A name of what is counted, and the most that a window allows."""

    what: str
    most: int


def may_sign_up(network: Network, now: datetime) -> bool:
    return _allow_from(network, "sign-up", now)


def may_ask_for_links(network: Network, now: datetime) -> bool:
    return _allow_from(network, "lost-link", now)


def may_try_code(network: Network, now: datetime) -> bool:
    return _allow_from(network, "code", now)


def _allow_from(network: Network, what: str, now: datetime) -> bool:
    most = settings.SIGNUPS_PER_NETWORK
    return allow_one_more(
        Limit(f"{what}:{network.own}", most),
        Limit(f"{what}:{network.block}", most * settings.NETWORKS_OF_A_BLOCK),
        period=HOUR,
        now=now,
    )


def may_write_to(email_key: str, network: Network, now: datetime) -> bool:
    """Limit the mails that anybody can cause by typing an address into the form.

    One block of networks has a share of them, so that who lives elsewhere still gets theirs.
    """
    return _allow_mail(email_key, "form", network.block, now)


def may_write_links_to(email_key: str, network: Network, now: datetime) -> bool:
    """Limit the mails with lost links, apart from others: they help who gets no other."""
    return _allow_mail(email_key, "links", network.block, now)


def may_write_to_new_address(email_key: str, registration_id: int, now: datetime) -> bool:
    """Limit the mails that one registered person can cause to other addresses."""
    return _allow_mail(email_key, "form", f"registration {registration_id}", now)


def _allow_mail(email_key: str, what: str, source: str, now: datetime) -> bool:
    most = settings.MAILS_PER_ADDRESS
    key = _mailbox_limit(email_key, what)
    return allow_one_more(
        Limit(f"{key}:{source}", most),
        Limit(key, most * settings.SOURCES_PER_ADDRESS),
        period=DAY,
        now=now,
    )


def may_write_to_owner(email_key: str, now: datetime) -> bool:
    """Limit the mails that a person causes by their own link: no stranger can use them up."""
    limit = Limit(_mailbox_limit(email_key, "owner"), settings.MAILS_PER_ADDRESS)
    return allow_one_more(limit, period=DAY, now=now)


def forgive(email_key: str) -> None:
    """Forget what strangers caused, once somebody has proven that they read the mailbox."""
    key = keyed_hash("throttle", _mailbox_limit(email_key, "form"))
    Throttle.objects.filter(key=key).delete()


def _mailbox_limit(email_key: str, what: str) -> str:
    return f"mail:{what}:{keyed_hash('mailbox', mailbox_of(email_key))}"


def may_change_address(registration_id: int, now: datetime) -> bool:
    limit = Limit(f"address:{registration_id}", ADDRESSES_A_DAY)
    return allow_one_more(limit, period=DAY, now=now)


# One statement on both databases, so that a limit costs one query.
COUNT_ONE_MORE = """
    WITH wanted (key, most) AS (VALUES {values}),
    used AS (
        SELECT wanted.key, wanted.most, (
            SELECT COALESCE(SUM(count), 0) FROM registration_throttle AS spent
            WHERE spent.key = wanted.key AND spent.window_at >= %s
        ) AS count FROM wanted
    )
    INSERT INTO registration_throttle (key, window_at, count)
    SELECT key, %s, 1 FROM used WHERE NOT EXISTS (SELECT 1 FROM used WHERE count >= most)
    ON CONFLICT (key, window_at) DO UPDATE SET count = registration_throttle.count + 1
    RETURNING key
"""


def allow_one_more(*limits: Limit, period: timedelta, now: datetime) -> bool:
    """Count one more under each limit; count none, and return False, if one of them is reached."""
    step = period.total_seconds() / STEPS
    begins_at = datetime.fromtimestamp(now.timestamp() // step * step, UTC)
    moments = [begins_at - period, begins_at]
    facts: list[Any] = []
    for limit in limits:
        facts += keyed_hash("throttle", limit.what), limit.most
    facts += map(connection.ops.adapt_datetimefield_value, moments)
    with connection.cursor() as cursor:
        values = ", ".join(["(%s, %s)"] * len(limits))
        cursor.execute(COUNT_ONE_MORE.format(values=values), facts)
        return bool(cursor.fetchall())


def forget_old_windows(now: datetime) -> int:
    return Throttle.objects.filter(window_at__lt=now - 2 * DAY).delete()[0]
