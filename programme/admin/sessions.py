"""Edit sessions."""

import re
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline

from eim.lib.site_languages import translated_columns
from programme.admin.base import OwnFields, WritesSessions
from programme.admin.correcting import code_view
from programme.admin.fieldsets import FOLDED, FoldsEmptyGroups
from programme.admin.filters import DayFilter
from programme.admin.hours import HoursForm
from programme.admin.people import PartInline, warn_of_overlaps
from programme.admin.questions import moderators_view
from programme.admin.removals import RemovesFromSite
from programme.models import Presentation, Session
from programme.wording.dates import end_in, hour_in, short_day_words
from programme.wording.sessions import where_name


def next_code() -> str:
    """Return a free code that continues the last one: A-13 after A-12."""
    codes = list(Session.objects.order_by("pk").values_list("code", flat=True))
    found = re.fullmatch(r"(.*?)(\d+)", codes[-1]) if codes else None
    start, number = (found[1], int(found[2])) if found else ("S-", 0)
    numbered = (f"{start}{number + step}" for step in range(1, len(codes) + 2))
    return next(code for code in numbered if code not in codes)


class PresentationInline(OwnFields, TranslationStackedInline):
    """Edit presentations; their parts are edited on the page of each presentation."""

    model = Presentation
    extra = 0
    show_change_link = True
    classes = ["collapse"]


@admin.register(Session)
class SessionAdmin(RemovesFromSite, FoldsEmptyGroups, WritesSessions, TranslationAdmin):
    form = HoursForm
    list_display = ["title", "when", "where", "kind", "theme", "state"]
    list_select_related = ["room", "theme"]
    list_filter = [DayFilter, "room", "theme", "kind", "state"]
    search_fields = [
        *translated_columns("title"),
        "code",
        "parts__person__name",
        "presentations__parts__person__name",
    ]
    linked_lookups = ("starts_at__isnull", "quota__isnull")
    prepopulated_fields = {"slug": ["title"]}
    inlines = [PartInline, PresentationInline]
    # What stands in one row is in brackets.
    fieldsets = [
        (None, {"fields": ["title", ("code", "slug"), ("kind", "theme"), "abstract"]}),
        (
            _("When and where"),
            {"fields": [("day", "starts_at", "ends_at"), ("room", "format", "order")]},
        ),
        (_("State"), {"fields": ["state", "cancellation_reason"]}),
        (
            _("Languages and access"),
            {
                "fields": [
                    "languages",
                    "interpretation_languages",
                    "sign_languages",
                    "caption_languages",
                ]
            },
        ),
        (
            _("Outside the venue"),
            {"fields": [("venue_name", "venue_address")], "classes": [FOLDED]},
        ),
        (_("Questions"), {"fields": ["takes_questions"]}),
        (_("Search words"), {"fields": ["search_words"], "classes": ["collapse"]}),
        (
            _("Afterwards"),
            {
                "fields": [
                    "recording_url",
                    "recording_captions",
                    ("transcript_url", "materials_url"),
                ],
                "classes": [FOLDED],
            },
        ),
    ]

    @admin.display(description=_("when"), ordering="starts_at")
    def when(self, session: Session) -> str:
        if not session.day:
            return gettext("day to be confirmed")
        day = short_day_words(session.day)
        if not (session.starts_at and session.ends_at):
            return gettext("%(day)s, time to be confirmed") % {"day": day}
        zone = timezone.get_current_timezone()
        return gettext("%(day)s, %(starts)s to %(ends)s") % {
            "day": day,
            "starts": hour_in(session.starts_at, zone),
            "ends": end_in(session.ends_at, session.starts_at, zone),
        }

    @admin.display(description=_("where"), ordering="room__order")
    def where(self, session: Session) -> str:
        return where_name(session)

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:pk>/code/",
                self.admin_site.admin_view(partial(code_view, self)),
                name="programme_session_code",
            ),
            path(
                "<int:pk>/moderators/",
                self.admin_site.admin_view(partial(moderators_view, self)),
                name="programme_session_moderators",
            ),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).in_order()  # type: ignore[attr-defined]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"code": next_code(), **super().get_changeform_initial_data(request)}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        warn_of_overlaps(self, request, form.instance)

    def get_view_on_site_url(self, obj: Session | None = None) -> str | None:
        """Lead to the page on the site where there is one: a draft has none."""
        # As it is stored: a form that was refused has changed this object already.
        is_on_site = obj and Session.objects.visible().filter(pk=obj.pk).exists()
        return super().get_view_on_site_url(obj) if is_on_site else None

    def get_readonly_fields(self, request: HttpRequest, obj: Session | None = None) -> list[str]:
        return ["code"] if obj else []
