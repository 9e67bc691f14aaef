"""Write days and hours in words, in the meeting's time zone, which is always named."""

from datetime import date, datetime, time

from django.utils.formats import date_format, time_format
from django.utils.translation import get_language, gettext, pgettext

from eim.lib.languages import WITH_SMALL_NAMES
from eim.lib.per_language import cached_per_language
from programme.models import Change, Meeting, Session
from programme.zones import CountryClock


def day_words(day: date) -> str:
    """“Monday 25 November”"""
    # Translators: a date format of Django. Spanish: l j \d\e F; Portuguese: l, j \d\e F
    return in_words(day, pgettext("date format", "l j F"))


def short_day_words(day: date) -> str:
    """“Mon 25”"""
    # Translators: a date format of Django, for the links to the days.
    return in_words(day, pgettext("date format", "D j"))


def date_words(day: date) -> str:
    """“25 November 2024”"""
    # Translators: a date format of Django. Spanish and Portuguese: j \d\e F \d\e Y
    return in_words(day, pgettext("date format", "j F Y"))


def day_and_month_words(day: date) -> str:
    """“25 November”"""
    # Translators: a date format of Django. Spanish and Portuguese: j \d\e F
    return in_words(day, pgettext("date format", "j F"))


def hour_words(moment: datetime, meeting: Meeting) -> str:
    """“9:30”"""
    return hour_of_clock(moment.astimezone(meeting.zone).time())


@cached_per_language
def hour_of_clock(hour: time) -> str:
    return time_format(hour, hour_form())


def hour_form() -> str:
    # Translators: a time format of Django. Portuguese: G\hi
    return pgettext("time format", "G:i")


def zone_words(meeting: Meeting) -> str:
    return gettext("%(city)s time") % {"city": meeting.city}


def hours_words(session: Session | Change, meeting: Meeting) -> str:
    if session.starts_at is None or session.ends_at is None:
        return gettext("time to be confirmed")
    return span_words(session.starts_at, session.ends_at, meeting)


def span_words(start: datetime, end: datetime, meeting: Meeting) -> str:
    return gettext("from %(start)s to %(end)s, %(zone)s") % {
        "start": hour_words(start, meeting),
        "end": hour_words(end, meeting),
        "zone": zone_words(meeting),
    }


def elsewhere_words(start: datetime, end: datetime, clock: CountryClock, meeting: Meeting) -> str:
    """“from 15:30 to 0:00 (+1 day) in Madrid”; empty if the clocks there show the same hours."""
    here = start.astimezone(meeting.zone), end.astimezone(meeting.zone)
    there = start.astimezone(clock.zone), end.astimezone(clock.zone)
    if [m.utcoffset() for m in here] == [m.utcoffset() for m in there]:
        return ""
    first, last = (
        date_format(moment, hour_form()) + days_apart_words(moment.date(), day.date())
        for moment, day in zip(there, here, strict=True)
    )
    facts = {"start": first, "end": last, "city": clock.city}
    return gettext("from %(start)s to %(end)s in %(city)s") % facts


def elsewhere_forms() -> dict[str, str]:
    """Return the sentences of `elsewhere_words` for site.js, which fills in the reader's hours."""
    return {
        "hour": hour_form(),
        "both": gettext("from %(start)s to %(end)s in %(city)s"),
        "start": gettext("at %(start)s in %(city)s"),
        "end": gettext("until %(end)s in %(city)s"),
        "day-after": " " + gettext("(+1 day)"),
        "day-before": " " + gettext("(−1 day)"),
    }


def days_apart_words(there: date, here: date) -> str:
    match (there - here).days:
        case 1:
            return " " + gettext("(+1 day)")
        case -1:
            return " " + gettext("(−1 day)")
    return ""


def until_words(end: datetime, meeting: Meeting) -> str:
    return gettext("until %(end)s, %(zone)s") % {
        "end": hour_words(end, meeting),
        "zone": zone_words(meeting),
    }


def at_words(start: datetime, meeting: Meeting) -> str:
    return gettext("at %(start)s, %(zone)s") % {
        "start": hour_words(start, meeting),
        "zone": zone_words(meeting),
    }


def when_words(session: Session | Change, meeting: Meeting) -> str:
    if session.day is None:
        return gettext("day to be confirmed")
    return gettext("%(day)s, %(hours)s") % {
        "day": day_words(session.day),
        "hours": hours_words(session, meeting),
    }


def moment_words(moment: datetime, meeting: Meeting) -> str:
    return gettext("%(day)s, %(hour)s, %(zone)s") % {
        "day": day_words(meeting.day_of(moment)),
        "hour": hour_words(moment, meeting),
        "zone": zone_words(meeting),
    }


def meeting_dates_words(meeting: Meeting) -> str:
    first, last = meeting.first_day, meeting.last_day
    if first == last:
        return date_words(first)
    if first.year != last.year:
        start = date_words(first)
    elif first.month != last.month:
        start = day_and_month_words(first)
    else:
        start = str(first.day)
    return gettext("%(first)s to %(last)s") % {"first": start, "last": date_words(last)}


@cached_per_language
def in_words(day: date, form: str) -> str:
    words = date_format(day, form)
    return words.lower() if get_language() in WITH_SMALL_NAMES else words
