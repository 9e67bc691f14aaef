"""Ask a form about its fields."""

from django import forms, template

register = template.Library()


@register.filter
def has_fields_of_both_kinds(form: forms.BaseForm) -> bool:
    """Return whether some of the form's fields are required, and others optional."""
    return len({field.field.required for field in form.visible_fields()}) > 1
