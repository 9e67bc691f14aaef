"""Repeat blocks in the head, list headings, write sizes of pictures and compound names."""

import re
from functools import lru_cache

from django import template
from django.core.files.images import get_image_dimensions
from django.core.files.storage import Storage
from django.db.models.fields.files import ImageFieldFile
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe

from eim.lib.markdown import headings

register = template.Library()

# Open Graph requires a territory: the one with most readers of each language.
OPEN_GRAPH_LOCALES = {"es": "es_LA", "pt": "pt_BR", "en": "en_US"}
# In one group, so that `split` returns these words too. Longer ones may need a break on a phone.
COMPOUND = re.compile(r"(\b\w{1,12}[-/]\w{1,12}\b)")


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


@register.simple_tag
def size_of(picture: ImageFieldFile) -> SafeString:
    """Write ` width="400" height="160"`, so that the page does not move when it comes.

    Nothing if its file is missing.
    """
    try:
        return size_attributes(str(picture.name), picture.storage)
    except OSError:
        return SafeString("")


@lru_cache(maxsize=200)
def size_attributes(name: str, storage: Storage) -> SafeString:
    """Read the size from the file, once a process: the name of a picture is never used again."""
    with storage.open(name) as file:
        size = get_image_dimensions(file)
    return format_html(' width="{}" height="{}"', *size) if all(size) else SafeString("")


@register.filter
def unbroken(text: str) -> SafeString:
    """Keep words such as “Ibero-American” and “EIM/99” in one line."""
    parts = COMPOUND.split(str(text))
    written = (
        format_html('<span class="unbroken">{}</span>', part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )
    return format_html_join("", "{}", ((part,) for part in written))
