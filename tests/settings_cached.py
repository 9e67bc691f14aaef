"""The tests' settings with page caching, for web processes that a test starts."""

from tests.settings import *  # noqa: F403

CACHE_PAGES = True
