"""Pages of the programme that lock places, or write to people, when something is changed there."""

from functools import partial
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from programme.admin import MeetingAdmin, PersonAdmin, PresentationAdmin, RoomAdmin
from programme.admin.fieldsets import without
from programme.admin.removals import RemovesFromSite
from programme.models import Meeting, Person, Presentation, Removal, Room
from registration.actions.mailings.removals import senders_of, write_to_senders
from registration.admin.base import WritesSeatedSessions
from registration.admin.meeting.opening import (
    OpeningForm,
    is_sender_broken,
    opens_registration,
    with_excuse,
)
from registration.admin.meeting.standing import REASONS, standing_view
from registration.outbox.sender.health import look_up_if_old
from registration.wording.crowding import crowded_sessions

admin.site.unregister([Meeting, Room, Person, Presentation])


@admin.register(Meeting)
class LockedMeetingAdmin(WritesSeatedSessions, MeetingAdmin):
    """Leave it to a page of its own to postpone or cancel, which says first who gets a mail.

    Say so before registration opens with a sender whose e-mails cannot arrive.
    """

    form = OpeningForm

    def get_fieldsets(self, request: HttpRequest, obj: Meeting | None = None) -> Any:
        fieldsets = without(super().get_fieldsets(request, obj), ["standing", *REASONS])
        return with_excuse(fieldsets) if is_sender_broken() else fieldsets

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method == "POST" and opens_registration(request.POST):
            # Before the lock, which all who register wait for.
            look_up_if_old()
        return super().changeform_view(request, object_id, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Meeting, form: OpeningForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        form.note_excuse(cast(User, request.user))

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


class TellsSenders(RemovesFromSite):
    """Write to the people of the programme whose text or file is removed."""

    def senders_of(self, row: Any) -> list[str]:
        return [person.name for person in senders_of(row)]

    def tell_senders(self, request: HttpRequest, row: Any, removals: list[Removal]) -> None:
        write_to_senders(row, removals, cast(User, request.user))


@admin.register(Person)
class ToldPersonAdmin(TellsSenders, PersonAdmin):
    """Tell the person."""


@admin.register(Presentation)
class ToldPresentationAdmin(TellsSenders, PresentationAdmin):
    """Tell the people who present it."""
