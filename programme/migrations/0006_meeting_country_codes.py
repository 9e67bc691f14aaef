"""Turn what was typed as the meeting's country into a code of ISO 3166, where that is certain."""

from django.db import migrations
from django_countries import countries

# “Portugal” was cut to “Po”, which is no code, and “México” to “Me”, which is Montenegro's in
# capitals: the time zone tells the country.
COUNTRIES = {
    "America/Argentina/Buenos_Aires": "AR",
    "America/Asuncion": "PY",
    "America/Bogota": "CO",
    "America/Caracas": "VE",
    "America/Costa_Rica": "CR",
    "America/El_Salvador": "SV",
    "America/Guatemala": "GT",
    "America/Havana": "CU",
    "America/La_Paz": "BO",
    "America/Lima": "PE",
    "America/Managua": "NI",
    "America/Mexico_City": "MX",
    "America/Montevideo": "UY",
    "America/Panama": "PA",
    "America/Santiago": "CL",
    "America/Santo_Domingo": "DO",
    "America/Sao_Paulo": "BR",
    "America/Tegucigalpa": "HN",
    "Europe/Andorra": "AD",
    "Europe/Lisbon": "PT",
    "Europe/Madrid": "ES",
}


def recognised(country, time_zone):
    """Return the code; what cannot be recognised stays, and the form asks for it."""
    if country in countries:
        return country
    code = country.strip().upper()
    return COUNTRIES.get(time_zone) or (code if code in countries else country)


def recognise(apps, schema_editor):
    for meeting in apps.get_model("programme", "Meeting").objects.all():
        meeting.country = recognised(meeting.country, meeting.time_zone)
        meeting.save(update_fields=["country"])


class Migration(migrations.Migration):
    dependencies = [("programme", "0005_words")]

    operations = [migrations.RunPython(recognise, migrations.RunPython.noop)]
