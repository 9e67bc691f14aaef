"""List the time zones of the 22 Ibero-American countries, each with a well-known city.

IANA names; in a country with several zones, that of the capital or the largest city comes first.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from eim.lib.collation import alphabetical


@dataclass(frozen=True)
class Clock:
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
    Clock("AD", "Europe/Andorra", "Andorra la Vella"),
    Clock("AR", "America/Argentina/Buenos_Aires", "Buenos Aires"),
    Clock("BO", "America/La_Paz", "La Paz"),
    Clock("BR", "America/Sao_Paulo", _("Brasilia")),
    Clock("BR", "America/Manaus", "Manaus"),
    Clock("BR", "America/Rio_Branco", "Rio Branco"),
    Clock("BR", "America/Noronha", "Fernando de Noronha"),
    Clock("CL", "America/Santiago", "Santiago"),
    Clock("CL", "America/Punta_Arenas", "Punta Arenas"),
    Clock("CL", "Pacific/Easter", _("Easter Island")),
    Clock("CO", "America/Bogota", _("Bogota")),
    Clock("CR", "America/Costa_Rica", _("San Jose")),
    Clock("CU", "America/Havana", _("Havana")),
    Clock("DO", "America/Santo_Domingo", "Santo Domingo"),
    Clock("EC", "America/Guayaquil", "Quito"),
    Clock("EC", "Pacific/Galapagos", _("the Galapagos Islands")),
    Clock("ES", "Europe/Madrid", "Madrid"),
    Clock("ES", "Atlantic/Canary", _("the Canary Islands")),
    Clock("GT", "America/Guatemala", _("Guatemala City")),
    Clock("HN", "America/Tegucigalpa", "Tegucigalpa"),
    Clock("MX", "America/Mexico_City", _("Mexico City")),
    Clock("MX", "America/Cancun", _("Cancun")),
    Clock("MX", "America/Hermosillo", "Hermosillo"),
    Clock("MX", "America/Tijuana", "Tijuana"),
    Clock("NI", "America/Managua", _("Managua")),
    Clock("PA", "America/Panama", _("Panama City")),
    Clock("PE", "America/Lima", "Lima"),
    Clock("PT", "Europe/Lisbon", _("Lisbon")),
    Clock("PT", "Atlantic/Madeira", "Funchal"),
    Clock("PT", "Atlantic/Azores", "Ponta Delgada"),
    Clock("PY", "America/Asuncion", _("Asuncion")),
    Clock("SV", "America/El_Salvador", "San Salvador"),
    Clock("UY", "America/Montevideo", _("Montevideo")),
    Clock("VE", "America/Caracas", "Caracas"),
]


def clock_of(country: str) -> Clock | None:
    """Return the clock of a country's first zone; None for countries that are not listed."""
    return next((clock for clock in CLOCKS if clock.country == country), None)


def clocks_by_country() -> list[Clock]:
    """Return the clocks sorted by the country's translated name, then in the order above."""
    return sorted(CLOCKS, key=lambda clock: alphabetical(clock.country_name))
