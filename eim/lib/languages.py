"""List the languages in which sessions are spoken, signed or captioned.

`LANGUAGES` in eim/settings.py says which of the spoken ones are the site's own.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Language:
    """A spoken language."""

    # ISO 639-1
    code: str
    name: Promise
    own_name: str
    # Whether names of languages, days and months take a small letter in the middle of a sentence.
    has_small_names: bool = False


SPOKEN = [
    Language(code="es", name=_("Spanish"), own_name="Español", has_small_names=True),
    Language(code="pt", name=_("Portuguese"), own_name="Português", has_small_names=True),
    Language(code="en", name=_("English"), own_name="English"),
    Language(code="fr", name=_("French"), own_name="Français", has_small_names=True),
    Language(code="qu", name=_("Quechua"), own_name="Runasimi"),
    Language(code="ay", name=_("Aymara"), own_name="Aymar aru"),
    Language(code="gn", name=_("Guarani"), own_name="Avañe’ẽ"),
    Language(code="ca", name=_("Catalan"), own_name="Català", has_small_names=True),
    Language(code="gl", name=_("Galician"), own_name="Galego", has_small_names=True),
    Language(code="eu", name=_("Basque"), own_name="Euskara", has_small_names=True),
]

# Pairs of code and name, as Django's choices want them.
SPOKEN_LANGUAGES = [(language.code, language.name) for language in SPOKEN]

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
OWN_NAMES = {language.code: language.own_name for language in SPOKEN}
WITH_SMALL_NAMES = [language.code for language in SPOKEN if language.has_small_names]


def named(*codes: str) -> list[tuple[str, Promise]]:
    """Return pairs of code and name, in the order of the codes."""
    return [(code, NAMES[code]) for code in codes]
