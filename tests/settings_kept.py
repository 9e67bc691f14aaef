"""The tests' settings for a process of its own that keeps pages, as on a server."""

from tests.settings import *  # noqa: F403

KEEP_PAGES = True
