"""Guess where the surname begins in a full name, to sort lists on paper by surname.

Good enough to find somebody in a list of some hundreds:

- Joining words (“de la Cruz”, “dos Santos”, “van Dyck”) belong to the name after them.
- In Spanish-speaking countries people have two surnames: the last two of three or more names, but
  only the last of three if the second is common as a second given name (“José Luis Rojas”).
- Elsewhere the last name is the surname, with a “Filho” or “Neto” after it.
"""

from eim.lib.normalising import name_key

TWO_SURNAMES = frozenset(
    ("AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "ES", "GQ", "GT", "HN")
    + ("MX", "NI", "PA", "PE", "PR", "PY", "SV", "UY", "VE")
)
JOINING = frozenset(
    ("da", "das", "de", "del", "della", "der", "di", "do", "dos", "du", "den")
    + ("la", "las", "le", "los", "san", "santa", "van", "von", "y", "e", "ter", "ten")
)
KINSHIP = frozenset(("filho", "filha", "neto", "neta", "sobrinho", "junior", "jr.", "jr", "ii"))
GIVEN_SECOND = frozenset(
    ("alberto", "alejandra", "alejandro", "andrea", "angel", "antonia", "antonio", "beatriz")
    + ("carlos", "carmen", "carolina", "cecilia", "cristina", "daniel", "eduardo", "elena")
    + ("enrique", "eugenia", "fernanda", "fernando", "francisco", "gabriela", "guadalupe")
    + ("ignacio", "ines", "isabel", "javier", "jesus", "jorge", "jose", "juan", "julia", "laura")
    + ("lucia", "luis", "luisa", "manuel", "margarita", "maria", "mercedes", "miguel", "monica")
    + ("pablo", "patricia", "paula", "pedro", "pilar", "rafael", "ricardo", "roberto", "rosa")
    + ("sofia", "soledad", "susana", "teresa", "victoria")
)


def split_name(full_name: str, country: str) -> tuple[str, str]:
    """Return the given names and the surnames, spelled as written."""
    names = joined_names(full_name.split())
    if len(names) < 2:
        return "", full_name
    start = len(names) - count_of_surnames(names, country)
    return " ".join(names[:start]), " ".join(names[start:])


def surname_key(full_name: str, country: str) -> tuple[str, str]:
    """Return a sort key that puts “de la Cruz” under C."""
    given, surnames = split_name(full_name, country)
    words = name_key(surnames).split()
    while len(words) > 1 and words[0] in JOINING:
        words.pop(0)
    return " ".join(words), name_key(given)


def joined_names(words: list[str]) -> list[str]:
    """Join words that belong together into one name each."""
    names: list[str] = []
    joining: list[str] = []
    for word in words:
        if name_key(word) in JOINING:
            joining.append(word)
        elif name_key(word) in KINSHIP and len(names) > 1:
            names[-1] = f"{names[-1]} {word}"
        else:
            names.append(" ".join([*joining, word]))
            joining = []
    return [*names, " ".join(joining)] if joining else names


def count_of_surnames(names: list[str], country: str) -> int:
    if country not in TWO_SURNAMES or len(names) < 3:
        return 1
    is_second_given = len(names) == 3 and name_key(names[1]) in GIVEN_SECOND
    return 1 if is_second_given else 2
