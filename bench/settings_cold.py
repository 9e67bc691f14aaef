"""The site's settings without page caching: each request renders its page."""

from eim.settings import *  # noqa: F403

CACHE_PAGES = False
