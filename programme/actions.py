"""Writes of the programme that span rows or take a lock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from eim import clock
from programme.models import Meeting, Question, Room, Session, Stream

# A network's questions are counted over so long; the same words within it are one question.
QUESTIONS_PERIOD = timedelta(minutes=10)


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


class TooManyQuestions(Exception):
    """One network has asked enough for now; `str()` of it is a sentence for its form."""

    def __str__(self) -> str:
        return gettext(
            "Many questions came from your network in the last ten minutes. What you wrote is "
            "kept here: please send it again in a few minutes."
        )


@transaction.atomic
def ask(session: Session, *, text: str, name: str, language: str, network: str) -> Question:
    """What was asked in the same words from the same network a moment ago is returned."""
    # A double click: the second waits here, and then finds the first.
    Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    now = clock.now()
    recent = Question.objects.from_network(network, since=now - QUESTIONS_PERIOD)
    asked_already = recent.filter(session=session, text=text).first()
    if asked_already:
        return asked_already
    if recent.count() >= settings.QUESTIONS_PER_NETWORK:
        raise TooManyQuestions
    return Question.objects.create(
        session=session, text=text, name=name, language=language, network=network, asked_at=now
    )


def renew_moderators_link(session: Session) -> None:
    """The one that was given out opens nothing any more."""
    sessions = Session.objects.filter(pk=session.pk)
    sessions.update(moderators_link_version=F("moderators_link_version") + 1)
    session.refresh_from_db(fields=["moderators_link_version"])


def forget_who_asked() -> int:
    """Erases the names and the hashes of networks; the questions themselves stay."""
    return Question.objects.with_personal_data().update(name="", network="")
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
