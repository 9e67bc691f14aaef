"""Free places within 24 hours of their beginning, when nobody is promoted any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from programme.models import Meeting
from programme.models.phases import allows_no_changes
from registration.actions.obstacles import Reason, obstacle
from registration.actions.places import quotas_had_by, waiting_for_what_is_free
from registration.models import Place, Quota


@dataclass(frozen=True, kw_only=True)
class LeftOver:
    """A quota with free places, and how many people who wait could take one."""

    quota: Quota
    waiting: int


def left_over(meeting: Meeting, now: datetime) -> list[LeftOver]:
    """Return free quotas that people wait for and may take by themselves; two queries at most."""
    if allows_no_changes(meeting, now):
        return []
    queue = list(waiting_for_what_is_free())
    had = quotas_had_by([place.registration_id for place in queue]) if queue else {}
    quotas: dict[int, Quota] = {}
    waiting: dict[int, int] = {}
    for place in queue:
        if may_be_taken(place, had.get(place.registration_id, []), meeting, now):
            quotas[place.quota_id] = place.quota
            waiting[place.quota_id] = waiting.get(place.quota_id, 0) + 1
    return [LeftOver(quota=quotas[key], waiting=waiting[key]) for key in quotas]


def free_to_take(places: Sequence[Place], meeting: Meeting, now: datetime) -> list[Place]:
    """Return the waiting places, of one person's, that they may take now.

    Asks no query until the last day is over.
    """
    if allows_no_changes(meeting, now):
        return []
    had = [place.quota for place in places if place.is_taken]
    waiting = [place for place in places if place.is_waiting and not place.quota.is_full]
    return [place for place in waiting if may_be_taken(place, had, meeting, now)]


def may_be_taken(place: Place, had: Sequence[Quota], meeting: Meeting, now: datetime) -> bool:
    """Return whether the only obstacle is that it begins within 24 hours."""
    why = obstacle(place, had, meeting, now)
    return why is not None and why.reason == Reason.SOON
