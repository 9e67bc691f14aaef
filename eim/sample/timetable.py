"""Lay out the days, hours and rooms of the sample meeting's sessions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

DAYS = 3
# Ten o'clock first: however few sessions there are, every day has some in the morning.
SLOTS = [
    ("10:00", "11:15"),
    ("11:45", "13:00"),
    ("14:30", "15:45"),
    ("16:00", "17:15"),
    ("09:00", "09:50"),
]
OPENING = ("09:00", "09:50")
CLOSING = ("17:30", "18:15")
BREAKS = [("coffee", "11:15", "11:45"), ("lunch", "13:00", "14:30")]
HANDS_ON_ROOM = 3
HANDS_ON = ["workshop"] * 6 + ["visit"] * 2


@dataclass(frozen=True, kw_only=True)
class Cell:
    kind: str
    day: date | None
    starts: str | None = None
    ends: str | None = None
    room: int | None = None


def timetable(start: date, sessions: int) -> list[Cell]:
    """Return a cell for each session; no two cells overlap in one room."""
    days = [start + timedelta(days=n) for n in range(DAYS)]
    cells = [*framework(days), *hands_on(days)]
    return cells + list(talks(days, sessions - len(cells)))


def framework(days: list[date]) -> Iterator[Cell]:
    """Yield opening and closing, the breaks, and two sessions whose day or hours are open."""
    yield Cell(kind="opening", day=days[0], starts=OPENING[0], ends=OPENING[1], room=0)
    for day, (kind, starts, ends) in product(days, BREAKS):
        yield Cell(kind=kind, day=day, starts=starts, ends=ends)
    yield Cell(kind="closing", day=days[-1], starts=CLOSING[0], ends=CLOSING[1], room=0)
    yield Cell(kind="circle", day=days[1])
    yield Cell(kind="posters", day=None)


def hands_on(days: list[date]) -> Iterator[Cell]:
    places = [(day, slot) for slot, day in product(SLOTS[:4], days)]
    for kind, (day, (starts, ends)) in zip(HANDS_ON, places, strict=False):
        yield Cell(kind=kind, day=day, starts=starts, ends=ends, room=HANDS_ON_ROOM)


def talks(days: list[date], count: int) -> Iterator[Cell]:
    kinds = ["lecture", "experiences", "circle", "round_table", "posters"]
    for number, (slot, day, room) in enumerate(talk_places(days, count)):
        kind = kinds[0] if slot == OPENING else kinds[1:][(number + room) % 4]
        kind = "round_table" if room == 0 and kind == "posters" else kind
        yield Cell(kind=kind, day=day, starts=slot[0], ends=slot[1], room=room)


def talk_places(days: list[date], count: int) -> list[tuple[tuple[str, str], date, int]]:
    """Fill slot by slot over all days, with as many rooms as that takes."""
    slots = [(slot, day) for slot, day in product(SLOTS, days) if (slot, day) != (OPENING, days[0])]
    rooms = max(3, -(-count // len(slots)))
    numbers = [room if room < HANDS_ON_ROOM else room + 1 for room in range(rooms)]
    return [(slot, day, room) for (slot, day), room in product(slots, numbers)][:count]
