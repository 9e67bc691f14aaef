"""Pages of the programme that change what places are about, under the places' lock."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import URLPattern, path

from programme.admin import MeetingAdmin, RoomAdmin
from programme.admin.fieldsets import without
from programme.models import Meeting, Room
from registration.admin.base import WritesSeatedSessions
from registration.admin.standing import REASONS, standing_view
from registration.wording.crowding import crowded_sessions

admin.site.unregister([Meeting, Room])


@admin.register(Meeting)
class LockedMeetingAdmin(WritesSeatedSessions, MeetingAdmin):
    """Leave it to a page of its own to postpone or cancel, which says first who gets a mail."""

    def get_fieldsets(self, request: HttpRequest, obj: Meeting | None = None) -> Any:
        return without(super().get_fieldsets(request, obj), ["standing", *REASONS])

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(standing_view, self))
        return [
            path("<int:pk>/standing/", view, name="programme_meeting_standing"),
            *super().get_urls(),
        ]


@admin.register(Room)
class LockedRoomAdmin(WritesSeatedSessions, RoomAdmin):
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for crowding in crowded_sessions(form.instance.sessions.all()):
            self.message_user(request, crowding.words, messages.WARNING)
