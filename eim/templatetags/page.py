"""What base.html needs to say one thing in several places of the head."""

from django import template
from django.template import Context
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Open Graph wants a territory: the widest readership of each language.
OPEN_GRAPH_LOCALES = {"es": "es_LA", "pt": "pt_BR", "en": "en_US"}


@register.simple_block_tag(takes_context=True)
def remember(context: Context, content: SafeString, name: str) -> str:
    """Keep what a block rendered as a variable, in one line and fit for an attribute.

    A block may stand only once in base.html; its words are wanted in <title> and for Open Graph.
    """
    line = " ".join(strip_tags(content).split()).replace('"', "&quot;")
    context[name] = mark_safe(line)  # the template engine has escaped it already
    return ""


@register.filter
def open_graph_locale(language_code: str) -> str:
    return OPEN_GRAPH_LOCALES.get(language_code, language_code)
