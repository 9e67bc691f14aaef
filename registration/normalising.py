"""What makes two spellings the same person: plain functions, so that every database agrees."""

import unicodedata


def name_key(name: str) -> str:
    """Without accents, case and repeated spaces: “José  PÉREZ” and “jose perez” are one person."""
    decomposed = unicodedata.normalize("NFKD", name)
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.casefold().split())


def email_key(email: str) -> str:
    return unicodedata.normalize("NFKC", email).casefold().strip()
