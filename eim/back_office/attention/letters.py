from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from eim.back_office.attention.items import Item, ItemLink
from programme.models import Meeting
from registration.models import Letter
from registration.models.letters import LetterState

DAY = timedelta(days=1)


def letters_that_wait(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    """Find letters that wait for a second person, and those that somebody paused and left."""
    for letter in Letter.objects.filter(state=LetterState.ASKED).order_by("asked_at"):
        words = gettext("The letter “%(subject)s” waits for the yes of a second person")
        yield item_about(letter, words, page="deed", arguments=["send"])
    for letter in left_paused():
        words = gettext("The letter “%(subject)s” has been paused for more than a day")
        yield item_about(letter, words, page="page", arguments=[])


def left_paused() -> QuerySet[Letter]:
    """Return paused letters to which nobody has done anything for a day, by the log."""
    recent = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Letter),
        object_id=Cast(OuterRef("pk"), CharField()),
        # The log has the time of the server, also in a rehearsal.
        action_time__gt=timezone.now() - DAY,
    )
    return Letter.objects.filter(~Exists(recent), state=LetterState.PAUSED).order_by("pk")


def item_about(letter: Letter, words: str, *, page: str, arguments: list[str]) -> Item:
    url = reverse(f"admin:registration_letter_{page}", args=[letter.pk, *arguments])
    link = ItemLink(words=gettext("Look at it"), url=url)
    return Item(icon="mail", words=words % {"subject": letter}, links=[link])
