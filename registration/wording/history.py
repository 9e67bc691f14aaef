"""A registration's history in the words that its person reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration.models import History
from registration.models.history import Event

SENTENCES = {
    Event.SIGNED_UP: _("You registered."),
    Event.REPLACED: _("You registered again with other answers."),
    Event.REOPENED: _("You registered again."),
    Event.REPEATED: _("You registered once more, although you were already registered."),
    Event.MAILBOX_FULL: _("One more person wanted to register with your address."),
    Event.ASKED_AGAIN: _("You asked for the e-mail again."),
    Event.CONFIRMED: _("You confirmed your registration."),
    Event.MOVED: _("You confirmed your address."),
    Event.HOLD_OVER: _(
        "Your places were not confirmed in time, and you moved to the waiting list with your "
        "number."
    ),
    Event.PROMOTED: _("You got a place."),
    Event.CANCELLED: _("The registration was cancelled."),
    Event.EXPIRED: _("The registration lapsed: nobody confirmed it."),
    Event.CORRECTED: _("The organisers corrected your data."),
    Event.RESENT: _("The organisers sent you the e-mail again."),
    Event.CHANGED: _("You changed your workshops, visits or services."),
    Event.WENT_ONLINE: _("You changed to taking part online."),
    Event.CAME_BACK: _("You changed to taking part in person."),
    Event.GAVE_BACK: _("You released a place."),
    Event.TOOK_FREE: _("You took a place that was free."),
    Event.COMING: _("You said that you will come."),
    Event.CONSENTED: _("You gave or withdrew a consent."),
    Event.NEEDS_CHANGED: _("You changed your access needs."),
    Event.LINK_LOST: _("You asked for your links."),
    Event.LINK_RENEWED: _("A new link was made, and the old ones ended."),
    Event.LINK_ASKED: _("You asked for the link to your data."),
    Event.ADDRESS_CHANGED: _("You entered a new e-mail address."),
    Event.DETAILS_CHANGED: _("You changed what you had written."),
    Event.DOWNLOADED: _("You downloaded your data."),
    Event.ADDED: _("The organisers registered you."),
    Event.LET_IN: _("The organisers confirmed your registration."),
    Event.PLACE_GIVEN: _("The organisers gave you a place."),
    Event.PLACE_TAKEN: _("The organisers took a place back."),
    Event.MOVED_UP: _("The organisers moved you up the waiting list."),
    Event.SESSION_CANCELLED: _("One of your sessions was cancelled."),
    Event.SESSION_MOVED: _("We wrote to you about a session that has moved."),
    Event.STANDING_TOLD: _("We wrote to you about whether the meeting takes place."),
    Event.REMINDED: _("We asked you whether you are coming."),
    Event.NEEDS_ERASED: _("What you wrote about your access needs was erased."),
    Event.ERASED: _("Your data were erased."),
}


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    happened_at: datetime
    sentence: str


def history_lines(history: Iterable[History]) -> list[HistoryLine]:
    """Return the newest line first; `history` comes with its quotas and their sessions."""
    lines = [HistoryLine(happened_at=h.happened_at, sentence=sentence_of(h)) for h in history]
    return lines[::-1]


def sentence_of(history: History) -> str:
    sentence = str(SENTENCES[Event(history.event)])
    if history.quota is None:
        return sentence
    return gettext("%(sentence)s (%(place)s)") % {"sentence": sentence, "place": history.quota}
