"""Let organisers look after their own account; what matters asks for the second step again."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, cast

import django_otp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eim.back_office.colleagues import notes, second_steps
from eim.back_office.colleagues.forms import (
    AppCodeForm,
    KeptCodesForm,
    OwnAddressForm,
    OwnDetailsForm,
    ProofForm,
)
from eim.back_office.colleagues.mails import language_of, mail_to, send, tell
from eim.back_office.colleagues.pages import FORM_METHODS, View, codes_file, page, sent
from eim.back_office.colleagues.sessions import end_sessions, sessions_of
from eim.back_office.colleagues.setting_up import telephone_page, waiting_device
from eim.models import MailLanguage

PROVEN, REPLACING, NEW_CODES = "proven_at", "replacing", "new_codes"
PROOF_LASTS = timedelta(minutes=15)
# The pages that ask for the proof, by the name of their address.
PROVEN_PAGES = ("my-address", "my-telephone", "my-codes")


def own(request: HttpRequest) -> User:
    return User.objects.get(pk=request.user.pk)


@require_http_methods(FORM_METHODS)
def my_account(request: HttpRequest) -> HttpResponse:
    user = own(request)
    initial = {"name": user.get_full_name(), "language": language_of(user)}
    form = OwnDetailsForm(sent(request), initial=initial)
    if form.is_valid():
        keep_details(user, form.cleaned_data["name"], form.cleaned_data["language"])
        messages.success(request, gettext("Saved."))
        return redirect("admin:my-account")
    context = {
        "form": form,
        "account": user,
        "has_second_step": second_steps.has_second_step(user),
        "codes_left": second_steps.codes_left(user),
        "sessions": sessions_of(user),
        "own_key": request.session.session_key,
        "is_demo": settings.DEMO,
    }
    return page(request, "my_account", gettext("My account"), context)


@transaction.atomic
def keep_details(user: User, name: str, language: str) -> None:
    if name != user.get_full_name():
        user.first_name, user.last_name = name, ""
        user.save(update_fields=["first_name", "last_name"])
    MailLanguage.objects.update_or_create(account=user, defaults={"code": language})


# The proof


def proven(view: View) -> View:
    """Let in who has given the second step again within the last quarter of an hour."""

    @never_cache
    @sensitive_post_parameters()
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        at = request.session.get(PROVEN)
        if at and datetime.now(UTC) - datetime.fromisoformat(at) < PROOF_LASTS:
            return view(request, *args, **kwargs)
        name = request.resolver_match.url_name if request.resolver_match else ""
        asked = name if name in PROVEN_PAGES else "my-codes"
        return redirect(reverse("admin:prove", args=[asked]))

    return wrapper


@require_http_methods(FORM_METHODS)
def prove(request: HttpRequest, name: str) -> HttpResponse:
    """Ask for a code, then go to one of the pages that need it."""
    form = ProofForm(sent(request), user=own(request))
    if form.is_valid():
        request.session[PROVEN] = datetime.now(UTC).isoformat()
        return redirect(f"admin:{name if name in PROVEN_PAGES else 'my-account'}")
    return page(request, "prove", gettext("First the second step once more"), {"form": form})


# What asks for it


@proven
@require_http_methods(FORM_METHODS)
def my_address(request: HttpRequest) -> HttpResponse:
    user = own(request)
    form = OwnAddressForm(sent(request), user=user)
    if form.is_valid():
        change_address(user, form.cleaned_data["address"])
        messages.success(request, gettext("E-mails about your account go there from now on."))
        return redirect("admin:my-account")
    return page(request, "my_address", gettext("My address"), {"form": form})


def change_address(user: User, address: str) -> None:
    before = user.email
    if address == before:
        return
    User.objects.filter(pk=user.pk).update(email=address)
    if before:
        send(mail_to(before, language_of(user), notes.address_was_changed(user)))


@proven
@require_http_methods(FORM_METHODS)
def my_telephone(request: HttpRequest) -> HttpResponse:
    """Replace the second step: the new telephone counts once it has shown a code."""
    user = own(request)
    device = waiting_device(request, user, REPLACING)
    form = AppCodeForm(sent(request), device_pk=device.pk)
    if not form.is_valid():
        return telephone_page(request, device, form)
    with transaction.atomic():
        second_steps.use_device(device)
        end_sessions(user, but=request.session.session_key)
    request.session.pop(REPLACING, None)
    django_otp.login(request, device)
    tell(user, notes.step_was_set(user))
    messages.success(request, gettext("Your second step is on this telephone from now on."))
    return redirect("admin:my-account")


@proven
@require_http_methods(FORM_METHODS)
def my_codes(request: HttpRequest) -> HttpResponse:
    """Show ten new recovery codes; they replace those before once they are kept."""
    user = own(request)
    found = new_codes(request)
    form = KeptCodesForm(sent(request))
    if form.is_valid():
        second_steps.keep_recovery_codes(user, found)
        request.session.pop(NEW_CODES, None)
        tell(user, notes.codes_were_made(user))
        messages.success(request, gettext("Your new recovery codes are valid."))
        return redirect("admin:my-account")
    context = {"form": form, "codes": found, "account": user.get_username()}
    context |= {"text_name": "admin:my-codes-text"}
    return page(request, "codes", gettext("Your recovery codes"), context)


@proven
@require_safe
def my_codes_text(request: HttpRequest) -> HttpResponse:
    return codes_file(own(request), new_codes(request))


def new_codes(request: HttpRequest) -> list[str]:
    """Return the codes that this session is shown, the same ones until they are kept."""
    seed = request.session.setdefault(NEW_CODES, secrets.token_urlsafe(16))
    return second_steps.recovery_codes(seed)


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    end_sessions(cast(User, request.user))
    logout(request)
    messages.success(request, gettext("You are signed out everywhere."))
    return redirect("admin:login")


PAGES: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
    "my-account": ("account/", my_account),
    "my-address": ("account/address/", my_address),
    "my-telephone": ("account/telephone/", my_telephone),
    "my-codes": ("account/codes/", my_codes),
    "my-codes-text": ("account/codes/text/", my_codes_text),
    "sign-out-everywhere": ("account/sign-out-everywhere/", sign_out_everywhere),
    "prove": ("account/prove/<slug:name>/", prove),
}
