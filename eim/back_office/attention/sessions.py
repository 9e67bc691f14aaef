from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from eim.back_office.attention.items import Item, ItemLink, list_url
from programme.models import Channel, Meeting, Session, Stream
from programme.models.meeting import RegistrationState
from programme.models.sessions import SessionQuerySet
from programme.wording.dates import day_words
from programme.wording.overlaps import people_overlapping
from registration.wording.crowding import crowded_sessions

# How long before registration opens organisers are asked for the number of seats.
SOON = timedelta(days=14)
SENTENCES_SHOWN = 5
# An end before the start is read as one of the next day: this long it is rather a slip.
LONG = timedelta(hours=12)
PUBLISHED = {"state__exact": Session.State.PUBLISHED.value}


def missing_channels(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    sessions = sessions_without_channel().filter(day__gte=meeting.day_of(now))
    # One stream for each room and day: the last of its sessions stands for it.
    missing = {(session.room_id, session.day): session for session in sessions}
    if not missing:
        return
    words = ngettext(
        "No channel yet: %(room)s, %(day)s",
        "%(count)s streams without a channel, the first: %(room)s, %(day)s",
        len(missing),
    )
    first = next(iter(missing.values()))
    day = day_words(first.day) if first.day else ""
    facts = {"count": len(missing), "room": first.room, "day": day}
    yield Item(icon="screen", words=words % facts, links=[add_channel(user, first)], is_grave=True)


def sessions_without_channel() -> SessionQuerySet:
    """Return the sessions, annotated with the key of the `stream` of their room and day."""
    here = {"room": OuterRef("room"), "day": OuterRef("day")}
    stream = {"stream__room": OuterRef("room"), "stream__day": OuterRef("day")}
    channels = Channel.objects.filter(is_spare=False, **stream)
    return (
        Session.objects.published()
        .followed_online()
        .without_breaks()
        .filter(~Exists(channels), room__isnull=False)
        .annotate(stream=Subquery(Stream.objects.filter(**here).values("pk")[:1]))
        .select_related("room")
        .in_order()
    )


def add_channel(user: User, session: Any) -> ItemLink:
    words = gettext("Add a channel")
    if session.stream and user.has_perm("programme.change_stream"):
        url = reverse("admin:programme_stream_change", args=[session.stream])
        return ItemLink(words=words, url=url)
    if not session.stream and user.has_perm("programme.add_stream"):
        chosen = urlencode({"room": session.room_id, "day": session.day.isoformat()})
        return ItemLink(words=words, url=f"{reverse('admin:programme_stream_add')}?{chosen}")
    return ItemLink(words=gettext("See"), url=list_url(Stream))


def missing_seats_and_hours(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    """Ask for seats while people sign up or soon will, for hours until the meeting is over."""
    counts = Session.objects.published().aggregate(
        seats=Count("pk", filter=Q(kind__in=Session.SEATED_KINDS, quota__isnull=True)),
        hours=Count("pk", filter=Q(starts_at__isnull=True)),
    )
    if counts["seats"] and people_sign_up(meeting, now):
        may_change = user.has_perm("programme.change_session")
        yield sessions_without_seats(counts["seats"], may_change=may_change)
    if counts["hours"] and meeting.day_of(now) <= meeting.last_day:
        yield sessions_without_hours(counts["hours"])


def people_sign_up(meeting: Meeting, now: datetime) -> bool:
    soon = meeting.registration_state(now + SOON)
    return RegistrationState.OPEN in (soon, meeting.registration_state(now))


def sessions_without_seats(count: int, *, may_change: bool) -> Item:
    words = ngettext(
        "%(count)s workshop or visit has no seats open for registration",
        "%(count)s workshops and visits have no seats open for registration",
        count,
    )
    url = list_url(
        Session, kind__in=",".join(Session.SEATED_KINDS), quota__isnull=True, **PUBLISHED
    )
    link = ItemLink(words=gettext("Open seats") if may_change else gettext("See"), url=url)
    return Item(icon="person_outline", words=words % {"count": count}, links=[link])


def sessions_without_hours(count: int) -> Item:
    words = ngettext(
        "%(count)s session without a time",
        "%(count)s sessions without a time",
        count,
    )
    link = ItemLink(
        words=gettext("See"), url=list_url(Session, starts_at__isnull=True, **PUBLISHED)
    )
    return Item(icon="wait", words=words % {"count": count}, links=[link])


def overlapping_people(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    overlaps = people_overlapping() if meeting.day_of(now) <= meeting.last_day else []
    yield from first_of([(one.words, one.second) for one in overlaps], "person")


def crowded_rooms(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    crowded = crowded_sessions() if meeting.day_of(now) <= meeting.last_day else []
    yield from first_of([(one.words, one.session) for one in crowded], "wait")


def long_sessions(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    if meeting.day_of(now) > meeting.last_day:
        return
    found = Session.objects.published().filter(ends_at__gte=F("starts_at") + LONG).in_order()
    lengths = found.annotate(length=F("ends_at") - F("starts_at"))
    yield from first_of([(length_words(row, row.length), row) for row in lengths], "wait")


def length_words(session: Session, length: timedelta) -> str:
    words = gettext("“%(title)s” lasts %(hours)s hours: is its end right?")
    return words % {"title": session.title, "hours": round(length / timedelta(hours=1))}


def first_of(found: list[tuple[str, Session]], icon: str) -> Iterator[Item]:
    """Yield an item for each of the first sentences, and one that counts the others."""
    for words, session in found[:SENTENCES_SHOWN]:
        url = reverse("admin:programme_session_change", args=[session.pk])
        yield Item(icon=icon, words=words, links=[ItemLink(words=gettext("See"), url=url)])
    if more := len(found[SENTENCES_SHOWN:]):
        words = ngettext("%(count)s more like these", "%(count)s more like these", more)
        link = ItemLink(words=gettext("See"), url=list_url(Session))
        yield Item(icon=icon, words=words % {"count": more}, links=[link])
