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
from registration.actions import left_over, terms
from registration.models import Message, Place, Registration

LANGUAGES = dict(settings.LANGUAGES)
# Before registration opens: time enough to say how many seats there are.
SOON = timedelta(days=14)
# The worker looks every hour whose time is over.
TIME_TO_ERASE = timedelta(hours=2)
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
    """At most twelve queries; nothing is counted that this user may not see."""
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
    attempts = Message.objects.attempts(now)
    if counts["failed"]:
        may_change = user.has_perm("registration.change_message")
        yield failed_mails(counts["failed"], may_change=may_change)
    if attempts.is_day_used_up:
        yield mails_of_tomorrow(Message.objects.due(now).count())
    elif counts["late"]:
        yield late_mails(counts["late"])
    if attempts.is_day_nearly_used_up and not attempts.is_day_used_up:
        yield mails_of_the_day(attempts.day)
    reminders = Message.objects.due(now).to_everybody()
    is_half_used_up = attempts.are_reminders_used_up and not attempts.is_day_used_up
    if is_half_used_up and (waiting := reminders.count()):
        yield reminders_of_tomorrow(waiting)


def reminders_of_tomorrow(count: int) -> Matter:
    words = ngettext(
        "Reminders have used their half of the day’s e-mails: %(count)s waits until tomorrow",
        "Reminders have used their half of the day’s e-mails: %(count)s wait until tomorrow",
        count,
    )
    return Matter(icon="mail", words=words % {"count": count}, links=[unsent()])


def failed_mails(count: int, *, may_change: bool) -> Matter:
    words = ngettext(
        "%(count)s e-mail could not be sent after every attempt",
        "%(count)s e-mails could not be sent after every attempt",
        count,
    )
    see = gettext("See and send again") if may_change else gettext("See")
    link = Link(words=see, url=listed(Message, state__exact="failed"))
    return Matter(icon="mail", words=words % {"count": count}, links=[link], is_grave=True)


def late_mails(count: int) -> Matter:
    words = ngettext(
        "%(count)s e-mail should have gone out long ago: is the worker running?",
        "%(count)s e-mails should have gone out long ago: is the worker running?",
        count,
    )
    return Matter(icon="mail", words=words % {"count": count}, links=[unsent()], is_grave=True)


def mails_of_tomorrow(count: int) -> Matter:
    words = ngettext(
        "The day’s e-mails are used up: %(count)s e-mail waits until tomorrow",
        "The day’s e-mails are used up: %(count)s e-mails wait until tomorrow",
        count,
    )
    return Matter(icon="mail", words=words % {"count": count}, links=[unsent()], is_grave=True)


def mails_of_the_day(used: int) -> Matter:
    words = gettext("The day’s e-mails are nearly used up: %(used)s of %(most)s")
    facts = {"used": used, "most": settings.MAILS_PER_DAY}
    link = Link(words=gettext("See"), url=listed(Message))
    return Matter(icon="mail", words=words % facts, links=[link])


def unsent() -> Link:
    return Link(words=gettext("See"), url=listed(Message, state__in="due,leased"))


def data_to_erase(user: User, meeting: Meeting, now: datetime) -> Iterable[Matter]:
    due = terms(meeting, now - TIME_TO_ERASE)
    may_see_needs = user.has_perm("registration.view_needs")
    if count := max(due.personal.people, due.needs.people if may_see_needs else 0):
        words = ngettext(
            "The data of %(count)s person should have been erased by now: is the worker running?",
            "The data of %(count)s people should have been erased by now: is the worker running?",
            count,
        )
        link = Link(words=gettext("See"), url=listed(Registration))
        yield Matter(icon="person", words=words % {"count": count}, links=[link], is_grave=True)


def streams_without_channel(user: User, meeting: Meeting, now: datetime) -> Iterable[Matter]:
    here = {"room": OuterRef("room"), "day": OuterRef("day")}
    stream = {"stream__room": OuterRef("room"), "stream__day": OuterRef("day")}
    channels = Channel.objects.filter(is_spare=False, **stream)
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
    give = gettext("Add a channel")
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
            "%(count)s workshop or visit has no seats open for registration",
            "%(count)s workshops and visits have no seats open for registration",
            counts["seats"],
        )
        url = listed(Session, kind__in=",".join(SEATED), quota__isnull=True, **published)
        may_change = user.has_perm("programme.change_session")
        link = Link(words=gettext("Open seats") if may_change else gettext("See"), url=url)
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


def places_left_over(user: User, meeting: Meeting, now: datetime) -> Iterable[Matter]:
    """Nobody is called to them any more: organisers may tell those who wait, or give them."""
    for left in left_over(meeting, now):
        words = ngettext(
            "%(name)s begins within 24 hours: %(free)s free, and %(count)s person is waiting",
            "%(name)s begins within 24 hours: %(free)s free, and %(count)s people are waiting",
            left.waiting,
        )
        facts = {"name": left.quota, "free": left.quota.free, "count": left.waiting}
        line = reverse("admin:registration_quota_change", args=[left.quota.pk])
        link = Link(words=gettext("See who"), url=f"{line}?show=waiting#line")
        yield Matter(icon="wait", words=words % facts, links=[link], is_grave=True)


def people_with_needs(user: User, meeting: Meeting, now: datetime) -> Iterable[Matter]:
    if count := Registration.objects.confirmed().exclude(needs="").count():
        words = ngettext(
            "%(count)s person has described their access needs",
            "%(count)s people have described their access needs",
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
    (["registration.view_registration"], data_to_erase),
    (["programme.view_stream", "programme.view_session"], streams_without_channel),
    (["registration.view_registration", "registration.view_quota"], places_left_over),
    (["programme.view_session"], sessions_that_lack_something),
    (["registration.view_registration"], people_who_wait),
    (["registration.view_registration", "registration.view_needs"], people_with_needs),
    ([], texts_to_translate),
]
