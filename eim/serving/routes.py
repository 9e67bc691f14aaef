"""Tell by which part of the site a path is answered: for counters, so of few words."""

from functools import cache

from django.conf import settings
from django.urls import reverse
from django.utils import translation

# By the first word of a path. "" is the front door.
FIRST_WORDS = {
    "": "pages",
    "static": "static",
    "media": "media",
    "live": "live",
    "share": "pictures",
    "door": "personal",
    "p": "personal",
    **dict.fromkeys(("healthz", "readyz", "status", "metrics"), "monitoring"),
    **dict.fromkeys(
        ("programme", "programme.ics", "schedule.xml", "schedule.json", "sitemap.xml"), "feeds"
    ),
}


def route_of(path: str) -> str:
    """Return one of `eim.serving.counters.ROUTES`."""
    if not path.startswith("/"):
        return "other"
    first, _slash, rest = path[1:].partition("/")
    if word := registration_words().get(first):
        return "registration" if rest.partition("/")[0] == word else "pages"
    return first_words().get(first, "other")


@cache
def first_words() -> dict[str, str]:
    return FIRST_WORDS | {settings.ADMIN_PATH.partition("/")[0]: "back-office"}


@cache
def registration_words() -> dict[str, str]:
    """Return by language the word under which its form and its personal pages are."""
    words = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words[code] = reverse("registration:sign-up").split("/")[2]
    return words
