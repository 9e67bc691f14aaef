"""Pages for people who have lost their link, or want no more mails."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from eim import clock
from eim.lib.hashing import hashed_network
from programme.decorators import SiteRequest, personal
from programme.views.sending import accepts, refusal_status
from registration import actions, throttling, tokens
from registration.forms import LostLinkForm
from registration.models import Suppression
from registration.views.owner import dead_link


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def lost_link(request: SiteRequest) -> HttpResponse:
    """Send the links; an unknown address gets the same answer after the same work."""
    form = LostLinkForm(request.POST if request.method == "POST" else None)
    if accepts(request, form):
        network = hashed_network(request.client_address)
        if throttling.may_ask_for_links(network, clock.now()):
            actions.ask_for_links(form.cleaned_data["email"], network)
            return redirect(reverse("registration:lost-link") + "?sent")
        form.add_error(
            None,
            gettext(
                "Too many requests have come from your network in the last hour. What you wrote is "
                "still here: please send it again later."
            ),
        )
        return _show(request, form, status=429)
    return _show(request, form, status=refusal_status(request, form))


def _show(request: SiteRequest, form: LostLinkForm, *, status: int) -> HttpResponse:
    context = {"form": form, "was_sent": "sent" in request.GET}
    return render(request, "registration/lost_link.html", context, status=status)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: SiteRequest, token: str) -> HttpResponse:
    """Suppress the mailbox: “Do not write to this address again”."""
    claim = tokens.read_stop(token)
    if claim is None:
        return dead_link(request)
    is_done = request.method == "POST"
    if is_done:
        actions.suppress_hashed(claim.mailbox, Suppression.Reason.ASKED)
    return render(request, "registration/stop.html", {"token": token, "is_done": is_done})


@csrf_exempt
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def stop_reminders(request: SiteRequest, token: str) -> HttpResponse:
    """Send no more reminders, by the reader's button or by that of a mail program (RFC 8058).

    A mail program posts from its own servers, without a cookie: the token alone says whose it is.
    """
    claim = tokens.read_stop_reminders(token)
    if claim is None:
        return dead_link(request)
    is_done = request.method == "POST"
    if is_done:
        actions.suppress_reminders(claim.mailbox)
    return render(request, "registration/stop_reminders.html", {"is_done": is_done})
