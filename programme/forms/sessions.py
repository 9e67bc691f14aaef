from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from eim.lib.languages import NAMES
from programme.forms.fields import Choices, MarkedWords, select
from programme.forms.find import Count, FindForm
from programme.listing import finding
from programme.listing.cards import count_words
from programme.models import Room, Session, Theme
from programme.wording import dates


class FindSessions(FindForm):
    """Filters and search of the programme."""

    sought = _("Title, person, institution, country")
    online = forms.ChoiceField(label=_("What I can follow online"), required=False)
    day = select(_("Day"), _("All days"))
    theme = select(_("Theme"), _("All themes"))
    kind = select(_("Kind"), _("All kinds"))
    format = select(_("Format"), _("All formats"))
    language = select(_("Language, spoken or interpreted"), _("All languages"))
    room = select(_("Room"), _("All rooms"))
    interpretation = select(_("Interpretation"), _("With or without"))
    sign = select(_("Sign language"), _("With or without"))
    captions = select(_("Captions"), _("With or without"))

    def __init__(self, data: Mapping[str, Any], *, sessions: list[Session]) -> None:
        occurring = {fact for session in sessions for fact in finding.filter_facts(session)}
        possible: dict[str, Choices] = {
            "online": [("1", "")],
            "day": days_of(sessions),
            "theme": named(session.theme for session in sessions),
            "kind": Session.Kind.choices,
            "format": Session.Format.choices,
            "language": list(NAMES.items()),
            "room": named(session.room for session in sessions),
            "interpretation": [(finding.ANY, _("Any language")), *NAMES.items()],
            "sign": [(finding.ANY, _("Any sign language")), *NAMES.items()],
            "captions": [(finding.ANY, _("Any language")), *NAMES.items()],
        }
        offers = {
            name: [(value, words) for value, words in choices if (name, value) in occurring]
            for name, choices in possible.items()
        }
        super().__init__(data, offers)
        self.sessions = sessions

    @cached_property
    def found(self) -> set[int]:
        """Keys of the sessions with everything that is asked for; one query more for words."""
        if not self.asked:
            return {session.pk for session in self.sessions}
        texts = finding.session_search_texts(self.sessions) if self.words else {}
        return {
            session.pk
            for session in self.sessions
            if self.facts <= {*finding.filter_facts(session)}
            and finding.has_words(texts.get(session.pk, ""), self.words)
        }

    @cached_property
    def count(self) -> Count:
        """Of what takes place, as the page's first sentence; what is cancelled is counted apart."""
        total, cancelled = tally(self.sessions)
        some = ngettext("{n} of %(total)d session", "{n} of %(total)d sessions", total)
        return Count(
            every=" · ".join(count_words(total, cancelled)),
            some=some % {"total": total},
            cancelled_one=ngettext("{n} cancelled", "{n} cancelled", 1),
            cancelled_more=ngettext("{n} cancelled", "{n} cancelled", 2),
        )

    @property
    def status(self) -> str:
        if not self.asked:
            return self.count.every
        return self.count.words(*tally(s for s in self.sessions if s.pk in self.found))


def tally(sessions: Iterable[Session]) -> tuple[int, int]:
    """How many take place, and how many are cancelled; breaks are not counted."""
    shown = [session for session in sessions if session.kind != Session.Kind.BREAK]
    cancelled = sum(session.is_cancelled for session in shown)
    return len(shown) - cancelled, cancelled


def days_of(sessions: Iterable[Session]) -> Choices:
    days = sorted({session.day for session in sessions if session.day})
    dated = [(f"{day}", capfirst(dates.day_words(day))) for day in days]
    return [*dated, (finding.NONE, gettext("Day to be confirmed"))]


def named(rows: Iterable[Theme | Room | None]) -> Choices:
    """In their own order."""
    there = {row.code: row for row in rows if row}
    ordered = sorted(there.values(), key=lambda row: (row.order, row.pk))
    return [(row.code, MarkedWords.of(row)) for row in ordered]
