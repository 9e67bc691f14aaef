"""Load the people of the programme with what the list of speakers says of each."""

from collections import defaultdict
from typing import Any, NamedTuple

from programme.models import Part, Person, Session

# What only a person's own page shows.
LEFT_OUT = ("biography", "links")
SHOWN_OF_SESSION = ("title", "theme__motif", "theme__colour")


class ListedPart(NamedTuple):
    """A part as the list names it: what somebody does, and in which session."""

    role: str
    session: Session

    @property
    def role_words(self) -> str:
        return str(Part.Role(self.role).label)


def listed_speakers() -> list[Any]:
    """Return everybody in the programme, each with `listed_parts`, by three queries.

    Each session is one object, however many people are in it: a join would build it for each.
    """
    parts = parts_by_person()
    people = list(Person.objects.in_programme().defer(*LEFT_OUT))
    for person in people:
        vars(person)["listed_parts"] = parts[person.pk]
    return people


def parts_by_person() -> dict[int, list[ListedPart]]:
    sessions = sessions_by_key()
    found: dict[int, list[ListedPart]] = defaultdict(list)
    columns = ("person_id", "role", "session_id", "presentation__session_id")
    for person, role, own, of_presentation in Part.objects.visible().values_list(*columns):
        found[person].append(ListedPart(role, sessions[own or of_presentation]))
    return found


def sessions_by_key() -> dict[int, Session]:
    shown = Session.objects.visible().select_related("theme").only(*SHOWN_OF_SESSION)
    return {session.pk: session for session in shown.order_by()}
