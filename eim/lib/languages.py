"""List the languages of the site, and those in which sessions are spoken, signed or captioned."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Language:
    """A spoken language; a language of the site needs catalogues in locale/ besides."""

    # ISO 639-1
    code: str
    name: Promise
    own_name: str
    is_of_site: bool = False
    # Whether names of languages, days and months take a small letter in the middle of a sentence.
    has_small_names: bool = False


LANGUAGES = [
    Language(
        code="es",
        name=_("Spanish"),
        own_name="Español",
        is_of_site=True,
        has_small_names=True,
    ),
    Language(
        code="pt",
        name=_("Portuguese"),
        own_name="Português",
        is_of_site=True,
        has_small_names=True,
    ),
    Language(code="en", name=_("English"), own_name="English", is_of_site=True),
    Language(code="fr", name=_("French"), own_name="Français"),
    Language(code="qu", name=_("Quechua"), own_name="Runasimi"),
    Language(code="ay", name=_("Aymara"), own_name="Aymar aru"),
    Language(code="gn", name=_("Guarani"), own_name="Avañe’ẽ"),
    Language(code="ca", name=_("Catalan"), own_name="Català"),
    Language(code="gl", name=_("Galician"), own_name="Galego"),
    Language(code="eu", name=_("Basque"), own_name="Euskara"),
]

# Pairs of code and name, as Django's choices want them.
SITE_LANGUAGES = [(language.code, language.name) for language in LANGUAGES if language.is_of_site]
SPOKEN_LANGUAGES = [(language.code, language.name) for language in LANGUAGES]

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
OWN_NAMES = {language.code: language.own_name for language in LANGUAGES}
SITE_CODES = [code for code, _name in SITE_LANGUAGES]
WITH_SMALL_NAMES = [language.code for language in LANGUAGES if language.has_small_names]


def translated_columns(*fields: str) -> list[str]:
    """Return the column of each translated field in each language of the site: title_es, …"""
    return [f"{field}_{code}" for field in fields for code in SITE_CODES]
