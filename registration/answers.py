"""List the answers that a person gives, and everything that each is used for.

A new answer is a column of `Registration`, a field of the form of registration and a line here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum, auto


class Use(Enum):
    """A use of an answer, besides registering and the person's download."""

    # Asked in the form's section “About you”, in the order of this list.
    ABOUT_YOU = auto()
    # Corrected on the page of one's data, and by organisers.
    BY_PERSON = auto()
    BY_ORGANISERS = auto()
    # Written down by an organiser at the desk.
    DESK = auto()
    # Remembered by the browser until the mail is there: never health data.
    COOKIE = auto()
    # Shown and exported to every organiser who may see people.
    BACK_OFFICE = auto()
    EXPORT = auto()
    # Erased with the personal data; the others remain in the counts.
    ERASED = auto()


def used_for(*uses: Use, own_data: str = "") -> Mapping[str, object]:
    """Describe an answer; `own_data` is its key in the download, where that is not its name."""
    return {"uses": frozenset(uses), "own_data": own_data}


CORRECTED = (Use.BY_PERSON, Use.BY_ORGANISERS)
SHOWN = (Use.DESK, Use.COOKIE, Use.BACK_OFFICE, Use.EXPORT)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The answers of one person; each is the column of `Registration` with its name."""

    # An erasure leaves it where a certificate needs it: see `actions/erasure/erasing.py`.
    full_name: str = field(metadata=used_for(Use.ABOUT_YOU, *CORRECTED, *SHOWN))
    # The person changes it by proving the new one.
    email: str = field(metadata=used_for(Use.ABOUT_YOU, Use.BY_ORGANISERS, *SHOWN, Use.ERASED))
    country: str = field(metadata=used_for(Use.ABOUT_YOU, *CORRECTED, *SHOWN))
    institution: str = field(metadata=used_for(Use.ABOUT_YOU, *CORRECTED, *SHOWN, Use.ERASED))
    occupation: str = field(metadata=used_for(Use.ABOUT_YOU, *CORRECTED, *SHOWN))
    is_professional: bool = field(
        default=False, metadata=used_for(Use.BACK_OFFICE, own_data="works_in_or_studies_museology")
    )
    attendance: str = field(metadata=used_for(*SHOWN))
    # Health data: shown and exported to those who have a permission for them.
    needs: str = field(default="", metadata=used_for(Use.ERASED, own_data="access_needs"))
    mail_language: str = field(
        metadata=used_for(*CORRECTED, *SHOWN, own_data="language_of_mails"),
    )


EVERY_ANSWER = tuple(answer.name for answer in fields(Answers))
OWN_DATA_KEYS = {
    answer.name: answer.metadata["own_data"] or answer.name for answer in fields(Answers)
}


def answers_for(use: Use) -> list[str]:
    """Return the names of the answers with this use."""
    return [answer.name for answer in fields(Answers) if use in answer.metadata["uses"]]


def with_new_email(names: Iterable[str]) -> Iterator[str]:
    """Yield the names, and after the address the one that the person has yet to prove."""
    for name in names:
        yield name
        if name == "email":
            yield "new_email"
