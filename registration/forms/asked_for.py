"""Read what the address of the form asks for: `?workshop=CODE`, by which sessions link to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext

from programme.models import Session
from programme.models.sessions import SESSION_CODE
from registration.models import Quota, Registration
from registration.offer import Offer


@dataclass(frozen=True, kw_only=True)
class AskedFor:
    """The boxes that the form begins with, and what it says about them or about their lack."""

    words: str
    # Of the box; empty if there is none.
    code: str = ""
    initial: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_granted(self) -> bool:
        return bool(self.code)

    def is_ticked_in(self, data: QueryDict) -> bool:
        ticked = {*data.getlist("workshops"), *data.getlist("waitlist")}
        return not self.is_granted or self.code in ticked


def asked_for(code: str, offer: Offer, now: datetime) -> AskedFor:
    """Return what to show to who follows a link with this code, the first or the present one."""
    session = session_with(code.strip().upper())
    if not session:
        return AskedFor(words=gettext("The programme has no session that this link could mean."))
    quota = next((quota for quota in offer.seats if quota.session == session), None)
    if quota and offer.in_person and not quota.has_begun(now):
        return granted(quota, session)
    return AskedFor(words=why_not(session, offer, now) % {"title": session.title})


def session_with(code: str) -> Any:
    """Prefer the session that has the code now to the one that had it first."""
    if not re.fullmatch(SESSION_CODE, code):
        return None
    found = Session.objects.visible().filter(Q(code=code) | Q(first_code=code))
    return next(iter(sorted(found, key=lambda session: session.code != code)), None)


def granted(quota: Quota, session: Session) -> AskedFor:
    comes = {"attendance": Registration.Attendance.IN_PERSON}
    if quota.is_full:
        words = gettext("“%(title)s” is full: its waiting list is ticked below.")
        ticked = {"waitlist": [quota.code]}
    else:
        words = gettext("“%(title)s” is ticked below.")
        ticked = {"workshops": [quota.code]}
    words %= {"title": session.title}
    return AskedFor(words=words, code=quota.code, initial={**comes, **ticked})


def why_not(session: Session, offer: Offer, now: datetime) -> str:
    """Return the sentence about a session that cannot be ticked, with a gap for its title."""
    if session.is_cancelled:
        return gettext("“%(title)s” has been cancelled.")
    if session.has_begun(now):
        return gettext("“%(title)s” has begun: no more places can be asked for.")
    has_seats = any(quota.session == session for quota in offer.seats)
    if has_seats or session.kind in Session.SEATED_KINDS:
        return gettext("The places of “%(title)s” are not open yet.")
    return gettext("“%(title)s” needs no place of its own: to register is enough.")
