"""Forms in which organisers give the reason for what they do."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eim.lib.validators import (
    validate_no_address,
    validate_no_markup,
    validate_person_name,
    validate_visible,
    validate_visible_lines,
)
from registration.actions import Correction
from registration.models import Registration


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        help_text=_("Kept in the history; the person does not read it."),
        max_length=500,
        validators=[validate_visible_lines],
        widget=forms.Textarea({"rows": 3, "class": "vLargeTextField"}),
    )


class ReasonForm(forms.Form):
    reason = reason_field()

    def __init__(
        self, data: Mapping[str, object] | None = None, *, needs_reason: bool = True
    ) -> None:
        super().__init__(data)
        self.fields["reason"].required = needs_reason


class CorrectionForm(forms.ModelForm):
    """Correct what a person wrote; an action saves the correction, not the form."""

    reason = reason_field()

    class Meta:
        model = Registration
        fields = [
            "full_name",
            "email",
            "institution",
            "country",
            "occupation",
            "mail_language",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        for name in ("full_name", "email", "institution"):
            self.fields[name].widget.attrs["class"] = "vTextField"
        line = [validate_visible, validate_no_address]
        self.fields["full_name"].validators += [*line, validate_person_name]
        self.fields["institution"].validators += [*line, validate_no_markup]

    def clean_full_name(self) -> str:
        return " ".join(self.cleaned_data["full_name"].split())

    def clean_institution(self) -> str:
        return " ".join(self.cleaned_data["institution"].split())

    @property
    def correction(self) -> Correction:
        return Correction(**{f.name: self.cleaned_data[f.name] for f in fields(Correction)})
