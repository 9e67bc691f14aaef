"""Repeat a block's text in the head of base.html, and tell browsers how large pictures are."""

from django import template
from django.db.models.fields.files import ImageFieldFile
from django.template import Context
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Open Graph requires a territory: the one with most readers of each language.
OPEN_GRAPH_LOCALES = {"es": "es_LA", "pt": "pt_BR", "en": "en_US"}
# By the name of the file, which is random and never given again: no picture is opened twice.
SIZES: dict[str, SafeString] = {}


@register.simple_block_tag(takes_context=True)
def remember(context: Context, content: SafeString, name: str) -> str:
    """Store what a block rendered in a variable, as one line that is safe in an attribute.

    Django allows a block only once in a template; its text is needed in <title> and for Open Graph.
    """
    line = " ".join(strip_tags(content).split()).replace('"', "&quot;")
    context[name] = mark_safe(line)  # the template engine has escaped it already
    return ""


@register.filter
def open_graph_locale(language_code: str) -> str:
    return OPEN_GRAPH_LOCALES.get(language_code, language_code)


@register.simple_tag
def size_of(picture: ImageFieldFile) -> SafeString:
    """Write `<img src="…"{% size_of person.photo %}>`, so that nothing moves when it arrives."""
    name = str(picture.name)
    if name not in SIZES:
        try:
            SIZES[name] = format_html(' width="{}" height="{}"', picture.width, picture.height)
        except OSError:  # the file is lost, the page is not
            return SafeString("")
    return SIZES[name]
