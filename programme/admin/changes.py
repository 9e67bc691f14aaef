"""List the recorded changes of sessions."""

from django.contrib import admin
from django.http import HttpRequest

from eim.lib.site_languages import translated_columns
from programme.admin.base import VisibleChange
from programme.models import Change

FIELDS = (
    "session",
    "changed_at",
    *(
        "was_day",
        "was_starts_at",
        "was_ends_at",
        "was_room",
        "was_venue_name",
        "was_venue_address",
        "was_state",
    ),
    *("day", "starts_at", "ends_at", "room", "venue_name", "venue_address", "state"),
)


@admin.register(Change)
class ChangeAdmin(VisibleChange):
    """Read-only, because the site alone writes changes; organisers may delete a mistaken one."""

    list_display = [
        "session",
        "changed_at",
        "was_starts_at",
        "starts_at",
        "was_room",
        "room",
        "state",
    ]
    list_select_related = ["session", "room", "was_room"]
    list_filter = ["changed_at", "state"]
    search_fields = translated_columns("session__title")
    fields = FIELDS
    readonly_fields = FIELDS

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Change | None = None) -> bool:
        return False
