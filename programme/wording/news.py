"""Tell a change of the programme in sentences whose subject is the session."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext

from programme.models import Change, Meeting
from programme.wording.dates import (
    day_words,
    end_in,
    hour_words,
    moment_in,
    moment_words,
    when_words,
    zone_words,
)


@dataclass(frozen=True, kw_only=True)
class News:
    """One change as pages tell it; the template shows the session's reason, with its language."""

    change: Change
    day: date
    sentence: str
    has_reason: bool


def news(change: Change, meeting: Meeting) -> News:
    return News(
        change=change,
        day=meeting.day_of(change.changed_at),
        sentence=sentence(change, meeting),
        has_reason=bool(reason(change)),
    )


def sentence(change: Change, meeting: Meeting) -> str:
    """“It moved from Monday 25 November, 9:30, to Tuesday 26 November, 10:00, Lima time.”"""
    if change.is_cancellation:
        return gettext("It has been cancelled.")
    if change.is_publication or change.is_revival:
        return arrival_sentence(change, meeting)
    sentences = time_sentence(change, meeting), where_sentence(change)
    return " ".join(filter(None, sentences))


def reason(change: Change) -> str:
    """Return the reason of a cancellation while the session is still cancelled."""
    is_valid = change.is_cancellation and change.session.is_cancelled
    return change.session.cancellation_reason if is_valid else ""


def arrival_sentence(change: Change, meeting: Meeting) -> str:
    """Say that a session is new, or back: with its day and hours, as far as they were known."""
    if change.day is None:
        if change.is_revival:
            return gettext("It is back in the programme.")
        return gettext("It is new in the programme.")
    words = gettext("It is new in the programme: %(when)s.")
    if change.is_revival:
        words = gettext("It is back in the programme: %(when)s.")
    has_hours = change.starts_at is not None
    return words % {"when": when_words(change, meeting) if has_hours else day_words(change.day)}


def with_when(words: str, change: Change, meeting: Meeting) -> str:
    return words % {"when": when_words(change, meeting)}


def time_sentence(change: Change, meeting: Meeting) -> str:
    was, starts = change.was_starts_at, change.starts_at
    if was and starts:
        return hours_sentence(change, was, starts, meeting)
    if starts:
        return with_when(gettext("It now has a time: %(when)s."), change, meeting)
    if was:
        words = gettext("It no longer has a fixed time: it was due to begin on %(before)s.")
        return words % {"before": moment_words(was, meeting)}
    return day_sentence(change)


def hours_sentence(change: Change, was: datetime, starts: datetime, meeting: Meeting) -> str:
    if was != starts and meeting.day_of(was) == meeting.day_of(starts):
        return gettext("It has moved from %(before)s to %(after)s, %(zone)s, on %(day)s.") % {
            "before": hour_words(was, meeting),
            "after": hour_words(starts, meeting),
            "zone": zone_words(meeting),
            "day": day_words(meeting.day_of(starts)),
        }
    if was != starts:
        words = gettext("It has moved from %(before)s, to %(after)s.")
        before = moment_in(was, meeting.zone)
        return words % {"before": before, "after": moment_words(starts, meeting)}
    if change.was_ends_at and change.ends_at and change.was_ends_at != change.ends_at:
        return gettext("It now ends at %(after)s, not at %(before)s (%(zone)s).") % {
            "before": end_in(change.was_ends_at, was, meeting.zone),
            "after": end_in(change.ends_at, starts, meeting.zone),
            "zone": zone_words(meeting),
        }
    return ""


def day_sentence(change: Change) -> str:
    if change.was_day == change.day:
        return ""
    if change.day is None:
        return gettext("It was left without a day.")
    return gettext("It is now on %(day)s.") % {"day": day_words(change.day)}


def where_sentence(change: Change) -> str:
    before = change.was_room.name if change.was_room else change.was_venue_name
    after = change.room.name if change.room else change.venue_name
    if before and after and before != after:
        words = gettext("It is now in %(room)s, no longer in %(before)s.")
        return words % {"room": after, "before": before}
    if before and not after:
        return gettext("It was left without a room.")
    if change.venue_name and (before != after or change.venue_address != change.was_venue_address):
        place = ", ".join(filter(None, [change.venue_name, change.venue_address]))
        return gettext("It takes place outside the venue: %(place)s.") % {"place": place}
    return gettext("Its room is %(room)s.") % {"room": after} if before != after else ""
