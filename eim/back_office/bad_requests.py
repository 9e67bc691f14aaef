"""Refuse made-up filters and selections of the back office's lists: 400, not 500.

Django checks a filter only in part: a year or a pattern that no database understands fails when
the rows are counted. Errors of our own code (columns, actions, pages) stay errors.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse


class CheckedChangeList(ChangeList):
    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet:
        # SQLite reports a malformed pattern with the same error as a damaged database.
        if any(name.endswith("regex") for name in self.get_filters_params()):
            raise BadRequest("No filter of the back office is a regular expression.")
        return super().get_queryset(request, exclude_parameters)

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


class CheckedLists(admin.ModelAdmin):
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
