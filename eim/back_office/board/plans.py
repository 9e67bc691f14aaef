"""Read the plan: all sessions as they are, and as they would be once it is published."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256

from eim.lib.site_languages import translated_columns
from programme.models import Meeting, Session, StagedMove

# The board does not show what fills most of a session's row.
UNREAD = ("abstract", *translated_columns("abstract"), "search_words")


@dataclass(kw_only=True)
class Plan:
    """The staged moves, and the sessions of the programme with them; cancelled ones are not on it.

    Threads share none of it: a request reads its own.
    """

    meeting: Meeting
    moves: list[StagedMove]
    # As they are now.
    sessions: list[Session]
    move_of: dict[int, StagedMove] = field(init=False)

    def __post_init__(self) -> None:
        self.move_of = {move.session_id: move for move in self.moves if move.session_id}

    @cached_property
    def planned(self) -> list[Session]:
        """Return the sessions as they would be."""
        return [self.placed(session) for session in self.sessions]

    @cached_property
    def moved(self) -> list[Session]:
        """Return those that the plan moves, as they would be."""
        return [session for session in self.planned if session.pk in self.move_of]

    @cached_property
    def days_touched(self) -> set[date]:
        places = [*self.moved, *(one for one in self.sessions if one.pk in self.move_of)]
        return {place.day for place in places if place.day}

    @property
    def outdated(self) -> list[StagedMove]:
        return [move for move in self.moves if move.is_outdated]

    @property
    def seal(self) -> str:
        """Return what differs as soon as a move, or a session under it, is another."""
        return sealed(f"{move.pk}.{move.version}.{revision_under(move)}" for move in self.moves)

    def placed(self, session: Session) -> Session:
        move = self.move_of.get(session.pk)
        return move.placed(session) if move else session


def revision_under(move: StagedMove) -> str:
    return f"{move.session.revision}{move.session.state}" if move.session else "deleted"


def sealed(parts: Iterable[str]) -> str:
    return sha256("|".join(sorted(parts)).encode()).hexdigest()[:32]


def read_plan(meeting: Meeting) -> Plan:
    """Read the plan by two queries."""
    rows = Session.objects.exclude(state=Session.State.CANCELLED).defer(*UNREAD)
    sessions = list(rows.select_related("room", "quota", "theme").in_order())
    return Plan(meeting=meeting, moves=list(StagedMove.objects.with_rows()), sessions=sessions)


def seen_of(session: Session, move: StagedMove | None) -> str:
    """Return what a page says that it has seen of a session: its revision, and its staged move."""
    return f"{session.revision}.{move.pk}.{move.version}" if move else f"{session.revision}"
