from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def strong(words: str) -> SafeString:
    """For a value inside a sentence that stands without markup in the text of a mail too."""
    return format_html("<strong>{}</strong>", words)
