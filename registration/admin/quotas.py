from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from programme.admin.filters import LackingFilter
from registration.actions import open_in_person, open_service, set_size
from registration.admin.base import Locked
from registration.admin.sessions import LARGEST_SIZE
from registration.models import Place, Quota
from registration.validators import validate_service_code

NAME_FIELDS = [f"name_{code}" for code, _name in settings.LANGUAGES]


class QuotaForm(forms.ModelForm):
    size = forms.IntegerField(label=_("Size"), min_value=0, max_value=LARGEST_SIZE)

    def clean_size(self) -> int:
        size: int = self.cleaned_data["size"]
        if size < self.instance.taken:
            sentence = gettext("%(taken)s are taken: it cannot be smaller than that.")
            raise ValidationError(sentence % {"taken": self.instance.taken})
        return size


class NewQuotaForm(QuotaForm):
    """Seats are opened on the page of their session, the rest here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(k, n) for k, n in Quota.Kind.choices if k != Quota.Kind.SESSION]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["kind"].help_text = _("Seats of a session are opened on the session's page.")
        self.fields["service_code"].validators.append(validate_service_code)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") == Quota.Kind.SERVICE:
            self._require_code_and_name(cleaned)
        elif cleaned.get("kind") == Quota.Kind.IN_PERSON:
            self._refuse_second_in_person(cleaned)
        return cleaned

    def _require_code_and_name(self, cleaned: dict[str, Any]) -> None:
        if "service_code" in cleaned and not cleaned["service_code"]:
            self.add_error("service_code", gettext("A service needs a code."))
        if not cleaned.get(NAME_FIELDS[0]):
            self.add_error(NAME_FIELDS[0], gettext("A service needs a name."))

    def _refuse_second_in_person(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("service_code"):
            self.add_error("service_code", gettext("Only services have a code."))
        if Quota.objects.in_person().exists():
            self.add_error("kind", gettext("Places in person are open already: change their size."))


@admin.register(Quota)
class QuotaAdmin(Locked, TranslationAdmin):
    list_display = ["label", "kind", "taken", "size", "bar", "waiting"]
    list_filter = ["kind", LackingFilter]
    list_select_related = ["session"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quota]:
        waiting = Count("places", filter=Q(places__state=Place.State.WAITING))
        return super().get_queryset(request).annotate(waiting_count=waiting)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        form = QuotaForm if obj else NewQuotaForm
        return super().get_form(request, obj, form=form, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Quota | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ["kind", "service_code", *NAME_FIELDS, "size"]})]
        names = NAME_FIELDS if obj.kind == Quota.Kind.SERVICE else []
        return [(None, {"fields": ["kind", "session", "service_code", *names, "size", "taken"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Quota | None = None) -> list[str]:
        return ["kind", "session", "service_code", "taken"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Quota | None = None) -> bool:
        is_unused = obj is not None and not obj.places.exists()
        return is_unused and super().has_delete_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: Quota, form: forms.ModelForm, change: bool
    ) -> None:
        names = {code: getattr(obj, f"name_{code}") or "" for code, _name in settings.LANGUAGES}
        if change:
            set_size(obj, obj.size)
            columns = {f"name_{code}": name for code, name in names.items()}
            Quota.objects.filter(pk=obj.pk).update(**columns)
        elif obj.kind == Quota.Kind.SERVICE:
            obj.pk = open_service(str(obj.service_code), names, obj.size).pk
        else:
            obj.pk = open_in_person(obj.size).pk

    @admin.display(description=_("quota"))
    def label(self, quota: Quota) -> str:
        return str(quota)

    @admin.display(description=_("in a picture"))
    def bar(self, quota: Quota) -> SafeString:
        return format_html(
            '<meter max="{0}" value="{1}">{1} / {0}</meter>', max(quota.size, 1), quota.taken
        )

    @admin.display(description=_("waiting"))
    def waiting(self, quota: Quota) -> int:
        return quota.waiting_count  # type: ignore[attr-defined]
