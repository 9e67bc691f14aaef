"""Check the code that organisers give to a service."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from programme.models.sessions import SESSION_CODE
from registration.models import Registration


def validate_service_code(code: str) -> None:
    """Refuse codes that mean something else: the form posts codes of every kind together."""
    if code in Registration.Attendance.values or re.match(SESSION_CODE, code):
        raise ValidationError(
            _(
                "The site itself uses this code, or a session may: choose another, in "
                "small letters."
            ),
            code="taken",
        )
