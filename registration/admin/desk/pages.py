"""Pages of the desk: add a person who has not signed up, or confirm one who has."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from eim import clock
from programme.models import Meeting
from registration.actions import Full, Known, MailboxFull, Refusal, add_by_hand, confirm_by_hand
from registration.admin.base import may_act
from registration.admin.desk import NewcomerForm
from registration.admin.forms import ReasonForm
from registration.models import Registration
from registration.offer import Offer

FOLDER = "admin/registration/registration"


def add_page(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    meeting = Meeting.objects.first()
    if meeting is None or not may_act(request):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    offer = Offer.load().not_over(clock.now())
    form = NewcomerForm(data, meeting=meeting, offer=offer)
    if form.is_valid() and (registration := register(model_admin, request, form)):
        return redirect("admin:registration_registration_change", registration.pk)
    context = page_context(model_admin, request, gettext("Add someone at the desk"), form)
    return TemplateResponse(request, f"{FOLDER}/desk.html", context)


def register(
    model_admin: ModelAdmin, request: HttpRequest, form: NewcomerForm
) -> Registration | None:
    """Add the person; add a refusal to the form's errors and return None."""
    try:
        registration = add_by_hand(form.newcomer, by=request.user)  # type: ignore[arg-type]
    except Full as full:
        form.refuse_full(full)
    except Known as known:
        form.add_error(None, sentence_with_link(known))
    except MailboxFull as full:
        # Beside the field: its help says that it may stay empty.
        form.add_error("email", str(full))
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    else:
        words = gettext("%(name)s is registered, with the reference %(reference)s.")
        tell_done(model_admin, request, words, registration)
        return registration
    return None


def sentence_with_link(known: Known) -> SafeString:
    registration = known.registration
    page = reverse("admin:registration_registration_change", args=[registration.pk])
    words = f"{registration.full_name}, {registration.spaced_reference}"
    return format_html('{} <a href="{}">{}</a>', str(known), page, words)


def let_in_page(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    if not may_act(request):
        raise PermissionDenied
    registration = get_object_or_404(Registration, pk=pk)
    data = request.POST if request.method == "POST" else None
    form = ReasonForm(data, needs_reason=False)
    if form.is_valid():
        let_in(model_admin, request, registration, form.cleaned_data["reason"])
        return redirect("admin:registration_registration_change", pk)
    context = page_context(model_admin, request, gettext("Confirm: the person is here"), form)
    context |= {
        "subtitle": str(registration),
        "original": registration,
        "places": registration.places.current().with_quotas(),
    }
    return TemplateResponse(request, f"{FOLDER}/let_in.html", context)


def let_in(
    model_admin: ModelAdmin, request: HttpRequest, registration: Registration, note: str
) -> None:
    try:
        registration = confirm_by_hand(registration, by=request.user, note=note)  # type: ignore[arg-type]
    except Refusal as refusal:
        model_admin.message_user(request, str(refusal), messages.ERROR)
    else:
        words = gettext("%(name)s is confirmed, with the reference %(reference)s.")
        tell_done(model_admin, request, words, registration)


def tell_done(
    model_admin: ModelAdmin, request: HttpRequest, words: str, registration: Registration
) -> None:
    facts = {"name": registration.full_name, "reference": registration.spaced_reference}
    model_admin.message_user(request, words % facts, messages.SUCCESS)


def page_context(
    model_admin: ModelAdmin, request: HttpRequest, title: str, form: object
) -> dict[str, Any]:
    context = model_admin.admin_site.each_context(request)
    return {**context, "title": title, "opts": model_admin.opts, "form": form}
