"""Words for places: without figures for everybody, with them on a person's own page."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext

from programme.models import Meeting, Session
from programme.wording.dates import when_words
from programme.wording.seats import fullness, fullness_words
from registration.models import Place, Quota


def rough_words(quota: Quota | None) -> str:
    """Return words for the form, where a figure would tell who is registered."""
    if quota is None:
        return gettext("Not open yet")
    return fullness_words(fullness(size=quota.size, taken=quota.taken))


def places_words(quota: Quota | None) -> str:
    if quota is None:
        return gettext("Not open yet")
    if quota.is_full:
        return gettext("Full")
    return ngettext(
        "%(free)s of %(size)s places is left",
        "%(free)s of %(size)s places are left",
        quota.free,
    ) % {"free": quota.free, "size": quota.size}


def rough_box_words(quota: Quota, *, waits: bool) -> str:
    """Return words for a box; how many wait is told to people who have confirmed."""
    if waits:
        return gettext("Full. If you tick it, you join the waiting list.")
    return rough_words(quota)


def in_person_words(quota: Quota | None) -> str:
    """Return words for the choice to come in person, of which the form has no box."""
    if quota and quota.is_full:
        return gettext("Full. If you choose it, you join the waiting list.")
    return rough_words(quota)


def full_words(quota: Quota) -> str:
    """Say that it is full, and the next number on its list; `quota` comes from `with_waiting()`."""
    number = quota.waiting + 1
    return gettext("Full. On the waiting list you would be number %(number)s.") % {"number": number}


def own_words(place: Place) -> str:
    """Return the state of a person's own place; `place` comes from `with_positions()`."""
    if place.is_taken:
        return pgettext("place", "Yours")
    facts = {"number": place.position, "length": place.line_length}
    return gettext("Waiting list: number %(number)s of %(length)s") % facts


def choice(name: object, words: str) -> SafeString:
    """Return an option's name, and a note about it in small letters."""
    return format_html("<strong>{}</strong> <small>{}</small>", name, words)


def clash_words(one: Session, other: Session, meeting: Meeting) -> str:
    sentence = gettext(
        "“%(one)s” (%(when)s) and “%(other)s” (%(other_when)s) overlap: choose only one."
    )
    facts: dict[str, object] = {"one": one, "other": other}
    facts["when"] = when_words(one, meeting)
    facts["other_when"] = when_words(other, meeting)
    return sentence % facts
