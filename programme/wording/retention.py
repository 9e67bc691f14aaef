"""List what is kept about people, and until when: one table for the notice and for the purge.

The privacy page shows it, and `registration.actions.erasure.terms` erases by it. Something new that
is kept of people is a line here; then the version of the organisers' notice rises.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from programme.models import Meeting
from programme.wording.dates import date_words


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Something that is kept for as many days after the meeting as a setting says."""

    what: Promise
    setting: str

    def kept_until(self, meeting: Meeting) -> date | None:
        """Return the last day on which it is kept; None while the meeting has no new days."""
        return meeting.kept_until(getattr(settings, self.setting))


# In the order of the privacy page; the names are those of the purge.
AFTER_THE_MEETING = {
    "needs": Retention(what=_("What you wrote about access needs"), setting="NEEDS_KEPT_DAYS"),
    "own_page": Retention(
        what=_("The page of your registration, with your places: then it closes"),
        setting="OWN_PAGE_DAYS",
    ),
    "participants": Retention(
        what=_("The list of participants, for everybody who is registered: then it closes"),
        setting="LIST_KEPT_DAYS",
    ),
    "personal": Retention(
        what=_("Everything else that tells who you are: name, e-mail address, institution"),
        setting="PERSONAL_KEPT_DAYS",
    ),
    "asked": Retention(
        what=_(
            "The name given with a question during a session, and a trace of the network that it "
            "came from; the question itself stays"
        ),
        setting="PERSONAL_KEPT_DAYS",
    ),
    "letters": Retention(
        what=_("Which letters of the organisers were sent to you, and whether they arrived"),
        setting="PERSONAL_KEPT_DAYS",
    ),
    "speakers": Retention(
        what=_("The e-mail addresses of people with a part in the programme, never published"),
        setting="PERSONAL_KEPT_DAYS",
    ),
}


@dataclass(frozen=True, kw_only=True)
class RetentionLine:
    """A row of the table on the privacy page."""

    what: str
    until: str


def retention_lines(meeting: Meeting) -> list[RetentionLine]:
    return [
        *(
            RetentionLine(what=str(row.what), until=until_words(row, meeting))
            for row in AFTER_THE_MEETING.values()
        ),
        RetentionLine(
            what=gettext("The names of people who asked for theirs to be kept"),
            until=gettext(
                "Until they withdraw it, or until the site is handed on to the next meeting"
            ),
        ),
        RetentionLine(
            what=gettext(
                "The e-mail addresses of people who agreed to news of later meetings, kept apart"
            ),
            until=news_words(),
        ),
        RetentionLine(
            what=gettext(
                "What the organisers did on this site, and which of them it was; without your data"
            ),
            until=deeds_words(),
        ),
    ]


def until_words(row: Retention, meeting: Meeting) -> str:
    if until := row.kept_until(meeting):
        return date_words(until)
    days = getattr(settings, row.setting)
    words = ngettext("%(days)d day after the meeting", "%(days)d days after the meeting", days)
    return words % {"days": days}


def news_words() -> str:
    years = settings.NEWS_KEPT_YEARS
    words = ngettext(
        "%(years)d year after they last agreed, or until they take it back",
        "%(years)d years after they last agreed, or until they take it back",
        years,
    )
    return words % {"years": years}


def deeds_words() -> str:
    days = settings.DEEDS_KEPT_DAYS
    years, rest = divmod(days, 365)
    if not rest:
        words = ngettext(
            "%(years)d year after it was done", "%(years)d years after it was done", years
        )
        return words % {"years": years}
    words = ngettext("%(days)d day after it was done", "%(days)d days after it was done", days)
    return words % {"days": days}


def year_of_last_news(meeting: Meeting, today: date) -> int:
    """Return the year that a consent to news names: whoever agrees today is written to until then.

    Addresses are deleted so many years after the consent, so by the end of that year at the latest.
    """
    return max(meeting.last_day, today).year + settings.NEWS_KEPT_YEARS
