"""The form of a letter: its texts, its audience, and the conditions of its segment."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from eim.lib.languages import named
from eim.lib.normalising import fold
from eim.lib.site_languages import SITE_CODES, translated_columns
from programme.models import Person
from programme.wording.sessions import name_of_country
from registration.letters.segments import (
    CANCELLED,
    CONDITIONS,
    CONFIRMED,
    HAS,
    WAITS,
    Condition,
    Segment,
)
from registration.models import Letter, Quota, Registration
from registration.models.letters import Audience
from registration.models.registrations import Category

SUBJECTS, TEXTS = translated_columns("subject"), translated_columns("text")
ANY = ("", pgettext_lazy("condition of a letter", "any"))
PREFIX = "only_"

type Choices = list[tuple[Any, Any]]


def state_choices() -> Choices:
    labels = dict(Registration.State.choices)
    return [(CONFIRMED, labels[CONFIRMED]), (CANCELLED, labels[CANCELLED])]


def place_choices() -> Choices:
    quotas = Quota.objects.select_related("session").order_by("kind", "session__starts_at", "pk")
    named_quotas = [(quota.pk, str(quota)) for quota in quotas]
    return [
        ANY,
        (_("with a place"), [(f"{HAS}-{key}", name) for key, name in named_quotas]),
        (_("on the waiting list"), [(f"{WAITS}-{key}", name) for key, name in named_quotas]),
    ]


def country_choices(stored: Iterable[str]) -> Choices:
    """Offer the countries that somebody has, not all 249, and those that the letter has.

    A condition without its box would be lost with the next save, and more people get the letter.
    """
    columns = (model.objects.order_by().values_list("country") for model in (Registration, Person))
    found = {str(code) for column in columns for (code,) in column.distinct() if code}
    codes = found.union(map(str, stored))
    return sorted(((code, name_of_country(code)) for code in codes), key=lambda pair: fold(pair[1]))


def choices_for(segment: Segment) -> dict[str, Choices]:
    return {
        "state": state_choices(),
        "attendance": [ANY, *Registration.Attendance.choices],
        "category": [ANY, *Category.choices],
        "place": place_choices(),
        "country": country_choices(segment.get("country", ())),
        "language": [ANY, *named(*SITE_CODES)],
    }


def field_of(condition: Condition) -> forms.Field:
    label: Any = condition.label
    if condition.is_list:
        return forms.MultipleChoiceField(
            label=label,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Of several: any of them. Without one: all countries."),
        )
    return forms.ChoiceField(label=label, required=False)


ConditionsForm: Any = type(
    "ConditionsForm",
    (forms.ModelForm,),
    {f"{PREFIX}{condition.name}": field_of(condition) for condition in CONDITIONS},
)


class LetterForm(ConditionsForm):
    """Keep the values of the conditions as the letter's segment."""

    class Meta:
        model = Letter
        fields = [*SUBJECTS, *TEXTS, "audience"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        letter = kwargs.get("instance")
        stored = letter.segment if letter and isinstance(letter.segment, dict) else {}
        initial = {f"{PREFIX}{name}": value for name, value in stored.items()}
        kwargs["initial"] = initial | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        for name, choices in choices_for(stored).items():
            if field := self.fields.get(f"{PREFIX}{name}"):
                field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        audience = cleaned.get("audience")
        if audience and not self.errors:
            self.refuse_conditions_of_others(audience)
            self.instance.segment = dict(self.segment_for(audience))
        return cleaned

    def refuse_conditions_of_others(self, audience: str) -> None:
        """Ignore nothing that was chosen: the letter would reach more people than was meant."""
        for condition, value in self.chosen():
            if audience not in condition.matches and value != CONFIRMED:
                labels = [str(Audience(one).label) for one in condition.matches]
                sentence = gettext("Only for: %(audiences)s. Choose that above, or leave this out.")
                fault = ValidationError(sentence % {"audiences": ", ".join(labels)})
                self.add_error(f"{PREFIX}{condition.name}", fault)

    def chosen(self) -> Iterator[tuple[Condition, Any]]:
        for condition in CONDITIONS:
            if value := self.cleaned_data.get(f"{PREFIX}{condition.name}"):
                yield condition, value

    def segment_for(self, audience: str) -> Segment:
        return {one.name: value for one, value in self.chosen() if audience in one.matches}
