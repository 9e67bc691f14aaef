"""Arrange people by the first letter of their surnames, to jump to a letter."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from itertools import groupby

from eim.lib.surnames import surname_key
from programme.models import Person

# Of surnames that begin with no letter.
OTHERS = "#"


@dataclass(frozen=True, kw_only=True)
class Initial:
    """One letter with its people; `is_filtered_out` if a search finds none of them."""

    letter: str
    people: list[Person]
    is_filtered_out: bool

    @property
    def anchor(self) -> str:
        return "letter-other" if self.letter == OTHERS else f"letter-{self.letter.lower()}"


def in_order(people: Iterable[Person]) -> list[Person]:
    return sorted(people, key=lambda person: surname_key(person.name, str(person.country)))


def initials(people: Iterable[Person], found: Container[int]) -> list[Initial]:
    """Group people who are in order; those that a search does not find stay in their letters."""
    return [
        Initial(
            letter=letter,
            people=(group := list(of_letter)),
            is_filtered_out=not any(person.pk in found for person in group),
        )
        for letter, of_letter in groupby(people, key=initial_of)
    ]


def initial_of(person: Person) -> str:
    first = surname_key(person.name, str(person.country))[0][:1].upper()
    return first if first.isalpha() else OTHERS
