"""Why a person who waits does not get a free place: for promotion, and as a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from django.utils.translation import gettext_lazy as _

from programme.models import Meeting, Session
from programme.wording import dates
from programme.wording.sessions import joined
from registration.models import Place, Quota

# So close to its start nobody is promoted into a session: the first person to ask gets the place.
LAST_CALL = timedelta(hours=24)


class Reason(Enum):
    UNCONFIRMED = auto()
    ONLINE = auto()
    CANCELLED = auto()
    NOT_IN_PERSON = auto()
    CLASH = auto()
    OVER = auto()
    # These come last, because an organiser may ignore them: then there is no other obstacle.
    BEGUN = auto()
    SOON = auto()


SENTENCES = {
    Reason.UNCONFIRMED: _("The registration is not confirmed yet."),
    Reason.ONLINE: _("Takes part online."),
    Reason.CANCELLED: _("The session has been cancelled."),
    Reason.NOT_IN_PERSON: _("Has no place in person yet."),
    Reason.CLASH: _("Is elsewhere at that time: %(sessions)s."),
    Reason.OVER: _("It has ended."),
    Reason.BEGUN: _("It has begun."),
    Reason.SOON: _(
        "It begins within 24 hours, or has begun: nobody is written to. People take free "
        "places on their own page, or you give them."
    ),
}


@dataclass(frozen=True)
class Obstacle:
    reason: Reason
    # The person's own sessions at the same time.
    clashes: tuple[Session, ...] = ()

    def sentence(self, meeting: Meeting) -> str:
        sessions = [f"“{s}” ({dates.hours_words(s, meeting)})" for s in self.clashes]
        return str(SENTENCES[self.reason]) % {"sessions": joined(sessions)}


def obstacle(
    place: Place, had: Sequence[Quota], meeting: Meeting, now: datetime
) -> Obstacle | None:
    """Return why the person cannot get the place, or None; `had` are the quotas of their places."""
    quota, session = place.quota, place.quota.session
    if not place.registration.is_confirmed:
        return Obstacle(Reason.UNCONFIRMED)
    if not place.registration.is_in_person:
        return Obstacle(Reason.ONLINE)
    if session and session.state != Session.State.PUBLISHED:
        return Obstacle(Reason.CANCELLED)
    if not any(own.is_in_person for own in (quota, *had)):
        return Obstacle(Reason.NOT_IN_PERSON)
    if clashes := clashes_with(session, had):
        return Obstacle(Reason.CLASH, clashes)
    if quota.has_ended(now):
        return Obstacle(Reason.OVER)
    if quota.has_begun(now):
        return Obstacle(Reason.BEGUN)
    is_soon = quota.begins_at(meeting) - now < LAST_CALL
    return Obstacle(Reason.SOON) if is_soon else None


def clashes_with(session: Session | None, had: Sequence[Quota]) -> tuple[Session, ...]:
    """Return the sessions of `had` that overlap with this one."""
    own = [quota.session for quota in had if quota.session]
    return tuple(other for other in own if session and session.overlaps(other))
