"""Render how to follow a session, as a list or a line; many share one, so it is cached."""

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from eim.lib.per_language import cached_per_language
from programme.listing.cards import Card
from programme.models import Session
from programme.wording.following import Fact
from programme.wording.sessions import marked_where

register = template.Library()


@register.simple_tag
def facts(card: Card, room_shown: object = "", is_column: object = "") -> SafeString:
    session = card.session
    room = marked_where(session)
    shown = (card.languages, card.signs, card.captions)
    return fact_list(room, session.format, *shown, bool(room_shown), bool(is_column))


@cached_per_language
def fact_list(
    room: SafeString, form: str, languages: str, signs: str, captions: str, *wishes: bool
) -> SafeString:
    room_shown, is_column = wishes
    context = {
        "room": room,
        "is_online_only": form == Session.Format.ONLINE,
        "is_in_person_only": form == Session.Format.IN_PERSON,
        "format": Session.Format(form).label,
        "languages": languages,
        "signs": signs,
        "captions": captions,
        "room_shown": room_shown,
        "is_column": is_column,
    }
    return render_to_string("programme/_fact_list.html", context)


@register.simple_tag
def follow(card: Card) -> SafeString:
    """Write a card's line of where it is and how one follows it.

    What the head of its column says too is marked: on the loom it is not said again.
    """
    session = card.session
    where = marked_where(session)
    is_settled = card.is_record or not card.meeting.takes_place
    if not (where or session.format == Session.Format.ONLINE or is_settled):
        where = SafeString(gettext("Room to be confirmed"))
    shared = card.spot.shared if card.spot else frozenset()
    return follow_line(where, tuple(card.facts), shared)


@cached_per_language
def follow_line(where: SafeString, facts: tuple[Fact, ...], shared: frozenset[Fact]) -> SafeString:
    spans = [format_html('<span class="where">{}</span>', where)] if where else []
    for fact in facts:
        same = SafeString(' class="is-same"') if fact in shared else SafeString("")
        span = '<span data-short="{}"{}>{}</span>'
        spans.append(format_html(span, fact.short, same, fact.words))
    return format_html(
        '<p class="follow">{}</p>', format_html_join(" ", "{}", ((span,) for span in spans))
    )
