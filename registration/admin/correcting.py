"""The page on which organisers correct what a person wrote."""

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext

from registration.actions import Refusal, correct, locked_places
from registration.admin.base import may_act
from registration.admin.forms import CorrectionForm
from registration.models import Registration


def correct_view(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    if not may_act(request):
        raise PermissionDenied
    if request.method != "POST":
        return correction_page(model_admin, request, pk)
    # What was typed is compared with the row that is written.
    with locked_places():
        return correction_page(model_admin, request, pk)


def correction_page(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    registration = get_object_or_404(Registration, pk=pk)
    # Read first: validating the form writes unsaved values into the instance.
    name = str(registration)
    data = request.POST if request.method == "POST" else None
    form = CorrectionForm(data, instance=registration)
    if form.merged:
        model_admin.message_user(request, form.merged_words(), messages.WARNING)
    if form.is_valid() and corrected(request, registration, form):
        words = gettext("The registration has been corrected.")
        model_admin.message_user(request, words, messages.SUCCESS)
        return redirect("admin:registration_registration_change", pk)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Correct a registration"),
        "subtitle": name,
        "opts": model_admin.opts,
        "original": registration,
        "form": form,
    }
    return TemplateResponse(request, "admin/registration/registration/correct.html", context)


def corrected(request: HttpRequest, registration: Registration, form: CorrectionForm) -> bool:
    """Save the correction; add a refusal to the form's errors and return False."""
    note = form.cleaned_data["reason"]
    try:
        correct(registration, form.corrected, by=request.user, note=note)  # type: ignore[arg-type]
    except Refusal as refusal:
        form.add_error("email", str(refusal))
        return False
    return True
