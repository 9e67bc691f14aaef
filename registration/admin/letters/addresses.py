"""Addresses of a letter's pages, and who may use them."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from registration.letters.approval import PERMISSION
from registration.letters.segments import READERS
from registration.models import Letter
from registration.models.letters import Audience


def page_of(letter: Letter) -> str:
    return reverse("admin:registration_letter_page", args=[letter.pk])


def may_send(request: HttpRequest) -> bool:
    return request.user.has_perm(PERMISSION)


def may_write(request: HttpRequest) -> bool:
    return request.user.has_perm("registration.change_letter")


def may_see_recipients(request: HttpRequest, letter: Letter) -> bool:
    """Ask for the permission for the rows themselves: the list shows names and addresses."""
    return request.user.has_perm(READERS[Audience(letter.audience)].permission)


def letter_to_look_at(request: HttpRequest, pk: int) -> Letter:
    """Return the letter to whoever may see letters, or send them."""
    may_view = request.user.has_perm("registration.view_letter")
    if not (may_view or may_write(request) or may_send(request)):
        raise PermissionDenied
    letters = Letter.objects.select_related("created_by", "asked_by", "approved_by")
    return get_object_or_404(letters, pk=pk)
