"""Say a segment in words: each condition is a part of one sentence about its people.

The parts agree with “person” or “people”, which ends the sentence: in Spanish and Portuguese they
are feminine, and of one or of many.
"""

import re
from collections.abc import Sequence

from django.utils.text import capfirst, get_text_list
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext

from eim.lib.languages import language_name
from eim.lib.normalising import fold
from programme.models import Session
from programme.wording.sessions import in_running_text, name_of_country
from registration.models import Quota, Registration
from registration.models.letters import Audience
from registration.models.registrations import Category

# “From”, with the article that a country's name takes, by the language of the page.
FROM = {
    "es": {"de la": "DO", "del": "GB", "de los": "NL AE", "de las": "PH"},
    "pt": {
        "do": "BR CL PE EC MX PY UY PA HT CA JP GB TL EG",
        "da": "AR BO CO CR ES GT NI VE DO DE FR IT AU AT BE CH CN GQ GW IE NO PL RU SE ZA JM",
        "dos": "US AE",
        "das": "PH",
    },
    "en": {"from the": "US GB NL DO PH AE"},
}
# Spanish writes “u” before the sound of o: Guatemala u Honduras.
SOUND_OF_O = re.compile(r"h?o", re.IGNORECASE)


def state_words(state: str, count: int) -> str:
    if state == Registration.State.CONFIRMED:
        return npgettext("people of a letter", "confirmed", "confirmed", count)
    return pgettext("people of a letter", "with a cancelled registration")


def attendance_words(attendance: str, count: int) -> str:
    if attendance == Registration.Attendance.IN_PERSON:
        return npgettext("people of a letter", "in person", "in person", count)
    return npgettext("people of a letter", "online", "online", count)


def category_words(category: str, count: int) -> str:
    match category:
        case Category.ATTENDEE:
            return npgettext("people of a letter", "an attendee", "attendees", count)
        case Category.SPEAKER:
            return npgettext("people of a letter", "a speaker", "speakers", count)
        case Category.DELEGATION:
            return pgettext("people of a letter", "of an official delegation")
        case Category.PRESS:
            return pgettext("people of a letter", "of the press")
        case Category.ORGANISATION:
            return pgettext("people of a letter", "of the organisation")
    return npgettext("people of a letter", "a volunteer", "volunteers", count)


def language_words(code: str, count: int) -> str:
    language = in_running_text(language_name(code))
    return gettext("with e-mails in %(language)s") % {"language": language}


def countries_words(codes: Sequence[str], count: int) -> str:
    """Return “from Chile, Cuba or Honduras”."""
    sorted_codes = sorted(codes, key=lambda code: fold(name_of_country(code)))
    names = [name_of_country(code) for code in sorted_codes]
    words = [from_words(code) for code in sorted_codes]
    if len(set(words)) == 1 and get_language() != "pt":
        return f"{words[0]} {joined_by_or(names)}"
    # Portuguese repeats it: “do Chile ou da Colômbia”.
    return joined_by_or([" ".join(pair) for pair in zip(words, names, strict=True)])


def from_words(code: str) -> str:
    articles = FROM.get(get_language() or "", {})
    special = (words for words, codes in articles.items() if code in codes.split())
    return next(special, pgettext("before the name of a country", "from"))


def joined_by_or(names: list[str]) -> str:
    or_word = pgettext("between the last two of a list", "or")
    if get_language() == "es" and SOUND_OF_O.match(names[-1]):
        or_word = "u"
    return get_text_list(names, or_word)


def seat_words(quota: Quota) -> str:
    if quota.is_in_person:
        return gettext("with a place in person")
    facts = {"name": str(quota)}
    match quota.session and quota.session.kind:
        case Session.Kind.WORKSHOP:
            return gettext("with a place in the workshop “%(name)s”") % facts
        case Session.Kind.VISIT:
            return gettext("with a place in the visit “%(name)s”") % facts
    return gettext("with a place in “%(name)s”") % facts


def waiting_words(quota: Quota) -> str:
    if quota.is_in_person:
        return gettext("on the waiting list for a place in person")
    facts = {"name": str(quota)}
    match quota.session and quota.session.kind:
        case Session.Kind.WORKSHOP:
            return gettext("on the waiting list of the workshop “%(name)s”") % facts
        case Session.Kind.VISIT:
            return gettext("on the waiting list of the visit “%(name)s”") % facts
    return gettext("on the waiting list of “%(name)s”") % facts


def audience_words(audience: str, count: int) -> str:
    """Return what the conditions do not say; of attendees it is their state that says it."""
    match audience:
        case Audience.SPEAKERS:
            return pgettext("people of a letter", "with a part in the programme")
        case Audience.NEWS:
            return npgettext("people of a letter", "who wants news", "who want news", count)
    return ""


def sentence_of(parts: Sequence[str], count: int) -> str:
    """Return “Confirmed, in person, from Chile or Cuba: 31 people”."""
    listed = capfirst(", ".join(filter(None, parts)))
    if not count:
        return gettext("%(conditions)s: nobody") % {"conditions": listed}
    return ngettext(
        "%(conditions)s: %(count)s person", "%(conditions)s: %(count)s people", count
    ) % {"conditions": listed, "count": count}


def unknown_sentence() -> str:
    return gettext("This letter has a condition that the site does not know: nobody gets it.")
