"""Tags that write texts of the programme, marked with `lang` where it is not the page's."""

from datetime import datetime
from functools import cache

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language

from programme import moderation
from programme.clocks.zones import clocks_by_country
from programme.listing import finding
from programme.live import player
from programme.models import Meeting, Session
from programme.moment import Moment
from programme.wording import dates, marking, standing, taking_part
from programme.wording import sessions as wording

register = template.Library()


# {% words session "title" %}, {% paragraphs session "abstract" %}, {% prose page "text" 3 %}
register.simple_tag(marking.marked, name="words")
register.simple_tag(marking.marked_paragraphs, name="paragraphs")
register.simple_tag(marking.marked_prose, name="prose")
# <img alt="{{ … }}"{% lang_of presentation "picture_alt" %}>
register.simple_tag(marking.lang_attribute, name="lang_of")
register.simple_tag(moderation.buttons_of)
register.simple_tag(wording.role_words)
register.simple_tag(wording.institution_line)
register.simple_tag(wording.late_words)
register.simple_tag(wording.marked_where)
register.simple_tag(wording.recording_captions_line)
register.simple_tag(player.channel_button)
register.simple_tag(player.recording_button)
register.simple_tag(player.language_name)
register.filter("person_facts", finding.person_filter_facts_line)
register.filter("person_words", finding.person_search_text)
register.filter("day_words", dates.day_words)
register.filter("short_day_words", dates.short_day_words)
register.filter("date_words", dates.date_words)
register.filter("edition_dates", dates.edition_dates_words)


@register.simple_tag(takes_context=True)
def when_words(context: template.Context, session: Session) -> str:
    return dates.when_words(session, meeting_of(context), is_behind=is_behind(context, session))


@register.simple_tag(takes_context=True)
def hour_words(context: template.Context, moment: datetime) -> str:
    return dates.hour_words(moment, meeting_of(context))


@register.simple_tag(takes_context=True)
def hours_words(context: template.Context, session: Session) -> str:
    return dates.hours_words(session, meeting_of(context), is_behind=is_behind(context, session))


@register.simple_tag(takes_context=True)
def moment_words(context: template.Context, moment: datetime) -> str:
    return dates.moment_words(moment, meeting_of(context))


@register.simple_tag(takes_context=True)
def until_words(context: template.Context, moment: datetime, since: datetime) -> str:
    return dates.until_words(moment, since, meeting_of(context))


@register.simple_tag(takes_context=True)
def until(context: template.Context, moment: datetime, since: datetime) -> SafeString:
    """Write until when, the zone in an element of its own, which a style sheet may hide."""
    meeting = meeting_of(context)
    whole = dates.until_words(moment, since, meeting)
    end = dates.until_hour_words(moment, since, meeting)
    if not whole.startswith(end):
        return format_html("<strong>{}</strong>", whole)
    zone = whole.removeprefix(end)
    return format_html('<strong>{}<span class="in-zone">{}</span></strong>', end, zone)


@register.simple_tag(takes_context=True)
def at_words(context: template.Context, moment: datetime) -> str:
    return dates.at_words(moment, meeting_of(context))


@register.simple_tag(takes_context=True)
def until_hour_words(context: template.Context, moment: datetime, since: datetime) -> str:
    return dates.until_hour_words(moment, since, meeting_of(context))


@register.simple_tag(takes_context=True)
def at_hour_words(context: template.Context, moment: datetime) -> str:
    return dates.at_hour_words(moment, meeting_of(context))


@register.simple_tag(takes_context=True)
def zone_words(context: template.Context) -> str:
    return dates.zone_words(meeting_of(context))


@register.simple_tag(takes_context=True)
def standing_words(context: template.Context) -> str:
    return standing.standing_words(meeting_of(context))


@register.simple_tag(takes_context=True)
def standing_tag(context: template.Context) -> str:
    return standing.standing_tag(meeting_of(context))


@register.simple_tag(takes_context=True)
def meeting_dates(context: template.Context) -> str:
    return dates.meeting_dates_words(meeting_of(context))


@register.simple_tag(takes_context=True)
def weekdays(context: template.Context) -> str:
    return capfirst(dates.weekdays_words(meeting_of(context)))


@register.simple_tag(takes_context=True)
def short_dates(context: template.Context) -> str:
    return dates.short_dates_words(meeting_of(context))


@register.simple_tag(takes_context=True)
def place_words(context: template.Context) -> str:
    return context["ways"].place_words(meeting_of(context))


@register.simple_tag(takes_context=True)
def took_place(context: template.Context) -> str:
    return taking_part.took_place_words(meeting_of(context))


@register.simple_tag(takes_context=True)
def session_time(context: template.Context, session: Session) -> SafeString:
    """Write when a session is in the venue's time, with a place for the reader's own hours."""
    words = capfirst(when_words(context, session))
    if session.starts_at is None:
        return format_html("{}", words)
    own = own_hours(context, session.starts_at, session.ends_at)
    return format_html("{} {}", time_element(context, session.starts_at, words), own)


@register.simple_tag(takes_context=True)
def hour(context: template.Context, moment: datetime) -> SafeString:
    return time_element(context, moment, dates.hour_words(moment, meeting_of(context)))


@register.simple_tag(takes_context=True)
def own_hours(
    context: template.Context, start: datetime | None = None, end: datetime | None = None
) -> SafeString:
    """Write the element in which site.js shows the hours by the reader's clock, if different."""
    ends = [("from", start), ("to", end)]
    marks = [(name, machine_time(context, moment)) for name, moment in ends if moment]
    attributes = format_html_join("", ' data-{}="{}"', marks)
    return format_html('<span class="own-hours"{}></span>', attributes)


def time_element(context: template.Context, moment: datetime, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine_time(context, moment), words)


def machine_time(context: template.Context, moment: datetime) -> str:
    """Return the venue's time with its offset from UTC on that day: 2024-11-25T09:30-05:00"""
    return moment.astimezone(meeting_of(context).zone).isoformat(timespec="minutes")


@register.simple_tag
def own_page_days() -> int:
    """Return for how many days after the meeting people can open their own page."""
    return int(settings.OWN_PAGE_DAYS)


@register.simple_tag
def clock_options() -> SafeString:
    """Write the options of the time zone select, each named by its country and a city."""
    return options_in(get_language() or settings.LANGUAGE_CODE)


@cache
def options_in(_language: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{0}" data-city="{2}">{1}: {2}</option>',
        ((clock.zone_name, clock.country_name, clock.city) for clock in clocks_by_country()),
    )


@register.simple_tag
def elsewhere_forms() -> SafeString:
    """Write the sentences as data attributes, from which site.js reads them."""
    return format_html_join(" ", 'data-{}="{}"', dates.elsewhere_forms().items())


def is_behind(context: template.Context, session: Session) -> bool:
    """Return whether a session is over on a page of the site; others speak of those to come."""
    moment = context.get("moment")
    return isinstance(moment, Moment) and moment.is_behind(session)


def meeting_of(context: template.Context) -> Meeting:
    return context["meeting"]
