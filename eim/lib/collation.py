"""The order in which a reader looks a word up, in Spanish, Portuguese or English."""

import unicodedata


def alphabetical(word: str) -> str:
    """A key to sort by. “Óscar” stands among the O: databases put it after Z, or not, as set up."""
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
