"""Use the site's settings without the page cache: every request renders its page."""

from eim.settings import *  # noqa: F403

CACHE_PAGES = False
