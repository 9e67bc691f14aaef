"""Limits of a network or a mailbox over a sliding window, counted in rows that processes share."""

from collections.abc import Iterable, Sized
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import chain, repeat
from typing import Any

from django.conf import settings
from django.db import connection

from eim.lib.hashing import Network, hashes_by_key, keyed_hashes
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
    """Names of what is counted, and the most that a window allows.

    There is one name for each key, with hashes of that key in it: one is counted under the first of
    them, and what was counted under the others, before the key was replaced, is added.
    """

    names: Iterable[str]
    most: int

    @cached_property
    def keys(self) -> list[str]:
        return hashes_by_key("throttle", self.names)


def may_sign_up(network: Network, now: datetime) -> bool:
    return _allow_from(network, "sign-up", now)


def may_ask_for_links(network: Network, now: datetime) -> bool:
    return _allow_from(network, "lost-link", now)


def may_try_code(network: Network, now: datetime) -> bool:
    return _allow_from(network, "code", now)


def _allow_from(network: Network, what: str, now: datetime) -> bool:
    most = settings.SIGNUPS_PER_NETWORK
    return allow_one_more(
        Limit([f"{what}:{own}" for own in network.own_hashes], most),
        Limit(
            [f"{what}:{block}" for block in network.block_hashes],
            most * settings.NETWORKS_OF_A_BLOCK,
        ),
        period=HOUR,
        now=now,
    )


def may_write_to(email_key: str, network: Network, now: datetime) -> bool:
    """Limit the mails that anybody can cause by typing an address into the form.

    One block of networks has a share of them, so that who lives elsewhere still gets theirs.
    """
    return _allow_mail(email_key, "form", network.block_hashes, now)


def may_write_links_to(email_key: str, network: Network, now: datetime) -> bool:
    """Limit the mails with lost links, apart from others: they help who gets no other."""
    return _allow_mail(email_key, "links", network.block_hashes, now)


def may_write_to_new_address(email_key: str, registration_id: int, now: datetime) -> bool:
    """Limit the mails that one registered person can cause to other addresses."""
    return _allow_mail(email_key, "form", repeat(f"registration {registration_id}"), now)


def _allow_mail(email_key: str, what: str, sources: Iterable[str], now: datetime) -> bool:
    most = settings.MAILS_PER_ADDRESS
    names = _mailbox_names(email_key, what)
    return allow_one_more(
        Limit([":".join(pair) for pair in zip(names, sources, strict=False)], most),
        Limit(names, most * settings.SOURCES_PER_ADDRESS),
        period=DAY,
        now=now,
    )


def may_write_to_owner(email_key: str, now: datetime) -> bool:
    """Limit the mails that a person causes by their own link: no stranger can use them up."""
    limit = Limit(_mailbox_names(email_key, "owner"), settings.MAILS_PER_ADDRESS)
    return allow_one_more(limit, period=DAY, now=now)


def forgive(email_key: str) -> None:
    """Forget what strangers caused, once somebody has proven that they read the mailbox."""
    limit = Limit(_mailbox_names(email_key, "form"), settings.MAILS_PER_ADDRESS)
    Throttle.objects.filter(key__in=limit.keys).delete()


def _mailbox_names(email_key: str, what: str) -> list[str]:
    return [f"mail:{what}:{mailbox}" for mailbox in keyed_hashes("mailbox", mailbox_of(email_key))]


def may_change_address(registration_id: int, now: datetime) -> bool:
    limit = Limit(repeat(f"address:{registration_id}"), ADDRESSES_A_DAY)
    return allow_one_more(limit, period=DAY, now=now)


# One statement on both databases, so that a limit costs one query. `known` has the keys under which
# rows of a limit may be: its own and older ones.
COUNT_ONE_MORE = """
    WITH wanted (key, most) AS (VALUES {wanted}),
    known (key, stored) AS (VALUES {known}),
    used AS (
        SELECT wanted.key, wanted.most, (
            SELECT COALESCE(SUM(spent.count), 0)
            FROM known JOIN registration_throttle AS spent ON spent.key = known.stored
            WHERE known.key = wanted.key AND spent.window_at >= %s
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
    wanted = [(limit.keys[0], limit.most) for limit in limits]
    known = [(limit.keys[0], stored) for limit in limits for stored in limit.keys]
    facts: list[Any] = list(chain.from_iterable([*wanted, *known]))
    facts += map(connection.ops.adapt_datetimefield_value, moments)
    statement = COUNT_ONE_MORE.format(wanted=pairs(wanted), known=pairs(known))
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        return bool(cursor.fetchall())


def pairs(values: Sized) -> str:
    return ", ".join(["(%s, %s)"] * len(values))


def forget_old_windows(now: datetime) -> int:
    return Throttle.objects.filter(window_at__lt=now - 2 * DAY).delete()[0]
