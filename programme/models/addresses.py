"""Return the addresses of the programme's pages."""

from django.urls import reverse

from eim.lib.per_language import cached_per_language


@cached_per_language
def page_address(view: str, slug: str) -> str:
    """Return the path of one page; cached, because lists ask for each of theirs."""
    return reverse(f"programme:{view}", args=[slug])
