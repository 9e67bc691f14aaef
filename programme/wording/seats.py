"""Say how many seats of a session are left: none, the last ones, some.

In words, because exact figures change too often for cached pages, and because who sees one before
and after a registration of their own learns whether somebody is registered already. The thresholds
of “Last places” are here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext, pgettext

from eim.lib import weave
from programme.models import Meeting, Session
from programme.models.meeting import RegistrationState

# A page says “Last places” while at most 3 are free, or at most a tenth of all.
LAST_PLACES, LAST_SHARE = 3, 10


@dataclass(frozen=True, kw_only=True)
class Seats:
    """Say of a session's seats what a page tells; `state` is "unopened" or from `fullness`.

    `cells` are five, or none before registration opens: pages are rendered again when one fills.
    """

    state: str
    words: str
    cells: tuple[bool, ...] = ()

    @property
    def are_open(self) -> bool:
        return self.state != "unopened"

    @property
    def is_full(self) -> bool:
        return self.state == "full"


def seats_of(session: Session, meeting: Meeting, now: datetime) -> Seats | None:
    """Return None where seats do not matter: no quota, cancelled, begun, registration closed."""
    registration = meeting.registration_state(now)
    quota = quota_of(session)
    if session.is_cancelled or not meeting.takes_place:
        return None
    if session.has_begun(now) or registration == RegistrationState.CLOSED:
        return None
    if quota is None and session.kind != Session.Kind.WORKSHOP:
        return None
    if quota is None or registration != RegistrationState.OPEN:
        return Seats(state="unopened", words=pgettext("places", "Not open yet"))
    return seats_left(size=quota.size, taken=quota.taken)


def seats_left(*, size: int, taken: int) -> Seats:
    state = fullness(size=size, taken=taken)
    cells = tuple(weave.rough_cells(taken, size))
    return Seats(state=state, words=fullness_words(state), cells=cells)


def fullness_words(state: str) -> str:
    match state:
        case "full":
            return pgettext("places", "Full")
        case "last":
            return gettext("Last places")
    return gettext("Places left")


def crowding(*, size: int, taken: int) -> str:
    """Return all that public pages tell of seats: they are rendered again only when it changes."""
    return f"{fullness(size=size, taken=taken)} {sum(weave.rough_cells(taken, size))}"


def fullness(*, size: int, taken: int) -> str:
    """Return "full", "last" or "left"."""
    free = size - taken
    if free <= 0:
        return "full"
    return "last" if free <= max(LAST_PLACES, size // LAST_SHARE) else "left"


def quota_of(session: Session) -> Any:
    """Return the session's quota, a row of an app that this one must not import, or None."""
    try:
        return session.quota
    except ObjectDoesNotExist:
        return None


def in_person_quotas() -> Any:
    """Return the quota of places in person, if it is open, as rows of that same app."""
    return Session.quota.related.related_model.objects.in_person()  # type: ignore[attr-defined]


def in_person_seats() -> Seats | None:
    quota = in_person_quotas().first()
    return quota and seats_left(size=quota.size, taken=quota.taken)
