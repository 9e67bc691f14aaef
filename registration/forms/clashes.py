"""Two choices at the same time, as a form says it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programme.models import Meeting, Session
from registration.wording.places import clash_words


class ClashError(ValidationError):
    """Beside the field it names both with their hours; in the summary it only leads there."""

    in_short = _("Two of your choices are at the same time.")

    def __init__(self, one: Session, other: Session, meeting: Meeting) -> None:
        super().__init__(clash_words(one, other, meeting), code="clash")
