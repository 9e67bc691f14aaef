"""Set up an account by a mailed link: password, telephone, recovery codes; then it is open.

Until the last step nothing of it counts. Who is interrupted opens the same link once more.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe
from django_otp.plugins.otp_totp.models import TOTPDevice

from eim.back_office.colleagues import notes, second_steps
from eim.back_office.colleagues.forms import (
    AppCodeForm,
    KeptCodesForm,
    OwnPasswordForm,
    WelcomeForm,
)
from eim.back_office.colleagues.inviting import begin_account, open_account
from eim.back_office.colleagues.links import (
    INVITATION,
    SECOND_STEP,
    DeadLink,
    marks_of,
    read_account,
    read_invitation,
    signed,
)
from eim.back_office.colleagues.mails import language_of, tell_or_warn
from eim.back_office.colleagues.names import plain_name_of
from eim.back_office.colleagues.pages import FORM_METHODS, codes_file, page, sent, speak
from eim.lib.qr import qr_svg

SESSION = "setting_up"
LONGEST = timedelta(hours=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class SetUp:
    """An account that is being set up, and the link that allows it."""

    purpose: str
    token: str
    user: User
    language: str


def read(purpose: str, token: str) -> SetUp:
    """Return what a link sets up, as long as it can be used. Raises `DeadLink`."""
    if purpose == SECOND_STEP:
        user = read_account(token, purpose)
        return SetUp(purpose, token, user, language_of(user))
    invitation = read_invitation(token)
    if invitation.account is None:
        raise DeadLink(gettext("Open the link in the e-mail once more."))
    return SetUp(purpose, token, invitation.account, invitation.language)


# The first step, by the link


@require_http_methods(FORM_METHODS)
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation; let its reader choose a user name and a password."""
    invitation = read_invitation(token)
    speak(request, invitation.language)
    if request.user.is_authenticated:
        return page(request, "signed_in", gettext("You are invited to the back office"))
    form = WelcomeForm(sent(request), invitation=invitation)
    if form.is_valid() and (account := begun(token, form)):
        return begin(request, INVITATION, token, account)
    context = {
        "form": form,
        "invitation": invitation,
        "inviter": plain_name_of(invitation.invited_by),
    }
    context |= {"step": 1}
    return page(request, "welcome", gettext("You are invited to the back office"), context)


def begun(token: str, form: WelcomeForm) -> User | None:
    """Keep the account; add an error to the form if another one took its name this moment."""
    try:
        return begin_account(token, form.account())
    except IntegrityError:
        form.add_error("username", gettext("Somebody has this user name: choose another."))
        return None


@require_http_methods(FORM_METHODS)
def second_step_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the password of an account whose second step was reset."""
    user = read_account(token, SECOND_STEP)
    speak(request, language_of(user))
    title = gettext("Set up the second step")
    if request.user.is_authenticated:
        return page(request, "signed_in", title)
    form = OwnPasswordForm(sent(request), request=request, user=user)
    if form.is_valid():
        present = User.objects.get(pk=user.pk)
        if present.password != user.password:
            # Hashed anew by Django, with the same words: the link stays good.
            token = signed(SECOND_STEP, [present.pk, marks_of(present)[0]])
        return begin(request, SECOND_STEP, token, present)
    context = {"form": form, "account": user, "step": 1}
    return page(request, "own_password", title, context)


def begin(request: HttpRequest, purpose: str, token: str, user: User) -> HttpResponse:
    """Go on without the token in the address: histories and printed pages would keep it."""
    request.session.cycle_key()
    request.session[SESSION] = {
        "purpose": purpose,
        "token": token,
        "mark": marks_of(user)[0],
        "began": datetime.now(UTC).isoformat(),
    }
    return redirect("admin:set-up-telephone")


# The next steps, by the session


def current(request: HttpRequest) -> tuple[SetUp, dict[str, Any]]:
    """Return what this browser is setting up. Raises `DeadLink`."""
    marks = request.session.get(SESSION)
    if not marks or datetime.now(UTC) - datetime.fromisoformat(marks["began"]) > LONGEST:
        raise DeadLink(gettext("This took a long time: open the link in the e-mail once more."))
    found = read(marks["purpose"], marks["token"])
    # Somebody has opened the link after this browser, and chosen another password.
    if marks["mark"] not in marks_of(found.user):
        raise DeadLink(gettext("Open the link in the e-mail once more."))
    speak(request, found.language)
    return found, marks


@require_http_methods(FORM_METHODS)
def telephone(request: HttpRequest) -> HttpResponse:
    found, marks = current(request)
    device = waiting_device(request, found.user, SESSION)
    form = AppCodeForm(sent(request), device_pk=device.pk)
    if form.is_valid():
        marks |= {"proven": device.pk, "seed": marks.get("seed") or secrets.token_urlsafe(16)}
        request.session[SESSION] = marks
        return redirect("admin:set-up-codes")
    return telephone_page(request, device, form, step=2)


def waiting_device(request: HttpRequest, user: User, name: str) -> TOTPDevice:
    """Return the device whose secret this session shows: never one that another session saw."""
    marks = request.session.get(name, {})
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False)
    device = waiting.filter(pk=marks.get("device")).first()
    if device is None:
        device = second_steps.new_device(user)
        request.session[name] = {**marks, "device": device.pk, "proven": None}
    return device


def telephone_page(
    request: HttpRequest, device: TOTPDevice, form: AppCodeForm, *, step: int | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "step": step,
        "qr": qr_svg(device.config_url),
        "otpauth": device.config_url,
        "groups": second_steps.in_fours(second_steps.secret_of(device)),
        "account": device.user.get_username(),
    }
    return page(request, "telephone", gettext("Your telephone as the second step"), context)


@require_http_methods(FORM_METHODS)
def codes(request: HttpRequest) -> HttpResponse:
    """Show the recovery codes until their owner says that they are kept; then open the account."""
    found, marks = current(request)
    if not marks.get("proven"):
        return redirect("admin:set-up-telephone")
    form = KeptCodesForm(sent(request))
    if form.is_valid():
        return finish(request, found, marks)
    context = {"form": form, "codes": second_steps.recovery_codes(marks["seed"]), "step": 3}
    context |= {"text_name": "admin:set-up-codes-text", "account": found.user.get_username()}
    return page(request, "codes", gettext("Your recovery codes"), context)


@require_safe
def codes_text(request: HttpRequest) -> HttpResponse:
    found, marks = current(request)
    if not marks.get("proven"):
        return redirect("admin:set-up-telephone")
    return codes_file(found.user, second_steps.recovery_codes(marks["seed"]))


def finish(request: HttpRequest, found: SetUp, marks: dict[str, Any]) -> HttpResponse:
    user, device = opened_account(found, marks)
    request.session.pop(SESSION, None)
    vars(user)["otp_device"] = device
    login(request, user, backend=BACKEND)
    tell_or_warn(request, user, notes.step_was_set(user))
    messages.success(request, gettext("Welcome: your account and its second step are set up."))
    response = redirect("admin:index")
    speak(request, found.language, response)
    return response


@transaction.atomic
def opened_account(found: SetUp, marks: dict[str, Any]) -> tuple[User, TOTPDevice]:
    """Let all that was set up count, once. Raises `DeadLink` if another browser was first."""
    user = open_account(found.token) if found.purpose == INVITATION else locked(found)
    device = TOTPDevice.objects.filter(pk=marks["proven"], user=found.user).first()
    if device is None:
        raise DeadLink(gettext("Open the link in the e-mail once more."))
    second_steps.use_device(device)
    second_steps.keep_recovery_codes(user, second_steps.recovery_codes(marks["seed"]))
    return user, device


def locked(found: SetUp) -> User:
    """Lock the account of a reset, and read its link again. Raises `DeadLink`."""
    list(User.objects.select_for_update().filter(pk=found.user.pk))
    return read_account(found.token, SECOND_STEP)
