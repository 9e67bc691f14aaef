"""Let people who may only translate write texts in the other languages, and nothing else."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from modeltranslation.translator import translator

from eim.lib.translated.first_language import first_language
from eim.lib.translated.untranslated import translated_models

TRANSLATE = "programme.translate_texts"
# The page on which a request may write translations.
PAGE = "page_of_translations"


def may_only_translate(user: User, model: type[Model]) -> bool:
    """Return whether of such a row this person writes the other languages alone."""
    if model._meta.app_label != "programme" or model not in translated_models():
        return False
    name = model._meta.model_name
    may_see = user.has_perm(f"programme.view_{name}")
    return may_see and user.has_perm(TRANSLATE) and not user.has_perm(f"programme.change_{name}")


def columns_of_texts(model: type[Model]) -> dict[str, str]:
    """Return the language of each column of a translated text, by the column's name."""
    fields = translator.get_options_for_model(model).all_fields
    return {column.name: column.language for columns in fields.values() for column in columns}


def fixed_fields(model: type[Model], form: type[forms.ModelForm]) -> Iterator[str]:
    """Yield the fields of a page that are no texts in another language."""
    texts = columns_of_texts(model)
    originals = translator.get_options_for_model(model).all_fields
    options = model._meta
    for field in (*options.fields, *options.many_to_many):
        is_shown = field.editable and not field.primary_key and field.name not in originals
        if is_shown and texts.get(field.name) in (None, first_language()):
            yield field.name
    yield from form.declared_fields  # type: ignore[attr-defined]


class ForgivesFixedFields(forms.ModelForm):
    """Leave out what is wrong with a field that this person cannot correct, and does not write."""

    def add_error(self, field: str | None, error: Any) -> None:
        named = getattr(error, "error_dict", None)
        if field is not None or named is None:
            super().add_error(field, error)
            return
        for name, errors in named.items():
            if name == NON_FIELD_ERRORS or name in self.fields:
                super().add_error(None if name == NON_FIELD_ERRORS else name, errors)


class TranslatesTexts(admin.ModelAdmin):
    """Open the form of a row to translators, but none of its buttons, actions and other pages.

    Those ask who may change the row; only the page with its form is opened here.
    """

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if object_id and may_only_translate(cast(User, request.user), self.model):
            setattr(request, PAGE, self.model)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def is_translating(self, request: HttpRequest) -> bool:
        return getattr(request, PAGE, None) is self.model

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_translating(request) or super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = super().get_readonly_fields(request, obj)
        if not self.is_translating(request):
            return own
        return list(dict.fromkeys([*own, *fixed_fields(self.model, self.form)]))

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        if self.is_translating(request):
            return {}
        return super().get_prepopulated_fields(request, obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if not self.is_translating(request):
            return form
        return type(form)(form.__name__, (ForgivesFixedFields, form), {})
