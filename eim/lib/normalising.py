"""What makes two spellings the same person: plain functions, so that every database agrees."""

import unicodedata

# As the columns have it: one letter of some scripts becomes eighteen.
NAME_LENGTH = 200
EMAIL_LENGTH = 254
JOINERS = {0x200C: None, 0x200D: None}


def name_key(name: str) -> str:
    """Without accents, case and repeated spaces: “José  PÉREZ” and “jose perez” are one person."""
    decomposed = unicodedata.normalize("NFKD", name)
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.casefold().translate(JOINERS).split())[:NAME_LENGTH]


def email_key(email: str) -> str:
    return unicodedata.normalize("NFKC", email).casefold().strip()[:EMAIL_LENGTH]
