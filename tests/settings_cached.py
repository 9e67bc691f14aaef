"""The tests' settings with page caching, and as impatient as on a server: for web processes."""

from eim.environment import pg_options, pg_timeouts
from tests.settings import *  # noqa: F403

CACHE_PAGES = True
PATIENCE = 1.7
if DATABASE["ENGINE"].endswith("postgresql"):  # noqa: F405
    DATABASE["OPTIONS"] = pg_options({}, pg_timeouts(""))  # noqa: F405
else:
    DATABASE["OPTIONS"]["timeout"] = 0.8  # noqa: F405
