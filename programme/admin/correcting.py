"""Pages that correct a session's code, and the meeting's time zone, with all that hangs on them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.actions import correct_code, move_to_zone
from programme.clocks.zones import zone_choices
from programme.models import Meeting, Session
from programme.models.meeting import validate_time_zone


class CodeForm(forms.ModelForm):
    class Meta:
        model = Session
        fields = ["code"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = gettext("Capital letters, digits and hyphens.")


class ZoneForm(forms.Form):
    time_zone = forms.CharField(label=_("time zone"), validators=[validate_time_zone])

    def __init__(self, data: Any = None, *, meeting: Meeting) -> None:
        super().__init__(data, initial={"time_zone": meeting.time_zone})
        self.fields["time_zone"].widget = forms.Select(choices=zone_choices(meeting.time_zone))


def code_view(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    session: Session = get_object_or_404(Session, pk=pk)
    if not model_admin.has_change_permission(request, session):
        raise PermissionDenied
    old = session.code
    form = CodeForm(request.POST or None, instance=session)
    if form.is_valid():
        correct_code(session, form.cleaned_data["code"])
        words = gettext("The code is now %(code)s, and no longer %(old)s.")
        sentence = words % {"code": form.cleaned_data["code"], "old": old}
        model_admin.log_change(request, session, sentence)
        model_admin.message_user(request, sentence, messages.SUCCESS)
        return redirect("admin:programme_session_change", session.pk)
    context = {"title": gettext("Correct the code"), "original": session, "old": old}
    return page(model_admin, request, form, "programme/session/code.html", context)


def zone_view(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    meeting: Meeting = get_object_or_404(Meeting, pk=pk)
    if not model_admin.has_change_permission(request, meeting):
        raise PermissionDenied
    form = ZoneForm(request.POST or None, meeting=meeting)
    if form.is_valid() and move(model_admin, request, form, meeting):
        return redirect("admin:programme_meeting_change", meeting.pk)
    context = {
        "title": gettext("Move all hours to another time zone"),
        "original": meeting,
        "count": Session.objects.with_hours().count(),
    }
    return page(model_admin, request, form, "programme/meeting/zone.html", context)


def move(model_admin: Any, request: HttpRequest, form: ZoneForm, meeting: Meeting) -> bool:
    """Move the hours; return False, and say why in the form, if they cannot be moved."""
    name = form.cleaned_data["time_zone"]
    try:
        with model_admin.writing(request) as write:
            write.is_told = False
            move_to_zone(meeting, name)
    except ValidationError as refusal:
        form.add_error("time_zone", refusal)
        return False
    words = gettext("All hours are now those of %(zone)s: clocks show the same as before.")
    model_admin.log_change(request, meeting, words % {"zone": name})
    model_admin.message_user(request, words % {"zone": name}, messages.SUCCESS)
    return True


def page(
    model_admin: ModelAdmin,
    request: HttpRequest,
    form: forms.BaseForm,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    frame = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "subtitle": str(context["original"]),
        "form": form,
    }
    return TemplateResponse(request, f"admin/{template}", {**frame, **context})
