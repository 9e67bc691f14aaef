"""Write days and hours in words, in the meeting's time zone, which is always named."""

from datetime import date, datetime, time, timedelta, tzinfo

from django.utils.formats import date_format, time_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

from eim.lib.languages import WITH_SMALL_NAMES
from eim.lib.per_language import cached_per_language
from programme.clocks.wall_clock import SkippedHour, is_shown_twice, shown_at
from programme.clocks.zones import CountryClock
from programme.models import Change, Edition, Meeting, Session
from programme.models.changes import Placing


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
    return hour_in(moment, meeting.zone)


@cached_per_language
def hour_in(moment: datetime, zone: tzinfo) -> str:
    """Return the hour in a zone; with “(UTC+1)” if clocks go back and show it twice."""
    words = hour_of_clock(shown_at(moment, zone).time())
    return f"{words} ({offset_words(moment, zone)})" if is_shown_twice(moment, zone) else words


@cached_per_language
def end_in(end: datetime, since: datetime, zone: tzinfo) -> str:
    """“1:30 (+1 day)”, days counted from the day of `since`; midnight is “24:00” of the day before.

    For ends alone: nobody says that something begins at 24:00.
    """
    clock, first_day = shown_at(end, zone), shown_at(since, zone).date()
    if clock.time() == time.min and clock.date() > first_day and not is_shown_twice(end, zone):
        last_day = clock.date() - timedelta(days=1)
        return midnight_words() + days_apart_words(last_day, first_day)
    return hour_in(end, zone) + days_apart_words(clock.date(), first_day)


def offset_words(moment: datetime, zone: tzinfo) -> str:
    """“UTC+1”, “UTC+10:30”"""
    minutes = int((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


@cached_per_language
def midnight_words() -> str:
    return hour_of_clock(time.min).replace("0", "24", 1)


def skipped_words(refusal: SkippedHour) -> str:
    """Tell that an hour does not exist, because clocks go forward over it."""
    sentence = gettext(
        "At the venue, clocks go forward on that day and never show %(hour)s: write an hour"
        " before the change, or %(later)s."
    )
    hours = {"hour": refusal.wall.time(), "later": refusal.later.time()}
    return sentence % {name: hour_of_clock(hour) for name, hour in hours.items()}


def twice_words(moment: datetime, zone: tzinfo) -> str:
    """Tell that an hour exists twice, and that the first one is meant."""
    sentence = gettext(
        "At the venue, clocks go back on %(day)s and show that hour twice. It counts as %(hour)s."
    )
    return sentence % {
        "day": day_words(shown_at(moment, zone).date()),
        "hour": hour_in(moment, zone),
    }


@cached_per_language
def hour_of_clock(hour: time) -> str:
    return time_format(hour, hour_form())


def hour_form() -> str:
    # Translators: a time format of Django. Portuguese: G\hi
    return pgettext("time format", "G:i")


def zone_words(meeting: Meeting) -> str:
    return gettext("%(city)s time") % {"city": meeting.city}


def hours_words(
    session: Session | Change | Placing, meeting: Meeting, *, is_behind: bool = False
) -> str:
    """Return the hours; of a session that is over (`is_behind`) none are to be confirmed."""
    if session.starts_at is None or session.ends_at is None:
        if is_behind:
            return gettext("its time was not recorded")
        unknown = gettext("without a set time")
        return gettext("time to be confirmed") if meeting.takes_place else unknown
    return span_words(session.starts_at, session.ends_at, meeting)


def span_words(start: datetime, end: datetime, meeting: Meeting) -> str:
    return gettext("from %(start)s to %(end)s, %(zone)s") % {
        "start": hour_words(start, meeting),
        "end": end_in(end, start, meeting.zone),
        "zone": zone_words(meeting),
    }


def elsewhere_words(start: datetime, end: datetime, clock: CountryClock, meeting: Meeting) -> str:
    """“from 15:30 to 0:00 (+1 day) in Madrid”; empty if the clocks there show the same hours.

    Both days are counted from the day on which it begins at the venue.
    """
    here = [shown_at(moment, meeting.zone) for moment in (start, end)]
    there = [shown_at(moment, clock.zone) for moment in (start, end)]
    if here == there:
        return ""
    first, last = (
        hour_of_clock(moment.time()) + days_apart_words(moment.date(), here[0].date())
        for moment in there
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
        "day-after": days_words(1),
        "days-after": days_words(2, "{n}"),
        "day-before": days_words(-1),
    }


def days_apart_words(there: date, here: date) -> str:
    return days_words((there - here).days)


@cached_per_language
def days_words(days: int, number: str = "") -> str:
    """“ (+1 day)”; empty for the same day. `number` is a placeholder to write instead."""
    if days == 0:
        return ""
    count = abs(days)
    if days < 0:
        words = ngettext("(−%(days)s day)", "(−%(days)s days)", count)
    else:
        words = ngettext("(+%(days)s day)", "(+%(days)s days)", count)
    return " " + words % {"days": number or count}


def until_words(end: datetime, since: datetime, meeting: Meeting) -> str:
    """“until 1:30 (+1 day), Lima time”, days counted from the day of `since`."""
    return gettext("until %(end)s, %(zone)s") % {
        "end": end_in(end, since, meeting.zone),
        "zone": zone_words(meeting),
    }


def until_hour_words(end: datetime, since: datetime, meeting: Meeting) -> str:
    """“until 1:30 (+1 day)”, where the zone is said once for a whole list."""
    return gettext("until %(end)s") % {"end": end_in(end, since, meeting.zone)}


def at_hour_words(start: datetime, meeting: Meeting) -> str:
    """“at 9:30”, where the zone is said once for a whole list."""
    return gettext("at %(start)s") % {"start": hour_words(start, meeting)}


def at_words(start: datetime, meeting: Meeting) -> str:
    return gettext("at %(start)s, %(zone)s") % {
        "start": hour_words(start, meeting),
        "zone": zone_words(meeting),
    }


def when_words(
    session: Session | Change | Placing, meeting: Meeting, *, is_behind: bool = False
) -> str:
    if session.day is None and is_behind:
        return gettext("its day and time were not recorded")
    if session.day is None and not meeting.takes_place:
        return gettext("without a set day")
    if session.day is None:
        return gettext("day to be confirmed")
    return gettext("%(day)s, %(hours)s") % {
        "day": day_words(session.day),
        "hours": hours_words(session, meeting, is_behind=is_behind),
    }


def moment_words(moment: datetime, meeting: Meeting) -> str:
    return gettext("%(day)s, %(hour)s, %(zone)s") % {
        "day": day_words(meeting.day_of(moment)),
        "hour": hour_words(moment, meeting),
        "zone": zone_words(meeting),
    }


def moment_in(moment: datetime, zone: tzinfo) -> str:
    """“Monday 25 November, 9:30”, by the clocks of a zone."""
    return gettext("%(day)s, %(hour)s") % {
        "day": day_words(shown_at(moment, zone).date()),
        "hour": hour_in(moment, zone),
    }


def meeting_dates_words(meeting: Meeting) -> str:
    return span_of_days_words(meeting.first_day, meeting.last_day)


def edition_dates_words(edition: Edition) -> str:
    """“14 to 16 September 2026”, or the year alone if the days are not known."""
    if edition.first_day and edition.last_day:
        return span_of_days_words(edition.first_day, edition.last_day)
    return str(edition.year)


def span_of_days_words(first: date, last: date) -> str:
    if first == last:
        return date_words(first)
    start = first_day_words(first, last)
    return gettext("%(first)s to %(last)s") % {"first": start, "last": date_words(last)}


def first_day_words(first: date, last: date) -> str:
    """Return the first day without what it shares with the last: month and year, or the year."""
    if first.year != last.year:
        return date_words(first)
    return day_and_month_words(first) if first.month != last.month else str(first.day)


def weekdays_words(meeting: Meeting) -> str:
    """“Monday 25 to Wednesday 27 November 2024”"""
    first, last = meeting.first_day, meeting.last_day
    if first == last:
        return long_date_words(first)
    if first.year != last.year:
        start = long_date_words(first)
    elif first.month != last.month:
        start = day_words(first)
    else:
        # Translators: a date format of Django. Portuguese: l, j
        start = in_words(first, pgettext("date format", "l j"))
    facts = {"first": start, "last": long_date_words(last)}
    return pgettext("weekdays", "%(first)s to %(last)s") % facts


def long_date_words(day: date) -> str:
    """“Monday 25 November 2024”"""
    # Translators: a date format of Django. Spanish: l j \d\e F \d\e Y; Portuguese: l, j \d\e …
    return in_words(day, pgettext("date format", "l j F Y"))


def short_dates_words(meeting: Meeting) -> str:
    """“25–27 Nov 2024”"""
    first, last = meeting.first_day, meeting.last_day
    if first == last:
        return short_date_words(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{short_date_words(last)}"
    if first.year != last.year:
        return f"{short_date_words(first)} – {short_date_words(last)}"
    # Translators: a date format of Django, with the month in three letters.
    start = in_words(first, pgettext("date format", "j M"))
    return f"{start} – {short_date_words(last)}"


def short_date_words(day: date) -> str:
    """“27 Nov 2024”"""
    # Translators: a date format of Django, with the month in three letters.
    return in_words(day, pgettext("date format", "j M Y"))


@cached_per_language
def in_words(day: date, form: str) -> str:
    words = date_format(day, form)
    return words.lower() if get_language() in WITH_SMALL_NAMES else words
