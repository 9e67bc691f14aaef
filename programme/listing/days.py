"""Arrange the programme by days and time slots, and find what is on now."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.utils.translation import gettext, ngettext

from programme.listing import loom
from programme.listing.cards import Card, count_words
from programme.models import Meeting, Session, Theme
from programme.moment import Moment
from programme.wording import dates

# With fewer sessions no day is folded on a phone: the whole is short.
FOLDED_FROM = 24


@dataclass(kw_only=True)
class Slot:
    """The cards of one day that begin and end together, or that all have no time yet."""

    starts_at: datetime | None
    ends_at: datetime | None
    cards: list[Card] = field(default_factory=list)
    # The rows of the loom, as classes of the style sheet.
    rows: str = ""
    # Begins with the slot before it, but ends later.
    is_again: bool = False
    # The first one that is on, or the next one: the page's link to now leads here.
    is_now: bool = False

    @property
    def is_filtered_out(self) -> bool:
        return all(card.is_filtered_out for card in self.cards)

    @property
    def is_on(self) -> bool:
        return any(card.is_on for card in self.cards)

    @property
    def is_over(self) -> bool:
        return all(card.is_over for card in self.cards)

    @property
    def takes_place(self) -> bool:
        return any(card.takes_place for card in self.cards)

    @property
    def is_break(self) -> bool:
        return all(card.is_break for card in self.cards)

    @property
    def sessions(self) -> list[Session]:
        return [card.session for card in self.cards if not card.is_break]


@dataclass(kw_only=True)
class ProgrammeDay:
    """One day of the programme; with `date=None`, the sessions that have no day yet."""

    date: date | None
    theme: Theme | None
    moment: Moment
    slots: list[Slot] = field(default_factory=list)
    # Behind a link: days before the present one, and on phones all but one.
    is_folded: bool = False
    is_folded_on_phones: bool = False

    @property
    def meeting(self) -> Meeting:
        return self.moment.meeting

    @property
    def anchor(self) -> str:
        return f"day-{self.date.isoformat()}" if self.date else "day-to-be-confirmed"

    @property
    def is_filtered_out(self) -> bool:
        """Return whether the filter hides the whole day."""
        return all(slot.is_filtered_out for slot in self.slots)

    @property
    def is_today(self) -> bool:
        return self.moment.is_on and self.date == self.meeting.day_of(self.moment.now)

    @property
    def timed(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.starts_at]

    @property
    def untimed(self) -> list[Slot]:
        return [slot for slot in self.slots if not slot.starts_at]

    @property
    def sessions(self) -> list[Session]:
        return [session for slot in self.slots for session in slot.sessions]

    @cached_property
    def loom(self) -> loom.Loom | None:
        return loom.loom_of([card for slot in self.timed for card in slot.cards])

    @property
    def now_rows(self) -> str:
        """Return the rows of the loom that are now, as classes; empty on other days."""
        stretch = self.loom and self.moment.is_on and self.loom.stretch_at(self.moment.now)
        return self.loom.rows_between(*stretch) if self.loom and stretch else ""

    @cached_property
    def finished(self) -> list[Session]:
        """Return today's sessions that are over, while others are to come."""
        if not self.is_today or all(slot.is_over for slot in self.timed):
            return []
        return [session for slot in self.timed if slot.is_over for session in slot.sessions]

    @property
    def summary(self) -> list[str]:
        """Say how many sessions the day has, how many are cancelled, and between which hours."""
        cancelled = sum(session.is_cancelled for session in self.sessions)
        hours = hours_of(self.slots, self.meeting)
        hourless = sum(session.starts_at is None for session in self.sessions) if hours else 0
        return [
            *count_words(len(self.sessions) - cancelled, cancelled),
            *hours,
            *without_hours(hourless, self.moment),
        ]


def without_hours(count: int, moment: Moment) -> list[str]:
    if not count or not moment.takes_place:
        return []
    if moment.is_over:
        sentence = ngettext(
            "%(count)d without a recorded time", "%(count)d without a recorded time", count
        )
    else:
        sentence = ngettext(
            "%(count)d still without a time", "%(count)d still without a time", count
        )
    return [sentence % {"count": count}]


def hours_of(slots: Iterable[Slot], meeting: Meeting) -> list[str]:
    starts = [slot.starts_at for slot in slots if slot.starts_at]
    ends = [slot.ends_at for slot in slots if slot.ends_at]
    return [dates.span_words(min(starts), max(ends), meeting)] if starts else []


def days(
    listed: Iterable[Session], themes: Iterable[Theme], moment: Moment, found: Container[int]
) -> list[ProgrammeDay]:
    """Return every day of the meeting, even without sessions; last, the sessions without a day.

    Sessions whose keys are not in `found` are included but marked as filtered out: the browser
    shows them without a request when the visitor changes the filter.
    """
    arranged = by_day(listed, themes, moment, found)
    for day in arranged:
        place_on_loom(day)
    if moment.is_on:
        mark_now(arranged)
    fold(arranged, moment)
    return arranged


def by_day(
    listed: Iterable[Session], themes: Iterable[Theme], moment: Moment, found: Container[int]
) -> list[ProgrammeDay]:
    theme_of = {theme.day: theme for theme in themes if theme.day}
    dated = {
        day: ProgrammeDay(date=day, theme=theme_of.get(day), moment=moment)
        for day in moment.meeting.days
    }
    undated = ProgrammeDay(date=None, theme=None, moment=moment)
    for session in listed:
        day = dated.get(session.day, undated) if session.day else undated
        slot_for(day, session).cards.append(card_of(session, moment, found))
    return [*dated.values(), *([undated] if undated.slots else [])]


def card_of(session: Session, moment: Moment, found: Container[int]) -> Card:
    return Card(
        session=session,
        meeting=moment.meeting,
        now=moment.now,
        is_filtered_out=session.pk not in found,
        is_record=moment.is_over,
    )


def slot_for(day: ProgrammeDay, session: Session) -> Slot:
    hours = (session.starts_at, session.ends_at)
    # Sessions come in order: the slot is one of the last.
    for slot in reversed(day.slots):
        if (slot.starts_at, slot.ends_at) == hours:
            return slot
        if slot.starts_at != session.starts_at:
            break
    is_again = bool(day.slots and session.starts_at and day.slots[-1].starts_at == hours[0])
    slot = Slot(starts_at=hours[0], ends_at=hours[1], is_again=is_again)
    day.slots.append(slot)
    return slot


def place_on_loom(day: ProgrammeDay) -> None:
    """Tell slots and cards where they stand on the day's loom, if it has one."""
    if not (found := day.loom):
        return
    for slot in day.timed:
        slot.rows = found.rows_between(*loom.hours_of(slot.cards[0]))
        for card in slot.cards:
            card.spot = found.spots[card.session.pk]


def mark_now(arranged: Iterable[ProgrammeDay]) -> None:
    """Mark the first slot that is on; if none is, the next one."""
    timed = [slot for day in arranged for slot in day.timed]
    ahead = (slot for slot in timed if not slot.is_over and slot.takes_place)
    slot = next((slot for slot in timed if slot.is_on), None) or next(ahead, None)
    if slot:
        slot.is_now = True


def now_words(arranged: Iterable[ProgrammeDay]) -> str:
    """Name the link to what is on, or to what is next; empty if nothing is."""
    slot = next((slot for day in arranged for slot in day.slots if slot.is_now), None)
    if not slot:
        return ""
    return gettext("Now") if slot.is_on else gettext("What comes next")


def fold(arranged: list[ProgrammeDay], moment: Moment) -> None:
    """Fold the days before the present one; on phones every other day of a long programme."""
    present = present_day(arranged)
    is_long = sum(len(day.sessions) for day in arranged) >= FOLDED_FROM
    for day in arranged:
        if day is present or not day.slots:
            continue
        is_before = day.date and present.date and day.date < present.date
        day.is_folded = bool(moment.is_on and is_before)
        day.is_folded_on_phones = is_long


def present_day(arranged: list[ProgrammeDay]) -> ProgrammeDay:
    """Return the day of what is on or next, else today, else the first day with sessions."""
    with_now = (day for day in arranged if any(slot.is_now for slot in day.slots))
    today = (day for day in arranged if day.is_today)
    first = (day for day in arranged if day.slots)
    return next(with_now, None) or next(today, None) or next(first, arranged[0])
