from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eim import clock
from programme.calendars import calendar_of
from programme.decorators import SiteRequest, personal, public
from programme.models import Meeting
from programme.models.meeting import RegistrationState
from registration import actions, limits, remembering, tokens
from registration.forms import CodeForm, SignUpForm
from registration.hashing import network_hash
from registration.models import Registration
from registration.offer import Offer
from registration.pass_code import qr_svg

# One's own page outlives the meeting a little: people look up what they took part in.
OWN_PAGE_LASTS = timedelta(days=30)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: SiteRequest) -> HttpResponse:
    state = request.meeting.registration_state(clock.now())
    if state != RegistrationState.OPEN:
        return render(request, "registration/not_open.html", {"state": state})
    remembered = remembering.recall(request)
    form = SignUpForm(
        request.POST if request.method == "POST" else None,
        meeting=request.meeting,
        offer=Offer.load(),
        initial=remembered if "correct" in request.GET else None,
    )
    if request.method != "POST":
        return _show_form(request, form)
    if not form.is_valid():
        return _show_form(request, form, status=422)
    return _receive(request, form)


def _receive(request: SiteRequest, form: SignUpForm) -> HttpResponse:
    if not limits.may_sign_up(network_hash(request.client_address), clock.now()):
        form.add_error(
            None,
            gettext(
                "Too many registrations came from your network in this hour. What you wrote is "
                "kept here: please send it again later."
            ),
        )
        return _show_form(request, form, status=429)
    slip = _slip(request)
    answers = remembering.as_before(request, form.cleaned_data)
    browser = remembering.browser_of(str(answers["started"]))
    try:
        application = form.application(
            address=request.client_address, browser=browser, instead_of=slip
        )
        actions.sign_up(application)
    except actions.Full as full:
        form.refuse_full(full, Offer.load())
        return _show_form(request, form, status=422)
    except actions.Refusal as refusal:
        form.add_error("workshops", str(refusal))
        return _show_form(request, form, status=422)
    response = redirect("registration:look-at-your-mail")
    remembering.remember(response, answers)
    return response


def _slip(request: SiteRequest) -> tuple[int, int] | None:
    """The registration that this browser came back to correct."""
    answers = remembering.recall(request) if "correct" in request.GET else None
    slip = remembering.own_slip(answers) if answers else None
    return (slip.pk, slip.link_version) if slip else None


def _show_form(request: SiteRequest, form: SignUpForm, *, status: int = 200) -> HttpResponse:
    return render(request, "registration/sign_up.html", {"form": form}, status=status)


@public
@never_cache
def sign_up_again(request: SiteRequest) -> HttpResponse:
    """After a failed CSRF check: the form with all that was typed, and a new token."""
    state = request.meeting.registration_state(clock.now())
    if state != RegistrationState.OPEN:
        return render(request, "registration/not_open.html", {"state": state}, status=403)
    form = SignUpForm(request.POST, meeting=request.meeting, offer=Offer.load())
    form.add_error(
        None,
        gettext(
            "Your browser did not send this page's cookie, so we could not be sure it was you. "
            "Please send the page once more; if it comes back, allow cookies for this site."
        ),
    )
    return _show_form(request, form, status=403)


@personal
@require_safe
def look_at_your_mail(request: SiteRequest) -> HttpResponse:
    return _show_mail_page(request, CodeForm())


@personal
def enter_code(request: SiteRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("registration:look-at-your-mail")
    form = CodeForm(request.POST)
    answers = remembering.recall(request)
    if not (answers and form.is_valid()):
        return _show_mail_page(request, form, status=422)
    pending = remembering.pending_one(answers)
    code = form.cleaned_data["code"]
    # The same work for an address that has nothing to confirm.
    claim = (pending.pk, pending.link_version) if pending else (0, 0)
    try:
        confirmed = actions.try_code(*claim, code)
    except actions.Refusal as refusal:
        form.add_error("code", str(refusal))
        return _show_mail_page(request, form, status=422)
    if confirmed:
        return _to_own_page(confirmed)
    form.add_error(
        "code",
        gettext(
            "This is not the code of our latest mail to you: look for the newest one. "
            "After five wrong codes, only the link in the mail works."
        ),
    )
    return _show_mail_page(request, form, status=422)


@personal
def resend(request: SiteRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("registration:look-at-your-mail")
    answers = remembering.recall(request)
    pending = remembering.pending_one(answers) if answers else None
    actions.ask_again(*((pending.pk, pending.link_version) if pending else (0, 0)))
    return redirect(reverse("registration:look-at-your-mail") + "?sent=again")


def _show_mail_page(request: SiteRequest, form: CodeForm, *, status: int = 200) -> HttpResponse:
    answers = remembering.recall(request)
    if not answers:
        return render(request, "registration/cookie_lost.html", status=422)
    asked_for = [*answers["workshops"], *answers["services"]]
    context = {
        "form": form,
        "answers": answers,
        "is_in_person": answers["attendance"] == Registration.Attendance.IN_PERSON,
        "quotas": Offer.load().wanted("", answers["workshops"], answers["services"])
        if asked_for
        else [],
        "was_sent_again": request.GET.get("sent") == "again",
    }
    return render(request, "registration/look_at_your_mail.html", context, status=status)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SiteRequest, token: str) -> HttpResponse:
    """Mail scanners follow every link they see: only the button acts."""
    claim = tokens.read(token, tokens.CONFIRM)
    registration = claim and Registration.objects.filter(pk=claim.registration_id).first()
    if not (claim and registration):
        return _dead_link(request)
    if request.method != "POST":
        is_done = registration.is_confirmed and not registration.moved_at
        if is_done and registration.link_version == claim.link_version:
            return _to_own_page(registration)
        return render(request, "registration/confirm.html", {"token": token})
    try:
        return _to_own_page(actions.confirm(claim.registration_id, claim.link_version))
    except actions.Refusal as refusal:
        return _dead_link(request, str(refusal))


@personal
@require_safe
def own(request: SiteRequest, token: str) -> HttpResponse:
    registration = _owner(request.meeting, token)
    if registration is None:
        return _dead_link(request)
    places = list(registration.places.current().with_quotas().with_positions())
    context = {
        "registration": registration,
        "token": token,
        "places": places,
        "has_seats": any(place.is_taken and place.quota.session for place in places),
        "qr": qr_svg(registration.reference),
    }
    return render(request, "registration/own.html", context)


@personal
@require_safe
def own_calendar(request: SiteRequest, token: str) -> HttpResponse:
    registration = _owner(request.meeting, token)
    if registration is None:
        return _dead_link(request)
    places = registration.places.taken().filter(quota__session__isnull=False).with_quotas()
    sessions = [place.quota.session for place in places if place.quota.session]
    body = calendar_of(sessions, request.meeting, get_language())
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="sessions.ics"'
    return response


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SiteRequest, token: str) -> HttpResponse:
    registration = _owner(request.meeting, token)
    if registration is None:
        return _dead_link(request)
    if request.method == "POST":
        return _to_own_page(actions.cancel(registration))
    if not registration.is_live:
        return _to_own_page(registration)
    return render(request, "registration/cancel.html", {"token": token})


def _owner(meeting: Meeting, token: str) -> Registration | None:
    claim = tokens.read(token, tokens.OWN)
    is_over = meeting.day_of(clock.now()) > meeting.last_day + OWN_PAGE_LASTS
    if claim is None or is_over:
        return None
    known = Registration.objects.ever_confirmed()
    return known.filter(pk=claim.registration_id, link_version=claim.link_version).first()


def _to_own_page(registration: Registration) -> HttpResponse:
    response = redirect("registration:own", token=tokens.own_token(registration))
    remembering.forget(response)
    return response


def _dead_link(request: SiteRequest, sentence: str = "") -> HttpResponse:
    return render(request, "registration/dead_link.html", {"sentence": sentence}, status=410)
