"""The form with which organisers register a person at the desk."""

from collections.abc import Mapping
from typing import cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim.lib.fields.cleaned import CleanedField
from eim.lib.fields.email_addresses import AddressField
from eim.lib.validators import (
    validate_no_address,
    validate_no_markup,
    validate_person_name,
    validate_visible,
)
from programme.models import Meeting
from registration.actions import Full, Newcomer
from registration.answers import Answers, Use, answers_for
from registration.forms.sign_up import country_choices
from registration.models import Registration
from registration.models.registrations import REFERENCE_ALPHABET, new_reference
from registration.offer import Offer
from registration.wording.places import choice, places_words

TEXT_INPUT = {"class": "vTextField"}
NOT_ON_OFFER = {
    "invalid_choice": _("One of these has ended or is not available: choose from those below.")
}


class NewcomerForm(forms.Form):
    """Ask only for what the desk needs: consents are given later, on the person's own page."""

    full_name = CleanedField(
        label=_("Full name"),
        max_length=100,
        validators=[validate_visible, validate_no_address, validate_person_name],
        widget=forms.TextInput(TEXT_INPUT),
    )
    institution = CleanedField(
        label=_("Institution"),
        max_length=150,
        required=False,
        validators=[validate_visible, validate_no_address, validate_no_markup],
        widget=forms.TextInput(TEXT_INPUT),
    )
    country = forms.ChoiceField(label=_("Country"))
    occupation = forms.ChoiceField(
        label=_("Occupation"), choices=Registration.Occupation.choices, initial="other"
    )
    category = forms.ChoiceField(label=_("Category"), choices=Registration.Category.choices)
    attendance = forms.ChoiceField(label=_("How they take part"), widget=forms.RadioSelect)
    workshops = forms.MultipleChoiceField(
        label=_("Workshops and visits"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_ON_OFFER,
    )
    services = forms.MultipleChoiceField(
        label=_("Services"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_ON_OFFER,
    )
    email = AddressField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_(
            "May be left empty. If there is one, we send an e-mail asking to confirm it; the pass"
            " goes there after that."
        ),
        widget=forms.EmailInput(TEXT_INPUT),
    )
    mail_language = forms.ChoiceField(
        label=_("Language of the e-mails"),
        choices=[("es", "Español"), ("pt", "Português"), ("en", "English")],
    )
    # Generated with the empty form, so that a form sent twice adds one person.
    reference = forms.RegexField(
        f"^[{REFERENCE_ALPHABET}]{{12}}$", initial=new_reference, widget=forms.HiddenInput
    )

    def __init__(
        self, data: Mapping[str, object] | None = None, *, meeting: Meeting, offer: Offer
    ) -> None:
        super().__init__(data)
        self.fields["country"].initial = meeting.country
        self.fields["mail_language"].initial = meeting.first_language
        self.fields["attendance"].initial = Registration.Attendance.IN_PERSON
        self._choices("country", country_choices())
        self.take_offer(offer)

    def take_offer(self, offer: Offer) -> None:
        self.offer = offer
        in_person, online = Registration.Attendance.IN_PERSON, Registration.Attendance.ONLINE
        here = choice(in_person.label, places_words(offer.in_person))
        self._choices("attendance", [(in_person, here), (online, online.label)])
        for name, quotas in (("workshops", offer.seats), ("services", offer.services)):
            options = [(q.code, choice(q, places_words(q))) for q in quotas]
            self._choices(name, options)
            if not options:
                del self.fields[name]

    def _choices(self, name: str, choices: object) -> None:
        if name in self.fields:
            cast(forms.ChoiceField, self.fields[name]).choices = choices  # type: ignore[assignment]

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        is_in_person = data.get("attendance") == Registration.Attendance.IN_PERSON
        if is_in_person and not self.offer.in_person:
            self.add_error("attendance", gettext("Places in person are not open yet."))
        for name in ("workshops", "services"):
            if "attendance" in data and data.get(name) and not is_in_person:
                self.add_error(name, gettext("Only for those who come in person."))
        return data

    def refuse_full(self, full: Full) -> None:
        names = {"in_person": "attendance", "service": "services"}
        for quota in full.quotas:
            sentence = gettext("“%(name)s” is full: untick it, or increase its places first.")
            self.add_error(names.get(quota.kind, "workshops"), sentence % {"name": quota})

    @property
    def newcomer(self) -> Newcomer:
        data = self.cleaned_data
        codes = [data.get(name, []) for name in ("workshops", "services")]
        return Newcomer(
            reference=data["reference"],
            answers=Answers(**{name: data[name] for name in answers_for(Use.DESK)}),
            category=data["category"],
            quotas=self.offer.wanted(data["attendance"], *codes),
        )
