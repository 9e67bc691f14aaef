"""The page on which organisers erase the data of a person who has no link to do it."""

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration.actions import erase
from registration.admin.base import may_erase
from registration.models import Registration


class ErasureByHandForm(forms.Form):
    """Ask for no reason: a text about the person would outlive their data."""

    sure = forms.BooleanField(
        label=_("The person has asked for it, and I have made sure that it is them"),
        error_messages={"required": _("Tick this if the data are to be erased.")},
    )


def erase_view(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    if not may_erase(request):
        raise PermissionDenied
    registration = get_object_or_404(Registration, pk=pk)
    if registration.is_anonymous:
        raise Http404
    form = ErasureByHandForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        erase(registration, by=request.user)  # type: ignore[arg-type]
        words = gettext("The personal data of %(reference)s have been erased.")
        told = words % {"reference": registration.spaced_reference}
        model_admin.message_user(request, told, messages.SUCCESS)
        return redirect("admin:registration_registration_change", registration.pk)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Erase personal data"),
        "subtitle": str(registration),
        "opts": model_admin.opts,
        "original": registration,
        "form": form,
    }
    return TemplateResponse(request, "admin/registration/registration/erase.html", context)
