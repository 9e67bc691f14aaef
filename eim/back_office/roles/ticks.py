"""Offer roles as boxes to tick, each with what it may do."""

from typing import Any

from django.contrib.auth.models import Group, User
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from eim.back_office.roles.groups import offered_to, sentence_of, words_of


def offer_roles(field: Any, actor: User) -> None:
    """Let a form field choose among the roles that a person may give."""
    offered = offered_to(actor)
    choices = [(group.pk, tick(group)) for group in offered]
    field.queryset = Group.objects.filter(pk__in=[group.pk for group in offered])
    field.choices = choices
    field.help_text = _("An account may do all that its roles may do.")


def tick(group: Group) -> SafeString:
    return format_html(
        '<strong>{}</strong> <span class="quiet">{}</span>', words_of(group), sentence_of(group)
    )
