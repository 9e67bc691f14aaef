"""The back office's list of registrations, and the page of one."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from eim.lib.qr import qr_svg
from registration.actions import set_category
from registration.admin import waiting_list
from registration.admin.base import LocksPlaces, may_act, may_erase, may_see_needs
from registration.admin.bulk import cancel_registrations, make_new_link, resend_mail
from registration.admin.correcting import correct_view
from registration.admin.desk.pages import add_page, let_in_page
from registration.admin.erasing import erase_view
from registration.admin.filters import CountryFilter, NeedsFilter, PlaceFilter, SignUpDayFilter
from registration.admin.history import history_of, last_sent, standing_bounces
from registration.admin.privacy import ConsentInline
from registration.admin.signature_sheets import sheet_of_day
from registration.answers import Use, answers_for, with_new_email
from registration.exports import attendees as exports
from registration.models import Registration

BY_THE_SITE = [
    "reference_in_groups",
    "state",
    "submitted_at",
    "confirmed_at",
    "unproven_since",
    "cancelled_at",
    "expired_at",
    "coming_at",
]
BY_THE_ATTENDEE = [*with_new_email(answers_for(Use.BACK_OFFICE))]
BY_THE_ORGANISERS = ["category", "person"]


@admin.register(Registration)
class RegistrationAdmin(LocksPlaces):
    """Show what attendees wrote; an action corrects it and records the correction."""

    list_display = [
        "name",
        "reference_in_groups",
        "state",
        "attendance",
        "category",
        "institution",
        "country",
        "signed_up",
    ]
    list_filter = [
        "state",
        "attendance",
        "category",
        PlaceFilter,
        CountryFilter,
        "occupation",
        "mail_language",
        SignUpDayFilter,
    ]
    search_fields = ["full_name", "email", "institution", "reference"]
    search_help_text = _("Name, e-mail, institution or reference.")
    autocomplete_fields = ["person"]
    inlines = [ConsentInline]
    actions = [resend_mail, make_new_link, cancel_registrations]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Open the page of the desk to anyone who may act on registrations."""
        return may_act(request)

    def has_delete_permission(self, request: HttpRequest, obj: Registration | None = None) -> bool:
        return False

    def get_list_filter(self, request: HttpRequest) -> Any:
        needs = [NeedsFilter] if may_see_needs(request) else []
        return [*super().get_list_filter(request), *needs]

    def get_fieldsets(self, request: HttpRequest, obj: Registration | None = None) -> Any:
        needs = ["needs"] if may_see_needs(request) else []
        return [
            (None, {"fields": BY_THE_SITE}),
            (_("Written by the person"), {"fields": [*BY_THE_ATTENDEE, *needs]}),
            (_("Set by the organisers"), {"fields": BY_THE_ORGANISERS}),
        ]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Registration | None = None
    ) -> list[str]:
        return [*BY_THE_SITE, *BY_THE_ATTENDEE, "needs"]

    @admin.display(description=_("full name"), ordering="name_key")
    def name(self, registration: Registration) -> str:
        return registration.full_name

    @admin.display(description=_("reference"), ordering="reference")
    def reference_in_groups(self, registration: Registration) -> str:
        return registration.spaced_reference

    @admin.display(description=_("registered"), ordering="submitted_at")
    def signed_up(self, registration: Registration) -> str:
        return date_format(timezone.localtime(registration.submitted_at), "SHORT_DATETIME_FORMAT")

    def save_model(
        self, request: HttpRequest, obj: Registration, form: forms.ModelForm, change: bool
    ) -> None:
        set_category(obj, category=obj.category, person=obj.person, by=request.user)  # type: ignore[arg-type]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "signatures/<str:day>/",
                wrap(self.sheet_view),
                name="registration_registration_sheet",
            ),
            path("export/", wrap(self.export_view), name="registration_registration_export"),
            path(
                "<int:pk>/correct/",
                wrap(partial(correct_view, self)),
                name="registration_registration_correct",
            ),
            path(
                "<int:pk>/let-in/",
                wrap(partial(let_in_page, self)),
                name="registration_registration_let_in",
            ),
            path(
                "<int:pk>/erase/",
                wrap(partial(erase_view, self)),
                name="registration_registration_erase",
            ),
            path("<int:pk>/pass/", wrap(self.pass_view), name="registration_registration_pass"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if registration := kwargs.get("obj"):
            places = registration.places.with_quotas().with_positions()
            history = history_of(registration, with_needs=may_see_needs(request))
            context |= {
                "rows": waiting_list.place_rows(
                    places.select_related("registration"), context["meeting"]
                ),
                "history": history,
                "bounces": standing_bounces(history),
                "last_sent": last_sent(history),
                "may_act": may_act(request),
                "may_erase": may_erase(request),
                "show_save_and_add_another": False,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return add_page(self, request)

    def pass_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the pass to print, for people without a phone."""
        registration = self.get_object(request, str(pk))
        if not self.has_view_permission(request, registration):
            raise PermissionDenied
        if registration is None or not registration.is_confirmed:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": registration.full_name,
            "opts": self.opts,
            "registration": registration,
            "code": qr_svg(registration.reference),
        }
        return TemplateResponse(request, "admin/registration/registration/pass.html", context)

    def sheet_view(self, request: HttpRequest, day: str) -> HttpResponse:
        return sheet_of_day(self.admin_site, request, day)

    @method_decorator(require_POST)
    def export_view(self, request: HttpRequest) -> HttpResponse | FileResponse:
        """Export all pages of the list, as it is filtered and searched."""
        if not (self.has_view_permission(request) and exports.is_allowed_to(request.user)):
            raise PermissionDenied
        try:
            found = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return redirect("admin:registration_registration_changelist")
        kind = request.POST.get("format", "csv")
        if kind not in exports.WRITERS:
            raise Http404
        return exports.download(found, kind, by=request.user)  # type: ignore[arg-type]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may = {"may_export": exports.is_allowed_to(request.user)}
        return super().changelist_view(request, {**(extra_context or {}), **may})
