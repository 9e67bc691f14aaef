"""Base classes of the back office's pages, and the permissions that pages ask for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from programme.admin import base
from registration.actions import locked_places
from registration.models import Quota


class Locked(admin.ModelAdmin):
    """What is saved here is read under the one lock, and changed by actions."""

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


class PlacesFirst(base.Locked):
    """A page of the programme that locks rooms: the places' lock always comes before them."""

    @contextmanager
    def locked(self) -> Iterator[None]:
        with locked_places(), super().locked():
            yield


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
