"""Who has something, who is held, who waits for it and why: on the page of its quota."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext, pgettext

from eim import clock
from programme.models import Meeting
from registration.actions import obstacle, quotas_had_by
from registration.models import Place, Quota

PER_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Tab:
    state: Place.State
    label: str
    count: int
    is_shown: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    place: Place
    # Of who waits; empty for the others.
    why: str


def tabs(quota: Quota, asked: str) -> list[Tab]:
    """`quota` comes from `with_figures()`. First shown is the line, if there is one."""
    counts = {
        Place.State.CONFIRMED: quota.taken - vars(quota)["held"],
        Place.State.HELD: vars(quota)["held"],
        Place.State.WAITING: vars(quota)["waiting"],
    }
    first = Place.State.WAITING if vars(quota)["waiting"] else Place.State.CONFIRMED
    shown = asked if asked in counts else first
    labels = {
        Place.State.CONFIRMED: pgettext("places", "Confirmed"),
        Place.State.HELD: gettext("Reserved, not confirmed yet"),
        Place.State.WAITING: gettext("On the waiting list"),
    }
    return [
        Tab(state=state, label=labels[state], count=count, is_shown=state == shown)
        for state, count in counts.items()
    ]


def page_of(quota: Quota, tab: Tab, number: object) -> Page:
    places = Place.objects.filter(quota=quota.pk, state=tab.state).with_positions()
    places = places.select_related("quota__session", "registration").order_by("number")
    paginator = Paginator(places, PER_PAGE)
    # Counted with the tabs already.
    vars(paginator)["count"] = tab.count
    return paginator.get_page(number)  # type: ignore[arg-type]


def rows(places: Iterable[Place], meeting: Meeting) -> list[Row]:
    """Two queries at most, however many places."""
    places = list(places)
    waiting = [place.registration_id for place in places if place.is_waiting]
    had = quotas_had_by(waiting) if waiting else {}
    now = clock.now()
    found = []
    for place in places:
        why = ""
        if place.is_waiting:
            keeps = obstacle(place, had.get(place.registration_id, []), meeting, now)
            why = keeps.sentence(meeting) if keeps else turn_words(place)
        found.append(Row(place=place, why=why))
    return found


def turn_words(place: Place) -> str:
    if place.quota.is_full:
        position = vars(place)["position"]
        return gettext("Full: number %(number)s on the waiting list.") % {"number": position}
    return gettext("One place is free: they get it when their turn comes, with the next change.")
