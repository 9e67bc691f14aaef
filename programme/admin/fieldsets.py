"""Arrange the fields of a page: leave some out, and fold groups in which nothing stands yet."""

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.db.models import Model
from django.http import HttpRequest

FOLDED = "collapse"


class FoldsEmptyGroups(admin.ModelAdmin):
    """Show a group of the class `collapse` folded only while the row has nothing in it."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            (title, opened(options) if obj and has_something(obj, options["fields"]) else options)
            for title, options in super().get_fieldsets(request, obj)
        ]


def has_something(row: Model, fields: Iterable[Any]) -> bool:
    return any(getattr(row, name, None) for name in flatten(list(fields)))


def opened(options: Any) -> dict[str, Any]:
    classes = [name for name in options.get("classes", ()) if name != FOLDED]
    return {**options, "classes": classes}


def without(fieldsets: Iterable[Any], left_out: Collection[str]) -> list[Any]:
    """Return the groups without some fields, those in rows of several too."""
    return [
        (title, {**options, "fields": rows_without(options["fields"], left_out)})
        for title, options in fieldsets
    ]


def rows_without(rows: Iterable[Any], left_out: Collection[str]) -> list[Any]:
    found: list[Any] = []
    for row in rows:
        if isinstance(row, str):
            found += [row] if row not in left_out else []
        elif kept := tuple(name for name in row if name not in left_out):
            found.append(kept)
    return found
