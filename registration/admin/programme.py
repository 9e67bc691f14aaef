"""Pages of the programme that change what places are about, under the places' lock."""

from django.contrib import admin

from programme.admin import MeetingAdmin, RoomAdmin
from programme.models import Meeting, Room
from registration.admin.base import WritesSeatedSessions

admin.site.unregister([Meeting, Room])


@admin.register(Meeting)
class LockedMeetingAdmin(WritesSeatedSessions, MeetingAdmin):
    pass


@admin.register(Room)
class LockedRoomAdmin(WritesSeatedSessions, RoomAdmin):
    pass
