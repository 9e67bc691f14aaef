"""Normalise names and addresses, to recognise one person in two spellings.

In Python and not in SQL, so that the result is the same on every database.
"""

import unicodedata

# The widths of the columns: NFKD expands one letter of some scripts to eighteen.
NAME_LENGTH = 200
EMAIL_LENGTH = 254
JOINERS = {0x200C: None, 0x200D: None}


def name_key(name: str) -> str:
    """Drop accents, case and repeated spaces: “José  PÉREZ” and “jose perez” are one person."""
    decomposed = unicodedata.normalize("NFKD", name)
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.casefold().translate(JOINERS).split())[:NAME_LENGTH]


def email_key(email: str) -> str:
    return unicodedata.normalize("NFKC", email).casefold().strip()[:EMAIL_LENGTH]
