"""Forms in which organisers give the reason for what they do."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim.lib.fields.cleaned import CleanedLinesField
from eim.lib.fields.merging import MergingForm
from eim.lib.validators import validate_visible
from registration.answers import Use, answers_for
from registration.forms import SignUpForm
from registration.models import History, Registration


def reason_field() -> forms.CharField:
    return CleanedLinesField(
        label=_("Reason"),
        help_text=_("Kept in the history; the person does not see it."),
        max_length=500,
        validators=[validate_visible],
        widget=forms.Textarea({"rows": 3, "class": "vLargeTextField"}),
    )


class ReasonForm(forms.Form):
    reason = reason_field()

    def __init__(
        self, data: Mapping[str, object] | None = None, *, needs_reason: bool = True
    ) -> None:
        super().__init__(data)
        self.fields["reason"].required = needs_reason


REWRITTEN = [
    History.Event.CORRECTED,
    History.Event.DETAILS_CHANGED,
    History.Event.MOVED,
    History.Event.REPLACED,
    History.Event.REOPENED,
]


class CorrectionForm(MergingForm):
    """Correct what a person wrote; an action saves the correction, not the form."""

    reason = reason_field()

    class Meta:
        model = Registration
        fields = answers_for(Use.BY_ORGANISERS)

    field_order = ("full_name", "email", "institution")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        for name in answers_for(Use.BY_ORGANISERS):
            field, asked = self.fields[name], SignUpForm.base_fields[name]
            field.validators = asked.validators
            if isinstance(field, forms.CharField):
                field.widget.attrs["class"] = "vTextField"

    def author_words(self, names: Iterable[str]) -> str:
        """Return who wrote these answers last: an organiser, or else the person."""
        history = self.instance.history.filter(event__in=REWRITTEN).order_by("-pk")
        last = history.select_related("actor").first()
        actor = last.actor if last else None
        return actor.get_full_name() or actor.get_username() if actor else gettext("the person")

    @property
    def corrected(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in answers_for(Use.BY_ORGANISERS)}
