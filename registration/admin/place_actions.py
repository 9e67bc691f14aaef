"""Let organisers act on one place; a page says first what will happen."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

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
from registration.admin.forms import ReasonForm
from registration.models import Place, Registration

PERSON = "person"


@dataclass(frozen=True, kw_only=True)
class PlaceAction:
    title: Promise
    what: Promise
    done: Promise
    act: Callable[..., Place]
    needs_reason: bool = False
    # For a place in person: the person's seats and services go with it.
    what_in_person: Promise | None = None

    def sentence(self, place: Place) -> Promise:
        is_in_person = place.quota.is_in_person
        return self.what_in_person if is_in_person and self.what_in_person else self.what


PLACE_ACTIONS = {
    "up": PlaceAction(
        title=_("Move up the waiting list"),
        what=_("They swap places with the person just ahead of them."),
        done=_("They are now further up the waiting list."),
        act=move_up,
    ),
    "head": PlaceAction(
        title=_("Move to the top of the waiting list"),
        what=_("They get the next place that becomes free, before everyone else who is waiting."),
        done=_("They are now at the top of the waiting list."),
        act=partial(move_up, to_head=True),
    ),
    "give": PlaceAction(
        title=_("Give the place now"),
        what=_("They get a free place out of turn, and an e-mail that says so."),
        done=_("The place is theirs, and an e-mail is on its way."),
        act=give_place,
    ),
    "take": PlaceAction(
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
    "out": PlaceAction(
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


def place_action_view(
    model_admin: ModelAdmin, request: HttpRequest, quota: int, place: int, name: str
) -> HttpResponse:
    if not may_act(request):
        raise PermissionDenied
    if name not in PLACE_ACTIONS:
        raise Http404
    action = PLACE_ACTIONS[name]
    rows = Place.objects.select_related("quota__session", "registration")
    row = get_object_or_404(rows.current(), pk=place, quota=quota)
    data = request.POST if request.method == "POST" else None
    form = ReasonForm(data, needs_reason=action.needs_reason)
    if form.is_valid():
        return perform(model_admin, request, action, row, form.cleaned_data["reason"])
    return ask_first(model_admin, request, action, row, form)


def ask_first(
    model_admin: ModelAdmin,
    request: HttpRequest,
    action: PlaceAction,
    place: Place,
    form: ReasonForm,
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": action.title,
        "subtitle": str(place.registration),
        "opts": Registration._meta,
        "original": place.registration,
        "place": place,
        "sentence": action.sentence(place),
        "form": form,
        "back": address_to_return_to(request, place),
    }
    return TemplateResponse(request, "admin/registration/quota/place_action.html", context)


def perform(
    model_admin: ModelAdmin, request: HttpRequest, action: PlaceAction, place: Place, reason: str
) -> HttpResponse:
    try:
        action.act(place, by=request.user, note=reason)
    except Refusal as refusal:
        model_admin.message_user(request, str(refusal), messages.ERROR)
    else:
        name = place.registration.full_name
        model_admin.message_user(request, f"{name}: {action.done}", messages.SUCCESS)
    return redirect(address_to_return_to(request, place))


def address_to_return_to(request: HttpRequest, place: Place) -> str:
    """Return the page on which the action was chosen: the person's, or the quota's."""
    if request.GET.get("from") == PERSON:
        return reverse("admin:registration_registration_change", args=[place.registration_id])
    return reverse("admin:registration_quota_change", args=[place.quota_id])
