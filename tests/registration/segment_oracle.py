"""Random people, and who of them gets a letter, in Python that shares no line with the product."""

from dataclasses import dataclass

from hypothesis import strategies as st

LANGUAGES = ["es", "pt", "en"]
COUNTRIES = ["CL", "BO", "BR"]
CATEGORIES = ["attendee", "press", "volunteer"]
# Where somebody has a place, waits, or gave one back: the quotas are known by these letters.
SEATS = ["A", "B"]


@dataclass(frozen=True)
class Attendee:
    state: str
    was_ever_confirmed: bool
    is_proven: bool
    has_address: bool
    is_erased: bool
    attendance: str
    category: str
    country: str
    language: str
    # The state of the place in each quota; None without one.
    places: tuple
    # Which e-mails the mailbox wants none of: "", "all" or "reminders".
    stopped: str


@dataclass(frozen=True)
class Speaker:
    has_address: bool
    # The states of the sessions in which the person has a part, of their own or of a presentation.
    parts: tuple
    country: str
    language: str
    stopped: str


@dataclass(frozen=True)
class Subscriber:
    language: str
    stopped: str


def mostly(usual, *others):
    return st.sampled_from([usual] * 4 + [*others])


STOPPED = mostly("", "all", "reminders")
PLACES = st.sampled_from([None, None, "confirmed", "held", "waiting", "released"])
ATTENDEES = st.builds(
    Attendee,
    state=mostly("confirmed", "cancelled", "pending", "expired"),
    was_ever_confirmed=mostly(True, False),
    is_proven=mostly(True, False),
    has_address=mostly(True, False),
    is_erased=mostly(False, True),
    attendance=st.sampled_from(["in_person", "online"]),
    category=st.sampled_from(CATEGORIES),
    country=st.sampled_from(COUNTRIES),
    language=st.sampled_from(LANGUAGES),
    places=st.tuples(PLACES, PLACES),
    stopped=STOPPED,
)
SPEAKERS = st.builds(
    Speaker,
    has_address=mostly(True, False),
    parts=st.lists(
        st.tuples(st.sampled_from(["published", "cancelled", "draft"]), st.booleans()), max_size=2
    ).map(tuple),
    country=st.sampled_from(["", *COUNTRIES]),
    language=st.sampled_from(["", *LANGUAGES]),
    stopped=STOPPED,
)
SUBSCRIBERS = st.builds(Subscriber, language=st.sampled_from(LANGUAGES), stopped=STOPPED)


def some(values):
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


# What a segment may hold; the place is named by the letter of its quota.
VALUES = {
    "state": st.sampled_from(["confirmed", "cancelled"]),
    "attendance": st.sampled_from(["in_person", "online"]),
    "category": st.sampled_from(CATEGORIES),
    "place": st.tuples(st.sampled_from(["has", "waits"]), st.sampled_from(SEATS)),
    "country": some(COUNTRIES),
    "language": st.sampled_from(LANGUAGES),
}
OF_AUDIENCE = {
    "attendees": list(VALUES),
    "speakers": ["country", "language"],
    "news": ["language"],
}
# Things that no form writes, but a row may hold: each makes the letter one to nobody.
NONSENSE = [
    {"presence": "yes"},
    {"state": "pending"},
    {"state": ""},
    {"country": "CL"},
    {"country": []},
    {"country": ["CL", 3]},
    {"language": ["es"]},
    {"language": "fr"},
    {"place": "has-x"},
    {"place": "has-0"},
]


def segments(audience):
    conditions = {name: VALUES[name] for name in OF_AUDIENCE[audience]}
    return st.fixed_dictionaries({}, optional=conditions)


def gets_it(person, audience, segment, first_language):
    """Tell whether this person gets a letter to this segment."""
    if audience == "attendees":
        return attendee_gets_it(person, segment)
    wanted = segment.get("language")
    reads = person.language or first_language
    if wanted is not None and reads != wanted:
        return False
    if audience == "news":
        return person.stopped != "all"
    is_seen = any(state != "draft" for state, _of_presentation in person.parts)
    is_from_there = person.country in segment.get("country", [person.country])
    return person.has_address and is_seen and is_from_there and not person.stopped


def attendee_gets_it(person, segment):
    if person.state != segment.get("state", "confirmed"):
        return False
    if person.state != "confirmed" and not person.was_ever_confirmed:
        return False
    if person.is_erased or not person.has_address or not person.is_proven or person.stopped:
        return False
    for name in ("attendance", "category", "language"):
        if name in segment and getattr(person, name) != segment[name]:
            return False
    if "country" in segment and person.country not in segment["country"]:
        return False
    if "place" not in segment:
        return True
    how, letter = segment["place"]
    place = person.places[SEATS.index(letter)]
    return place == "waiting" if how == "waits" else place in ("held", "confirmed")
