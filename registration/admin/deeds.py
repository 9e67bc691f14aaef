"""What organisers do with one place, each on a page that says what will happen."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.actions import Refusal, give_place, move_up, take_back
from registration.admin.base import may_act
from registration.admin.forms import reason_field
from registration.models import Place, Registration

PERSON = "person"


@dataclass(frozen=True, kw_only=True)
class Deed:
    title: Promise
    what: Promise
    done: Promise
    act: Callable[..., Place]
    needs_reason: bool = False
    # A place in person takes others with it.
    what_in_person: Promise | None = None

    def sentence(self, place: Place) -> Promise:
        is_in_person = place.quota.is_in_person
        return self.what_in_person if is_in_person and self.what_in_person else self.what


DEEDS = {
    "up": Deed(
        title=_("Move up the waiting list"),
        what=_("They swap places with the person just ahead of them."),
        done=_("They are now further up the waiting list."),
        act=move_up,
    ),
    "head": Deed(
        title=_("Move to the top of the waiting list"),
        what=_("They get the next place that becomes free, before everyone else who is waiting."),
        done=_("They are now at the top of the waiting list."),
        act=partial(move_up, to_head=True),
    ),
    "give": Deed(
        title=_("Give the place now"),
        what=_("They get a free place out of turn, and an e-mail that says so."),
        done=_("The place is theirs, and an e-mail is on its way."),
        act=give_place,
    ),
    "take": Deed(
        title=_("Take the place back"),
        what=_(
            "The place goes to the first person waiting. The person who loses it gets no e-mail: "
            "please write to them yourself."
        ),
        what_in_person=_(
            "From now on the person takes part online, and all their places in sessions and "
            "services go to those who are waiting. They get no e-mail: please write to them "
            "yourself."
        ),
        done=_("The place has been taken back. Please write to the person yourself."),
        act=take_back,
        needs_reason=True,
    ),
    "out": Deed(
        title=_("Remove from the waiting list"),
        what=_(
            "They are no longer waiting for it. They get no e-mail: please write to them yourself."
        ),
        what_in_person=_(
            "From now on the person takes part online, and no longer waits for places in sessions"
            " or services. They get no e-mail: please write to them yourself."
        ),
        done=_("They are no longer on the waiting list. Please write to the person yourself."),
        act=take_back,
        needs_reason=True,
    ),
}


class DeedForm(forms.Form):
    reason = reason_field()

    def __init__(self, data: object = None, *, needs_reason: bool) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["reason"].required = needs_reason


def deed_view(
    model_admin: ModelAdmin, request: HttpRequest, quota: int, place: int, name: str
) -> HttpResponse:
    if not may_act(request):
        raise PermissionDenied
    if name not in DEEDS:
        raise Http404
    deed = DEEDS[name]
    rows = Place.objects.select_related("quota__session", "registration")
    row = get_object_or_404(rows.current(), pk=place, quota=quota)
    data = request.POST if request.method == "POST" else None
    form = DeedForm(data, needs_reason=deed.needs_reason)
    if form.is_valid():
        return act(model_admin, request, deed, row, form.cleaned_data["reason"])
    return ask(model_admin, request, deed, row, form)


def ask(
    model_admin: ModelAdmin, request: HttpRequest, deed: Deed, place: Place, form: DeedForm
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": deed.title,
        "subtitle": str(place.registration),
        "opts": Registration._meta,
        "original": place.registration,
        "place": place,
        "sentence": deed.sentence(place),
        "form": form,
        "back": back(request, place),
    }
    return TemplateResponse(request, "admin/registration/quota/deed.html", context)


def act(
    model_admin: ModelAdmin, request: HttpRequest, deed: Deed, place: Place, reason: str
) -> HttpResponse:
    try:
        deed.act(place, by=request.user, note=reason)
    except Refusal as refusal:
        model_admin.message_user(request, str(refusal), messages.ERROR)
    else:
        name = place.registration.full_name
        model_admin.message_user(request, f"{name}: {deed.done}", messages.SUCCESS)
    return redirect(back(request, place))


def back(request: HttpRequest, place: Place) -> str:
    """To the page it was asked from: the person's, or the quota's."""
    if request.GET.get("from") == PERSON:
        return reverse("admin:registration_registration_change", args=[place.registration_id])
    return reverse("admin:registration_quota_change", args=[place.quota_id])
