"""What the organisers should attend to: only what is so, the gravest first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count, Exists, Model, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from programme.models import Channel, Meeting, Session, Stream
from programme.models.meeting import RegistrationState
from programme.untranslated import lacking_counts, translated_models
from programme.when import day_words
from registration.models import Message, Place, Registration

LANGUAGES = dict(settings.LANGUAGES)
# Before registration opens: time enough to say how many seats there are.
SOON = timedelta(days=14)
SEATED = (Session.Kind.WORKSHOP, Session.Kind.VISIT)


@dataclass(frozen=True, kw_only=True)
class Link:
    words: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One line: what it is, and where to do something about it."""

    icon: str
    words: str
    links: list[Link]
    is_grave: bool = False


def matters(user: User, meeting: Meeting, now: datetime) -> list[Matter]:
    """At most six queries; nothing is counted that this user may not see."""
    return [
        matter
        for permissions, find in FINDERS
        if user.has_perms(permissions)
        for matter in find(user, meeting, now)
    ]


def mails_that_do_not_arrive(user: User, meeting: Meeting, now: datetime) -> Iterable[Matter]:
    late = Message.objects.late(now).order_by().values("pk")
    counts = Message.objects.aggregate(
        failed=Count("pk", filter=Q(state=Message.State.FAILED)),
        late=Count("pk", filter=Q(pk__in=late)),
    )
    may_send = user.has_perm("registration.change_message")
    if failed := counts["failed"]:
        words = ngettext(
            "%(count)s mail failed after every try",
            "%(count)s mails failed after every try",
            failed,
        )
        see = gettext("See and send again") if may_send else gettext("See")
        link = Link(words=see, url=listed(Message, state__exact="failed"))
        yield Matter(icon="mail", words=words % {"count": failed}, links=[link], is_grave=True)
    if count := counts["late"]:
        words = ngettext(
            "%(count)s mail should have left long ago: does the worker run?",
            "%(count)s mails should have left long ago: does the worker run?",
            count,
        )
        link = Link(words=gettext("See"), url=listed(Message, state__in="due,leased"))
        yield Matter(icon="mail", words=words % {"count": count}, links=[link], is_grave=True)


def streams_without_channel(user: User, meeting: Meeting, now: datetime) -> Iterable[Matter]:
    here = {"room": OuterRef("room"), "day": OuterRef("day")}
    channels = Channel.objects.filter(stream__room=OuterRef("room"), stream__day=OuterRef("day"))
    sessions = (
        Session.objects.published()
        .followed_online()
        .exclude(kind=Session.Kind.BREAK)
        .filter(~Exists(channels), room__isnull=False, day__gte=meeting.day_of(now))
        .annotate(stream=Subquery(Stream.objects.filter(**here).values("pk")[:1]))
        .select_related("room")
        .in_order()
    )
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
    link = where_to_give_a_channel(user, first)
    yield Matter(icon="screen", words=words % facts, links=[link], is_grave=True)


def where_to_give_a_channel(user: User, session: Any) -> Link:
    give = gettext("Give a channel")
    if session.stream and user.has_perm("programme.change_stream"):
        return Link(words=give, url=reverse("admin:programme_stream_change", args=[session.stream]))
    if not session.stream and user.has_perm("programme.add_stream"):
        chosen = urlencode({"room": session.room_id, "day": session.day.isoformat()})
        return Link(words=give, url=f"{reverse('admin:programme_stream_add')}?{chosen}")
    return Link(words=gettext("See"), url=listed(Stream))


def sessions_that_lack_something(user: User, meeting: Meeting, now: datetime) -> Iterable[Matter]:
    """No hours until the meeting is over; no seats while people sign up, or are about to."""
    without_seats = {"kind__in": SEATED, "quota__isnull": True}
    counts = Session.objects.published().aggregate(
        seats=Count("pk", filter=Q(**without_seats)),
        hours=Count("pk", filter=Q(starts_at__isnull=True)),
    )
    published = {"state__exact": Session.State.PUBLISHED.value}
    if counts["seats"] and people_sign_up(meeting, now):
        words = ngettext(
            "%(count)s workshop or visit without seats to sign up for",
            "%(count)s workshops and visits without seats to sign up for",
            counts["seats"],
        )
        url = listed(Session, kind__in=",".join(SEATED), quota__isnull=True, **published)
        link = Link(words=gettext("Open seats"), url=url)
        yield Matter(icon="persono", words=words % {"count": counts["seats"]}, links=[link])
    if counts["hours"] and meeting.day_of(now) <= meeting.last_day:
        words = ngettext(
            "%(count)s session without a time",
            "%(count)s sessions without a time",
            counts["hours"],
        )
        link = Link(words=gettext("See"), url=listed(Session, starts_at__isnull=True, **published))
        yield Matter(icon="wait", words=words % {"count": counts["hours"]}, links=[link])


def people_sign_up(meeting: Meeting, now: datetime) -> bool:
    soon = meeting.registration_state(now + SOON)
    return RegistrationState.OPEN in (soon, meeting.registration_state(now))


def people_who_wait(user: User, meeting: Meeting, now: datetime) -> Iterable[Matter]:
    if count := Place.objects.waiting().values("registration").distinct().count():
        words = ngettext(
            "%(count)s person is on a waiting list",
            "%(count)s people are on a waiting list",
            count,
        )
        link = Link(words=gettext("See who"), url=listed(Registration, place="waiting"))
        yield Matter(icon="wait", words=words % {"count": count}, links=[link])


def people_with_needs(user: User, meeting: Meeting, now: datetime) -> Iterable[Matter]:
    if count := Registration.objects.confirmed().exclude(needs="").count():
        words = ngettext(
            "%(count)s person wrote what access they need",
            "%(count)s people wrote what access they need",
            count,
        )
        url = listed(Registration, needs__isempty=0, state__exact="confirmed")
        link = Link(words=gettext("See who"), url=url)
        yield Matter(icon="hand", words=words % {"count": count}, links=[link])


def texts_to_translate(user: User, meeting: Meeting, now: datetime) -> Iterable[Matter]:
    seen = [m for m in translated_models() if user.has_perm(permission_to_view(m))]
    for code, counts in lacking_counts(seen).items():
        if not counts:
            continue
        words = ngettext(
            "%(language)s: %(count)s entry lacks a text",
            "%(language)s: %(count)s entries lack a text",
            sum(counts.values()),
        )
        facts = {"count": sum(counts.values()), "language": LANGUAGES[code]}
        links = [
            Link(words=f"{name_of(model)}: {count}", url=listed(model, lacks=code))
            for model, count in counts.items()
        ]
        yield Matter(icon="talk", words=words % facts, links=links)


def permission_to_view(model: type[Model]) -> str:
    return f"{model._meta.app_label}.view_{model._meta.model_name}"


def name_of(model: type[Model]) -> str:
    return str(capfirst(model._meta.verbose_name_plural))


def listed(model: type[Model], **filters: object) -> str:
    """The list of the back office, with these filters on."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{urlencode(filters)}" if filters else address


type Finder = Callable[[User, Meeting, datetime], Iterable[Matter]]

# The gravest first, each with what one must be allowed to see.
FINDERS: list[tuple[list[str], Finder]] = [
    (["registration.view_message"], mails_that_do_not_arrive),
    (["programme.view_stream", "programme.view_session"], streams_without_channel),
    (["programme.view_session"], sessions_that_lack_something),
    (["registration.view_registration"], people_who_wait),
    (["registration.view_registration", "registration.view_needs"], people_with_needs),
    ([], texts_to_translate),
]
