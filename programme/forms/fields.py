"""Fields of the forms with which visitors filter and search lists."""

from typing import Any, cast

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from eim.lib.normalising import cleaned_text
from programme.models import Room, Theme
from programme.wording.marking import translated

MAX_SEARCH_LENGTH = 100

type Choices = list[tuple[str, Any]]


class WordsField(forms.CharField):
    """Accept any search text: it is cleaned and cut, never refused."""

    def to_python(self, value: Any) -> str:
        return cleaned_text(str(value or "").replace("\0", " "))[:MAX_SEARCH_LENGTH]

    def bound_data(self, data: Any, initial: Any) -> str:
        return self.to_python(data)


class TextWithLanguage(str):
    """A translated text with the code of its language, if that is not the page's language."""

    language = ""

    @classmethod
    def of(cls, row: Theme | Room) -> "TextWithLanguage":
        text, code = translated(row, "name")
        words = cls(text)
        words.language = "" if code == get_language() else code
        return words


class SelectWithLanguages(forms.Select):
    """Render options with their `lang`.

    Without a template, because nine selects rendered by Django's templates take 3 ms a page.
    """

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = cast(Choices, self.choices)
        rows = (
            (code, option_attributes(is_selected=code == value, words=words), words)
            for code, words in chosen
        )
        options = format_html_join("", '<option value="{}"{}>{}</option>', rows)
        attributes = flatatt({"name": name, **(attrs or {})})
        return format_html("<select{}>{}</select>", attributes, options)


def option_attributes(*, is_selected: bool, words: Any) -> SafeString:
    return flatatt({"lang": getattr(words, "language", "") or False, "selected": is_selected})


def select_field(label: Any, everything: Any) -> forms.ChoiceField:
    choices = [("", everything)]
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=SelectWithLanguages
    )
