"""Languages in which something is said, interpreted, signed or captioned."""

from collections.abc import Callable
from functools import lru_cache, wraps

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

SPOKEN_LANGUAGES = [
    ("es", _("Spanish")),
    ("pt", _("Portuguese")),
    ("en", _("English")),
    ("fr", _("French")),
    ("qu", _("Quechua")),
    ("ay", _("Aymara")),
    ("gn", _("Guarani")),
    ("ca", _("Catalan")),
    ("gl", _("Galician")),
    ("eu", _("Basque")),
]

# ISO 639-3
SIGN_LANGUAGES = [
    ("prl", _("Peruvian Sign Language")),
    ("aed", _("Argentine Sign Language")),
    ("bvl", _("Bolivian Sign Language")),
    ("bzs", _("Brazilian Sign Language")),
    ("csg", _("Chilean Sign Language")),
    ("csn", _("Colombian Sign Language")),
    ("csr", _("Costa Rican Sign Language")),
    ("csf", _("Cuban Sign Language")),
    ("doq", _("Dominican Sign Language")),
    ("ecs", _("Ecuadorian Sign Language")),
    ("esn", _("Salvadoran Sign Language")),
    ("gsm", _("Guatemalan Sign Language")),
    ("hds", _("Honduran Sign Language")),
    ("mfs", _("Mexican Sign Language")),
    ("ncs", _("Nicaraguan Sign Language")),
    ("lsp", _("Panamanian Sign Language")),
    ("pys", _("Paraguayan Sign Language")),
    ("psr", _("Portuguese Sign Language")),
    ("ssp", _("Spanish Sign Language")),
    ("csc", _("Catalan Sign Language")),
    ("ugy", _("Uruguayan Sign Language")),
    ("vsl", _("Venezuelan Sign Language")),
    ("ils", _("International Sign")),
]

CHANNEL_LANGUAGES = SPOKEN_LANGUAGES + SIGN_LANGUAGES
NAMES = dict(CHANNEL_LANGUAGES)


def once_a_language[T](say: Callable[..., T]) -> Callable[..., T]:
    """Remembers what is said of few and simple facts, in each language of the interface."""

    @lru_cache(maxsize=5000)
    def said(_language: str | None, *facts: object) -> T:
        return say(*facts)

    @wraps(say)
    def wrapper(*facts: object) -> T:
        return said(get_language(), *facts)

    return wrapper


@once_a_language
def address(view: str, slug: str) -> str:
    """Of a page of the programme; lists name each of them, and Django takes its time."""
    return reverse(f"programme:{view}", args=[slug])
