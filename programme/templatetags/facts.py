"""Render the list of how to follow a session; many sessions share one list, so it is cached."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from eim.lib.per_language import cached_per_language
from programme.listing.cards import Card
from programme.models import Session
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
