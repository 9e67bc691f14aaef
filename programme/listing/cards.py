"""Arrange sessions as pages list them: days, time slots, cards."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext

from programme.listing import finding
from programme.models import Meeting, Part, Presentation, Session, Theme
from programme.models.meeting import Standing
from programme.wording import dates
from programme.wording import seats as seat_wording
from programme.wording import sessions as wording

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
class Card:
    """One session as a list shows it at the moment `now`."""

    session: Session
    meeting: Meeting
    now: datetime
    is_filtered_out: bool = False

    @property
    def takes_place(self) -> bool:
        """Return whether neither the session is cancelled nor the meeting off."""
        return not self.session.is_cancelled and self.meeting.standing == Standing.AS_PLANNED

    @property
    def is_on(self) -> bool:
        return self.takes_place and self.session.is_on(self.now)

    @property
    def has_begun(self) -> bool:
        return self.session.has_begun(self.now)

    @property
    def is_past(self) -> bool:
        return self.session.is_over(self.now)

    @property
    def is_late(self) -> bool:
        return self.takes_place and self.session.is_awaited_late(self.now)

    @property
    def is_break(self) -> bool:
        return self.session.is_break

    @cached_property
    def seats(self) -> seat_wording.Seats | None:
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


@dataclass(kw_only=True)
class Slot:
    """The cards of one day that begin and end together, or that all have no time yet."""

    starts_at: datetime | None
    ends_at: datetime | None
    cards: list[Card] = field(default_factory=list)

    @property
    def is_filtered_out(self) -> bool:
        return all(card.is_filtered_out for card in self.cards)


@dataclass(kw_only=True)
class ProgrammeDay:
    """One day of the programme; with `date=None`, the sessions that have no day yet."""

    date: date | None
    theme: Theme | None
    meeting: Meeting
    slots: list[Slot] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"day-{self.date.isoformat()}" if self.date else "day-to-be-confirmed"

    @property
    def is_filtered_out(self) -> bool:
        """Return whether the filter hides the whole day."""
        return all(slot.is_filtered_out for slot in self.slots)

    @property
    def summary(self) -> list[str]:
        """Say how many sessions the day has, how many are cancelled, and between which hours."""
        shown = [card.session for slot in self.slots for card in slot.cards if not card.is_break]
        cancelled = sum(session.is_cancelled for session in shown)
        hours = hours_of(self.slots, self.meeting)
        hourless = sum(session.starts_at is None for session in shown) if hours else 0
        return [
            *count_words(len(shown) - cancelled, cancelled),
            *hours,
            *still_without_hours(hourless),
        ]


def count_words(count: int, cancelled: int) -> list[str]:
    facts = [ngettext("%(count)d session", "%(count)d sessions", count) % {"count": count}]
    if cancelled:
        sentence = ngettext("%(count)d cancelled", "%(count)d cancelled", cancelled)
        facts.append(sentence % {"count": cancelled})
    return facts


def still_without_hours(count: int) -> list[str]:
    sentence = ngettext("%(count)d still without a time", "%(count)d still without a time", count)
    return [sentence % {"count": count}] if count else []


def hours_of(slots: Iterable[Slot], meeting: Meeting) -> list[str]:
    starts = [slot.starts_at for slot in slots if slot.starts_at]
    ends = [slot.ends_at for slot in slots if slot.ends_at]
    return [dates.span_words(min(starts), max(ends), meeting)] if starts else []


def days(
    listed: Iterable[Session],
    themes: Iterable[Theme],
    meeting: Meeting,
    now: datetime,
    found: Container[int],
) -> list[ProgrammeDay]:
    """Return every day of the meeting, even without sessions; last, the sessions without a day.

    Sessions whose keys are not in `found` are included but marked as filtered out: the browser
    shows them without a request when the visitor changes the filter.
    """
    theme_of = {theme.day: theme for theme in themes if theme.day}
    dated = {
        day: ProgrammeDay(date=day, theme=theme_of.get(day), meeting=meeting)
        for day in meeting.days
    }
    undated = ProgrammeDay(date=None, theme=None, meeting=meeting)
    for session in listed:
        day = dated.get(session.day, undated) if session.day else undated
        card = Card(
            session=session, meeting=meeting, now=now, is_filtered_out=session.pk not in found
        )
        slot_for(day, session).cards.append(card)
    return [*dated.values(), *([undated] if undated.slots else [])]


def slot_for(day: ProgrammeDay, session: Session) -> Slot:
    for slot in day.slots:
        if (slot.starts_at, slot.ends_at) == (session.starts_at, session.ends_at):
            return slot
    slot = Slot(starts_at=session.starts_at, ends_at=session.ends_at)
    day.slots.append(slot)
    return slot


def next_cards(meeting: Meeting, now: datetime) -> list[Card]:
    """Return the first cards that are not over, for the home page; breaks are left out."""
    visible = Session.objects.visible()
    not_past = Q(day__gte=meeting.day_of(now)) | Q(day__isnull=True)
    hourless = visible.filter(not_past, ends_at__isnull=True)
    ahead = visible.unfinished(now) | hourless
    first = with_card_rows(ahead.without_breaks())[:CARDS_ON_HOME]
    return [Card(session=session, meeting=meeting, now=now) for session in first]


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
