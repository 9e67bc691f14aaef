"""Publish the plan: all of its moves in one transaction, the way all writes of sessions go."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db.models import Model
from django.utils.translation import gettext, ngettext

from eim.back_office.board.conflicts import conflicts_of, seal_of
from eim.back_office.board.plans import Plan, read_plan
from eim.back_office.board.staging import Meanwhile, refuse_other_plan
from programme.models import Meeting, Session, StagedMove
from programme.models.changes import Placing
from registration.actions import Refusal, locked_places, write_about_moves, writing_sessions

COLUMNS = ("day", "starts_at", "ends_at", "room")
# The names of these columns in the log, as forms write them there.
NAMES = {"day": "day", "starts_at": "starts", "ends_at": "ends", "room_id": "room"}


@dataclass(frozen=True, kw_only=True)
class Published:
    """The counts of what a plan did: sessions that it moved, people who get a mail."""

    sessions: int
    mails: int


def publish(*, seal: str, known: str, writes: bool, by: User) -> Published:
    """Publish the plan that a page showed (`seal`), with the conflicts that it named (`known`).

    `writes` says whether people with a seat in a moved session get a mail: one for all of them.
    Raises Refusal, with nothing changed.
    """
    with locked_places():
        with writing_sessions(by=by):
            plan = read_plan(Meeting.objects.get())
            refuse_unfit(plan, seal, known)
            Session.objects.bulk_update(plan.moved, COLUMNS)
            log(plan, by)
            empty(plan)
        mails = write_about_moves([one.pk for one in seen_moved(plan)], by=by) if writes else 0
    return Published(sessions=len(plan.moved), mails=mails)


def seen_moved(plan: Plan) -> list[Session]:
    """Return the moved sessions that people may have a seat in: drafts are nobody's news."""
    return [session for session in plan.moved if session.state == Session.State.PUBLISHED]


def refuse_unfit(plan: Plan, seal: str, known: str) -> None:
    refuse_other_plan(plan, seal)
    if not plan.moves:
        raise Refusal(gettext("Nothing is staged."))
    if plan.outdated:
        raise Refusal(gettext("A session was changed under the plan: look at it first."))
    conflicts = conflicts_of(plan)
    if refused := [one.words for one in conflicts if one.is_refused]:
        raise Refusal(" ".join(refused))
    if seal_of(conflicts) != known:
        raise Meanwhile(
            gettext(
                "What follows from the plan has changed while this page was open: look at it again."
                " Nothing was published."
            )
        )


def empty(plan: Plan) -> None:
    """Delete the published moves; refuse if one of them was staged anew at this moment."""
    deleted = 0
    for version in {move.version for move in plan.moves}:
        keys = [move.pk for move in plan.moves if move.version == version]
        deleted += StagedMove.objects.filter(pk__in=keys, version=version).delete()[0]
    if deleted != len(plan.moves):
        raise Meanwhile(gettext("Somebody staged a move at this moment: look at the plan again."))


def log(plan: Plan, by: User) -> None:
    """Write who moved which session, and that it was done by a plan."""
    before = {session.pk: session for session in plan.sessions}
    by_fields: dict[tuple[str, ...], list[Session]] = {}
    for session in plan.moved:
        was, now = vars(Placing.of(before[session.pk])), vars(Placing.of(session))
        fields = tuple(words for name, words in NAMES.items() if was[name] != now[name])
        by_fields.setdefault(fields, []).append(session)
    for fields, sessions in by_fields.items():
        write_log(by, sessions, [{"changed": {"fields": list(fields)}}])
    words = ngettext(
        "Published the plan of the board: %(count)s session moved.",
        "Published the plan of the board: %(count)s sessions moved.",
        len(plan.moved),
    )
    write_log(by, [plan.meeting], words % {"count": len(plan.moved)})


def write_log(by: User, rows: Iterable[Model], message: str | list[Any]) -> None:
    LogEntry.objects.log_actions(by.pk, rows, CHANGE, message)
