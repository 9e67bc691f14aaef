"""Write sessions and people as the cards of long lists.

A card that says the same again is not rendered again: a page has hundreds, and from one render of
a list to the next a few of them change.
"""

from collections.abc import Container
from typing import Any, NamedTuple

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from eim.lib.per_language import cached_per_language
from programme.listing import finding
from programme.listing.cards import Card, CardState
from programme.models.themes import marks_of
from programme.templatetags.facts import follow
from programme.templatetags.words import hours_words, session_time
from programme.wording.marking import marked
from programme.wording.seats import Seats
from programme.wording.sessions import institution_line, late_words

register = template.Library()


class CardContent(NamedTuple):
    """Everything that the template of a card reads, so that equal contents look the same.

    A field is always HTML or never: as keys of a cache, "<" and its safe twin are equal.
    """

    heading: str
    spot: str
    key: int
    code: str
    revised_at: int | None
    address: str
    state: CardState
    # Of its theme, which the tag `band` reads.
    motif: str
    colour: str
    kind: str
    theme: SafeString
    title: SafeString
    when: SafeString
    hours: str
    late: str
    reason: SafeString
    people: str
    follow: SafeString
    seats: Seats | None
    # What filters compare; None where there are none.
    find: str | None
    is_filtered_out: bool


@register.simple_tag(takes_context=True)
def session_card(
    context: template.Context,
    card: Card,
    heading: str = "h3",
    *,
    when_shown: bool = False,
    hours_shown: bool = False,
    is_findable: bool = False,
) -> SafeString:
    """Write a card; `when_shown` says its day and hours, `hours_shown` its hours alone."""
    session, theme = card.session, card.session.theme
    content = CardContent(
        heading=heading,
        spot=card.spot.classes if card.spot else "",
        key=session.pk,
        code=session.calendar_code,
        revised_at=int(session.revised_at.timestamp()) if session.revised_at else None,
        address=session.get_absolute_url(),
        state=card.state,
        **marks_of(theme),
        kind=card.kind,
        theme=marked(theme, "name") if theme else NOTHING,
        title=marked(session, "title"),
        when=session_time(context, session) if when_shown else NOTHING,
        hours=hours_words(context, session) if hours_shown else "",
        late=late_words(session) if card.state == CardState.LATE else "",
        reason=marked(session, "cancellation_reason") if session.is_cancelled else NOTHING,
        people="" if session.is_cancelled else card.people,
        follow=NOTHING if session.is_cancelled else follow(card),
        seats=card.seats,
        find=card.filter_facts if is_findable else None,
        is_filtered_out=card.is_filtered_out,
    )
    return card_html(content)


NOTHING = SafeString("")


@cached_per_language
def card_html(content: CardContent) -> SafeString:
    return render_to_string("programme/_card.html", {"card": content})


class SpeakerContent(NamedTuple):
    """Everything that the template of a speaker reads, as `CardContent` of a session."""

    address: str
    name: str
    photo: str
    # Of the theme of their first session, which stand where there is no photograph.
    motif: str
    colour: str
    institution: str
    parts: tuple[tuple[str, SafeString], ...]
    find: str
    words: str
    is_filtered_out: bool


@register.simple_tag
def speaker_item(person: Any, found: Container[int]) -> SafeString:
    """Write a person as `listed_speakers` loads them; `found` are the keys of those not hidden."""
    parts = person.listed_parts
    theme = parts[0].session.theme if parts else None
    content = SpeakerContent(
        address=person.get_absolute_url(),
        name=person.name,
        photo=person.photo.url if person.photo else "",
        **marks_of(theme),
        institution=institution_line(person),
        parts=tuple((capfirst(p.role_words), marked(p.session, "title")) for p in parts),
        find=finding.person_filter_facts_line(person),
        words=finding.person_search_text(person),
        is_filtered_out=person.pk not in found,
    )
    return speaker_html(content)


@cached_per_language
def speaker_html(content: SpeakerContent) -> SafeString:
    return render_to_string("programme/_speaker.html", {"speaker": content})
