"""Repeat a block's text in the head of base.html, and list the headings of an article."""

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

from eim.lib import headings

register = template.Library()

# Open Graph requires a territory: the one with most readers of each language.
OPEN_GRAPH_LOCALES = {"es": "es_LA", "pt": "pt_BR", "en": "en_US"}


@register.simple_block_tag(takes_context=True)
def remember(context: Context, content: SafeString, name: str) -> str:
    """Store what a block rendered in a variable, as one line that is safe in an attribute.

    Django allows a block only once in a template; its text is needed in <title> and for Open Graph.
    """
    line = " ".join(strip_tags(content).split()).replace('"', "&quot;")
    context[name] = mark_safe(line)  # the template engine has escaped it already
    return ""


@register.simple_block_tag
def article(content: SafeString) -> SafeString:
    """Render a text of several sections with a list of their headings, to jump to each."""
    text, found = headings.with_anchors(content)
    context = {"text": mark_safe(text), "headings": found}  # escaped already
    return render_to_string("includes/_article.html", context)


@register.filter
def open_graph_locale(language_code: str) -> str:
    return OPEN_GRAPH_LOCALES.get(language_code, language_code)
