"""Say how long a letter takes before it is sent."""

from datetime import datetime, timedelta

from django.utils.translation import gettext, ngettext

from programme.models import Meeting
from programme.wording.dates import end_in, moment_in
from registration.outbox.forecasts import Forecast

HOUR = timedelta(hours=1)


def forecast_words(forecast: Forecast, meeting: Meeting) -> str:
    """“412 e-mails: today before 21:00”, “5000 e-mails: 2 days; to be faster, …”"""
    count = forecast.count
    mails = ngettext("%(count)s e-mail", "%(count)s e-mails", count) % {"count": count}
    if forecast.days > 1:
        return gettext("%(mails)s: %(days)s days; to be faster, raise MAILS_PER_DAY") % {
            "mails": mails,
            "days": forecast.days,
        }
    end = next_full_hour(forecast.ends_at)
    if meeting.day_of(forecast.ends_at) == meeting.day_of(forecast.begins_at):
        hour = end_in(end, forecast.begins_at, meeting.zone)
        return gettext("%(mails)s: today before %(hour)s") % {"mails": mails, "hour": hour}
    moment = moment_in(end, meeting.zone)
    return gettext("%(mails)s: before %(moment)s") % {"mails": mails, "moment": moment}


def next_full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0) + HOUR
