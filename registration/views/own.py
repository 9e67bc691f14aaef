"""A person's own page, and the buttons and answers that it and the mails offer."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from eim import clock
from eim.lib.languages import OWN_NAMES
from eim.lib.qr import qr_svg
from programme.decorators import SiteRequest, personal
from programme.feeds.calendars import icalendar_of
from programme.models import Session
from programme.models.phases import is_list_open
from registration import actions, tokens
from registration.forms import AnswerForm
from registration.models import Consent, History, Place, Quota, Registration
from registration.views.owner import back_to_own_page, is_over, owned, owned_for_ever, to_own_page
from registration.wording.history import history_lines


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A place that somebody is about to release, and whether others wait for it."""

    place: Place
    others_wait: bool


@personal
@require_safe
@owned
def own(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    has_ended = is_over(request.meeting)
    places: list[Place] = []
    if registration.is_in_person:
        rows = registration.places.taken() if has_ended else registration.places.current()
        places = list(rows.with_quotas().with_positions())
    history = registration.history.select_related("quota__session")
    context = {
        "registration": registration,
        "token": token,
        "places": places,
        "free_to_take": actions.free_to_take(places, request.meeting, clock.now()),
        "has_seats": any(place.is_taken and place.quota.session for place in places),
        # People without a place are offered to come in person, if such places are open.
        "in_person": None if places else Quota.objects.in_person().first(),
        "is_over": has_ended,
        "is_list_open": is_list_open(request.meeting, clock.now()),
        "consents": purposes_words(registration),
        "mail_language": OWN_NAMES[registration.mail_language],
        "history_lines": history_lines(history),
        "qr": qr_svg(registration.reference),
    }
    return render(request, "registration/own.html", context)


@personal
@require_safe
@owned
def own_calendar(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    """Return the sessions with a seat of the person, or for people online the streamed ones."""
    sessions = Session.objects.published().with_room_and_theme().in_order()
    if registration.is_in_person:
        sessions = sessions.filter(quota__places__in=registration.places.taken())
    else:
        sessions = sessions.followed_online()
    body = icalendar_of(sessions, request.meeting, get_language() or registration.mail_language)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="sessions.ics"'
    return response


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@owned
def cancel(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    if request.method == "POST":
        try:
            return to_own_page(actions.cancel(registration))
        except actions.Refusal as refusal:
            return back_to_own_page(request, token, messages.WARNING, str(refusal))
    if not registration.is_live or is_over(request.meeting):
        return to_own_page(registration)
    return render(request, "registration/cancel.html", {"token": token})


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@owned
def are_you_coming(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    """Take the answer to “Are you coming?”, which a mail asks before the meeting."""
    if request.method == "POST":
        thanks = gettext("Thank you. We look forward to seeing you.")
        return _act(request, token, lambda: actions.say_coming(registration), thanks)
    if not registration.is_confirmed or is_over(request.meeting):
        return redirect("registration:own", token=token)
    context = {"registration": registration, "token": token}
    return render(request, "registration/are_you_coming.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@owned
def give_back(
    request: SiteRequest, registration: Registration, token: str, code: str
) -> HttpResponse:
    """Take the answer about one place: “I’ll come”, or “I can’t come, release my place”."""
    place = next((p for p in _current(registration) if p.quota.code == code), None)
    why_not = _why_not_released(request, place)
    if place is None or why_not:
        return back_to_own_page(request, token, messages.WARNING, why_not)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        context = {"registration": registration, "token": token, "place": place}
        return render(request, "registration/give_back.html", context, status=status)
    if form.cleaned_data["answer"] == AnswerForm.COMING:
        thanks = gettext("Thank you. We look forward to seeing you.")
        return _act(request, token, lambda: actions.say_coming(registration, place.quota), thanks)
    done = _given_back_words(place)
    return _act(request, token, lambda: actions.give_back(registration, place.quota), done)


@personal
@require_safe
@owned
def release(
    request: SiteRequest, registration: Registration, token: str, code: str
) -> HttpResponse:
    """Say what a slip of the finger would cost; the button is that of `give_back`."""
    if code == Quota.Kind.IN_PERSON:
        return redirect("registration:go-online", token=token)
    place = next((p for p in _current(registration) if p.quota.code == code), None)
    why_not = _why_not_released(request, place)
    if place is None or why_not:
        return back_to_own_page(request, token, messages.WARNING, why_not)
    context = {"token": token, "place": place, "losses": _losses(registration, code)}
    return render(request, "registration/release.html", context)


@personal
@owned
def take(request: SiteRequest, registration: Registration, token: str, code: str) -> HttpResponse:
    """Take a free place for which the person waits, on the last day, when nobody is called."""
    place = next((p for p in _current(registration) if p.quota.code == code), None)
    if place is None:
        return redirect("registration:own", token=token)
    quota, done = place.quota, gettext("The place is yours, and an e-mail is on its way.")
    return _button(request, token, lambda: actions.take_free_place(registration, quota), done)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@owned
def go_online(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    """Go online; a GET, from the person's own page, says first what will be lost."""
    if registration.is_in_person and not request.moment.has_stream:
        sentence = gettext("No session of the programme is streamed: nothing was changed.")
        return back_to_own_page(request, token, messages.WARNING, sentence)
    if request.method == "POST":
        done = _online_words(registration)
        return _act(request, token, lambda: actions.go_online(registration), done)
    if not (registration.is_confirmed and registration.is_in_person) or is_over(request.meeting):
        return redirect("registration:own", token=token)
    context = {"token": token, "losses": _losses(registration)}
    return render(request, "registration/go_online.html", context)


@personal
@owned
def come_in_person(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    if request.method == "POST":
        try:
            done = _coming_words(actions.come_in_person(registration))
        except actions.Refusal as refusal:
            return back_to_own_page(request, token, messages.WARNING, str(refusal))
        messages.success(request, done)
    return redirect("registration:own", token=token)


@personal
@owned
def send_again(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    done = gettext("The e-mail is on its way.")
    return _button(request, token, lambda: actions.send_again(registration), done)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def new_link(request: SiteRequest, token: str) -> HttpResponse:
    """Make a new link, which only the mailbox gets: somebody else may have this one.

    The same link, sent twice, gets the same answer.
    """
    if request.method == "POST" and (renewal := _renewal_by(token)):
        context = {"is_done": True, "was_written": renewal.messages.exists()}
        return render(request, "registration/new_link.html", context)
    return _make_new_link(request, token)


def _renewal_by(token: str) -> History | None:
    claim = tokens.read(token, tokens.OWN)
    registration = claim and Registration.objects.filter(pk=claim.registration_id).first()
    if not (claim and registration):
        return None
    return actions.renewal_since(registration, claim.link_version)


@owned_for_ever
def _make_new_link(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    context: dict[str, object] = {"token": token}
    if request.method == "POST":
        try:
            context |= {"is_done": True, "was_written": actions.renew_link(registration)}
        except actions.Refusal as refusal:
            return back_to_own_page(request, token, messages.WARNING, str(refusal))
    return render(request, "registration/new_link.html", context)


def purposes_words(registration: Registration) -> list[str]:
    live = (registration.purposes or "").split(",")
    return [str(purpose.label) for purpose in Consent.Purpose if purpose in live]


def _current(registration: Registration) -> list[Place]:
    return list(registration.places.current().with_quotas())


def _losses(registration: Registration, code: str = "") -> list[Loss]:
    """Return what goes away with one place, or with all of them."""
    own = registration.places.current()
    wanted = set(Place.objects.others_waiting_for(own).values_list("quota", flat=True))
    return [
        Loss(place=place, others_wait=place.quota_id in wanted)
        for place in own.with_quotas().with_positions()
        if code in ("", place.quota.code)
    ]


def _why_not_released(request: SiteRequest, place: Place | None) -> str:
    """Return why a place cannot be released any more; empty if it can."""
    if place is None:
        return gettext("This place is no longer among yours: nothing was changed.")
    if is_over(request.meeting):
        return actions.over_words(request.meeting)
    if place.quota.has_begun(clock.now()):
        return gettext("“%(title)s” has begun: nothing was changed.") % {"title": place.quota}
    return ""


def _coming_words(registration: Registration) -> str:
    if registration.places.waiting().in_person().exists():
        return gettext("You are on the waiting list for a place in person.")
    return gettext(
        "You are coming in person and your place is reserved. Now choose workshops and services."
    )


def _given_back_words(place: Place) -> str:
    if place.quota.is_in_person:
        return _online_words(place.registration)
    return gettext(
        "“%(name)s” has been released. You can choose it again while there are places."
    ) % {"name": place.quota}


def _online_words(registration: Registration) -> str:
    """Return what is said of somebody who has gone online; call it before they have."""
    if Place.objects.others_waiting_for(registration.places.taken()).exists():
        return gettext("You now take part online. Your places go to those who are waiting.")
    return gettext("You now take part online, and your places are free for others.")


def _button(request: SiteRequest, token: str, act: Callable[[], object], done: str) -> HttpResponse:
    """Act on POST; GET, from a reload or another language, leads to the person's own page."""
    if request.method != "POST":
        return redirect("registration:own", token=token)
    return _act(request, token, act, done)


def _act(request: SiteRequest, token: str, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except actions.Refusal as refusal:
        return back_to_own_page(request, token, messages.WARNING, str(refusal))
    return back_to_own_page(request, token, messages.SUCCESS, done)
