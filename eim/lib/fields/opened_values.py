"""Compare what a page was opened with, what was sent, and what a row holds now."""

import hashlib
import json
from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.db import models
from django.forms.boundfield import BoundField
from django.http import QueryDict

# Longer texts are compared by their hash: the page would otherwise carry them twice.
LONGEST_TEXT = 64


def neutral(value: Any) -> Any:
    """Return a value as JSON holds it, the same in every language and time zone."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.replace(microsecond=0).astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, list | tuple | set | models.QuerySet):
        return sorted(str(neutral(item)) for item in value)
    return shortened("" if value is None else str(value))


def shortened(text: str) -> str:
    """Return the text without differences of line ends; its hash if it is long."""
    plain = "\n".join(text.splitlines()).strip()
    if len(plain) <= LONGEST_TEXT:
        return plain
    return hashlib.blake2b(plain.encode(), digest_size=16).hexdigest()


def dump_values(form: forms.BaseForm) -> str:
    """Return the present values of a form's fields, for the page to carry."""
    fields = [b for b in form if b.name != "DELETE" and not b.field.disabled]
    return json.dumps({b.name: neutral(b.initial) for b in fields}, ensure_ascii=False)


def load_values(text: object) -> dict[str, Any]:
    """Return the values that a page was opened with; none for a page that carries none."""
    try:
        values = json.loads(str(text))
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def is_touched(bound: BoundField, opened: Any) -> bool:
    """Return whether the field was sent with another value than `opened`."""
    field, sent = bound.field, bound.data
    if isinstance(field, forms.CharField):
        return shortened(str(sent or "")) != opened
    try:
        return bool(field.has_changed(restored(field, opened), sent))
    except (TypeError, ValueError):  # nobody but a program sends such values
        return True


def restored(field: forms.Field, value: Any) -> Any:
    """Return the value that `neutral` made neutral, as the field compares it."""
    if value == "":
        return None
    if isinstance(field, forms.DateTimeField | forms.SplitDateTimeField):
        return datetime.fromisoformat(value)
    if isinstance(field, forms.DateField):
        return date.fromisoformat(value)
    if isinstance(field, forms.TimeField):
        return time.fromisoformat(value)
    return field.to_python(value) if isinstance(field, forms.IntegerField) else value


def send_present_value(bound: BoundField, data: QueryDict) -> None:
    """Write into the data what a browser would send for the present value of the field."""
    widget: Any = getattr(bound.field.widget, "widget", bound.field.widget)
    write_widget(widget, bound.html_name, bound.field.prepare_value(bound.initial), data)


def write_widget(widget: Any, name: str, value: Any, data: QueryDict) -> None:
    if isinstance(widget, forms.MultiWidget):
        names: list[str] = widget.widgets_names  # type: ignore[attr-defined]
        parts: list[Any] = widget.decompress(value)  # type: ignore[assignment]
        for suffix, part, single in zip(names, parts, widget.widgets, strict=True):
            write_widget(single, name + suffix, part, data)
    elif isinstance(widget, forms.CheckboxInput):
        data.setlist(name, ["on"] if value else [])
    elif getattr(widget, "allow_multiple_selected", False):
        data.setlist(name, widget.format_value(value))
    elif not isinstance(widget, forms.FileInput):  # which is always sent empty
        shown = widget.format_value(value)
        shown = shown[0] if isinstance(shown, list) else shown
        data[name] = "" if shown is None else str(shown)
