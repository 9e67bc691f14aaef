"""The back office's pages of quotas: their size, and who has a place or waits for one."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from eim.lib.fields import first_column
from eim.lib.site_languages import SITE_CODES, translated_columns
from programme.admin.filters import LackingFilter
from programme.admin.languages import FollowsFirstLanguage, in_language_order
from programme.models import Meeting
from registration.actions import open_in_person, open_service, set_size
from registration.admin import waiting_list
from registration.admin.base import LocksPlaces, may_act, may_see_people
from registration.admin.place_actions import place_action_view
from registration.admin.quota_bar import quota_bar
from registration.admin.sessions import LARGEST_SIZE
from registration.admin.signature_sheets import sheet_of_quota
from registration.models import Quota
from registration.validators import validate_service_code
from registration.wording.crowding import crowded_sessions

NAME_FIELDS = translated_columns("name")


class QuotaForm(forms.ModelForm):
    size = forms.IntegerField(label=_("Number of places"), min_value=0, max_value=LARGEST_SIZE)

    def clean_size(self) -> int:
        size: int = self.cleaned_data["size"]
        if size < self.instance.taken:
            sentence = gettext("%(taken)s are taken: the number cannot be smaller.")
            raise ValidationError(sentence % {"taken": self.instance.taken})
        return size


class NewQuotaForm(QuotaForm):
    """Open places in person or a service; seats are opened on the page of their session."""

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
        if not cleaned.get(first_column("name")):
            self.add_error(first_column("name"), gettext("A service needs a name."))

    def _refuse_second_in_person(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("service_code"):
            self.add_error("service_code", gettext("Only services have a code."))
        if Quota.objects.in_person().exists():
            self.add_error(
                "kind", gettext("Places in person are already open: change their number.")
            )


@admin.register(Quota)
class QuotaAdmin(FollowsFirstLanguage, LocksPlaces, TranslationAdmin):
    list_display = ["label", "kind", "size", "confirmed", "held", "free", "waiting", "picture"]
    list_filter = ["kind", LackingFilter]
    list_select_related = ["session__theme"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quota]:
        return super().get_queryset(request).with_figures()  # type: ignore[attr-defined]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        form = QuotaForm if obj else NewQuotaForm
        return super().get_form(request, obj, form=form, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Quota | None = None) -> Any:
        if obj is None:
            names = in_language_order(NAME_FIELDS)
            return [(None, {"fields": ["kind", "service_code", *names, "size"]})]
        names = in_language_order(NAME_FIELDS) if obj.kind == Quota.Kind.SERVICE else []
        return [(None, {"fields": ["kind", "session", "service_code", *names, "size", "taken"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Quota | None = None) -> list[str]:
        return ["kind", "session", "service_code", "taken"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Quota | None = None) -> bool:
        is_unused = obj is not None and not obj.places.exists()
        return is_unused and super().has_delete_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: Quota, form: forms.ModelForm, change: bool
    ) -> None:
        names = {code: getattr(obj, f"name_{code}") or "" for code in SITE_CODES}
        if change:
            set_size(obj, obj.size)
            columns = {f"name_{code}": name for code, name in names.items()}
            Quota.objects.filter(pk=obj.pk).update(**columns)
        elif obj.kind == Quota.Kind.SERVICE:
            obj.pk = open_service(str(obj.service_code), names, obj.size).pk
        else:
            obj.pk = open_in_person(obj.size).pk
        crowded = crowded_sessions([obj.session] if obj.session else None)
        for crowding in [one for one in crowded if one.has_seats == bool(obj.session)]:
            self.message_user(request, crowding.words, messages.WARNING)

    @admin.display(description=_("quota"))
    def label(self, quota: Quota) -> str:
        return str(quota)

    @admin.display(description=pgettext_lazy("places", "confirmed"))
    def confirmed(self, quota: Quota) -> int:
        return quota.taken - self.held(quota)

    @admin.display(description=pgettext_lazy("places", "reserved"))
    def held(self, quota: Quota) -> int:
        return quota.held

    @admin.display(description=pgettext_lazy("places", "free"))
    def free(self, quota: Quota) -> int:
        return quota.free

    @admin.display(description=_("waiting"))
    def waiting(self, quota: Quota) -> int:
        return quota.waiting

    @admin.display(description=_("full square: confirmed; half: reserved; line: waiting"))
    def picture(self, quota: Quota) -> SafeString:
        return quota_bar(quota)

    # The page of a quota: its waiting list

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        act = partial(place_action_view, self)
        return [
            path(
                "<int:quota>/places/<int:place>/<slug:name>/",
                wrap(act),
                name="registration_quota_deed",
            ),
            path("<int:pk>/signatures/", wrap(self.sheet_view), name="registration_quota_sheet"),
            *super().get_urls(),
        ]

    def sheet_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return sheet_of_quota(self.admin_site, request, pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        quota = kwargs.get("obj")
        if quota and may_see_people(request):
            context |= self.waiting_list_context(request, quota, context["meeting"])
        return super().render_change_form(request, context, *args, **kwargs)

    def waiting_list_context(
        self, request: HttpRequest, quota: Quota, meeting: Meeting
    ) -> dict[str, Any]:
        tabs = waiting_list.state_tabs(quota, request.GET.get("show", ""))
        tab = next(tab for tab in tabs if tab.is_shown)
        page = waiting_list.page_of_places(quota, tab, request.GET.get("page"))
        return {
            "tabs": tabs,
            "tab": tab,
            "page": page,
            "rows": waiting_list.place_rows(list(page.object_list), meeting),
            "bar": quota_bar(quota),
            "may_act": may_act(request),
        }
