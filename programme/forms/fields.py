"""Fields of the forms by which visitors find something."""

from typing import Any, cast

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from programme.models import Room, Theme
from programme.wording.marking import translated

MOST_LETTERS = 100

type Choices = list[tuple[str, Any]]


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


def select(label: Any, everything: Any) -> forms.ChoiceField:
    choices = [("", everything)]
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=MarkedSelect)
