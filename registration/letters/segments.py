"""Choose who gets a letter: those of its audience who fulfil each condition of its segment.

A condition only ever narrows. A segment that holds anything else than the conditions of its
audience, with values that they know, is of nobody: no letter reaches more people than were counted.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from eim.lib.normalising import email_key
from eim.lib.site_languages import SITE_CODES
from programme.models import Meeting, Person
from registration.letters import wording
from registration.models import Letter, NewsAddress, Place, Quota, Registration, Suppression
from registration.models.letters import Audience
from registration.models.mailboxes import mailbox_hashes
from registration.models.registrations import Category

type Segment = Mapping[str, Any]
type Recipients = QuerySet[Any]

CONFIRMED = Registration.State.CONFIRMED.value
CANCELLED = Registration.State.CANCELLED.value
# How a value of the condition about places begins; the key of the quota follows.
HAS, WAITS = "has", "waits"


class NotUnderstood(Exception):
    """A segment holds a condition, or a value, that its audience does not have."""


# Audiences


@dataclass(frozen=True, kw_only=True)
class Readers:
    """The people of an audience to whom the site may write, and the columns that letters need."""

    reachable: Callable[[], Recipients]
    address: str
    name: str
    language: str
    # Who may see the list of them.
    permission: str
    # Whether one who wants no reminders wants no letters either: news are asked for apart.
    are_stopped_with_reminders: bool
    # The order in which a list shows them.
    order: tuple[str, ...]


def proven_registrations() -> Recipients:
    """Return people who have proven, at some time, that they read the mailbox."""
    rows = Registration.objects.ever_confirmed().with_proven_address().not_erased()
    return rows.exclude(email="")


def people_of_the_programme() -> Recipients:
    """Return people with a part that visitors see; the organisers wrote their addresses."""
    seen = Person.objects.in_programme().order_by().values("pk")
    return Person.objects.filter(pk__in=seen).exclude(email="")


READERS = {
    Audience.ATTENDEES: Readers(
        reachable=proven_registrations,
        address="email",
        name="full_name",
        language="mail_language",
        permission="registration.view_registration",
        are_stopped_with_reminders=True,
        order=("name_key", "pk"),
    ),
    Audience.SPEAKERS: Readers(
        reachable=people_of_the_programme,
        address="email",
        name="name",
        language="mail_language",
        permission="programme.view_person",
        are_stopped_with_reminders=True,
        order=("name_key", "pk"),
    ),
    Audience.NEWS: Readers(
        reachable=NewsAddress.objects.all,
        address="address",
        name="",
        language="language",
        permission="registration.view_newsaddress",
        are_stopped_with_reminders=False,
        order=("email_key",),
    ),
}

# Conditions


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One way to narrow an audience.

    Its name is the key in `Letter.segment` and the field of the form.
    """

    name: str
    label: Promise
    # Matches one whole value.
    pattern: str
    # Which rows a value, or list of values, matches in each audience that has the condition.
    matches: Mapping[Audience, Callable[[Any], Q]]
    words: Callable[[Any, int], str]
    is_list: bool = False

    def knows(self, value: object) -> bool:
        values = value if self.is_list else [value]
        if not isinstance(values, list) or not values:
            return False
        return all(isinstance(one, str) and re.fullmatch(self.pattern, one) for one in values)


def one_of(*values: str) -> str:
    return "|".join(values)


def parts_of_place(value: str) -> tuple[str, int]:
    """Split “has-3” or “waits-3”: with a place of this quota, or on its waiting list."""
    kind, _dash, key = value.partition("-")
    return kind, int(key)


def with_place(value: str) -> Q:
    kind, key = parts_of_place(value)
    states = Place.TAKEN if kind == HAS else (Place.State.WAITING,)
    places = Place.objects.filter(quota=key, state__in=states).order_by()
    return Q(pk__in=places.values("registration"))


def place_words(value: str, count: int) -> str:
    kind, key = parts_of_place(value)
    quota = Quota.objects.select_related("session").filter(pk=key).first()
    if quota is None:
        raise NotUnderstood
    return wording.seat_words(quota) if kind == HAS else wording.waiting_words(quota)


def person_reads(code: str) -> Q:
    """Match people with this language, and those without one if it is the meeting's first."""
    return Q(mail_language__in=[code, ""] if code == first_language_of_mails() else [code])


def first_language_of_mails() -> str:
    """Return the meeting's first language, from its row: the worker prefers none by itself."""
    return Meeting.objects.values_list("first_language", flat=True).first() or SITE_CODES[0]


CONDITIONS = (
    Condition(
        name="state",
        label=_("Registration"),
        pattern=one_of(CONFIRMED, CANCELLED),
        matches={Audience.ATTENDEES: lambda value: Q(state=value)},
        words=wording.state_words,
    ),
    Condition(
        name="attendance",
        label=_("Attendance"),
        pattern=one_of(*Registration.Attendance.values),
        matches={Audience.ATTENDEES: lambda value: Q(attendance=value)},
        words=wording.attendance_words,
    ),
    Condition(
        name="category",
        label=_("Category"),
        pattern=one_of(*Category.values),
        matches={Audience.ATTENDEES: lambda value: Q(category=value)},
        words=wording.category_words,
    ),
    Condition(
        name="place",
        label=pgettext_lazy("condition of a letter", "Place"),
        pattern=rf"(?:{HAS}|{WAITS})-[1-9][0-9]{{0,8}}",
        matches={Audience.ATTENDEES: with_place},
        words=place_words,
    ),
    Condition(
        name="country",
        label=_("Country"),
        pattern="[A-Z]{2}",
        matches={
            Audience.ATTENDEES: lambda codes: Q(country__in=codes),
            Audience.SPEAKERS: lambda codes: Q(country__in=codes),
        },
        words=wording.countries_words,
        is_list=True,
    ),
    Condition(
        name="language",
        label=_("Language of the e-mails"),
        pattern=one_of(*SITE_CODES),
        matches={
            Audience.ATTENDEES: lambda code: Q(mail_language=code),
            Audience.SPEAKERS: person_reads,
            Audience.NEWS: lambda code: Q(language=code),
        },
        words=wording.language_words,
    ),
)
# What holds unless the segment says otherwise.
UNLESS_SAID: Mapping[str, Segment] = {Audience.ATTENDEES: {"state": CONFIRMED}}


@cache
def conditions_for(audience: str) -> tuple[Condition, ...]:
    return tuple(condition for condition in CONDITIONS if audience in condition.matches)


def conditions_in(audience: str, segment: object) -> list[tuple[Condition, Any]]:
    """Return the conditions with their values, in the order of a sentence.

    Raises `NotUnderstood`.
    """
    if audience not in READERS or not isinstance(segment, Mapping):
        raise NotUnderstood
    said = {**UNLESS_SAID.get(audience, {}), **segment}
    found = [(one, said.pop(one.name)) for one in conditions_for(audience) if one.name in said]
    if said or not all(condition.knows(value) for condition, value in found):
        raise NotUnderstood
    return found


# Recipients


def recipients_of(letter: Letter) -> Recipients:
    """Return the rows to write to: registrations, people or addresses for news, once each."""
    return recipients_in(letter.audience, letter.segment)


def recipients_in(audience: str, segment: object) -> Recipients:
    try:
        conditions = conditions_in(audience, segment)
    except NotUnderstood:
        return Registration.objects.none()
    readers = READERS[Audience(audience)]
    rows = readers.reachable()
    for condition, value in conditions:
        rows = rows.filter(condition.matches[Audience(audience)](value))
    return without_suppressed(rows, readers).order_by("pk")


def without_suppressed(rows: Recipients, readers: Readers) -> Recipients:
    """Leave out the mailboxes that want none: of these only hashes are stored."""
    stored = Suppression.objects.all()
    if not readers.are_stopped_with_reminders:
        stored = stored.filter(is_of_reminders=False)
    suppressed = set(stored.values_list("mailbox", flat=True))
    if not suppressed:
        return rows
    pairs = rows.order_by().values_list("pk", readers.address)
    unwanted = [
        key for key, email in pairs if not suppressed.isdisjoint(mailbox_hashes(email_key(email)))
    ]
    return rows.exclude(pk__in=unwanted)


def count_by_language(letter: Letter, rows: Recipients) -> dict[str, int]:
    """Count the recipients by the language of their e-mails."""
    column = READERS[Audience(letter.audience)].language
    codes = Counter(rows.order_by().values_list(column, flat=True))
    without = codes.pop("", 0)
    if without:
        codes[first_language_of_mails()] += without
    return {code: codes[code] for code in SITE_CODES if codes[code]}


# Words


def sentence(audience: str, segment: object, count: int) -> str:
    """Read a segment out: “Confirmed, in person, from Chile or Cuba: 31 people”."""
    try:
        conditions = conditions_in(audience, segment)
        parts = [condition.words(value, count) for condition, value in conditions]
    except NotUnderstood:
        return wording.unknown_sentence()
    return wording.sentence_of([wording.audience_words(audience, count), *parts], count)
