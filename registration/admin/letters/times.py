"""Say how long a letter takes, by the budget of e-mails to many."""

from dataclasses import replace
from datetime import datetime

from programme.models import Meeting
from registration.outbox import when_done
from registration.wording.forecasts import forecast_words


def time_words(count: int, now: datetime) -> str:
    """Return “412 e-mails: today before 21:00”."""
    return forecast_words(when_done(count, now), Meeting.objects.get())


def time_left_words(waiting: int, now: datetime) -> str:
    """Return the same for a letter that is being sent: its e-mails are in the queue already."""
    forecast = replace(when_done(0, now), count=waiting)
    return forecast_words(forecast, Meeting.objects.get())
