"""Tags for the error summary at the top of a form."""

from django import template
from django.forms.boundfield import BoundField

register = template.Library()


@register.filter
def in_short(field: BoundField) -> str:
    """Return the errors of a field for the link that leads to it, each sentence once."""
    sentences = [
        str(getattr(error, "in_short", "")) or " ".join(error.messages)
        for error in field.errors.as_data()
    ]
    return " ".join(dict.fromkeys(sentences))
