"""Show sessions as cards, as pages list them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from django.db.models import Prefetch, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext

from programme.listing import finding
from programme.models import Meeting, Part, Presentation, Session
from programme.models.phases import is_held
from programme.moment import Moment
from programme.wording import seats as seat_wording
from programme.wording import sessions as wording
from programme.wording.following import Fact, following_facts

CARDS_ON_HOME = 4


def listed_sessions() -> list[Session]:
    """Load every visible session with what its card shows, in four queries."""
    return list(with_card_rows(Session.objects.visible()))


def with_card_rows(found: QuerySet[Session]) -> QuerySet[Session]:
    # to_attr: plain lists are cheaper than a prefetched `.all()`, which builds a QuerySet each.
    parts = Prefetch("parts", Part.objects.select_related("person"), to_attr="listed_parts")
    presentations = Prefetch("presentations", to_attr="listed_presentations")
    related = found.select_related("room", "theme", "quota")
    return related.prefetch_related(parts, presentations).in_order()  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Classes of the style sheet that say where a card stands, and what its column's head says."""

    classes: str
    shared: frozenset[Fact] = frozenset()


class CardState(StrEnum):
    """Name what a card says of its session before all else; NONE if there is nothing to say."""

    CANCELLED = "cancelled"
    LIVE = "live"
    # It is on, but cannot be followed online.
    ON = "on"
    LATE = "late"
    PAST = "past"
    NONE = ""


@dataclass(kw_only=True)
class Card:
    """One session as a list shows it at the moment `now`."""

    session: Session
    meeting: Meeting
    now: datetime
    is_filtered_out: bool = False
    # The meeting is over: nothing is announced, offered or faded any more.
    is_record: bool = False
    # Where it stands on the loom of its day, if that has one.
    spot: Spot | None = None

    @property
    def takes_place(self) -> bool:
        """Return whether neither the session is cancelled, nor the meeting before it ended."""
        return is_held(self.session, self.meeting)

    @property
    def is_on(self) -> bool:
        return self.takes_place and self.session.is_on(self.now)

    @property
    def has_begun(self) -> bool:
        return self.session.has_begun(self.now)

    @property
    def is_over(self) -> bool:
        return self.session.is_over(self.now)

    @property
    def is_late(self) -> bool:
        return self.takes_place and self.session.is_awaited_late(self.now)

    @property
    def state(self) -> CardState:
        if self.session.is_cancelled:
            return CardState.CANCELLED
        if self.is_on:
            return CardState.LIVE if self.session.is_followed_online else CardState.ON
        if self.is_late:
            return CardState.LATE
        return CardState.PAST if self.is_over and not self.is_record else CardState.NONE

    @property
    def is_break(self) -> bool:
        return self.session.is_break

    @property
    def has_facts(self) -> bool:
        """Return whether one can follow it, so that it matters how."""
        return not (self.is_break or self.session.is_cancelled)

    @cached_property
    def facts(self) -> list[Fact]:
        return following_facts(self.session)

    @cached_property
    def seats(self) -> seat_wording.Seats | None:
        if self.is_record:
            return None
        return seat_wording.seats_of(self.session, self.meeting, self.now)

    @cached_property
    def kind(self) -> str:
        return wording.kind_words(self.session.kind)

    @cached_property
    def format(self) -> str:
        return wording.format_words(self.session.format)

    @cached_property
    def people(self) -> str:
        return wording.people_line(self.session)

    @cached_property
    def languages(self) -> str:
        return wording.languages_line(self.session)

    @cached_property
    def signs(self) -> str:
        return wording.signs_line(self.session)

    @cached_property
    def captions(self) -> str:
        return wording.captions_line(self.session)

    @property
    def filter_facts(self) -> str:
        return finding.facts_line(finding.filter_facts(self.session))


def count_words(count: int, cancelled: int) -> list[str]:
    facts = [ngettext("%(count)d session", "%(count)d sessions", count) % {"count": count}]
    if cancelled:
        sentence = ngettext("%(count)d cancelled", "%(count)d cancelled", cancelled)
        facts.append(sentence % {"count": cancelled})
    return facts


def next_cards(listed: Iterable[Session], moment: Moment) -> list[Card]:
    """Return the first cards of what is to come, for the home page; breaks are left out."""
    coming = (session for session in listed if is_coming(session, moment))
    first = islice(coming, CARDS_ON_HOME)
    return [Card(session=session, meeting=moment.meeting, now=moment.now) for session in first]


def is_coming(session: Session, moment: Moment) -> bool:
    """Return whether it has not begun; without hours, until its day is over."""
    if session.is_break or moment.has_ended or not moment.takes_place:
        return False
    if session.expected_start:
        return moment.now < session.expected_start
    return session.day is None or session.day >= moment.meeting.day_of(moment.now)


def summary(listed: Iterable[Session]) -> str:
    """“11 sessions, 2 of them workshops.”"""
    shown = [s for s in listed if not (s.is_break or s.is_cancelled)]
    workshops = sum(session.kind == Session.Kind.WORKSHOP for session in shown)
    count = {"count": len(shown), "workshops": workshops}
    if not workshops:
        return ngettext("%(count)d session.", "%(count)d sessions.", len(shown)) % count
    if workshops == 1:
        return gettext("%(count)d sessions, one of them a workshop.") % count
    return gettext("%(count)d sessions, %(workshops)d of them workshops.") % count


@dataclass(frozen=True, kw_only=True)
class PresentationCard:
    """One presentation with the parts of the people who present it."""

    presentation: Presentation
    parts: list[Part]


def presentations_and_parts(session: Session) -> tuple[list[PresentationCard], list[Part]]:
    """Return a session's presentations, and the parts of everybody else in it: two queries."""
    in_session = Q(session=session) | Q(presentation__session=session)
    parts = list(Part.objects.filter(in_session).select_related("person"))
    shown = [
        PresentationCard(
            presentation=presentation,
            parts=[part for part in parts if part.presentation_id == presentation.pk],
        )
        for presentation in session.presentations.all()
    ]
    return shown, [part for part in parts if part.session_id]
