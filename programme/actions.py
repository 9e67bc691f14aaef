"""Writes of the programme that span rows or take a lock."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from eim import clock
from programme.models import Meeting, Room, Session, Stream


def bump_version() -> None:
    """Says that something a visitor can see has changed: cached pages are keyed by it."""
    Meeting.objects.update(version=F("version") + 1, changed_at=clock.now())


def lock_rooms() -> None:
    """In one order for all, inside a transaction; after the places' lock if that is needed."""
    list(Room.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True, kw_only=True)
class Placing:
    """What a revision is about: when and where a session is, and whether it takes place."""

    day: object
    starts_at: object
    ends_at: object
    room_id: int | None
    state: str

    @classmethod
    def of(cls, session: Session) -> "Placing":
        return cls(
            day=session.day,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            room_id=session.room_id,
            state=session.state,
        )


def placings(sessions: Iterable[Session]) -> dict[int, Placing]:
    """Taken before a write, to be given to `raise_revisions` after it."""
    return {session.pk: Placing.of(session) for session in sessions}


def raise_revisions(before: dict[int, Placing]) -> list[int]:
    """Raises `revision` of each session whose time, room or state changed; returns their keys."""
    now_placed = Session.objects.filter(pk__in=before)
    changed = [s.pk for s in now_placed if Placing.of(s) != before[s.pk]]
    # Whoever gives it other hours has said when it begins.
    moved = [s.pk for s in now_placed if s.starts_at != before[s.pk].starts_at]
    Session.objects.filter(pk__in=moved).update(minutes_late=0)
    Session.objects.filter(pk__in=changed).update(
        revision=F("revision") + 1, revised_at=clock.now()
    )
    return changed


class NoSpare(Exception):
    """Why a stream stays as it is, in a sentence."""


@transaction.atomic
def say_late(session: Session, minutes: int) -> None:
    """The hours of the programme stay: 0 says that it is on time again."""
    Session.objects.filter(pk=session.pk).update(minutes_late=minutes)
    bump_version()


@transaction.atomic
def switch_stream(stream: Stream, *, to_spare: bool) -> None:
    """Raises NoSpare where there is nothing to switch to."""
    if to_spare and not stream.has_spare:
        sentence = gettext("%(stream)s has no spare channel: give it one first.")
        raise NoSpare(sentence % {"stream": stream})
    Stream.objects.filter(pk=stream.pk).update(uses_spare=to_spare)
    bump_version()
