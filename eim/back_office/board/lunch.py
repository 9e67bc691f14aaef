"""Find days, and people of the programme, for whom a plan leaves no time for lunch."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from eim.back_office.board.plans import Plan
from programme.models import Meeting, Person, Session

# Lunch is eaten between these hours, by the clocks of the venue, and takes so long at least.
FROM, UNTIL = time(12), time(15)
LEAST = timedelta(minutes=45)


def days_without_lunch(plan: Plan) -> Iterator[tuple[date, list[Session]]]:
    """Yield days that the plan fills: something is on all the time between the hours of lunch."""
    for day in sorted(plan.days_touched):
        after = at_lunch(plan.planned, day, plan.meeting)
        before = at_lunch(plan.sessions, day, plan.meeting)
        if is_full(after, day, plan.meeting) and not is_full(before, day, plan.meeting):
            yield day, after


def people_without_lunch(
    plan: Plan, parts: dict[int, list[Person]]
) -> Iterator[tuple[date, Person, list[Session]]]:
    """Yield people whose own sessions leave no time for lunch, and one of which the plan moves."""
    for day in sorted(plan.days_touched):
        own: dict[Person, list[Session]] = {}
        for session in at_lunch(plan.planned, day, plan.meeting):
            for person in parts.get(session.pk, []):
                own.setdefault(person, []).append(session)
        for person, sessions in own.items():
            is_moved = any(session.pk in plan.move_of for session in sessions)
            if is_moved and is_full(sessions, day, plan.meeting):
                yield day, person, sessions


def at_lunch(sessions: Iterable[Session], day: date, meeting: Meeting) -> list[Session]:
    """Return the sessions of a day that are on between the hours of lunch; a break is none."""
    begin, end = hours_of_lunch(day, meeting)
    found = [
        (one.starts_at, one.pk, one)
        for one in sessions
        if not one.is_break and one.starts_at and one.ends_at
        if one.starts_at < end and one.ends_at > begin
    ]
    return [session for _start, _key, session in sorted(found)]


def hours_of_lunch(day: date, meeting: Meeting) -> tuple[datetime, datetime]:
    begin, end = (datetime.combine(day, hour, tzinfo=meeting.zone) for hour in (FROM, UNTIL))
    return begin, end


def is_full(sessions: Iterable[Session], day: date, meeting: Meeting) -> bool:
    """Return whether no gap between sessions, sorted by their start, is long enough."""
    free_since, end = hours_of_lunch(day, meeting)
    for session in sessions:
        if session.starts_at and session.starts_at - free_since >= LEAST:
            return False
        free_since = max(free_since, session.ends_at or free_since)
    return end - free_since < LEAST
