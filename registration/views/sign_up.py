"""The form of registration."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from eim import clock
from eim.lib.forms.carried import carry, is_carried
from eim.lib.forms.origin import is_from_own_page
from eim.lib.hashing import hashed_network
from programme.decorators import SiteRequest, personal, public_form, reads_query
from programme.views.sending import accepts, refusal_status
from programme.wording.standing import standing_words
from registration import actions, throttling
from registration.forms import CorrectionForm, SignUpForm
from registration.forms.asked_for import AskedFor, asked_for
from registration.offer import Offer
from registration.views import sign_up_cookie
from registration.views.sign_up_cookie import Typed


# Exempt from the token, which a cached page cannot carry: `is_from_own_page` checks in its place.
@csrf_exempt
@public_form
@reads_query("workshop")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: SiteRequest) -> HttpResponse:
    if not request.moment.may_register:
        return _refuse_for_now(request, SignUpForm)
    offer = Offer.load_to_check() if request.method == "POST" else Offer.load()
    linked = _asked_for(request, offer)
    form = _form(request, SignUpForm, offer, linked.initial if linked else None)
    form.is_from_elsewhere = request.method == "POST" and not is_from_own_page(request)
    if accepts(request, form):
        return _receive(request, form, sign_up_cookie.read_answers(request))
    status = 403 if form.is_from_elsewhere and form.errors else refusal_status(request, form)
    return _show_form(request, form, linked=linked if status == 200 else None, status=status)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SiteRequest) -> HttpResponse:
    """Show the form with what this browser has sent, and let it replace that: a slip, perhaps.

    At an address of its own, so that no cache can give it to anybody else.
    """
    if not request.moment.may_register:
        return _refuse_for_now(request, CorrectionForm)
    before = sign_up_cookie.read_answers(request)
    if request.method != "POST" and not before:
        return redirect("registration:sign-up")
    form = _form(request, CorrectionForm, Offer.load(), before)
    if accepts(request, form):
        return _receive(request, form, before, instead_of=_link_of_own_registration(before))
    return _show_form(request, form, status=refusal_status(request, form))


def _form(
    request: SiteRequest,
    form_class: type[SignUpForm],
    offer: Offer,
    initial: Mapping[str, object] | None = None,
) -> SignUpForm:
    data = request.POST if request.method == "POST" else None
    has_stream = request.moment.has_stream
    return form_class(
        data, meeting=request.meeting, offer=offer, has_stream=has_stream, initial=initial
    )


def _refuse_for_now(request: SiteRequest, form_class: type[SignUpForm]) -> HttpResponse:
    """Say why one cannot register; show what was typed, if the meeting was postponed meanwhile."""
    if request.method != "POST" or request.meeting.takes_place:
        return _show_closed(request)
    form = _form(request, form_class, Offer.load_to_check())
    if is_carried(request):
        carry(request, form)
        return _show_form(request, form)
    sentence = gettext(
        "%(standing)s: registration is closed. Nothing was sent; what you wrote is still here."
    )
    form.add_error(None, sentence % {"standing": standing_words(request.meeting)})
    return _show_form(request, form, status=422)


def _receive(
    request: SiteRequest,
    form: SignUpForm,
    before: Typed | None,
    *,
    instead_of: tuple[int, int] | None = None,
) -> HttpResponse:
    """Register the person, and give the browser what it is known by; or show the form again."""
    if not throttling.may_sign_up(hashed_network(request.client_address), clock.now()):
        form.add_error(
            None,
            gettext(
                "Too many registrations have come from your network in the last hour. What "
                "you wrote is still here: please send it again later."
            ),
        )
        return _show_form(request, form, status=429)
    browser = sign_up_cookie.browser_for(form.cleaned_data, before)
    try:
        application = form.application(
            address=request.client_address,
            browser=sign_up_cookie.browser_hash(browser),
            instead_of=instead_of,
        )
        actions.sign_up(application)
    except actions.Full as full:
        form.refuse_full(full, Offer.load_to_check())
        return _show_form(request, form, status=422)
    except actions.Refusal as refusal:
        form.add_error("workshops", str(refusal))
        return _show_form(request, form, status=422)
    response = redirect("registration:look-at-your-mail")
    sign_up_cookie.save_answers(response, form.cleaned_data, browser)
    return response


def _asked_for(request: SiteRequest, offer: Offer) -> AskedFor | None:
    """Return what the address asks for, unless the person has unticked it meanwhile."""
    code = request.GET.get("workshop")
    linked = asked_for(code, offer, clock.now()) if code else None
    is_still_so = linked and (request.method != "POST" or linked.is_ticked_in(request.POST))
    return linked if is_still_so else None


def _link_of_own_registration(answers: Typed | None) -> tuple[int, int] | None:
    """Return the key and link version of the registration that this browser came to correct."""
    registration = sign_up_cookie.registration_to_correct(answers) if answers else None
    return (registration.pk, registration.link_version) if registration else None


def _show_form(
    request: SiteRequest, form: SignUpForm, *, linked: AskedFor | None = None, status: int = 200
) -> HttpResponse:
    if form.is_bound:
        form.take_offer(Offer.load())
    context = {"form": form, "asked_for": linked}
    return render(request, "registration/sign_up.html", context, status=status)


def _show_closed(request: SiteRequest) -> HttpResponse:
    """Say why one cannot register: not yet, no longer, or the meeting is not held as planned."""
    context = {"state": request.moment.registration}
    return render(request, "registration/not_open.html", context)
