"""Helpers for tests of the back office: addresses of its pages, and the data of its forms."""

import html
import re

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
    data = carried_by(context)
    with timezone.override(factories.ZONE):
        for form in forms:
            for field in form:
                data |= posted(field)
    return data


def carried_by(context):
    """Return the hidden values by which a page notices what others save while it is open."""
    inputs = re.findall(r'name="([^"]+)" value="([^"]*)"', context["carried"])
    return {name: html.unescape(value) for name, value in inputs}


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
