"""Erase what has had its time, line by line of the table of `programme.wording.retention`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

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
from registration.actions.mailings.letters import forget_recipients, stop
from registration.actions.places import locked_places
from registration.models import ErasureLog, Letter, Message
from registration.models.messages import DAY, MessageQuerySet

Cause = ErasureLog.Cause
# For so long mail servers may send an e-mail back.
COMES_BACK_WITHIN = timedelta(days=30)


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

    rows: Callable[[Meeting, datetime], QuerySet[Any]]
    erase: Callable[[Meeting, datetime], object]
    # Of the entry in the log of erasures, which counts people.
    cause: Cause | None = None


def anonymise_people(meeting: Meeting, now: datetime) -> None:
    for keys in batches(with_data()):
        anonymise(keys, now)


def of_past_letters(meeting: Meeting, now: datetime) -> MessageQuerySet:
    """Return the e-mails of letters whose recipients are erased, once it is time for that.

    A later letter, to those who want news, needs its own for as long as some may come back.
    """
    before = now - COMES_BACK_WITHIN
    is_answer = Q(kind=Message.Kind.NEWS_KEPT, created_at__lt=before)
    if until := meeting.personal_kept_until:
        before = max(before, datetime.combine(until + DAY, time.min, meeting.zone))
    ended = Letter.objects.filter(ended_at__isnull=False)
    past = ended.filter(Q(ended_at__lt=before) | ~Q(audience=Letter.Audience.NEWS))
    is_given_up = Q(letter__in=Letter.objects.given_up())
    return Message.objects.filter(Q(letter__in=past) | is_given_up | is_answer)


def forget_letters(meeting: Meeting, now: datetime) -> None:
    """Erase who got which letter, and how many each reached remains."""
    past = of_past_letters(meeting, now)
    past.filter(kind=Message.Kind.NEWS_KEPT).delete()
    keys = set(past.values_list("letter", flat=True))
    for letter in Letter.objects.given_up():
        stop(letter)
    forget_recipients(Message.objects.filter(letter__in=keys))


def forget_addresses_of_speakers(meeting: Meeting, now: datetime) -> None:
    Person.objects.with_address().update(email="", mail_language="")


# In the order of the table. Pages that close by their day are not among them.
ERASINGS = {
    "needs": Erasing(
        lambda meeting, now: with_needs(),
        lambda meeting, now: erase_needs(with_needs(), now),
        Cause.NEEDS,
    ),
    "personal": Erasing(lambda meeting, now: with_data(), anonymise_people, Cause.PERSONAL),
    "asked": Erasing(
        lambda meeting, now: Question.objects.with_personal_data(),
        lambda meeting, now: forget_who_asked(),
    ),
    "letters": Erasing(of_past_letters, forget_letters),
    "speakers": Erasing(
        lambda meeting, now: Person.objects.with_address(),
        forget_addresses_of_speakers,
        Cause.SPEAKERS,
    ),
    "news": Erasing(
        lambda meeting, now: outdated_news(now),
        lambda meeting, now: delete_news_addresses(outdated_news(now)),
        Cause.NEWS,
    ),
}


def terms(meeting: Meeting, now: datetime) -> dict[str, Term]:
    """Return what `purge` would erase now, and the day of each line, by its name in the table."""
    return {name: term(name, meeting, now) for name in [*AFTER_THE_MEETING, "news"]}


def term(name: str, meeting: Meeting, now: datetime) -> Term:
    line, erasing = AFTER_THE_MEETING.get(name), ERASINGS.get(name)
    kept_until = line.kept_until(meeting) if line else None
    is_due = kept_until is not None and meeting.day_of(now) > kept_until
    if erasing is None or not (is_due or line is None):
        return Term(kept_until=kept_until, due=0)
    return Term(kept_until=kept_until, due=erasing.rows(meeting, now).count())


def purge() -> dict[str, Term]:
    """Erase what is due and log how many people it was. Harmless twice."""
    with locked_places() as lock:
        meeting = Meeting.objects.get()
        done = terms(meeting, lock.now)
        for name, erasing in ERASINGS.items():
            if done[name].due:
                erasing.erase(meeting, lock.now)
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
