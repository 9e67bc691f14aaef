"""Fields and columns that clean what people type; see `eim.lib.normalising`."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import models

from eim.lib.normalising import cleaned_lines, cleaned_text, name_key


class CleanedField(forms.CharField):
    """Accept a text of one line, without what cannot be seen: Word puts it into names."""

    def to_python(self, value: Any) -> str:
        return cleaned_text(super().to_python(value) or "")


class CleanedLinesField(forms.CharField):
    """Accept a text of several lines, without what cannot be seen."""

    def to_python(self, value: Any) -> str:
        return cleaned_lines(super().to_python(value) or "")


class CleanedColumn(models.CharField):
    """Store a text of one line, without what cannot be seen."""

    def to_python(self, value: Any) -> Any:
        return cleaned_text(value) if isinstance(value, str) else super().to_python(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": CleanedField, **kwargs})

    def deconstruct(self) -> Any:
        """Return the class of Django: the database knows no difference."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class NameKeyColumn(models.CharField):
    """Store the key of the name in another column, to sort and to find by.

    A save with `update_fields` has to name this column too: see `with_keys`.
    """

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        super().__init__(*args, **{"editable": False, **kwargs})

    def pre_save(self, model_instance: models.Model, *args: Any, **kwargs: Any) -> str:
        key = name_key(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, key)
        return key

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def with_keys(model: type[models.Model], names: Iterable[str]) -> set[str]:
    """Return the names of columns to save, and those of their keys."""
    saved = set(names)
    keys = [f for f in model._meta.concrete_fields if isinstance(f, NameKeyColumn)]
    return saved | {key.name for key in keys if key.of in saved}
