from django import template
from django.forms.boundfield import BoundField

register = template.Library()


@register.filter
def in_short(field: BoundField) -> str:
    """What is wrong with it, for a link that leads there: each sentence once."""
    sentences = [
        str(getattr(error, "in_short", "")) or " ".join(error.messages)
        for error in field.errors.as_data()
    ]
    return " ".join(dict.fromkeys(sentences))
