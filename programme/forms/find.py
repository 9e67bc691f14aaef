"""What visitors ask of the lists of sessions and of people: filters and words, in the address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.forms.utils import flatatt
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from programme import finding, when
from programme.agenda import counted
from programme.alphabet import alphabetical
from programme.languages import NAMES
from programme.models import Person, Room, Session, Theme
from programme.templatetags.words import translated

MOST_LETTERS = 100

type Choices = list[tuple[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One filter that is on: what it is called, what was chosen, and the address without it."""

    name: str
    label: str
    words: str
    query: str


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many of all are found, in sentences where the browser puts its own number for {n}."""

    every: str
    some: str
    cancelled_one: str = ""
    cancelled_more: str = ""

    def words(self, found: int, cancelled: int = 0) -> str:
        sentences = [self.some.replace("{n}", str(found))]
        if cancelled:
            sentence = self.cancelled_one if cancelled == 1 else self.cancelled_more
            sentences.append(sentence.replace("{n}", str(cancelled)))
        return " · ".join(sentences)


class WordsField(forms.CharField):
    """Whatever somebody types is sought for: what no text can have is left out."""

    def to_python(self, value: Any) -> str:
        return " ".join(str(value or "").replace("\0", " ").split())[:MOST_LETTERS]

    def bound_data(self, data: Any, initial: Any) -> str:
        return self.to_python(data)


class MarkedWords(str):
    """A text of the programme that knows its language, where that is not the page's."""

    language = ""

    @classmethod
    def of(cls, row: Theme | Room) -> "MarkedWords":
        text, code = translated(row, "name")
        words = cls(text)
        words.language = "" if code == get_language() else code
        return words


class MarkedSelect(forms.Select):
    """Its options say in which language they are. Written by hand: nine by template take 3 ms."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = cast(Choices, self.choices)
        rows = (
            (code, marks(is_selected=code == value, words=words), words) for code, words in chosen
        )
        options = format_html_join("", '<option value="{}"{}>{}</option>', rows)
        given = flatatt({"name": name, **(attrs or {})})
        return format_html("<select{}>{}</select>", given, options)


def marks(*, is_selected: bool, words: Any) -> SafeString:
    return flatatt({"lang": getattr(words, "language", "") or False, "selected": is_selected})


class FindForm(forms.Form):
    """A GET form. Its choices are what occurs; a value that does not occur filters nothing."""

    sought: Any = ""
    q = WordsField(label=_("Search"), required=False, widget=forms.SearchInput)

    def __init__(self, data: Mapping[str, Any], offers: Mapping[str, Choices]) -> None:
        super().__init__(data, auto_id="find-%s", label_suffix="", use_required_attribute=False)
        attrs = {"maxlength": MOST_LETTERS, "enterkeyhint": "search"}
        self.fields["q"].widget.attrs |= attrs | {"placeholder": self.sought}
        for name, choices in offers.items():
            self.offer(name, choices)

    def offer(self, name: str, choices: Choices) -> None:
        """After the first, which asks for nothing; without a choice the field is not there."""
        if not choices:
            del self.fields[name]
            return
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = [*cast(Choices, field.choices), *choices]

    @cached_property
    def asked(self) -> dict[str, str]:
        """What the address asks for, of what it can, in the order of the fields."""
        self.full_clean()
        self.errors.clear()  # Nobody is told of a filter that an old address names.
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        if not finding.folded(asked.get("q", "")):
            asked.pop("q", None)
        return asked

    @property
    def words(self) -> list[str]:
        return finding.folded(self.asked.get("q", ""))

    @property
    def facts(self) -> set[tuple[str, str]]:
        return {(name, value) for name, value in self.asked.items() if name != "q"}

    @property
    def query(self) -> str:
        return query_of(self.asked)

    @property
    def selects(self) -> list[forms.BoundField]:
        return [field for field in self if isinstance(field.field.widget, MarkedSelect)]

    @property
    def chosen(self) -> int:
        """How many of the selects, which fold away, filter something."""
        return sum(field.name in self.asked for field in self.selects)

    @property
    def chips(self) -> list[Chip]:
        return [self.chip(name, value) for name, value in self.asked.items()]

    def chip(self, name: str, value: str) -> Chip:
        field = self.fields[name]
        words = dict(getattr(field, "choices", {})).get(value, value)
        others = {other: kept for other, kept in self.asked.items() if other != name}
        return Chip(name=name, label=str(field.label), words=words, query=query_of(others))


def query_of(asked: Mapping[str, str]) -> str:
    return f"?{urlencode(asked)}" if asked else ""


def select(label: Any, everything: Any) -> forms.ChoiceField:
    choices = [("", everything)]
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=MarkedSelect)


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
        occurring = {fact for session in sessions for fact in finding.facts_of(session)}
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
        texts = finding.words_of(self.sessions) if self.words else {}
        return {
            session.pk
            for session in self.sessions
            if self.facts <= {*finding.facts_of(session)}
            and finding.has_words(texts.get(session.pk, ""), self.words)
        }

    @cached_property
    def count(self) -> Count:
        """Of what takes place, as the page's first sentence; what is cancelled is counted apart."""
        total, cancelled = tally(self.sessions)
        some = ngettext("{n} of %(total)d session", "{n} of %(total)d sessions", total)
        return Count(
            every=" · ".join(counted(total, cancelled)),
            some=some % {"total": total},
            cancelled_one=ngettext("{n} cancelled", "{n} cancelled", 1),
            cancelled_more=ngettext("{n} cancelled", "{n} cancelled", 2),
        )

    @property
    def status(self) -> str:
        if not self.asked:
            return self.count.every
        return self.count.words(*tally(s for s in self.sessions if s.pk in self.found))


class FindPeople(FindForm):
    """Filters and search of the speakers."""

    sought = _("Name, institution, country")
    country = select(_("Country"), _("All countries"))

    def __init__(self, data: Mapping[str, Any], *, people: list[Person]) -> None:
        codes = {*filter(None, map(finding.country_code, people))}
        choices = [(code, countries.name(code)) for code in codes]
        super().__init__(data, {"country": sorted(choices, key=lambda c: alphabetical(c[1]))})
        self.people = people

    @cached_property
    def found(self) -> set[int]:
        return {
            person.pk
            for person in self.people
            if self.facts <= {*finding.facts_of_person(person)}
            and finding.has_words(finding.person_words(person), self.words)
        }

    @cached_property
    def count(self) -> Count:
        total = {"total": len(self.people)}
        every = ngettext("%(total)d person", "%(total)d people", total["total"])
        some = ngettext("{n} of %(total)d person", "{n} of %(total)d people", total["total"])
        return Count(every=every % total, some=some % total)

    @property
    def status(self) -> str:
        return self.count.words(len(self.found)) if self.asked else self.count.every


def tally(sessions: Iterable[Session]) -> tuple[int, int]:
    """How many take place, and how many are cancelled; breaks are not counted."""
    shown = [session for session in sessions if session.kind != Session.Kind.BREAK]
    cancelled = sum(session.is_cancelled for session in shown)
    return len(shown) - cancelled, cancelled


def days_of(sessions: Iterable[Session]) -> Choices:
    days = sorted({session.day for session in sessions if session.day})
    dated = [(f"{day}", capfirst(when.day_words(day))) for day in days]
    return [*dated, (finding.NONE, gettext("Day to be confirmed"))]


def named(rows: Iterable[Theme | Room | None]) -> Choices:
    """In their own order."""
    there = {row.code: row for row in rows if row}
    ordered = sorted(there.values(), key=lambda row: (row.order, row.pk))
    return [(row.code, MarkedWords.of(row)) for row in ordered]


# What an address may ask for, by page, in its order: whatever else it says changes nothing.
PARAMETERS = {
    "programme:session-list": tuple(FindSessions.base_fields),
    "programme:speaker-list": tuple(FindPeople.base_fields),
}
