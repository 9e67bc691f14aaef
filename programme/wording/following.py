"""Say in few words how a session is followed: in person or online, and in which languages."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import pgettext

from programme.models import Session
from programme.wording import sessions as wording


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One fact of following a session; `short` is for a phone's row, empty if left out there."""

    kind: str
    words: str
    short: str = ""


def following_facts(session: Session) -> list[Fact]:
    """Return what is known of how a session is followed, in the order in which it is said."""
    return [fact for fact in every_fact(session) if fact.words]


def every_fact(session: Session) -> Iterator[Fact]:
    form = wording.format_words(session.format)
    # That one can come and can watch goes without saying on a phone.
    is_limited = session.format != Session.Format.HYBRID
    yield Fact(kind="format", words=form, short=form if is_limited else "")
    spoken = wording.languages_line(session)
    yield Fact(kind="languages", words=spoken, short=short_languages(session) if spoken else "")
    sign = pgettext("in a phone's row", "sign language")
    yield Fact(kind="sign", words=wording.signs_line(session), short=sign)
    captions = pgettext("in a phone's row", "captions")
    yield Fact(kind="captions", words=wording.captions_line(session), short=captions)


def short_languages(session: Session) -> str:
    """“es → pt, en”"""
    sides = (session.languages, session.interpretation_languages)
    return " → ".join(", ".join(codes) for codes in sides if codes)
