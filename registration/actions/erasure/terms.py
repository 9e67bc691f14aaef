"""Erase what has had its time, line by line of the table of `programme.wording.retention`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from eim import clock
from programme.actions import forget_who_asked
from programme.models import Meeting, Person, Question
from programme.wording.retention import AFTER_THE_MEETING
from registration.actions.consents.news import delete_news_addresses, outdated_news
from registration.actions.erasure.erasing import (
    anonymise,
    batches,
    empty_journal,
    erase_needs,
    with_data,
    with_needs,
    write_erasure,
)
from registration.actions.mailings.letters import forget_recipients
from registration.actions.places import locked_places
from registration.models import ErasureLog, Message
from registration.models.messages import MessageQuerySet

Cause = ErasureLog.Cause


@dataclass(frozen=True, kw_only=True)
class Term:
    """The last day on which some data are kept, and how many rows are due for erasure now.

    A postponed meeting has no such day until its new ones are known, and no single day is that of
    all addresses for news. Rows are people, questions, e-mails or addresses.
    """

    kept_until: date | None
    due: int


@dataclass(frozen=True)
class Erasing:
    """What is erased when a line of the table is due."""

    rows: Callable[[datetime], QuerySet[Any]]
    erase: Callable[[datetime], object]
    # Of the entry in the log of erasures, which counts people.
    cause: Cause | None = None


def anonymise_people(now: datetime) -> None:
    for keys in batches(with_data()):
        anonymise(keys, now)


def emails_of_letters(now: datetime) -> MessageQuerySet:
    """Filter e-mails of letters; of those to addresses for news, only what is old in itself.

    Addresses for news are written to when the meeting is long over.
    """
    limit = now - timedelta(days=settings.PERSONAL_KEPT_DAYS)
    is_old = Q(news_address=None) | Q(created_at__lt=limit)
    return Message.objects.filter(is_old, kind=Message.Kind.LETTER)


def speakers_with_address() -> QuerySet[Person]:
    return Person.objects.exclude(email="", mail_language="")


# In the order of the table. Pages that close by their day are not among them.
ERASINGS = {
    "needs": Erasing(
        lambda now: with_needs(), lambda now: erase_needs(with_needs(), now), Cause.NEEDS
    ),
    "personal": Erasing(lambda now: with_data(), anonymise_people, Cause.PERSONAL),
    "asked": Erasing(
        lambda now: Question.objects.with_personal_data(), lambda now: forget_who_asked()
    ),
    "letters": Erasing(emails_of_letters, lambda now: forget_recipients(emails_of_letters(now))),
    "speakers": Erasing(
        lambda now: speakers_with_address(),
        lambda now: speakers_with_address().update(email="", mail_language=""),
        Cause.SPEAKERS,
    ),
    "news": Erasing(
        outdated_news, lambda now: delete_news_addresses(outdated_news(now)), Cause.NEWS
    ),
}


def terms(meeting: Meeting, now: datetime) -> dict[str, Term]:
    """Return what `purge` would erase now, and the day of each line, by its name in the table."""
    return {name: term(name, meeting, now) for name in [*AFTER_THE_MEETING, "news"]}


def term(name: str, meeting: Meeting, now: datetime) -> Term:
    line, erasing = AFTER_THE_MEETING.get(name), ERASINGS.get(name)
    kept_until = line.kept_until(meeting) if line else None
    is_due = kept_until is not None and meeting.day_of(now) > kept_until
    may_erase = is_due or line is None
    return Term(
        kept_until=kept_until, due=erasing.rows(now).count() if erasing and may_erase else 0
    )


def purge() -> dict[str, Term]:
    """Erase what is due and log how many people it was. Harmless twice."""
    with locked_places() as lock:
        done = terms(Meeting.objects.get(), lock.now)
        for name, erasing in ERASINGS.items():
            if done[name].due:
                erasing.erase(lock.now)
            if done[name].due and erasing.cause:
                write_erasure(erasing.cause, done[name].due, lock.now)
        transaction.on_commit(empty_journal)
    return done


def purge_when_due() -> None:
    """Purge if anything is due; takes the lock only then."""
    meeting = Meeting.objects.first()
    due = terms(meeting, clock.now()) if meeting else {}
    if any(term.due for term in due.values()):
        purge()
