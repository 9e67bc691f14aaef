"""One's own page, and what is answered or given back from there and from mails."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from eim import clock
from programme.calendars import calendar_of
from programme.decorators import SiteRequest, personal
from programme.models import Session
from programme.qr import qr_svg
from registration import actions
from registration.forms import AnswerForm
from registration.forms.sign_up import LANGUAGES
from registration.models import Consent, Place, Quota, Registration
from registration.story import story_of
from registration.views.owner import back_to_own_page, is_over, owned, to_own_page


@personal
@require_safe
@owned
def own(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    places: list[Place] = []
    if registration.is_in_person:
        places = list(registration.places.current().with_quotas().with_positions())
    history = registration.history.select_related("quota__session")
    context = {
        "registration": registration,
        "token": token,
        "places": places,
        "free_to_take": actions.free_to_take(places, request.meeting, clock.now()),
        "has_seats": any(place.is_taken and place.quota.session for place in places),
        # Whoever comes in person has a place or waits for it; for all others, is there one?
        "in_person": None if places else Quota.objects.in_person().first(),
        "is_over": is_over(request.meeting),
        "consents": purposes_words(registration),
        "mail_language": dict(LANGUAGES)[registration.mail_language],
        "story": story_of(history),
        "qr": qr_svg(registration.reference),
    }
    return render(request, "registration/own.html", context)


@personal
@require_safe
@owned
def own_calendar(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    """In person the sessions in which one has a seat; online those that can be followed."""
    sessions = Session.objects.published().with_room_and_theme().in_order()
    if registration.is_in_person:
        sessions = sessions.filter(quota__places__in=registration.places.taken())
    else:
        sessions = sessions.followed_online()
    body = calendar_of(sessions, request.meeting, get_language() or registration.mail_language)
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
def answer(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    """“Are you coming?”: what a mail asks before the meeting."""
    if request.method == "POST":
        thanks = gettext("Thank you. We look forward to seeing you.")
        return _act(request, token, lambda: actions.say_coming(registration), thanks)
    if not registration.is_confirmed or is_over(request.meeting):
        return redirect("registration:own", token=token)
    context = {"registration": registration, "token": token}
    return render(request, "registration/answer.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
@owned
def give_back(
    request: SiteRequest, registration: Registration, token: str, code: str
) -> HttpResponse:
    """One place: “I'll come”, or “I can't come, give it on”."""
    place = next((p for p in _current(registration) if p.quota.code == code), None)
    if place is None:
        return back_to_own_page(
            request,
            token,
            messages.WARNING,
            gettext("This place is no longer among yours: nothing was changed."),
        )
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        context = {"registration": registration, "token": token, "place": place}
        return render(request, "registration/give_back.html", context, status=status)
    if form.cleaned_data["answer"] == AnswerForm.COMING:
        thanks = gettext("Thank you. We look forward to seeing you.")
        return _act(request, token, lambda: actions.say_coming(registration, place.quota), thanks)
    done = _given_back_words(place.quota)
    return _act(request, token, lambda: actions.give_back(registration, place.quota), done)


@personal
@owned
def take(request: SiteRequest, registration: Registration, token: str, code: str) -> HttpResponse:
    """On the last day: what is free, of what one waits for."""
    place = next((p for p in _current(registration) if p.quota.code == code), None)
    if place is None:
        return redirect("registration:own", token=token)
    quota, done = place.quota, gettext("The place is yours, and an e-mail is on its way.")
    return _button(request, token, lambda: actions.take_free_place(registration, quota), done)


@personal
@owned
def go_online(request: SiteRequest, registration: Registration, token: str) -> HttpResponse:
    done = gettext("You now take part online. Your places go to those who are waiting.")
    return _button(request, token, lambda: actions.go_online(registration), done)


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


def purposes_words(registration: Registration) -> list[str]:
    live = (vars(registration)["purposes"] or "").split(",")
    return [str(purpose.label) for purpose in Consent.Purpose if purpose in live]


def _current(registration: Registration) -> list[Place]:
    return list(registration.places.current().with_quotas())


def _coming_words(registration: Registration) -> str:
    if registration.places.waiting().in_person().exists():
        return gettext("You are on the waiting list for a place in person.")
    return gettext(
        "You are coming in person and your place is reserved. Now choose workshops and services."
    )


def _given_back_words(quota: Quota) -> str:
    if quota.is_in_person:
        return gettext("You now take part online. Your places go to those who are waiting.")
    return gettext(
        "“%(name)s” has been released. You can choose it again while there are places."
    ) % {"name": quota}


def _button(request: SiteRequest, token: str, act: Callable[[], object], done: str) -> HttpResponse:
    """For an address that is only pressed: a reload or the other language leads back."""
    if request.method != "POST":
        return redirect("registration:own", token=token)
    return _act(request, token, act, done)


def _act(request: SiteRequest, token: str, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except actions.Refusal as refusal:
        return back_to_own_page(request, token, messages.WARNING, str(refusal))
    return back_to_own_page(request, token, messages.SUCCESS, done)
