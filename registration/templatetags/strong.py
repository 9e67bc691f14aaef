from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def strong(words: str) -> SafeString:
    """Emphasise a value in a sentence of which the text of a mail has a copy without markup."""
    return format_html("<strong>{}</strong>", words)
