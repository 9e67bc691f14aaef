"""Follow the meeting's first language in the forms of the back office."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.db import models
from django.http import HttpRequest

from eim.lib.site_languages import SITE_CODES
from eim.lib.translated.first_language import first_language, languages_in_order


class FollowsFirstLanguage(BaseModelAdmin):
    """Require texts in the first language, show it first, and fill web addresses from it.

    The languages of a text stand side by side.

    django-modeltranslation does all three with the language of its setting. Stands before
    `TranslationAdmin` among the bases.
    """

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and is_translation(db_field):
            field.required = is_required(db_field, first_language())
        return field

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            (name, {**options, "fields": side_by_side(in_language_order(options["fields"]))})
            for name, options in super().get_fieldsets(request, obj)
        ]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        prepopulated = super().get_prepopulated_fields(request, obj)
        return {
            name: [in_first_language(source) for source in sources]
            for name, sources in prepopulated.items()
        }


def is_translation(column: models.Field) -> bool:
    """Return whether this is the column of a translated text in one of the languages."""
    return hasattr(column, "translated_field")


def is_required(column: Any, code: str) -> bool:
    return column.language == code and not column.translated_field.blank


def require_texts_in(code: str, form: forms.ModelForm) -> None:
    """Require in this language alone what a form must have in the first language."""
    columns = form._meta.model._meta.get_fields()
    for column in filter(is_translation, columns):
        if column.name in form.fields:
            form.fields[column.name].required = is_required(column, code)


def in_language_order(fields: Iterable[Any]) -> list[Any]:
    """Sort the columns of each text: the first language before the others."""
    names = list(fields)
    positions: dict[Any, int] = {}
    for number, name in enumerate(names):
        positions.setdefault(text_of(name), number)
    order = languages_in_order()

    def place(name: Any) -> tuple[int, int]:
        text = text_of(name)
        code = "" if text == name else name.rpartition("_")[2]
        return positions[text], order.index(code) if code else 0

    return sorted(names, key=place)


def side_by_side(fields: Iterable[Any]) -> list[Any]:
    """Put the columns of each text into one row."""
    rows = [tuple(row) for _text, row in groupby(fields, key=text_of)]
    return [row[0] if len(row) == 1 else row for row in rows]


def in_first_language(name: str) -> str:
    """Return the column of the same text in the first language; other fields as they are."""
    text = text_of(name)
    return name if text == name else f"{text}_{first_language()}"


def text_of(name: Any) -> Any:
    """Return `title` for title_es, and any other name (or row of names) as it is."""
    text, _underscore, code = name.rpartition("_") if isinstance(name, str) else ("", "", "")
    return text if text and code in SITE_CODES else name
