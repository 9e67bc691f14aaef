"""Say that the meeting does not take place as planned."""

from django.utils.translation import gettext, pgettext

from programme.models import Meeting
from programme.models.meeting import Standing


def standing_words(meeting: Meeting) -> str:
    """Return “The meeting is postponed”, and so on."""
    match meeting.standing:
        case Standing.POSTPONED:
            return gettext("The meeting is postponed")
        case Standing.CANCELLED:
            return gettext("The meeting is cancelled")
    return gettext("The meeting takes place")


def standing_tag(meeting: Meeting) -> str:
    """Return “Postponed” or “Cancelled”, as beside a name; empty if the meeting takes place."""
    match meeting.standing:
        case Standing.POSTPONED:
            return pgettext("the meeting", "Postponed")
        case Standing.CANCELLED:
            return pgettext("the meeting", "Cancelled")
    return ""
