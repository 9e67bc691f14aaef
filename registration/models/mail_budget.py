"""Count the e-mails of a minute and a day, of which those to many may use one half."""

from dataclasses import dataclass
from math import ceil

from django.conf import settings


def half_of(limit: int) -> int:
    """Return the share of e-mails to many: the other is for those that somebody waits for."""
    return max(limit // 2, 1)


def minutes_for(count: int) -> int:
    """Return how many minutes so many mails take at the rate that the relay takes."""
    return ceil(count / max(settings.MAILS_PER_MINUTE, 1))


def outlast_holds(count: int) -> bool:
    """Return whether the last of so many mails comes after the places it speaks of are free."""
    return minutes_for(count) > settings.HOLD_MINUTES


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """Counts of mails attempted within a minute and a day, which the mail relay limits."""

    minute: int
    day: int
    # Mails to many: reminders, letters, news of whether the meeting takes place.
    bulk_of_minute: int
    bulk_of_day: int

    @property
    def is_minute_used_up(self) -> bool:
        return self.minute >= settings.MAILS_PER_MINUTE

    @property
    def is_day_used_up(self) -> bool:
        return self.day >= settings.MAILS_PER_DAY

    @property
    def is_day_nearly_used_up(self) -> bool:
        """Return whether four fifths are used: early enough to have the budget raised."""
        return self.day * 5 >= settings.MAILS_PER_DAY * 4

    @property
    def is_bulk_of_minute_used_up(self) -> bool:
        return self.bulk_of_minute >= half_of(settings.MAILS_PER_MINUTE)

    @property
    def is_bulk_of_day_used_up(self) -> bool:
        return self.bulk_of_day >= half_of(settings.MAILS_PER_DAY)

    @property
    def is_bulk_used_up(self) -> bool:
        """Return whether mails to many wait, so that the others find half of each limit free."""
        return self.is_bulk_of_minute_used_up or self.is_bulk_of_day_used_up
