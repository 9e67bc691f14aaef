"""Forms of the public pages of the registration."""

from registration.forms.code import CodeForm
from registration.forms.own import (
    AddressForm,
    AnswerForm,
    ConsentsForm,
    DetailsForm,
    ErasureForm,
    FirstConsentsForm,
    LostLinkForm,
    NeedsForm,
)
from registration.forms.participants import FindParticipants
from registration.forms.places import PlacesForm
from registration.forms.sign_up import CorrectionForm, SignUpForm, country_choices
