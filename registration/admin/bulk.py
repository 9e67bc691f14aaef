"""Actions on several registrations of the list, or on one from its page: resend, cancel.

Each registration gets a transaction of its own: one transaction for hundreds of them would hold
the lock over all quotas for long, and everybody else would wait.
"""

from contextlib import suppress
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registration.actions import Refusal, cancel, renew_link, resend
from registration.admin.forms import ReasonForm
from registration.models import Registration

EVERYWHERE = [admin.ActionLocation.CHANGE_LIST, admin.ActionLocation.CHANGE_FORM]
ACTION_ON_PAGE = f"{admin.ActionLocation.CHANGE_FORM.value}-action"
# The page that asks for the reason posts a field for each, and the site accepts 2,000 fields.
MOST_AT_ONCE = 500

type Registrations = QuerySet[Registration]


@admin.action(description=_("Send the e-mail again"), permissions=["change"], location=EVERYWHERE)
def resend_mail(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: Registrations
) -> None:
    refused = 0
    registrations = list(queryset[: MOST_AT_ONCE + 1])
    if len(registrations) > MOST_AT_ONCE:
        model_admin.message_user(request, too_many(), messages.WARNING)
        return
    for registration in registrations:
        try:
            resend(registration, by=request.user)  # type: ignore[arg-type]
        except Refusal:
            refused += 1
    tell_sent(model_admin, request, len(registrations) - refused)
    if refused:
        words = ngettext(
            "%(count)s gets no e-mail: it is cancelled, has lapsed or has no address.",
            "%(count)s get no e-mail: they are cancelled, have lapsed or have no address.",
            refused,
        )
        model_admin.message_user(request, words % {"count": refused}, messages.WARNING)


@admin.action(description=_("Make a new link"), permissions=["change"], location=EVERYWHERE)
def make_new_link(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: Registrations
) -> None:
    """End the links of people whose own has leaked; each gets a new one by e-mail."""
    confirmed = list(queryset.confirmed()[: MOST_AT_ONCE + 1])  # type: ignore[attr-defined]
    if len(confirmed) > MOST_AT_ONCE:
        model_admin.message_user(request, too_many(), messages.WARNING)
        return
    renewed = 0
    for registration in confirmed:
        with suppress(Refusal):
            renewed += renew_link(registration, by=request.user)  # type: ignore[arg-type]
    tell_sent(model_admin, request, renewed)
    if not renewed:
        sentence = gettext("There is no link to renew: it is not confirmed, or has no address.")
        model_admin.message_user(request, sentence, messages.WARNING)


def tell_sent(model_admin: admin.ModelAdmin, request: HttpRequest, count: int) -> None:
    if count:
        words = ngettext(
            "%(count)s e-mail is on its way.", "%(count)s e-mails are on their way.", count
        )
        model_admin.message_user(request, words % {"count": count}, messages.SUCCESS)


@admin.action(description=_("Cancel…"), permissions=["change"], location=EVERYWHERE)
def cancel_registrations(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: Registrations
) -> TemplateResponse | None:
    """Cancel, after a page that names everybody concerned and asks for the reason."""
    live = list(queryset.live()[: MOST_AT_ONCE + 1])  # type: ignore[attr-defined]
    if complaint := complaint_about(len(live)):
        model_admin.message_user(request, complaint, messages.WARNING)
        return None
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    if not form.is_valid():
        return ask_for_reason(model_admin, request, live, form)
    for registration in live:
        cancel(registration, by=request.user, note=form.cleaned_data["reason"])  # type: ignore[arg-type]
    words = ngettext(
        "%(count)s registration was cancelled.",
        "%(count)s registrations were cancelled.",
        len(live),
    )
    model_admin.message_user(request, words % {"count": len(live)}, messages.SUCCESS)
    return None


def complaint_about(count: int) -> str:
    if not count:
        return gettext("There is nothing to cancel: they are already cancelled or lapsed.")
    return too_many() if count > MOST_AT_ONCE else ""


def too_many() -> str:
    words = gettext("Choose at most %(count)s registrations at a time.")
    return words % {"count": MOST_AT_ONCE}


def ask_for_reason(
    model_admin: admin.ModelAdmin, request: HttpRequest, live: list[Registration], form: ReasonForm
) -> TemplateResponse:
    context: dict[str, Any] = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Cancel registrations"),
        "opts": model_admin.opts,
        "registrations": live,
        "form": form,
        "action_name": ACTION_ON_PAGE if ACTION_ON_PAGE in request.POST else "action",
        "action_checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/registration/registration/cancel.html", context)
