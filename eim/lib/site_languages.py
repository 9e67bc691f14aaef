"""Read from the settings in which languages the site has pages, mails and columns."""

from django.conf import settings

SITE_CODES = [code for code, _name in settings.LANGUAGES]


def translated_columns(*fields: str) -> list[str]:
    """Return the column of each translated field in each language of the site: title_es, …"""
    return [f"{field}_{code}" for field in fields for code in SITE_CODES]
