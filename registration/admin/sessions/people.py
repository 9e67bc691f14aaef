"""The page of the people with a seat in a session, first those with a clash of times."""

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext

from programme.models import Session
from registration.actions import (
    clashes_of,
    people_lost,
    registrations_told,
    seats_of,
    write_about_move,
)
from registration.actions.sessions import Clash
from registration.admin.base import may_act, may_see_people
from registration.models import Registration

PER_PAGE = 100
CLASHING, EVERYBODY = "clashing", "everybody"


class RecipientsForm(forms.Form):
    recipients = forms.ChoiceField(choices=[(CLASHING, ""), (EVERYBODY, "")])


def people_view(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    if not may_see_people(request):
        raise PermissionDenied
    session: Session = get_object_or_404(Session.objects.select_related("room", "quota"), pk=pk)
    clashes = clashes_of(session)
    if request.method == "POST":
        return write_to_people(model_admin, request, session, clashes)
    seats = (
        seats_of(session).select_related("registration").order_by("registration__name_key", "pk")
    )
    told = registrations_told(session)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("People of this session"),
        "subtitle": str(session),
        "opts": model_admin.opts,
        "original": session,
        "session": session,
        "clashes": [(clash, clash.registration.pk in told) for clash in clashes],
        "page": Paginator(seats, PER_PAGE).get_page(request.GET.get("page")),
        "told": told,
        "lost": people_lost(session),
        "may_act": may_act(request),
    }
    return TemplateResponse(request, "admin/programme/session/people.html", context)


def write_to_people(
    model_admin: ModelAdmin, request: HttpRequest, session: Session, clashes: list[Clash]
) -> HttpResponse:
    if not may_act(request):
        raise PermissionDenied
    form = RecipientsForm(request.POST)
    if form.is_valid():
        recipients = [clash.registration for clash in clashes]
        if form.cleaned_data["recipients"] == EVERYBODY:
            recipients = list(Registration.objects.filter(places__in=seats_of(session)))
        count = write_about_move(session, recipients, by=request.user)  # type: ignore[arg-type]
        words = gettext(
            "There is nobody left to write to: everyone whose registration and address are "
            "confirmed already has this e-mail."
        )
        if count:
            words = ngettext(
                "%(count)s e-mail is on its way.", "%(count)s e-mails are on their way.", count
            ) % {"count": count}
        model_admin.message_user(request, words, messages.SUCCESS)
    return redirect("admin:programme_session_people", session.pk)
