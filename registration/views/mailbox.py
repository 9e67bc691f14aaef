"""Pages between the form and the confirmed registration: the code and the links of mails."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from eim.lib.hashing import hashed_network
from programme.decorators import SiteRequest, personal
from programme.views.sending import accepts
from registration import actions, tokens
from registration.forms import CodeForm, FirstConsentsForm
from registration.models import Registration
from registration.offer import Offer
from registration.tokens import Claim
from registration.views import sign_up_cookie
from registration.views.owner import dead_link, dead_link_of, to_own_page
from registration.views.sign_up_cookie import Typed


@personal
@require_safe
def look_at_your_mail(request: SiteRequest) -> HttpResponse:
    return _show_mail_page(request, CodeForm(), sign_up_cookie.read_answers(request))


@personal
def enter_code(request: SiteRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("registration:look-at-your-mail")
    form = CodeForm(request.POST)
    answers = sign_up_cookie.read_answers(request)
    if not (answers and form.is_valid()):
        return _show_mail_page(request, form, answers, status=422)
    code, network = form.cleaned_data["code"], hashed_network(request.client_address)
    try:
        confirmed = actions.try_code(_pending(answers), code, network)
    except actions.Refusal as refusal:
        form.add_error("code", str(refusal))
        return _show_mail_page(request, form, answers, status=422)
    if confirmed:
        return _say_confirmed(request, confirmed)
    form.add_error(
        "code",
        gettext(
            "This is not the code from our latest e-mail to you: look for the newest one. After "
            "five wrong codes, only the link in the e-mail works."
        ),
    )
    return _show_mail_page(request, form, answers, status=422)


def _say_confirmed(request: SiteRequest, registration: Registration) -> HttpResponse:
    messages.success(request, gettext("Your registration is confirmed."))
    return to_own_page(registration)


@personal
def resend(request: SiteRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("registration:look-at-your-mail")
    answers = sign_up_cookie.read_answers(request)
    if answers:
        network = hashed_network(request.client_address)
        actions.ask_again(_pending(answers), str(answers["email"]), network)
    return redirect(reverse("registration:look-at-your-mail") + "?sent=again")


def _pending(answers: Typed) -> Claim | None:
    pending = sign_up_cookie.pending_registration(answers)
    return Claim(pending.pk, pending.link_version) if pending else None


def _show_mail_page(
    request: SiteRequest, form: CodeForm, answers: Typed | None, *, status: int = 200
) -> HttpResponse:
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
    """Confirm by a button, never by opening the link: mail scanners open every link."""
    claim = tokens.read(token, tokens.CONFIRM)
    registration = claim and Registration.objects.filter(pk=claim.registration_id).first()
    if not (claim and registration):
        return dead_link_of(request, claim)
    data = request.POST if request.method == "POST" else None
    form = FirstConsentsForm(data, meeting=request.meeting)
    try:
        if accepts(request, form):
            confirmed = actions.confirm(claim.registration_id, claim.link_version)
            return _say_confirmed(request, _agree(request, confirmed, form))
        # The page leads to a link that cancels: not for the reader of an address corrected since.
        actions.refuse_old_link(registration, claim.link_version)
    except actions.Refusal as refusal:
        return dead_link(request, str(refusal))
    if registration.is_confirmed and not registration.is_unproven:
        return to_own_page(registration)
    context = {
        "form": None if registration.is_unproven else form,
        "is_about_address": registration.is_unproven,
        "withdraw_token": tokens.withdraw_token(registration) if registration.is_pending else "",
    }
    return render(request, "registration/confirm.html", context)


def _agree(
    request: SiteRequest, registration: Registration, form: FirstConsentsForm
) -> Registration:
    """Give the consents that are ticked beside the button."""
    if not form.purposes:
        return registration
    return actions.give_consents(
        registration,
        form.purposes,
        text_version=request.meeting.privacy_version,
        language=get_language() or registration.mail_language,
    )


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def new_address(request: SiteRequest, token: str) -> HttpResponse:
    """Take the new address of a registration, by the link that was sent there."""
    claim = tokens.read_new_address(token)
    registration = claim and Registration.objects.filter(pk=claim.registration_id).first()
    if not (claim and registration):
        return dead_link_of(request, claim)
    if request.method == "POST":
        try:
            taken = actions.take_new_address(claim)
        except actions.Refusal as refusal:
            return dead_link(request, str(refusal))
        messages.success(request, gettext("Your new address is confirmed."))
        return to_own_page(taken)
    is_done = registration.is_confirmed and not registration.is_unproven
    if is_done and claim.is_of(registration.email_key):
        return to_own_page(registration)
    return render(request, "registration/confirm.html", {"is_about_address": True})


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SiteRequest, token: str) -> HttpResponse:
    """Cancel a registration that nobody has confirmed, by the link in its mail."""
    claim = tokens.read_withdraw(token)
    registration = claim and Registration.objects.filter(pk=claim.registration_id).first()
    if not (claim and registration):
        return dead_link_of(request, claim)
    try:
        if request.method == "POST":
            registration = actions.withdraw(claim)
        else:
            actions.refuse_to_withdraw(registration, claim)
    except actions.Refusal as refusal:
        return dead_link(request, str(refusal))
    return render(request, "registration/withdraw.html", {"is_done": not registration.is_pending})
