"""Base of the forms that filter and search a list by the query of its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from programme.forms.fields import MAX_SEARCH_LENGTH, Choices, SelectWithLanguages, WordsField
from programme.listing import finding


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A filter in use: its name, label and chosen value, and the query of the page without it."""

    name: str
    label: str
    words: str
    query: str


@dataclass(frozen=True, kw_only=True)
class ResultCount:
    """Sentences that count the results; {n} is filled here, or in the browser when it filters."""

    every: str
    some: str
    cancelled_one: str = ""
    cancelled_more: str = ""

    def words(self, matching: int, cancelled: int = 0) -> str:
        sentences = [self.some.replace("{n}", str(matching))]
        if cancelled:
            sentence = self.cancelled_one if cancelled == 1 else self.cancelled_more
            sentences.append(sentence.replace("{n}", str(cancelled)))
        return " · ".join(sentences)


class FindForm(forms.Form):
    """A GET form whose choices are the values that occur; other values are ignored."""

    search_hint: Any = ""
    q = WordsField(label=_("Search"), required=False, widget=forms.SearchInput)

    def __init__(self, data: Mapping[str, Any], choices_by_field: Mapping[str, Choices]) -> None:
        super().__init__(data, auto_id="find-%s", label_suffix="", use_required_attribute=False)
        attrs = {"maxlength": MAX_SEARCH_LENGTH, "enterkeyhint": "search"}
        self.fields["q"].widget.attrs |= attrs | {"placeholder": self.search_hint}
        for name, choices in choices_by_field.items():
            self.add_choices(name, choices)

    @classmethod
    def parameters(cls) -> tuple[str, ...]:
        """Return the names that the page reads from its address; it ignores all others."""
        return tuple(cls.base_fields)

    def add_choices(self, name: str, choices: Choices) -> None:
        """Add choices after the first, which stands for all; remove a field that has none."""
        if not choices:
            del self.fields[name]
            return
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = [*cast(Choices, field.choices), *choices]

    @cached_property
    def criteria(self) -> dict[str, str]:
        """Return the valid parameters of the address, in the order of the fields."""
        self.full_clean()
        self.errors.clear()  # An old address may name a value that is gone: show no error.
        criteria = {name: value for name, value in self.cleaned_data.items() if value}
        if not finding.folded_words(criteria.get("q", "")):
            criteria.pop("q", None)
        return criteria

    @property
    def words(self) -> list[str]:
        return finding.folded_words(self.criteria.get("q", ""))

    @property
    def filters(self) -> set[tuple[str, str]]:
        return {(name, value) for name, value in self.criteria.items() if name != "q"}

    @property
    def query(self) -> str:
        return query_of(self.criteria)

    @property
    def selects(self) -> list[forms.BoundField]:
        return [field for field in self if isinstance(field.field.widget, SelectWithLanguages)]

    @property
    def selects_in_use(self) -> int:
        """Return how many of the selects, which can be folded away, are in use."""
        return sum(field.name in self.criteria for field in self.selects)

    @property
    def chips(self) -> list[Chip]:
        return [self.chip(name, value) for name, value in self.criteria.items()]

    def chip(self, name: str, value: str) -> Chip:
        field = self.fields[name]
        words = dict(getattr(field, "choices", {})).get(value, value)
        others = {other: text for other, text in self.criteria.items() if other != name}
        label = pgettext("in a filter", "Search") if name == "q" else str(field.label)
        return Chip(name=name, label=label, words=words, query=query_of(others))


def query_of(criteria: Mapping[str, str]) -> str:
    return f"?{urlencode(criteria)}" if criteria else ""
