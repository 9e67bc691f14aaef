"""A registration's history as organisers read it: its events and mails in order of time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext

from registration.models import Bounce, Consent, History, Message, Registration
from registration.wording.bounces import advice_for


@dataclass(frozen=True, kw_only=True)
class HistoryEntry:
    at: datetime
    what: str
    by: str
    note: str
    # None for an event.
    message: Message | None = None


# Events that reveal that the person has, or had, access needs.
ABOUT_NEEDS = Q(event__in=[History.Event.NEEDS_ERASED, History.Event.NEEDS_CHANGED]) | Q(
    event=History.Event.CONSENTED, note__contains=Consent.Purpose.NEEDS.value
)


def history_of(registration: Registration, *, with_needs: bool) -> list[HistoryEntry]:
    """Return the oldest entry first, by two queries; an event comes before its mail."""
    events = registration.history.select_related("actor", "quota__session")
    if not with_needs:
        events = events.exclude(ABOUT_NEEDS)
    mails = registration.messages.select_related("bounce", "letter").order_by("created_at", "pk")
    told = [*map(entry_of_event, events), *map(entry_of_mail, mails)]
    return sorted(told, key=lambda entry: entry.at)


def entry_of_event(history: History) -> HistoryEntry:
    what = history.get_event_display()
    # The note of this event is a revision of the session, which only the site reads.
    is_for_the_site = history.event == History.Event.SESSION_MOVED
    return HistoryEntry(
        at=history.happened_at,
        what=f"{what}: {history.quota}" if history.quota else what,
        by=history.actor.get_username() if history.actor else "",
        note="" if is_for_the_site else history.note,
    )


def entry_of_mail(message: Message) -> HistoryEntry:
    kind = str(message.letter or message.get_kind_display())
    what = gettext("E-mail: %(kind)s") % {"kind": kind}
    notes = [message.last_error]
    if bounce := getattr(message, "bounce", None):
        notes.append(f"{bounce} ({bounce.answer})" if bounce.answer else str(bounce))
    note = " · ".join(filter(None, notes))
    return HistoryEntry(at=message.created_at, what=what, by="", note=note, message=message)


def last_sent(history: Iterable[HistoryEntry]) -> Message | None:
    """Return the e-mail that an organiser means who says that it came back."""
    sent = (entry.message for entry in history if entry.message and entry.message.sent_at)
    return max(sent, key=lambda message: message.sent_at, default=None)


def standing_bounces(history: Iterable[HistoryEntry]) -> list[tuple[Bounce, str]]:
    """Return what came back and is not settled, each with what can be done."""
    mails = [entry.message for entry in history if entry.message]
    bounces = [message.bounce for message in mails if hasattr(message, "bounce")]
    return [(one, advice_for(one)) for one in bounces if one.is_standing]
