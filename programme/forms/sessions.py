"""Filter and search the programme."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from eim.lib.languages import channel_languages
from programme.forms.fields import Choices, TextWithLanguage, select_field
from programme.forms.find import FindForm, ResultCount
from programme.listing import finding
from programme.listing.cards import count_words
from programme.models import Room, Session, Theme
from programme.moment import Moment
from programme.wording import dates


class FindSessions(FindForm):
    search_hint = _("Title, person, institution, country")
    online = forms.ChoiceField(label=_("What I can follow online"), required=False)
    day = select_field(_("Day"), _("All days"))
    theme = select_field(_("Theme"), _("All themes"))
    kind = select_field(_("Kind"), _("All kinds"))
    format = select_field(_("Format"), _("All formats"))
    language = select_field(_("Language, spoken or interpreted"), _("All languages"))
    room = select_field(_("Room"), _("All rooms"))
    interpretation = select_field(_("Interpretation"), _("With or without"))
    sign = select_field(_("Sign language"), _("With or without"))
    captions = select_field(_("Captions"), _("With or without"))

    def __init__(self, data: Mapping[str, Any], *, sessions: list[Session], moment: Moment) -> None:
        occurring = {fact for session in sessions for fact in finding.filter_facts(session)}
        languages = channel_languages()
        possible: dict[str, Choices] = {
            "online": [("1", "")],
            "day": day_choices(sessions, moment),
            "theme": choices_of(session.theme for session in sessions),
            "kind": Session.Kind.choices,
            "format": Session.Format.choices,
            "language": languages,
            "room": [
                *choices_of(session.room for session in sessions),
                (finding.ELSEWHERE, _("Outside the venue")),
            ],
            "interpretation": [(finding.ANY, _("Any language")), *languages],
            "sign": [(finding.ANY, _("Any sign language")), *languages],
            "captions": [(finding.ANY, _("Any language")), *languages],
        }
        choices_by_field = {
            name: [(value, words) for value, words in choices if (name, value) in occurring]
            for name, choices in possible.items()
        }
        super().__init__(data, choices_by_field)
        self.sessions = sessions
        if moment.is_over and "online" in self.fields:
            self.fields["online"].label = _("What could be followed online")

    @cached_property
    def matches(self) -> set[int]:
        """Return the primary keys of the sessions that match; words cost one more query."""
        if not self.criteria:
            return {session.pk for session in self.sessions}
        texts = finding.session_search_texts(self.sessions) if self.words else {}
        return {
            session.pk
            for session in self.sessions
            if self.filters <= {*finding.filter_facts(session)}
            and finding.has_words(texts.get(session.pk, ""), self.words)
        }

    @cached_property
    def count(self) -> ResultCount:
        """Count sessions as the page's heading does: cancelled ones apart from the others."""
        total, cancelled = count_sessions(self.sessions)
        some = ngettext("{n} of %(total)d session", "{n} of %(total)d sessions", total)
        return ResultCount(
            every=" · ".join(count_words(total, cancelled)),
            some=some % {"total": total},
            cancelled_one=ngettext("{n} cancelled", "{n} cancelled", 1),
            cancelled_more=ngettext("{n} cancelled", "{n} cancelled", 2),
        )

    @property
    def status(self) -> str:
        if not self.criteria:
            return self.count.every
        return self.count.words(*count_sessions(s for s in self.sessions if s.pk in self.matches))


def count_sessions(sessions: Iterable[Session]) -> tuple[int, int]:
    """Return how many sessions take place and how many are cancelled; breaks do not count."""
    held = [session for session in sessions if not session.is_break]
    cancelled = sum(session.is_cancelled for session in held)
    return len(held) - cancelled, cancelled


def day_choices(sessions: Iterable[Session], moment: Moment) -> Choices:
    days = sorted({session.day for session in sessions if session.day})
    dated = [(f"{day}", capfirst(dates.day_words(day))) for day in days]
    return [*dated, (finding.NONE, undated_words(moment))]


def undated_words(moment: Moment) -> str:
    """Return what heads the sessions without a day."""
    if not moment.takes_place:
        return gettext("Without a set day")
    return gettext("The day was not recorded") if moment.is_over else gettext("Day to be confirmed")


def choices_of(rows: Iterable[Theme | Room | None]) -> Choices:
    """Return the themes or rooms once each, in the order that organisers gave them."""
    by_code = {row.code: row for row in rows if row}
    ordered = sorted(by_code.values(), key=lambda row: (row.order, row.pk))
    return [(row.code, TextWithLanguage.of(row)) for row in ordered]
