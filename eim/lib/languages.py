"""List the languages in which sessions are spoken, signed or captioned.

`LANGUAGES` in eim/settings.py says which of the spoken ones are the site's own. Organisers name
further ones, by a code of ISO 639-3, in lines such as `nah: náhuatl / náuatle / Nahuatl`.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from eim.lib.translated.first_language import languages_in_order

# The names of a further language by the codes of the site's languages.
type Names = Mapping[str, str]
LINE = re.compile(r"([a-z]{3})\s*:\s*(\S.*)")


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

NAMES = dict([*SPOKEN_LANGUAGES, *SIGN_LANGUAGES])
OWN_NAMES = {language.code: language.own_name for language in SPOKEN}
WITH_SMALL_NAMES = [language.code for language in SPOKEN if language.has_small_names]


def named(*codes: str) -> list[tuple[str, Promise]]:
    """Return pairs of code and name, in the order of the codes."""
    return [(code, NAMES[code]) for code in codes]


# Further languages, which organisers name

_further: ContextVar[Mapping[str, Names]] = ContextVar("further_languages")


@contextmanager
def naming(further: Mapping[str, Names]) -> Iterator[None]:
    """Know further languages inside the block."""
    token = _further.set(further)
    try:
        yield
    finally:
        _further.reset(token)


@cache
def further_languages(lines: str) -> dict[str, Names]:
    """Read the lines in which organisers name languages, and skip those that name none.

    A later release of the site may itself know what a line names.
    """
    site_codes = [code for code, _name in settings.LANGUAGES]
    matches = [match for line in lines_of(lines) if (match := LINE.fullmatch(line))]
    names = {match[1]: map(str.strip, match[2].split("/")) for match in matches}
    return {
        code: {site: name for site, name in zip(site_codes, given, strict=False) if name}
        for code, given in names.items()
        if code not in NAMES
    }


def lines_of(text: str) -> list[str]:
    return [line for line in map(str.strip, text.splitlines()) if line]


def validate_further_languages(text: str) -> None:
    codes: list[str] = []
    for line in lines_of(text):
        match = LINE.fullmatch(line)
        if match is None:
            raise ValidationError(gettext("Write “%(line)s” as in the example.") % {"line": line})
        if match[1] in NAMES or match[1] in codes:
            raise ValidationError(gettext("“%(code)s” is already there.") % {"code": match[1]})
        codes.append(match[1])


def language_name(code: str) -> str:
    """Return the name in the active language; of a further one, else in the first that has it."""
    if code in NAMES:
        return str(NAMES[code])
    names = _further.get({}).get(code, {})
    order = (get_language(), *languages_in_order())
    return next((names[site] for site in order if site in names), code)


def spoken_languages() -> list[tuple[str, object]]:
    """Return code and name of the languages that may be spoken, further ones last."""
    further = [(code, language_name(code)) for code in _further.get({})]
    return [*SPOKEN_LANGUAGES, *further]


def channel_languages() -> list[tuple[str, object]]:
    """Return code and name of the languages that a channel may have: spoken or signed."""
    return [*spoken_languages(), *SIGN_LANGUAGES]
