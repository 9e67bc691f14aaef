"""Stage, keep and undo moves; nobody's move is replaced by a page that has not seen it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext

from eim import clock
from eim.back_office.board.plans import Plan, read_plan, seen_of
from eim.back_office.board.words import place_of, target_of
from eim.back_office.colleagues.names import name_of
from programme.actions.sessions import lock_rooms
from programme.models import Meeting, Session, StagedMove
from programme.models.changes import Placing
from registration.actions import Refusal


class Meanwhile(Refusal):
    """Somebody else has moved the session, or staged a move of it, since the page was opened."""


@contextmanager
def changing_plan() -> Iterator[None]:
    """Let nobody else stage or publish: sessions are moved under the same lock of the rooms."""
    with transaction.atomic():
        lock_rooms()
        yield


def stage(move: StagedMove, *, seen: str, by: User) -> StagedMove | None:
    """Stage a move in place of an earlier one; one to where the session is removes that one.

    `seen` is what the page showed (`seen_of`). Raises Meanwhile, or ValidationError.
    """
    with changing_plan():
        session = locked_session(move.session_id or 0)
        earlier = StagedMove.objects.with_rows().filter(session=session).first()
        refuse_unseen(session, earlier, seen)
        move.session = session
        move.clean()
        if Placing.of(move.placed(session)) == Placing.of(session):
            StagedMove.objects.filter(session=session).delete()
            return None
        return save(move, earlier, session, by)


def locked_session(key: int) -> Session:
    """Return the session, which nobody else changes until this ends; refuse a cancelled one."""
    rows = Session.objects.select_for_update(no_key=True)
    session = rows.filter(pk=key).first()
    if session is None:
        raise Refusal(gettext("This session has been deleted."))
    if session.is_cancelled:
        raise Refusal(gettext("“%(title)s” has been cancelled.") % {"title": session})
    return session


def refuse_unseen(session: Session, earlier: StagedMove | None, seen: str) -> None:
    if seen == seen_of(session, earlier):
        return
    meeting = Meeting.objects.get()
    if earlier is None:
        words = gettext(
            "“%(title)s” was changed while this page was open, and is now: %(place)s. If you want"
            " your move all the same, send it again."
        )
        raise Meanwhile(words % {"title": session, "place": place_of(session, meeting)})
    words = gettext(
        "%(who)s has staged a move of “%(title)s” while this page was open: %(place)s. If you want "
        "yours all the same, send it again."
    )
    who = name_of(earlier.staged_by) or "–"
    raise Meanwhile(words % {"who": who, "title": session, "place": target_of(earlier, meeting)})


def save(move: StagedMove, earlier: StagedMove | None, session: Session, by: User) -> StagedMove:
    if earlier:
        move.pk, move.version = earlier.pk, earlier.version + 1
        move._state.adding = False
    move.session_code, move.session_title = session.code, str(session)
    move.over_revision = session.revision
    move.staged_at, move.staged_by = clock.now(), by
    move.save()
    return move


def keep(key: int, *, seen: str, by: User) -> StagedMove | None:
    """Stage a move again as it is, over what its session has become."""
    found = StagedMove.objects.filter(pk=key).first()
    if found is None:
        raise Refusal(gettext("This move is no longer in the plan."))
    columns = ("session_id", "day", "starts_at", "ends_at", "room_id")
    same = StagedMove(**{name: getattr(found, name) for name in columns})
    return stage(same, seen=seen, by=by)


def undo(key: int, *, version: int) -> None:
    """Take one move out of the plan, if it is still the one that the page showed."""
    with changing_plan():
        if not StagedMove.objects.filter(pk=key, version=version).delete()[0]:
            raise Refusal(gettext("This move was changed or undone meanwhile: look at it again."))


def undo_all(*, seal: str) -> int:
    """Take all moves out of the plan, if it is still the one that the page showed."""
    with changing_plan():
        plan = read_plan(Meeting.objects.get())
        refuse_other_plan(plan, seal)
        return StagedMove.objects.filter(pk__in=[move.pk for move in plan.moves]).delete()[0]


def refuse_other_plan(plan: Plan, seal: str) -> None:
    if plan.seal != seal:
        raise Meanwhile(
            gettext(
                "The plan, or a session that it moves, was changed while this page was open: look"
                " at it again. Nothing was done."
            )
        )
