from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
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
    states = [LetterState.ASKED, LetterState.PAUSED]
    for letter in Letter.objects.filter(state__in=states).order_by("pk"):
        if letter.state == LetterState.ASKED:
            words = gettext("The letter “%(subject)s” waits for the yes of a second person")
            yield item_about(letter, words, "deed", "send")
        elif is_left(letter):
            words = gettext("The letter “%(subject)s” has been paused for more than a day")
            yield item_about(letter, words, "page")


def is_left(letter: Letter) -> bool:
    """Return whether nobody has done anything with the letter for a day, by the log."""
    kind = ContentType.objects.get_for_model(Letter)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(letter.pk))
    # The log has the time of the server, also in a rehearsal.
    return not entries.filter(action_time__gt=timezone.now() - DAY).exists()


def item_about(letter: Letter, words: str, page: str, *arguments: str) -> Item:
    url = reverse(f"admin:registration_letter_{page}", args=[letter.pk, *arguments])
    link = ItemLink(words=gettext("Look at it"), url=url)
    return Item(icon="mail", words=words % {"subject": letter}, links=[link])
