"""Write to the people of the programme of whose texts or files something was removed."""

import re
from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from eim import clock
from eim.lib.site_languages import SITE_CODES
from programme.models import Meeting, Person, Presentation, Removal, Session
from registration.actions.mailings.letters import freeze, write_mails
from registration.models import Letter
from registration.models.letters import Audience

# What a letter would take for markup or for a placeholder.
SIGNS = re.compile(r"([\\`*_\[\]<>#])")
BRACES = str.maketrans("{}", "()")


def senders_of(row: Model) -> list[Person]:
    """Return the people with an address to whom a text or a file belongs: who take part in it."""
    match row:
        case Person():
            people = Person.objects.filter(pk=row.pk)
        case Session():
            people = Person.objects.filter(parts__session=row)
        case Presentation():
            people = Person.objects.filter(parts__presentation=row)
        case _:
            people = Person.objects.none()
    return list(people.exclude(email="").order_by("pk").distinct())


def write_to_senders(row: Model, removals: Sequence[Removal], by: User) -> Letter | None:
    """Put a letter about removals of one row into the outbox, in the transaction of these.

    Returns None if nobody can be told.
    """
    people = senders_of(row)
    if not (people and removals):
        return None
    now = clock.now()
    letter = Letter(audience=Audience.SPEAKERS, created_by=by, created_at=now)
    for code in SITE_CODES:
        with translation.override(code):
            setattr(letter, f"subject_{code}", subject())
            setattr(letter, f"text_{code}", text_about(row, removals))
    letter.save(force_insert=True)
    freeze(letter, len(people), by, now)
    write_mails(letter, [person.pk for person in people], now)
    return letter


def subject() -> str:
    return gettext("The organisers have removed something of yours from the site")


def text_about(row: Model, removals: Sequence[Removal]) -> str:
    """Return the text of the letter in the present language."""
    context = {
        "meeting": Meeting.objects.get(),
        "title": as_text(str(row)),
        "parts": ", ".join(removal.get_part_display() for removal in removals),
        "reason": removals[0].get_reason_display(),
        "words": as_text(removals[0].words_for_sender),
    }
    return str(render_to_string("mail/removed.txt", context)).strip()


def as_text(words: str) -> str:
    """Return words that a letter shows as they were typed, with round brackets for braces."""
    return SIGNS.sub(r"\\\1", words.translate(BRACES))
