"""What happened to one person's registration, and every mail about it, in the order of time."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext

from registration.models import Consent, History, Message, Registration


@dataclass(frozen=True, kw_only=True)
class Happening:
    at: datetime
    what: str
    by: str
    note: str
    # Of a mail.
    message: Message | None = None


# That access needs are written or erased says already that there were some.
ABOUT_NEEDS = Q(event__in=[History.Event.NEEDS_ERASED, History.Event.NEEDS_CHANGED]) | Q(
    event=History.Event.CONSENTED, note__contains=Consent.Purpose.NEEDS.value
)


def story(registration: Registration, *, with_needs: bool) -> list[Happening]:
    """Two queries; what a mail is about stands before it."""
    events = registration.history.select_related("actor", "quota__session")
    if not with_needs:
        events = events.exclude(ABOUT_NEEDS)
    mails = registration.messages.order_by("created_at", "pk")
    told = [*map(of_event, events), *map(of_mail, mails)]
    return sorted(told, key=lambda happening: happening.at)


def of_event(history: History) -> Happening:
    what = history.get_event_display()
    # The note of this one is for the site: to which move of the session it belongs.
    is_for_the_site = history.event == History.Event.SESSION_MOVED
    return Happening(
        at=history.happened_at,
        what=f"{what}: {history.quota}" if history.quota else what,
        by=history.actor.get_username() if history.actor else "",
        note="" if is_for_the_site else history.note,
    )


def of_mail(message: Message) -> Happening:
    what = gettext("E-mail: %(kind)s") % {"kind": message.get_kind_display()}
    return Happening(
        at=message.created_at, what=what, by="", note=message.last_error, message=message
    )
