"""Say on the home page what is true now: the strip on its top, and the facts of the meeting."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import cast

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from programme.models import Document, Edition, Session
from programme.models.meeting import RegistrationState
from programme.moment import Moment, Today
from programme.wording import dates
from programme.wording import sessions as wording
from programme.wording.marking import marked
from programme.wording.seats import Seats

SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class StripFact:
    """A line of the strip below a line in small letters; with an address it is a link."""

    label: str
    words: str
    url: str = ""
    # Of a meter beside the words.
    cells: Sequence[bool] = ()


@dataclass(frozen=True, kw_only=True)
class Strip:
    """The words on top of the home page; `call` is a label with an address."""

    headline: str = ""
    facts: list[StripFact] = field(default_factory=list)
    call: tuple[str, str] | None = None
    is_live: bool = False


@dataclass(frozen=True, kw_only=True)
class Results:
    """All that remains of the meeting; empty until it has ended."""

    recordings: Sequence[Session] = ()
    documents: Sequence[Document] = ()
    # The meeting's own row among the editions.
    edition: Edition | None = None

    def __bool__(self) -> bool:
        has_result = self.edition and (self.edition.result_title or self.edition.result_url)
        return bool(self.recordings or self.documents or has_result)


def results_of(moment: Moment, listed: Iterable[Session]) -> Results:
    """Read them by two queries."""
    if not moment.has_ended:
        return Results()
    return Results(
        recordings=[s for s in listed if s.recording_url and not s.is_cancelled],
        documents=list(Document.objects.shown()),
        edition=Edition.objects.filter(number=moment.meeting.number).first(),
    )


def strip_of(
    moment: Moment,
    listed: Sequence[Session],
    results: Results,
    in_person: Seats | None,
) -> Strip | None:
    """Return None where nothing is left to say but that the meeting took place.

    Of one that does not take place the strip says why: the banner above says what.
    """
    if not moment.takes_place:
        return Strip() if moment.meeting.standing_reason else None
    if moment.is_before:
        facts = [registration_fact(moment), *in_person_facts(in_person)]
        return Strip(headline=countdown_words(moment), facts=facts)
    taking_place = [s for s in listed if not (s.is_cancelled or s.is_break)]
    if moment.is_on:
        return strip_of_the_day(moment, taking_place, results)
    return strip_of_results(results)


# Before


def countdown_words(moment: Moment) -> str:
    days = moment.days_until
    if days == 1:
        return gettext("Tomorrow")
    return ngettext("%(days)d day to go", "%(days)d days to go", days) % {"days": days}


def registration_fact(moment: Moment) -> StripFact:
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
    return StripFact(label=label, words=words % facts)


def in_person_facts(seats: Seats | None) -> list[StripFact]:
    return (
        [StripFact(label=gettext("In person"), words=seats.words, cells=seats.cells)]
        if seats
        else []
    )


# On


def strip_of_the_day(moment: Moment, listed: Sequence[Session], results: Results) -> Strip:
    today = moment.meeting.day_of(moment.now)
    untimed = [s for s in listed if s.day == today and s.starts_at is None]
    match moment.today:
        case Today.LIVE:
            return strip_of_what_is_on(moment)
        case Today.WAITING | Today.BETWEEN:
            return strip_of_what_follows(moment)
        case Today.OVER if not untimed:
            return strip_of_the_evening(moment, listed, results)
        case Today.UNTIMED if not untimed and (days := days_ahead(moment, listed)):
            return strip_until(min(days), moment, timed_of(min(days), listed))
        case Today.OVER:
            return strip_of_an_open_evening(moment, listed, untimed)
    return Strip(
        headline=gettext("Today"),
        facts=strip_facts(untimed, lambda session: gettext("time to be confirmed")),
    )


def strip_of_an_open_evening(
    moment: Moment, listed: Sequence[Session], untimed: Sequence[Session]
) -> Strip:
    """Tell what nobody knows to be over, and when the meeting goes on."""
    facts = strip_facts(untimed, lambda session: wording.kind_words(session.kind).lower())
    day = next_day(moment, listed)
    if day:
        ahead = strip_until(day, moment, timed_of(day, listed))
        facts += [replace(fact, label=ahead.headline) for fact in ahead.facts[:1]]
    return Strip(headline=gettext("Also today, at a time to be confirmed"), facts=facts)


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
        facts=strip_facts(live, until),
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
        facts=strip_facts(first, lambda session: dates.zone_words(moment.meeting)),
    )


def first_of(timed: Sequence[Session]) -> tuple[datetime, list[Session]]:
    """Return the earliest start, delays included, and the sessions that begin then."""
    start = min(cast(datetime, session.expected_start) for session in timed)
    return start, [session for session in timed if session.expected_start == start]


def strip_of_the_evening(moment: Moment, listed: Sequence[Session], results: Results) -> Strip:
    """Tell when the meeting goes on; on its last day, that it has ended, and its results."""
    day = next_day(moment, listed)
    if day:
        return strip_until(day, moment, timed_of(day, listed))
    headline, found = gettext("The meeting ended today"), strip_of_results(results)
    return replace(found, headline=headline) if found else Strip(headline=headline)


def timed_of(day: date, listed: Iterable[Session]) -> list[Session]:
    return [session for session in listed if session.day == day and session.starts_at]


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
        facts=strip_facts(first, lambda session: dates.zone_words(meeting)),
    )


def next_day(moment: Moment, listed: Iterable[Session]) -> date | None:
    """Return the next day with sessions, else the next one of the meeting, else None."""
    tomorrow = moment.meeting.day_of(moment.now) + timedelta(days=1)
    of_meeting = tomorrow if tomorrow <= moment.meeting.last_day else None
    return min(days_ahead(moment, listed), default=of_meeting)


def days_ahead(moment: Moment, listed: Iterable[Session]) -> list[date]:
    """Return the days after today of sessions."""
    today = moment.meeting.day_of(moment.now)
    return [session.day for session in listed if session.day and session.day > today]


def strip_facts(sessions: Sequence[Session], words_of: Callable[[Session], str]) -> list[StripFact]:
    """Return a link to each session with its place and these words; of many, a link to the rest."""
    if len(sessions) <= SHOWN:
        return [fact_of(session, words_of(session)) for session in sessions]
    first = sessions[: SHOWN - 1]
    others = len(sessions) - len(first)
    more = ngettext("and %(count)d more session", "and %(count)d more sessions", others)
    rest = StripFact(
        label="", words=more % {"count": others}, url=reverse("programme:session-list")
    )
    return [*(fact_of(session, words_of(session)) for session in first), rest]


def fact_of(session: Session, words: str) -> StripFact:
    where = [wording.marked_where(session)] if wording.where_name(session) else []
    only = [wording.format_words(session.format).lower()] if session.is_in_person_only else []
    parts = [*where, words, *only] if where else [capfirst(words), *only]
    label = format_html_join(" · ", "{}", ((part,) for part in parts))
    title = marked(session, "title")
    return StripFact(label=label, words=title, url=session.get_absolute_url())


# Over


def strip_of_results(results: Results) -> Strip | None:
    recorded = [fact_of_recording(session) for session in results.recordings]
    written = [fact_of_document(document) for document in results.documents]
    if results.edition and results.edition.result_url:
        written.insert(0, fact_of_result(results.edition))
    facts = [*recorded[: SHOWN - 1], *written][:SHOWN]
    if recorded:
        call = (gettext("Watch the recordings"), reverse("programme:live"))
        return Strip(headline=gettext("Recordings"), facts=facts, call=call)
    if written:
        call = (gettext("All documents"), reverse("programme:document-list"))
        return Strip(headline=gettext("Documents"), facts=facts, call=call)
    return None


def fact_of_recording(session: Session) -> StripFact:
    kind, title = wording.kind_words(session.kind), marked(session, "title")
    return StripFact(label=kind, words=title, url=session.get_absolute_url())


def fact_of_document(document: Document) -> StripFact:
    words = marked(document, "title")
    return StripFact(label=gettext("Document"), words=words, url=document.address)


def fact_of_result(edition: Edition) -> StripFact:
    words = marked(edition, "result_title") or gettext("What came of it")
    return StripFact(label=gettext("Result"), words=words, url=edition.result_url)
