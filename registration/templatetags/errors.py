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


@register.filter
def first_fault(field: BoundField) -> str:
    """Return the id of the input that the link of the summary leads to."""
    if not field.use_fieldset:
        return field.auto_id
    # Forms that draw their boxes themselves have their `options`.
    drawn = field.form.options().get(field.name) if hasattr(field.form, "options") else None
    return drawn.target if drawn else f"{field.auto_id}_0"
