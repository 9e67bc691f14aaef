"""The error of a form in which two choices overlap in time."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programme.models import Meeting, Session
from registration.wording.places import clash_words


class ClashError(ValidationError):
    """Name both sessions and their hours beside the field, but not in the summary of errors."""

    in_short = _("Two of your choices are at the same time.")

    def __init__(self, one: Session, other: Session, meeting: Meeting) -> None:
        super().__init__(clash_words(one, other, meeting), code="clash")
