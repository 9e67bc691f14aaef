"""The form of registration."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from eim import clock
from eim.lib.forms.carried import carry, is_carried
from eim.lib.hashing import hashed_network
from programme.decorators import SiteRequest, public_form
from programme.wording.standing import standing_words
from registration import actions, sign_up_cookie, throttling
from registration.forms import SignUpForm
from registration.forms.asked_for import AskedFor, asked_for
from registration.offer import Offer
from registration.sign_up_cookie import Typed


@public_form
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: SiteRequest) -> HttpResponse:
    if not request.moment.may_register:
        if request.method == "POST" and not request.meeting.takes_place:
            return _refuse_for_now(request)
        return _show_closed(request)
    before = sign_up_cookie.read_answers(request)
    to_correct = before if "correct" in request.GET else None
    offer = Offer.load()
    linked = _asked_for(request, offer)
    form = SignUpForm(
        request.POST if request.method == "POST" else None,
        meeting=request.meeting,
        offer=offer,
        initial=to_correct or (linked.initial if linked else None),
    )
    if is_carried(request):
        carry(request, form)
    if request.method != "POST" or is_carried(request):
        return _show_form(request, form, linked=linked)
    if not form.is_valid():
        return _show_form(request, form, status=422)
    return _receive(request, form, before, to_correct)


def _refuse_for_now(request: SiteRequest) -> HttpResponse:
    """Show the form again, with all that was typed, after the meeting was postponed meanwhile."""
    form = SignUpForm(request.POST, meeting=request.meeting, offer=Offer.load())
    if is_carried(request):
        carry(request, form)
        return _show_form(request, form)
    sentence = gettext(
        "%(standing)s: registration is closed. Nothing was sent; what you wrote is still here."
    )
    form.add_error(None, sentence % {"standing": standing_words(request.meeting)})
    return _show_form(request, form, status=422)


def _receive(
    request: SiteRequest, form: SignUpForm, before: Typed | None, to_correct: Typed | None
) -> HttpResponse:
    if not throttling.may_sign_up(hashed_network(request.client_address), clock.now()):
        form.add_error(
            None,
            gettext(
                "Too many registrations have come from your network in the last hour. What "
                "you wrote is still here: please send it again later."
            ),
        )
        return _show_form(request, form, status=429)
    answers = sign_up_cookie.with_first_start(form.cleaned_data, before)
    try:
        application = form.application(
            address=request.client_address,
            browser=sign_up_cookie.browser_hash(str(answers["started"])),
            instead_of=_link_of_registration_to_correct(to_correct),
        )
        actions.sign_up(application)
    except actions.Full as full:
        form.refuse_full(full, Offer.load())
        return _show_form(request, form, status=422)
    except actions.Refusal as refusal:
        form.add_error("workshops", str(refusal))
        return _show_form(request, form, status=422)
    response = redirect("registration:look-at-your-mail")
    sign_up_cookie.save_answers(response, answers)
    return response


def _asked_for(request: SiteRequest, offer: Offer) -> AskedFor | None:
    """Return what the address asks for, unless the person has unticked it meanwhile."""
    code = request.GET.get("workshop")
    linked = asked_for(code, offer, clock.now()) if code else None
    is_still_so = linked and (request.method != "POST" or linked.is_ticked_in(request.POST))
    return linked if is_still_so else None


def _link_of_registration_to_correct(answers: Typed | None) -> tuple[int, int] | None:
    """Return the key and link version of the registration that this browser came to correct."""
    registration = sign_up_cookie.registration_to_correct(answers) if answers else None
    return (registration.pk, registration.link_version) if registration else None


def _show_form(
    request: SiteRequest, form: SignUpForm, *, linked: AskedFor | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "asked_for": linked}
    return render(request, "registration/sign_up.html", context, status=status)


def _show_closed(request: SiteRequest, status: int = 200) -> HttpResponse:
    """Say why one cannot register: not yet, no longer, or the meeting is not held as planned."""
    context = {"state": request.moment.registration}
    return render(request, "registration/not_open.html", context, status=status)


@public_form
@never_cache
def sign_up_again(request: SiteRequest) -> HttpResponse:
    """Show the form again after a failed CSRF check, with all that was typed and a new token."""
    if not request.moment.may_register:
        return _show_closed(request, status=403)
    form = SignUpForm(request.POST, meeting=request.meeting, offer=Offer.load())
    if is_carried(request):
        carry(request, form)
        return _show_form(request, form)
    form.add_error(
        None,
        gettext(
            "Your browser did not send this page's cookie, so we could not be sure it was you. "
            "Please send the page again; if this message comes back, allow cookies for this site."
        ),
    )
    return _show_form(request, form, status=403)
