"""A person's data, to correct, download or erase, by a link that works for ten minutes."""

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from eim import clock
from programme.decorators import SiteRequest, personal
from programme.views.sending import accepts, refusal_status
from registration import actions, tokens
from registration.exports.own_data import own_data as everything_of
from registration.forms import AddressForm, DetailsForm, ErasureForm
from registration.models import Registration
from registration.views.owner import (
    back_to_own_page,
    dead_link,
    owned_afresh,
    owned_for_ever,
    owners,
    to_own_page,
)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@owned_for_ever
def ask(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    """Explain what the link that works for ten minutes is for, and send it."""
    if registration.erased_at:
        return redirect("registration:own", token=token)
    if request.method == "POST":
        return _send_link(request, registration)
    context = {"registration": registration, "token": token}
    return render(request, "registration/ask_for_data.html", context)


@personal
def ask_again(request: SiteRequest, token: str) -> HttpResponse:
    """Send a new link in place of an expired one, which still proves whose it was."""
    registration = owners(tokens.read_stale(token)).first()
    if registration is None:
        return dead_link(request)
    if request.method != "POST":
        return redirect("registration:own-data", token=token)
    return _send_link(request, registration)


def _send_link(request: SiteRequest, registration: Registration) -> HttpResponse:
    try:
        actions.ask_for_data_link(registration)
    except actions.Refusal as refusal:
        context = {"sentence": str(refusal)}
        return render(request, "registration/link_sent.html", context, status=429)
    return render(request, "registration/link_sent.html")


@personal
@require_safe
@owned_afresh
def own_data(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    own_token = tokens.own_token(registration)
    context = {"registration": registration, "token": token, "own_token": own_token}
    return render(request, "registration/own_data.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@owned_afresh
def change_details(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    form = DetailsForm(
        request.POST if request.method == "POST" else None, registration=registration
    )
    if accepts(request, form):
        try:
            with actions.acting_once(registration):
                registration = actions.change_details(registration, form.cleaned_data)
            done = gettext("Your details have been corrected.")
            own_token = tokens.own_token(registration)
            return back_to_own_page(request, own_token, messages.SUCCESS, done)
        except actions.Refusal as refusal:
            form.add_error("full_name", str(refusal))
    context = {"token": token, "form": form}
    status = refusal_status(request, form)
    return render(request, "registration/change_details.html", context, status=status)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@owned_afresh
def change_address(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    """Take a new address, which stays unused until it is proven; a mistake is corrected here."""
    if not registration.is_confirmed:
        return redirect("registration:own-data", token=token)
    form = AddressForm(request.POST if request.method == "POST" else None)
    if accepts(request, form):
        try:
            email = form.cleaned_data["email"]
            actions.count_address(registration, email)
            with actions.acting_once(registration):
                changed = actions.change_address(registration, email)
            sent, kept = (
                gettext("The e-mail is on its way."),
                gettext("Your address stays as it is."),
            )
            done = sent if changed.new_email else kept
            own_token = tokens.own_token(changed)
            return back_to_own_page(request, own_token, messages.SUCCESS, done)
        except actions.Refusal as refusal:
            form.add_error("email", str(refusal))
    context = {"registration": registration, "token": token, "form": form}
    status = refusal_status(request, form)
    return render(request, "registration/change_address.html", context, status=status)


@personal
@owned_afresh
def download(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    if request.method != "POST":
        return redirect("registration:own-data", token=token)
    with actions.acting_once(registration):
        actions.note_download(registration)
    data = everything_of(registration, request.meeting, clock.now())
    body = json.dumps(data, ensure_ascii=False, indent=2)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    name = f"registration-{registration.reference}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@owned_afresh
def erase(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    has_news = actions.news_addresses_of(registration).exists()
    form = ErasureForm(request.POST if request.method == "POST" else None, has_news=has_news)
    if accepts(request, form):
        keeps_news = form.cleaned_data.get("news", False)
        try:
            with actions.acting_once(registration):
                return to_own_page(actions.erase(registration, keeps_news=keeps_news))
        except actions.Refusal as refusal:
            form.add_error(None, str(refusal))
    context = {"registration": registration, "token": token, "form": form, "has_news": has_news}
    status = refusal_status(request, form)
    return render(request, "registration/erase.html", context, status=status)
