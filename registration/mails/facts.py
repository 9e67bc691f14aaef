"""Collect the context of the templates of each kind of mail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from itertools import groupby
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext

from eim import clock
from eim.lib.markdown import to_html
from programme.caching.snapshot import SharedRows
from programme.clocks.zones import clock_of
from programme.models import Change, Meeting, Session
from programme.models.phases import allows_no_changes, is_meeting_over
from programme.moment import Moment
from programme.wording import dates
from programme.wording.sessions import venue_line
from registration import tokens
from registration.actions.obstacles import clashes_with
from registration.mails import attachments
from registration.mails.truth import given_places, moves_told, was_link_lost
from registration.models import History, Message, Place, Quota, Registration, Reminder
from registration.models.mailboxes import MAILBOX_SIZE
from registration.wording.place_lines import (
    PlaceLine,
    attendance_lines,
    lines_of,
    placing_words,
    session_line,
)

type Facts = dict[str, object]


def address_of(name: str, *args: str) -> str:
    """Return an absolute address, never from a request, whose host a stranger can choose."""
    return settings.SITE_URL + reverse(name, args=args)


def common_facts(meeting: Meeting) -> Facts:
    return {
        "meeting": meeting,
        "has_stream": vars(meeting)["has_stream"],
        "is_over": allows_no_changes(meeting, clock.now()),
        "language": translation.get_language(),
        "band": attachments.band_picture(),
        "site": urlsplit(settings.SITE_URL).hostname,
        "privacy_url": address_of("programme:privacy"),
        "standing_url": address_of("programme:standing"),
    }


def own_address_of(registration: Registration) -> str:
    return address_of("registration:own", tokens.own_token(registration))


def confirm_address_of(registration: Registration) -> str:
    return address_of("registration:confirm", tokens.confirm_token(registration))


def withdraw_address_of(registration: Registration) -> str:
    return address_of("registration:withdraw", tokens.withdraw_token(registration))


def stop_address_of(message: Message) -> str:
    """Return the link that stops mails, for mails that anybody can cause to any address."""
    token = tokens.stop_token(message.registrant, message.mailbox)
    return address_of("registration:stop", token)


def stop_reminders_address_of(message: Message) -> str:
    """Return the link for readers, and for mail programs that offer to unsubscribe."""
    token = tokens.stop_reminders_token(message.registrant, message.mailbox)
    return address_of("registration:stop-reminders", token)


def pending_facts(message: Message, meeting: Meeting) -> Facts:
    """Return nothing that was typed: the address may be a stranger's."""
    registration = message.registrant
    has_held = registration.places.held().exists() and registration.held_until > clock.now()
    return {
        "confirm_url": confirm_address_of(registration),
        "code": tokens.code(registration),
        "kept_until": registration.held_until if has_held else None,
        **waiting_facts(registration),
        "lapses_at": registration.lapses_at,
        "withdraw_url": withdraw_address_of(registration),
        "stop_url": stop_address_of(message),
    }


def waiting_facts(registration: Registration) -> Facts:
    """Tell places in a full quota from those that are merely not reserved for the person."""
    waiting = list(registration.places.waiting().with_quotas().with_positions())
    with_room = [place.has_room for place in waiting]
    return {"is_waiting": not all(with_room), "has_room": any(with_room)}


def unconfirmed_facts(message: Message, meeting: Meeting) -> Facts:
    return pending_facts(message, meeting) | {"words": reminder_words(message.kind)}


def reminder_words(kind: str) -> str:
    """Return what the organisers add to a reminder."""
    reminder = Reminder.objects.filter(about=kind).first()
    return reminder.words if reminder else ""


def unproven_facts(message: Message, meeting: Meeting) -> Facts:
    """Return nothing about the person: the organiser may have mistyped the address."""
    confirm_url = confirm_address_of(message.registrant)
    return {"confirm_url": confirm_url, "stop_url": stop_address_of(message)}


def new_address_facts(message: Message, meeting: Meeting) -> Facts:
    """Return nothing about the person, who may have mistyped the address."""
    token = tokens.new_address_token(message.registrant, message.mailbox)
    confirm_url = address_of("registration:new-address", token)
    return {"confirm_url": confirm_url, "stop_url": stop_address_of(message)}


def address_left_facts(message: Message, meeting: Meeting) -> Facts:
    """Return neither the name nor the new address: the mailbox is no longer the person's."""
    return {}


def own_facts(message: Message, meeting: Meeting) -> Facts:
    registration = message.registrant
    return {
        "registration": registration,
        "own_url": own_address_of(registration),
        "lines": attendance_lines(registration, meeting),
    }


def confirmed_facts(message: Message, meeting: Meeting) -> Facts:
    sessions = Session.objects.published().in_order()
    if not message.registrant.is_in_person:
        sessions = sessions.followed_online()
    facts = own_facts(message, meeting) | pass_facts(message.registrant) | where_facts()
    now = clock.now()
    has_begun = meeting.begins_at <= now
    ahead = sessions.filter(starts_at__gt=now) if has_begun else sessions
    return facts | {"first_session": ahead.first(), "has_begun": has_begun}


def where_facts() -> Facts:
    return {
        "venue_url": address_of("programme:venue"),
        "live_url": address_of("programme:live"),
        "programme_url": address_of("programme:session-list"),
    }


def pass_facts(registration: Registration) -> Facts:
    """Return the QR code for the door, if the person has a place in person."""
    if not registration.has_place_in_person():
        return {}
    return {"qr": attachments.qr_picture(registration.reference)}


def coming_facts(message: Message, meeting: Meeting) -> Facts:
    """Return directions for people in person, and for people online the hours in their zone."""
    registration = message.registrant
    facts = own_facts(message, meeting) | pass_facts(registration) | where_facts()
    facts |= {
        "answer_url": address_of("registration:answer", tokens.own_token(registration)),
        "first_day": dates.day_words(meeting.first_day),
        "words": reminder_words(message.kind),
        "stop_reminders_url": stop_reminders_address_of(message),
    }
    if registration.is_in_person:
        return facts | {"directions": without_markup(meeting.directions)}
    return facts | {"days": days_online(registration, meeting)}


def without_markup(markdown: str) -> str:
    """Return the plain text, with a dash before what is listed; the site's page has the links."""
    items_dashed = to_html(markdown).replace("<li>", "<li>- ")
    return unescape(strip_tags(items_dashed)).strip()


@dataclass(frozen=True)
class DayOnline:
    """A day from its first to its last online session, by the venue's clock and the reader's."""

    words: str
    elsewhere: str


def days_online(registration: Registration, meeting: Meeting) -> list[DayOnline]:
    sessions = Session.objects.published().followed_online().with_hours().order_by("starts_at")
    by_day = groupby(sessions, key=lambda session: session.day)
    return [day_online(list(of_day), str(registration.country), meeting) for _day, of_day in by_day]


def day_online(sessions: Sequence[Session], country: str, meeting: Meeting) -> DayOnline:
    moments = [m for s in sessions for m in (s.starts_at, s.ends_at) if m]
    start, end = min(moments), max(moments)
    words = f"{dates.day_words(meeting.day_of(start))}, {dates.span_words(start, end, meeting)}"
    there = clock_of(country)
    return DayOnline(words, dates.elsewhere_words(start, end, there, meeting) if there else "")


@dataclass(frozen=True)
class UnconfirmedEntry:
    """A registration to confirm, told from others by its moment, and by nothing typed."""

    submitted_at: datetime
    confirm_url: str
    # Empty if an organiser has confirmed it, and only the address is to be proven.
    withdraw_url: str


def unconfirmed_entry(registration: Registration) -> UnconfirmedEntry:
    withdraw_url = withdraw_address_of(registration) if registration.is_pending else ""
    confirm_url = confirm_address_of(registration)
    return UnconfirmedEntry(registration.submitted_at, confirm_url, withdraw_url)


def mailbox_facts(message: Message, meeting: Meeting) -> Facts:
    """Return names only of people whose address is proven, and of the others just links.

    Anybody can sign up with the address any number of times: only the newest few are listed.
    """
    mailbox = Registration.objects.for_mailbox(message.registrant.email_key or "")
    listed = list(mailbox.with_links(clock.now()).order_by("name_key", "pk"))
    proven = [person for person in listed if not (person.is_pending or person.is_unproven)]
    waiting = set() if is_meeting_over(meeting, clock.now()) else set(listed) - set(proven)
    newest = sorted(waiting, key=lambda one: one.submitted_at, reverse=True)
    return {
        "people": [(one, own_address_of(one)) for one in proven if one.is_confirmed],
        "ended": [(one, own_address_of(one)) for one in proven if not one.is_confirmed],
        "to_confirm": [unconfirmed_entry(one) for one in newest[:MAILBOX_SIZE]],
        "most": MAILBOX_SIZE,
        "was_asked_for": was_link_lost(message),
    }


def promoted_facts(message: Message, meeting: Meeting) -> Facts:
    places = given_places(message)
    answers = [answer_address_of(message.registrant, place.quota) for place in places]
    facts = own_facts(message, meeting) | pass_facts(message.registrant)
    # Several places at once are answered one by one, on the person's own page.
    answer_url = answers[0] if len(answers) == 1 else ""
    was_asked_for = message.because_of.event == History.Event.TOOK_FREE
    others = Place.objects.others_waiting_for(places)
    return facts | {
        "lines": lines_of(places, meeting),
        "answer_url": answer_url,
        "was_asked_for": was_asked_for,
        "others_wait": others.exists(),
    }


def answer_address_of(registration: Registration, quota: Quota) -> str:
    return address_of("registration:give-back", tokens.own_token(registration), quota.code)


def cancelled_facts(message: Message, meeting: Meeting) -> Facts:
    registration = message.registrant
    given_back = registration.places.released().for_history(message.because_of)
    return {
        "registration": registration,
        "lines": lines_of(given_back, meeting),
        "is_open": moment_of(meeting).may_register,
        "sign_up_url": address_of("registration:sign-up"),
    }


def moment_of(meeting: Meeting) -> Moment:
    """Return the present moment by which pages choose what they offer too."""
    shared = SharedRows()
    shared.meeting = meeting
    return shared.moment_at(clock.now())


def moved_facts(message: Message, meeting: Meeting) -> Facts:
    """Return each of the moves that one mail tells of, and the facts of the first."""
    moved = [history.quota for history in moves_told(message)]
    first = session_facts(message, meeting)
    moves = [move_of(message, quota, meeting) for quota in moved if quota]
    several = gettext("Some of your sessions have moved")
    return first | {"moves": moves} | ({"title": several} if len(moves) > 1 else {})


@dataclass(frozen=True)
class Move:
    """A session that has moved: before and now in words, and what it now overlaps with."""

    before: str
    lines: list[PlaceLine]
    clashes: list[PlaceLine]
    has_begun: bool


def move_of(message: Message, quota: Quota, meeting: Meeting) -> Move:
    session = Session.objects.with_room_and_theme().get(quota=quota)
    before = ""
    if change := move_told_by(message, quota):
        where = change.was_room.name if change.was_room else venue_line(change.was)
        before = placing_words(change.was, where, meeting)
    facts = facts_of_session(message, session, meeting)
    return Move(before, facts["lines"], facts["clashes"], facts["has_begun"])  # type: ignore[arg-type]


def move_told_by(message: Message, quota: Quota) -> Change | None:
    """Return the first move that the person has not read about, else the latest one."""
    history = message.because_of
    place = message.registrant.places.get(quota=quota)
    changes = quota.session.changes.visible() if quota.session else ()
    moves = [change for change in changes if change.is_new_placing]
    told = message.registrant.history.filter(
        event=History.Event.SESSION_MOVED, quota=quota, pk__lt=history.pk
    ).order_by("pk")
    last = told.last()
    since = last.happened_at if last else place.changed_at
    unread = [change for change in moves if change.changed_at > since]
    return next(reversed(unread), None) or next(iter(moves), None)


def session_facts(message: Message, meeting: Meeting) -> Facts:
    """Return the session that was cancelled or moved, and what it now overlaps with."""
    return facts_of_session(message, session_of(message), meeting)


def facts_of_session(message: Message, session: Session, meeting: Meeting) -> Facts:
    registration = message.registrant
    had = [place.quota for place in registration.places.taken().with_quotas()]
    others = [quota for quota in had if quota.session != session]
    return {
        "registration": registration,
        "own_url": own_address_of(registration),
        "session": session,
        "has_begun": session.has_begun(clock.now()),
        "lines": [session_line(session, meeting)],
        "clashes": [session_line(other, meeting) for other in clashes_with(session, others)],
    }


def session_of(message: Message) -> Session:
    return Session.objects.with_room_and_theme().get(quota=message.because_of.quota)


def sessions_of(message: Message) -> list[Session]:
    """Return the sessions that a mail about a cancelled or moved one tells of."""
    if message.kind != Message.Kind.SESSION_MOVED:
        return [session_of(message)]
    quotas = [history.quota_id for history in moves_told(message)]
    return list(Session.objects.with_room_and_theme().filter(quota__in=quotas).in_order())


def standing_facts(message: Message, meeting: Meeting) -> Facts:
    """Return why, as text too: what people typed does not matter here."""
    return {
        "own_url": own_address_of(message.registrant),
        "reason": without_markup(meeting.standing_reason),
    }


def fresh_link_facts(message: Message, meeting: Meeting) -> Facts:
    token = tokens.fresh_token(message.registrant)
    return {"data_url": address_of("registration:own-data", token)}


FACTS: dict[str, Callable[[Message, Meeting], Facts]] = {
    Message.Kind.PENDING: pending_facts,
    Message.Kind.UNCONFIRMED: unconfirmed_facts,
    Message.Kind.MOVED: unproven_facts,
    Message.Kind.DESK: unproven_facts,
    Message.Kind.NEW_ADDRESS: new_address_facts,
    Message.Kind.ADDRESS_LEFT: address_left_facts,
    Message.Kind.CONFIRMED: confirmed_facts,
    Message.Kind.ALREADY: own_facts,
    Message.Kind.PROMOTED: promoted_facts,
    Message.Kind.CANCELLED: cancelled_facts,
    Message.Kind.WEEK_BEFORE: coming_facts,
    Message.Kind.DAYS_BEFORE: coming_facts,
    Message.Kind.SESSION_CANCELLED: session_facts,
    Message.Kind.SESSION_MOVED: moved_facts,
    Message.Kind.MEETING_POSTPONED: standing_facts,
    Message.Kind.MEETING_CANCELLED: standing_facts,
    Message.Kind.MEETING_HELD: standing_facts,
    Message.Kind.FRESH_LINK: fresh_link_facts,
}
