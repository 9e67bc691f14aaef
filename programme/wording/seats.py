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

from programme.models import Meeting, Session
from programme.models.meeting import RegistrationState, Standing

# A page says “Last places” while at most 3 are free, or at most a tenth of all.
LAST_PLACES, LAST_SHARE = 3, 10
CELLS = 5


@dataclass(frozen=True, kw_only=True)
class Seats:
    """Say of a session's seats what a page tells; `state` is "unopened" or from `fullness`."""

    state: str
    words: str
    # Of five cells of a meter, how many are full.
    full_cells: int = 0

    @property
    def are_open(self) -> bool:
        return self.state != "unopened"

    @property
    def cells(self) -> list[bool]:
        return [index < self.full_cells for index in range(CELLS)]

    @property
    def is_full(self) -> bool:
        return self.state == "full"


def seats_of(session: Session, meeting: Meeting, now: datetime) -> Seats | None:
    """Return None where seats do not matter: no quota, cancelled, begun, registration closed."""
    registration = meeting.registration_state(now)
    quota = quota_of(session)
    if session.is_cancelled or meeting.standing != Standing.AS_PLANNED:
        return None
    if session.has_begun(now) or registration == RegistrationState.CLOSED:
        return None
    if quota is None and session.kind != Session.Kind.WORKSHOP:
        return None
    if quota is None or registration != RegistrationState.OPEN:
        return Seats(state="unopened", words=pgettext("places", "Not open yet"))
    state = fullness(size=quota.size, taken=quota.taken)
    cells = full_cells(size=quota.size, taken=quota.taken)
    return Seats(state=state, words=fullness_words(state), full_cells=cells)


def fullness_words(state: str) -> str:
    match state:
        case "full":
            return pgettext("places", "Full")
        case "last":
            return gettext("Last places")
    return gettext("Places left")


def full_cells(*, size: int, taken: int) -> int:
    """Return how many of five cells are full: all of them only if no seat is left."""
    return min(taken * CELLS // size, CELLS) if size else CELLS


def crowding(*, size: int, taken: int) -> str:
    """Return all that public pages tell of seats: they are rendered again only when it changes."""
    return f"{fullness(size=size, taken=taken)} {full_cells(size=size, taken=taken)}"


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
