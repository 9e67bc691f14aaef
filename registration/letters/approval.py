"""Decide whose yes a letter needs: one to many is sent by somebody who has not written it.

Where nobody else may send letters, its author says yes again, after a while and with the number of
recipients typed: a slip of the finger does neither.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from registration.models import Letter
from registration.models.letters import LetterState

SECOND_YES_ABOVE = 500
TIME_TO_THINK = timedelta(minutes=10)
PERMISSION = "registration.send_letter"
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def people_who_may_send() -> QuerySet[User]:
    rows = User.objects.with_perm(PERMISSION, backend=MODEL_BACKEND)
    return rows.filter(is_staff=True).order_by("username")


def authors_of(letter: Letter) -> set[int]:
    """Return the keys of those who wrote or changed the letter, or asked a second person.

    The log of a form is a list in JSON; that of a deed is a sentence.
    """
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Letter),
        object_id=str(letter.pk),
        change_message__startswith="[",
    )
    found = set(entries.values_list("user_id", flat=True))
    return {key for key in (*found, letter.created_by_id, letter.asked_by_id) if key}


@dataclass(frozen=True)
class Yes:
    """A person's yes to a letter with so many recipients, and what it does now."""

    letter: Letter
    count: int
    by: User
    now: datetime

    @cached_property
    def is_author(self) -> bool:
        return self.by.pk in authors_of(self.letter)

    @cached_property
    def others(self) -> list[User]:
        """Return the people who may say the second yes."""
        authors = {*authors_of(self.letter), self.by.pk}
        return [user for user in people_who_may_send() if user.pk not in authors]

    @property
    def is_asked(self) -> bool:
        return self.letter.state == LetterState.ASKED

    @property
    def only_asks(self) -> bool:
        """Return whether the press asks a second person, and sends nothing."""
        return not self.is_asked and self.count > SECOND_YES_ABOVE and self.is_author

    @property
    def is_alone(self) -> bool:
        """Return whether the same person has to say yes twice: there is nobody else."""
        return self.is_author and not self.others

    @property
    def must_type_the_count(self) -> bool:
        return self.is_asked and self.is_alone

    @property
    def ripe_at(self) -> datetime | None:
        """Return from when on the same person may say yes again."""
        return self.letter.asked_at + TIME_TO_THINK if self.letter.asked_at else None

    @property
    def is_too_early(self) -> bool:
        return self.must_type_the_count and bool(self.ripe_at and self.now < self.ripe_at)

    @property
    def is_for_somebody_else(self) -> bool:
        """Return whether the letter waits for another person than this one."""
        return self.is_asked and self.is_author and not self.is_alone

    @property
    def is_possible(self) -> bool:
        return not (self.is_for_somebody_else or self.is_too_early)


def ask_second_person(letter: Letter, *, by: User, now: datetime) -> bool:
    """Let the letter wait for a second yes; return whether it was a draft until then."""
    drafts = Letter.objects.filter(pk=letter.pk, state=LetterState.DRAFT)
    return bool(drafts.update(state=LetterState.ASKED, asked_by=by, asked_at=now))


def back_to_draft(letter: Letter) -> bool:
    """Make a letter that waits for a second yes a draft again; return whether it waited."""
    waiting = Letter.objects.filter(pk=letter.pk, state=LetterState.ASKED)
    return bool(waiting.update(state=LetterState.DRAFT, asked_by=None, asked_at=None))
