"""Show in words, on pages and in fields for reading alone, what Django shows as it is stored."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from eim.lib.fields import CodesField

type Shown = Callable[[Model], str]


class ShowsCodesInWords(admin.ModelAdmin):
    """Write “Español, Portugués” where a list of codes cannot be changed."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        page = context["adminform"]
        fixed = set(page.readonly_fields) & set(flatten_fieldsets(page.fieldsets))
        shown = {
            field.name: words_shown(field, self.get_empty_value_display())
            for field in self.opts.fields
            if isinstance(field, CodesField) and field.name in fixed
        }
        page.readonly_fields = [*page.readonly_fields, *shown.values()]
        page.fieldsets = [
            (title, {**options, "fields": replaced(options["fields"], shown)})
            for title, options in page.fieldsets
        ]
        return super().render_change_form(request, context, *args, **kwargs)


def words_shown(field: CodesField, empty: str) -> Shown:
    """Return what Django's page calls for a value; label and help remain those of the field."""

    def show(row: Model) -> str:
        return field.words_of(getattr(row, field.name)) or empty

    show.__name__ = field.name
    return admin.display(show, description=field.verbose_name)


def replaced(fields: Any, shown: dict[str, Shown]) -> Any:
    """Return the fields of a fieldset, some of which may stand in one line."""
    if isinstance(fields, list | tuple):
        return [replaced(one, shown) for one in fields]
    return shown.get(fields, fields)
