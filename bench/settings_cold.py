"""The site's settings with nothing kept: every page is rendered at every request."""

from eim.settings import *  # noqa: F403

KEEP_PAGES = False
