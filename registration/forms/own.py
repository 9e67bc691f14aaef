"""Forms of a person's own page, made of the fields of the form of registration."""

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import cast

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from eim import clock
from eim.lib.forms.carried import CarriedForm
from programme.models import Meeting
from programme.models.phases import is_list_open
from programme.wording.dates import date_words
from programme.wording.retention import year_of_last_news
from registration.actions import OPTIONAL_PURPOSES, REVOCABLE_PURPOSES
from registration.answers import Use, answers_for
from registration.forms.consents import needs_words, refuse_needs_without_consent
from registration.forms.sign_up import (
    SignUpForm,
    country_choices,
)
from registration.models import Consent, Registration

FIELDS = SignUpForm.base_fields


class DetailsForm(CarriedForm):
    """Change everything but the e-mail address, which has to be proven first."""

    def __init__(
        self, data: Mapping[str, object] | None = None, *, registration: Registration
    ) -> None:
        names = answers_for(Use.BY_PERSON)
        initial = {name: getattr(registration, name) for name in names}
        super().__init__(data, initial=initial | {"country": str(registration.country)})
        self.fields = {name: deepcopy(FIELDS[name]) for name in names}
        cast(forms.ChoiceField, self.fields["country"]).choices = country_choices()


class NeedsForm(CarriedForm):
    """Change the access needs; they need their consent, as on the form of registration."""

    needs = FIELDS["needs"]
    needs_consent = FIELDS["needs_consent"]

    def __init__(
        self, data: Mapping[str, object] | None = None, *, meeting: Meeting, needs: str
    ) -> None:
        super().__init__(data, initial={"needs": needs, "needs_consent": bool(needs)})
        self.fields["needs"].help_text = needs_words(meeting)
        vars(self.fields["needs_consent"])["hide_optional"] = True

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        refuse_needs_without_consent(self)
        return data


class AddressForm(CarriedForm):
    email = FIELDS["email"]

    def __init__(self, data: Mapping[str, object] | None = None) -> None:
        super().__init__(data)
        self.fields["email"].label = gettext("New e-mail address")
        self.fields["email"].help_text = gettext(
            "We will send an e-mail to that address to confirm it."
        )


class LostLinkForm(CarriedForm):
    email = FIELDS["email"]

    def __init__(self, data: Mapping[str, object] | None = None) -> None:
        super().__init__(data)
        self.fields["email"].help_text = gettext("The one you registered with.")


class ErasureForm(forms.Form):
    """Make sure that everything is to be erased; `news` keeps the address for news, if any."""

    news = forms.BooleanField(
        label=_("Keep my e-mail address for news of later meetings, and nothing else"),
        required=False,
    )
    sure = forms.BooleanField(
        label=_("Yes, erase my data: I know that this cannot be undone"),
        error_messages={"required": _("Tick this if you want your data to be erased.")},
    )

    def __init__(self, data: Mapping[str, object] | None = None, *, has_news: bool = False) -> None:
        super().__init__(data)
        if not has_news:
            del self.fields["news"]


class AnswerForm(forms.Form):
    """Take the answer to “Are you coming?”."""

    COMING = "coming"
    GIVE_BACK = "give-back"

    answer = forms.ChoiceField(choices=[(COMING, ""), (GIVE_BACK, "")])


SENTENCES = {
    Consent.Purpose.IMAGE: _(
        "Photos and recordings of the meeting in which I can be recognised may be published."
    ),
    Consent.Purpose.LIST: _(
        "My name, my institution and my country stand on the list of participants, which everybody "
        "who is registered can see until %(day)s."
    ),
    Consent.Purpose.NEWS: _(
        "The organisers may write to me about later meetings, until %(year)d. My e-mail address is "
        "kept apart for that."
    ),
    Consent.Purpose.CERTIFICATE: _(
        "My name is kept after the other data are erased, so that the organisers can confirm that "
        "I was registered."
    ),
    Consent.Purpose.NEEDS: _(
        "The organisers may use what I wrote about my access needs, only to give me support. "
        "If you withdraw this, we erase what you wrote."
    ),
}


# While the day is not known: the meeting is postponed.
WITHOUT_A_DAY = SENTENCES | {
    Consent.Purpose.LIST: _(
        "My name, my institution and my country stand on the list of participants, which everybody "
        "who is registered can see until %(days)d days after the meeting."
    ),
}


def sentence_of(purpose: Consent.Purpose, meeting: Meeting) -> str:
    """Return what one agrees to, and until when; of the list also how many stand on it."""
    until = meeting.kept_until(settings.LIST_KEPT_DAYS)
    sentence = str((SENTENCES if until else WITHOUT_A_DAY)[purpose]) % {
        "day": date_words(until) if until else "",
        "days": settings.LIST_KEPT_DAYS,
        "year": year_of_last_news(meeting, meeting.day_of(clock.now())),
    }
    if purpose == Consent.Purpose.LIST and (count := Registration.objects.on_list().count()):
        words = ngettext(
            "%(count)d person is on it already.", "%(count)d people are on it already.", count
        )
        return f"{sentence} {words % {'count': count}}"
    return sentence


# Counted only where the words are shown.
lazy_sentence_of = lazy(sentence_of, str)


def offered_purposes(meeting: Meeting) -> list[Consent.Purpose]:
    """Return what one may agree to now: nobody joins a list that has closed."""
    has_list = is_list_open(meeting, clock.now())
    return [p for p in OPTIONAL_PURPOSES if has_list or p != Consent.Purpose.LIST]


class ConsentsForm(CarriedForm):
    """Show a box for each purpose; a consent that was given can always be withdrawn.

    `live` are all consents that were given, `agreed` those to the present words: their boxes are
    ticked.
    """

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        *,
        meeting: Meeting,
        live: Collection[str],
        agreed: Collection[str],
        may_give: bool = True,
    ) -> None:
        super().__init__(data)
        given = offered_purposes(meeting) if may_give else ()
        for purpose in (p for p in REVOCABLE_PURPOSES if p in live or p in given):
            self.fields[purpose.value] = forms.BooleanField(
                label=lazy_sentence_of(purpose, meeting),
                required=False,
                initial=purpose in agreed,
            )

    @property
    def purposes(self) -> list[str]:
        return [name for name, is_given in self.cleaned_data.items() if is_given]


class FirstConsentsForm(CarriedForm):
    """Offer, beside the button that confirms a registration, what people like to agree to then."""

    OFFERED = (Consent.Purpose.LIST, Consent.Purpose.NEWS)

    def __init__(self, data: Mapping[str, object] | None = None, *, meeting: Meeting) -> None:
        super().__init__(data)
        for purpose in self.OFFERED:
            field = forms.BooleanField(label=lazy_sentence_of(purpose, meeting), required=False)
            self.fields[purpose.value] = field

    @property
    def purposes(self) -> list[str]:
        return [name for name, is_given in self.cleaned_data.items() if is_given]
