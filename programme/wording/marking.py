"""Translated texts as HTML, marked with their language where it is not the page's.

A screen reader then reads a text that fell back to another language with that language's voice.
"""

from collections.abc import Callable

from django.conf import settings
from django.db.models import Model
from django.utils.html import conditional_escape, format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from eim.lib.markdown import to_html
from eim.lib.translated.first_language import languages_in_order


def translated(instance: Model, field: str) -> tuple[str, str]:
    """Return the text and its language: the page's, or the first fallback that has a text."""
    wanted = get_language() or settings.LANGUAGE_CODE
    if text := getattr(instance, f"{field}_{wanted}"):
        return text, wanted
    for code in languages_in_order():
        if text := getattr(instance, f"{field}_{code}"):
            return text, code
    return "", wanted


def marked(instance: Model, field: str) -> SafeString:
    """Return the text as it stands in a line."""
    return _in_element("span", instance, field, conditional_escape)


def marked_paragraphs(instance: Model, field: str) -> SafeString:
    """Return plain text as paragraphs: an empty line separates them."""
    return _in_element("div", instance, field, _escaped_paragraphs)


def marked_prose(instance: Model, field: str, top: int = 2) -> SafeString:
    """Return Markdown as HTML; `top` is the level of its first heading."""
    return _in_element("div", instance, field, lambda text: to_html(text, top=top))


def lang_attribute(instance: Model, field: str) -> SafeString:
    """Return ` lang="…"` for an element whose attribute holds the text, or nothing."""
    _text, code = translated(instance, field)
    return SafeString("") if code == get_language() else format_html(' lang="{}"', code)


def _in_element(
    name: str, instance: Model, field: str, shape: Callable[[str], SafeString]
) -> SafeString:
    """Wrap the text into an element with `lang`, if its language is not the page's."""
    text, code = translated(instance, field)
    if code == get_language():
        return shape(text)
    return format_html('<{0} lang="{1}">{2}</{0}>', name, code, shape(text))


def _escaped_paragraphs(text: str) -> SafeString:
    return mark_safe(linebreaks(text, autoescape=True))
