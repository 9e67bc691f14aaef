"""Forms behind a person's own page: places, consents and access needs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from programme.decorators import SiteRequest, personal
from programme.views.sending import accepts, refusal_status
from registration import actions, tokens
from registration.forms import ConsentsForm, NeedsForm, PlacesForm
from registration.models import Registration
from registration.offer import Offer
from registration.views.owner import (
    back_to_own_page,
    is_over,
    owned,
    owned_for_ever,
)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@owned
def change_places(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    """Change seats and services, until the meeting is over."""
    if is_over(request.meeting):
        return redirect("registration:own", token=token)
    if not (registration.is_confirmed and registration.is_in_person):
        sentence = gettext("Workshops, visits and services are for those who come in person.")
        return back_to_own_page(request, token, messages.WARNING, sentence)
    form = PlacesForm(
        request.POST if request.method == "POST" else None,
        meeting=request.meeting,
        offer=Offer.load(),
        places=list(registration.places.current().with_quotas().with_positions()),
    )
    if accepts(request, form):
        try:
            waitlist = form.cleaned_data["waitlist"]
            actions.change_places(registration, form.wanted, waitlist=waitlist)
            done = gettext("Your choice has been saved.")
            return back_to_own_page(request, token, messages.SUCCESS, done)
        except actions.Full as full:
            form.refuse_full(full, Offer.load())
        except actions.Refusal as refusal:
            form.add_error("workshops", str(refusal))
    context = {"registration": registration, "token": token, "form": form}
    status = refusal_status(request, form)
    return render(request, "registration/change_places.html", context, status=status)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@owned_for_ever
def consents(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    """Give and withdraw consents; withdrawing works even when the person's own page has closed."""
    given = list(registration.consents.all())
    live = {consent.purpose for consent in given if not consent.withdrawn_at}
    if registration.erased_at and not live:
        return redirect("registration:own", token=token)
    data = request.POST if request.method == "POST" else None
    form = ConsentsForm(
        data,
        meeting=request.meeting,
        live=live,
        agreed=actions.agreed_purposes(registration),
        may_give=not registration.erased_at,
    )
    if accepts(request, form):
        actions.set_consents(
            registration,
            form.purposes,
            text_version=request.meeting.privacy_version,
            language=get_language() or registration.mail_language,
        )
        return back_to_own_page(
            request, token, messages.SUCCESS, gettext("Your choice has been saved.")
        )
    news = actions.news_address_of_others(registration)
    context = {
        "registration": registration,
        "token": token,
        "form": form,
        "consents": given,
        "news_address": news,
        "news_token": tokens.news_token(news) if news else "",
    }
    status = refusal_status(request, form)
    return render(request, "registration/consents.html", context, status=status)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@owned
def needs(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    """Change the access needs until the meeting is over; an empty text withdraws the consent."""
    if not registration.is_confirmed or is_over(request.meeting):
        return redirect("registration:own", token=token)
    data = request.POST if request.method == "POST" else None
    form = NeedsForm(data, meeting=request.meeting, needs=registration.needs)
    if accepts(request, form):
        try:
            actions.set_needs(
                registration,
                form.cleaned_data["needs"],
                text_version=request.meeting.privacy_version,
                language=get_language() or registration.mail_language,
            )
            done = gettext("Your access needs have been saved.")
            return back_to_own_page(request, token, messages.SUCCESS, done)
        except actions.Refusal as refusal:
            form.add_error("needs", str(refusal))
    context = {"registration": registration, "token": token, "form": form}
    status = refusal_status(request, form)
    return render(request, "registration/needs.html", context, status=status)
