"""The boxes to tick for places: one box a quota, which for a full one is its waiting list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from programme.models import Session
from registration.forms.faults import BoxesError, FullError
from registration.models import Quota

# Unticked boxes are folded away only where that saves more than the line that unfolds them.
MOST_UNFOLDED = 2


@dataclass(frozen=True, kw_only=True)
class Option:
    """A box to tick: a place, or the end of the waiting list if the quota is full."""

    quota: Quota
    # The name that the box posts its code under.
    name: str
    html_id: str
    words: str
    is_checked: bool
    # It has begun: the person can neither tick nor untick it.
    is_fixed: bool = False
    faults: Sequence[str] = ()
    is_wrong: bool = False

    @property
    def is_in_front(self) -> bool:
        return self.is_checked or self.is_wrong


@dataclass(frozen=True, kw_only=True)
class Options:
    """All boxes of one field, and the sessions whose seats are not open yet."""

    field: BoundField
    boxes: Sequence[Option]
    not_open: Sequence[Session] = ()
    may_fold: bool = False
    # The page is for everybody: no exact figures.
    is_rough: bool = False

    def __bool__(self) -> bool:
        return bool(self.boxes or self.not_open)

    @property
    def faults(self) -> list[str]:
        """Return the sentences that stand above all boxes."""
        return sentences(error for error in errors_of(self.field) if not stands_at_box(error))

    @property
    def described_by(self) -> str:
        """Return the ids of what a screen reader says of the whole group."""
        told = [("helptext", self.field.help_text), ("error", self.faults)]
        return " ".join(f"{self.field.auto_id}_{name}" for name, words in told if words)

    @property
    def target(self) -> str:
        """Return the id of the box that the summary of errors leads to: the first wrong one."""
        first = next((box for box in self.boxes if box.is_wrong), None)
        return (first or self.boxes[0]).html_id if self.boxes else ""

    @property
    def in_front(self) -> list[Option]:
        return [box for box in self.boxes if box.is_in_front]

    @property
    def folded(self) -> list[Option]:
        return [box for box in self.boxes if not box.is_in_front]

    @property
    def is_folded(self) -> bool:
        return self.may_fold and not self.faults and self.closed_away > MOST_UNFOLDED

    @property
    def closed_away(self) -> int:
        """Return how many boxes a fold holds."""
        return len(self.folded) + len(self.not_open)


def box(
    field: BoundField,
    quota: Quota,
    place: int,
    *,
    waits: bool,
    words: str,
    is_checked: bool,
    is_fixed: bool = False,
) -> Option:
    """Return the box at this place of the field; one that `waits` is for the waiting list."""
    errors = errors_about(field, quota.code)
    return Option(
        quota=quota,
        name="waitlist" if waits else field.name,
        html_id=f"{field.auto_id}_{place}",
        words=words,
        is_checked=is_checked,
        is_fixed=is_fixed,
        faults=sentences(error for error in errors if stands_at_box(error)),
        is_wrong=bool(errors),
    )


def ticked_in(field: BoundField) -> list[str]:
    """Return the values of the boxes that are ticked, as typed or as the form began."""
    return list(field.value() or [])


def errors_of(field: BoundField) -> list[ValidationError]:
    return list(field.errors.as_data())


def stands_at_box(error: ValidationError) -> bool:
    return isinstance(error, FullError)


def errors_about(field: BoundField, code: str) -> list[ValidationError]:
    """Return the errors of the field that are about the box of this code."""
    return [e for e in errors_of(field) if isinstance(e, BoxesError) and code in e.values]


def is_refused(field: BoundField, code: str) -> bool:
    return any(stands_at_box(error) for error in errors_about(field, code))


def sentences(errors: Iterable[ValidationError]) -> list[str]:
    """Return the sentences of the errors, each once."""
    return list(dict.fromkeys(words for error in errors for words in error.messages))
