"""Errors about some of the boxes of a field: only those are marked as wrong."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.models import Meeting, Session
from registration.models import Quota
from registration.wording.places import clash_words


class BoxesError(ValidationError):
    """An error about the boxes whose values are `values`; it stands above all of them."""

    def __init__(self, sentence: str, values: Collection[str], code: str = "") -> None:
        super().__init__(sentence, code=code)
        self.values = frozenset(values)


class ClashError(BoxesError):
    """Name both sessions and their hours beside the field, but not in the summary of errors."""

    in_short = _("Two of your choices are at the same time.")

    def __init__(self, one: Session, other: Session, meeting: Meeting) -> None:
        codes = {one.calendar_code, other.calendar_code}
        super().__init__(clash_words(one, other, meeting), codes, code="clash")


class FullError(BoxesError):
    """Say at the box itself that it became full; ticked again, the box is for the waiting list."""

    def __init__(self, quota: Quota) -> None:
        sentence = gettext(
            "“%(name)s” has just become full. Tick it to join its waiting list, or choose "
            "something else."
        )
        super().__init__(sentence % {"name": quota}, {quota.code}, code="full")


class FullInPersonError(BoxesError):
    """Say that all places in person are taken; sent again, the form asks to wait for one."""

    def __init__(self, quota: Quota) -> None:
        sentence = gettext(
            "The last place in person has just been taken. Send the page again to join the "
            "waiting list, or choose online."
        )
        super().__init__(sentence, {quota.code}, code="full")
