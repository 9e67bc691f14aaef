"""Format numbers and days on the start page of the back office."""

from datetime import date

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext

from eim.back_office.chart import Chart
from eim.back_office.colleagues.names import name_of
from eim.back_office.log_words import words_of_entry
from programme.models import Meeting
from programme.wording.dates import day_and_month_words, in_words

register = template.Library()


register.filter("name_of", name_of)


@register.filter
def grouped(number: int) -> str:
    """Format 1204 as the language does: 1,204 or 1.204."""
    return number_format(number, force_grouping=True)


@register.filter
def month_words(day: date) -> str:
    """Return the short name of the month: Nov."""
    return in_words(day, "M")


register.filter("day_and_month_words", day_and_month_words)
register.filter("words_of_entry", words_of_entry)


@register.simple_tag
def span_of_days(chart: Chart, meeting: Meeting) -> str:
    return gettext("From %(first)s to %(last)s, by the calendar in %(city)s") % {
        "first": day_and_month_words(chart.days[0].day),
        "last": day_and_month_words(chart.days[-1].day),
        "city": meeting.city,
    }
