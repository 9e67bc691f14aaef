"""Decorators that find the registration of a link, and the pages for links that prove nothing."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from eim import clock
from programme.decorators import SiteRequest
from programme.models import Meeting
from programme.models.phases import allows_no_changes, is_just_over
from registration import actions, tokens
from registration.models import Registration
from registration.tokens import Claim, MailboxClaim
from registration.views import sign_up_cookie

# Fields of the forms behind a link of ten minutes that hold texts.
TYPED_BY_HAND = ("full_name", "email", "institution")

type OwnView = Callable[..., HttpResponse]


def owned(view: OwnView) -> OwnView:
    """Pass the view the registration of its link, while the person's own page is open."""

    @wraps(view)
    def wrapper(
        request: SiteRequest, registration: Registration, token: str, **kwargs: object
    ) -> HttpResponse:
        if not is_just_over(request.meeting, clock.now()):
            context = {"registration": registration, "token": token}
            return render(request, "registration/own_page_closed.html", context, status=410)
        return view(request, registration, token, **kwargs)

    return owned_for_ever(wrapper)


def owned_for_ever(view: OwnView) -> OwnView:
    """Pass the registration at any time: rights over one's data do not end with the meeting."""

    @wraps(view)
    def wrapper(request: SiteRequest, token: str, **kwargs: object) -> HttpResponse:
        claim = tokens.read(token, tokens.OWN)
        registration = owners(claim).first()
        if registration is None:
            return dead_link_of(request, claim)
        return view(request, registration, token, **kwargs)

    return wrapper


def owned_afresh(view: OwnView) -> OwnView:
    """Pass the registration of a link that works for ten minutes; a button renews it later.

    A form that was opened in these minutes can be sent for an hour: it posts `request.opened`.
    """

    @wraps(view)
    def wrapper(request: SiteRequest, token: str, **kwargs: object) -> HttpResponse:
        fresh = tokens.read_fresh(token)
        claim = fresh or _claim_of_opened_form(request, token)
        registration = owners(claim).first()
        if registration is None or claim is None:
            return expired_link(request, token)
        if registration.erased_at:
            return to_own_page(registration)
        if claim.fresh_version != registration.fresh_version:
            return used_link(request, registration, token)
        opened = tokens.opened_token(registration) if fresh else request.POST["opened"]
        vars(request)["opened"] = opened
        try:
            return view(request, registration, token, **kwargs)
        except actions.LinkUsed:
            return used_link(request, registration, token)

    return wrapper


def _claim_of_opened_form(request: SiteRequest, token: str) -> Claim | None:
    """Return the claim of an expired link whose form was opened in time, and is sent now."""
    claim = tokens.read_stale(token)
    return claim if claim == tokens.read_opened(request.POST.get("opened", "")) else None


def is_over(meeting: Meeting) -> bool:
    """Return whether a person's page is a record: nothing is left to change."""
    return allows_no_changes(meeting, clock.now())


def owners(claim: Claim | None) -> QuerySet[Registration]:
    """Return the registration that the claim names, if it was ever confirmed."""
    if claim is None:
        return Registration.objects.none()
    known = Registration.objects.ever_confirmed().with_purposes()
    return known.filter(pk=claim.registration_id, link_version=claim.link_version)


def to_own_page(registration: Registration) -> HttpResponse:
    response = redirect("registration:own", token=tokens.own_token(registration))
    sign_up_cookie.delete_answers(response)
    return response


def back_to_own_page(request: SiteRequest, token: str, level: int, sentence: str) -> HttpResponse:
    """Redirect to the person's own page, which says what was done, or why not."""
    messages.add_message(request, level, sentence)
    return redirect("registration:own", token=token)


def dead_link_of(request: SiteRequest, claim: Claim | MailboxClaim | None) -> HttpResponse:
    """Say that the link is of an earlier meeting: only the rows of such a one are ever deleted.

    A row that is missing after older ones of this meeting was lost when a backup was restored.
    """
    if claim is None or Registration.objects.filter(pk__lte=claim.registration_id).exists():
        return dead_link(request)
    sentence = gettext(
        "It comes from an e-mail about an earlier meeting, and what this site knew about your "
        "registration for that one is erased."
    )
    return dead_link(request, sentence)


def dead_link(request: SiteRequest, sentence: str = "") -> HttpResponse:
    return render(request, "registration/dead_link.html", {"sentence": sentence}, status=410)


def expired_link(request: SiteRequest, token: str) -> HttpResponse:
    """Offer a new link, and show what a form that came too late had in it: it is not lost."""
    claim = tokens.read_stale(token)
    if not owners(claim).exists():
        return dead_link_of(request, claim)
    return _offer_new_link(request, token)


def used_link(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    """Say that the link has acted, maybe by the first press of two: where to see what it did."""
    return _offer_new_link(request, token, own_token=tokens.own_token(registration))


def _offer_new_link(request: SiteRequest, token: str, **more: str) -> HttpResponse:
    typed = [request.POST[name] for name in TYPED_BY_HAND if request.POST.get(name)]
    context = {"token": token, "typed": typed, **more}
    return render(request, "registration/expired_link.html", context, status=410)
