"""The choice between in person and online."""

from django import forms
from django.utils.translation import gettext

from programme.models import Meeting
from registration.models import Registration
from registration.offer import Offer
from registration.wording.places import choice, in_person_words

IN_PERSON = Registration.Attendance.IN_PERSON


def offer_attendance(
    field: forms.ChoiceField, meeting: Meeting, offer: Offer, *, has_stream: bool
) -> None:
    """Offer both ways; only to come in person once all sessions that are known are in person."""
    here = gettext("In person, in %(city)s") % {"city": meeting.city}
    in_person = (IN_PERSON, choice(here, in_person_words(offer.in_person)))
    if has_stream:
        field.choices = [in_person, (Registration.Attendance.ONLINE, online_choice())]
        return
    field.choices = [in_person]
    field.initial = IN_PERSON
    field.help_text = gettext("All sessions of the programme are in person.")
    field.error_messages["invalid_choice"] = gettext(
        "No session of the programme is streamed: choose to come in person."
    )


def online_choice() -> str:
    return choice(gettext("Online, from wherever you are"), gettext("Unlimited places"))


def not_open_words(*, has_stream: bool) -> str:
    if has_stream:
        return gettext("Places in person are not open yet: choose online, or come back later.")
    return gettext("Places in person are not open yet: come back later.")
