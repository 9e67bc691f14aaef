"""Hand the site on to the next meeting: all of the last one goes, and the next one comes."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.models import F

from eim import clock
from eim.backups.refusals import NOTHING_CHANGED, Refused
from eim.backups.restoring import wait_as_long_as_it_takes
from eim.editions.archive import MEETING_NUMBER, folder_of
from eim.editions.bags import NotABag, bag_info, check
from eim.editions.deleting import delete_uploads
from eim.editions.loading import load
from eim.editions.outliving import (
    Model,
    emptied_models,
    empty_tables,
    keep_counts_of_consents,
    keep_edition,
    kept_counts,
    lock_tables,
    uploads_of,
)
from programme.actions import bump_version
from programme.loading import Contents
from programme.models import Meeting, Question
from programme.models.phases import allows_no_changes
from registration.actions import empty_journal
from registration.actions.erasure import with_data, with_needs, write_erasure
from registration.models import ErasureLog, Message, Registration

MEETING_VERSION = "EIM-Meeting-Version"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Turned:
    """Counts of the rows that went, stayed and came, by their kind; and uploads left behind."""

    emptied: Counter[Model]
    kept: Counter[Model]
    loaded: Counter[str]
    undeleted: tuple[str, ...] = ()


def turn_over(
    contents: Contents, *, erases_names: bool = False, is_rehearsed: bool = False
) -> Turned:
    """Replace the meeting by that of a file, in one transaction; rehearsed, roll it back.

    Raises `Refused` or `FileRefused`, with nothing changed.
    """
    version = ready_version(contents, erases_names=erases_names)
    with one_transaction():
        lock_tables()
        if ready_meeting(contents, erases_names=erases_names).version != version:
            raise Refused(f"The site has changed in this minute: freeze it anew. {NOTHING_CHANGED}")
        uploads = uploads_of(emptied_models())
        turned = replace_meeting(contents)
        gone = uploads - uploads_of(apps.get_models())
        if is_rehearsed:
            transaction.set_rollback(True)
            return turned
    # Committed: no fault from here on is one of the handing on.
    undeleted = delete_uploads(gone)
    try:
        empty_journal()
    except DatabaseError as fault:  # the worker does it once an hour
        logger.warning("The journal of the database is not emptied: %s", fault)
    return replace(turned, undeleted=undeleted)


@contextmanager
def one_transaction() -> Iterator[None]:
    try:
        with transaction.atomic(durable=True):
            wait_as_long_as_it_takes()
            yield
    except DatabaseError as error:
        reason = str(error).rstrip(".\n")
        raise Refused(f"The database refuses it: {reason}. {NOTHING_CHANGED}") from error


def replace_meeting(contents: Contents) -> Turned:
    meeting = Meeting.objects.get()
    # Before rows that come are among them.
    kept = kept_counts()
    keep_edition(meeting)
    keep_counts_of_consents(meeting.number)
    if names := Registration.objects.named().count():
        write_erasure(ErasureLog.Cause.PERSONAL, names, clock.now())
    emptied = empty_tables()
    loaded = load(contents)
    # Pages that browsers and processes keep are known by it.
    Meeting.objects.update(version=F("version") + meeting.version)
    bump_version()
    return Turned(emptied=emptied, kept=kept, loaded=loaded)


# Refusals


def ready_version(contents: Contents, *, erases_names: bool) -> int:
    """Return the version of the site, whose frozen edition is whole, or raise `Refused`."""
    meeting = ready_meeting(contents, erases_names=erases_names)
    folder = folder_of(meeting.number)
    try:
        info = bag_info(folder)
        check(folder)
    except NotABag as damage:
        how = f"Freeze it first: manage.py freeze {folder}. {NOTHING_CHANGED}"
        raise Refused(f"The meeting is not frozen: {damage} {how}") from damage
    if fault := fault_of_copy(info, meeting):
        how = f"Move {folder} away and freeze the meeting anew: manage.py freeze {folder}."
        raise Refused(f"{fault} {how} {NOTHING_CHANGED}")
    return meeting.version


def fault_of_copy(info: Mapping[str, str], meeting: Meeting) -> str:
    """Say why a copy is not what stays of the meeting; empty if it is."""
    number, version = info.get(MEETING_NUMBER), info.get(MEETING_VERSION)
    day, base = info.get("Bagging-Date", ""), info.get("EIM-Base")
    if number != str(meeting.number):
        return f"The copy is of the meeting {number}, not of {meeting.number}."
    if version != str(meeting.version):
        return f"The site has changed since it was frozen: {version}, now {meeting.version}."
    if day <= (last_day := last_day_of(meeting).isoformat()):
        return f"It was frozen on {day}, before the meeting was over: {last_day} was the last day."
    if base != f"/{meeting.number}/":
        return f"The copy is made to lie at {base}, not at /{meeting.number}/: leave out --base."
    return ""


def last_day_of(meeting: Meeting) -> date:
    """Return the last day of a meeting, or that on which it was cancelled."""
    if meeting.is_cancelled and meeting.standing_since:
        return meeting.day_of(meeting.standing_since)
    return meeting.last_day


def ready_meeting(contents: Contents, *, erases_names: bool) -> Meeting:
    """Return the meeting, which is over and has no personal data left, or raise `Refused`."""
    meeting = Meeting.objects.first()
    if meeting is None:
        raise Refused(f"There is no meeting yet: load one with load_meeting. {NOTHING_CHANGED}")
    entry = contents.root.get("meeting")
    if entry and entry.get("number") == meeting.number:
        raise Refused(
            f"The file is of the meeting {meeting.number} too: load_meeting changes it. "
            f"{NOTHING_CHANGED}"
        )
    if not allows_no_changes(meeting, clock.now()):
        raise Refused(f"The meeting is not over yet. {NOTHING_CHANGED}")
    refuse_personal_data(meeting)
    refuse_unsent_news()
    if not erases_names:
        refuse_names_kept()
    return meeting


def refuse_personal_data(meeting: Meeting) -> None:
    """Refuse while something that tells whose it was waits for its day to be erased."""
    asked = Question.objects.with_personal_data().count()
    people = with_data().count() + with_needs().count() + asked
    if not people:
        return
    until = meeting.personal_kept_until or "new dates are known"
    raise Refused(
        f"Personal data of {people} people are stored: they are kept until {until}, then "
        f"purge_personal_data erases them. {NOTHING_CHANGED}"
    )


def refuse_unsent_news() -> None:
    """Refuse while a letter to those who want news is not sent: nothing would tell who had it."""
    if unsent := Message.objects.unsent().filter(news_address__isnull=False).count():
        raise Refused(
            f"{unsent} e-mails to people who want news are not sent yet: wait for them, or stop "
            f"their letters. {NOTHING_CHANGED}"
        )


def refuse_names_kept() -> None:
    if names := Registration.objects.named().count():
        raise Refused(
            f"{names} people have asked that their names be kept, so that you can confirm that "
            "they were registered. Export the attendees in the back office and keep that list "
            f"safe; then --erase-names lets the names here go. {NOTHING_CHANGED}"
        )
