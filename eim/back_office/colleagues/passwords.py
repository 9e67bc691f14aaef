"""A forgotten password: a link by mail to choose another one; the second step stays."""

from datetime import timedelta
from typing import cast

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from eim import clock
from eim.back_office.colleagues import notes
from eim.back_office.colleagues.forms import ForgottenForm
from eim.back_office.colleagues.links import PASSWORD, read_account
from eim.back_office.colleagues.mails import language_of, mail_to, send_later, tell_or_warn
from eim.back_office.colleagues.pages import FORM_METHODS, page, sent, speak
from eim.back_office.colleagues.sessions import end_sessions
from eim.lib.hashing import Network, hashed_network
from eim.lib.normalising import email_key
from programme.decorators import SiteRequest
from registration import throttling
from registration.mails import Mail
from registration.throttling import Limit, allow_one_more

PER_NETWORK = 10
PER_BLOCK = 40
HOUR = timedelta(hours=1)
# Accounts with one address: a museum may have one for everybody.
MOST = 5


@require_http_methods(FORM_METHODS)
def forgotten(request: HttpRequest) -> HttpResponse:
    """Mail a link; the answer is the same, and as quick, whether there is an account or not."""
    title = gettext("A new password")
    form = ForgottenForm(sent(request))
    if not form.is_valid():
        was_sent = "sent" in request.GET
        return page(request, "forgotten", title, {"form": form, "was_sent": was_sent})
    network = hashed_network(cast(SiteRequest, request).client_address)
    if not may_ask(network):
        form.add_error(None, gettext("Too many requests have come from your network: try later."))
        return page(request, "forgotten", title, {"form": form}, status=429)
    send_later(mails_about(form.cleaned_data["name"], network))
    return redirect(reverse("admin:forgotten-password") + "?sent")


def may_ask(network: Network) -> bool:
    return allow_one_more(
        Limit([f"password:{own}" for own in network.own_hashes], PER_NETWORK),
        Limit([f"password:{block}" for block in network.block_hashes], PER_BLOCK),
        period=HOUR,
        now=clock.now(),
    )


def mails_about(typed: str, network: Network) -> list[Mail]:
    """Return the mails to the accounts of a name or an address; the work is done for nobody too."""
    nobody = User(pk=0, username="nobody", email="nobody@localhost")
    found = accounts_of(typed)
    rendered = [
        mail_to(user.email, language_of(user), notes.password_link(user))
        for user in found or [nobody]
    ]
    mailbox = email_key(found[0].email if found else typed)
    may_write = throttling.may_write_links_to(mailbox, network, clock.now())
    return rendered if found and may_write else []


def accounts_of(typed: str) -> list[User]:
    name = typed.strip()
    same = Q(username__iexact=name) | Q(email__iexact=name)
    active = User.objects.filter(is_active=True, is_staff=True).exclude(email="")
    found = active.filter(same).order_by("pk")[:MOST]
    return [user for user in found if user.has_usable_password()]


@require_http_methods(FORM_METHODS)
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    user = read_account(token, PASSWORD)
    speak(request, language_of(user))
    form = SetPasswordForm(user, sent(request))
    if not form.is_valid():
        context = {"form": form, "account": user}
        return page(request, "new_password", gettext("Choose a new password"), context)
    change_password(token, form)
    # What was mistyped here before must not lock its owner out now.
    AxesProxyHandler.update_request(request)
    place = request.axes_ip_address  # type: ignore[attr-defined]
    AxesProxyHandler.reset_attempts(ip_address=place, username=user.get_username())
    tell_or_warn(request, user, notes.password_was_changed(user))
    messages.success(request, gettext("Your password is changed: sign in with it and a code."))
    return redirect("admin:login")


@transaction.atomic
def change_password(token: str, form: SetPasswordForm) -> None:
    """Keep the password, once for the link, and end all sessions. Raises `DeadLink`."""
    list(User.objects.select_for_update().filter(pk=form.user.pk))
    read_account(token, PASSWORD)
    form.save()
    end_sessions(form.user)
