"""The places of a quota by their state, and why somebody waits."""

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
class StateTab:
    state: Place.State
    label: str
    count: int
    is_shown: bool


@dataclass(frozen=True, kw_only=True)
class PlaceRow:
    place: Place
    # Empty for a place that is taken.
    why: str


def state_tabs(quota: Quota, asked: str) -> list[StateTab]:
    """Return a tab for each state; unless asked otherwise, show the waiting list if there is one.

    `quota` comes from `with_figures()`.
    """
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
        StateTab(state=state, label=labels[state], count=count, is_shown=state == shown)
        for state, count in counts.items()
    ]


def page_of_places(quota: Quota, tab: StateTab, number: object) -> Page:
    places = Place.objects.filter(quota=quota.pk, state=tab.state).with_positions()
    places = places.select_related("quota__session", "registration").order_by("number")
    paginator = Paginator(places, PER_PAGE)
    # The tab knows the count: no second query.
    vars(paginator)["count"] = tab.count
    return paginator.get_page(number)  # type: ignore[arg-type]


def place_rows(places: Iterable[Place], meeting: Meeting) -> list[PlaceRow]:
    """Return each place with the reason why it waits, by two queries at most."""
    places = list(places)
    waiting = [place.registration_id for place in places if place.is_waiting]
    had = quotas_had_by(waiting) if waiting else {}
    now = clock.now()
    found = []
    for place in places:
        why = ""
        if place.is_waiting:
            in_the_way = obstacle(place, had.get(place.registration_id, []), meeting, now)
            why = in_the_way.sentence(meeting) if in_the_way else turn_words(place)
        found.append(PlaceRow(place=place, why=why))
    return found


def turn_words(place: Place) -> str:
    if place.quota.is_full:
        position = vars(place)["position"]
        return gettext("Full: number %(number)s in line.") % {"number": position}
    return gettext("One is free: it is theirs in their turn, with the next change.")
