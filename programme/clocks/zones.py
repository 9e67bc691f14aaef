"""List the time zones of the 22 Ibero-American countries, each with a well-known city.

IANA names; in a country with several zones, that of the capital or the largest city comes first.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from eim.lib.normalising import fold


@dataclass(frozen=True)
class CountryClock:
    country: str
    zone_name: str
    city: str | Promise

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    @property
    def country_name(self) -> str:
        return str(countries.name(self.country))


CLOCKS = [
    CountryClock("AD", "Europe/Andorra", "Andorra la Vella"),
    CountryClock("AR", "America/Argentina/Buenos_Aires", "Buenos Aires"),
    CountryClock("BO", "America/La_Paz", "La Paz"),
    CountryClock("BR", "America/Sao_Paulo", _("Brasilia")),
    CountryClock("BR", "America/Manaus", "Manaus"),
    CountryClock("BR", "America/Rio_Branco", "Rio Branco"),
    CountryClock("BR", "America/Noronha", "Fernando de Noronha"),
    CountryClock("CL", "America/Santiago", "Santiago"),
    CountryClock("CL", "America/Punta_Arenas", "Punta Arenas"),
    CountryClock("CL", "Pacific/Easter", _("Easter Island")),
    CountryClock("CO", "America/Bogota", _("Bogota")),
    CountryClock("CR", "America/Costa_Rica", _("San Jose")),
    CountryClock("CU", "America/Havana", _("Havana")),
    CountryClock("DO", "America/Santo_Domingo", "Santo Domingo"),
    CountryClock("EC", "America/Guayaquil", "Quito"),
    CountryClock("EC", "Pacific/Galapagos", _("the Galapagos Islands")),
    CountryClock("ES", "Europe/Madrid", "Madrid"),
    CountryClock("ES", "Atlantic/Canary", _("the Canary Islands")),
    CountryClock("GT", "America/Guatemala", _("Guatemala City")),
    CountryClock("HN", "America/Tegucigalpa", "Tegucigalpa"),
    CountryClock("MX", "America/Mexico_City", _("Mexico City")),
    CountryClock("MX", "America/Cancun", _("Cancun")),
    CountryClock("MX", "America/Hermosillo", "Hermosillo"),
    CountryClock("MX", "America/Tijuana", "Tijuana"),
    CountryClock("NI", "America/Managua", _("Managua")),
    CountryClock("PA", "America/Panama", _("Panama City")),
    CountryClock("PE", "America/Lima", "Lima"),
    CountryClock("PT", "Europe/Lisbon", _("Lisbon")),
    CountryClock("PT", "Atlantic/Madeira", "Funchal"),
    CountryClock("PT", "Atlantic/Azores", "Ponta Delgada"),
    CountryClock("PY", "America/Asuncion", _("Asuncion")),
    CountryClock("SV", "America/El_Salvador", "San Salvador"),
    CountryClock("UY", "America/Montevideo", _("Montevideo")),
    CountryClock("VE", "America/Caracas", "Caracas"),
]


# Parts of the world as IANA names them; what is in none of them is a technical name.
REGIONS = {
    "America": _("Other zones of the Americas"),
    "Europe": _("Other zones of Europe"),
    "Africa": _("Africa"),
    "Asia": _("Asia"),
    "Atlantic": _("Islands of the Atlantic"),
    "Pacific": _("Islands of the Pacific"),
    "Indian": _("Islands of the Indian Ocean"),
    "Australia": _("Australia"),
    "Antarctica": _("Antarctica"),
    "": _("Technical names"),
}

type Choices = list[tuple[str, str]]


def zone_choices(present: str = "") -> list[tuple[object, Choices]]:
    """Return every time zone: the present one, those of the 22 countries, then by region."""
    near = {clock.zone_name: near_words(clock) for clock in clocks_by_country()}
    groups: dict[str, Choices] = {region: [] for region in REGIONS}
    for name in sorted(available_timezones() - near.keys() - {present}):
        region, _slash, place = name.partition("/")
        known = region if place and region in REGIONS else ""
        groups[known].append((name, plain_words(place if known else name)))
    now = [(present, near.pop(present, plain_words(present)))] if present else []
    return [
        *([(_("As it is now"), now)] if now else []),
        (_("Ibero-America"), list(near.items())),
        *((REGIONS[region], zones) for region, zones in groups.items()),
    ]


def near_words(clock: CountryClock) -> str:
    return f"{clock.country_name}: {clock.city}"


def plain_words(name: str) -> str:
    """Return “Indiana, Knox” for `Indiana/Knox`."""
    return name.replace("_", " ").replace("/", ", ")


def clock_of(country: str) -> CountryClock | None:
    """Return the clock of a country's first zone; None for countries that are not listed."""
    return next((clock for clock in CLOCKS if clock.country == country), None)


def clocks_by_country() -> list[CountryClock]:
    """Return the clocks sorted by the country's translated name, then in the order above."""
    return sorted(CLOCKS, key=lambda clock: fold(clock.country_name))
