"""What visitors ask of a list: filters and words, in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from programme import finding
from programme.forms.fields import MOST_LETTERS, Choices, MarkedSelect, WordsField


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
        label = pgettext("in a filter", "Search") if name == "q" else str(field.label)
        return Chip(name=name, label=label, words=words, query=query_of(others))


def query_of(asked: Mapping[str, str]) -> str:
    return f"?{urlencode(asked)}" if asked else ""
