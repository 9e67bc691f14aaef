"""Write sessions: lock their rooms, raise their revisions, and record what visitors are told."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from eim import clock
from programme.models import Change, Meeting, Room, Session
from programme.models.changes import Placing, placing_columns

# Corrections within this time become one change, or none if all is as it was before.
SUCCESSION = timedelta(minutes=10)


@dataclass
class SessionsWrite:
    """The result of a block that writes sessions: what visitors see of it, who lost a place."""

    # Whether something else than times, rooms and states has changed that visitors see.
    is_visible: bool = False
    # Whether “What has changed” tells of new times and rooms.
    is_told: bool = True
    # People who had a place, or waited for one, in a session that is cancelled now.
    people_freed: int = 0


@contextmanager
def writing_sessions() -> Iterator[SessionsWrite]:
    """Do all that a write of sessions' times, rooms or states needs, around the block that writes.

    Before the block it locks the rooms, so that what the block reads of them stays true. After the
    block it raises the revisions of the sessions that have changed, writes their changes, and
    raises the site's version. If the block raises, the transaction is rolled back.

    Where people may have places, use `registration.actions.writing_sessions`.
    """
    with transaction.atomic():
        lock_rooms()
        before = placings(Session.objects.only(*placing_columns(Placing())))
        write = SessionsWrite()
        yield write
        if record_changes(before, is_told=write.is_told) or write.is_visible:
            bump_version()


def bump_version() -> None:
    """Raise the site's version: something that a visitor can see has changed.

    Cached pages are keyed by the version.
    """
    Meeting.objects.update(version=F("version") + 1, changed_at=clock.now())


def lock_rooms() -> None:
    """Lock all rooms in the order of their keys; after the places' lock, if that is needed too."""
    list(Room.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def placings(sessions: Iterable[Session]) -> dict[int, Placing]:
    """Return when and where each session is, by its key."""
    return {session.pk: Placing.of(session) for session in sessions}


def record_changes(before: dict[int, Placing], *, is_told: bool = True) -> list[int]:
    """Raise the revisions of sessions that are not as `before`, and write their changes.

    Returns the keys of all that changed. Sessions that are not in `before` are new: they get a
    change and begin without a revision.
    """
    now = clock.now()
    after = placings(Session.objects.only(*placing_columns(Placing())))
    changed = [pk for pk, placing in after.items() if placing != before.get(pk, Placing())]
    if is_told:
        write_changes({pk: (before.get(pk, Placing()), after[pk]) for pk in changed}, now)
    revised = [pk for pk in changed if pk in before]
    # A new start time clears the delay.
    moved = [pk for pk in revised if after[pk].starts_at != before[pk].starts_at]
    Session.objects.filter(pk__in=moved).update(minutes_late=0)
    Session.objects.filter(pk__in=revised).update(revision=F("revision") + 1, revised_at=now)
    return changed


def write_changes(pairs: dict[int, tuple[Placing, Placing]], now: datetime) -> None:
    """Write one row a session; changes in quick succession share a row or undo each other."""
    seen = {pk: pair for pk, pair in pairs.items() if any(placing.is_visible for placing in pair)}
    recent = Change.objects.filter(session__in=seen, changed_at__gt=now - SUCCESSION)
    # A session that was published a moment ago and is moved now was seen where it was.
    running = {row.session_id: row for row in recent.exclude(was_state=Session.State.DRAFT)}
    rows = []
    for pk, (was, became) in seen.items():
        row = running.get(pk) or Change(session_id=pk, **placing_columns(was, "was_"))
        for name, value in {"changed_at": now, **placing_columns(became)}.items():
            setattr(row, name, value)
        rows.append(row)
    undone = [row.pk for row in rows if row.was == Placing.of(row)]
    Change.objects.filter(pk__in=undone).delete()
    Change.objects.bulk_create([row for row in rows if row.pk is None])
    kept = [row for row in rows if row.pk and row.pk not in undone]
    Change.objects.bulk_update(kept, ["changed_at", *placing_columns(Placing())])
