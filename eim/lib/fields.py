"""Form and model fields that know nothing of a meeting."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname

from eim.lib.translated.first_language import first_language


def first_column(name: str) -> str:
    """Return the field of a translated text in the first language: forms have no plain `title`."""
    return build_localized_fieldname(name, first_language())


class CodesField(models.JSONField):
    """Store a short list of codes from a fixed set, such as languages of interpretation."""

    def __init__(
        self, *args: Any, codes: list[tuple[str, Any]] | None = None, **kwargs: Any
    ) -> None:
        self.codes = codes or []
        kwargs |= {"default": list, "blank": True}
        super().__init__(*args, **kwargs)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        known = {code for code, _name in self.codes}
        if not isinstance(value, list) or not set(map(str, value)) <= known:
            raise ValidationError(_("The site does not know one of these codes."))

    def formfield(self, **kwargs: Any) -> forms.Field:
        return forms.MultipleChoiceField(
            choices=self.codes,
            required=False,
            label=self.verbose_name,
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple,
        )
