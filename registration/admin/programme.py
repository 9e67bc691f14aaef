"""Pages of the programme that change what places are about, under the places' lock."""

from django.contrib import admin

from programme.admin import MeetingAdmin, RoomAdmin
from programme.models import Meeting, Room
from registration.admin.base import PlacesFirst

admin.site.unregister([Meeting, Room])


@admin.register(Meeting)
class LockedMeetingAdmin(PlacesFirst, MeetingAdmin):
    pass


@admin.register(Room)
class LockedRoomAdmin(PlacesFirst, RoomAdmin):
    pass
