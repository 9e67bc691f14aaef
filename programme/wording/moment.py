"""Say on the home page what is true now: the strip on its top, and the facts of the meeting."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import cast

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from programme.models import Document, Meeting, Session
from programme.models.meeting import RegistrationState, Standing
from programme.moment import Moment, Today
from programme.wording import dates
from programme.wording import sessions as wording
from programme.wording.marking import marked

SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A line of the strip below a line in small letters; with an address it is a link."""

    label: str
    words: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Strip:
    """The words on top of the home page; `call` is a label with an address."""

    headline: str
    facts: list[Fact] = field(default_factory=list)
    call: tuple[str, str] | None = None
    is_live: bool = False


def strip_of(
    moment: Moment, listed: Sequence[Session], documents: Sequence[Document]
) -> Strip | None:
    """Return None where nothing is left to say but that the meeting took place."""
    if not moment.takes_place:
        return Strip(headline=standing_words(moment.meeting))
    if moment.is_before:
        return Strip(headline=countdown_words(moment), facts=registration_facts(moment))
    taking_place = [s for s in listed if not (s.is_cancelled or s.is_break)]
    if moment.is_on:
        return strip_of_the_day(moment, taking_place, documents)
    return strip_of_results(taking_place, documents)


def standing_words(meeting: Meeting) -> str:
    if meeting.standing == Standing.CANCELLED:
        return gettext("The meeting is cancelled")
    return gettext("The meeting is postponed")


# Before


def countdown_words(moment: Moment) -> str:
    days = moment.days_until
    if days == 1:
        return gettext("Tomorrow")
    return ngettext("%(days)d day to go", "%(days)d days to go", days) % {"days": days}


def registration_facts(moment: Moment) -> list[Fact]:
    meeting = moment.meeting
    opens, closes = meeting.registration_opens_at, meeting.registration_closes_at
    match moment.registration:
        case RegistrationState.OPEN if closes:
            label, words = gettext("Registration is open"), gettext("Until %(moment)s")
        case RegistrationState.OPEN:
            label, words = gettext("Registration"), gettext("Open and free")
        case RegistrationState.BEFORE:
            label, words = gettext("Registration"), gettext("Opens on %(moment)s")
        case RegistrationState.CLOSED:
            label, words = gettext("Registration"), gettext("Closed on %(moment)s")
        case _:
            label, words = gettext("Registration"), gettext("Its opening is not announced yet")
    told = opens if moment.registration == RegistrationState.BEFORE else closes
    facts = {"moment": dates.moment_words(told, meeting)} if told else {}
    return [Fact(label=label, words=words % facts)]


# On


def strip_of_the_day(
    moment: Moment, listed: Sequence[Session], documents: Sequence[Document]
) -> Strip:
    today = moment.meeting.day_of(moment.now)
    untimed = [s for s in listed if s.day == today and s.starts_at is None]
    match moment.today:
        case Today.LIVE:
            return strip_of_what_is_on(moment)
        case Today.WAITING | Today.BETWEEN:
            return strip_of_what_follows(moment)
        case Today.OVER if not untimed:
            return strip_of_the_evening(moment, listed, documents)
    return Strip(
        headline=gettext("Today"),
        facts=facts_of(untimed, lambda session: gettext("time to be confirmed")),
    )


def strip_of_what_is_on(moment: Moment) -> Strip:
    """Tell what is on, and until when; what is streamed comes first."""
    live = sorted(moment.live_now, key=lambda session: not session.is_followed_online)

    def until(session: Session) -> str:
        start = cast(datetime, session.starts_at)
        end = cast(datetime, session.expected_end)
        return dates.until_words(end, start, moment.meeting)

    watch = (gettext("Watch live"), reverse("programme:live"))
    return Strip(
        headline=gettext("Now"),
        facts=facts_of(live, until),
        call=watch if moment.streamed_now else None,
        is_live=True,
    )


def strip_of_what_follows(moment: Moment) -> Strip:
    ahead = [s for s in moment.of_today if not (s.is_break or s.is_over(moment.now))]
    start, first = first_of(ahead)
    sentence = gettext("Today, from %(hour)s")
    if moment.today == Today.BETWEEN:
        sentence = gettext("Next at %(hour)s")
    return Strip(
        headline=sentence % {"hour": dates.hour_words(start, moment.meeting)},
        facts=facts_of(first, lambda session: dates.zone_words(moment.meeting)),
    )


def first_of(timed: Sequence[Session]) -> tuple[datetime, list[Session]]:
    """Return the earliest start, delays included, and the sessions that begin then."""
    start = min(cast(datetime, session.expected_start) for session in timed)
    return start, [session for session in timed if session.expected_start == start]


def strip_of_the_evening(
    moment: Moment, listed: Sequence[Session], documents: Sequence[Document]
) -> Strip:
    """Tell when the meeting goes on; on its last day, that it has ended, and its results."""
    day = next_day(moment, listed)
    if day:
        return strip_until(day, moment, [s for s in listed if s.day == day and s.starts_at])
    results = strip_of_results(listed, documents)
    headline = gettext("The meeting ended today")
    return replace(results, headline=headline) if results else Strip(headline=headline)


def strip_until(day: date, moment: Moment, timed: Sequence[Session]) -> Strip:
    meeting = moment.meeting
    is_tomorrow = day == meeting.day_of(moment.now) + timedelta(days=1)
    named = {"day": dates.day_words(day)}
    if not timed:
        words = gettext("See you tomorrow") if is_tomorrow else gettext("See you on %(day)s")
        return Strip(headline=words % named)
    start, first = first_of(timed)
    words = gettext("See you on %(day)s, %(hour)s")
    if is_tomorrow:
        words = gettext("See you tomorrow, %(hour)s")
    return Strip(
        headline=words % {**named, "hour": dates.hour_words(start, meeting)},
        facts=facts_of(first, lambda session: dates.zone_words(meeting)),
    )


def next_day(moment: Moment, listed: Iterable[Session]) -> date | None:
    """Return the next day with sessions, else the next one of the meeting, else None."""
    today = moment.meeting.day_of(moment.now)
    ahead = [session.day for session in listed if session.day and session.day > today]
    tomorrow = today + timedelta(days=1)
    of_meeting = tomorrow if tomorrow <= moment.meeting.last_day else None
    return min(ahead, default=of_meeting)


def facts_of(sessions: Sequence[Session], words_of: Callable[[Session], str]) -> list[Fact]:
    """Return a link to each session with its place and these words; of many, a link to the rest."""
    if len(sessions) <= SHOWN:
        return [fact_of(session, words_of(session)) for session in sessions]
    first = sessions[: SHOWN - 1]
    others = len(sessions) - len(first)
    more = ngettext("and %(count)d more session", "and %(count)d more sessions", others)
    rest = Fact(label="", words=more % {"count": others}, url=reverse("programme:session-list"))
    return [*(fact_of(session, words_of(session)) for session in first), rest]


def fact_of(session: Session, words: str) -> Fact:
    where = [wording.marked_where(session)] if wording.where_name(session) else []
    only = [wording.format_words(session.format).lower()] if session.is_in_person_only else []
    label = format_html_join(" · ", "{}", ((part,) for part in [*where, words, *only]))
    title = marked(session, "title")
    return Fact(label=label, words=title, url=session.get_absolute_url())


# Over


def strip_of_results(listed: Iterable[Session], documents: Sequence[Document]) -> Strip | None:
    recorded = recordings_among(listed)
    told = [fact_of_recording(session) for session in recorded[: SHOWN - 1]]
    told += [fact_of_document(document) for document in documents[: SHOWN - len(told)]]
    if recorded:
        call = (gettext("Watch the recordings"), reverse("programme:live"))
        return Strip(headline=gettext("Recordings"), facts=told, call=call)
    if documents:
        call = (gettext("All documents"), reverse("programme:document-list"))
        return Strip(headline=gettext("Documents"), facts=told, call=call)
    return None


def recordings_among(listed: Iterable[Session]) -> list[Session]:
    return [s for s in listed if s.recording_url and not s.is_cancelled]


def fact_of_recording(session: Session) -> Fact:
    day = [dates.day_words(session.day)] if session.day else []
    label = capfirst(" · ".join([wording.kind_words(session.kind), *day]))
    return Fact(label=label, words=marked(session, "title"), url=session.get_absolute_url())


def fact_of_document(document: Document) -> Fact:
    words = marked(document, "title")
    return Fact(label=gettext("Document"), words=words, url=document.address)
