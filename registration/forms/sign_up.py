"""The form of registration."""

from collections.abc import Iterable, Mapping
from functools import cache, partial
from itertools import combinations
from typing import cast

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from eim import clock
from eim.lib.fields.cleaned import CleanedField, CleanedLinesField
from eim.lib.fields.email_addresses import AddressField
from eim.lib.forms.choices import ReadyChoices
from eim.lib.hashing import hashed_network
from eim.lib.languages import OWN_NAMES
from eim.lib.normalising import fold
from eim.lib.site_languages import SITE_CODES
from eim.lib.validators import (
    validate_no_address,
    validate_no_markup,
    validate_person_name,
    validate_visible,
)
from programme.forms import GuardedForm
from programme.models import Meeting
from registration.actions import Application, Full
from registration.answers import EVERY_ANSWER, Answers
from registration.forms.attendance import not_open_words, offer_attendance
from registration.forms.consents import (
    consent_words,
    needs_words,
    refuse_needs_without_consent,
)
from registration.forms.faults import BoxesError, ClashError, FullError, FullInPersonError
from registration.forms.layout import layout_of_sign_up
from registration.forms.options import Option, Options, box, is_refused, ticked_in
from registration.forms.slips import meant_address
from registration.models import Quota, Registration
from registration.offer import Offer
from registration.wording.places import rough_box_words

IBERO_AMERICA = (
    *("AD", "AR", "BO", "BR", "CL", "CO", "CR", "CU", "DO", "EC", "ES"),
    *("GT", "HN", "MX", "NI", "PA", "PE", "PT", "PY", "SV", "UY", "VE"),
)


def country_choices() -> ReadyChoices:
    """Return Ibero-America first: most people need not search all 249 countries."""
    return countries_in(get_language())


@cache
def countries_in(language: str | None) -> ReadyChoices:
    """Cache the choices: naming and sorting takes longer than the rest of the form.

    `language` is the active one.
    """
    every = sorted(countries, key=lambda country: fold(country.name))
    here = [pair for pair in every if pair.code in IBERO_AMERICA]
    elsewhere = [pair for pair in every if pair.code not in IBERO_AMERICA]
    groups = [(_("Ibero-America"), here), (_("Other countries"), elsewhere)]
    return ReadyChoices([("", _("Choose a country")), *groups])


class WaitlistField(forms.MultipleChoiceField):
    """Accept any quota: it may have been full a moment ago. It is drawn among the other boxes."""

    codes: frozenset[str] = frozenset()

    def valid_value(self, value: str) -> bool:
        return value in self.codes


class SignUpForm(GuardedForm):
    """Sign up on one page, without an account; `offer` is what can be chosen now."""

    full_name = CleanedField(
        label=_("Full name"),
        help_text=_("As it should appear on your pass."),
        max_length=100,
        validators=[validate_visible, validate_no_address, validate_person_name],
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("Enter your full name.")},
    )
    email = AddressField(
        label=_("E-mail"),
        help_text=_("We will send a link and a code there to confirm your registration."),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("Enter your e-mail address.")},
    )
    country = forms.ChoiceField(
        label=_("Country"),
        widget=forms.Select({"autocomplete": "country"}),
        error_messages={
            "required": _("Choose your country."),
            "invalid_choice": _("Choose a country from the list."),
        },
    )
    institution = CleanedField(
        label=_("Institution"),
        max_length=150,
        required=False,
        validators=[validate_visible, validate_no_address, validate_no_markup],
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    occupation = forms.ChoiceField(
        label=_("Occupation"),
        choices=[("", _("Choose one")), *Registration.Occupation.choices],
        error_messages={
            "required": _("Choose an occupation from the list."),
            "invalid_choice": _("Choose an occupation from the list."),
        },
    )
    attendance = forms.ChoiceField(
        label=_("How you take part"),
        help_text=_("You can change from in person to online later."),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how you will take part."),
            "invalid_choice": _("Choose one of the two."),
        },
    )
    workshops = forms.MultipleChoiceField(
        label=_("Workshops and visits"),
        help_text=_("Only for those who come in person."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("One of your choices is no longer available: choose from these.")
        },
    )
    services = forms.MultipleChoiceField(
        label=_("Services"),
        help_text=_("Only for those who come in person."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("One of your choices is no longer available: choose from these.")
        },
    )
    # What the person is willing to wait for; of what is full, it is the only box.
    waitlist = WaitlistField(
        required=False,
        error_messages={
            "invalid_choice": _("One of your choices is no longer available: choose from these.")
        },
    )
    needs = CleanedLinesField(
        label=_("Access needs"),
        max_length=1000,
        required=False,
        validators=[validate_visible],
        widget=forms.Textarea({"rows": 4}),
    )
    needs_consent = forms.BooleanField(
        label=_("I agree that the organisers use this, only to give me support"), required=False
    )
    mail_language = forms.ChoiceField(
        label=_("Language of our e-mails"),
        widget=forms.Select({"autocomplete": "language"}),
        choices=[(code, OWN_NAMES[code]) for code in SITE_CODES],
        error_messages={
            "required": _("Choose a language."),
            "invalid_choice": _("Choose a language from the list."),
        },
    )
    professional = forms.BooleanField(
        label=_("I declare that I work in museology, or study it"),
        error_messages={
            "required": _(
                "The meeting is for people who work in museology or study it: tick this to "
                "continue."
            )
        },
    )
    consent = forms.BooleanField(
        error_messages={
            "required": _(
                "Tick this to continue: without your consent we may not keep your registration."
            )
        },
    )
    # The page of an empty form is cached for everybody: it can carry no CSRF token.
    has_csrf_token = False
    # The address about which the form asked “Did you mean…?”: if sent again, it is right.
    asked_about = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        meeting: Meeting,
        offer: Offer,
        has_stream: bool,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.meeting = meeting
        self.has_stream = has_stream
        self._choices("country", country_choices())
        self.fields["country"].initial = meeting.country
        self.fields["mail_language"].initial = get_language()
        self.fields["needs"].help_text = needs_words(meeting)
        self.fields["consent"].label = consent_words(meeting)
        vars(self.fields["needs_consent"])["hide_optional"] = True
        self.take_offer(offer)

    @property
    def helper(self) -> FormHelper:
        """Lay the form out only when it is shown: most posted forms are not shown again."""
        helper = layout_of_sign_up(self.options()["services"])
        helper.disable_csrf = not self.has_csrf_token
        return helper

    def carry(self, language_before: str) -> None:
        """Let the language of mails follow the page's, unless another one was chosen."""
        super().carry(language_before)
        if self.data.get("mail_language") == language_before:
            self.data = cast(QueryDict, self.data).copy()
            self.data["mail_language"] = get_language() or language_before

    def take_offer(self, offer: Offer) -> None:
        self.offer = offer = offer.ahead(clock.now())
        attendance = cast(forms.ChoiceField, self.fields["attendance"])
        offer_attendance(attendance, self.meeting, offer, has_stream=self.has_stream)
        self._choices("workshops", [(q.code, str(q)) for q in offer.seats])
        self._choices("services", [(q.code, str(q)) for q in offer.services])
        waitlist = cast(WaitlistField, self.fields["waitlist"])
        waitlist.codes = frozenset(quota.code for quota in offer.everything)

    def _choices(self, name: str, choices: Iterable[tuple[object, object]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def options(self) -> dict[str, Options]:
        """Return the boxes by field."""
        seats = [self._box("workshops", *pair) for pair in enumerate(self.offer.seats)]
        services = [self._box("services", *pair) for pair in enumerate(self.offer.services)]
        not_open = self.offer.not_open
        kind = partial(Options, may_fold=True, is_rough=True)
        return {
            "workshops": kind(field=self["workshops"], boxes=seats, not_open=not_open),
            "services": kind(field=self["services"], boxes=services),
        }

    def _box(self, name: str, place: int, quota: Quota) -> Option:
        """Return a box for the place; for the waiting list of what is full, unless it is ticked.

        Who comes back to correct something may be the one who holds the last place.
        """
        field, code = self[name], quota.code
        ticked, waited = code in ticked_in(field), code in ticked_in(self["waitlist"])
        waits = quota.is_full and (waited or not ticked or is_refused(field, code))
        return box(
            field,
            quota,
            place,
            waits=waits,
            words=rough_box_words(quota, waits=waits),
            is_checked=waited or (ticked and not waits),
        )

    def clean_attendance(self) -> str:
        attendance = self.cleaned_data["attendance"]
        if attendance == Registration.Attendance.IN_PERSON and not self.offer.in_person:
            raise ValidationError(not_open_words(has_stream=self.has_stream), code="not-open")
        return attendance

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        self._want_what_is_waited_for()
        is_in_person = data.get("attendance") == Registration.Attendance.IN_PERSON
        if "attendance" in data and not is_in_person:
            self._refuse_if_any(
                "workshops",
                gettext("Workshops and visits are in person only: untick them, or come in person."),
            )
            self._refuse_if_any(
                "services",
                gettext(
                    "Services are for those who come in person: untick them, or come in person."
                ),
            )
        self._refuse_clashes()
        self._ask_about_slip()
        self.refuse_machines()
        refuse_needs_without_consent(self)
        return data

    def _want_what_is_waited_for(self) -> None:
        """Take what somebody is willing to wait for as wanted: the box is one."""
        waited = self.cleaned_data.get("waitlist", [])
        for name, quotas in (("workshops", self.offer.seats), ("services", self.offer.services)):
            if name in self.cleaned_data:
                codes = [*self.cleaned_data[name], *waited]
                self.cleaned_data[name] = [q.code for q in quotas if q.code in codes]
        if self.has_error("waitlist"):
            # Nobody sees a field of that name: the boxes are those of the workshops.
            errors = self.errors.pop("waitlist").as_data()
            self.add_error("workshops", ValidationError(errors))

    def _refuse_if_any(self, field: str, sentence: str) -> None:
        if codes := self.cleaned_data.get(field):
            self.add_error(field, BoxesError(sentence, codes))

    def _refuse_clashes(self) -> None:
        chosen = self.offer.chosen_seats(self.cleaned_data.get("workshops", []))
        for one, other in combinations([q.session for q in chosen if q.session], 2):
            if one.overlaps(other):
                self.add_error("workshops", ClashError(one, other, self.meeting))

    def _ask_about_slip(self) -> None:
        """Ask about a probable typing error once, and accept the address if it is sent again."""
        address = self.cleaned_data.get("email", "")
        meant = meant_address(address)
        if not meant or self.cleaned_data.get("asked_about") == address:
            return
        self.data = cast(QueryDict, self.data).copy()
        self.data["asked_about"] = address
        sentence = gettext(
            "Did you mean %(meant)s? If so, correct it. If it is right as it is, send the page "
            "again."
        )
        self.add_error("email", sentence % {"meant": meant})

    def refuse_full(self, full: Full, offer: Offer) -> None:
        """Name each full quota beside its field, and offer its waiting list."""
        self.take_offer(offer)
        for quota in full.quotas:
            if quota.is_in_person:
                self.add_error("attendance", FullInPersonError(quota))
            else:
                is_service = quota.kind == Quota.Kind.SERVICE
                self.add_error("services" if is_service else "workshops", FullError(quota))

    def application(
        self, *, address: str, browser: str, instead_of: tuple[int, int] | None
    ) -> Application:
        data = self.cleaned_data
        asked = data | {"is_professional": data["professional"]}
        return Application(
            answers=Answers(**{name: asked[name] for name in EVERY_ANSWER}),
            language=get_language() or settings.LANGUAGE_CODE,
            privacy_version=self.meeting.privacy_version,
            network=hashed_network(address),
            browser=browser,
            quotas=self.offer.wanted(data["attendance"], data["workshops"], data["services"]),
            waitlist=frozenset(data["waitlist"]),
            instead_of=instead_of,
        )


class CorrectionForm(SignUpForm):
    """The same form, filled in for the browser that sent it before, with what it had typed."""

    has_csrf_token = True
