"""Sessions of an account: list them, and end them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone


@dataclass(frozen=True, kw_only=True)
class OwnSession:
    """A session as its owner reads it; see eim/middleware/staff_sessions.py for its moments."""

    key: str
    began: datetime | None
    used: datetime | None


def sessions_of(user: User) -> list[OwnSession]:
    found = [own_session(row, values) for row, values in rows_of(user)]
    return sorted(found, key=lambda one: one.used or timezone.now(), reverse=True)


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Sign the account out everywhere, except where the session has this key."""
    keys = [row.pk for row, _values in rows_of(user) if row.pk != but]
    return Session.objects.filter(pk__in=keys).delete()[0]


def rows_of(user: User) -> Iterator[tuple[Session, dict[str, str]]]:
    """Yield the rows that are this account's: only what they hold says so."""
    for row in Session.objects.filter(expire_date__gt=timezone.now()):
        values = row.get_decoded()
        if values.get(SESSION_KEY) == str(user.pk):
            yield row, values


def own_session(row: Session, values: dict[str, str]) -> OwnSession:
    return OwnSession(
        key=row.pk, began=moment(values.get("began")), used=moment(values.get("used"))
    )


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
