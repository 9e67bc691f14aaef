"""Lay out a day of the plan as a table: rooms side by side, a row for each quarter of an hour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import pgettext

from eim.back_office.board.plans import Plan, seen_of
from eim.back_office.board.words import hours_of, place_of
from programme.clocks.wall_clock import shown_at
from programme.models import Room, Session, StagedMove
from programme.wording.dates import hour_in

# The hours that a day has at least, so that there is room to move to.
OPENS, CLOSES = time(9), time(18)
# Minutes of a row: the first of these that fits the hours of all sessions of the day.
STEPS = (15, 10, 5)
DEFAULT_MINUTES = 60


@dataclass(frozen=True, kw_only=True)
class Card:
    """A session on the board: where the plan has it, and where it is now."""

    session: Session
    hours: str
    minutes: int
    seen: str
    move: StagedMove | None
    # Where it is now, of a session that the plan moves.
    was: str
    has_conflict: bool


@dataclass(frozen=True, kw_only=True)
class Column:
    """A room, the sessions without one, or those outside the venue."""

    code: str
    name: str
    room: Room | None = None
    is_target: bool = True


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The rows of one column that belong together: those of sessions, or an empty one."""

    column: Column
    span: int
    cards: list[Card]


@dataclass(frozen=True, kw_only=True)
class Row:
    # After midnight, the next one.
    day: date
    at: str
    label: str
    is_hour: bool
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class Grid:
    columns: list[Column]
    rows: list[Row]
    step: int


def card_of(session: Session, plan: Plan, conflicting: set[int]) -> Card:
    move = plan.move_of.get(session.pk)
    now = move.session if move and move.session else session
    return Card(
        session=session,
        hours=hours_of(session, plan.meeting),
        minutes=minutes_of(session, now),
        seen=seen_of(now, move),
        move=move,
        was=place_of(now, plan.meeting) if move else "",
        has_conflict=session.pk in conflicting or bool(move and move.is_outdated),
    )


def minutes_of(planned: Session, now: Session) -> int:
    """Return how long it is to last, else how long it lasts now, else what most sessions last."""
    for session in (planned, now):
        if session.starts_at and session.ends_at:
            return round((session.ends_at - session.starts_at) / timedelta(minutes=1))
    return DEFAULT_MINUTES


def unplaced_of(plan: Plan, day: date) -> list[Session]:
    """Return what the day's table cannot show: without hours, or on no day of the meeting."""
    days = plan.meeting.days
    return [
        one
        for one in plan.planned
        if (not one.starts_at and one.day in (None, day)) or (one.day and one.day not in days)
    ]


def grid_of(
    plan: Plan, day: date, rooms: Iterable[Room], conflicting: set[int], *, only: str = ""
) -> Grid:
    """Lay the day out; `only` is the code of one column to show."""
    timed = [one for one in plan.planned if one.day == day and one.starts_at and one.ends_at]
    columns = columns_of(rooms, timed)
    step = step_of(timed, plan)
    slots = slots_of(timed, plan, day, step)
    shown = [column for column in columns if only in ("", column.code)] or columns
    cells: list[dict[int, Cell]] = []
    for column in shown:
        own = [one for one in timed if code_of(one) == column.code]
        cells.append(cells_of(column, own, slots, plan, conflicting))
    zone = plan.meeting.zone
    rows = [
        Row(
            day=shown_at(at, zone).date(),
            at=f"{shown_at(at, zone):%H:%M}",
            label=hour_in(at, zone),
            is_hour=shown_at(at, zone).minute == 0,
            cells=[found[n] for found in cells if n in found],
        )
        for n, at in enumerate(slots[:-1])
    ]
    return Grid(columns=shown, rows=rows, step=step)


def code_of(session: Session) -> str:
    if session.room_id:
        return f"room-{session.room_id}"
    return "elsewhere" if session.venue_name else "none"


def columns_of(rooms: Iterable[Room], sessions: list[Session]) -> list[Column]:
    """Return the rooms, and the other columns if the day or the venue needs them."""
    columns = [Column(code=f"room-{room.pk}", name=str(room), room=room) for room in rooms]
    codes = {code_of(session) for session in sessions}
    if "none" in codes or not columns:
        columns.append(Column(code="none", name=pgettext("board", "No room yet")))
    if "elsewhere" in codes:
        name = pgettext("board", "Outside the venue")
        columns.append(Column(code="elsewhere", name=name, is_target=False))
    return columns


def step_of(sessions: Iterable[Session], plan: Plan) -> int:
    ends = [moment for one in sessions for moment in (one.starts_at, one.ends_at) if moment]
    minutes = {shown_at(moment, plan.meeting.zone).minute for moment in ends}
    fitting = (step for step in STEPS if all(minute % step == 0 for minute in minutes))
    return next(fitting, STEPS[-1])


def slots_of(sessions: list[Session], plan: Plan, day: date, step: int) -> list[datetime]:
    """Return the moments at which rows begin, and that at which the last one ends."""
    zone = plan.meeting.zone
    opens, closes = (datetime.combine(day, hour, tzinfo=zone) for hour in (OPENS, CLOSES))
    first = min([opens, *(one.starts_at for one in sessions if one.starts_at)])
    last = max([closes, *(one.ends_at for one in sessions if one.ends_at)])
    first = first.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    length = timedelta(minutes=step)
    count = -((first.astimezone(UTC) - last) // length)
    # In UTC, where each row is as long as the others also when clocks are changed.
    begin = first.astimezone(UTC)
    return [begin + n * length for n in range(count + 1)]


def cells_of(
    column: Column, sessions: list[Session], slots: list[datetime], plan: Plan, bad: set[int]
) -> dict[int, Cell]:
    """Return the cells of a column by the row in which they begin; what overlaps shares one."""
    cells: dict[int, Cell] = {}
    row = 0
    for first, last, together in groups(sessions, slots):
        for empty in range(row, first):
            cells[empty] = Cell(column=column, span=1, cards=[])
        cards = [card_of(session, plan, bad) for session in together]
        cells[first] = Cell(column=column, span=last - first, cards=cards)
        row = last
    for empty in range(row, len(slots) - 1):
        cells[empty] = Cell(column=column, span=1, cards=[])
    return cells


def groups(sessions: list[Session], slots: list[datetime]) -> list[tuple[int, int, list[Session]]]:
    """Return which rows sessions fill, those together that have a row in common."""
    step = slots[1] - slots[0]
    found: list[tuple[int, int, list[Session]]] = []
    for session in sorted(sessions, key=lambda one: (one.starts_at, one.pk)):
        if not (session.starts_at and session.ends_at):
            continue
        first = (session.starts_at - slots[0]) // step
        last = max(first + 1, -((slots[0] - session.ends_at) // step))
        if found and first < found[-1][1]:
            begin, end, others = found[-1]
            found[-1] = (begin, max(end, last), [*others, session])
        else:
            found.append((first, last, [session]))
    return found
