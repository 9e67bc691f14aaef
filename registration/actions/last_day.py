"""What is free on the last day, when nobody is called to it any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from programme.models import Meeting
from registration.actions.obstacles import Reason, obstacle
from registration.actions.places import quotas_had_by, waiting_for_what_is_free
from registration.models import Place, Quota


@dataclass(frozen=True, kw_only=True)
class LeftOver:
    """Something that is free, and how many could take it and wait."""

    quota: Quota
    waiting: int


def left_over(meeting: Meeting, now: datetime) -> list[LeftOver]:
    """Nothing, before the last day: then what is free goes to who waits. Two queries at most."""
    if meeting.day_of(now) > meeting.last_day:
        return []
    line = list(waiting_for_what_is_free())
    had = quotas_had_by([place.registration_id for place in line]) if line else {}
    quotas: dict[int, Quota] = {}
    waiting: dict[int, int] = {}
    for place in line:
        if is_for_the_asking(place, had.get(place.registration_id, []), meeting, now):
            quotas[place.quota_id] = place.quota
            waiting[place.quota_id] = waiting.get(place.quota_id, 0) + 1
    return [LeftOver(quota=quotas[key], waiting=waiting[key]) for key in quotas]


def free_to_take(places: Sequence[Place], meeting: Meeting, now: datetime) -> list[Place]:
    """Of all the places of one person, those they wait for and may take now; no query."""
    if meeting.day_of(now) > meeting.last_day:
        return []
    had = [place.quota for place in places if place.is_taken]
    waiting = [place for place in places if place.is_waiting and not place.quota.is_full]
    return [place for place in waiting if is_for_the_asking(place, had, meeting, now)]


def is_for_the_asking(place: Place, had: Sequence[Quota], meeting: Meeting, now: datetime) -> bool:
    """Only that it begins so soon keeps whoever waits from what is free."""
    why = obstacle(place, had, meeting, now)
    return why is not None and why.reason == Reason.SOON
