"""The programme's page of a session in the back office, with the seats of the session."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from programme.admin import SessionAdmin
from programme.admin.fieldsets import without
from programme.admin.hours import HoursForm
from programme.models import Session
from registration.actions import (
    clashes_of,
    open_seats,
    people_lost,
    seats_of,
)
from registration.admin.base import WritesSeatedSessions, taken_words
from registration.admin.programme import TellsSenders
from registration.admin.sessions.cancelling import REASONS, cancel_session_view
from registration.admin.sessions.people import people_view
from registration.models import Quota
from registration.wording.crowding import crowded_sessions

LARGEST_SIZE = 100_000
# After a change of these fields the session may clash with other sessions of its people.
MOVING = {"day", "starts_at", "ends_at", "room", "venue_name", "venue_address"}


class SeatsForm(HoursForm):
    """Edit a session and its number of seats, which an action writes into the quota."""

    seats = forms.IntegerField(
        label=_("Seats"),
        required=False,
        min_value=0,
        max_value=LARGEST_SIZE,
        help_text=_("How many people can register for it. If empty, it has no limited places."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Not `filter(session=…)`: a session that is being added has no key, and the quotas
        # without a session (the places in person, services) would match.
        self.quota: Quota | None = getattr(self.instance, "quota", None)
        if self.quota:
            self.initial["seats"] = self.quota.size
        # A page of its own cancels: it says first how many people lose a seat.
        if "state" in self.fields and not self.instance.is_cancelled:
            choices = [c for c in Session.State.choices if c[0] != Session.State.CANCELLED]
            self.fields["state"].choices = choices  # type: ignore[attr-defined]
            if self.instance.pk:
                self.fields["state"].help_text = _("To cancel it, use “Cancel…” above.")

    def clean_state(self) -> str:
        """Refuse to take back in silence what people have a seat in."""
        state: str = self.cleaned_data["state"]
        if state == Session.State.DRAFT and self.quota:
            people = self.quota.places.current().count()
            if people:
                words = ngettext(
                    "%(count)s person has a seat in it or is waiting: cancel it first, so that "
                    "they get an e-mail.",
                    "%(count)s people have a seat in it or are waiting: cancel it first, so that "
                    "they get an e-mail.",
                    people,
                )
                raise ValidationError(words % {"count": people})
        return state

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_online = cleaned.get("format") == Session.Format.ONLINE
        if is_online and cleaned.get("seats") is not None:
            self.add_error("seats", gettext("A session that is online only has no seats."))
        return cleaned

    def clean_seats(self) -> int | None:
        seats: int | None = self.cleaned_data["seats"]
        if self.quota is None:
            return seats
        if seats is None:
            raise ValidationError(
                gettext(
                    "Its seats are already open. To open no more, enter how many are "
                    "taken: %(taken)s."
                )
                % {"taken": self.quota.taken}
            )
        if seats < self.quota.taken:
            sentence = gettext("%(taken)s are taken: the number cannot be smaller.")
            raise ValidationError(sentence % {"taken": self.quota.taken})
        return seats


admin.site.unregister(Session)


@admin.register(Session)
class SeatedSessionAdmin(TellsSenders, WritesSeatedSessions, SessionAdmin):
    """Add the seats to the programme's page of a session."""

    form = SeatsForm
    list_display = [*SessionAdmin.list_display, "seats"]
    list_select_related = [*SessionAdmin.list_select_related, "quota"]
    fieldsets = [
        *SessionAdmin.fieldsets[:2],
        (_("Registration"), {"fields": ["seats"]}),
        *SessionAdmin.fieldsets[2:],
    ]

    @admin.display(description=_("seats taken"))
    def seats(self, session: Session) -> str | None:
        return taken_words(getattr(session, "quota", None))

    def get_fieldsets(self, request: HttpRequest, obj: Session | None = None) -> Any:
        """Show the reason of a cancellation only where there is one."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj and obj.is_cancelled:
            return fieldsets
        return without(fieldsets, REASONS)

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:pk>/cancel/",
                self.admin_site.admin_view(partial(cancel_session_view, self)),
                name="programme_session_cancel",
            ),
            path(
                "<int:pk>/people/",
                self.admin_site.admin_view(partial(people_view, self)),
                name="programme_session_people",
            ),
            *super().get_urls(),
        ]

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        seats = form.cleaned_data.get("seats")
        if seats is not None:
            open_seats(form.instance, seats)
        if change and "state" in form.changed_data:
            self.tell_lost(request, form.instance)
        is_moved = change and not MOVING.isdisjoint(form.changed_data)
        # The places of a session that is not published are freed when all is saved.
        if is_moved and form.instance.state == Session.State.PUBLISHED:
            self.tell_moved(request, form.instance)
        if form.instance.state == Session.State.PUBLISHED:
            for crowding in crowded_sessions([form.instance]):
                self.message_user(request, crowding.words, messages.WARNING)

    def tell_lost(self, request: HttpRequest, session: Session) -> None:
        """Warn that a session published again does not get its people back."""
        count = people_lost(session).count()
        if count and session.state == Session.State.PUBLISHED:
            words = ngettext(
                "%(count)s person had a seat or was waiting when it was cancelled, and has "
                "to choose it again: they get no e-mail.",
                "%(count)s people had a seat or were waiting when it was cancelled, and have to "
                "choose it again: they get no e-mail.",
                count,
            )
            sentence = words % {"count": count}
            self.warn_with_link(request, session, sentence, gettext("See them"))

    def tell_moved(self, request: HttpRequest, session: Session) -> None:
        """Warn that people have not been told of a move: those with a clash, if any, else all."""
        seated, clashing = seats_of(session).count(), len(clashes_of(session))
        if not seated:
            return
        words = ngettext(
            "%(count)s person has a seat in it and has not been written to yet.",
            "%(count)s people have a seat in it and have not been written to yet.",
            seated,
        )
        if clashing:
            words = ngettext(
                "%(count)s person has a seat in it and in another session at the same time.",
                "%(count)s people have a seat in it and in another session at the same time.",
                clashing,
            )
        sentence = words % {"count": clashing or seated}
        self.warn_with_link(request, session, sentence, gettext("See them and write to them"))

    def warn_with_link(
        self, request: HttpRequest, session: Session, sentence: str, see: str
    ) -> None:
        link = reverse("admin:programme_session_people", args=[session.pk])
        warning = format_html('{} <a href="{}">{}</a>', sentence, link, see)
        self.message_user(request, warning, messages.WARNING)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        if Quota.objects.filter(session__in=list(objs)).exists():
            sentence = gettext(
                "A session with seats cannot be deleted: mark it as cancelled, and the "
                "people in it get an e-mail."
            )
            self.message_user(request, sentence, messages.ERROR)
        return super().get_deleted_objects(objs, request)
