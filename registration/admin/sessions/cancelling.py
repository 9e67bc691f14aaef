"""The page on which organisers cancel a session: it says first who loses what."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import construct_change_message
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext

from eim.lib.fields.merging import MergingForm
from eim.lib.site_languages import translated_columns
from programme.models import Session
from registration.actions import seats_of
from registration.models import Place, Registration

REASONS = translated_columns("cancellation_reason")


class CancellationForm(MergingForm):
    class Meta:
        model = Session
        fields = REASONS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in REASONS:
            self.fields[name].widget = forms.TextInput({"class": "vLargeTextField"})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(cleaned.get(name) for name in REASONS):
            sentence = gettext("Say why, in one language at least: it goes into the e-mail.")
            self.add_error(REASONS[0], sentence)
        return cleaned


def cancel_session_view(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    if request.method != "POST":
        return cancellation_page(model_admin, request, pk)
    with model_admin.writing(request):
        return cancellation_page(model_admin, request, pk)


def cancellation_page(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    session: Session = get_object_or_404(Session, pk=pk)
    if not model_admin.has_change_permission(request, session):
        raise PermissionDenied
    if session.state != Session.State.PUBLISHED:
        model_admin.message_user(request, why_not(session), messages.WARNING)
        return redirect("admin:programme_session_change", pk)
    form = CancellationForm(request.POST if request.method == "POST" else None, instance=session)
    if form.is_valid():
        cancel_session(model_admin, request, form)
        return redirect("admin:programme_session_change", pk)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Cancel the session"),
        "subtitle": str(session),
        "opts": model_admin.opts,
        "original": session,
        "form": form,
        **people_affected(session),
    }
    return TemplateResponse(request, "admin/programme/session/cancel.html", context)


def why_not(session: Session) -> str:
    if session.is_cancelled:
        return gettext("It is cancelled already.")
    return gettext("Only what is published is cancelled: visitors do not know of this draft.")


def cancel_session(model_admin: Any, request: HttpRequest, form: CancellationForm) -> None:
    """Cancel it; `writing` frees the places and writes to the people when its block ends."""
    session: Session = form.instance
    session.state = Session.State.CANCELLED
    session.save(update_fields=form.changed_columns())
    said = construct_change_message(form, [], add=False)  # type: ignore[arg-type]
    model_admin.log_change(request, session, [{"changed": {"fields": ["state"]}}, *said])
    words = gettext("“%(title)s” is cancelled. Visitors read it, with the reason.")
    model_admin.message_user(request, words % {"title": session}, messages.SUCCESS)


def people_affected(session: Session) -> dict[str, int]:
    places = Place.objects.current().filter(quota__session=session)
    written = places.filter(registration__state=Registration.State.CONFIRMED)
    return {
        "seated": seats_of(session).count(),
        "waiting": places.waiting().count(),
        "written": written.exclude(registration__email=None).count(),
    }
