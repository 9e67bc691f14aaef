from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.admin import SessionAdmin
from programme.models import Session
from registration.actions import open_seats
from registration.admin.base import PlacesFirst, taken_words
from registration.models import Quota

LARGEST_SIZE = 100_000


class SeatsForm(forms.ModelForm):
    """A session, with the size of its quota: the quota itself is never saved from a page."""

    seats = forms.IntegerField(
        label=_("Seats"),
        required=False,
        min_value=0,
        max_value=LARGEST_SIZE,
        help_text=_("How many people can sign up for it. Empty: it gives out no seats."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quota = Quota.objects.filter(session=self.instance.pk).first()
        if self.quota:
            self.initial["seats"] = self.quota.size

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
                    "It gives out seats already. To give out no more, write how many are taken: "
                    "%(taken)s."
                )
                % {"taken": self.quota.taken}
            )
        if seats < self.quota.taken:
            sentence = gettext("%(taken)s are taken: it cannot be smaller than that.")
            raise ValidationError(sentence % {"taken": self.quota.taken})
        return seats


admin.site.unregister(Session)


@admin.register(Session)
class SeatedSessionAdmin(PlacesFirst, SessionAdmin):
    """The programme's page of a session, with its seats."""

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

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: bool
    ) -> None:
        seats = form.cleaned_data["seats"]
        if seats is not None:
            open_seats(form.instance, seats)
        super().save_related(request, form, formsets, change)
