"""The conditions that a reader of the deeds may set: colleague, kind of thing, days, words."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim.back_office.bad_requests import LONGEST_SEARCH
from eim.back_office.colleagues.names import name_of
from eim.back_office.deeds.sources import Wanted

# Whose rows the site writes itself.
WITHOUT_DEEDS = {"axes"}


class DeedsForm(forms.Form):
    """Read the conditions from the address; of a wrong one a sentence is said, and none is set."""

    words = forms.CharField(label=_("Words"), required=False, max_length=LONGEST_SEARCH)
    colleague = forms.ChoiceField(label=_("Colleague"), required=False)
    kind = forms.ChoiceField(label=_("Kind of thing"), required=False)
    since = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        everybody = ("", gettext("everybody"))
        users = User.objects.order_by("username")
        colleagues = [(str(user.pk), name_of(user)) for user in users]
        choose(self.fields["colleague"], [everybody, *colleagues])
        choose(self.fields["kind"], [("", gettext("everything")), *kinds()])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", gettext("This day is before the first one."))
        return cleaned

    @property
    def wanted(self) -> Wanted:
        """Return the conditions that were understood."""
        found = self.cleaned_data
        return Wanted(
            colleague=int(found["colleague"]) if found.get("colleague") else None,
            kind=apps.get_model(found["kind"]) if found.get("kind") else None,
            since=midnight(found.get("since")),
            before=midnight(found.get("until"), days=1),
        )

    @property
    def searched(self) -> str:
        return str(self.cleaned_data.get("words") or "")


def choose(field: Any, choices: list[tuple[str, str]]) -> None:
    field.choices = choices


def kinds() -> list[tuple[str, str]]:
    """Return the things with pages in the back office, by their names in the page's language."""
    named = [
        (model._meta.label_lower, capfirst(str(model._meta.verbose_name_plural)))
        for model in admin.site._registry
        if model._meta.app_label not in WITHOUT_DEEDS
    ]
    return sorted(named, key=lambda choice: choice[1])


def midnight(day: date | None, *, days: int = 0) -> datetime | None:
    """Return the start of a day, or of one after it, by the clock of the venue."""
    if day is None:
        return None
    try:
        return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))
    except OverflowError:  # the last day of the calendar
        return None
