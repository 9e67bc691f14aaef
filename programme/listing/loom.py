"""Arrange a day's sessions as a loom: a column for each room, a row from each hour to the next.

Rows are as high as their cards need, so that no title is cut. Sessions that overlap in the same
place get lanes of their own below its head. The style sheet knows 99 rows and columns
(static/css/components/loom.css): a day that needs more remains a list.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from programme.listing.cards import Card, Spot
from programme.models import Room
from programme.wording.following import Fact

MOST_LINES = 99
# The first row has the heads of the rooms, the first column the hours.
FIRST_ROW, FIRST_COLUMN = 2, 2
# From these minutes on a card is higher by one step: `len-1` to `len-9` in the style sheet.
LONGER_FROM = (15, 30, 45, 60, 75, 90, 120, 180, 240)

# Where sessions take place: in a room, outside the venue, or at a place not known yet.
type Place = Room | str
ELSEWHERE, UNKNOWN = "elsewhere", "unknown"


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of a column: its place, and the facts that its sessions of the day share."""

    place: Place
    facts: Sequence[Fact]
    column: int
    lanes: int

    @property
    def room(self) -> Room | None:
        return self.place if isinstance(self.place, Room) else None

    @property
    def is_elsewhere(self) -> bool:
        return self.place == ELSEWHERE

    @property
    def classes(self) -> str:
        return " ".join([digits("col", self.column), digits("lanes", self.lanes)])


@dataclass(frozen=True, kw_only=True)
class Loom:
    """The day's grid: its columns, and the row that begins at each hour."""

    heads: Sequence[Head]
    lanes: int
    rows: Mapping[datetime, int]
    spots: Mapping[int, Spot]

    @property
    def classes(self) -> str:
        return digits("lanes", self.lanes)

    @property
    def is_wide(self) -> bool:
        """Return whether it has more columns than stand side by side on a page."""
        return self.lanes > 4

    def rows_between(self, start: datetime, end: datetime) -> str:
        rows = digits("from", self.rows[start]), digits("to", self.rows[end])
        return " ".join([*rows, length_class(end - start)]).strip()

    @cached_property
    def stretches(self) -> list[tuple[datetime, datetime]]:
        hours = sorted(self.rows)
        return list(zip(hours, hours[1:], strict=False))

    def stretch_at(self, now: datetime) -> tuple[datetime, datetime] | None:
        """Return the hours between which `now` lies, if any."""
        return next((pair for pair in self.stretches if pair[0] <= now < pair[1]), None)


def loom_of(cards: Sequence[Card]) -> Loom | None:
    """Return the loom of a day's cards with hours; None without any, and if it were too large."""
    hours = sorted({moment for card in cards for moment in hours_of(card)})
    across = {card.session.pk for card in cards if is_across(card, cards)}
    heads, spots = columns_of(card for card in cards if card.session.pk not in across)
    lanes = sum(head.lanes for head in heads)
    if not heads or max(len(hours), lanes) + FIRST_ROW > MOST_LINES:
        return None
    spots |= {key: Spot(classes="is-across") for key in across}
    rows = {moment: row for row, moment in enumerate(hours, start=FIRST_ROW)}
    return Loom(heads=heads, lanes=lanes, rows=rows, spots=spots)


def hours_of(card: Card) -> tuple[datetime, datetime]:
    start, end = card.session.starts_at, card.session.ends_at
    assert start
    assert end
    return start, end


def is_across(card: Card, cards: Iterable[Card]) -> bool:
    """Return whether a card is for everybody: a break or without a place, and nothing beside it."""
    session = card.session
    if not (session.is_break or place_of(card) == UNKNOWN):
        return False
    return not any(other is not card and session.overlaps(other.session) for other in cards)


def place_of(card: Card) -> Place:
    return card.session.room or (ELSEWHERE if card.session.venue_name else UNKNOWN)


def in_order(place: Place) -> tuple[int, int, int]:
    if isinstance(place, Room):
        return 0, place.order, place.pk
    return 1, [ELSEWHERE, UNKNOWN].index(place), 0


def columns_of(cards: Iterable[Card]) -> tuple[list[Head], dict[int, Spot]]:
    by_place = defaultdict(list)
    for card in cards:
        by_place[place_of(card)].append(card)
    heads: list[Head] = []
    spots: dict[int, Spot] = {}
    column = FIRST_COLUMN
    for place in sorted(by_place, key=in_order):
        lanes = lanes_of(by_place[place])
        shared = shared_facts([card for lane in lanes for card in lane])
        heads.append(Head(place=place, facts=shared, column=column, lanes=len(lanes)))
        for lane in lanes:
            spot = Spot(classes=digits("col", column), shared=frozenset(shared))
            spots |= {card.session.pk: spot for card in lane}
            column += 1
    return heads, spots


def lanes_of(cards: Iterable[Card]) -> list[list[Card]]:
    """Part cards so that none of a lane overlap."""
    lanes: list[list[Card]] = []
    for card in sorted(cards, key=hours_of):
        free = (lane for lane in lanes if hours_of(lane[-1])[1] <= hours_of(card)[0])
        lane = next(free, None)
        if lane is None:
            lanes.append([card])
        else:
            lane.append(card)
    return lanes


def shared_facts(cards: Iterable[Card]) -> list[Fact]:
    """Return the most frequent fact of each kind about which every session says something."""
    told = [card.facts for card in cards if card.has_facts]
    by_kind: dict[str, Counter[Fact]] = defaultdict(Counter)
    for facts in told:
        for fact in facts:
            by_kind[fact.kind][fact] += 1
    found = [counter for counter in by_kind.values() if counter.total() == len(told)]
    return [counter.most_common(1)[0][0] for counter in found]


def digits(name: str, number: int) -> str:
    """Write a number as classes that the style sheet adds up: col-10 col-3."""
    tens, ones = number // 10 * 10, number % 10
    return " ".join(f"{name}-{part}" for part in (tens, ones) if part)


def length_class(length: timedelta) -> str:
    steps = sum(length >= timedelta(minutes=minutes) for minutes in LONGER_FROM)
    return f"len-{steps}" if steps else ""
