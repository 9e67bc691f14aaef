"""Where and when sessions are: what a write of it locks, and what visitors are told of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F

from eim import clock
from programme.models import Change, Meeting, Room, Session
from programme.models.changes import Placing, columns

# Who corrects a slip within ten minutes has changed one thing, or nothing.
SUCCESSION = timedelta(minutes=10)


def bump_version() -> None:
    """Says that something a visitor can see has changed: cached pages are keyed by it."""
    Meeting.objects.update(version=F("version") + 1, changed_at=clock.now())


def lock_rooms() -> None:
    """In one order for all, inside a transaction; after the places' lock if that is needed."""
    list(Room.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def placings(sessions: Iterable[Session]) -> dict[int, Placing]:
    """Taken before a write, to be given to `raise_revisions` after it."""
    return {session.pk: Placing.of(session) for session in sessions}


def raise_revisions(before: dict[int, Placing], written: Iterable[Session] = ()) -> list[int]:
    """Raises `revision` of each session whose time, room or state changed; returns their keys.

    Writes down what visitors are told of it. `written` are sessions that may not have been there
    before: they are told of, but begin without a revision.
    """
    now = clock.now()
    keys = {*before, *(session.pk for session in written)}
    after = placings(Session.objects.filter(pk__in=keys))
    changed = [pk for pk, placing in after.items() if placing != before.get(pk, Placing())]
    write_changes({pk: (before.get(pk, Placing()), after[pk]) for pk in changed}, now)
    revised = [pk for pk in changed if pk in before]
    # Whoever gives it other hours has said when it begins.
    moved = [pk for pk in revised if after[pk].starts_at != before[pk].starts_at]
    Session.objects.filter(pk__in=moved).update(minutes_late=0)
    Session.objects.filter(pk__in=revised).update(revision=F("revision") + 1, revised_at=now)
    return revised


def write_changes(pairs: dict[int, tuple[Placing, Placing]], now: datetime) -> None:
    """One row a session for what is changed in quick succession; none if it is as it was again."""
    seen = {pk: pair for pk, pair in pairs.items() if any(placing.is_visible for placing in pair)}
    recent = Change.objects.filter(session__in=seen, changed_at__gt=now - SUCCESSION)
    # A session that was published a moment ago and is moved now was seen where it was.
    running = {row.session_id: row for row in recent.exclude(was_state=Session.State.DRAFT)}
    rows = []
    for pk, (was, became) in seen.items():
        row = running.get(pk) or Change(session_id=pk, **columns(was, "was_"))
        for name, value in {"changed_at": now, **columns(became)}.items():
            setattr(row, name, value)
        rows.append(row)
    undone = [row.pk for row in rows if row.was == Placing.of(row)]
    Change.objects.filter(pk__in=undone).delete()
    Change.objects.bulk_create([row for row in rows if row.pk is None])
    kept = [row for row in rows if row.pk and row.pk not in undone]
    Change.objects.bulk_update(kept, ["changed_at", *columns(Placing())])
