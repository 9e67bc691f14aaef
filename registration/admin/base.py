"""Base classes of the back office's pages, and the permissions that pages ask for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from programme.actions import SessionsWrite
from programme.admin import base
from registration.actions import locked_places, writing_sessions
from registration.models import Consent, Message, Quota


class LocksPlaces(admin.ModelAdmin):
    """Pages that are read and saved under the places' lock; actions do the changes."""

    show_full_result_count = False
    list_per_page = 50

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, object_id, *args, **kwargs)
        with locked_places():
            return super().changeform_view(request, object_id, *args, **kwargs)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        with locked_places():
            return super().delete_view(request, object_id, extra_context)


class WritesSeatedSessions(base.WritesSessions):
    """A page of the programme that may move or cancel what people have places in."""

    @contextmanager
    def writing(self, request: HttpRequest) -> Iterator[SessionsWrite]:
        with writing_sessions(by=cast(User, request.user)) as write:
            yield write
        self.tell_cancelled(request, write.people_freed)

    def tell_cancelled(self, request: HttpRequest, count: int) -> None:
        if count:
            words = ngettext(
                "%(count)s person lost a seat or a position on the waiting list, and gets "
                "an e-mail if confirmed.",
                "%(count)s people lost seats or positions on the waiting list, and get an "
                "e-mail if confirmed.",
                count,
            )
            self.message_user(request, words % {"count": count}, messages.WARNING)


class ReadOnlyInline(admin.TabularInline):
    """Show rows that nobody can edit to anyone who may see the page."""

    shown: tuple[str, ...] = ()
    extra = 0
    can_delete = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.shown

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def may_see_needs(request: HttpRequest) -> bool:
    return request.user.has_perm("registration.view_needs")


def may_see_people(request: HttpRequest) -> bool:
    return request.user.has_perm("registration.view_registration")


def may_erase(request: HttpRequest) -> bool:
    """Ask for a permission of its own: nobody can undo an erasure."""
    return may_see_people(request) and request.user.has_perm("registration.erase_registration")


def may_act(request: HttpRequest) -> bool:
    """Ask for one permission for actions on places and on registrations."""
    return request.user.has_perm("registration.change_registration")


def taken_words(quota: Quota | None) -> str | None:
    """Return how many places are taken, of how many: “19 / 25”."""
    return f"{quota.taken} / {quota.size}" if quota else None


def goes_with_its_person(request: HttpRequest, row: Message | Consent | None) -> bool:
    """Return whether the row may be deleted: only with the person of the programme that it is of.

    Organisers delete people who ask for it; the rows of registrations stay.
    """
    is_of_person = row is not None and row.person_id is not None
    return is_of_person and request.user.has_perm("programme.delete_person")
