"""Helpers for tests of the back office: addresses of its pages, and the data of its forms."""

from django.urls import reverse
from django.utils import timezone

from tests import factories


def address(row, page="change"):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=[row.pk])


def form_of(client, url):
    """Return the data that a page's form would send unchanged, inlines included."""
    context = client.get(url).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    with timezone.override(factories.ZONE):
        for form in forms:
            for field in form:
                data |= posted(field)
    return data


def posted(field):
    """Return what a browser would send for a field with its current value."""
    value = field.value()
    if hasattr(field.field.widget, "decompress"):
        parts = field.field.widget.decompress(value)
        return {f"{field.html_name}_{n}": str(part or "") for n, part in enumerate(parts)}
    if value is False or "File" in type(field.field.widget).__name__:
        return {}
    if value is None:
        value = [] if hasattr(field.field.widget, "allow_multiple_selected") else ""
    return {field.html_name: value}
