"""Build the paths of the programme's pages, and find out which paths the site itself uses."""

from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils import translation

from eim.lib.per_language import cached_per_language
from eim.lib.site_languages import SITE_CODES


@cached_per_language
def page_address(view: str, slug: str) -> str:
    """Return the path of one page; cached, because a list asks for the path of each row."""
    return reverse(f"programme:{view}", args=[slug])


def is_used_by_site(view: str, slug: str) -> bool:
    """Return whether the page of `slug` would be hidden, in any language, by a page of the site."""
    return any(_leads_elsewhere(code, view, slug) for code in SITE_CODES)


def _leads_elsewhere(language: str, view: str, slug: str) -> bool:
    name = f"programme:{view}"
    try:
        with translation.override(language):
            return resolve(reverse(name, args=[slug])).view_name != name
    except (NoReverseMatch, Resolver404):
        return False
