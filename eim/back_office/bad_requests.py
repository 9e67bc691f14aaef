"""Refuse made-up filters and selections of the back office's lists: 400, not 500.

Django checks a filter only in part: a year or a pattern that no database understands fails when
the rows are counted. Errors of our own code (columns, actions, pages) stay errors.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

LONGEST_SEARCH = 200


def is_accepted(field: forms.Field, value: Any) -> bool:
    if isinstance(field, forms.FileField):
        return False
    try:
        field.clean(value)
    except (ValidationError, DataError, OverflowError, TypeError, ValueError):
        return False
    return True


class CheckedChangeList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        if self.get_filters_params() or self.query:
            with refused_values():
                super().get_results(request)
        else:
            super().get_results(request)


@contextmanager
def refused_values() -> Iterator[None]:
    """Turn what Django and the databases raise for a value they cannot compare into a 400."""
    try:
        yield
    except (DataError, OverflowError, ValueError) as error:
        raise BadRequest("A filter has a value that the database cannot compare.") from error


# What a filter beside a list, and a link of the back office, may ask of a field.
OF_FILTERS = ("", "__exact", "__in", "__isnull", "__isempty", "__gte", "__gt", "__lte", "__lt")


class CheckedLists(admin.ModelAdmin):
    """Refuse filters that no list offers: a filter tells of what its list does not show.

    A page names the filters of our own links, besides those of `list_filter`, in `linked_lookups`.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        linked = getattr(self, "linked_lookups", ())
        return lookup in {*linked, *self.lookups_of_filters(request)}

    def lookups_of_filters(self, request: HttpRequest) -> Iterator[str]:
        for entry in self.get_list_filter(request):
            if parameter := getattr(entry, "parameter_name", None):
                yield parameter
                continue
            name = entry[0] if isinstance(entry, tuple | list) else entry
            field = self.opts.get_field(str(name))
            yield from (f"{name}{ending}" for ending in OF_FILTERS)
            if field.is_relation:
                yield f"{name}__{field.related_model._meta.pk.name}__exact"  # type: ignore[union-attr]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Cut the text: SQLite compares no pattern of any length."""
        return super().get_search_results(request, queryset, search_term[:LONGEST_SEARCH])

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Take from the address of a page that adds only what its fields accept."""
        fields = self.get_form(request).base_fields
        initial = super().get_changeform_initial_data(request)
        return {n: v for n, v in initial.items() if n in fields and is_accepted(fields[n], v)}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CheckedChangeList

    def response_action(
        self, request: HttpRequest, queryset: QuerySet, *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
            self.refuse_unusable_key(key)
        return super().response_action(request, queryset, *args, **kwargs)

    def refuse_unusable_key(self, key: str) -> None:
        pk = self.opts.pk
        try:
            pk.run_validators(pk.to_python(key))
        except ValidationError as error:
            raise BadRequest("A selected key cannot be that of a row.") from error
