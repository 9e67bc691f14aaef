"""The list of e-mails that came back, and the page on which organisers note one themselves."""

from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from eim import clock
from registration.actions.suppressions import reached_hashed
from registration.admin.base import goes_with_its_person
from registration.models import Bounce, Message
from registration.models.bounces import BounceReason
from registration.outbox.bounces.noting import note_by_hand
from registration.wording.bounces import advice_for

EVERYWHERE = [admin.ActionLocation.CHANGE_LIST, admin.ActionLocation.CHANGE_FORM]
SHOWN = (
    *("recipient", "address", "message", "what_happened", "what_to_do"),
    *("status", "answer", "reported_at", "noted_by", "cleared_at"),
)


def may_see_mails(user: Any) -> bool:
    return user.has_perm("registration.view_message")


def may_change_mails(user: Any) -> bool:
    return user.has_perm("registration.change_message")


class BounceAdmin(admin.ModelAdmin):
    """Show whom e-mails do not reach, and why; whoever may see messages sees them."""

    list_display = ["recipient", "address", "what_happened", "what_to_do", "reported_at", "settled"]
    # The recipient's own link leads to where the address is corrected.
    list_display_links = ["what_happened"]
    list_filter = [("cleared_at", admin.EmptyFieldListFilter), "kind", "reason", "reported_at"]
    search_fields = [
        "message__registration__full_name",
        "message__registration__email",
        *("message__person__name", "message__person__email"),
        "message__news_address__address",
    ]
    list_select_related = [
        *("message__registration", "message__person", "message__news_address"),
        "noted_by",
    ]
    show_full_result_count = False
    list_per_page = 50
    actions = ["settle"]
    fields = SHOWN

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_see_mails(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Bounce | None = None) -> bool:
        return may_see_mails(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Bounce | None = None) -> bool:
        return may_change_mails(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Bounce | None = None) -> bool:
        return goes_with_its_person(request, obj.message if obj else None)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Bounce | None = None
    ) -> tuple[str, ...]:
        return SHOWN

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(mark_view, self))
        name = "registration_bounce_mark"
        return [path("mark/<int:pk>/", view, name=name), *super().get_urls()]

    @admin.display(description=_("recipient"))
    def recipient(self, bounce: Bounce) -> str | SafeString:
        """Name the recipient, with a link to where their address is corrected."""
        message = bounce.message
        row: models.Model | None = message.registration or message.person
        if row is None:
            return gettext("Somebody who wants news of later meetings")
        page = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
        name = message.registration.full_name if message.registration else str(message.person)
        return format_html('<a href="{}">{}</a>', reverse(page, args=[row.pk]), name or "…")

    @admin.display(description=_("e-mail address"))
    def address(self, bounce: Bounce) -> str:
        return bounce.message.address

    @admin.display(description=_("what happened"))
    def what_happened(self, bounce: Bounce) -> str:
        return str(bounce)

    @admin.display(description=_("what can be done"))
    def what_to_do(self, bounce: Bounce) -> str:
        return advice_for(bounce) if bounce.is_standing else ""

    @admin.display(description=_("settled"), boolean=True)
    def settled(self, bounce: Bounce) -> bool:
        return not bounce.is_standing

    @admin.action(description=_("Arrives again"), permissions=["change"], location=EVERYWHERE)
    def settle(self, request: HttpRequest, queryset: QuerySet[Bounce]) -> None:
        """Write to these mailboxes again, also to those that their servers did not know."""
        bounces = list(queryset.select_related("message"))
        mailboxes = {bounce.message.sent_to for bounce in bounces} - {""}
        reached_hashed(sorted(mailboxes), clock.now())
        Bounce.objects.filter(pk__in=[bounce.pk for bounce in bounces]).clear(clock.now())
        for bounce in bounces:
            self.log_change(request, bounce, gettext("Arrives again"))
        words = ngettext(
            "%(count)s address is written to again.",
            "%(count)s addresses are written to again.",
            len(mailboxes),
        )
        self.message_user(request, words % {"count": len(mailboxes)}, messages.SUCCESS)


class BounceForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why"), choices=BounceReason.choices, initial=BounceReason.OTHER
    )


def mark_view(model_admin: admin.ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Note that an e-mail came back: to another mailbox, or that the person says so."""
    if not may_change_mails(request.user):
        raise PermissionDenied
    message = get_object_or_404(Message.objects.select_related("registration"), pk=pk)
    form = BounceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = BounceReason(form.cleaned_data["reason"])
        bounce = note_by_hand(message, reason, by=cast(User, request.user), now=clock.now())
        model_admin.log_change(request, bounce, gettext("Marked as bounced"))
        words = gettext("Noted: %(words)s. No reminders and letters go there until it is settled.")
        model_admin.message_user(request, words % {"words": bounce}, messages.SUCCESS)
        return redirect("admin:registration_bounce_change", bounce.pk)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Mark as bounced"),
        "opts": model_admin.opts,
        "message": message,
        "address": message.address,
        "form": form,
    }
    return TemplateResponse(request, "admin/mail_health/mark.html", context)
