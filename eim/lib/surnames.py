"""Guess where the surname begins in a full name, to sort lists by surname.

Good enough to find somebody in a list of some hundreds:

- Titles (“Dra.”) come before the given names, and nicknames in brackets belong to the name before.
- Surnames written first end at a comma (“Quispe Mamani, Rosa”), unless a degree comes after it;
  surnames in capitals (“QUISPE Rosa”) are recognised by them.
- Joining words (“de la Cruz”, “dos Santos”, “van Dyck”) belong to the name after them.
- In Spanish-speaking countries people have two surnames: the last two of three or more names, but
  only the last of three if the second is an initial, or common as a second given name (“José Luis
  Rojas”, “María del Carmen Rojas”).
- Elsewhere the last name is the surname, with a “Filho” or “Neto” after it.
"""

import re
from functools import lru_cache

from eim.lib.normalising import name_key

TWO_SURNAMES = frozenset(
    ("AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "ES", "GQ", "GT", "HN")
    + ("MX", "NI", "PA", "PE", "PR", "PY", "SV", "UY", "VE")
)
JOINING = frozenset(
    ("da", "das", "de", "del", "della", "der", "di", "do", "dos", "du", "den")
    + ("i", "la", "las", "le", "los", "san", "santa", "van", "von", "y", "e", "ter", "ten")
    + ("mac", "mc", "vda", "viuda", "zu", "zum")
)
TITLES = frozenset(
    ("arq", "arqa", "bach", "d", "dna", "dom", "don", "dona", "dr", "dra", "drs", "eng", "fr")
    + ("fray", "frei", "hna", "hno", "ing", "lic", "licda", "mg", "mgtr", "mons", "mtra", "mtro")
    + ("p", "pe", "prof", "profa", "sor", "sr", "sra", "srta", "ms", "mr", "mrs", "engª")
)
DEGREES = TITLES | {"ba", "bsc", "esp", "ma", "mba", "md", "me", "msc", "osa", "osb", "phd", "sj"}
KINSHIP = frozenset(("filho", "filha", "neto", "neta", "sobrinho", "junior", "jr", "ii", "iii"))
GIVEN_SECOND = frozenset(
    ("alberto", "alejandra", "alejandro", "andrea", "angel", "antonia", "antonio", "beatriz")
    + ("carlos", "carmen", "carolina", "cecilia", "cristina", "daniel", "eduardo", "elena")
    + ("enrique", "eugenia", "fernanda", "fernando", "francisco", "gabriela", "guadalupe")
    + ("ignacio", "ines", "isabel", "javier", "jesus", "jorge", "jose", "juan", "julia", "laura")
    + ("lucia", "luis", "luisa", "manuel", "margarita", "maria", "mercedes", "miguel", "monica")
    + ("pablo", "patricia", "paula", "pedro", "pilar", "rafael", "ricardo", "roberto", "rosa")
    + ("sofia", "soledad", "susana", "teresa", "victoria")
)


# Second given names of women after “María”, with a joining word: del Carmen, de los Ángeles.
DEVOTIONS = frozenset(
    ("angeles", "carmen", "jesus", "lourdes", "luz", "mar", "milagro", "milagros", "nieves")
    + ("pilar", "remedios", "rocio", "rosario", "socorro", "sol", "transito", "valle")
)
# A nickname or an institution in brackets, with the name before it.
WORD = re.compile(r"[^\s()\[\]]+(?:\s*[(\[][^)\]]*[)\]]?)?|[(\[][^)\]]*[)\]]?")
BRACKETS = re.compile(r"[(\[].*")


def split_name(full_name: str, country: str) -> tuple[str, str]:
    """Return the given names and the surnames, spelled as written."""
    before, comma, after = full_name.partition(",")
    after_words = after.split()
    if comma and after_words and not all(plain(word) in DEGREES | KINSHIP for word in after_words):
        return after.strip(), before.strip()
    names = joined_names(WORD.findall(before))
    titles = count_of_titles(names)
    if leading := count_of_leading_capitals(names[titles:]):
        end = titles + leading
        return " ".join([*names[:titles], *names[end:]]), " ".join(names[titles:end])
    first = titles + start_of_surnames(names[titles:], country)
    return " ".join(names[:first]), " ".join(names[first:]) + comma + after


@lru_cache(maxsize=5000)
def surname_key(full_name: str, country: str) -> tuple[str, str]:
    """Return a sort key that puts “de la Cruz” under C, and “Dra. Ana” under A."""
    given, surnames = split_name(full_name, country)
    words = plain(BRACKETS.sub("", surnames.partition(",")[0])).split()
    while len(words) > 1 and words[0] in JOINING:
        words.pop(0)
    names = WORD.findall(given)
    return " ".join(words), " ".join(map(plain, names[count_of_titles(names) :]))


def plain(name: str) -> str:
    """Return a name to compare, without its full stops: “Dra.” is dra."""
    return name_key(BRACKETS.sub("", name).replace(".", " "))


def joined_names(words: list[str]) -> list[str]:
    """Join words that belong together into one name each."""
    names: list[str] = []
    joining: list[str] = []
    for word in words:
        if plain(word) in JOINING:
            joining.append(word)
        elif plain(word) in KINSHIP and len(names) > 1:
            names[-1] = f"{names[-1]} {word}"
        else:
            names.append(" ".join([*joining, word]))
            joining = []
    return [*names, " ".join(joining)] if joining else names


def count_of_titles(names: list[str]) -> int:
    """Count the titles before the name; the last word is a name whatever it is."""
    count = 0
    while count < len(names) - 1 and plain(names[count]) in TITLES:
        count += 1
    return count


def start_of_surnames(names: list[str], country: str) -> int:
    if len(names) < 2:
        return 0
    in_capitals = [is_in_capitals(name) for name in names]
    if in_capitals[-1] and not all(in_capitals):
        return in_capitals.index(True) if in_capitals == sorted(in_capitals) else len(names) - 1
    return len(names) - count_of_surnames(names, country)


def count_of_leading_capitals(names: list[str]) -> int:
    """Count the surnames that stand first, in capitals; none if everything is in capitals."""
    count = next((n for n, name in enumerate(names) if not is_in_capitals(name)), 0)
    return 0 if any(map(is_in_capitals, names[count:])) else count


def is_in_capitals(name: str) -> bool:
    letters = [c for c in name if c.isalpha()]
    return len(letters) > 2 and all(c.isupper() for c in letters)


def count_of_surnames(names: list[str], country: str) -> int:
    if country not in TWO_SURNAMES or len(names) < 3:
        return 1
    return 1 if len(names) == 3 and is_second_given(names[1]) else 2


def is_second_given(name: str) -> bool:
    *joining, last = plain(name).split() or [""]
    return len(last) == 1 or last in (DEVOTIONS if joining else GIVEN_SECOND)
