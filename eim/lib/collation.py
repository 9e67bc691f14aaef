"""Sort words as readers of Spanish, Portuguese and English look them up."""

import unicodedata


def alphabetical(word: str) -> str:
    """Return a sort key that puts “Óscar” among the O; databases may put it after Z."""
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
