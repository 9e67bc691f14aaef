"""Reminders in the back office."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from eim.lib.site_languages import translated_columns
from programme.admin.filters import LackingFilter
from programme.admin.languages import FollowsFirstLanguage
from registration.models import Message, Reminder

WORDS = translated_columns("words")


@admin.register(Reminder)
class ReminderAdmin(FollowsFirstLanguage, TranslationAdmin):
    """Set which mails the worker writes by the clock, when, and with which added words."""

    list_display = ["about", "is_on", "lead", "sent"]
    list_filter = [LackingFilter]
    fields = ["about", "is_on", "lead", *WORDS]
    readonly_fields = ["about"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Reminder | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reminder]:
        mails = Message.objects.filter(kind=OuterRef("about"), state=Message.State.SENT)
        counts = mails.order_by().values("kind").annotate(count=Count("pk")).values("count")
        sent = Coalesce(Subquery(counts, output_field=IntegerField()), 0)
        return super().get_queryset(request).annotate(sent_count=sent)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if self.has_view_permission(request):
            Reminder.ensured()
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("sent"))
    def sent(self, reminder: Reminder) -> int:
        return reminder.sent_count
