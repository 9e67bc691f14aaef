"""Form and model fields that know nothing of a meeting."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import ngettext
from modeltranslation.utils import build_localized_fieldname

from eim.lib.translated.first_language import first_language


def first_column(name: str) -> str:
    """Return the field of a translated text in the first language: forms have no plain `title`."""
    return build_localized_fieldname(name, first_language())


class CodesField(models.JSONField):
    """Store a short list of codes, such as languages of interpretation.

    `codes` returns the pairs of code and name among which organisers choose.
    """

    def __init__(
        self, *args: Any, codes: Callable[[], list[tuple[str, Any]]] = list, **kwargs: Any
    ) -> None:
        self.codes = codes
        kwargs |= {"default": list, "blank": True}
        super().__init__(*args, **kwargs)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        known = [code for code, _name in self.codes()]
        given = value if isinstance(value, list) else [value]
        unknown = [str(code) for code in given if str(code) not in known]
        if unknown or given is not value:
            raise ValidationError(unknown_codes(unknown, known))

    def words_of(self, value: Iterable[str]) -> str:
        """Return the names of the codes; one that is no longer offered stays as it is."""
        names = dict(self.codes())
        return ", ".join(str(names.get(code, code)) for code in value)

    def formfield(self, **kwargs: Any) -> forms.Field:
        return forms.MultipleChoiceField(
            choices=self.codes,
            required=False,
            label=self.verbose_name,
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple,
        )


def unknown_codes(codes: Iterable[str], known: Iterable[str]) -> str:
    """Say which codes the site does not know, and which ones it does."""
    named = list(codes)
    words = ngettext(
        "“%(codes)s” is not one of these: %(known)s.",
        "“%(codes)s” are not among these: %(known)s.",
        len(named),
    )
    return words % {"codes": ", ".join(named), "known": ", ".join(known)}
