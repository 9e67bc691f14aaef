"""Pages of the programme that change what places are about, under the places' lock."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from programme.admin import MeetingAdmin, RoomAdmin
from programme.models import Meeting, Room
from registration.admin.base import WritesSeatedSessions
from registration.wording.crowding import crowded_sessions

admin.site.unregister([Meeting, Room])


@admin.register(Meeting)
class LockedMeetingAdmin(WritesSeatedSessions, MeetingAdmin):
    pass


@admin.register(Room)
class LockedRoomAdmin(WritesSeatedSessions, RoomAdmin):
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for crowding in crowded_sessions(form.instance.sessions.all()):
            self.message_user(request, crowding.words, messages.WARNING)
