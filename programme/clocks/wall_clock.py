"""Turn what a clock on the wall shows into moments, also on days when clocks are changed."""

from datetime import UTC, datetime, timedelta, tzinfo

DAY = timedelta(days=1)


class SkippedHour(ValueError):
    """Clocks go forward over this time; `later` is what they show at that moment instead."""

    def __init__(self, wall: datetime, later: datetime) -> None:
        super().__init__(f"{wall} is skipped")
        self.wall = wall
        self.later = later


def moments_at(wall: datetime, zone: tzinfo) -> list[datetime]:
    """Return when clocks of the zone show a time, in UTC: once; on a change twice or never."""
    found = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return [moment for moment in sorted(found) if shown_at(moment, zone) == wall]


def shown_at(moment: datetime, zone: tzinfo) -> datetime:
    """Return what clocks of the zone show at a moment, as a time without a zone."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def is_shown_twice(moment: datetime, zone: tzinfo) -> bool:
    """Return whether clocks go back, and show again what they show at this moment."""
    return len(moments_at(shown_at(moment, zone), zone)) > 1


def moment_at(wall: datetime, zone: tzinfo) -> datetime:
    """Return when clocks of the zone show a time, in UTC; the first time if they show it twice.

    Raises SkippedHour if they never show it.
    """
    moments = moments_at(wall, zone)
    if not moments:
        before_change = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        raise SkippedHour(wall, later=shown_at(before_change, zone))
    return moments[0]


def end_at(wall: datetime, start: datetime, zone: tzinfo) -> datetime:
    """Return when something ends that begins at `start`; clocks then show `wall`.

    An end before the start, but on the same day, is on the next day. Raises SkippedHour.
    """
    after = [moment for moment in moments_at(wall, zone) if moment > start]
    if after:
        return after[0]
    begins = shown_at(start, zone)
    is_next_day = wall.date() == begins.date() and wall < begins
    return moment_at(wall + DAY if is_next_day else wall, zone)
